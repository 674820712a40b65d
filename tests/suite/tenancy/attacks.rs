//! The table of attacks.

use super::{
    deed::{self, Deed, Ends, attack, forbidden, says},
    scene::{Scene, key_pair},
};
use crate::world::{network, subnet, world};
use serde_json::{Value, json};

/// Everybody knows it: it is public.
pub const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPtVrIHyqLeKJj8Idlo5oc/Iz/+BEvBPfG6wi7P/1il7 prey@example.org";
const EXTERNAL_NAME: &str = "crossplane.io/external-name";
const TAKE_OVER: &str = "kupenstack.io/take-over";
/// What stands on a page of a server inside, which the intruder can't reach itself.
const SECRET: &str = "not-for-intruders";

type Attack = deed::Attack<Scene>;

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
            "another's marker as a tag",
            network("by-tag", json!({"tags": [scene.marker()]})),
            "network",
            "by-tag",
            "ends like the provider's marker",
        ),
        says(
            "another's marker in a description",
            network("by-description", json!({"description": format!("mine {}", scene.marker())})),
            "network",
            "by-description",
            "ends like the provider's marker",
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
            theirs,
        ),
        says(
            "the name of another's key pair",
            named(key_pair("by-annotation", &scene.key), &scene.key, &none),
            "keypair",
            "by-annotation",
            theirs,
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
        says(
            "the name of a ProviderConfig that leads to another namespace",
            with_config(
                network("by-config-path", json!({})),
                "ProviderConfig",
                &format!("../../{}/providerconfigs/default", scene.owner.name),
            ),
            "network",
            "by-config-path",
            "no object can have the name",
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

#[allow(clippy::too_many_lines, reason = "a table")]
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
        says(
            "the name of a Secret that leads to another namespace",
            of(
                "identity",
                "User",
                "by-path",
                json!({"passwordSecretRef": {"name": format!("../../{owner}/secrets/safe"), "key": "id"}}),
            ),
            "user",
            "by-path",
            "no object can have the name",
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
    let get = |name, path: String| forbidden(name, "GET", path, Value::Null);
    let usage = scene.owner.get("network", "prey")["metadata"]["uid"].as_str().unwrap().to_owned();
    let account = world().account();
    let provider = format!("system:serviceaccount:crossplane-system:{account}");
    let token = at("serviceaccount", "crossplane-system", &account) + "/token";
    let all = |kind: &str, namespace: &str| world().cluster.place(kind, namespace).all().to_owned();
    vec![
        get("reading another's connection secret", at("secret", owner, "prey")),
        get("listing another's secrets", all("secret", owner)),
        get("reading the credentials", at("secret", "crossplane-system", "openstack")),
        get("reading the provider's key", at("secret", "crossplane-system", "kupenstack-installation")),
        get("reading another's network", at("network", owner, "prey")),
        forbidden("deleting another's network", "DELETE", at("network", owner, "prey"), Value::Null),
        forbidden(
            "writing another's status",
            "PUT",
            at("network", owner, "prey") + "/status",
            json!({"status": {}}),
        ),
        forbidden(
            "letting another's usage go",
            "DELETE",
            at("providerconfigusage.kupenstack.io", owner, &usage),
            Value::Null,
        ),
        attack("acting as the provider", Deed::Impersonate(provider), Ends::Forbidden),
        attack("acting as an administrator", Deed::Impersonate("system:admin".to_owned()), Ends::Forbidden),
        forbidden("a token of the provider", "POST", token, json!({"spec": {"expirationSeconds": 3600}})),
    ]
}
