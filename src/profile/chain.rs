//! A profile's parents: `from` names one, which names its own. Each profile resolves itself from its parent's status, so
//! the length of a chain costs nothing; it has a bound all the same, since people have to follow it.

use super::{
    layer::Layer,
    occp::{self, Profile},
    provenance::{Provenance, provenance},
    refusal::{self, Refusal},
};
use crate::api::glob;
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, fmt};

/// Annotation of a profile that other namespaces may read: their names, with commas between; `*` stands for any text. A label
/// of this name can say one of them.
pub const READABLE_FROM: &str = "cluster.kupenstack.io/readable-from";

/// Most parents of a profile.
const MOST_PARENTS: usize = 32;

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

/// What the name of a parent means to a profile of a namespace: the profiles to look for, the first one that there is counts.
pub fn candidates(from: &str, namespace: &str) -> Vec<ProfileName> {
    let own = ProfileName { namespace: namespace.to_owned(), name: from.to_owned() };
    let other = from.rsplit_once('.').filter(|(name, namespace)| !name.is_empty() && !namespace.is_empty());
    let other =
        other.map(|(name, namespace)| ProfileName { namespace: namespace.to_owned(), name: name.to_owned() });
    other.into_iter().chain([own]).collect()
}

/// A parent that has no name in the cluster, since it lies at an address.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteParent {
    /// The address, without what may be secret in it.
    pub origin: String,
    /// What it says itself.
    pub profile: Profile,
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
    if name.namespace != reader && !is_shared(object, reader) {
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

/// May a namespace read a profile of another one?
fn is_shared(object: &Value, reader: &str) -> bool {
    let said = ["annotations", "labels"]
        .into_iter()
        .filter_map(|place| object.pointer(&format!("/metadata/{place}"))?.get(READABLE_FROM)?.as_str());
    said.flat_map(|names| names.split(',')).any(|pattern| glob::matches(pattern.trim(), reader))
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

/// Resolves a profile: `own` is what it says itself, `remotes` are its nearest parents, as far as they lie at addresses, and
/// `parent` is what came of the first name.
pub fn resolve(
    name: &ProfileName,
    own: Profile,
    remotes: Vec<RemoteParent>,
    parent: Option<Result<FoundProfile, Refusal>>,
) -> Resolved {
    let layers: Vec<_> =
        std::iter::once(RemoteParent { origin: name.to_string(), profile: own }).chain(remotes).collect();
    let mut refusals: Vec<_> =
        layers.iter().flat_map(|layer| layer.profile.refusals.iter().cloned()).collect();
    let mut parents: Vec<_> = layers.iter().skip(1).map(|remote| remote.origin.clone()).collect();
    let mut base = None;
    match parent {
        Some(Ok(found)) => {
            let (line, cycle) = lineage(name, &found);
            parents.extend(line);
            match based(name, found, cycle.then_some(&parents)) {
                Ok(found) => base = Some(found),
                Err(refusal) => refusals.push(refusal),
            }
        }
        Some(Err(refusal)) => refusals.push(refusal),
        None => {}
    }
    if let Some(first) = parents.first().filter(|_| parents.len() > MOST_PARENTS) {
        refusals.push(Refusal::TooDeep { name: first.clone(), most: MOST_PARENTS });
        // Whoever builds on this one is told the same, and the status does not grow from child to child.
        parents.truncate(MOST_PARENTS + 1);
    }
    let ignored: BTreeSet<_> = layers.iter().flat_map(|layer| layer.profile.ignored.iter()).collect();
    let mut status =
        Map::from_iter([("parents".to_owned(), json!(parents)), ("ignored".to_owned(), json!(ignored))]);
    if refusals.is_empty() {
        let (merged, origins) = merged(&layers, base);
        status.insert("provenance".to_owned(), json!(origins));
        status.insert("effectiveConfiguration".to_owned(), Value::Object(occp::document(&merged)));
    }
    Resolved { status, refusals }
}

/// A profile that others are laid over: its name, what it comes to, and where that is from.
type Base = (String, Layer, Provenance);

/// Can a parent be built on?
fn based(name: &ProfileName, found: FoundProfile, circle: Option<&Vec<String>>) -> Result<Base, Refusal> {
    let parent = found.name.to_string();
    match (circle, found.effective) {
        (Some(parents), _) => {
            Err(Refusal::Cycle(std::iter::once(name.to_string()).chain(parents.iter().cloned()).collect()))
        }
        (None, Some(effective)) => Ok((parent, effective, found.provenance)),
        (None, None) => Err(Refusal::Unresolved { name: parent, why: found.why }),
    }
}

/// Lays all layers over each other, of which the nearest is the first, and tells where everything is from.
fn merged(layers: &[RemoteParent], base: Option<Base>) -> (Layer, Provenance) {
    let (mut below, mut told) = (Layer::default(), None);
    if let Some((name, layer, known)) = base {
        (below, told) = (layer, Some((name, known)));
    }
    for RemoteParent { origin, profile } in layers.iter().rev() {
        below = below.under(profile.layer.clone());
        let parent = told.as_ref().map(|(name, known): &(String, Provenance)| (name.as_str(), known));
        told = Some((origin.clone(), provenance(&below, (origin, &profile.layer), parent)));
    }
    (below, told.map(|(_, known)| known).unwrap_or_default())
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
