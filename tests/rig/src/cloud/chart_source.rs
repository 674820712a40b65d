//! Whose charts a cloud in pods is made of: the rig's own, or those of a checkout of OpenStack-Helm.

use crate::{
    error::{Error, Result},
    files::{self, io},
    kubernetes,
    paths::Paths,
};
use serde_json::{Map, Value};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Names a checkout of OpenStack-Helm whose charts are taken in place of `tests/charts`.
pub const VARIABLE: &str = "KUPENSTACK_RIG_CHARTS";

/// Where charts are, and the values by which they run on the rig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartSource {
    /// The folder with a folder for each.
    pub folder: PathBuf,
    /// The organisation in the registry. One for each source: a version has the same bytes for ever.
    pub organisation: &'static str,
    /// Whether somebody else's charts were asked for.
    pub foreign: bool,
    /// The rig's own charts: which ones there are, and their values.
    own: PathBuf,
}

impl ChartSource {
    /// What the environment says.
    ///
    /// # Errors
    /// It names no checkout of OpenStack-Helm.
    pub fn of(paths: &Paths) -> Result<Self> {
        let given = env::var_os(VARIABLE).filter(|given| !given.is_empty()).map(PathBuf::from);
        Self::at(&paths.checkout, given)
    }

    fn at(checkout: &Path, given: Option<PathBuf>) -> Result<Self> {
        let own = checkout.join("tests/charts");
        let Some(folder) = given else {
            return Ok(Self { folder: own.clone(), organisation: "charts", foreign: false, own });
        };
        if !folder.join("helm-toolkit/Chart.yaml").is_file() {
            return Err(Error::Machine {
                what: format!("${VARIABLE} is {}, which has no helm-toolkit", folder.display()),
                help: "set it to a checkout of OpenStack-Helm, or leave it out".to_owned(),
            });
        }
        Ok(Self { folder, organisation: "openstack-helm", foreign: true, own })
    }

    /// The charts that the rig knows how to run.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn names(&self) -> Result<Vec<String>> {
        names(&self.own)
    }

    /// Version of a chart.
    ///
    /// # Errors
    /// There is no such chart.
    pub fn version(&self, name: &str) -> Result<String> {
        let path = self.folder.join(name).join("Chart.yaml");
        let chart: Value = parse(&path, &files::read(&path)?)?;
        let version = chart.get("version").and_then(Value::as_str).map(str::to_owned);
        version.ok_or_else(|| unreadable(&path, "it has no version"))
    }

    /// Where pods find a chart, without its version; no name, no chart, but where all are.
    pub fn oci(&self, name: &str) -> String {
        let all = format!("oci://{}/{}", kubernetes::registry_on_the_bridge(), self.organisation);
        if name.is_empty() { all } else { format!("{all}/{name}") }
    }

    /// Values by which a component runs on the rig: what `values` says, and of OpenStack-Helm's what it needs beside.
    ///
    /// # Errors
    /// There are none, or they can't be read.
    pub fn values(&self, name: &str) -> Result<String> {
        let path = self.own.join(format!("values/{name}.yaml"));
        let text = files::read(&path)?;
        let more = self.own.join(format!("openstack-helm/{name}.yaml"));
        if !self.foreign || !more.is_file() {
            return Ok(text);
        }
        let mut all: Map<String, Value> = parse(&path, &text)?;
        merge(&mut all, parse(&more, &files::read(&more)?)?);
        Ok(Value::Object(all).to_string())
    }
}

/// As Helm merges values: maps are merged, all else is replaced.
fn merge(all: &mut Map<String, Value>, more: Map<String, Value>) {
    for (key, value) in more {
        match (all.get_mut(&key), value) {
            (Some(Value::Object(inner)), Value::Object(more)) => merge(inner, more),
            (_, value) => drop(all.insert(key, value)),
        }
    }
}

/// Folders with a chart that can be installed: a library's templates are for the others.
fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let entry = entry.map_err(io(folder))?;
        let chart = fs::read_to_string(entry.path().join("Chart.yaml")).unwrap_or_default();
        if !chart.is_empty() && !chart.lines().any(|line| line.trim() == "type: library") {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// Charts that a chart takes from beside it, as its `dependencies` say: name and folder.
///
/// # Errors
/// Its `Chart.yaml` can't be read.
pub(super) fn libraries(chart: &Path) -> Result<Vec<(String, PathBuf)>> {
    let path = chart.join("Chart.yaml");
    let read: Value = parse(&path, &files::read(&path)?)?;
    let dependencies = read.get("dependencies").and_then(Value::as_array);
    let library = |one: &Value| {
        let place = one.get("repository")?.as_str()?.strip_prefix("file://")?;
        Some((one.get("name")?.as_str()?.to_owned(), chart.join(place)))
    };
    Ok(dependencies.into_iter().flatten().filter_map(library).collect())
}

fn parse<T: serde::de::DeserializeOwned>(path: &Path, text: &str) -> Result<T> {
    serde_saphyr::from_str(text).map_err(|why| unreadable(path, &why.to_string()))
}

fn unreadable(path: &Path, why: &str) -> Error {
    Error::Machine { what: format!("{} can't be read: {why}", path.display()), help: "mend it".to_owned() }
}

#[cfg(test)]
mod tests;
