//! The provider on the rig, the way users get it: a package, pushed to a registry, installed by Crossplane.

use crate::{
    cache::Cache,
    error::Result,
    files,
    handle::Rig,
    packages::{self, Origin, Package, Profile, apply},
    paths::Paths,
    progress::Progress,
};
use std::path::{Path, PathBuf};

/// Builds the static program and its package; cargo and the package's bytes decide whether anything changes.
///
/// # Errors
/// It does not build.
pub async fn package(checkout: &Path, profile: Profile) -> Result<PathBuf> {
    let progress = Progress::quiet();
    let cache = Cache::new(&Paths::of(checkout)?.cache, &progress);
    let (package, output) = ([Package::provider()], packages::target(checkout));
    packages::build(&package, checkout, &cache, &output, &Origin::default(), profile, &progress).await?;
    Ok(output.join(format!("{}.xpkg", packages::PROVIDER)))
}

/// Has Crossplane install it; returns when it is healthy in just this version and its CRDs are there.
///
/// # Errors
/// See [`packages::install`]; or a CRD is not there in time.
pub async fn install(rig: &Rig, package: &Path) -> Result<String> {
    let reference = packages::install(rig, &Package::provider(), package).await?;
    served(rig, "clusterproviderconfigs.kupenstack.io").await?;
    Ok(reference)
}

/// Waits until Crossplane has made the CRDs of all managed resources, which it does a while after a package is healthy, and
/// this CRD is served, too.
///
/// # Errors
/// They are not in time.
pub async fn served(rig: &Rig, crd: &str) -> Result<()> {
    let (established, patience) = ("--for=condition=Established", "--timeout=180s");
    rig.kubectl(&["wait", "managedresourcedefinitions", "--all", established, patience]).await?;
    rig.kubectl(&["wait", &format!("crd/{crd}"), established, patience]).await.map(drop)
}

/// The Secret that `examples/quickstart` names, holding the rig's own clouds.yaml.
///
/// # Errors
/// There is no clouds.yaml, or the API server refuses the Secret.
pub async fn credentials(rig: &Rig) -> Result<()> {
    let path = rig.clouds_yaml();
    let clouds = std::fs::read_to_string(&path).map_err(files::io(&path))?;
    let secret = serde_json::json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "openstack", "namespace": "crossplane-system"},
        "stringData": {"clouds.yaml": clouds},
    });
    apply(rig, "credentials", &secret).await
}
