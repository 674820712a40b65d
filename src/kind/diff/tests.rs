//! What counts as a difference.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn shape() -> Shape {
    Shape::of(&json!({"properties": {
        "name": {"type": "string"},
        "cidr": {"type": "string", "x-os": {"normalise": "cidr", "immutable": true}},
        "enabled": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}, "x-os": {"set": true}},
        "servers": {"type": "array", "items": {"type": "string"}},
        "pools": {"type": "array", "x-os": {"set": true}, "items": {"type": "object", "properties": {
            "start": {"type": "string", "x-os": {"normalise": "ip"}}, "end": {"type": "string"}}}},
        "gateway": {"type": "object", "properties": {"networkId": {"type": "string"}, "snat": {"type": "boolean"}}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "extras": {"type": "object", "additionalProperties": {"type": "string"}, "x-os": {"merge": true}},
        "seed": {"type": "string", "x-os": {"createOnly": true}},
    }}))
    .unwrap()
}

fn differing(wanted: Value, observed: Value) -> Vec<String> {
    let map = |v| serde_json::from_value::<Map<_, _>>(v).unwrap();
    diff(&shape(), &map(wanted), &map(observed)).fields
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn only_what_the_spec_sets_is_compared() {
    for (wanted, observed, want, reason) in [
        (json!({}), json!({"name": "x"}), vec![], "an absent field is not managed"),
        (json!({"name": "a"}), json!({"name": "b"}), vec!["name"], "a changed scalar"),
        (json!({"name": ""}), json!({}), vec![], "empty and unset are one"),
        (json!({"name": ""}), json!({"name": "b"}), vec!["name"], "empty means clear"),
        (json!({"enabled": false}), json!({}), vec!["enabled"], "false is a value"),
        (
            json!({"cidr": "10.0.0.9/24"}),
            json!({"cidr": "10.0.0.0/24"}),
            vec![],
            "one network, two spellings",
        ),
        (json!({"tags": ["a", "b"]}), json!({"tags": ["b", "a"]}), vec![], "a set ignores order"),
        (json!({"tags": ["a", "a"]}), json!({"tags": ["a", "b"]}), vec!["tags"], "each item counts once"),
        (json!({"servers": ["a", "b"]}), json!({"servers": ["b", "a"]}), vec!["servers"], "a list does not"),
        (json!({"tags": []}), json!({"tags": ["b"]}), vec!["tags"], "an empty list clears"),
        (
            json!({"pools": [{"start": "FD00::1"}]}),
            json!({"pools": [{"start": "fd00::1", "end": "x"}]}),
            vec![],
            "what an item leaves out is not managed",
        ),
        (
            json!({"gateway": {"networkId": "n"}}),
            json!({"gateway": {"networkId": "n", "snat": true}}),
            vec![],
            "nor what an object leaves out",
        ),
        (
            json!({"gateway": {}}),
            json!({"gateway": {"networkId": "n"}}),
            vec!["gateway"],
            "an empty object clears",
        ),
        (json!({"gateway": {}}), json!({}), vec![], "and is clear already where there is none"),
        (
            json!({"labels": {"a": "1"}}),
            json!({"labels": {"a": "1", "b": "2"}}),
            vec!["labels"],
            "a free map is whole",
        ),
        (
            json!({"extras": {"a": "1", "c": ""}}),
            json!({"extras": {"a": "1", "b": "2"}}),
            vec![],
            "but not one that the cloud adds to",
        ),
        (
            json!({"extras": {"a": "1"}}),
            json!({"extras": {"a": "2"}}),
            vec!["extras"],
            "whose named keys count",
        ),
        (
            json!({"extras": {"a": ""}}),
            json!({"extras": {"a": "2"}}),
            vec!["extras"],
            "an empty value means none",
        ),
        (json!({"seed": "s"}), json!({}), vec![], "what the API never tells is not compared"),
    ] {
        assert_eq!(differing(wanted, observed), want, "{reason}");
    }
}

#[test]
fn items_of_a_set_that_leave_fields_out_match_in_every_order() {
    let (any, one, two) =
        (json!({"end": "e"}), json!({"start": "::1", "end": "e"}), json!({"start": "::2", "end": "e"}));
    let pools = |items: &[&Value]| json!({ "pools": items });
    for (want, have, differs) in [
        ([&any, &one], [&one, &two], false),
        ([&any, &one], [&two, &one], false),
        ([&one, &any], [&one, &two], false),
        ([&one, &one], [&one, &two], true),
        ([&any, &any], [&one, &two], false),
    ] {
        assert_eq!(!differing(pools(&want), pools(&have)).is_empty(), differs, "{want:?} {have:?}");
    }
}

#[test]
fn a_difference_is_split_into_what_is_named_in_that_order_and_the_rest() {
    let fields = ["a", "b", "c"].map(str::to_owned).to_vec();
    let (beside, within) = Diff { fields, immutable: vec!["a".to_owned()] }.split(&["c", "x", "b"]);
    assert_eq!((beside.fields, beside.immutable), (vec!["a".to_owned()], vec!["a".to_owned()]));
    assert_eq!((within.fields, within.immutable), (vec!["c".to_owned(), "b".to_owned()], vec![]));
}

#[test]
fn a_difference_in_an_immutable_field_is_named_as_such() {
    let map = |v: Value| serde_json::from_value::<Map<_, _>>(v).unwrap();
    let found = diff(&shape(), &map(json!({"cidr": "10.1.0.0/24"})), &map(json!({"cidr": "10.0.0.0/24"})));
    assert_eq!(found.immutable, ["cidr"]);
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(
        name in "[a-z]{0,4}", enabled: bool, tags in proptest::collection::vec("[ab]", 0..5),
        labels in proptest::collection::btree_map("[a-z]", "[a-z]", 0..3),
    ) {
        let mut shuffled = tags.clone();
        shuffled.reverse();
        let wanted = json!({"name": name, "enabled": enabled, "tags": tags, "labels": labels});
        let observed = json!({"name": name, "enabled": enabled, "tags": shuffled, "labels": labels});
        prop_assert_eq!(differing(wanted, observed), Vec::<String>::new());
    }

    #[test]
    fn a_set_that_is_wanted_by_parts_of_its_items_is_found_in_any_order(
        items in proptest::collection::vec(("[ab]", "[ab]", 0_u8..4), 0..6), turn in 0_usize..6,
    ) {
        let whole = |(start, end, _): &(String, String, u8)| json!({"start": start, "end": end});
        let part = |item: &(String, String, u8)| {
            let mut part = whole(item);
            part.as_object_mut().unwrap().retain(|name, _| item.2 & if name == "end" { 1 } else { 2 } == 0);
            part
        };
        let mut turned = items.clone();
        turned.rotate_left(turn.min(items.len()));
        let wanted: Vec<_> = items.iter().map(part).collect();
        let observed: Vec<_> = turned.iter().map(whole).collect();
        prop_assert_eq!(differing(json!({"pools": wanted}), json!({"pools": observed})), Vec::<String>::new());
    }
}
