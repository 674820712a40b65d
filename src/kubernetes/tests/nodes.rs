//! Nodes, as far as the API server is concerned. What OpenStack says of them is in the simulation.

use super::*;
use crate::{
    kind::rest::listing::Look,
    node::{labels::OWNER, remedy},
};
use std::task::{Wake, Waker};

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

const POD: &str = "/api/v1/namespaces/cloud/pods/nova-compute-default-x";

async fn restart(bed: &Bed) -> Result<Value, Failure> {
    let body = json!({"namespace": "cloud", "agent": "nova-compute", "pod": "nova-compute-default-x"});
    bed.cloud.send(&Request::new(&SERVICE, Method::Post, "/nodes/n1/restarts", Some(body))).await
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_is_made_anew_is_counted_and_one_that_may_not_be_is_not() {
    let bed = Bed::new("restarts").await;
    node(&bed, None);
    send(&bed, Method::Post, PATH).await.unwrap();
    bed.server.put(POD, json!({}));
    bed.server.fail(&format!("DELETE {POD}"), 403);
    let refused = restart(&bed).await.unwrap_err();
    assert!(refused.message.contains("may not delete pods nova-compute-default-x"), "{refused}");
    let restarts = || bed.server.get(NODE).unwrap()["metadata"]["annotations"][remedy::ANNOTATION].clone();
    assert_eq!(restarts(), Value::Null);
    restart(&bed).await.unwrap();
    assert!(bed.server.get(POD).is_none());
    assert!(
        restarts().as_str().unwrap().starts_with(r#"{"nova-compute":{"count":1,"last":""#),
        "{}",
        restarts()
    );
    // Labels are applied by another field manager.
    send(&bed, Method::Put, "/nodes/n1/labels").await.unwrap();
    assert!(restarts().is_string());
    send(&bed, Method::Delete, PATH).await.unwrap();
    assert_eq!(restarts(), Value::Null);
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_node_wakes_who_keeps_an_eye_on_it_and_openstack_is_asked_at_each_poll_all_the_same() {
    let bed = Bed::new("eyes").await;
    node(&bed, None);
    bed.server.put("/api/v1/nodes/n2", json!({}));
    let eye = |woken: &Arc<Woken>| {
        let seen = Look { fingerprint: 0, at: tokio::time::Instant::now() };
        bed.cloud.watch_compared(PATH, seen, Waker::from(woken.clone())).unwrap()
    };
    let (first, woken) = (Arc::<Woken>::default(), Arc::<Woken>::default());
    // What the first list tells is news, since it may have come between.
    let before = eye(&first);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(first.0.load(Ordering::SeqCst), 1);
    let kept = eye(&woken);
    drop(before);
    bed.server.put("/api/v1/nodes/n2", json!({"metadata": {"labels": {"a": "b"}}}));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(woken.0.load(Ordering::SeqCst), 0, "another's");
    node(&bed, Some("somebody's"));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    assert!(!kept.unchanged(None));
    bed.server.calls();
    drop(kept);
    node(&bed, None);
    tokio::time::sleep(Duration::from_secs(90)).await;
    assert_eq!(bed.server.calls(), Vec::<String>::new(), "nobody watches for nobody");
}
