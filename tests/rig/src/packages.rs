//! The packages that users install: built as they are published, and installed through Crossplane's package manager.

use crate::{
    cache::Cache,
    error::{Error, Result},
    files::{self, io},
    go,
    handle::Rig,
    kubernetes, process,
    progress::Progress,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The package with OpenStack's resources.
pub const PROVIDER: &str = "provider-kupenstack";
const TARGET: &str = "x86_64-unknown-linux-gnu";
const PATIENCE: Duration = Duration::from_secs(180);
/// In front of what tells one build from another.
const VERSION: &str = "v0.1.0";
/// In the rig's registry.
const ORGANISATION: &str = "kupenstack";

/// Files that a package holds beside the program, by the package: where they are in its image.
const EXTRA: &[(&str, &str)] = &[("provider-kupenstack-components", "usr/local/bin/helm")];

/// The kind of package that needs others.
const CONFIGURATION: &str = "Configuration";

/// A package of the checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name, and that of its repository in a registry.
    pub name: String,
    /// `Provider`, `Function` or `Configuration`.
    pub kind: String,
}

/// How programs are compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// As they are shipped: small, and alike in every folder.
    #[default]
    Release,
    /// In a third of the time, to be shown.
    Quick,
}

impl Profile {
    /// Its name in `Cargo.toml`, which is also that of its folder.
    fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Quick => "quick",
        }
    }
}

/// Where all packages of a release are published: what those that need others ask for.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Registry and organisation.
    pub registry: Option<String>,
    /// Version: `v1.2.3`.
    pub version: Option<String>,
}

impl Package {
    /// The package with OpenStack's resources.
    pub fn provider() -> Self {
        Self { name: PROVIDER.to_owned(), kind: "Provider".to_owned() }
    }

    /// Name of the object that installs it. Compositions name a function as Crossplane does that comes as a dependency.
    fn object(&self) -> String {
        if self.kind == "Function" { format!("{ORGANISATION}-{}", self.name) } else { self.name.clone() }
    }

    /// As its own metadata says.
    fn read(text: &str) -> Option<Self> {
        let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start)).map(str::to_owned);
        Some(Self { name: line("  name: ")?, kind: line("kind: ")? })
    }
}

/// All packages: every folder below `package/` with metadata is one. What others need comes first.
///
/// # Errors
/// A folder can't be read.
pub fn all(checkout: &Path) -> Result<Vec<Package>> {
    let root = checkout.join("package");
    let mut files = vec![root.join("crossplane.yaml")];
    for entry in fs::read_dir(&root).map_err(io(&root))? {
        files.push(entry.map_err(io(&root))?.path().join("crossplane.yaml"));
    }
    files.retain(|file| file.is_file());
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let read = Package::read(&files::read(&file)?);
        all.push(read.ok_or_else(|| Error::Machine {
            what: format!("{} names no package", file.display()),
            help: "run `cargo run -- generate`".to_owned(),
        })?);
    }
    all.sort_by_key(|package| package.kind == CONFIGURATION);
    Ok(all)
}

/// Those of some names, in the order in which they can be installed.
///
/// # Errors
/// There is no package of a name.
pub fn named(checkout: &Path, names: &[String]) -> Result<Vec<Package>> {
    let mut all = all(checkout)?;
    if let Some(other) = names.iter().find(|name| !all.iter().any(|package| package.name == **name)) {
        let known: Vec<_> = all.iter().map(|package| package.name.as_str()).collect();
        return Err(Error::Machine {
            what: format!("there is no package {other}"),
            help: format!("these are there: {}", known.join(", ")),
        });
    }
    all.retain(|package| names.contains(&package.name));
    Ok(all)
}

/// Where packages are on the rig. What is built there counts as a version before the first, and is taken by those that
/// ask for such a one or a later one.
pub fn on_the_rig() -> Origin {
    Origin {
        registry: Some(format!("{}/{ORGANISATION}", kubernetes::REGISTRY)),
        version: Some(format!("{VERSION}-0")),
    }
}

/// A program of the workspace for an image: static, so that its image holds nothing else.
///
/// # Errors
/// It does not compile.
pub async fn static_program(checkout: &Path, name: &str, profile: Profile) -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let flags = format!("target.{TARGET}.rustflags=['-Ctarget-feature=+crt-static']");
    let profile = profile.name();
    let words = [&cargo, "build", "--profile", profile, "--locked", "--package", name, "--target", TARGET];
    let words = [&words[..], &["--config", &flags]].concat();
    let status = process::interactive("cargo build", words, &[], Some(checkout)).await?;
    if !status.success() {
        let why = format!("{status}; the compiler said why above");
        return Err(Error::Command { what: format!("building {name}"), why, log: None });
    }
    Ok(target(checkout).join(TARGET).join(profile).join(name))
}

/// Where cargo builds.
pub fn target(checkout: &Path) -> PathBuf {
    std::env::var("CARGO_TARGET_DIR").map_or_else(|_| checkout.join("target"), PathBuf::from)
}

