//! Accounts that components are installed as: what a namespace's editor tries with another namespace's, and with what components
//! read. With the account of its own namespace it may do what that may, by Kubernetes' own rules.

use super::clouds::{SYSTEM, installed};
use crate::{
    suite::tenancy::deed::{Attack, Deed, Ends, Stage, attack, forbidden, says, tried},
    world::{cluster::Cluster, eventually, rig},
};
use rig::{lifecycle::block_on, manifests};
use serde_json::{Value, json};

const OWNER: &str = "accounts-owner";
const INTRUDER: &str = "accounts-intruder";
/// ClusterProviderConfigs of the owner's account: for the owner alone, and for the intruder as well.
const OWN: &str = "accounts-own";
const LENT: &str = "accounts-lent";
const DEPLOYER: &str = "kupenstack-deployer";
/// A password of the owner's.
const SECRET: &str = "not-for-intruders";
/// Kinds that the intruder makes something of.
const KINDS: [&str; 2] = ["generatedsecret", "openstackcomponent"];
const API: &str = "component.kupenstack.io/v1alpha1";

struct Accounts {
    cluster: Cluster,
    token: String,
}

impl Stage for Accounts {
    fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    fn as_intruder(&self, impersonating: Option<&str>) -> Cluster {
        self.cluster.with_token(&self.token, impersonating)
    }

    fn home(&self) -> &str {
        INTRUDER
    }
}

impl Accounts {
    fn set() -> Self {
        installed();
        let team = manifests::team(rig(), OWNER).unwrap();
        block_on(manifests::apply(rig(), &team)).unwrap();
        let cluster = Cluster::connect(rig());
        let apply = |namespace: &str, object: Value| {
            cluster.apply(&cluster.place_of(&object, namespace), &object).unwrap();
        };
        apply("", json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": INTRUDER}}));
        apply(
            OWNER,
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "connection"},
                "stringData": {"endpoint": "db", "port": "3306", "username": "root", "password": SECRET}}),
        );
        apply(
            INTRUDER,
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "editor"}}),
        );
        for role in ["edit", "crossplane-edit"] {
            let subject = json!({"kind": "ServiceAccount", "name": "editor", "namespace": INTRUDER});
            let to = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role});
            apply(
                INTRUDER,
                json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
                    "metadata": {"name": role}, "subjects": [subject], "roleRef": to}),
            );
        }
        let account = json!({"namespace": OWNER, "name": DEPLOYER});
        for (name, namespaces) in [(OWN, json!([OWNER])), (LENT, json!([OWNER, INTRUDER]))] {
            let spec = json!({"serviceAccountRef": account, "allowedNamespaces": namespaces});
            apply("", of("ClusterProviderConfig", name, &spec));
        }
        let path = cluster.place("serviceaccount", INTRUDER).at("editor") + "/token";
        let asked = cluster.ask("POST", &path, &json!({"spec": {"expirationSeconds": 3600}})).unwrap();
        let token = asked["status"]["token"].as_str().unwrap().to_owned();
        Self { cluster, token }
    }

    /// All that the intruder has made.
    fn made(&self) -> Vec<(String, Value)> {
        let of = |kind| {
            let place = self.cluster.place(kind, INTRUDER);
            let all = self.cluster.ask("GET", place.all(), &Value::Null).unwrap();
            let items = all["items"].as_array().unwrap().clone();
            items.into_iter().map(move |item| (place.at(item["metadata"]["name"].as_str().unwrap()), item))
        };
        KINDS.into_iter().flat_map(of).collect()
    }

    /// Nothing that it made tells the owner's password, and the owner's Secret is as it was.
    fn unharmed(&self) {
        for (path, object) in self.made() {
            assert!(!object.to_string().contains(SECRET), "{path} tells it");
        }
        let place = self.cluster.place("secret", OWNER);
        let secret = self.cluster.try_get(&place, "connection").unwrap();
        assert_eq!(secret["metadata"].get("ownerReferences"), None);
        assert_eq!(secret["data"].as_object().unwrap().len(), 4);
    }

    fn leave(&self) {
        for (path, _) in self.made() {
            self.cluster.ask("DELETE", &path, &Value::Null).unwrap();
        }
        eventually("everything of the intruder is gone", || self.made().is_empty());
        for (kind, name) in [
            ("clusterproviderconfig.component.kupenstack.io", OWN),
            ("clusterproviderconfig.component.kupenstack.io", LENT),
            ("namespace", OWNER),
            ("namespace", INTRUDER),
        ] {
            self.cluster.ask("DELETE", &self.cluster.place(kind, "").at(name), &Value::Null).unwrap();
        }
    }
}

