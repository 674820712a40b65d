//! A Keystone and its passwords as managed resources, and what their lives are judged by.

use super::{
    super::{examples::Example, testbed::Testbed},
    *,
};
use crate::runtime::{base::keys::ObjectKey, managed::reconcile::Reconciler};
use std::time::Duration;

/// A managed resource of a kind.
pub fn example(kind: &str, name: &str, spec: Value) -> Example {
    let of = Cluster::provider().kinds.iter().find(|known| known.info().kind == kind).unwrap();
    let info = of.info();
    let manifest = json!({"apiVersion": info.api_version(), "kind": kind, "spec": spec,
        "metadata": {"uid": "00000000-0000-4000-8000-000000000001", "generation": 1, "creationTimestamp": "2026-11-21T06:00:00Z"}});
    let path = format!("/apis/{}/namespaces/{NAMESPACE}/{}/{name}", info.api_version(), info.plural);
    Example {
        key: ObjectKey { kind: of.id(), namespace: NAMESPACE.into(), name: name.into() },
        manifest,
        path,
        own: true,
    }
}

/// Two generated passwords.
pub fn generated() -> Example {
    let keys = json!([{"name": "identity-admin"}, {"name": "db-keystone", "format": "Hex"}]);
    example(
        "GeneratedSecret",
        "passwords",
        json!({"forProvider": {"keys": keys}, "writeConnectionSecretToRef": {"name": "passwords"}}),
    )
}

/// A Keystone that is given Secrets, with passwords that are the test's own, so that they can be looked for.
pub fn keystone() -> (Testbed<Cluster>, Example) {
    let testbed = Testbed::<Cluster>::new();
    let [.., own, admin] = GIVEN;
    let encode = |text: &str| STANDARD.encode(text);
    let data = json!({"identity-admin": encode(admin), "db-keystone": encode(own), "messaging-keystone": encode(own)});
    testbed.server.put(&format!("/api/v1/namespaces/{NAMESPACE}/secrets/passwords"), json!({"data": data}));
    let for_provider = json!({"chart": {"bundled": true, "version": "1.0.0"},
        "databaseConnection": "mariadb", "messagingConnection": "rabbitmq", "cacheConnection": "memcached",
        "passwords": "passwords"});
    let spec = json!({"forProvider": for_provider, "writeConnectionSecretToRef": {"name": "keystone"}});
    let example = example("Keystone", "keystone", spec);
    testbed.server.put(&example.path, example.manifest.clone());
    (testbed, example)
}

/// The Jobs that ran, by name, sorted.
pub fn ran(testbed: &Testbed<Cluster>) -> Vec<String> {
    let story = testbed.world.story.lock();
    let mut names: Vec<_> = story.ran.iter().map(|run| run.split(' ').next().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Number and status of each record.
pub fn records(testbed: &Testbed<Cluster>) -> Vec<String> {
    testbed.world.records().iter().map(|it| format!("{} {}", it[1], it[2]).replace('"', "")).collect()
}

/// Jobs of an installation.
pub const FIRST: [&str; 4] =
    ["keystone-bootstrap", "keystone-db-init", "keystone-db-sync", "keystone-fernet-setup"];

/// A Keystone that is installed and rests.
pub async fn made() -> (Testbed<Cluster>, Example) {
    let (testbed, example) = keystone();
    testbed.live(&example, std::slice::from_ref(&example), None).await;
    testbed.well(&example).unwrap();
    (testbed, example)
}

/// Some passes of one life, ten seconds apart.
pub async fn passes(testbed: &Testbed<Cluster>, program: &Reconciler, example: &Example, count: usize) {
    for _ in 0..count {
        testbed.world.turn();
        testbed.tell(program, std::slice::from_ref(example));
        program.reconcile(&example.key).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    testbed.world.turn();
}

/// Status and message of a condition.
pub fn says(testbed: &Testbed<Cluster>, example: &Example, r#type: &str) -> String {
    let all = testbed.object(example).unwrap().status.conditions;
    let Some(found) = all.into_iter().find(|condition| condition.r#type == r#type) else {
        return String::new();
    };
    format!("{} {}", found.status, found.message.unwrap_or_default()).trim().to_owned()
}

/// Changes `spec.forProvider` as a user would.
pub fn want(testbed: &Testbed<Cluster>, example: &Example, fields: Value) {
    testbed.change(example, |object| {
        object["spec"]["forProvider"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    });
}

/// UIDs of all objects but pods, by kind and name.
pub fn uids(testbed: &Testbed<Cluster>) -> BTreeMap<String, String> {
    metadata(testbed, "uid").into_iter().map(|(name, uid)| (name, uid.to_string())).collect()
}

/// Generations of what has one.
pub fn generations(testbed: &Testbed<Cluster>) -> BTreeMap<String, i64> {
    metadata(testbed, "generation").into_iter().filter_map(|(name, it)| Some((name, it.as_i64()?))).collect()
}

fn metadata(testbed: &Testbed<Cluster>, field: &str) -> BTreeMap<String, Value> {
    let all = testbed.world.api.all_but("pods").into_iter();
    let own = all.filter(|object| object["kind"].is_string());
    own.map(|object| {
        let name = format!("{}/{}", object["kind"].as_str().unwrap(), named(&object));
        (name, object["metadata"][field].clone())
    })
    .collect()
}

/// Names whose values differ.
pub fn differing<T: PartialEq>(before: &BTreeMap<String, T>, after: &BTreeMap<String, T>) -> Vec<String> {
    before
        .iter()
        .filter(|(name, value)| after.get(*name) != Some(value))
        .map(|(name, _)| name.clone())
        .collect()
}
