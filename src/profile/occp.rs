//! What a profile says, in the words of today: KupenStack's own files are read unchanged, so older names mean the same
//! as newer ones, and what no supported release has is left out and named.

use super::{
    check::{self, Type},
    component::{self, COMPONENTS, Component},
    layer::{self, Layer},
    path::{self, Path},
    refusal::Refusal,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What was read of one layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Entries of components by their keys.
    pub layer: Layer,
    /// Paths of what is left out, since no supported release has it.
    pub ignored: Vec<String>,
    /// What is wrong with it.
    pub refusals: Vec<Refusal>,
}

/// Fields of a component's entry.
const FIELDS: [(&str, Type); 12] = [
    ("enabled", Type::Bool),
    ("disable", Type::Bool),
    ("release", Type::Text),
    ("chart", Type::Object),
    ("replicas", Type::Object),
    ("images", Type::Object),
    ("resources", Type::Object),
    ("conf", Type::Object),
    ("values", Type::Object),
    ("valuesText", Type::Text),
    ("unset", Type::Texts),
    ("external", Type::Object),
];
const CHART: [(&str, Type); 6] = [
    ("oci", Type::Text),
    ("repository", Type::Text),
    ("url", Type::Text),
    ("sha256", Type::Text),
    ("version", Type::Text),
    ("digest", Type::Text),
];
const IMAGES: [(&str, Type); 3] =
    [("registry", Type::Text), ("distribution", Type::Text), ("tags", Type::Object)];

/// Replicas under KupenStack's names: component, name there, name here.
const RENAMED: [(&str, &str, &str); 2] =
    [("nova", "metadata", "apiMetadata"), ("nova", "ironic", "computeIronic")];
/// Workloads that no supported release has any more.
const GONE: [(&str, &str); 3] = [("glance", "registry"), ("nova", "placement"), ("nova", "consoleauth")];
/// The network driver that Neutron dropped.
const GONE_DRIVER: &str = "linuxbridge";

/// Reads entries of components; `root` is where they stand, for messages.
pub fn read(root: &str, components: &Map<String, Value>) -> Profile {
    let mut profile = Profile::default();
    for (key, value) in components {
        let path = format!("{root}.{key}");
        let Some(component) = component::find(key) else {
            let known = COMPONENTS.iter().map(|component| component.key).collect::<Vec<_>>().join(", ");
            profile.refusals.push(Refusal::UnknownComponent { path, known });
            continue;
        };
        match value {
            Value::Null => {
                profile.layer.cleared.insert(vec![key.clone()]);
            }
            Value::Object(entry) => profile.entry(component, &path, entry.clone()),
            other => profile.refusals.extend(Type::Object.check(&path, other).err()),
        }
    }
    profile
}

impl Profile {
    fn entry(&mut self, component: &Component, root: &str, mut entry: Map<String, Value>) {
        let before = self.refusals.len();
        check::fields(root, &entry, &FIELDS, &mut self.refusals);
        for (name, known) in
            [("chart", &CHART[..]), ("images", &IMAGES), ("external", &[("secretName", Type::Text)])]
        {
            if let Some(Value::Object(object)) = entry.get(name) {
                check::fields(&format!("{root}.{name}"), object, known, &mut self.refusals);
            }
        }
        self.refusals.extend(values_text(root, &entry).err());
        self.replicas(component, root, &mut entry);
        if self.refusals.len() > before {
            return;
        }
        if let Some(Value::Bool(disable)) = entry.remove("disable") {
            entry.entry("enabled").or_insert(Value::Bool(!disable));
        }
        let unset = entry.remove("unset");
        fold_conf(&mut entry);
        self.drop_gone_driver(component.key, &mut entry);
        self.replace_chart(component.key, &entry);
        if !entry.is_empty() {
            let read = Layer::of(Map::from_iter([(component.key.to_owned(), Value::Object(entry))]));
            self.layer.tree.extend(read.tree);
            self.layer.cleared.extend(read.cleared);
        }
        let unset = unset.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        self.layer.cleared.extend(unset.map(|text| place(component.key, path::parse(text))));
    }

    fn replicas(&mut self, component: &Component, root: &str, entry: &mut Map<String, Value>) {
        let Some(Value::Object(given)) = entry.remove("replicas") else { return };
        let mut kept = Map::new();
        for (name, count) in given {
            if GONE.contains(&(component.key, name.as_str())) {
                self.ignored.push(format!("{}.replicas.{name}", component.key));
                continue;
            }
            let renamed = RENAMED.iter().find(|(key, old, _)| *key == component.key && *old == name);
            let name = renamed.map_or(name, |(_, _, new)| (*new).to_owned());
            kept.insert(name, count);
        }
        let known: Vec<_> = component.replicas.iter().map(|(name, _)| (*name, Type::Count)).collect();
        check::fields(&format!("{root}.replicas"), &kept, &known, &mut self.refusals);
        if !kept.is_empty() {
            entry.insert("replicas".to_owned(), Value::Object(kept));
        }
    }

