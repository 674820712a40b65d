//! What can't be carried out is said by name, where the person looks who asked for it.

use super::{
    clouds::{claimed, installed},
    stack::{apply, kubectl, pause},
};
use crate::world::{condition, rig};
use rig::manifests;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// What is asked for, what ends it, and what the claim says.
const REFUSED: [(&str, &str, &[&str]); 3] = [
    (
        r#"{"components": {"cindr": {"enabled": true}, "keystone": {"enabled": false}}, "profiles": [{"name": "nobody"}]}"#,
        r#"{"components": {"cindr": null, "keystone": {"enabled": null}}, "profiles": null}"#,
        &["cindr: there is no such component", "nobody"],
    ),
    (r#"{"release": "2024.1"}"#, r#"{"release": "RELEASE"}"#, &["keystone is at", "can't go back to 2024.1"]),
    (r#"{"release": "2027.2"}"#, r#"{"release": "RELEASE"}"#, &["a release would be skipped"]),
];
/// Crossplane stops to listen to a composite that changes more than 50 times at once; a change of a claim is about ten.
const BETWEEN_CHANGES: Duration = Duration::from_secs(15);

#[test]
fn scenario_12_what_a_claim_can_not_have_is_named_in_its_status_and_nothing_is_torn_down() {
    let cloud = claimed();
    let (before, release) = (cloud.composed(), cloud.get()["spec"]["release"].clone());
    for (wanted, back, told) in REFUSED {
        cloud.change(serde_json::from_str(wanted).unwrap());
        let refused = cloud.wait("refused", |cloud| condition(cloud, "Accepted")["status"] == "False");
        let message = condition(&refused, "Accepted")["message"].as_str().unwrap();
        assert!(told.iter().all(|told| message.contains(told)), "{wanted}: {message}");
        assert_eq!(cloud.composed(), before, "{wanted}");
        std::thread::sleep(BETWEEN_CHANGES);
        cloud.change(serde_json::from_str(&back.replace("RELEASE", release.as_str().unwrap())).unwrap());
        cloud.ready();
        std::thread::sleep(BETWEEN_CHANGES);
    }
}

#[test]
fn scenario_12_a_chart_that_does_not_render_and_an_image_that_is_nowhere_are_named_while_the_pods_serve() {
    let cloud = claimed();
    let before = cloud.composed();
    let nowhere = json!({"tags": {"glance_db_sync": "10.85.0.1:5001/openstack/glance:nowhere"}});
    for (wanted, back, told) in [
        (json!({"values": {"pod": {"replicas": 3}}}), json!({"values": {"pod": null}}), "glance"),
        (json!({"images": nowhere}), json!({"images": null}), "openstack/glance:nowhere"),
    ] {
        cloud.change(json!({"components": {"glance": wanted}}));
        cloud.wait("complaining", |cloud| {
            cloud["status"]["components"]["glance"]["message"].as_str().is_some_and(|why| why.contains(told))
        });
        assert_eq!(cloud.ask("cloud", "image list -f value"), "", "it answers");
        assert_eq!(cloud.composed(), before);
        cloud.change(json!({"components": {"glance": back}}));
        cloud.ready();
    }
}

fn secret(namespace: &str) -> Value {
    json!({"apiVersion": "component.kupenstack.io/v1alpha1", "kind": "GeneratedSecret",
        "metadata": {"name": "passwords", "namespace": namespace},
        "spec": {"forProvider": {"keys": [{"name": "one"}]},
            "providerConfigRef": {"kind": "ProviderConfig", "name": "default"}}})
}

/// Waits until the Secret of a namespace is refused for a reason.
fn refused(namespace: &str, told: &str) {
    let began = Instant::now();
    loop {
        let text = kubectl(&["get", "generatedsecret", "passwords", "-n", namespace, "-o", "json"]);
        let object: Value = serde_json::from_str(&text).unwrap();
        let message = condition(&object, "Synced")["message"].as_str().unwrap_or_default();
        if message.contains(told) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(90), "{told}: {:#}", object["status"]);
        pause();
    }
}

#[test]
fn scenario_20_without_an_account_or_without_its_rights_nothing_is_made_and_the_status_says_which() {
    installed();
    for (namespace, without, told) in [
        ("no-account", "ServiceAccount", "ServiceAccount"),
        ("no-rights", "RoleBinding", "ServiceAccount no-rights/kupenstack-deployer may not"),
    ] {
        let team = manifests::team(rig(), namespace).unwrap();
        let given = team.iter().filter(|object| {
            object["kind"] != without || object["metadata"]["name"] == "kupenstack-impersonate"
        });
        given.for_each(apply);
        apply(&secret(namespace));
        refused(namespace, told);
        kubectl(&["delete", "generatedsecret", "passwords", "-n", namespace]);
        kubectl(&["delete", "namespace", namespace, "--wait=false"]);
    }
}
