//! Documents behind addresses, as a kind asks for them. Time is not stopped here, since the web server is a real one.

use super::*;
use crate::kubernetes::documents::tests::{PROFILE, serving, sha256};

const PATH: &str = "/namespaces/cloud/documents/base";

async fn send(bed: &Bed, method: Method, wanted: Option<&Value>) -> Result<Value, Failure> {
    bed.cloud.send(&Request::new(&SERVICE, method, PATH, wanted.cloned())).await
}

async fn look(bed: &Bed, wanted: &Value) -> Answer {
    let with = Desired { body: wanted.clone(), sealed: "".into() };
    let read = Read::Compare { path: PATH.to_owned(), with: Box::new(with) };
    bed.cloud.read(&SERVICE, &read, None).await.unwrap()
}

#[tokio::test]
async fn a_document_is_there_until_it_is_deleted_and_after_it_was_made_again() {
    let bed = Bed::new("documents").await;
    let text = format!("{PROFILE}spec: {{nova: {{}}}}\n");
    let web = serving(text.clone()).await;
    let wanted = json!({"url": format!("http://{}/base.yaml", web.address), "sha256": sha256(&text),
        "api_version": "cluster.kupenstack.io/v1alpha1", "kind": "OpenStackCloudConfigurationProfile"});
    let there = Answer::Compared {
        body: json!({"id": "base", "digest": sha256(&text), "spec": {"nova": {}}, "nulls": []}),
        sealed: crate::kind::sealed::Sealed::default(),
    };
    assert_eq!(look(&bed, &wanted).await, there);
    assert_eq!(send(&bed, Method::Post, Some(&wanted)).await.unwrap(), json!({"id": "base"}));
    send(&bed, Method::Delete, None).await.unwrap();
    assert_eq!(look(&bed, &wanted).await, Answer::Gone);
    send(&bed, Method::Post, Some(&wanted)).await.unwrap();
    assert_eq!(look(&bed, &wanted).await, there);
    assert_eq!(send(&bed, Method::Put, Some(&wanted)).await.unwrap_err().reason, "UnexpectedForm");
    assert_eq!(send(&bed, Method::Post, Some(&json!({}))).await.unwrap_err().reason, "DocumentUnusable");
}