    fn drop_gone_driver(&mut self, key: &str, entry: &mut Map<String, Value>) {
        for root in ["conf", "values"] {
            let Some(Value::Object(document)) = entry.get_mut(root) else { continue };
            let mut dropped = Vec::new();
            without_driver(document, &mut vec![key.to_owned(), root.to_owned()], &mut dropped);
            let emptied = document.is_empty() && !dropped.is_empty();
            self.ignored.extend(dropped.iter().map(|path| path::text(path)));
            if emptied {
                entry.remove(root);
            }
        }
    }

    /// Where a chart is from is one thing: parts of another place that lower layers name must not be mixed in. A digest is
    /// of one version.
    fn replace_chart(&mut self, key: &str, entry: &Map<String, Value>) {
        let Some(Value::Object(chart)) = entry.get("chart") else { return };
        let mut path = vec![key.to_owned(), "chart".to_owned()];
        if ["oci", "repository", "url"].iter().any(|source| chart.contains_key(*source)) {
            self.layer.cleared.insert(path);
        } else if chart.contains_key("version") {
            path.push("digest".to_owned());
            self.layer.cleared.insert(path);
        }
    }
}

/// Where a path of a chart's values stands in an entry: `conf` has a place of its own.
pub fn place(key: &str, path: Path) -> Path {
    let root =
        if path.first().is_some_and(|first| first == "conf") { None } else { Some("values".to_owned()) };
    std::iter::once(key.to_owned()).chain(root).chain(path).collect()
}

/// The opposite: key and path in the chart's values; `None` for what is no value of the chart.
pub fn placed(path: &[String]) -> Option<(&str, &[String])> {
    let (key, rest) = path.split_first()?;
    match rest.split_first()? {
        (first, inner) if first == "values" && !inner.is_empty() => Some((key, inner)),
        (first, _) if first == "conf" => Some((key, rest)),
        _ => None,
    }
}

/// `values.conf` is `conf`, so that layers that use one or the other meet; where both say something, `values` wins.
fn fold_conf(entry: &mut Map<String, Value>) {
    let Some(Value::Object(values)) = entry.get_mut("values") else { return };
    let Some(inner) = values.remove("conf") else { return };
    if values.is_empty() {
        entry.remove("values");
    }
    match (entry.get_mut("conf"), inner) {
        (Some(Value::Object(conf)), Value::Object(inner)) => {
            layer::overlay(conf, inner, &mut Vec::new(), &mut BTreeSet::new());
        }
        (_, inner) => {
            entry.insert("conf".to_owned(), inner);
        }
    }
}

/// `valuesText` has to be a YAML mapping. The message never quotes it.
fn values_text(root: &str, entry: &Map<String, Value>) -> Result<(), Refusal> {
    let Some(text) = entry.get("valuesText").and_then(Value::as_str) else { return Ok(()) };
    let read: Result<Value, _> = serde_saphyr::from_str(text);
    let found = match read {
        Ok(Value::Object(_) | Value::Null) => return Ok(()),
        Ok(_) => "something else".to_owned(),
        Err(error) => {
            let at = error.location().map(|at| format!(", line {}, column {}", at.line(), at.column()));
            format!("no YAML{}", at.unwrap_or_default())
        }
    };
    Err(Refusal::WrongType { path: format!("{root}.valuesText"), wanted: "a YAML mapping", found })
}

fn without_driver(document: &mut Map<String, Value>, here: &mut Path, dropped: &mut Vec<Path>) {
    let names: Vec<_> = document.keys().cloned().collect();
    for name in names {
        here.push(name.clone());
        let before = dropped.len();
        let gone = match document.get_mut(&name) {
            Some(Value::String(text)) if text == GONE_DRIVER => {
                dropped.push(here.clone());
                true
            }
            Some(Value::Array(list)) if list.iter().any(|item| item == GONE_DRIVER) => {
                list.retain(|item| item != GONE_DRIVER);
                dropped.push(here.clone());
                list.is_empty()
            }
            Some(Value::Object(inner)) => {
                without_driver(inner, here, dropped);
                inner.is_empty() && dropped.len() > before
            }
            _ => false,
        };
        if gone {
            document.remove(&name);
        }
        here.pop();
    }
}

/// A layer as a document that reads back as the same layer: what it clears of charts' values stands in `unset`.
pub fn document(layer: &Layer) -> Map<String, Value> {
    let mut document = layer.tree.clone();
    for path in &layer.cleared {
        let Some((key, values)) = placed(path) else { continue };
        let entry = document.entry(key).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(entry) = entry else { continue };
        let unset = entry.entry("unset").or_insert_with(|| Value::Array(vec![]));
        if let Value::Array(unset) = unset {
            unset.push(Value::String(path::text(values)));
        }
    }
    document
}

#[cfg(test)]
mod tests;
