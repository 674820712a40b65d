//! Nodes: a cluster and a cloud that outlive the program, with a player of what agents do: they come with their labels, register
//! themselves as long as they run, and go with their labels. Their lives are in `lifecycle`.

mod lifecycle;
mod silence;

use super::{
    points::Points,
    testbed::{TestClock, World},
};
use crate::{
    components::provider::components,
    kind::{cloud::Backend, provider::Provider},
    kubernetes::{
        backend::KubernetesBackend,
        testing::{self, hosts::Hosts, no_helm},
        tools::Tools,
    },
    node::remedy,
    runtime::{base::clock::Clock, testing::fake::Fake},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

const NODE: &str = "/api/v1/nodes/n1";
const POD: &str = "/api/v1/namespaces/default/pods/nova-compute-x";
const LABEL: &str = "openstack-compute-node";

/// A cluster with one Node, and a cloud.
pub struct Cluster {
    api: Fake,
    hosts: Hosts,
    /// A new pod does not help its agent.
    stubborn: Mutex<bool>,
}

impl Cluster {
    fn node(&self) -> Value {
        self.api.get(NODE).unwrap_or_default()
    }

    fn labelled(&self) -> bool {
        self.node()["metadata"]["labels"][LABEL] == "enabled"
    }

    /// A new pod of nova-compute: its agent gives signs of life.
    fn begin(&self) {
        self.api.put(
            POD,
            json!({"kind": "Pod", "spec": {"nodeName": "n1", "containers": [{"name": "nova-compute"}]},
            "metadata": {"uid": "p", "ownerReferences": [{"kind": "DaemonSet", "name": "nova-compute", "controller": true}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [
                {"name": "nova-compute", "ready": true, "state": {"running": {"startedAt": "2026-11-21T06:00:00Z"}}}]}}),
        );
        if !*self.stubborn.lock() {
            self.hosts.change("compute/services", |it| {
                if it["host"] == "n1" {
                    it["state"] = json!("up");
                }
            });
        }
    }
}

impl World for Cluster {
    fn provider() -> Provider {
        components()
    }

    fn new(server: &Fake) -> Self {
        server.put(
            "/apis/component.kupenstack.io/v1alpha1/clusterproviderconfigs/default",
            json!({"spec": {"serviceAccountRef": {"namespace": "default", "name": "deployer"}}}),
        );
        let login = json!({"clouds.yaml": STANDARD.encode("clouds: {}")});
        server.put("/api/v1/namespaces/default/secrets/keystone", json!({"data": login}));
        let (api, hosts) = (Fake::default(), Hosts::default());
        api.put("/api/v1/namespaces/default/serviceaccounts/deployer", json!({}));
        api.put(
            NODE,
            json!({"apiVersion": "v1", "kind": "Node",
            "metadata": {"uid": "u1", "labels": {"theirs": "x"}},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
        );
        Self { api, hosts, stubborn: Mutex::default() }
    }

    fn copy(&self) -> Self {
        let stubborn = Mutex::new(*self.stubborn.lock());
        Self { api: self.api.copy(), hosts: self.hosts.copy(), stubborn }
    }

    fn backend(&self, points: &Arc<Points>, clock: TestClock) -> Arc<dyn Backend> {
        let client = self.api.client_of(points, "cloud ");
        let tools = testing::tools(no_helm(), &testing::folder("nodes"), Box::new(move || clock.now()));
        let tools = Tools { openstack: Arc::new(self.hosts.past(points)), ..tools };
        Arc::new(KubernetesBackend::with(Box::new(move |_| Ok(client.clone())), tools))
    }

    fn content(&self) -> BTreeMap<String, Vec<Value>> {
        // As it is once all is settled, however many passes that took.
        (0..3).for_each(|_| self.turn());
        let mut content = self.hosts.content();
        let metadata = &self.node()["metadata"];
        let mut own = json!({"labels": metadata["labels"], "annotations": metadata["annotations"]});
        // When something was tried depends on what came between.
        if let Some(all) = own["annotations"].as_object_mut() {
            all.remove(remedy::ANNOTATION);
        }
        content.insert("nodes".to_owned(), vec![own]);
        content
    }

    fn turn(&self) {
        self.hosts.turn();
        let runs = self.api.get(POD).is_some();
        match (self.labelled(), runs) {
            (true, false) => self.begin(),
            (false, true) => self.api.remove(POD),
            (true, true) | (false, false) => {}
        }
        if runs && self.hosts.list("compute/services").is_empty() {
            self.hosts.add(
                "compute/services",
                json!({"id": "s1", "binary": "nova-compute", "host": "n1", "status": "enabled", "state": "up"}),
            );
            self.hosts.add(
                "placement/resource_providers",
                json!({"uuid": "root", "name": "n1.example.org", "root_provider_uuid": "root"}),
            );
            self.hosts.add(
                "placement/resource_providers",
                json!({"uuid": "gpu", "name": "n1_gpu", "parent_provider_uuid": "root", "root_provider_uuid": "root"}),
            );
            self.hosts.add(
                "network/agents",
                json!({"id": "a1", "binary": "neutron-openvswitch-agent", "host": "n1", "alive": true, "admin_state_up": true}),
            );
            self.hosts.add(
                "blockstorage/services",
                json!({"binary": "cinder-volume", "host": "n1@lvm", "status": "enabled", "state": "up"}),
            );
        }
    }
}
