//! Trees of values to test with.

use super::*;
use proptest::prelude::*;
use serde_json::json;

/// Documents with few names, so that they meet each other.
pub fn document() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        (0..3).prop_map(Value::from),
        proptest::collection::vec(0..3, 0..2).prop_map(Value::from),
    ];
    let node = leaf.prop_recursive(3, 12, 3, |inner| {
        proptest::collection::btree_map("[a-c]", inner, 0..3)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
    });
    proptest::collection::btree_map("[a-c]", node, 0..4).prop_map(|map| map.into_iter().collect())
}

fn layer(document: Value) -> Layer {
    let Value::Object(document) = document else { panic!("{document} is no map") };
    Layer::of(document)
}

fn paths(layer: &Layer) -> Vec<String> {
    layer.cleared.iter().map(|path| super::super::path::text(path)).collect()
}

proptest! {
    #[test]
    fn it_does_not_matter_which_layers_are_merged_first(a in document(), b in document(), c in document()) {
        let (a, b, c) = (Layer::of(a), Layer::of(b), Layer::of(c));
        let (left, right) = (a.clone().under(b.clone()).under(c.clone()), a.under(b.under(c)));
        prop_assert_eq!(left, right);
    }

    #[test]
    fn the_upper_layer_wins_wherever_it_says_something(below in document(), above in document()) {
        let (below, above) = (Layer::of(below), Layer::of(above));
        let merged = below.under(above.clone());
        for path in above.leaves() {
            let wanted = above.at(&path);
            if wanted.is_some_and(|value| !value.is_object()) {
                prop_assert_eq!(merged.at(&path), wanted);
            }
        }
        for path in &above.cleared {
            let set = above.at(path);
            prop_assert_eq!(merged.at(path).is_some(), set.is_some(), "{:?}", path);
        }
    }

    #[test]
    fn what_the_upper_layer_does_not_mention_stays(below in document(), name in "[x-z]", value in 0..9) {
        let above = Layer::of(Map::from_iter([(name, Value::from(value))]));
        let merged = Layer::of(below.clone()).under(above);
        for (name, value) in Layer::of(below).tree {
            prop_assert_eq!(merged.tree.get(&name), Some(&value));
        }
    }

    #[test]
    fn no_tree_holds_a_null(a in document(), b in document()) {
        let merged = Layer::of(a).under(Layer::of(b));
        prop_assert!(merged.leaves().iter().all(|path| merged.at(path) != Some(&Value::Null)));
    }
}

#[test]
fn maps_merge_and_lists_and_scalars_are_replaced() {
    let merged = layer(json!({"m": {"a": 1, "b": 2}, "l": [1, 2], "s": 1}))
        .under(layer(json!({"m": {"b": 3}, "l": [3], "s": "x"})));
    assert_eq!(json!(merged.tree), json!({"m": {"a": 1, "b": 3}, "l": [3], "s": "x"}));
    assert_eq!(merged.cleared.len(), 0);
}

#[test]
fn a_null_removes_what_lies_below_and_is_remembered_for_what_lies_further_below() {
    let merged = layer(json!({"m": {"a": 1, "b": 2}})).under(layer(json!({"m": {"a": null, "c": null}})));
    assert_eq!(json!(merged.tree), json!({"m": {"b": 2}}));
    assert_eq!(paths(&merged), ["m.a", "m.c"]);
}

#[test]
fn a_value_after_a_null_is_set_again() {
    let merged = layer(json!({"a": null})).under(layer(json!({"a": 1})));
    assert_eq!((json!(merged.tree), paths(&merged)), (json!({"a": 1}), vec![]));
    let merged = layer(json!({"a": null})).under(layer(json!({"a": {"b": 1}})));
    assert_eq!((json!(merged.tree), paths(&merged)), (json!({"a": {"b": 1}}), vec!["a".to_owned()]));
}

#[test]
fn what_a_scalar_hid_does_not_come_back_when_a_map_replaces_the_scalar() {
    let upper = layer(json!({"a": 1})).under(layer(json!({"a": {"c": 3}})));
    let merged = layer(json!({"a": {"b": 2}})).under(upper);
    assert_eq!(json!(merged.tree), json!({"a": {"c": 3}}));
}
