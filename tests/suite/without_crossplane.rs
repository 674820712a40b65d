//! The provider in a cluster without Crossplane's package of it: `package/standalone.yaml`, and the quick start Ready by it.
//! The package is removed first, so that never two work, and installed again afterwards.

use crate::world::{checkout, eventually, world};
use rig::lifecycle::block_on;
use serde_json::Value;
use std::{fs, path::PathBuf};

const PROVIDER: &str = "provider-kupenstack";
const PLACEHOLDER: &str = "registry.example.org/kupenstack/provider-kupenstack:v0.1.0";
const SYSTEM: &str = "crossplane-system";

/// Names of the CRDs of a manifest.
fn crds(manifest: &str) -> Vec<&str> {
    let all = manifest.split("---\n").filter(|one| one.contains("kind: CustomResourceDefinition\n"));
    all.filter_map(|one| one.lines().find_map(|line| line.strip_prefix("  name: "))).collect()
}

fn none(arguments: &[&str]) -> bool {
    world().kubectl(&[arguments, &["-o", "name", "--ignore-not-found"]].concat()).trim().is_empty()
}

/// Installed until it is dropped; then the package is installed again.
struct Standalone(PathBuf);

impl Standalone {
    fn install() -> Self {
        // While there is somebody who lets them go.
        world().kubectl(&["delete", "clusterproviderconfigs.kupenstack.io", "--all", "--timeout=180s"]);
        world().kubectl(&["delete", "provider.pkg.crossplane.io", PROVIDER, "--timeout=180s"]);
        let label = format!("pkg.crossplane.io/provider={PROVIDER}");
        eventually("the package's pods are gone", || none(&["get", "pods", "-n", SYSTEM, "-l", &label]));
        let text = fs::read_to_string(checkout().join("package/standalone.yaml")).unwrap();
        let crds = crds(&text);
        assert!(crds.len() > 20, "{crds:?}");
        eventually("its CRDs are gone", || none(&[&["get", "crd"], crds.as_slice()].concat()));
        assert_eq!(text.matches(PLACEHOLDER).count(), 1, "the image's name");
        let file = std::env::temp_dir().join(format!("standalone-{}.yaml", std::process::id()));
        fs::write(&file, text.replace(PLACEHOLDER, &world().reference)).unwrap();
        let this = Self(file);
        world().kubectl(&["apply", "--server-side", "-f", &this.file()]);
        let deployment = format!("deployment/{PROVIDER}");
        world().kubectl(&["rollout", "status", &deployment, "-n", SYSTEM, "--timeout=180s"]);
        this
    }

    fn file(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for Standalone {
    fn drop(&mut self) {
        // The namespace is Crossplane's here, so it stays.
        let objects = fs::read_to_string(&self.0).unwrap_or_default();
        let rest: Vec<_> =
            objects.split("---\n").filter(|one| !one.contains("\nkind: Namespace\n")).collect();
        let _ = fs::write(&self.0, rest.join("---\n"));
        let _ = world().try_kubectl(&["delete", "--timeout=180s", "-f", &self.file()]);
        let _ = fs::remove_file(&self.0);
        let _ = block_on(rig::provider::install(&world().rig, &world().package));
    }
}

fn file(name: &str) -> String {
    checkout().join(format!("examples/quickstart/{name}.yaml")).display().to_string()
}

#[test]
fn without_crossplanes_package_manager_the_quick_start_becomes_ready_and_goes_again() {
    let alone = Standalone::install();
    let files = ["provider-config", "cloud", "network", "server"].map(file);
    for file in &files {
        world().kubectl(&["apply", "-f", file]);
    }
    for file in &files[1..] {
        world().kubectl(&["wait", "--for=condition=Ready", "--timeout=300s", "-f", file]);
    }
    let pods =
        ["get", "pods", "-n", SYSTEM, "-l", &format!("app.kubernetes.io/name={PROVIDER}"), "-o", "json"];
    let pods: Value = serde_json::from_str(&world().kubectl(&pods)).unwrap();
    assert_eq!(
        pods["items"][0]["status"]["containerStatuses"][0]["restartCount"], 0,
        "its probes are answered"
    );
    let may = |verb: &str, user: &str| {
        let group = ["--as-group=system:authenticated", &format!("--as={user}"), "-n", "default"];
        world()
            .try_kubectl(&[&["auth", "can-i", verb, "networks.network.kupenstack.io"][..], &group].concat())
    };
    let name = "standalone-editor";
    world().kubectl(&[
        "create",
        "rolebinding",
        name,
        "--clusterrole=edit",
        &format!("--user={name}"),
        "-n",
        "default",
    ]);
    let (editor, other) = (may("create", name), may("create", "standalone-nobody"));
    world().kubectl(&["delete", "rolebinding", name, "-n", "default"]);
    assert!(editor.is_ok_and(|said| said.trim() == "yes"), "who may edit a namespace may edit these kinds");
    assert!(other.is_err(), "and nobody else");
    for file in files.iter().rev() {
        world().kubectl(&["delete", "--wait=false", "-f", file]);
    }
    for file in &files {
        world().kubectl(&["wait", "--for=delete", "--timeout=300s", "-f", file]);
    }
    drop(alone);
}
