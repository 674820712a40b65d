//! Networks that the provider creates.

use crate::world::{Namespace, network, world};
use rig::openstack::requests::{self, Mark, Request};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// What all of them have, so that drift can be seen.
pub const MTU: u32 = 1400;

/// Networks in a namespace of their own.
pub struct Ours {
    namespace: Namespace,
    /// Prefix of their names.
    pub prefix: String,
    config: String,
}

/// How long it took to create networks.
pub struct Created {
    /// Until the last was Ready.
    pub took: Duration,
    /// Until `kubectl`, which writes one after the other, had written the last. Nothing can be faster than that.
    pub accepted: Duration,
}

/// Prints which networks are ready, as they become so.
struct Watch(Child);

impl Ours {
    /// No networks yet.
    pub fn new(name: &str) -> Self {
        Self::with(name, "default")
    }

    /// No networks yet, in the cloud of this ClusterProviderConfig.
    pub fn with(name: &str, config: &str) -> Self {
        let namespace = world().namespace(name);
        let prefix = format!("{}-", namespace.name);
        Self { namespace, prefix, config: config.to_owned() }
    }

    /// Now.
    pub fn mark(&self) -> Mark {
        requests::mark(&world().rig.paths)
    }

    /// The provider's requests to the cloud since then.
    pub fn requests(&self, mark: &Mark) -> Vec<Request> {
        // The log's line may come a moment after the answer.
        std::thread::sleep(Duration::from_secs(1));
        let all = requests::since(&world().rig.paths, mark).unwrap();
        all.into_iter().filter(|request| request.agent.starts_with("kupenstack/")).collect()
    }

    /// Writes the manifests, in one go.
    pub fn apply(&self, networks: usize) {
        let one = |n| {
            let mut network = network(&format!("{}{n}", self.prefix), json!({"mtu": MTU}));
            network["spec"]["providerConfigRef"] =
                json!({"kind": "ClusterProviderConfig", "name": self.config});
            network
        };
        let items: Vec<Value> = (0..networks).map(one).collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
        let file = std::env::temp_dir().join(format!("{}all.json", self.prefix));
        fs::write(&file, list.to_string()).unwrap();
        let name = file.display().to_string();
        world().kubectl(&["create", "-n", &self.namespace.name, "-f", &name]);
        fs::remove_file(&file).unwrap();
    }

    /// From the manifests to the last Ready.
    pub fn create(&self, networks: usize) -> Created {
        let watch = Watch::start(&self.namespace.name);
        let began = Instant::now();
        self.apply(networks);
        let accepted = began.elapsed();
        watch.all_ready(networks);
        Created { took: began.elapsed(), accepted }
    }

    /// Waits until all are ready.
    pub fn ready(&self, networks: usize) {
        Watch::start(&self.namespace.name).all_ready(networks);
    }

    /// Deletes all, and waits until they are gone.
    pub fn delete(&self) {
        world().kubectl(&[
            "delete",
            "networks.network.kupenstack.io",
            "--all",
            "-n",
            &self.namespace.name,
            "--timeout=300s",
        ]);
    }
}

impl Watch {
    fn start(namespace: &str) -> Self {
        let rig = &world().rig;
        let mut words = rig.inside();
        let path = r#"jsonpath={.metadata.name}{" "}{.status.conditions[?(@.type=="Ready")].status}{"\n"}"#;
        let kubectl = ["kubectl", "get", "networks.network.kupenstack.io", "-w", "-n", namespace, "-o", path];
        words.extend(kubectl.map(str::to_owned));
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).envs(rig.environment()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn all_ready(mut self, networks: usize) {
        let mut ready = BTreeSet::new();
        for line in BufReader::new(self.0.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(name) = line.strip_suffix(" True") {
                ready.insert(name.to_owned());
            }
            if ready.len() == networks {
                return;
            }
        }
        panic!("the watch ended with {} ready", ready.len());
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
