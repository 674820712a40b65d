//! Which layer each value of a profile is from.

use super::{layer::Layer, path};
use std::collections::BTreeMap;

/// A status must stay readable.
const MOST: usize = 500;

/// Where the values come from that layers below set: path and layer.
pub type Provenance = BTreeMap<String, String>;

/// Origins of all that `merged` sets or clears, after `own` was laid over a parent. What the parent does not tell is its.
pub fn provenance(merged: &Layer, own: (&str, &Layer), parent: Option<(&str, &Provenance)>) -> Provenance {
    let (name, layer) = own;
    let mut all: Vec<_> = merged.leaves();
    all.extend(merged.cleared.iter().filter(|path| merged.at(path).is_none()).cloned());
    all.sort();
    let origin = |path: &path::Path| {
        let text = path::text(path);
        let is_own = layer.at(path).is_some() || layer.cleared.contains(path);
        let told = parent.and_then(|(_, known)| known.get(&text)).map(String::as_str);
        let origin = if is_own { name } else { told.or(parent.map(|(parent, _)| parent)).unwrap_or(name) };
        (text, origin.to_owned())
    };
    all.iter().take(MOST).map(origin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::layer::tests::document;
    use proptest::prelude::*;
    use serde_json::json;

    fn layer(value: serde_json::Value) -> Layer {
        Layer::of(value.as_object().unwrap().clone())
    }

    #[test]
    fn each_value_is_told_with_the_profile_that_set_it() {
        let (root, own) =
            (layer(json!({"a": 1, "b": {"c": 2, "d": 3}})), layer(json!({"b": {"c": 4, "d": null}})));
        let first = provenance(&root, ("ns/root", &root), None);
        let merged = root.under(own.clone());
        let told = provenance(&merged, ("ns/own", &own), Some(("ns/root", &first)));
        assert_eq!(json!(told), json!({"a": "ns/root", "b.c": "ns/own", "b.d": "ns/own"}));
    }

    proptest! {
        #[test]
        fn every_value_has_an_origin_that_says_the_same(a in document(), b in document(), c in document()) {
            let layers = [("a", Layer::of(a)), ("b", Layer::of(b)), ("c", Layer::of(c))];
            let mut merged = Layer::default();
            let mut told: Option<(&str, Provenance)> = None;
            for (name, layer) in &layers {
                merged = merged.under(layer.clone());
                let parent = told.as_ref().map(|(name, known)| (*name, known));
                told = Some((name, provenance(&merged, (name, layer), parent)));
            }
            let (_, told) = told.unwrap();
            for path in merged.leaves() {
                let origin = &told[&path::text(&path)];
                let (_, layer) = layers.iter().find(|(name, _)| name == origin).unwrap();
                let same = layer.at(&path) == merged.at(&path);
                // What a child emptied is still of whom made it.
                prop_assert!(same || merged.at(&path).is_some_and(serde_json::Value::is_object), "{:?}", path);
            }
        }
    }
}
