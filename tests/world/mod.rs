//! What every test on real parts needs: the rig, the provider of this checkout installed through Crossplane, and
//! credentials. Set up once. A part that does not come up fails the tests; none is skipped.

mod bell;
pub mod cluster;
pub mod truth;

use cluster::{Cluster, Place};
use rig::{
    handle::Rig,
    lifecycle::block_on,
    packages::{self, Profile},
    provider,
};
use serde_json::{Value, json};
use simulator::exchanges::Asked;
use std::{
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};
use truth::Truth;

/// Longer than the two minutes for which a create without an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(240);
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Who waits for an object looks when a watch tells of it, and that often if none does.
const LOOK_ANYWAY: Duration = Duration::from_secs(2);
/// As long as `kubectl delete` is given.
const GONE: Duration = Duration::from_secs(180);

pub struct World {
    pub rig: Rig,
    pub package: PathBuf,
    pub reference: String,
    pub cluster: Cluster,
    demo: Mutex<Truth>,
    admin: Mutex<Truth>,
}

static RIG: LazyLock<Rig> = LazyLock::new(|| block_on(Rig::up(checkout(), &[])).unwrap());
static WORLD: LazyLock<World> = LazyLock::new(World::make);

/// The rig, with or without a provider in it.
pub fn rig() -> &'static Rig {
    &RIG
}

pub fn world() -> &'static World {
    &WORLD
}

pub fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl World {
    fn make() -> Self {
        let package = block_on(provider::package(checkout(), Profile::Release)).unwrap();
        let rig = self::rig().clone();
        let reference = block_on(provider::install(&rig, &package)).unwrap();
        block_on(provider::credentials(&rig)).unwrap();
        for (name, cloud) in [("default", "demo"), ("admin", "rig")] {
            block_on(packages::apply(&rig, name, &cluster_config(name, cloud))).unwrap();
        }
        let [demo, admin] = ["demo", "rig"].map(|cloud| Mutex::new(Truth::start(&rig, cloud)));
        let cluster = Cluster::connect(&rig);
        Self { rig, package, reference, cluster, demo, admin }
    }

    /// The ServiceAccount of the provider that is installed.
    pub fn account(&self) -> String {
        let path = "jsonpath={.status.currentRevision}";
        self.kubectl(&["get", "provider.pkg.crossplane.io", "provider-kupenstack", "-o", path])
    }

    /// `kubectl`, which must succeed.
    pub fn kubectl(&self, arguments: &[&str]) -> String {
        self.try_kubectl(arguments).unwrap_or_else(|why| panic!("kubectl {}: {why}", arguments.join(" ")))
    }

    /// `kubectl`, or its complaint.
    pub fn try_kubectl(&self, arguments: &[&str]) -> Result<String, String> {
        block_on(self.rig.kubectl(arguments)).map_err(|error| error.to_string())
    }

    /// Asks Neutron itself, through openstacksdk, as the user whose credentials the provider has: status and body.
    pub fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.demo.lock().unwrap_or_else(PoisonError::into_inner).ask("network", method, path, &body)
    }

    /// Sends the request of an exchange.
    pub fn answer(&self, asked: &Asked) -> (u16, Value) {
        let Asked { who, service, version, method, path, body } = asked;
        let truth = if who == "admin" { &self.admin } else { &self.demo };
        let mut truth = truth.lock().unwrap_or_else(PoisonError::into_inner);
        truth.ask_at(service, version.as_deref(), method, path, body)
    }

    /// Asks any service as an administrator.
    pub fn ask_admin(&self, service: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.admin.lock().unwrap_or_else(PoisonError::into_inner).ask(service, method, path, &body)
    }

    /// A namespace for one test, deleted with it. One of a run that was broken off goes first, with all that it has in the
    /// cloud: names there are given once.
    pub fn namespace(&'static self, test: &str) -> Namespace {
        self.clear(test);
        let name = format!("{test}-{}", std::process::id());
        let manifest = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        self.cluster.apply(&self.cluster.place("namespace", ""), &manifest).unwrap();
        Namespace { world: self, name }
    }
}

impl World {
    fn clear(&self, test: &str) {
        let (cluster, place) = (&self.cluster, self.cluster.place("namespace", ""));
        let all = cluster.ask("GET", place.all(), &Value::Null).unwrap();
        let named =
            all["items"].as_array().unwrap().iter().map(|one| one["metadata"]["name"].as_str().unwrap());
        let run = |name: &&str| {
            name.strip_prefix(test).and_then(|rest| rest.strip_prefix('-')).is_some_and(is_number)
        };
        let left: Vec<_> = named.filter(run).collect();
        for name in &left {
            let _ = cluster.ask("DELETE", &place.at(name), &Value::Null);
        }
        for name in &left {
            eventually(&format!("namespace {name} of a former run is gone"), || {
                cluster.try_get(&place, name).unwrap().is_null()
            });
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

fn cluster_config(name: &str, cloud: &str) -> Value {
    let secret = json!({"namespace": "crossplane-system", "name": "openstack", "key": "clouds.yaml"});
    json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ClusterProviderConfig", "metadata": {"name": name},
        "spec": {"credentials": {"source": "Secret", "secretRef": secret}, "cloud": cloud}})
}

/// A namespace of one test.
pub struct Namespace {
    world: &'static World,
    pub name: String,
}

impl Namespace {
    fn place(&self, resource: &str) -> Place {
        self.world.cluster.place(resource, &self.name)
    }

