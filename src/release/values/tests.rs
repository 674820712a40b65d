use super::*;
use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::json;

fn lay(layers: &[Value], unset: &[&str]) -> Result<Value, String> {
    let names: Vec<String> = (0..layers.len()).map(|n| format!("layer {n}")).collect();
    let layers: Vec<_> = layers.iter().zip(&names).map(|(values, name)| Layer { name, values }).collect();
    let unset: Vec<_> = unset.iter().map(|path| (*path).to_owned()).collect();
    layered(&layers, &unset).map(|values| Value::Object(values.0)).map_err(|error| error.to_string())
}

#[test]
fn maps_merge_lists_replace_and_nulls_stay() {
    let below = json!({"conf": {"a": 1, "b": {"c": 2}}, "list": [1, 2], "gone": {"x": 1}});
    let above = json!({"conf": {"b": {"d": null}}, "list": [3], "gone": null});
    let want = json!({"conf": {"a": 1, "b": {"c": 2, "d": null}}, "list": [3], "gone": null});
    assert_eq!(lay(&[below, above, Value::Null], &[]).unwrap(), want);
}

#[test]
fn a_map_that_was_cleared_may_be_filled_again() {
    assert_eq!(
        lay(&[json!({"a": {"b": 1}}), json!({"a": null}), json!({"a": {"c": 2}})], &[]).unwrap(),
        json!({"a": {"c": 2}})
    );
}

#[test]
fn an_error_names_the_layer_and_the_path_and_no_value() {
    let error =
        lay(&[json!({"endpoints": {"db": {"auth": {}}}}), json!({"endpoints": {"db": "hunter2"}})], &[]);
    assert_eq!(error.unwrap_err(), "layer 1: endpoints.db is a string, but in layers below it is a map");
    let error = lay(&[json!({"a": [1]}), json!({"a": {"b": 1}})], &[]).unwrap_err();
    assert_eq!(error, "layer 1: a is a map, but in layers below it is a list");
    assert_eq!(
        lay(&[json!("hunter2")], &[]).unwrap_err(),
        "layer 0: a string where a map of values is expected"
    );
    let error = parse("valuesText", "a: [hunter2").unwrap_err().to_string();
    assert!(error.starts_with("valuesText: not valid YAML") && !error.contains("hunter2"), "{error}");
}

#[test]
fn what_is_unset_is_a_null_at_its_path_whatever_the_layers_say() {
    let values = json!({"conf": {"rally_tests": {"x": 1}, "b.c": 1}});
    let want = json!({"conf": {"rally_tests": null, "b.c": null, "new": {"deep": null}}});
    assert_eq!(lay(&[values], &["conf.rally_tests", r"conf.b\.c", "conf.new.deep"]).unwrap(), want);
    assert_eq!(lay(&[json!({"a": null})], &["a.b"]).unwrap(), json!({"a": null}));
}

#[test]
fn a_path_that_leads_nowhere_is_refused_by_name() {
    assert_eq!(
        lay(&[json!({"a": 1})], &["a.b"]).unwrap_err(),
        r#"unset: "a.b" leads through what is no map"#
    );
    for path in ["", "a..b", ".a", r"a\"] {
        assert!(lay(&[], &[path]).unwrap_err().contains("empty key"), "{path:?}");
    }
}

