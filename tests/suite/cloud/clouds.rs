//! Clouds from one manifest: those of `examples/cloud`, each brought up once.

use super::stack::{kubectl, pause};
use crate::world::{condition, rig};
use rig::{cloud, demo, lifecycle::block_on, manifests, openstack, progress::Progress};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

pub const SYSTEM: &str = "crossplane-system";
/// The provider of components.
pub const PROVIDER: &str = "provider-kupenstack-components";
/// A whole cloud takes five minutes on two cores.
const PATIENCE: Duration = Duration::from_secs(600);
const BROKEN: Duration = Duration::from_secs(60);
/// Kinds of components, by the stage that they come up in.
pub const STAGES: [&[&str]; 4] =
    [&["mariadb", "memcached", "rabbitmq"], &["keystone"], &["glance", "placement"], &["neutron", "nova"]];

static INSTALLED: LazyLock<()> = LazyLock::new(|| {
    let (rig, progress) = (rig(), Progress::quiet());
    block_on(demo::prepare(rig, &progress)).unwrap();
    // The whole cloud names the node; the others do not, and have no computes.
    block_on(cloud::label_node(rig, &["openstack-control-plane"])).unwrap();
    block_on(demo::install(rig, &progress)).unwrap();
});
static WHOLE: LazyLock<Mutex<Cloud>> = LazyLock::new(|| {
    installed();
    apply("profile");
    apply("cloud");
    Mutex::new(Cloud { kind: "openstackcloud", name: "c1", namespace: manifests::NAMESPACE })
});
static CLAIMED: LazyLock<Mutex<Cloud>> = LazyLock::new(|| {
    installed();
    block_on(rig().cloud_images(openstack::PREVIOUS_RELEASE, &Progress::quiet())).unwrap();
    apply("team");
    apply("claim");
    Mutex::new(Cloud::claim("c2"))
});

/// All packages, charts and images are on the rig.
pub fn installed() {
    LazyLock::force(&INSTALLED);
}

/// The objects of a file of `examples/cloud`. What a test changed stays: a cloud is made once.
fn apply(file: &str) {
    let mut objects = manifests::example(rig(), file).unwrap();
    if file == "claim" {
        // So that it can be upgraded.
        objects[0]["spec"]["release"] = json!(openstack::PREVIOUS_RELEASE);
    }
    block_on(manifests::apply(rig(), &objects)).unwrap();
}

/// The whole cloud, Ready; nobody else works with it meanwhile.
pub fn whole() -> MutexGuard<'static, Cloud> {
    lock(&WHOLE)
}

/// The claimed cloud of Keystone and Glance, Ready.
pub fn claimed() -> MutexGuard<'static, Cloud> {
    lock(&CLAIMED)
}

fn lock(cloud: &'static LazyLock<Mutex<Cloud>>) -> MutexGuard<'static, Cloud> {
    // A cloud that failed one test has had its time.
    let patience = if cloud.is_poisoned() { BROKEN } else { PATIENCE };
    let cloud = cloud.lock().unwrap_or_else(PoisonError::into_inner);
    cloud.wait_for(patience, "ready", is_ready);
    cloud
}

/// Ready as it is wanted now: what is said of an older wish does not count. Crossplane gives a
/// generation to its own conditions only, and not to the function's `Accepted`.
fn is_ready(cloud: &Value) -> bool {
    let holds = |name: &str| condition(cloud, name)["status"] == "True";
    let current =
        |name: &str| condition(cloud, name)["observedGeneration"] == cloud["metadata"]["generation"];
    ["Ready", "Synced"].iter().all(|name| holds(name) && current(name))
        && holds("Accepted")
        && cloud["status"]["phase"] == "Ready"
}

/// A cloud, or the claim of one.
pub struct Cloud {
    kind: &'static str,
    name: &'static str,
    pub namespace: &'static str,
}

impl Cloud {
    /// The cloud that the team claims by this name.
    pub fn claim(name: &'static str) -> Self {
        Self::of("openstackcloudclaim", name, manifests::TEAM)
    }

    /// One that a test makes for itself.
    pub fn of(kind: &'static str, name: &'static str, namespace: &'static str) -> Self {
        Self { kind, name, namespace }
    }

    pub fn get(&self) -> Value {
        let text = kubectl(&["get", self.kind, self.name, "-n", self.namespace, "-o", "json"]);
        serde_json::from_str(&text).unwrap()
    }

    /// Waits until it is good.
    pub fn wait(&self, what: &str, good: impl Fn(&Value) -> bool) -> Value {
        self.wait_for(PATIENCE, what, good)
    }

    fn wait_for(&self, patience: Duration, what: &str, good: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let cloud = self.get();
            if good(&cloud) {
                return cloud;
            }
            assert!(began.elapsed() < patience, "{} is not {what}: {:#}", self.name, cloud["status"]);
            pause();
        }
    }

    /// Waits until all of it is Ready.
    pub fn ready(&self) -> Value {
        self.wait("ready", is_ready)
    }

    /// Merges into its spec.
    pub fn change(&self, spec: Value) {
        let patch = json!({"spec": spec}).to_string();
        kubectl(&["patch", self.kind, self.name, "-n", self.namespace, "--type=merge", "-p", &patch]);
    }

    /// Agrees with a plan.
    pub fn approve(&self, digest: &str) {
        let annotation = format!("cluster.kupenstack.io/approve={digest}");
        kubectl(&["annotate", self.kind, self.name, "-n", self.namespace, "--overwrite", &annotation]);
    }

    /// All objects of some kinds in its namespace.
    pub fn objects(&self, kinds: &str) -> Vec<Value> {
        let text = kubectl(&["get", kinds, "-n", self.namespace, "-o", "json"]);
        let mut list: Value = serde_json::from_str(&text).unwrap();
        list["items"].as_array_mut().unwrap().drain(..).collect()
    }

    /// Its component of a kind.
    pub fn component(&self, kind: &str) -> Value {
        let kind = format!("{kind}.component.kupenstack.io");
        self.objects(&kind).pop().unwrap_or_else(|| panic!("{} has no {kind}", self.name))
    }

    /// UIDs of what it is composed of: nothing may be torn down and made anew.
    pub fn composed(&self) -> BTreeSet<String> {
        let kinds = STAGES.concat().join(",") + ",generatedsecret,providerconfig.kupenstack.io";
        let uid = |object: Value| object["metadata"]["uid"].as_str().unwrap().to_owned();
        self.objects(&kinds).into_iter().map(uid).collect()
    }

    /// Asks it by the official client, with the Secret of this name.
    pub fn ask(&self, secret: &str, question: &str) -> String {
        self.try_ask(secret, question).unwrap()
    }

    /// The same, or what the client says instead.
    pub fn try_ask(&self, secret: &str, question: &str) -> Result<String, String> {
        let clouds = block_on(manifests::secret(rig(), self.namespace, secret, "clouds.yaml")).unwrap();
        let answer = block_on(rig().ask_cloud(&clouds, question)).map_err(|why| why.to_string())?;
        Ok(answer.trim().to_owned())
    }
}