    /// Applies an object, or all of a list.
    pub fn apply(&self, manifest: &Value) {
        self.try_apply(manifest).unwrap();
    }

    /// Applies an object, or returns the API server's complaint.
    pub fn try_apply(&self, manifest: &Value) -> Result<(), String> {
        if let Some(items) = manifest["items"].as_array() {
            return items.iter().try_for_each(|item| self.try_apply(item));
        }
        let cluster = &self.world.cluster;
        let done = cluster.apply(&cluster.place_of(manifest, &self.name), manifest);
        done.map(drop).map_err(|status| status.message)
    }

    /// The object; `Null` if there is none.
    pub fn get(&self, resource: &str, name: &str) -> Value {
        let found = self.world.cluster.try_get(&self.place(resource), name);
        found.unwrap_or_else(|status| panic!("{resource} {name}: {}", status.message))
    }

    /// Waits until an object is good.
    pub fn wait(&self, resource: &str, name: &str, what: &str, good: impl Fn(&Value) -> bool) -> Value {
        self.wait_for(PATIENCE, resource, name, what, good)
    }

    fn wait_for(
        &self,
        patience: Duration,
        resource: &str,
        name: &str,
        what: &str,
        good: impl Fn(&Value) -> bool,
    ) -> Value {
        let (began, bell) = (Instant::now(), self.world.cluster.bell(&self.place(resource), &self.name));
        loop {
            let heard = bell.heard(name);
            let object = self.get(resource, name);
            if good(&object) {
                return object;
            }
            assert!(began.elapsed() < patience, "{resource} {name} is not {what}: {object:#}");
            bell.listen(name, heard, LOOK_ANYWAY);
        }
    }

    /// Waits until a managed resource is Ready and Synced for its current generation.
    pub fn ready(&self, resource: &str, name: &str) -> Value {
        self.wait(resource, name, "ready", |object| {
            ["Ready", "Synced"].iter().all(|r#type| {
                let found = condition(object, r#type);
                found["status"] == "True" && found["observedGeneration"] == object["metadata"]["generation"]
            })
        })
    }

    /// Asks for the deletion of an object, which goes when its finalizers have gone.
    pub fn ask_to_delete(&self, resource: &str, name: &str) {
        let path = self.place(resource).at(name);
        let asked = self.world.cluster.ask("DELETE", &path, &Value::Null);
        asked.unwrap_or_else(|status| panic!("{resource} {name}: {}", status.message));
    }

    /// Deletes an object and waits until it is gone.
    pub fn delete(&self, resource: &str, name: &str) {
        self.ask_to_delete(resource, name);
        self.wait_for(GONE, resource, name, "gone", Value::is_null);
    }

    /// Merges into an object.
    pub fn patch(&self, resource: &str, name: &str, change: &Value) -> Result<(), String> {
        let done = self.world.cluster.patch(&self.place(resource).at(name), change);
        done.map(drop).map_err(|status| status.message)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let cluster = &self.world.cluster;
        cluster.forget(&self.name);
        let _ = cluster.ask("DELETE", &cluster.place("namespace", "").at(&self.name), &Value::Null);
    }
}

/// A condition of an object; `Null` if there is none.
pub fn condition<'a>(object: &'a Value, r#type: &str) -> &'a Value {
    let conditions = object["status"]["conditions"].as_array();
    conditions.and_then(|all| all.iter().find(|c| c["type"] == r#type)).unwrap_or(&Value::Null)
}

/// The external-name of an object.
pub fn external_name(object: &Value) -> String {
    object["metadata"]["annotations"]["crossplane.io/external-name"].as_str().unwrap_or_default().to_owned()
}

/// Waits until something holds.
pub fn eventually(what: &str, mut good: impl FnMut() -> bool) {
    let began = Instant::now();
    while !good() {
        assert!(began.elapsed() < PATIENCE, "it never came to this: {what}");
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// A network's manifest.
pub fn network(name: &str, for_provider: Value) -> Value {
    json!({"apiVersion": "network.kupenstack.io/v1alpha1", "kind": "Network",
        "metadata": {"name": name}, "spec": {"forProvider": for_provider}})
}

/// A subnet's manifest.
pub fn subnet(name: &str, for_provider: Value) -> Value {
    json!({"apiVersion": "network.kupenstack.io/v1alpha1", "kind": "Subnet",
        "metadata": {"name": name}, "spec": {"forProvider": for_provider}})
}
