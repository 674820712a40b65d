//! The values that a chart is rendered with, put together from layers.
//!
//! Maps merge, lists replace, and a null stays: Helm takes it to delete the chart's default.

use super::yaml;
use secrecy::SecretString;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fmt;

/// Some values, and what they come from: `values`, or `the wiring of database`.
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    /// For messages.
    pub name: &'a str,
    /// The values; null for none.
    pub values: &'a Value,
}

/// Values, secrets included.
#[derive(Clone, Default, PartialEq)]
pub struct Values(Map<String, Value>);

/// Values can't be put together. No message has a value in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValuesError {
    /// A map lies where another layer has none, or the other way round.
    #[error("{layer}: {path} is {found}, but in layers below it is {before}")]
    Form {
        /// The layer that does not fit.
        layer: String,
        /// The path, with dots; `.` for all of it.
        path: String,
        /// What it has there.
        found: &'static str,
        /// What is there below.
        before: &'static str,
    },
    /// A layer is no map.
    #[error("{layer}: {found} where a map of values is expected")]
    NoMap {
        /// The layer.
        layer: String,
        /// What it is.
        found: &'static str,
    },
    /// A text is no YAML.
    #[error("{layer}: {place}")]
    Text {
        /// The layer.
        layer: String,
        /// Where it stops being YAML.
        place: yaml::NotYaml,
    },
    /// What is to be unset can't be.
    #[error("unset: {path:?} {why}")]
    Unset {
        /// The path as it was said.
        path: String,
        /// Why.
        why: &'static str,
    },
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Values {
    /// Reads the JSON text that [`Values::to_text`] writes.
    ///
    /// # Errors
    /// It is no JSON map.
    pub fn from_text(text: &str) -> Result<Self, ValuesError> {
        let layer = || "the values document".to_owned();
        match serde_json::from_str(text) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            Ok(other) => Err(ValuesError::NoMap { layer: layer(), found: form(&other) }),
            Err(_) => Err(ValuesError::NoMap { layer: layer(), found: "no JSON" }),
        }
    }

    /// JSON, as Helm reads it from its standard input.
    pub fn to_text(&self) -> SecretString {
        Value::Object(self.0.clone()).to_string().into()
    }

    /// The values, to be kept in a record.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// Reads a layer that is written as YAML.
///
/// # Errors
/// It is no YAML.
pub fn parse(layer: &str, text: &str) -> Result<Value, ValuesError> {
    yaml::read(text).map_err(|place| ValuesError::Text { layer: layer.to_owned(), place })
}

/// Puts layers over each other, the later over the earlier, and a null at each path that is to be unset: keys with dots
/// between them, a dot within a key behind a backslash.
///
/// # Errors
/// A layer has a map where one below has something else, or a path leads through what is no map.
pub fn layered(layers: &[Layer<'_>], unset: &[String]) -> Result<Values, ValuesError> {
    let mut all = Map::new();
    for layer in layers {
        match layer.values {
            Value::Object(values) => lay_over(&mut all, values, layer.name, &mut vec![])?,
            Value::Null => {}
            other => return Err(ValuesError::NoMap { layer: layer.name.to_owned(), found: form(other) }),
        }
    }
    for path in unset {
        let keys = keys(path).ok_or_else(|| refuse(path, "has an empty key"))?;
        clear(&mut all, &keys).map_err(|why| refuse(path, why))?;
    }
    Ok(Values(all))
}

fn lay_over(
    below: &mut Map<String, Value>,
    above: &Map<String, Value>,
    layer: &str,
    path: &mut Vec<String>,
) -> Result<(), ValuesError> {
    for (key, value) in above {
        path.push(key.clone());
        match (below.get_mut(key), value) {
            (Some(Value::Object(inner)), Value::Object(values)) => lay_over(inner, values, layer, path)?,
            (Some(before), value) if conflicts(before, value) => {
                let (found, before) = (form(value), form(before));
                return Err(ValuesError::Form {
                    layer: layer.to_owned(),
                    path: path.join("."),
                    found,
                    before,
                });
            }
            (_, value) => {
                below.insert(key.clone(), value.clone());
            }
        }
        path.pop();
    }
    Ok(())
}

/// A map over a scalar or a list is somebody's mistake, and so is the reverse. A null goes with everything.
fn conflicts(before: &Value, after: &Value) -> bool {
    before.is_object() != after.is_object() && !before.is_null() && !after.is_null()
}

fn form(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

fn refuse(path: &str, why: &'static str) -> ValuesError {
    ValuesError::Unset { path: path.to_owned(), why }
}

/// `a.b\.c` is `a` and `b.c`.
fn keys(path: &str) -> Option<Vec<String>> {
    let mut keys = vec![String::new()];
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match character {
            '.' => keys.push(String::new()),
            '\\' => keys.last_mut()?.push(characters.next()?),
            other => keys.last_mut()?.push(other),
        }
    }
    keys.iter().all(|key| !key.is_empty()).then_some(keys)
}

fn clear(values: &mut Map<String, Value>, keys: &[String]) -> Result<(), &'static str> {
    let Some((first, rest)) = keys.split_first() else { return Ok(()) };
    if rest.is_empty() {
        values.insert(first.clone(), Value::Null);
        return Ok(());
    }
    match values.entry(first.clone()).or_insert_with(|| Value::Object(Map::new())) {
        Value::Object(inner) => clear(inner, rest),
        // All below it is unset already.
        Value::Null => Ok(()),
        _ => Err("leads through what is no map"),
    }
}

/// A value by its dotted path.
pub fn at<'a>(values: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let value = values.get(first)?;
    if rest.is_empty() { Some(value) } else { at(value.as_object()?, rest) }
}

/// Where a chart is rendered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// Name of the release.
    pub release: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// What names of cluster-scoped objects end with.
    pub suffix: &'a str,
    /// Minor version of Kubernetes, where the chart asks for it.
    pub kubernetes: Option<&'a str>,
    /// What is removed elsewhere; empty if nothing is.
    pub removed: &'a str,
}

/// Digest of everything that a rendering depends on, 40 hex digits, which fit a label. It covers secrets: it may stand
/// on a record, which is a Secret itself, and nowhere else.
pub fn digest(chart: &str, values: &Values, place: &Place<'_>, helm: &str) -> String {
    // Objects of `serde_json` are sorted by key, which makes their text canonical.
    let parts =
        [chart, helm, place.release, place.namespace, place.suffix, place.kubernetes.unwrap_or_default()];
    let values = Value::Object(values.0.clone()).to_string();
    // What removes nothing has the digest that it had before anything could be removed.
    let removed = Some(place.removed).filter(|removed| !removed.is_empty());
    hex(parts.into_iter().chain([values.as_str()]).chain(removed))
}

/// 40 hex digits of the SHA-256 of some texts, each with its length, so that none can run into the next.
pub(super) fn hex<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut text = data_encoding::HEXLOWER.encode(&hash.finalize());
    text.truncate(40);
    text
}

#[cfg(test)]
mod tests;
