//! Nodes, as far as the API server is concerned. What OpenStack says of them is in the simulation.

use super::*;
use crate::node::labels::OWNER;

const NODE: &str = "/api/v1/nodes/n1";
const PATH: &str = "/nodes/n1";

fn node(bed: &Bed, owner: Option<&str>) {
    let annotations = owner.map(|owner| json!({(OWNER): owner}));
    bed.server.put(
        NODE,
        json!({"apiVersion": "v1", "kind": "Node",
        "metadata": {"uid": "u1", "labels": {"theirs": "x"}, "annotations": annotations}}),
    );
}

fn body() -> Value {
    json!({"namespace": "cloud", "marker": MARKER, "labels": {"openvswitch": "enabled"}})
}

async fn look(bed: &Bed) -> Answer {
    tokio::time::sleep(Duration::from_secs(3)).await;
    let with = Box::new(Desired { body: body(), sealed: "".into() });
    bed.cloud.read(&SERVICE, &Read::Compare { path: PATH.to_owned(), with }, None).await.unwrap()
}

async fn send(bed: &Bed, method: Method, path: &str) -> Result<Value, Failure> {
    bed.cloud.send(&Request::new(&SERVICE, method, path, Some(body()))).await
}

#[tokio::test(start_paused = true)]
async fn a_node_that_nobody_has_is_absent_until_it_is_taken_and_again_when_it_is_let_go() {
    let bed = Bed::new("nodes").await;
    assert_eq!(look(&bed).await, Answer::Gone);
    node(&bed, None);
    assert_eq!(look(&bed).await, Answer::Gone);
    send(&bed, Method::Post, PATH).await.unwrap();
    let Answer::Compared { body, .. } = look(&bed).await else { panic!() };
    assert_eq!(
        (&body["metadata"]["kupenstack"], &body["kubernetes"]["differ"]),
        (&json!(MARKER), &json!([]))
    );
    send(&bed, Method::Delete, "/nodes/n1/labels").await.unwrap();
    let metadata = bed.server.get(NODE).unwrap()["metadata"].clone();
    assert_eq!(
        (&metadata["labels"], &metadata["annotations"][OWNER]),
        (&json!({"theirs": "x"}), &json!(MARKER))
    );
    send(&bed, Method::Delete, PATH).await.unwrap();
    assert_eq!(look(&bed).await, Answer::Gone);
}

#[tokio::test(start_paused = true)]
async fn a_node_of_another_cloud_is_not_taken_and_one_that_is_gone_is_not_made() {
    let bed = Bed::new("taken").await;
    let gone = send(&bed, Method::Post, PATH).await.unwrap_err();
    assert_eq!((gone.reason, gone.message.as_str()), ("NotFound", "Node n1 does not exist (NotFound)"));
    assert!(bed.server.get(NODE).is_none());
    node(&bed, Some("somebody's"));
    let taken = send(&bed, Method::Post, PATH).await.unwrap_err();
    assert_eq!((taken.reason, taken.message.as_str()), ("Conflict", "Node n1 belongs to a cloud already"));
    assert_eq!(bed.server.get(NODE).unwrap()["metadata"]["labels"], json!({"theirs": "x"}));
}

#[tokio::test(start_paused = true)]
async fn a_request_to_openstack_needs_a_login() {
    let bed = Bed::new("login").await;
    let request =
        Request::new(&crate::kind::request::service::COMPUTE, Method::Delete, "/os-services/i", None);
    let failure = bed.cloud.send(&request).await.unwrap_err();
    assert_eq!(failure.message, "the login to the cloud does not exist (NotFound)");
    let mut request = request;
    request.secrets.insert("/login".to_owned(), "clouds: {}".into());
    assert_eq!(bed.cloud.send(&request).await.unwrap_err().reason, "NoClouds", "it is handed on");
}
