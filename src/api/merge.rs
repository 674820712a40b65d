//! JSON merge patches (RFC 7386) between two states of an object.

use serde_json::{Map, Value};

/// The patch that turns `old` into `new`; `None` if they are equal.
pub fn patch(old: &Map<String, Value>, new: &Map<String, Value>) -> Option<Map<String, Value>> {
    let mut changes = Map::new();
    for key in old.keys().filter(|key| !new.contains_key(*key)) {
        changes.insert(key.clone(), Value::Null);
    }
    for (key, value) in new {
        match (old.get(key), value) {
            (Some(before), after) if before == after => {}
            (Some(Value::Object(before)), Value::Object(after)) => {
                changes.extend(patch(before, after).map(|inner| (key.clone(), Value::Object(inner))));
            }
            (_, after) => {
                changes.insert(key.clone(), after.clone());
            }
        }
    }
    (!changes.is_empty()).then_some(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn apply(base: &mut Map<String, Value>, patch: &Map<String, Value>) {
        for (key, value) in patch {
            match (base.get_mut(key), value) {
                (_, Value::Null) => {
                    base.remove(key);
                }
                (Some(Value::Object(inner)), Value::Object(change)) => apply(inner, change),
                (_, value) => {
                    base.insert(key.clone(), value.clone());
                }
            }
        }
    }

    fn tree() -> impl Strategy<Value = Map<String, Value>> {
        let leaf = prop_oneof![any::<bool>().prop_map(Value::from), "[a-z]{0,3}".prop_map(Value::from)];
        let node = leaf.prop_recursive(3, 12, 4, |inner| {
            proptest::collection::btree_map("[a-d]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect()))
        });
        proptest::collection::btree_map("[a-d]", node, 0..4).prop_map(|map| map.into_iter().collect())
    }

    proptest! {
        #[test]
        fn applying_the_patch_gives_the_new_state(old in tree(), new in tree()) {
            let mut state = old.clone();
            if let Some(change) = patch(&old, &new) {
                apply(&mut state, &change);
            }
            prop_assert_eq!(state, new);
        }
    }
}
