use super::*;
use crate::kind::failure::Failure;
use axum::{Router, extract::State, http::StatusCode, http::Uri, response::IntoResponse};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicUsize, Ordering};

pub(crate) const PROFILE: &str = "apiVersion: cluster.kupenstack.io/v1alpha1\nkind: OpenStackCloudConfigurationProfile\nmetadata: {name: base}\n";

pub(crate) struct Web {
    pub(crate) address: String,
    asked: Arc<AtomicUsize>,
}

/// A web server with one file.
pub(crate) async fn serving(text: String) -> Web {
    async fn answer(
        State((text, asked)): State<(String, Arc<AtomicUsize>)>,
        uri: Uri,
    ) -> axum::response::Response {
        asked.fetch_add(1, Ordering::SeqCst);
        if uri.path() == "/base.yaml" { text.into_response() } else { StatusCode::NOT_FOUND.into_response() }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::<AtomicUsize>::default();
    let router = Router::new().fallback(answer).with_state((text, asked.clone()));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Web { address, asked }
}

fn documents() -> Documents {
    Documents::new(Sources::allowing(["127.0.0.0/8".parse().unwrap()]))
}

pub(crate) fn sha256(text: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(text))
}

fn wanted(web: &Web, file: &str, sha256: &str) -> Wanted {
    Wanted {
        url: Some(format!("http://{}/{file}", web.address)),
        sha256: Some(sha256.to_owned()),
        api_version: "cluster.kupenstack.io/v1alpha1".to_owned(),
        kind: "OpenStackCloudConfigurationProfile".to_owned(),
    }
}

fn body(answer: Answer) -> Value {
    let Answer::Compared { body, .. } = answer else { panic!("{answer:?}") };
    body
}

/// What is said of a file with the right checksum.
async fn refused(text: &str) -> Failure {
    let web = serving(text.to_owned()).await;
    documents().compare("ns", "base", &wanted(&web, "base.yaml", &sha256(text))).await.unwrap_err().into()
}

#[tokio::test]
async fn a_document_is_fetched_once_and_told_without_its_nulls_which_stand_apart() {
    let text = format!(
        "{PROFILE}spec: {{from: root, nova: {{conf: {{a/b: null, c: [1, null]}}, enabled: yes}}, keystone: null}}\n"
    );
    let web = serving(text.clone()).await;
    let (documents, wanted) = (documents(), wanted(&web, "base.yaml", &sha256(&text).to_uppercase()));
    for _ in 0..3 {
        let body = body(documents.compare("ns", "base", &wanted).await.unwrap());
        let spec = json!({"from": "root", "nova": {"conf": {"c": [1, null]}, "enabled": true}});
        assert_eq!(
            body,
            json!({"id": "base", "digest": sha256(&text), "spec": spec, "nulls": ["/keystone", "/nova/conf/a~1b"]})
        );
    }
    assert_eq!(web.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn other_bytes_than_wanted_are_refused_and_what_they_are_is_told() {
    let web = serving(format!("{PROFILE}spec: {{}}\n")).await;
    let error = documents().compare("ns", "base", &wanted(&web, "base.yaml", &"0".repeat(64))).await;
    let failure = Failure::from(error.unwrap_err());
    assert_eq!(failure.reason, "ChecksumMismatch");
    assert!(failure.message.contains(&sha256(&format!("{PROFILE}spec: {{}}\n"))), "{failure}");
    let missing = documents().compare("ns", "base", &wanted(&web, "other.yaml", &"0".repeat(64))).await;
    assert_eq!(Failure::from(missing.unwrap_err()).reason, "SourceRefused");
}

#[tokio::test]
async fn what_is_no_profile_is_refused_and_never_quoted() {
    for (text, why) in [
        ("password: hunter2\n  oops: [", "not valid YAML at line "),
        (
            "apiVersion: v1\nkind: Secret\nstringData: {a: hunter2}\n",
            "it is no OpenStackCloudConfigurationProfile of cluster.kupenstack.io/v1alpha1",
        ),
        ("hunter2", "it is no OpenStackCloudConfigurationProfile"),
        (&format!("{PROFILE}spec: hunter2\n"), "its spec is no object"),
        (&format!("{PROFILE}---\n{PROFILE}"), "not valid YAML"),
        (
            &format!("{PROFILE}spec: {{nova: {{conf: {{a: {}}}}}}}\n", "x".repeat(300 << 10)),
            "it has more than 256 KiB",
        ),
    ] {
        let failure = refused(text).await;
        assert_eq!(failure.reason, "DocumentUnusable");
        let told = failure.to_string();
        assert!(told.contains(why) && !told.contains("hunter2"), "{told}");
    }
    assert_eq!(refused(&format!("{PROFILE}#{}", "x".repeat(2 << 20))).await.reason, "SourceTooLarge");
}

/// Ten aliases of ten aliases and so on, which would be a gigabyte.
#[tokio::test]
async fn a_document_that_unfolds_without_end_is_refused() {
    let mut text = format!("{PROFILE}spec:\n  nova:\n    conf:\n      a0: &a0 {{x: xxxxxxxxxxxxxxxxxxxx}}\n");
    for level in 1..9 {
        let below = level - 1;
        let items = (0..10).map(|item| format!("k{item}: *a{below}")).collect::<Vec<_>>().join(", ");
        text += &format!("      a{level}: &a{level} {{{items}}}\n");
    }
    assert_eq!(refused(&text).await.reason, "DocumentUnusable");
}

#[tokio::test]
async fn what_was_forgotten_is_gone_until_it_is_begun_with_again() {
    let text = format!("{PROFILE}spec: {{}}\n");
    let web = serving(text.clone()).await;
    let (documents, wanted) = (documents(), wanted(&web, "base.yaml", &sha256(&text)));
    documents.forget("ns", "base");
    assert_eq!(documents.compare("ns", "base", &wanted).await.unwrap(), Answer::Gone);
    assert!(matches!(documents.compare("other", "base", &wanted).await, Ok(Answer::Compared { .. })));
    documents.begin("ns", "base", &wanted).await.unwrap();
    assert!(matches!(documents.compare("ns", "base", &wanted).await, Ok(Answer::Compared { .. })));
}
