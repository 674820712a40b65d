//! Everything that is derived from the registry and committed: CRDs, package metadata, the rights Crossplane grants,
//! what runs without Crossplane, reference docs. One command writes it, and the same command with `--check` tells what has drifted.

pub mod coverage;
mod docs;
mod error;
mod index;
mod origin;
mod packages;
mod rights;
mod standalone;

pub use error::Error;
pub use origin::Origin;
pub use packages::{Content, Package, packages};

use crate::{
    kind::{Info, provider::Provider},
    xpkg,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Folder of the composite resources.
const COMPOSITIONS: &str = "compositions";
/// Folder of the package of OpenStack's services, whose docs have the pages for all packages.
const GUIDES: &str = "package";
/// Folder below a package's docs that is written by hand.
const BY_HAND: &str = "cloud";

/// Every generated file: path below the checkout `root`, where the examples are read, and content.
fn files(root: &Path) -> Result<BTreeMap<PathBuf, String>, Error> {
    let mut files = BTreeMap::new();
    for package in packages() {
        files.extend(files_of(&package, root)?);
    }
    Ok(files)
}

fn files_of(package: &Package, root: &Path) -> Result<BTreeMap<PathBuf, String>, Error> {
    let (origin, folder) = (Origin::default(), Path::new(package.folder));
    let mut files = BTreeMap::new();
    for object in package.objects(&origin)? {
        let path = path_of(&object);
        let content = xpkg::yaml(&path, &object)?;
        files.insert(PathBuf::from(path), content);
    }
    files.insert(folder.join("crossplane.yaml"), package.meta(&origin).to_yaml()?);
    if let Content::Provider(provider) = &package.content {
        files.extend(pages(provider, folder, root)?);
        if package.standalone {
            files.insert(folder.join("standalone.yaml"), standalone::file(package, provider)?);
        }
    }
    Ok(files)
}

/// Where an object of a package is written to.
fn path_of(object: &Value) -> String {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let name = text("/metadata/name");
    match text("/kind") {
        "CustomResourceDefinition" => {
            format!("crds/{}_{}.yaml", text("/spec/group"), text("/spec/names/plural"))
        }
        "CompositeResourceDefinition" => {
            format!("{COMPOSITIONS}/{}_{}.definition.yaml", text("/spec/group"), text("/spec/names/plural"))
        }
        "Composition" => match name.split_once('.') {
            Some((plural, group)) => format!("{COMPOSITIONS}/{group}_{plural}.composition.yaml"),
            None => format!("{COMPOSITIONS}/{name}.composition.yaml"),
        },
        _ => format!("{COMPOSITIONS}/{name}.yaml"),
    }
}

/// Rights and pages of a provider.
fn pages(provider: &Provider, folder: &Path, root: &Path) -> Result<BTreeMap<PathBuf, String>, Error> {
    let mut files = BTreeMap::new();
    let configs = provider.family.crds.build();
    let cluster =
        configs.iter().find(|crd| crd.pointer("/spec/names/kind") == Some(&"ClusterProviderConfig".into()));
    files.extend(cluster.map(|crd| (folder.join("docs/providerconfig.md"), docs::provider_config(crd))));
    files.insert(folder.join("rights.yaml"), xpkg::yaml("rights", &rights::cluster_role(provider))?);
    let guides = if folder.ends_with(GUIDES) { "" } else { "../../docs/" };
    files.insert(folder.join("docs/README.md"), index::page(provider, guides));
    if guides.is_empty() {
        let page = coverage::page(provider)?;
        files.insert(folder.join("docs").join(coverage::PAGE), page);
    }
    for kind in provider.kinds {
        let failed = |source| Error::Kind { kind: kind.id().to_owned(), source };
        let page = docs::page(kind.as_ref(), &example(root, kind.info())?).map_err(failed)?;
        files.insert(folder.join("docs").join(docs::path(kind.info())), page);
    }
    Ok(files)
}

/// `examples/<service>/<kind>.yaml`, which the tests apply to a real cloud.
fn example(root: &Path, info: &Info) -> Result<String, Error> {
    let folder = root.join("examples").join(info.group);
    let failed = |source| Error::File { path: folder.clone(), source };
    for entry in std::fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().replace('_', ""));
        if stem.is_some_and(|stem| stem == info.kind.to_lowercase()) {
            return std::fs::read_to_string(&path).map_err(|source| Error::File { path, source });
        }
    }
    Err(failed(std::io::Error::new(std::io::ErrorKind::NotFound, format!("no example of {}", info.kind))))
}

/// Writes every generated file below `root`, and removes what is left over; returns the ones that changed.
///
/// # Errors
/// A kind's file is wrong, or a file can't be written.
pub fn write(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let changed = drift(root)?;
    let files = files(root)?;
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
    let files = files(root)?;
    let mut changed: Vec<PathBuf> = files
        .iter()
        .filter(|(path, content)| std::fs::read_to_string(root.join(path)).ok().as_ref() != Some(content))
        .map(|(path, _)| path.clone())
        .collect();
    changed.extend(left_over(root, &files)?);
    Ok(changed)
}

/// Files that nothing generates where all are generated: CRDs, composite resources, and the pages in the folders of the
/// services. Pages beside these folders are written by hand.
fn left_over(root: &Path, files: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>, Error> {
    let mut folders = vec![PathBuf::from("crds"), PathBuf::from(COMPOSITIONS)];
    for package in packages() {
        let docs = entries(root, &Path::new(package.folder).join("docs"))?;
        folders.extend(docs.into_iter().filter(|path| root.join(path).is_dir() && !path.ends_with(BY_HAND)));
    }
    let mut left_over = vec![];
    for folder in &folders {
        left_over.extend(entries(root, folder)?.into_iter().filter(|path| !files.contains_key(path)));
    }
    Ok(left_over)
}

/// What a folder holds, as paths below `root`; nothing if there is no such folder.
fn entries(root: &Path, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::File { path: root.join(folder), source };
    match std::fs::read_dir(root.join(folder)) {
        Ok(entries) => entries.map(|entry| Ok(folder.join(entry.map_err(failed)?.file_name()))).collect(),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok(vec![]),
        Err(source) => Err(failed(source)),
    }
}

#[cfg(test)]
mod tests;
