//! The provider on the rig, the way users get it: a package, pushed to a registry, installed by Crossplane.

use crate::{
    error::{Error, Result},
    files,
    handle::Rig,
    process,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Name of the package and of the Provider object.
pub const NAME: &str = "provider-kupenstack";
const TARGET: &str = "x86_64-unknown-linux-gnu";
const PATIENCE: Duration = Duration::from_secs(180);

/// A program of the workspace as it is shipped: static, so that its image holds nothing else.
///
/// # Errors
/// It does not compile.
pub async fn static_program(checkout: &Path, name: &str) -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let flags = format!("target.{TARGET}.rustflags=['-Ctarget-feature=+crt-static']");
    let words =
        [&cargo, "build", "--release", "--locked", "--package", name, "--target", TARGET, "--config", &flags];
    let status = process::interactive("cargo build", words.to_vec(), &[], Some(checkout)).await?;
    if !status.success() {
        let why = format!("{status}; the compiler said why above");
        return Err(Error::Command { what: format!("building {name}"), why, log: None });
    }
    Ok(target(checkout).join(TARGET).join("release").join(name))
}

fn target(checkout: &Path) -> PathBuf {
    std::env::var("CARGO_TARGET_DIR").map_or_else(|_| checkout.join("target"), PathBuf::from)
}

/// Builds the static program and its package; cargo and the package's bytes decide whether anything changes.
pub async fn package(checkout: &Path) -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status = process::interactive("cargo image", vec![&cargo, "image"], &[], Some(checkout)).await?;
    if !status.success() {
        let why = format!("{status}; the compiler said why above");
        return Err(Error::Command { what: "cargo image".to_owned(), why, log: None });
    }
    let target = target(checkout);
    let program = target.join(TARGET).join("release/kupenstack");
    let package = target.join(format!("{NAME}.xpkg"));
    let words = [&program.display().to_string(), "package", "--output", &package.display().to_string()];
    process::output("kupenstack package", words.map(str::to_owned).to_vec(), &[], Some(checkout)).await?;
    Ok(package)
}

/// Pushes a package under a name made from its content, and has Crossplane install it; returns when it is healthy
/// in just this version and its CRDs are there.
pub async fn install(rig: &Rig, package: &Path) -> Result<String> {
    let bytes = std::fs::read(package).map_err(files::io(package))?;
    let digest: String = Sha256::digest(&bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let reference = rig.push_image(package, &format!("kupenstack/{NAME}:v0.1.0-{digest}")).await?;
    let manifest = serde_json::json!({
        "apiVersion": "pkg.crossplane.io/v1", "kind": "Provider", "metadata": {"name": NAME},
        "spec": {"package": reference, "revisionHistoryLimit": 1},
    });
    apply(rig, "provider", &manifest).await?;
    let began = Instant::now();
    loop {
        let state = rig.kubectl(&["get", "provider.pkg.crossplane.io", NAME, "-o", "json"]).await?;
        let state: Value = serde_json::from_str(&state).unwrap_or_default();
        if healthy(&state, &reference) {
            break;
        }
        if began.elapsed() > PATIENCE {
            return Err(not_healthy(&state));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let crds = ["networks.network.kupenstack.io", "clusterproviderconfigs.kupenstack.io"];
    for crd in crds.map(|name| format!("crd/{name}")) {
        rig.kubectl(&["wait", &crd, "--for=condition=Established", "--timeout=60s"]).await?;
    }
    Ok(reference)
}

/// Applies one object as administrator.
pub async fn apply(rig: &Rig, name: &str, object: &Value) -> Result<()> {
    let file = rig.paths.run().join(format!("{name}.json"));
    std::fs::write(&file, object.to_string()).map_err(files::io(&file))?;
    rig.kubectl(&["apply", "--server-side", "--force-conflicts", "-f", &file.display().to_string()])
        .await
        .map(drop)
}

/// The Secret that `examples/quickstart` names, holding the rig's own clouds.yaml.
pub async fn credentials(rig: &Rig) -> Result<()> {
    let path = rig.clouds_yaml();
    let clouds = std::fs::read_to_string(&path).map_err(files::io(&path))?;
    let secret = serde_json::json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "openstack", "namespace": "crossplane-system"},
        "stringData": {"clouds.yaml": clouds},
    });
    apply(rig, "credentials", &secret).await
}

fn condition<'a>(state: &'a Value, r#type: &str) -> Option<&'a Value> {
    let conditions = state.pointer("/status/conditions")?.as_array()?;
    conditions.iter().find(|condition| condition.get("type").is_some_and(|t| t == r#type))
}

fn healthy(state: &Value, reference: &str) -> bool {
    let yes = |r#type| condition(state, r#type).and_then(|c| c.get("status")).is_some_and(|s| s == "True");
    let current = state.pointer("/status/currentIdentifier").and_then(Value::as_str);
    current == Some(reference) && yes("Installed") && yes("Healthy")
}

fn not_healthy(state: &Value) -> Error {
    let why = ["Installed", "Healthy"].iter().filter_map(|t| condition(state, t)?.get("message")?.as_str());
    let why = why.collect::<Vec<_>>().join("; ");
    Error::Part {
        part: NAME.to_owned(),
        why: if why.is_empty() { "Crossplane does not say why".to_owned() } else { why },
        log: None,
        help: "look at `cargo rig shell -- kubectl -n crossplane-system get pods,events`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_healthy_older_version_is_not_taken_for_this_one() {
        let state = |current: &str, healthy: &str| {
            json!({"status": {"currentIdentifier": current, "conditions": [
                {"type": "Installed", "status": "True"}, {"type": "Healthy", "status": healthy}]}})
        };
        assert!(healthy(&state("r:v2", "True"), "r:v2"));
        assert!(!healthy(&state("r:v1", "True"), "r:v2"));
        assert!(!healthy(&state("r:v2", "False"), "r:v2"));
        assert!(!healthy(&json!({}), "r:v2"));
    }
}
