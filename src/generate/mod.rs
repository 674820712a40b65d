//! Everything that is derived from the registry and committed: CRDs, package metadata, the rights Crossplane grants,
//! reference docs. One command writes it, and the same command with `--check` tells what has drifted.

mod docs;
mod error;
mod packages;
mod rights;

pub use error::Error;
pub use packages::{Package, packages};

use crate::xpkg;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Every generated file: path below the checkout, and content.
///
/// # Errors
/// A kind's file is wrong.
pub fn files() -> Result<BTreeMap<PathBuf, String>, Error> {
    let mut files = BTreeMap::new();
    for package in packages() {
        files.extend(files_of(&package)?);
    }
    Ok(files)
}

fn files_of(package: &Package) -> Result<BTreeMap<PathBuf, String>, Error> {
    let (provider, folder) = (&package.provider, Path::new(package.folder));
    let mut files = BTreeMap::new();
    for crd in package.crds()? {
        let text = |pointer: &str| crd.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let (group, plural) = (text("/spec/group"), text("/spec/names/plural"));
        let path = format!("crds/{group}_{plural}.yaml");
        files.insert(PathBuf::from(path), xpkg::yaml(plural, &crd)?);
    }
    files.insert(folder.join("crossplane.yaml"), package.meta().to_yaml()?);
    let configs = provider.family.crds.build();
    let cluster =
        configs.iter().find(|crd| crd.pointer("/spec/names/kind") == Some(&"ClusterProviderConfig".into()));
    files.extend(cluster.map(|crd| (folder.join("docs/providerconfig.md"), docs::provider_config(crd))));
    files.insert(folder.join("rights.yaml"), xpkg::yaml("rights", &rights::cluster_role(provider))?);
    for kind in provider.kinds {
        let path = format!("docs/{}/{}.md", kind.info().service.group, kind.info().kind.to_lowercase());
        let crd = kind.crd().map_err(|source| Error::Kind { kind: kind.id().to_owned(), source })?;
        files.insert(folder.join(path), docs::page(kind.info(), &crd));
    }
    Ok(files)
}

/// Writes every generated file below `root`; gives the ones that changed.
///
/// # Errors
/// A kind's file is wrong, or a file can't be written.
pub fn write(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let changed = drift(root)?;
    let files = files()?;
    for path in &changed {
        let target = root.join(path);
        let failed = |source| Error::File { path: target.clone(), source };
        match files.get(path) {
            Some(content) => {
                let parent = target.parent().unwrap_or(root);
                std::fs::create_dir_all(parent).map_err(failed)?;
                std::fs::write(&target, content).map_err(failed)?;
            }
            None => std::fs::remove_file(&target).map_err(failed)?,
        }
    }
    Ok(changed)
}

/// Files below `root` that are not as they would be generated: changed, missing, or left over.
///
/// # Errors
/// A kind's file is wrong, or a file can't be read.
pub fn drift(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let files = files()?;
    let mut changed: Vec<PathBuf> = files
        .iter()
        .filter(|(path, content)| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(content))
        .map(|(path, _)| path.clone())
        .collect();
    let crds = root.join("crds");
    let failed = |source| Error::File { path: crds.clone(), source };
    if crds.exists() {
        for entry in std::fs::read_dir(&crds).map_err(failed)? {
            let path = Path::new("crds").join(entry.map_err(failed)?.file_name());
            if !files.contains_key(&path) {
                changed.push(path);
            }
        }
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_files_are_the_generated_ones() {
        let drifted = drift(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(drifted.is_empty(), "run `cargo run -- generate` and commit: {drifted:?}");
    }

    #[test]
    fn a_changed_a_missing_and_a_left_over_file_are_all_found() {
        let root = std::env::temp_dir().join(format!("kupenstack-generate-{}", std::process::id()));
        assert!(!write(&root).unwrap().is_empty());
        assert!(drift(&root).unwrap().is_empty());
        std::fs::write(root.join("crds/network.kupenstack.io_networks.yaml"), "changed").unwrap();
        std::fs::remove_file(root.join("package/crossplane.yaml")).unwrap();
        std::fs::write(root.join("crds/left-over.yaml"), "").unwrap();
        assert_eq!(drift(&root).unwrap().len(), 3);
        write(&root).unwrap();
        assert!(drift(&root).unwrap().is_empty());
        std::fs::remove_dir_all(&root).unwrap();
    }
}

#[cfg(test)]
mod contract_tests;
