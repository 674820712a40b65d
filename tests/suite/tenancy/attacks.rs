//! The table of attacks.

use super::scene::{Scene, key_pair};
use crate::world::{network, subnet, world};
use serde_json::{Value, json};

/// Everybody knows it: it is public.
pub const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPtVrIHyqLeKJj8Idlo5oc/Iz/+BEvBPfG6wi7P/1il7 prey@example.org";
const EXTERNAL_NAME: &str = "crossplane.io/external-name";
const TAKE_OVER: &str = "kupenstack.io/take-over";
/// What stands on a page of a server inside, which the intruder can't reach itself.
const SECRET: &str = "not-for-intruders";

pub struct Attack {
    pub name: &'static str,
    pub does: Deed,
    pub ends: Ends,
}

/// What the intruder sends, with its own token.
pub enum Deed {
    /// `kubectl apply`.
    Apply(Vec<Value>),
    /// The same without a check for unknown fields.
    Loose(Value),
    /// A merge into something of its own.
    Patch { kind: &'static str, name: &'static str, change: Value },
    /// Any request.
    Ask { method: &'static str, path: String, body: Value },
    /// A request as somebody else.
    Impersonate(String),
}

/// What must come of it.
pub enum Ends {
    /// It has no right to do so.
    Forbidden,
    /// Admission refuses it, in these words.
    Refused(&'static str),
    /// This resource of the intruder's is not carried out, in these words.
    Says(&'static str, &'static str, String),
    /// It is carried out, and does no harm.
    Harmless(fn(&Scene) -> Result<(), String>),
}

fn named(mut object: Value, external_name: &str, more: &Value) -> Value {
    object["metadata"]["annotations"] = json!({EXTERNAL_NAME: external_name});
    if let (Some(into), Some(more)) = (object["metadata"]["annotations"].as_object_mut(), more.as_object()) {
        into.extend(more.clone());
    }
    object
}

fn with_config(mut object: Value, kind: &str, name: &str) -> Value {
    object["spec"]["providerConfigRef"] = json!({"kind": kind, "name": name});
    object
}

fn of(api: &str, kind: &str, name: &str, for_provider: Value) -> Value {
    json!({"apiVersion": format!("{api}.kupenstack.io/v1alpha1"), "kind": kind, "metadata": {"name": name},
        "spec": {"forProvider": for_provider}})
}

fn provider_config(name: &str, secret: &Value) -> Value {
    json!({"apiVersion": "kupenstack.io/v1alpha1", "kind": "ProviderConfig", "metadata": {"name": name},
        "spec": {"credentials": {"source": "Secret", "secretRef": secret}, "cloud": "c"}})
}

/// All of them.
pub fn attacks(scene: &Scene) -> Vec<Attack> {
    [references(scene), external_names(scene), configs(scene), secrets(scene), rights(scene)]
        .into_iter()
        .flatten()
        .collect()
}

fn attack(name: &'static str, does: Deed, ends: Ends) -> Attack {
    Attack { name, does, ends }
}

/// One object, and what it then says.
fn says(
    name: &'static str,
    object: Value,
    kind: &'static str,
    of: &'static str,
    words: impl Into<String>,
) -> Attack {
    attack(name, Deed::Apply(vec![object]), Ends::Says(kind, of, words.into()))
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn references(scene: &Scene) -> Vec<Attack> {
    let owner = &scene.owner.name;
    let refused =
        format!("references to namespace \"{owner}\" are not allowed by the provider's administrator");
    let there = json!({"name": "prey", "namespace": owner});
    let inside = |field: &str, value: Value| json!({field: value, "cidr": "10.90.0.0/24"});
    vec![
        says(
            "a reference to a network of another namespace",
            subnet("by-ref", inside("networkIdRef", there.clone())),
            "subnet",
            "by-ref",
            refused.clone(),
        ),
        says(
            "an optional reference to a network of another namespace",
            subnet(
                "by-optional",
                inside(
                    "networkIdRef",
                    json!({"name": "prey", "namespace": owner, "policy": {"resolution": "Optional"}}),
                ),
            ),
            "subnet",
            "by-optional",
            refused.clone(),
        ),
        says(
            "a selector that looks in another namespace",
            subnet(
                "by-selector",
                inside("networkIdSelector", json!({"namespace": owner, "matchLabels": {}})),
            ),
            "subnet",
            "by-selector",
            refused.clone(),
        ),
        says(
            "a reference in initProvider",
            json!({"apiVersion": "network.kupenstack.io/v1alpha1", "kind": "Subnet", "metadata": {"name": "by-init"},
                "spec": {"forProvider": {"cidr": "10.91.0.0/24"}, "initProvider": {"networkIdRef": there}}}),
            "subnet",
            "by-init",
            refused.clone(),
        ),
        says(
            "references inside a list of objects",
            of(
                "compute",
                "Server",
                "by-list",
                json!({"flavorId": "x", "imageId": "x", "networks": [{"networkIdRef": there}]}),
            ),
            "server",
            "by-list",
            refused,
        ),
        says(
            "a selector in its own namespace for what only others have",
            subnet("by-label", inside("networkIdSelector", json!({"matchLabels": {"prey": "yes"}}))),
            "subnet",
            "by-label",
            "cannot resolve references",
        ),
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn external_names(scene: &Scene) -> Vec<Attack> {
    let (prey, vault) = (scene.prey.as_str(), scene.vault.as_str());
    let other = json!({"mtu": 1300});
    let (none, take) = (Value::Null, json!({TAKE_OVER: "true"}));
    let everything = |mut object: Value| {
        object["spec"]["managementPolicies"] = json!(["Observe", "Delete"]);
        object
    };
    let theirs = "belongs to a resource of another namespace";
    let repoint = |kind, name, to: &str| Deed::Patch {
        kind,
        name,
        change: json!({"metadata": {"annotations": {EXTERNAL_NAME: to}}}),
    };
    vec![
        says(
            "the id of another's network",
            named(network("by-id", other.clone()), prey, &none),
            "network",
            "by-id",
            theirs,
        ),
        says(
            "taking another's network over",
            named(network("by-force", other.clone()), prey, &take),
            "network",
            "by-force",
            "a ClusterProviderConfig with spec.takeOverAcrossNamespaces",
        ),
        says(
            "the id of a network in another project",
            everything(named(network("by-vault", other.clone()), vault, &take)),
            "network",
            "by-vault",
            "external resource does not exist",
        ),
        attack(
            "an older resource that is pointed to another's network",
            repoint("network", "old-network", prey),
            Ends::Says("network", "old-network", theirs.to_owned()),
        ),
        says(
            "a path in place of an id",
            everything(named(network("by-path", other), &format!("x/../{prey}"), &none)),
            "network",
            "by-path",
            "observe failed",
        ),
        says(
            "a key pair of the same name and key",
            key_pair("by-name", &scene.key),
            "keypair",
            "by-name",
            "(409 Conflict)",
        ),
        says(
            "the name of another's key pair",
            named(key_pair("by-annotation", &scene.key), &scene.key, &none),
            "keypair",
            "by-annotation",
            // To that of the next row as well, which is older than this one.
            "belongs to",
        ),
        attack(
            "an older resource that is pointed to another's key pair",
            repoint("keypair", "old-key", &scene.key),
            Ends::Says("keypair", "old-key", theirs.to_owned()),
        ),
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn configs(scene: &Scene) -> Vec<Attack> {
    let away = json!({"namespace": "crossplane-system", "name": "openstack", "key": "clouds.yaml"});
    let configs = world().cluster.place("clusterproviderconfig.kupenstack.io", "");
    let open = json!({"spec": {"allowedNamespaces": ["*"], "takeOverAcrossNamespaces": true}});
    let mut own = provider_config("mine", &json!({"namespace": "crossplane-system", "name": "openstack"}));
    own["kind"] = json!("ClusterProviderConfig");
    let page = |url: &str| {
        format!(
            "clouds: {{c: {{auth: {{auth_url: '{url}', username: a, password: b, project_name: c, user_domain_id: default, project_domain_id: default}}}}}}"
        )
    };
    std::fs::write(
        rig::openstack::web_root(&world().rig.paths).join("tenancy.json"),
        json!({"secret": SECRET}).to_string(),
    )
    .unwrap();
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine"}, "stringData": {
        "page": page(&rig::openstack::web_url("tenancy.json")), "metadata": page("http://169.254.169.254/v3")}});
    let key = |key: &str| json!({"name": "mine", "key": key});
    let quiet = |scene: &Scene| {
        let object = scene.intruder.get("network", "by-page");
        let told = object["status"].to_string();
        if told.contains(SECRET) { Err(told) } else { Ok(()) }
    };
    vec![
        attack(
            "a ProviderConfig that names a Secret of another namespace",
            Deed::Apply(vec![provider_config("strict", &away)]),
            Ends::Refused("unknown field \"spec.credentials.secretRef.namespace\""),
        ),
        attack(
            "the same, unchecked",
            Deed::Loose(provider_config("reach", &away)),
            Ends::Harmless(|_| Ok(())),
        ),
        says(
            "what it leads to",
            with_config(network("by-config", json!({})), "ProviderConfig", "reach"),
            "network",
            "by-config",
            format!("Secret {}/openstack does not exist", scene.intruder.name),
        ),
        says(
            "a ClusterProviderConfig for others",
            with_config(network("by-cluster", json!({})), "ClusterProviderConfig", &scene.owner.name),
            "network",
            "by-cluster",
            "is not allowed",
        ),
        attack(
            "a ClusterProviderConfig of its own",
            Deed::Ask { method: "POST", path: configs.all().to_owned(), body: own },
            Ends::Forbidden,
        ),
        attack(
            "opening a ClusterProviderConfig",
            Deed::Ask { method: "PUT", path: configs.at(&scene.owner.name), body: open },
            Ends::Forbidden,
        ),
        attack(
            "reading a page inside through a login",
            Deed::Apply(vec![
                secret,
                provider_config("page", &key("page")),
                provider_config("metadata", &key("metadata")),
                with_config(network("by-page", json!({})), "ProviderConfig", "page"),
            ]),
            Ends::Says("network", "by-page", "connect failed".to_owned()),
        ),
        attack(
            "and what it tells",
            Deed::Loose(subnet(
                "unrelated",
                json!({"cidr": "10.92.0.0/24", "networkIdRef": {"name": "none"}}),
            )),
            Ends::Harmless(quiet),
        ),
        says(
            "a login at a metadata service",
            with_config(network("by-metadata", json!({})), "ProviderConfig", "metadata"),
            "network",
            "by-metadata",
            "169.254.169.254",
        ),
        says(
            "an image from a metadata service",
            of(
                "image",
                "Image",
                "by-image",
                json!({"containerFormat": "bare", "diskFormat": "raw",
                "source": {"url": "http://169.254.169.254/latest/meta-data"}}),
            ),
            "image",
            "by-image",
            "169.254.169.254",
        ),
    ]
}

fn secrets(scene: &Scene) -> Vec<Attack> {
    let owner = &scene.owner.name;
    let publish = |name: &str| {
        let mut object = network(name, json!({}));
        object["spec"]["writeConnectionSecretToRef"] = json!({"name": "prey", "namespace": owner});
        object
    };
    let user = |name: &str| {
        of(
            "identity",
            "User",
            name,
            json!({"passwordSecretRef": {"namespace": owner, "name": "safe", "key": "id"}}),
        )
    };
    let init = |name: &str| {
        of(
            "compute",
            "Server",
            name,
            json!({"flavorId": "x", "imageId": "x", "networkMode": "none",
            "userDataSecretRef": {"namespace": owner, "name": "safe", "key": "id"}}),
        )
    };
    let at_home = |scene: &Scene| {
        let theirs = scene.owner.get("secret", "prey");
        let owned = theirs["metadata"]["ownerReferences"][0]["uid"]
            == scene.owner.get("network", "prey")["metadata"]["uid"];
        if owned { Ok(()) } else { Err(format!("{theirs:#}")) }
    };
    let missing = "Secret \"safe\" does not exist in this namespace".to_owned();
    vec![
        attack(
            "a connection secret in another namespace",
            Deed::Apply(vec![publish("strict")]),
            Ends::Refused("unknown field \"spec.writeConnectionSecretToRef.namespace\""),
        ),
        attack("the same, unchecked", Deed::Loose(publish("publishes")), Ends::Harmless(at_home)),
        attack(
            "a password of another namespace",
            Deed::Apply(vec![user("strict")]),
            Ends::Refused("unknown field \"spec.forProvider.passwordSecretRef.namespace\""),
        ),
        attack(
            "the same, unchecked",
            Deed::Loose(user("by-password")),
            Ends::Says("user", "by-password", missing.clone()),
        ),
        attack(
            "user data of another namespace",
            Deed::Apply(vec![init("strict")]),
            Ends::Refused("unknown field \"spec.forProvider.userDataSecretRef.namespace\""),
        ),
        attack("the same, unchecked", Deed::Loose(init("by-data")), Ends::Says("server", "by-data", missing)),
    ]
}

fn rights(scene: &Scene) -> Vec<Attack> {
    let at = |kind: &str, namespace: &str, name: &str| world().cluster.place(kind, namespace).at(name);
    let owner = scene.owner.name.as_str();
    let ask = |method, path: String, body: Value| Deed::Ask { method, path, body };
    let get = |path: String| ask("GET", path, Value::Null);
    let usage = scene.owner.get("network", "prey")["metadata"]["uid"].as_str().unwrap().to_owned();
    let account = world().account();
    let provider = format!("system:serviceaccount:crossplane-system:{account}");
    let token = at("serviceaccount", "crossplane-system", &account) + "/token";
    let all = |kind: &str, namespace: &str| world().cluster.place(kind, namespace).all().to_owned();
    let forbidden = |name, does| attack(name, does, Ends::Forbidden);
    vec![
        forbidden("reading another's connection secret", get(at("secret", owner, "prey"))),
        forbidden("listing another's secrets", get(all("secret", owner))),
        forbidden("reading the credentials", get(at("secret", "crossplane-system", "openstack"))),
        forbidden(
            "reading the provider's key",
            get(at("secret", "crossplane-system", "kupenstack-installation")),
        ),
        forbidden("reading another's network", get(at("network", owner, "prey"))),
        forbidden("deleting another's network", ask("DELETE", at("network", owner, "prey"), Value::Null)),
        forbidden(
            "writing another's status",
            ask("PUT", at("network", owner, "prey") + "/status", json!({"status": {}})),
        ),
        forbidden(
            "letting another's usage go",
            ask("DELETE", at("providerconfigusage.kupenstack.io", owner, &usage), Value::Null),
        ),
        forbidden("acting as the provider", Deed::Impersonate(provider)),
        forbidden("acting as an administrator", Deed::Impersonate("system:admin".to_owned())),
        forbidden(
            "a token of the provider",
            ask("POST", token, json!({"spec": {"expirationSeconds": 3600}})),
        ),
    ]
}