/// Builds packages into a folder, with the program, and helm where one holds it; returns their files in that order.
///
/// # Errors
/// Something does not build.
pub async fn build(
    packages: &[Package],
    checkout: &Path,
    cache: &Cache,
    output: &Path,
    origin: &Origin,
    profile: Profile,
    progress: &Progress,
) -> Result<Vec<PathBuf>> {
    let program = static_program(checkout, "kupenstack", profile).await?;
    pack(packages, &program, checkout, cache, output, origin, progress).await
}

/// Packs a program that is built already, and helm where a package holds it, likewise.
///
/// # Errors
/// Helm does not build, or the program refuses.
pub async fn pack(
    packages: &[Package],
    program: &Path,
    checkout: &Path,
    cache: &Cache,
    output: &Path,
    origin: &Origin,
    progress: &Progress,
) -> Result<Vec<PathBuf>> {
    let program = program.display().to_string();
    files::make_dir(output)?;
    let mut built = Vec::new();
    for package in packages {
        let file = output.join(format!("{}.xpkg", package.name));
        let mut words = vec![program.clone(), "package".to_owned(), "--package".to_owned()];
        words.extend([package.name.clone(), "--output".to_owned(), file.display().to_string()]);
        for (_, path) in EXTRA.iter().filter(|(name, _)| *name == package.name) {
            let helm = go::helm(cache, checkout, progress).await?;
            words.extend(["--extra".to_owned(), format!("{path}={}", helm.display())]);
        }
        if package.kind == CONFIGURATION {
            for (option, value) in [("--registry", &origin.registry), ("--version", &origin.version)] {
                words.extend(value.iter().flat_map(|value| [option.to_owned(), value.clone()]));
            }
        }
        process::output(
            &format!("kupenstack package --package {}", package.name),
            words,
            &[],
            Some(checkout),
        )
        .await?;
        built.push(file);
    }
    Ok(built)
}

/// Pushes a package under a name made from its content, and has Crossplane install it; returns its reference when it is
/// healthy in just this version.
///
/// # Errors
/// The registry does not take it, or Crossplane does not find it healthy in time.
pub async fn install(rig: &Rig, package: &Package, file: &Path) -> Result<String> {
    let bytes = fs::read(file).map_err(io(file))?;
    let digest: String = Sha256::digest(&bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let Package { name, kind } = package;
    let (object, reference) =
        (package.object(), rig.push_image(file, &format!("{ORGANISATION}/{name}:{VERSION}-{digest}")).await?);
    let manifest = json!({
        "apiVersion": "pkg.crossplane.io/v1", "kind": kind, "metadata": {"name": object},
        // All of them are installed here: while one is replaced, Crossplane would install it once more, for those that
        // need it, under another name.
        "spec": {"package": reference, "revisionHistoryLimit": 1, "skipDependencyResolution": true},
    });
    apply(rig, name, &manifest).await?;
    let resource = format!("{}.pkg.crossplane.io", kind.to_lowercase());
    let began = Instant::now();
    loop {
        let state = rig.kubectl(&["get", &resource, &object, "-o", "json"]).await?;
        let state: Value = serde_json::from_str(&state).unwrap_or_default();
        if healthy(&state, &reference) {
            return Ok(reference);
        }
        if began.elapsed() > PATIENCE {
            return Err(not_healthy(name, &state));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Applies one object as administrator.
///
/// # Errors
/// The API server refuses it.
pub async fn apply(rig: &Rig, name: &str, object: &Value) -> Result<()> {
    let file = rig.paths.run().join(format!("{name}.json"));
    fs::write(&file, object.to_string()).map_err(io(&file))?;
    rig.kubectl(&["apply", "--server-side", "--force-conflicts", "-f", &file.display().to_string()])
        .await
        .map(drop)
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

fn not_healthy(name: &str, state: &Value) -> Error {
    let why = ["Installed", "Healthy"].iter().filter_map(|t| condition(state, t)?.get("message")?.as_str());
    let why = why.collect::<Vec<_>>().join("; ");
    Error::Part {
        part: name.to_owned(),
        why: if why.is_empty() { "Crossplane does not say why".to_owned() } else { why },
        log: None,
        help: "look at `cargo rig shell -- kubectl -n crossplane-system get pods,events`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn every_folder_with_metadata_is_a_package_and_what_needs_others_comes_last() {
        let root = std::env::temp_dir().join(format!("rig-packages-{}", std::process::id()));
        for (folder, kind) in [("", "Provider"), ("configuration", "Configuration"), ("function", "Function")]
        {
            let text = format!("kind: {kind}\nmetadata:\n  name: {}-x\n", kind.to_lowercase());
            files::write(&root.join("package").join(folder).join("crossplane.yaml"), text).unwrap();
        }
        files::write(&root.join("package/helm/go.mod"), "").unwrap();
        let names: Vec<_> = all(&root).unwrap().into_iter().map(|package| package.name).collect();
        assert_eq!(names, ["provider-x", "function-x", "configuration-x"]);
        files::remove(&root).unwrap();
    }

    #[test]
    fn the_provider_is_among_the_packages_of_this_checkout() {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert!(all(&checkout).unwrap().contains(&Package::provider()));
    }
}
