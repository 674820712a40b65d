//! Keystone and what it stands on, brought up once.

use super::clouds;
use crate::world::{condition, rig};
use rig::{
    audit::Audit,
    cloud::{self, ChartSource},
    lifecycle::block_on,
    manifests, openstack,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Where components are that are nobody's but these tests'.
pub const NAMESPACE: &str = "parts";
/// Kind and name of all of them, in no order that would help.
pub const COMPONENTS: [(&str, &str); 5] = [
    ("Keystone", "keystone"),
    ("Memcached", "memcached"),
    ("RabbitMQ", "rabbitmq"),
    ("MariaDB", "mariadb"),
    ("GeneratedSecret", "passwords"),
];
/// What the charts are named.
pub const RELEASES: [&str; 4] = ["keystone", "mariadb", "memcached", "rabbitmq"];
/// RabbitMQ alone may take two minutes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(420);
pub const KEYS: [&str; 14] = [
    "db-admin",
    "db-keystone",
    "db-placement",
    "sst",
    "audit",
    "exporter",
    "messaging-admin",
    "messaging-guest",
    "messaging-keystone",
    "erlang-cookie",
    "identity-admin",
    "identity-placement",
    "identity-service",
    "cache-key",
];

/// The rig with the provider of components in it, and its audit log since then.
pub struct Stack(Audit);

static STACK: LazyLock<Mutex<Stack>> = LazyLock::new(|| Mutex::new(Stack::install()));

/// Everything is Ready; nobody else works with it meanwhile.
pub fn stack() -> MutexGuard<'static, Stack> {
    let stack = STACK.lock().unwrap_or_else(PoisonError::into_inner);
    for object in manifests() {
        apply(&object);
    }
    for (kind, name) in COMPONENTS {
        ready(kind, name);
    }
    stack
}

impl Stack {
    fn install() -> Self {
        clouds::installed();
        let team = manifests::team(rig(), NAMESPACE).unwrap();
        team.iter().for_each(apply);
        Self(rig().audit())
    }

    /// Requests that were forbidden since the last call, and how many were asked as the deployer.
    pub fn audited(&mut self) -> (Vec<String>, usize) {
        let deployer = format!("system:serviceaccount:{NAMESPACE}:kupenstack-deployer");
        let provider = format!("system:serviceaccount:{}:kupenstack-components", clouds::SYSTEM);
        let events = self.0.events().unwrap();
        let ours = events.iter().filter(|event| [&deployer, &provider].contains(&&event.user));
        let forbidden = ours.filter(|event| event.code == 403);
        let forbidden =
            forbidden.map(|event| format!("{} {} {}", event.user, event.verb, event.uri)).collect();
        (forbidden, events.iter().filter(|event| event.user == deployer).count())
    }
}

fn managed(kind: &str, name: &str, for_provider: Value) -> Value {
    json!({"apiVersion": "component.kupenstack.io/v1alpha1", "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"forProvider": for_provider, "writeConnectionSecretToRef": {"name": name},
            "providerConfigRef": {"kind": "ProviderConfig", "name": "default"}}})
}

/// A component that uses others.
pub fn component(kind: &str, name: &str, references: &[(&str, &str)]) -> Value {
    let charts = ChartSource::of(&rig().paths).unwrap();
    let mut spec = json!({
        "chart": {"oci": charts.oci(name), "version": charts.version(name).unwrap()},
        "openstackRelease": openstack::RELEASE, "valuesText": charts.values(name).unwrap(),
        "images": {"registry": cloud::registry(), "distribution": cloud::DISTRIBUTION},
        "passwordsRef": {"name": "passwords"},
    });
    for (field, of) in references {
        spec[field] = json!({"name": of});
    }
    managed(kind, name, spec)
}

/// All components; what others need comes last.
fn manifests() -> Vec<Value> {
    let needs = [
        ("databaseConnectionRef", "mariadb"),
        ("messagingConnectionRef", "rabbitmq"),
        ("cacheConnectionRef", "memcached"),
    ];
    COMPONENTS
        .iter()
        .map(|(kind, name)| match *kind {
            "GeneratedSecret" => managed(kind, name, json!({"keys": KEYS.map(|key| json!({"name": key}))})),
            "Keystone" => {
                let mut keystone = component(kind, name, &needs);
                keystone["spec"]["forProvider"]["replicas"] = json!({"api": 1});
                keystone
            }
            _ => component(kind, name, &[]),
        })
        .collect()
}

/// Until the next look.
pub fn pause() {
    std::thread::sleep(Duration::from_millis(500));
}

/// `kubectl`, which must succeed.
pub fn kubectl(arguments: &[&str]) -> String {
    block_on(rig().kubectl(arguments)).unwrap_or_else(|why| panic!("kubectl {}: {why}", arguments.join(" ")))
}

pub fn apply(object: &Value) {
    block_on(manifests::apply(rig(), std::slice::from_ref(object))).unwrap();
}

/// An object of the components' namespace; `Null` if there is none.
pub fn get(kind: &str, name: &str) -> Value {
    let text = kubectl(&["get", kind, name, "-n", NAMESPACE, "-o", "json", "--ignore-not-found"]);
    serde_json::from_str(&text).unwrap_or_default()
}

/// Texts of a Secret.
pub fn secret(name: &str) -> BTreeMap<String, String> {
    let data: BTreeMap<String, k8s_openapi::ByteString> =
        serde_json::from_value(get("Secret", name)["data"].take()).unwrap_or_default();
    data.into_iter().map(|(key, value)| (key, String::from_utf8(value.0).unwrap())).collect()
}

/// Waits until an object is good.
pub fn wait(kind: &str, name: &str, what: &str, good: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let object = get(kind, name);
        if good(&object) {
            return object;
        }
        assert!(began.elapsed() < PATIENCE, "{kind} {name} is not {what}: {:#}", object["status"]);
        pause();
    }
}

/// Waits until a component is Ready and Synced for its current generation.
pub fn ready(kind: &str, name: &str) -> Value {
    wait(kind, name, "ready", |object| {
        ["Ready", "Synced"].iter().all(|r#type| {
            let found = condition(object, r#type);
            found["status"] == "True" && found["observedGeneration"] == object["metadata"]["generation"]
        })
    })
}
