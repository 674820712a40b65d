//! What `helm template` renders: objects and hooks.

mod guard;
mod hook;
mod object;
mod pods;
mod rename;

pub use super::yaml::NotYaml;
pub use guard::ManifestError;
pub use hook::{Event, Hook};
pub use object::{Identity, Object};
pub use pods::{Source, images, rename_sources, sources};

use super::yaml;
use hook::Sort;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The objects of a release, in the order in which they are installed, and its hooks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    /// Objects that are applied.
    pub objects: Vec<Object>,
    /// Objects that are run.
    pub hooks: Vec<Hook>,
}

impl Manifest {
    /// Reads what `helm template` wrote for a release in this namespace, and refuses what must not be applied.
    ///
    /// # Errors
    /// A document is no object, or a guard does not let it through.
    pub fn parse(text: &str, namespace: &str) -> Result<Self, ManifestError> {
        Self::renamed(text, namespace, "")
    }

    /// The same, with names of cluster-scoped roles that end with `-suffix`, so that several clouds fit one cluster.
    ///
    /// # Errors
    /// As for [`Manifest::parse`].
    pub fn renamed(text: &str, namespace: &str, suffix: &str) -> Result<Self, ManifestError> {
        let mut manifest = Self::read(text)?;
        if !suffix.is_empty() {
            rename::roles(&mut manifest.all_mut().collect::<Vec<_>>(), suffix);
        }
        guard::check(manifest.all(), namespace)?;
        Ok(manifest)
    }

    /// Reads a manifest that a record holds. What was once applied passes no guard again.
    ///
    /// # Errors
    /// A document is no object.
    pub fn read(text: &str) -> Result<Self, ManifestError> {
        let mut manifest = Self::default();
        for document in documents(text) {
            if let Some(object) = read(document)? {
                manifest.add(object);
            }
        }
        manifest.objects.sort_by(|one, other| one.order().cmp(&other.order()));
        manifest.hooks.sort_by(|one, other| one.object.order().cmp(&other.object.order()));
        Ok(manifest)
    }

    /// Adds an object or hook.
    pub fn add(&mut self, object: Object) {
        match hook::sort(object) {
            Sort::Plain(object) => self.objects.push(object),
            Sort::Hook(hook) => self.hooks.push(hook),
            Sort::Unknown => {}
        }
    }

    /// Objects and hooks.
    pub fn all(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().chain(self.hooks.iter().map(|hook| &hook.object))
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Object> {
        self.objects.iter_mut().chain(self.hooks.iter_mut().map(|hook| &mut hook.object))
    }

    /// An object or hook by kind and name.
    pub fn object(&self, kind: &str, name: &str) -> Option<&Object> {
        self.all().find(|object| object.kind() == kind && object.name() == name)
    }

    /// A hook Job by its name.
    pub fn hook_job(&self, name: &str) -> Option<&Hook> {
        self.hooks.iter().find(|hook| hook.is_job() && hook.object.name() == name)
    }

    /// Workloads whose pods stay: Deployments, StatefulSets and DaemonSets.
    pub fn workloads(&self) -> impl Iterator<Item = &Object> {
        self.objects
            .iter()
            .filter(|object| ["Deployment", "StatefulSet", "DaemonSet"].contains(&object.kind()))
    }

    /// Jobs that are objects like others.
    pub fn plain_jobs(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|object| object.kind() == "Job")
    }

    /// Text of the objects, as a record holds it.
    pub fn text(&self) -> String {
        self.objects
            .iter()
            .map(|object| format!("---\n# Source: {}\n{}\n", object.source, object.text))
            .collect()
    }

    /// Every image that a pod of the release runs.
    pub fn images(&self) -> BTreeSet<String> {
        self.all().filter_map(Object::pod_template).flat_map(images).collect()
    }

    /// Names of objects that are not equal in two renderings, those that one of them lacks included.
    pub fn differing(&self, other: &Self) -> Vec<String> {
        let named = |manifest: &Self| -> BTreeMap<String, Value> {
            manifest.all().map(|object| (object.identity("").to_string(), object.value.clone())).collect()
        };
        let (one, other) = (named(self), named(other));
        let names: BTreeSet<_> = one.keys().chain(other.keys()).collect();
        names.into_iter().filter(|name| one.get(*name) != other.get(*name)).cloned().collect()
    }
}

/// Splits a stream at lines that begin with `---`, as Helm does.
fn documents(text: &str) -> Vec<&str> {
    let mut found = vec![];
    let (mut begin, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix("---") {
            found.push(text.get(begin..at));
            begin = at + line.len() - rest.len();
        }
        at += line.len();
    }
    found.push(text.get(begin..));
    found.into_iter().flatten().map(str::trim).filter(|document| !document.is_empty()).collect()
}

const SOURCE: &str = "# Source: ";

fn read(document: &str) -> Result<Option<Object>, ManifestError> {
    let first = document.lines().next().unwrap_or_default();
    let source = first.strip_prefix(SOURCE);
    let text =
        if source.is_some() { document.get(first.len()..).unwrap_or_default().trim() } else { document };
    let source = source.unwrap_or_default().trim().to_owned();
    let value = yaml::read(text).map_err(|place| ManifestError::Text { template: source.clone(), place })?;
    if value.is_null() {
        return Ok(None);
    }
    let object = Object { text: text.to_owned(), source, value };
    let parts =
        [("an apiVersion", object.api_version()), ("a kind", object.kind()), ("a name", object.name())];
    let lacks = parts.into_iter().find_map(|(part, text)| text.is_empty().then_some(part));
    match lacks {
        Some(lacks) => Err(ManifestError::Form { template: object.source, lacks }),
        None => Ok(Some(object)),
    }
}

#[cfg(test)]
mod tests;
