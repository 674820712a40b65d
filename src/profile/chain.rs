//! A profile's parents: `from` names one, which names its own. Each profile resolves itself from its parent's status, so
//! a chain may be as long as it likes.

use super::{
    layer::Layer,
    occp::{self, Profile},
    provenance::{Provenance, provenance},
    refusal::{self, Refusal},
};
use crate::api::glob;
use serde_json::{Map, Value, json};
use std::fmt;

/// Annotation of a profile that other namespaces may read: their names, with commas between; `*` stands for any text.
pub const READABLE_FROM: &str = "cluster.kupenstack.io/readable-from";

/// Name of a profile in the cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileName {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// What `from` means to a profile of a namespace: the profiles to look for, the first one that there is counts.
///
/// # Errors
/// It is a URL.
pub fn candidates(from: &str, namespace: &str) -> Result<Vec<ProfileName>, Refusal> {
    if from.contains("://") || from.starts_with('/') {
        return Err(Refusal::Url(from.to_owned()));
    }
    let own = ProfileName { namespace: namespace.to_owned(), name: from.to_owned() };
    let other = from.rsplit_once('.').filter(|(name, namespace)| !name.is_empty() && !namespace.is_empty());
    let other =
        other.map(|(name, namespace)| ProfileName { namespace: namespace.to_owned(), name: name.to_owned() });
    Ok(other.into_iter().chain([own]).collect())
}

/// A profile that was looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundProfile {
    /// Its name.
    pub name: ProfileName,
    /// Its effective configuration; `None` as long as it is not resolved.
    pub effective: Option<Layer>,
    /// Why it is not.
    pub why: String,
    /// Its parents, the nearest first.
    pub parents: Vec<String>,
    /// Where its values come from.
    pub provenance: Provenance,
}

/// Reads an object that was looked up; `None` if the reader's namespace may not.
fn read(object: &Value, reader: &str) -> Option<FoundProfile> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = ProfileName { namespace: text("/metadata/namespace"), name: text("/metadata/name") };
    let shared = object.get("metadata")?.get("annotations").and_then(|all| all.get(READABLE_FROM));
    let shared = shared.and_then(Value::as_str).unwrap_or_default();
    if name.namespace != reader && !shared.split(',').any(|pattern| glob::matches(pattern.trim(), reader)) {
        return None;
    }
    let resolved = resolved(object);
    let effective = object.pointer("/status/effectiveConfiguration").and_then(Value::as_object);
    let read = effective.map(|document| occp::read("effectiveConfiguration", document));
    let why = match (&resolved, &read) {
        (Err(why), _) => why.clone(),
        (Ok(()), Some(read)) => refusal::message(&read.refusals),
        (Ok(()), None) => "its status has no configuration yet".to_owned(),
    };
    let list = |pointer: &str| object.pointer(pointer).cloned().unwrap_or_default();
    Some(FoundProfile {
        name,
        effective: read.filter(|read| resolved.is_ok() && read.refusals.is_empty()).map(|read| read.layer),
        why,
        parents: serde_json::from_value(list("/status/parents")).unwrap_or_default(),
        provenance: serde_json::from_value(list("/status/provenance")).unwrap_or_default(),
    })
}

/// What the condition `Resolved` says.
fn resolved(object: &Value) -> Result<(), String> {
    let conditions = object.pointer("/status/conditions").and_then(Value::as_array).into_iter().flatten();
    let mut resolved = conditions.filter(|condition| condition.get("type").is_some_and(|t| t == "Resolved"));
    let Some(condition) = resolved.next() else { return Err("it was not looked at yet".to_owned()) };
    if condition.get("status").is_some_and(|status| status == "True") {
        return Ok(());
    }
    Err(condition.get("message").and_then(Value::as_str).unwrap_or("it does not say why").to_owned())
}

/// Chooses among candidates that were looked up, in their order.
///
/// # Errors
/// None of them is there and may be read.
pub fn choose(wanted: &str, found: &[Option<Value>], reader: &str) -> Result<FoundProfile, Refusal> {
    let readable = found.iter().flatten().find_map(|object| read(object, reader));
    readable.ok_or_else(|| Refusal::NoProfile {
        name: wanted.to_owned(),
        reader: reader.to_owned(),
        annotation: READABLE_FROM,
    })
}

/// What a profile's status says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resolved {
    /// `status`, without conditions.
    pub status: Map<String, Value>,
    /// Why it is not resolved; none if it is.
    pub refusals: Vec<Refusal>,
}

/// Resolves a profile: `own` is what it says itself, `parent` what came of `from`.
pub fn resolve(name: &ProfileName, own: Profile, parent: Option<Result<FoundProfile, Refusal>>) -> Resolved {
    let Profile { layer, ignored, mut refusals } = own;
    let (mut lower, mut told, mut parents) = (Layer::default(), None, vec![]);
    match parent {
        Some(Ok(found)) => {
            let cycle;
            (parents, cycle) = lineage(name, &found);
            if cycle {
                refusals
                    .push(Refusal::Cycle(std::iter::once(name.to_string()).chain(parents.clone()).collect()));
            } else if let Some(effective) = found.effective {
                (lower, told) = (effective, Some((found.name.to_string(), found.provenance)));
            } else {
                refusals.push(Refusal::Unresolved { name: found.name.to_string(), why: found.why });
            }
        }
        Some(Err(refusal)) => refusals.push(refusal),
        None => {}
    }
    let mut status =
        Map::from_iter([("parents".to_owned(), json!(parents)), ("ignored".to_owned(), json!(ignored))]);
    if refusals.is_empty() {
        let merged = lower.under(layer.clone());
        let name = name.to_string();
        let parent = told.as_ref().map(|(name, known)| (name.as_str(), known));
        status.insert("provenance".to_owned(), json!(provenance(&merged, (&name, &layer), parent)));
        status.insert("effectiveConfiguration".to_owned(), Value::Object(occp::document(&merged)));
    }
    Resolved { status, refusals }
}

/// Names of all parents, the nearest first, up to the first one that comes again; is there one?
fn lineage(name: &ProfileName, parent: &FoundProfile) -> (Vec<String>, bool) {
    let mut line: Vec<String> = vec![];
    for next in std::iter::once(parent.name.to_string()).chain(parent.parents.iter().cloned()) {
        let again = line.contains(&next) || next == name.to_string();
        line.push(next);
        if again {
            return (line, true);
        }
    }
    (line, false)
}

#[cfg(test)]
mod tests;