fn of(kind: &str, name: &str, spec: &Value) -> Value {
    json!({"apiVersion": API, "kind": kind, "metadata": {"name": name}, "spec": spec})
}

fn config(name: &str, account: &Value) -> Value {
    of("ProviderConfig", name, &json!({"serviceAccountRef": account}))
}

/// The least that can be asked for as an account.
fn passwords(name: &str, kind: &str, config: &str) -> Value {
    let spec = json!({"forProvider": {"keys": [{"name": "one"}]},
        "writeConnectionSecretToRef": {"name": name}, "providerConfigRef": {"kind": kind, "name": config}});
    of("GeneratedSecret", name, &spec)
}

/// A component that reads something, as an account that it may use.
fn component(name: &str, reads: &Value) -> Value {
    let mut wanted = json!({"chart": {"oci": "oci://127.0.0.1:1/mine", "version": "1.0.0"}});
    wanted.as_object_mut().unwrap().extend(reads.as_object().unwrap().clone());
    let config = json!({"kind": "ClusterProviderConfig", "name": LENT});
    of("OpenStackComponent", name, &json!({"forProvider": wanted, "providerConfigRef": config}))
}

fn named_accounts() -> Vec<Attack<Accounts>> {
    let theirs = json!({"namespace": OWNER, "name": DEPLOYER});
    let with = |name: &'static str, account: &Value| {
        Deed::Apply(vec![config(name, account), passwords(name, "ProviderConfig", name)])
    };
    let says_so = |name, words: &str| Ends::Says("generatedsecret", name, words.to_owned());
    vec![
        attack(
            "a ProviderConfig that names another namespace's account",
            Deed::Apply(vec![config("strict", &theirs)]),
            Ends::Refused("unknown field \"spec.serviceAccountRef.namespace\""),
        ),
        attack("the same, unchecked", Deed::Loose(config("reach", &theirs)), Ends::Harmless(|_| Ok(()))),
        says(
            "what it leads to",
            passwords("by-reach", "ProviderConfig", "reach"),
            "generatedsecret",
            "by-reach",
            format!("ServiceAccount {INTRUDER}/{DEPLOYER} may not"),
        ),
        attack(
            "an account of its own that nobody lent to the provider",
            with("by-own", &json!({"name": "editor"})),
            says_so("by-own", "cannot impersonate"),
        ),
        attack(
            "a name that holds another's namespace",
            with("by-colon", &json!({"name": format!("{OWNER}:{DEPLOYER}")})),
            says_so("by-colon", "cannot impersonate"),
        ),
        says(
            "a ClusterProviderConfig for others",
            passwords("by-cluster", "ClusterProviderConfig", OWN),
            "generatedsecret",
            "by-cluster",
            "is not allowed",
        ),
        says(
            "an account that is lent to its namespace and has no rights in it",
            passwords("by-lent", "ClusterProviderConfig", LENT),
            "generatedsecret",
            "by-lent",
            format!("ServiceAccount {OWNER}/{DEPLOYER} may not"),
        ),
    ]
}

