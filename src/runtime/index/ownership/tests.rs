use super::*;
use serde_json::{Value, json};

const ID: &str = "9f0d3c5e-0c3f-4f0e-8d55-0f3a0a4f2b11";

fn key(name: &str) -> ObjectKey {
    ObjectKey { kind: "network.Network", namespace: "a".into(), name: name.into() }
}

fn object(uid: &str, created: &str, name: &str, spec: Value) -> Managed {
    serde_json::from_value(json!({"spec": spec, "metadata": {"uid": uid, "namespace": "a",
        "creationTimestamp": created, "annotations": {(meta::EXTERNAL_NAME): name}}}))
    .unwrap()
}

fn config(name: &str) -> Value {
    json!({"providerConfigRef": {"kind": "ClusterProviderConfig", "name": name}})
}

fn holders(all: &[(&str, Managed)]) -> Ownership {
    let mut holders = Ownership::default();
    for (name, object) in all {
        holders.change(&key(name), None, Some(object));
    }
    holders
}

fn rivals(holders: &Ownership, name: &str) -> Vec<Option<String>> {
    ["a", "b"].map(|who| holders.rival(&key(who), name).map(|rival| rival.key.name)).to_vec()
}

#[test]
fn the_oldest_has_the_right_and_of_equals_the_one_with_the_smaller_uid() {
    for (created, uids) in [(["1", "2"], ["y", "x"]), (["2", "2"], ["x", "y"])] {
        let [a, b] = [0, 1].map(|at| object(uids[at], created[at], ID, json!({})));
        assert_eq!(rivals(&holders(&[("a", a), ("b", b)]), ID), [None, Some("a".into())]);
    }
}

#[test]
fn who_only_looks_is_nobodys_rival_and_who_is_to_take_over_comes_first() {
    let observe = json!({"managementPolicies": ["Observe"]});
    let (old, young) = (object("x", "1", ID, observe), object("y", "2", ID, json!({})));
    assert_eq!(holders(&[("a", old), ("b", young.clone())]).rival(&key("b"), ID), None);
    let mut taking = young;
    taking.metadata.annotations.insert(meta::TAKE_OVER.into(), "true".into());
    let holders = holders(&[("a", object("x", "1", ID, json!({}))), ("b", taking)]);
    assert_eq!(holders.rival(&key("a"), ID), Some(Rival { key: key("b"), took_over: true }));
    assert_eq!(holders.rival(&key("b"), ID), None);
}

#[test]
fn one_name_is_one_resource_only_within_one_cloud() {
    let two = |name: &str| {
        holders(&[("a", object("x", "1", name, config("one"))), ("b", object("y", "2", name, config("two")))])
    };
    let at = |config: &str| ConfigKey {
        kind: "ClusterProviderConfig".into(),
        namespace: String::new(),
        name: config.into(),
    };
    let info = |url: &str| CloudInfo { auth_url: url.into(), ..CloudInfo::default() };
    assert_eq!(two("m1.small").rival(&key("b"), "m1.small"), None, "each may have its own");
    let mut drawn = two(ID);
    assert!(drawn.rival(&key("b"), ID).is_some(), "as long as nothing is known, an id is an id");
    drawn.connected(at("one"), &info("http://a"));
    drawn.connected(at("two"), &info("http://b"));
    assert_eq!(drawn.rival(&key("b"), ID), None);
    drawn.connected(at("two"), &info("http://a"));
    assert!(drawn.rival(&key("b"), ID).is_some());
}

#[test]
fn the_younger_is_woken_when_the_older_goes_or_lets_go() {
    let (old, young) = (object("x", "1", ID, json!({})), object("y", "2", ID, json!({})));
    let mut all = holders(&[("a", old.clone()), ("b", young)]);
    assert_eq!(all.change(&key("a"), Some(&old), Some(&old)), BTreeSet::new(), "nothing new");
    let looks = object("x", "1", ID, json!({"managementPolicies": ["Observe"]}));
    assert_eq!(all.change(&key("a"), Some(&old), Some(&looks)), BTreeSet::from([key("b")]));
    assert_eq!(all.change(&key("a"), Some(&looks), None), BTreeSet::from([key("b")]));
    assert_eq!(all.change(&key("b"), Some(&old), None), BTreeSet::new());
    assert!(all.by_name.is_empty(), "nothing is left behind");
}

#[test]
fn ids_are_told_from_names() {
    for (name, drawn) in [
        (ID, true),
        ("0a1b2c3d4e5f60718293a4b5c6d7e8f9", true),
        ("RegionOne/0a1b2c3d4e5f60718293a4b5c6d7e8f9", true),
        ("m1.small", false),
        ("a-name-that-is-longer-than-thirty-two-letters", false),
    ] {
        assert_eq!(is_unique(name), drawn, "{name}");
    }
}