#[test]
fn numbers_reach_helm_as_they_came() {
    let text = "port: 5000\nratio: 1.0\nbig: 9007199254740993\ntext: '1e3'\nmode: 0640\n";
    let values =
        layered(&[Layer { name: "valuesText", values: &parse("valuesText", text).unwrap() }], &[]).unwrap();
    let sent = values.to_text().expose_secret().to_owned();
    assert_eq!(sent, r#"{"big":9007199254740993,"mode":416,"port":5000,"ratio":1.0,"text":"1e3"}"#);
    assert_eq!(Values::from_text(&sent).unwrap(), values);
}

#[test]
fn values_show_their_first_names_only() {
    let values = Values::from_text(r#"{"password": "hunter2"}"#).unwrap();
    assert_eq!(format!("{values:?}"), r#"{"password"}"#);
    assert!(!Values::from_text("hunter2").unwrap_err().to_string().contains("hunter2"));
}

#[test]
fn a_digest_covers_the_chart_the_values_the_place_and_helm() {
    let values = |text: &str| Values::from_text(text).unwrap();
    let place =
        Place { release: "keystone", namespace: "openstack", suffix: "", kubernetes: None, removed: "" };
    let first = digest("sha256:1", &values(r#"{"a":1,"b":2}"#), &place, "4.1");
    assert_eq!(first.len(), 40);
    assert_eq!(digest("sha256:1", &values(r#"{"b":2,"a":1}"#), &place, "4.1"), first, "order says nothing");
    let others = [
        digest("sha256:2", &values(r#"{"a":1,"b":2}"#), &place, "4.1"),
        digest("sha256:1", &values(r#"{"a":1,"b":null}"#), &place, "4.1"),
        digest("sha256:1", &values(r#"{"a":1}"#), &place, "4.1"),
        digest("sha256:1", &values(r#"{"a":1,"b":2}"#), &Place { suffix: "x", ..place }, "4.1"),
        digest("sha256:1", &values(r#"{"a":1,"b":2}"#), &Place { kubernetes: Some("36"), ..place }, "4.1"),
        digest(
            "sha256:1",
            &values(r#"{"a":1,"b":2}"#),
            &Place { removed: "nova-db-init: nova", ..place },
            "4.1",
        ),
        digest("sha256:1", &values(r#"{"a":1,"b":2}"#), &place, "4.2"),
    ];
    assert!(others.iter().all(|other| *other != first));
}

/// Trees whose maps and leaves have different keys, so that layers never conflict.
fn tree(nulls: bool) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![any::<i8>().prop_map(Value::from), Just(json!([1])), Just(json!([]))];
    let leaf = if nulls { prop_oneof![leaf, Just(Value::Null)].boxed() } else { leaf.boxed() };
    let leaves = proptest::collection::btree_map("[a-c]", leaf, 0..4);
    leaves.prop_map(|map| Value::Object(map.into_iter().collect())).prop_recursive(3, 24, 4, |inner| {
        let maps = proptest::collection::btree_map("[x-z]", inner.clone(), 0..3);
        (inner, maps).prop_map(|(mut leaves, maps)| {
            leaves.as_object_mut().unwrap().extend(maps);
            leaves
        })
    })
}

proptest! {
    #[test]
    fn it_does_not_matter_which_layers_are_put_together_first(a in tree(true), b in tree(true), c in tree(true)) {
        let first = lay(&[lay(&[a.clone(), b.clone()], &[]).unwrap(), c.clone()], &[]).unwrap();
        let last = lay(&[a.clone(), lay(&[b.clone(), c.clone()], &[]).unwrap()], &[]).unwrap();
        prop_assert_eq!(&first, &last);
        prop_assert_eq!(first, lay(&[a, b, c], &[]).unwrap());
    }

    #[test]
    fn the_layer_on_top_counts_wherever_it_says_something(a in tree(true), b in tree(true)) {
        let both = lay(&[a, b.clone()], &[]).unwrap();
        prop_assert_eq!(lay(&[both.clone(), b], &[]).unwrap(), both);
    }

    #[test]
    fn nothing_of_what_no_other_layer_mentions_is_lost_and_nothing_becomes_null(a in tree(false), b in tree(false)) {
        let both = lay(&[a.clone(), b.clone()], &[]).unwrap();
        prop_assert!(!both.to_string().contains("null"));
        for (key, value) in a.as_object().unwrap() {
            if b.get(key).is_none() {
                prop_assert_eq!(both.get(key), Some(value));
            }
        }
    }
}