fn inputs() -> Vec<Attack<Accounts>> {
    let reference = json!({"databaseConnectionRef": {"name": "mariadb", "namespace": OWNER}});
    let source = |name: &str| json!({"valuesFrom": [{"secretKeyRef": {"name": name, "key": "password"}}]});
    let mut elsewhere = source("connection");
    elsewhere["valuesFrom"][0]["secretKeyRef"]["namespace"] = json!(OWNER);
    let mut publishes = passwords("publishes", "ClusterProviderConfig", LENT);
    publishes["spec"]["writeConnectionSecretToRef"] = json!({"name": "connection", "namespace": OWNER});
    let climbs = format!("../../{OWNER}/secrets/connection");
    let says_so = |name, words: &str| Ends::Says("openstackcomponent", name, words.to_owned());
    vec![
        attack(
            "a reference to a database of another namespace",
            Deed::Apply(vec![component("strict", &reference)]),
            Ends::Refused("unknown field \"spec.forProvider.databaseConnectionRef.namespace\""),
        ),
        attack(
            "the same, unchecked",
            Deed::Loose(component("by-ref", &reference)),
            says_so("by-ref", "cannot resolve references"),
        ),
        attack(
            "values of another namespace's Secret",
            Deed::Apply(vec![component("strict", &elsewhere)]),
            Ends::Refused("unknown field \"spec.forProvider.valuesFrom[0].secretKeyRef.namespace\""),
        ),
        attack(
            "the same, unchecked",
            Deed::Loose(component("by-values", &elsewhere)),
            says_so("by-values", "Secret \"connection\" does not exist"),
        ),
        says(
            "a connection by a name that leads to another namespace",
            component("by-path", &json!({"databaseConnection": climbs})),
            "openstackcomponent",
            "by-path",
            "no object can have the name",
        ),
        says(
            "values by a name that leads to another namespace",
            component("by-values-path", &source(&climbs)),
            "openstackcomponent",
            "by-values-path",
            "no object can have the name",
        ),
        attack(
            "a connection secret in another namespace",
            Deed::Apply(vec![publishes]),
            Ends::Refused("unknown field \"spec.writeConnectionSecretToRef.namespace\""),
        ),
    ]
}

fn rights(cluster: &Cluster) -> Vec<Attack<Accounts>> {
    let at = |kind: &str, namespace: &str, name: &str| cluster.place(kind, namespace).at(name);
    let all = |kind: &str, namespace: &str| cluster.place(kind, namespace).all().to_owned();
    let configs = "clusterproviderconfig.component.kupenstack.io";
    let account = |namespace: &str, name: &str| format!("system:serviceaccount:{namespace}:{name}");
    let spec = json!({"serviceAccountRef": {"namespace": OWNER, "name": DEPLOYER}});
    let lease = json!({"spec": {"expirationSeconds": 3600}});
    let grant = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": "mine"}, "subjects": [{"kind": "ServiceAccount", "name": "editor"}],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": DEPLOYER}});
    let acts = |name, who| attack(name, Deed::Impersonate(who), Ends::Forbidden);
    vec![
        acts("acting as another's account", account(OWNER, DEPLOYER)),
        acts("acting as the provider", account(SYSTEM, "kupenstack-components")),
        forbidden(
            "a token of another's account",
            "POST",
            at("serviceaccount", OWNER, DEPLOYER) + "/token",
            lease,
        ),
        forbidden("the rights of an account for one of its own", "POST", all("rolebinding", INTRUDER), grant),
        forbidden(
            "a ClusterProviderConfig of its own",
            "POST",
            all(configs, ""),
            of("ClusterProviderConfig", "accounts-mine", &spec),
        ),
        forbidden("opening a ClusterProviderConfig", "PUT", at(configs, "", OWN), json!({ "spec": spec })),
        forbidden("reading another's releases, which Secrets hold", "GET", all("secret", OWNER), Value::Null),
        forbidden(
            "reading another's ProviderConfigs",
            "GET",
            all("providerconfig.component.kupenstack.io", OWNER),
            Value::Null,
        ),
    ]
}

#[test]
fn no_attack_of_a_namespaces_editor_reaches_another_namespaces_account_or_what_components_read() {
    let accounts = Accounts::set();
    let all: Vec<_> = [named_accounts(), inputs(), rights(&accounts.cluster)].into_iter().flatten().collect();
    let failures = tried(&accounts, &all);
    accounts.unharmed();
    accounts.leave();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
