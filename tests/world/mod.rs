//! What every test on real parts needs: the rig, the provider of this checkout installed through Crossplane, and
//! credentials. Set up once. A part that does not come up fails the tests; none is skipped.

pub mod truth;

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

pub struct World {
    pub rig: Rig,
    pub package: PathBuf,
    pub reference: String,
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
        Self { rig, package, reference, demo, admin }
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

    /// A namespace for one test, deleted with it.
    pub fn namespace(&'static self, test: &str) -> Namespace {
        let name = format!("{test}-{}", std::process::id());
        self.kubectl(&["create", "namespace", &name]);
        Namespace { world: self, name }
    }
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
    /// Applies an object of the API version that the kind's group has.
    pub fn apply(&self, manifest: &Value) {
        self.try_apply(manifest).unwrap();
    }

    /// Applies an object, or returns the API server's complaint.
    pub fn try_apply(&self, manifest: &Value) -> Result<String, String> {
        let name = manifest["metadata"]["name"].as_str().unwrap();
        let file = std::env::temp_dir().join(format!(
            "{}-{name}-{}.json",
            self.name,
            manifest["kind"].as_str().unwrap()
        ));
        std::fs::write(&file, manifest.to_string()).unwrap();
        let done = self.world.try_kubectl(&["apply", "-n", &self.name, "-f", &file.display().to_string()]);
        std::fs::remove_file(&file).unwrap();
        done
    }

    /// The object; `Null` if there is none.
    pub fn get(&self, resource: &str, name: &str) -> Value {
        let arguments = ["get", resource, name, "-n", &self.name, "-o", "json", "--ignore-not-found"];
        serde_json::from_str(&self.world.kubectl(&arguments)).unwrap_or_default()
    }

    /// Waits until an object is good.
    pub fn wait(&self, resource: &str, name: &str, what: &str, good: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let object = self.get(resource, name);
            if good(&object) {
                return object;
            }
            assert!(began.elapsed() < PATIENCE, "{resource} {name} is not {what}: {object:#}");
            std::thread::sleep(LOOK_AGAIN);
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

    /// Deletes an object and waits until it is gone.
    pub fn delete(&self, resource: &str, name: &str) {
        self.world.kubectl(&["delete", resource, name, "-n", &self.name, "--timeout=180s"]);
    }

    /// Merges into an object.
    pub fn patch(&self, resource: &str, name: &str, change: &Value) -> Result<String, String> {
        let change = change.to_string();
        self.world.try_kubectl(&["patch", resource, name, "-n", &self.name, "--type=merge", "-p", &change])
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.world.try_kubectl(&["delete", "namespace", &self.name, "--wait=false"]);
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
