//! `examples/cloud` on the rig: its registry, its charts, its images, and values for a node without a data plane.

use crate::{
    cloud::{ChartSource, DISTRIBUTION, NODE, registry},
    error::{Error, Result},
    files,
    handle::Rig,
    kubernetes, packages, provider,
};
use serde_json::{Value, json};

/// Where the cloud is.
pub const NAMESPACE: &str = "openstack";
/// Where the claim is.
pub const TEAM: &str = "team-a";
/// What the examples have in place of a registry.
const PLACEHOLDER: &str = "registry.example.org";
/// Where the rig's registry is for pods; no TLS there.
const BRIDGE: &str = "10.85.0.0/16";

/// What `install.yaml` has beside the package: the accounts and rights, or, `later`, what needs the packages' kinds.
///
/// # Errors
/// The file can't be read.
pub fn installation(rig: &Rig, later: bool) -> Result<Vec<Value>> {
    let mut all = read(rig, "examples/cloud/install.yaml", kubernetes::REGISTRY)?;
    all.retain(|object| !is(object, "Configuration") && is(object, "ClusterProviderConfig") == later);
    for config in all.iter_mut().filter(|object| is(object, "DeploymentRuntimeConfig")) {
        let container =
            json!({"name": "package-runtime", "args": [format!("--allow-image-sources={BRIDGE}")]});
        let template = json!({"spec": {"selector": {}, "template": {"spec": {"containers": [container]}}}});
        set(config, "/spec", "deploymentTemplate", template);
    }
    for defaults in all.iter_mut().filter(|object| is(object, "EnvironmentConfig")) {
        configure(rig, defaults, "/data", &json!({}))?;
        // Who makes a cloud in a namespace of its own has what team.yaml gives.
        set(defaults, "/data", "providerConfigRef", json!({"kind": "ProviderConfig", "name": "default"}));
    }
    Ok(all)
}

/// Applies that, and the deployer's roles.
///
/// # Errors
/// The API server refuses something.
pub async fn install(rig: &Rig, later: bool) -> Result<()> {
    let roles = read(rig, "package/components/deployer.yaml", PLACEHOLDER)?;
    apply(rig, &roles).await?;
    if later {
        provider::served(rig, "clusterproviderconfigs.component.kupenstack.io").await?;
    }
    apply(rig, &installation(rig, later)?).await
}

/// The objects of a file of `examples/cloud`; a cloud's have the rig's values, and one that names no nodes the rig's.
///
/// # Errors
/// The file can't be read.
pub fn example(rig: &Rig, name: &str) -> Result<Vec<Value>> {
    let mut all = read(rig, &format!("examples/cloud/{name}.yaml"), kubernetes::REGISTRY)?;
    for cloud in all.iter_mut().filter(|object| object.pointer("/spec/release").is_some()) {
        let components = cloud.pointer("/spec/components").cloned().unwrap_or_default();
        configure(rig, cloud, "/spec", &components)?;
        if is(cloud, "OpenStackCloud") && cloud.pointer("/spec/nodes").is_none() {
            set(cloud, "/spec", "nodes", json!([node()]));
        }
    }
    Ok(all)
}

/// The rig's node as a cloud names it.
pub fn node() -> Value {
    json!({"name": NODE, "roles": ["control", "compute"]})
}

/// Gives a cloud, or the defaults of clouds, the rig's charts, images and values.
fn configure(rig: &Rig, object: &mut Value, at: &str, components: &Value) -> Result<()> {
    let charts = ChartSource::of(&rig.paths)?;
    let version = charts.version("keystone")?;
    set(object, at, "chart", json!({"oci": charts.oci(""), "version": version}));
    set(object, at, "images", json!({"registry": registry(), "distribution": DISTRIBUTION}));
    let mut entries = components.as_object().cloned().unwrap_or_default();
    for component in charts.names()? {
        let entry = entries.entry(component.as_str()).or_insert_with(|| json!({}));
        if entry.get("enabled") == Some(&json!(false)) {
            continue;
        }
        set(entry, "", "valuesText", json!(charts.values(&component)?));
        let own = charts.version(&component)?;
        if own != version {
            set(entry, "", "chart", json!({"version": own}));
        }
    }
    set(object, at, "components", Value::Object(entries));
    Ok(())
}

/// What a namespace has to have so that components can be installed in it: `team.yaml`, for this namespace.
///
/// # Errors
/// The file can't be read.
pub fn team(rig: &Rig, namespace: &str) -> Result<Vec<Value>> {
    let mut all = example(rig, "team")?;
    for object in &mut all {
        for place in ["/metadata/name", "/metadata/namespace", "/subjects/0/namespace"] {
            if let Some(place) = object.pointer_mut(place).filter(|found| **found == *TEAM) {
                *place = json!(namespace);
            }
        }
    }
    Ok(all)
}

/// Applies objects as administrator, in their order.
///
/// # Errors
/// The API server refuses one.
pub async fn apply(rig: &Rig, objects: &[Value]) -> Result<()> {
    for object in objects {
        let text = |at: &str| object.pointer(at).and_then(Value::as_str).unwrap_or_default();
        packages::apply(rig, &format!("{}-{}", text("/kind"), text("/metadata/name")), object).await?;
    }
    Ok(())
}

/// Waits until an object is Ready.
///
/// # Errors
/// It is not in time.
pub async fn wait_ready(rig: &Rig, object: &Value) -> Result<()> {
    let text = |at: &str| object.pointer(at).and_then(Value::as_str).unwrap_or_default();
    let group = text("/apiVersion").split('/').next().unwrap_or_default();
    let name = format!("{}.{group}/{}", text("/kind").to_lowercase(), text("/metadata/name"));
    let words = ["wait", &name, "-n", text("/metadata/namespace"), "--for=condition=Ready", "--timeout=600s"];
    rig.kubectl(&words).await.map(drop)
}

/// One text of a Secret.
///
/// # Errors
/// There is no such Secret or key.
pub async fn secret(rig: &Rig, namespace: &str, name: &str, key: &str) -> Result<String> {
    let template = format!(r#"go-template={{{{index .data "{key}" | base64decode}}}}"#);
    rig.kubectl(&["get", "secret", name, "-n", namespace, "-o", &template]).await
}

fn read(rig: &Rig, path: &str, registry: &str) -> Result<Vec<Value>> {
    let text = files::read(&rig.paths.checkout.join(path))?.replace(PLACEHOLDER, registry);
    serde_saphyr::from_multiple(&text).map_err(|why| Error::Machine {
        what: format!("{path} can't be read: {why}"),
        help: "it has to be YAML".to_owned(),
    })
}

fn is(object: &Value, kind: &str) -> bool {
    object.get("kind").is_some_and(|found| found == kind)
}

fn set(object: &mut Value, at: &str, field: &str, value: Value) {
    if let Some(map) = object.pointer_mut(at).and_then(Value::as_object_mut) {
        map.insert(field.to_owned(), value);
    }
}
