//! Layers of configuration and how one lies over another: maps merge, everything else is replaced, and what a layer
//! clears is gone, whatever lies below.

use super::path::Path;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// One layer: first it clears paths of what lies below, then its tree is laid over that. The tree holds no nulls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// What it sets.
    pub tree: Map<String, Value>,
    /// What it clears.
    pub cleared: BTreeSet<Path>,
}

impl Layer {
    /// A document as a layer: a null clears its path.
    pub fn of(document: Map<String, Value>) -> Self {
        let mut cleared = BTreeSet::new();
        let tree = without_nulls(document, &mut Vec::new(), &mut cleared);
        Self { tree, cleared }
    }

    /// This layer with another one over it, as one layer. Associative.
    #[must_use]
    pub fn under(mut self, over: Self) -> Self {
        for path in &over.cleared {
            remove(&mut self.tree, path);
        }
        self.cleared.extend(over.cleared);
        overlay(&mut self.tree, over.tree, &mut Vec::new(), &mut self.cleared);
        self.canonical()
    }

    /// Forgets what is cleared anyway, as the path of a value that is no map is.
    fn canonical(mut self) -> Self {
        let implied = |path: &Path| {
            (1..=path.len()).any(|length| {
                let (start, whole) = (path.get(..length).unwrap_or_default(), length == path.len());
                at(&self.tree, start).is_some_and(|value| !value.is_object())
                    || (!whole && self.cleared.contains(start))
            })
        };
        let kept = self.cleared.iter().filter(|path| !implied(path)).cloned().collect();
        self.cleared = kept;
        self
    }

    /// Paths of all values that are no maps, or are empty ones.
    pub fn leaves(&self) -> Vec<Path> {
        let mut found = Vec::new();
        leaves(&self.tree, &mut Vec::new(), &mut found);
        found
    }

    /// The value at a path.
    pub fn at(&self, path: &[String]) -> Option<&Value> {
        at(&self.tree, path)
    }
}

/// The value at a path of a document.
pub fn at<'a>(tree: &'a Map<String, Value>, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let value = tree.get(first)?;
    if rest.is_empty() { Some(value) } else { at(value.as_object()?, rest) }
}

/// Lays a document over another one, where nulls are values like all others; adds to `covered` where a map replaces
/// something else, since what that hid of the layers below must not come back.
pub fn overlay(
    base: &mut Map<String, Value>,
    over: Map<String, Value>,
    here: &mut Path,
    covered: &mut BTreeSet<Path>,
) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Object(inner)), Value::Object(value)) => {
                here.push(name);
                overlay(inner, value, here, covered);
                here.pop();
            }
            (before, value) => {
                if before.is_some() && value.is_object() {
                    covered.insert(here.iter().cloned().chain([name.clone()]).collect());
                }
                base.insert(name, value);
            }
        }
    }
}

fn remove(tree: &mut Map<String, Value>, path: &[String]) {
    match path.split_first() {
        Some((last, [])) => {
            tree.remove(last);
        }
        Some((first, rest)) => {
            if let Some(Value::Object(inner)) = tree.get_mut(first) {
                remove(inner, rest);
            }
        }
        None => {}
    }
}

fn without_nulls(
    tree: Map<String, Value>,
    here: &mut Path,
    nulls: &mut BTreeSet<Path>,
) -> Map<String, Value> {
    let mut kept = Map::new();
    for (name, value) in tree {
        here.push(name.clone());
        match value {
            Value::Null => {
                nulls.insert(here.clone());
            }
            Value::Object(inner) => {
                kept.insert(name, Value::Object(without_nulls(inner, here, nulls)));
            }
            value => {
                kept.insert(name, value);
            }
        }
        here.pop();
    }
    kept
}

fn leaves(tree: &Map<String, Value>, here: &mut Path, found: &mut Vec<Path>) {
    for (name, value) in tree {
        here.push(name.clone());
        match value {
            Value::Object(inner) if !inner.is_empty() => leaves(inner, here, found),
            _ => found.push(here.clone()),
        }
        here.pop();
    }
}

#[cfg(test)]
pub(super) mod tests;
