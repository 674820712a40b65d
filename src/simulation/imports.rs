//! Lives of managed resources whose objects were there before, and are found by what people know of them.

use super::{
    examples::{Example, kind},
    lifecycle::phase,
    testbed::{TestClock, Testbed},
};
use crate::{
    kind::request::{Method, Request, service::NETWORK},
    openstack::{
        testing::simulated::{Simulated, Unanswered, Wire},
        transport::Transport as _,
    },
    runtime::base::keys::ObjectKey,
};
use async_trait::async_trait;
use axum::body::Bytes;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;

/// The way of somebody who works by hand.
#[derive(Clone)]
struct Direct {
    cloud: Arc<Mutex<simulator::Cloud>>,
    clock: TestClock,
}

#[async_trait]
impl Wire for Direct {
    async fn exchange(&self, request: ::http::Request<Bytes>) -> Result<::http::Response<Bytes>, Unanswered> {
        Ok(self.cloud.lock().answer(&request, self.clock.seconds()))
    }
}

/// A network that somebody made; its id.
async fn by_hand(testbed: &Testbed, name: &str) -> String {
    let direct = Direct { cloud: testbed.world.cloud.clone(), clock: testbed.clock };
    let transport = Simulated::login(direct, "demo").await;
    let body = json!({"network": {"name": name, "description": "by hand"}});
    let request = Request::new(&NETWORK, Method::Post, "/networks", Some(body));
    let made = transport.send(&request).await.unwrap().into_body(&NETWORK, []).unwrap();
    made["network"]["id"].as_str().unwrap().to_owned()
}

/// A network that is looked for, with small pages before and after it.
async fn brownfield(policies: Value) -> (Testbed, Example, String) {
    let testbed = Testbed::new();
    for other in ["a", "b", "c"] {
        by_hand(&testbed, other).await;
    }
    let id = by_hand(&testbed, "front").await;
    by_hand(&testbed, "front-2").await;
    let (id_of_kind, name) = ("network.Network", "n");
    let info = kind(id_of_kind).info();
    let manifest = json!({
        "apiVersion": info.api_version(), "kind": info.kind,
        "metadata": {"name": name, "namespace": "default", "uid": "uid-of-n", "generation": 1,
            "creationTimestamp": "2026-11-21T06:00:00Z"},
        "spec": {"managementPolicies": policies, "import": {"filter": {"name": "front", "adminStateUp": true}},
            "forProvider": {"description": "Managed", "tags": ["kept"]}},
    });
    let path = format!("/apis/{}/namespaces/default/{}/{name}", info.api_version(), info.plural);
    let key = ObjectKey { kind: kind(id_of_kind).id(), namespace: "default".into(), name: name.into() };
    let example = Example { key, manifest, path, own: true };
    testbed.server.put(&example.path, example.manifest.clone());
    (testbed, example, id)
}

fn network(testbed: &Testbed, id: &str) -> Option<Value> {
    testbed.world.cloud.lock().content().remove("networks").unwrap().into_iter().find(|one| one["id"] == id)
}

fn deleted(testbed: &Testbed, example: &Example) {
    testbed.change(example, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
}

#[tokio::test(start_paused = true)]
async fn nam_4_what_was_there_is_found_adopted_changed_and_deleted_with_every_trouble_at_every_point() {
    let (testbed, example, id) = brownfield(json!(["*"])).await;
    let (all, before) = ([example.clone()], testbed.census()["networks"].len());
    let adopted = phase("adopt", &testbed, &example, &all).await;
    assert_eq!(adopted.object(&example).unwrap().external_name(), Some(id.as_str()));
    let (is, count) = (network(&adopted, &id).unwrap(), adopted.census()["networks"].len());
    assert!(is["description"].as_str().unwrap().starts_with("Managed [kupenstack:uid-of-n:"), "{is}");
    assert_eq!((&is["tags"], count), (&json!(["kept"]), before), "and nothing was created");
    adopted.change(&example, |object| object["spec"]["forProvider"]["mtu"] = json!(1300));
    let changed = phase("change", &adopted, &example, &all).await;
    assert_eq!(network(&changed, &id).unwrap()["mtu"], 1300);
    deleted(&changed, &example);
    let gone = phase("delete", &changed, &example, &all).await;
    assert_eq!((network(&gone, &id), gone.census()["networks"].len()), (None, before - 1));
}

#[tokio::test(start_paused = true)]
async fn what_was_there_and_may_not_be_deleted_stays_as_it_was_left() {
    for (policies, description) in
        [(json!(["Observe"]), "by hand"), (json!(["Observe", "Create", "Update"]), "Managed")]
    {
        let (testbed, example, id) = brownfield(policies.clone()).await;
        let all = [example.clone()];
        testbed.live(&example, &all, None).await;
        let object = testbed.object(&example).unwrap();
        assert_eq!(object.external_name(), Some(id.as_str()), "{policies}");
        assert!(object.holds("Ready") && object.holds("Synced"), "{policies}: {object:#?}");
        deleted(&testbed, &example);
        testbed.live(&example, &all, None).await;
        assert!(testbed.object(&example).is_none(), "{policies}");
        let is = network(&testbed, &id).unwrap();
        assert!(is["description"].as_str().unwrap().starts_with(description), "{policies}: {is}");
    }
}

#[tokio::test(start_paused = true)]
async fn nam_5_what_is_not_there_or_there_twice_is_left_alone_and_the_resource_can_go() {
    for twice in [false, true] {
        let (testbed, example, _) = brownfield(json!(["*"])).await;
        let all = [example.clone()];
        if twice {
            by_hand(&testbed, "front").await;
        } else {
            testbed.change(&example, |object| object["spec"]["import"]["filter"]["name"] = json!("back"));
        }
        let before = testbed.census();
        testbed.live(&example, &all, None).await;
        let object = testbed.object(&example).unwrap();
        assert_eq!(object.external_name(), None);
        let reason = if twice { "ImportAmbiguous" } else { "ImportNotFound" };
        assert_eq!(object.condition("Stalled").unwrap().reason, reason);
        assert_eq!(object.metadata.finalizers, [""; 0], "nobody holds it");
        // Somebody else does.
        testbed.change(&example, |object| object["metadata"]["finalizers"] = json!(["example.org/theirs"]));
        deleted(&testbed, &example);
        let exchanges = testbed.live(&example, &all, None).await;
        assert!(!exchanges.iter().any(|line| line.starts_with("cloud ")), "{exchanges:#?}");
        assert_eq!(testbed.census(), before);
    }
}
