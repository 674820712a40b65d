//! An owner with something to lose, and an intruder with a token.

use super::{attacks::KEY, deed::Stage};
use crate::world::{Namespace, cluster::Cluster, condition, eventually, external_name, network, world};
use serde_json::{Value, json};
use simulator::exchanges::Asked;

/// Kinds that the intruder makes something of.
const KINDS: [&str; 8] = ["network", "subnet", "port", "keypair", "user", "image", "server", "securitygroup"];
const MTU: u64 = 1400;

pub struct Scene {
    pub owner: Namespace,
    pub intruder: Namespace,
    token: String,
    /// Ids of the owner's networks: one in the project that both use, one in another.
    pub prey: String,
    pub vault: String,
    /// Name of the owner's key pair in OpenStack.
    pub key: String,
    /// What the intruder had before, and points elsewhere with.
    decoys: [String; 2],
}

/// A key pair of this name in OpenStack.
pub fn key_pair(name: &str, there: &str) -> Value {
    json!({"apiVersion": "compute.kupenstack.io/v1alpha1", "kind": "KeyPair", "metadata": {"name": name},
        "spec": {"forProvider": {"name": there, "publicKey": KEY}}})
}

/// A ClusterProviderConfig of another project, for the owner alone.
fn private_config(name: &str) -> Value {
    let secret = json!({"namespace": "crossplane-system", "name": "openstack", "key": "clouds.yaml"});
    json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ClusterProviderConfig", "metadata": {"name": name},
        "spec": {"credentials": {"source": "Secret", "secretRef": secret}, "cloud": "rig", "allowedNamespaces": [name]}})
}

/// An account of this namespace that may edit it: its token.
fn editor(namespace: &Namespace) -> String {
    let subject = json!({"kind": "ServiceAccount", "name": "editor", "namespace": namespace.name});
    namespace.apply(&json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "editor"}}));
    for role in ["edit", "crossplane-edit"] {
        namespace.apply(&json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": {"name": role}, "subjects": [subject],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}}));
    }
    let cluster = &world().cluster;
    let path = format!("{}/token", cluster.place("serviceaccount", &namespace.name).at("editor"));
    let asked = cluster.ask("POST", &path, &json!({"spec": {"expirationSeconds": 3600}})).unwrap();
    asked["status"]["token"].as_str().unwrap().to_owned()
}

fn compute(method: &str, path: &str) -> u16 {
    let asked = Asked {
        who: "demo".to_owned(),
        service: "compute".to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        ..Asked::default()
    };
    world().answer(&asked).0
}

impl Stage for Scene {
    fn cluster(&self) -> &Cluster {
        &world().cluster
    }

    fn as_intruder(&self, impersonating: Option<&str>) -> Cluster {
        world().cluster.with_token(&self.token, impersonating)
    }

    fn home(&self) -> &str {
        &self.intruder.name
    }
}

impl Scene {
    pub fn set() -> Self {
        let (intruder, owner) = (world().namespace("intruder"), world().namespace("owner"));
        let token = editor(&intruder);
        // Older than anything of the owner's.
        intruder.apply(&network("old-network", json!({})));
        intruder.apply(&key_pair("old-key", &intruder.name));
        let decoys = [intruder.ready("network", "old-network"), intruder.ready("keypair", "old-key")];
        std::thread::sleep(std::time::Duration::from_millis(1100));

        owner.apply(&json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "safe"}, "stringData": {"id": "x"}}));
        owner.apply(&private_config(&owner.name));
        let mut prey = network("prey", json!({"mtu": MTU, "tags": ["prey"]}));
        prey["spec"]["writeConnectionSecretToRef"] = json!({"name": "prey"});
        owner.apply(&prey);
        let mut vault = network("vault", json!({"mtu": MTU}));
        vault["spec"]["providerConfigRef"] = json!({"kind": "ClusterProviderConfig", "name": owner.name});
        owner.apply(&vault);
        owner.apply(&key_pair("prey", &owner.name));
        let [prey, vault] = ["prey", "vault"].map(|name| external_name(&owner.ready("network", name)));
        let key = external_name(&owner.ready("keypair", "prey"));
        let decoys = decoys.map(|decoy| external_name(&decoy));
        Self { owner, intruder, token, prey, vault, key, decoys }
    }

    /// What the owner's network carries, as everybody of the project reads it in OpenStack.
    pub fn marker(&self) -> String {
        let (_, body) = world().ask_admin("network", "GET", &format!("/networks/{}", self.prey), Value::Null);
        body["network"]["description"].as_str().unwrap().to_owned()
    }

    /// Everything of the owner's is Ready, and as the owner wants it, whoever changes it.
    pub fn unharmed(&self, when: &str) {
        let networks = [("prey", &self.prey), ("vault", &self.vault)];
        let mtu = |id: &str| {
            world().ask_admin("network", "GET", &format!("/networks/{id}"), Value::Null).1["network"]["mtu"]
                .clone()
        };
        for (_, id) in networks {
            let theirs = json!({"network": {"mtu": 1200}});
            assert_eq!(
                world().ask_admin("network", "PUT", &format!("/networks/{id}"), theirs).0,
                200,
                "{when}"
            );
        }
        for (name, id) in networks {
            eventually(&format!("{name} is repaired {when}"), || mtu(id) == MTU);
            let object = self.owner.ready("network", name);
            assert_eq!(external_name(&object), *id, "{when}");
        }
        let key = self.owner.ready("keypair", "prey");
        assert_eq!(external_name(&key), self.key, "{when}");
        assert_eq!(compute("GET", &format!("/os-keypairs/{}", self.key)), 200, "{when}");
        let asked = json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": when}}});
        self.owner.patch("keypair", "prey", &asked).unwrap();
        let key = self.owner.wait("keypair", "prey", "looked at", |object| {
            object["status"]["lastHandledReconcileAt"] == when
        });
        assert_eq!(condition(&key, "Synced")["status"], "True", "{when}: {:#}", key["status"]);
    }

    /// Managed resources of the intruder.
    pub fn left(&self) -> Vec<(&'static str, String)> {
        let cluster = &world().cluster;
        let of = |kind: &'static str| {
            let mut all =
                cluster.ask("GET", cluster.place(kind, &self.intruder.name).all(), &Value::Null).unwrap();
            let items = all["items"].as_array_mut().unwrap().drain(..).collect::<Vec<_>>();
            items.into_iter().map(move |item| (kind, item["metadata"]["name"].as_str().unwrap().to_owned()))
        };
        KINDS.into_iter().flat_map(of).collect()
    }

    /// The intruder deletes all that it has, and with it, as it hopes, what is behind that.
    pub fn retreat(&mut self) {
        let left = self.left();
        for (kind, name) in &left {
            self.intruder.ask_to_delete(kind, name);
        }
        for (kind, name) in &left {
            self.intruder.wait(kind, name, "gone", Value::is_null);
        }
    }

    /// The owner goes too, and what the intruder left behind in the cloud.
    pub fn leave(&self) {
        for name in ["prey", "vault"] {
            self.owner.delete("network", name);
        }
        self.owner.delete("keypair", "prey");
        let [network, key] = &self.decoys;
        world().ask("DELETE", &format!("/networks/{network}"), Value::Null);
        compute("DELETE", &format!("/os-keypairs/{key}"));
        let configs = world().cluster.place("clusterproviderconfig.kupenstack.io", "");
        let _ = world().cluster.ask("DELETE", &configs.at(&self.owner.name), &Value::Null);
    }
}
