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

fn at(config: &str) -> ConfigKey {
    ConfigKey { kind: "ClusterProviderConfig".into(), namespace: String::new(), name: config.into() }
}

fn info(url: &str, project: &str, user: &str) -> CloudInfo {
    let (project_id, user_id) = (Some(project.into()), Some(user.into()));
    CloudInfo { auth_url: url.into(), project_id, user_id, ..CloudInfo::default() }
}

/// Two resources with a name and different ProviderConfigs, the older of which has a pass.
fn two(name: &str, infos: [CloudInfo; 2]) -> Ownership {
    let older = object("x", "1", name, config("one"));
    let mut all = holders(&[("a", older), ("b", object("y", "2", name, config("two")))]);
    let [one, two] = infos;
    all.connected(at("one"), &one, false);
    all.connected(at("two"), &two, false);
    assert_eq!(all.rival(&key("b"), name), None, "nobody but the object says so");
    all.saw(&key("a"), name);
    all
}

#[test]
fn a_claim_counts_once_its_own_pass_saw_the_resource_in_the_same_project() {
    let same = || info("http://a", "p", "u");
    let rivalled = |name: &str, other: CloudInfo| two(name, [same(), other]).rival(&key("b"), name).is_some();
    assert!(rivalled(ID, same()));
    assert!(rivalled(ID, info("http://a", "p", "another")), "an id is an id, whoever looks");
    assert!(!rivalled(ID, info("http://b", "p", "u")));
    assert!(!rivalled(ID, info("http://a", "another", "u")), "a shared network is seen in each project");
    assert!(rivalled("m1.small", same()));
    assert!(!rivalled("mine", info("http://a", "p", "another")), "each user has key pairs of his own");
}

#[test]
fn what_was_seen_is_forgotten_with_another_provider_config_or_name_and_kept_otherwise() {
    let same = || info("http://a", "p", "u");
    let older = |config: &str, name: &str| {
        object(
            "x",
            "1",
            name,
            json!({"providerConfigRef": {"kind": "ClusterProviderConfig", "name": config}}),
        )
    };
    let mut all = two(ID, [same(), same()]);
    all.change(&key("a"), Some(&older("one", ID)), Some(&older("one", ID)));
    assert!(all.rival(&key("b"), ID).is_some());
    all.change(&key("a"), Some(&older("one", ID)), Some(&older("broken", ID)));
    assert_eq!(all.rival(&key("b"), ID), None);
    all.saw(&key("a"), ID);
    assert_eq!(all.rival(&key("b"), ID), None, "nobody knows where that leads to");
}

#[test]
fn taking_over_across_namespaces_needs_the_administrator() {
    let mut all = Ownership::default();
    let theirs = ObjectKey { namespace: "b".into(), ..key("theirs") };
    let mut taking = object("y", "2", ID, config("two"));
    taking.metadata.annotations.insert(meta::TAKE_OVER.into(), "true".into());
    all.change(&key("mine"), None, Some(&object("x", "1", ID, config("one"))));
    all.change(&theirs, None, Some(&taking));
    let place = info("http://a", "p", "u");
    all.connected(at("one"), &place, false);
    for (allowed, rival) in [(false, None), (true, Some(Rival { key: theirs.clone(), took_over: true }))] {
        all.connected(at("two"), &place, allowed);
        all.saw(&theirs, ID);
        all.saw(&key("mine"), ID);
        assert_eq!(all.rival(&key("mine"), ID), rival);
        assert_eq!(all.rival(&theirs, ID).is_none(), allowed, "else the older one has it");
    }
}

/// An older resource that is pointed to another namespace's object, while its owner holds it.
#[test]
fn a_claim_of_another_namespace_comes_behind_the_one_that_holds_the_resource() {
    let theirs = ObjectKey { namespace: "b".into(), ..key("theirs") };
    for from_start in [false, true] {
        let mut all = Ownership::default();
        all.connected(at("one"), &info("http://a", "p", "u"), false);
        let mine = object("y", "2", "deploy", config("one"));
        if from_start {
            all.change(&key("mine"), None, Some(&mine));
        }
        all.listed("network.Network");
        all.change(&key("mine"), Some(&object("y", "2", "", config("one"))), Some(&mine));
        all.saw(&key("mine"), "deploy");
        let (own, other) =
            (object("x", "1", "own", config("one")), object("x", "1", "deploy", config("one")));
        all.change(&theirs, None, Some(&own));
        all.saw(&theirs, "own");
        all.change(&theirs, Some(&own), Some(&other));
        for _ in 0..2 {
            all.saw(&theirs, "deploy");
            assert_eq!(all.rival(&key("mine"), "deploy"), None, "from the start: {from_start}");
            assert_eq!(all.rival(&theirs, "deploy").map(|rival| rival.key), Some(key("mine")));
        }
        all.change(&key("mine"), Some(&mine), None);
        assert_eq!(all.rival(&theirs, "deploy"), None, "it is free now");
    }
}

#[test]
fn who_came_behind_another_before_a_restart_stays_behind() {
    let theirs = ObjectKey { namespace: "b".into(), ..key("theirs") };
    let mut all = Ownership::default();
    all.connected(at("one"), &info("http://a", "p", "u"), false);
    let mut older = object("x", "1", "deploy", config("one"));
    older.status.conditions = vec![crate::api::condition::Condition::stalled("NotOurs", "behind another")];
    all.change(&theirs, None, Some(&older));
    all.change(&key("mine"), None, Some(&object("y", "2", "deploy", config("one"))));
    all.listed("network.Network");
    for who in [&theirs, &key("mine"), &theirs] {
        all.saw(who, "deploy");
    }
    assert_eq!(all.rival(&key("mine"), "deploy"), None);
    assert_eq!(all.rival(&theirs, "deploy").map(|rival| rival.key), Some(key("mine")));
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

#[test]
fn who_comes_to_what_another_has_comes_last_however_old_unless_a_person_gives_it_to_him() {
    let mut newcomer = object("x", "1", "", json!({}));
    let all = holders(&[("b", object("y", "2", ID, json!({})))]);
    let rival = Some(Rival { key: key("b"), took_over: false });
    assert_eq!(all.rival_of_newcomer(&key("a"), &newcomer, ID), rival);
    assert_eq!(all.rival_of_newcomer(&key("a"), &newcomer, "another"), None);
    newcomer.metadata.annotations.insert(meta::TAKE_OVER.into(), "true".into());
    assert_eq!(all.rival_of_newcomer(&key("a"), &newcomer, ID), None);
    let looks = object("y", "2", ID, json!({"managementPolicies": ["Observe"]}));
    let untold = object("x", "1", "", json!({}));
    assert_eq!(holders(&[("b", looks)]).rival_of_newcomer(&key("a"), &untold, ID), None);
    let elsewhere = object("y", "2", ID, config("two"));
    assert_eq!(
        holders(&[("b", elsewhere)]).rival_of_newcomer(&key("a"), &untold, ID),
        None,
        "nobody saw it there"
    );
}

#[test]
fn of_several_with_a_better_right_the_one_that_holds_the_resource_is_named() {
    let theirs = ObjectKey { namespace: "b".into(), ..key("theirs") };
    let mut all = Ownership::default();
    all.connected(at("one"), &info("http://a", "p", "u"), false);
    all.listed("network.Network");
    all.change(&theirs, None, Some(&object("x", "2", "deploy", config("one"))));
    all.saw(&theirs, "deploy");
    all.change(&key("pointed-there"), None, Some(&object("y", "1", "deploy", config("one"))));
    all.saw(&key("pointed-there"), "deploy");
    let newcomer = object("z", "3", "", config("one"));
    let named = all.rival_of_newcomer(&key("newcomer"), &newcomer, "deploy");
    assert_eq!(named, Some(Rival { key: theirs, took_over: false }));
}
