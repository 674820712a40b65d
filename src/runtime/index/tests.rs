use super::*;
use crate::{api::meta, kinds::KINDS};
use serde_json::json;

fn index() -> Index {
    Index::new("i", KINDS.as_slice())
}

fn key(name: &str) -> ObjectKey {
    ObjectKey { kind: "network.Network", namespace: "a".into(), name: name.into() }
}

fn port_key(name: &str) -> ObjectKey {
    ObjectKey { kind: "network.Port", ..key(name) }
}

fn object(version: u64, external_name: &str) -> Managed {
    serde_json::from_value(json!({"metadata": {"uid": "u", "resourceVersion": version.to_string(),
        "annotations": {(meta::EXTERNAL_NAME): external_name}}, "spec": {"forProvider": {}}}))
    .unwrap()
}

#[test]
fn an_older_state_never_replaces_a_newer_one() {
    let mut index = index();
    index.apply(&key("n"), &object(7, "id")).unwrap();
    assert_eq!(index.apply(&key("n"), &object(6, "")).unwrap(), Consequence::default());
    assert_eq!(index.get(&key("n")).unwrap().external_name(), Some("id"));
}

#[test]
fn an_answer_that_comes_after_its_object_is_gone_does_not_bring_it_back() {
    let mut index = index();
    index.apply(&key("n"), &object(1, "id")).unwrap();
    index.learn(&key("n"), &object(2, "id"), |_| {}).unwrap();
    assert_eq!(index.version(&key("n")), Some("2"));
    index.remove(&key("n"));
    index.learn(&key("n"), &object(3, "id"), |_| {}).unwrap();
    assert!(index.get(&key("n")).is_none());
    let mut anew = object(4, "");
    anew.metadata.uid = "another".into();
    index.apply(&key("n"), &anew).unwrap();
    index.learn(&key("n"), &object(5, "id"), |_| {}).unwrap();
    assert_eq!(index.version(&key("n")), Some("4"), "nor is it taken for the one that has its name now");
}

#[test]
fn what_an_answer_to_our_own_write_shows_of_somebody_elses_edit_is_a_wish_and_our_own_change_is_none() {
    let named = |object: &mut Managed| {
        object.metadata.annotations.insert(meta::EXTERNAL_NAME.into(), "made".into());
        object.spec.for_provider.insert("networkId".into(), json!("net-id"));
    };
    let answer = |change: &dyn Fn(&mut Managed)| {
        let mut index = index();
        let mut object = object(1, "");
        index.apply(&key("n"), &object).unwrap();
        object.metadata.resource_version = "2".into();
        object.metadata.generation = 1;
        named(&mut object);
        change(&mut object);
        index.learn(&key("n"), &object, named).unwrap().desired
    };
    assert!(!answer(&|_| {}), "the name and the reference that we wrote");
    assert!(!answer(&|object| object.status.observed_generation = Some(1)));
    assert!(answer(&|object| drop(object.spec.for_provider.insert("mtu".into(), json!(1400)))));
    assert!(answer(&|object| drop(object.metadata.labels.insert("a".into(), "b".into()))));
    assert!(answer(&|object| object.metadata.deletion_timestamp = Some("t".into())));
    let requested = meta::RECONCILE_REQUESTED_AT;
    assert!(answer(&|object| drop(object.metadata.annotations.insert(requested.into(), "now".into()))));
}

#[test]
fn a_waiter_is_woken_once_when_the_external_name_appears() {
    let mut index = index();
    let mut port = object(1, "");
    port.metadata.namespace = "a".into();
    port.spec.for_provider.insert("networkIdRef".into(), json!({"name": "n"}));
    index.apply(&port_key("p"), &port).unwrap();
    let shape = index.shape(&port_key("p")).unwrap();
    let resolved = index.resolve(&port_key("p"), shape, &port, &|_| false);
    assert!(matches!(resolved, Resolved::Blocked { .. }), "{resolved:?}");
    assert!(index.apply(&key("n"), &object(1, "")).unwrap().woken.is_empty());
    assert_eq!(index.apply(&key("n"), &object(2, "id")).unwrap().woken, BTreeSet::from([port_key("p")]));
    assert!(index.apply(&key("n"), &object(3, "other")).unwrap().woken.is_empty());
}

#[test]
fn rt_1_our_own_marks_do_not_count_as_a_wish() {
    let mut index = index();
    assert!(index.apply(&key("n"), &object(1, "id")).unwrap().desired);
    let mut marked = object(2, "id");
    marked.metadata.annotations.insert(meta::CREATE_PENDING.into(), "t".into());
    assert!(!index.apply(&key("n"), &marked).unwrap().desired);
    let mut created = object(3, "made");
    created.metadata.annotations.insert(meta::CREATE_PENDING.into(), "t".into());
    created.metadata.annotations.insert(meta::CREATE_SUCCEEDED.into(), "t".into());
    assert!(!index.apply(&key("n"), &created).unwrap().desired, "with the name that comes with it");
    created.metadata.resource_version = "4".into();
    created.metadata.annotations.insert(meta::EXTERNAL_NAME.into(), "other".into());
    assert!(index.apply(&key("n"), &created).unwrap().desired, "another name is a wish");
    created.metadata.resource_version = "5".into();
    created.metadata.annotations.remove(meta::CREATE_PENDING);
    assert!(index.apply(&key("n"), &created).unwrap().desired, "so is a mark that somebody removes");
    let mut relabelled = object(6, "other");
    relabelled.metadata.labels.insert("a".into(), "b".into());
    assert!(index.apply(&key("n"), &relabelled).unwrap().desired);
}

#[test]
fn rec_5_a_status_that_we_wrote_wakes_nobody() {
    let mut index = index();
    index.apply(&key("n"), &object(1, "id")).unwrap();
    let mut written = object(2, "id");
    written.status.observed_generation = Some(1);
    assert_eq!(index.apply(&key("n"), &written).unwrap(), Consequence::default());
}

#[test]
fn gate_6_a_kind_is_counted_once_it_was_listed() {
    let mut index = index();
    let mut ready = object(1, "id");
    ready.status.conditions = vec![crate::api::condition::Condition::available()];
    index.apply(&key("a"), &ready).unwrap();
    index.apply(&key("b"), &object(2, "")).unwrap();
    assert_eq!(index.populations(), BTreeMap::new(), "its CRD may have just come");
    index.missing_from("network.Subnet", &BTreeSet::new());
    index.missing_from("network.Network", &BTreeSet::from([key("a"), key("b")]));
    let population = Population { exists: 2, ready: 1, synced: 0 };
    let all = [("network.Network", population), ("network.Subnet", Population::default())];
    assert_eq!(index.populations(), all.into());
}

fn port(version: u64, external_name: &str, network: &str) -> Managed {
    let mut port = object(version, external_name);
    port.spec.for_provider.insert("networkId".into(), json!(network));
    port
}

#[test]
fn a_deletion_that_was_refused_is_tried_again_when_what_names_the_object_goes() {
    let mut index = index();
    let mut by_status = object(1, "port-id");
    by_status.status.at_provider.insert("fixedIps".into(), json!([{"subnetId": "subnet-id"}]));
    index.apply(&port_key("by-status"), &by_status).unwrap();
    index.apply(&port_key("by-spec"), &port(2, "another-id", "net-id")).unwrap();
    index.apply(&port_key("stranger"), &port(3, "net-id", "other-id")).unwrap();
    let subnet = ObjectKey { kind: "network.Subnet", ..key("subnet") };
    for (key, id) in [(key("net"), "net-id"), (subnet.clone(), "subnet-id")] {
        index.apply(&key, &object(4, id)).unwrap();
        index.deletion_refused(&key, id);
    }
    assert!(index.remove(&port_key("stranger")).is_empty(), "its own id is no reference");
    assert_eq!(index.remove(&port_key("by-spec")), BTreeSet::from([key("net")]));
    assert_eq!(index.remove(&port_key("by-status")), BTreeSet::from([subnet]));
}

#[test]
fn a_creation_that_failed_is_tried_again_when_what_it_needs_becomes_ready() {
    let mut index = index();
    index.apply(&key("net"), &object(1, "net-id")).unwrap();
    for (name, network) in [("port", "net-id"), ("gone", "net-id"), ("other", "other-id")] {
        index.apply(&port_key(name), &port(1, "", network)).unwrap();
        index.creation_failed(&port_key(name));
    }
    index.remove(&port_key("gone"));
    let mut ready = object(2, "net-id");
    ready.status.conditions = vec![crate::api::condition::Condition::available()];
    assert_eq!(index.apply(&key("net"), &ready).unwrap().woken, BTreeSet::from([port_key("port")]));
    index.creation_failed(&port_key("port"));
    ready.metadata.resource_version = "3".into();
    assert!(index.apply(&key("net"), &ready).unwrap().woken.is_empty(), "it was ready before");
}

#[test]
fn what_selectors_in_lists_chose_is_referred_to_although_it_stands_in_no_object() {
    let mut index = index();
    let mut net = object(1, "net-id");
    (net.metadata.namespace, net.metadata.name) = ("a".into(), "net".into());
    index.apply(&key("net"), &net).unwrap();
    let server = ObjectKey { kind: "compute.Server", ..key("server") };
    let mut object = object(1, "");
    object.metadata.namespace = "a".into();
    object.spec.for_provider.insert("networks".into(), json!([{"networkIdSelector": {}}]));
    index.apply(&server, &object).unwrap();
    let shape = index.shape(&server).unwrap();
    let resolved = index.resolve(&server, shape, &object, &|_| false);
    assert!(matches!(resolved, Resolved::Settled(_)), "{resolved:?}");
    object.metadata.resource_version = "2".into();
    object.status.at_provider.insert("status".into(), json!("ACTIVE"));
    index.apply(&server, &object).unwrap();
    index.deletion_refused(&key("net"), "net-id");
    assert_eq!(index.remove(&server), BTreeSet::from([key("net")]));
}

#[test]
fn an_object_that_was_made_anew_while_nobody_watched_has_nothing_of_the_former_one() {
    let mut index = index();
    index.apply(&key("net"), &object(1, "net-id")).unwrap();
    index.apply(&port_key("p"), &port(2, "port-id", "net-id")).unwrap();
    index.deletion_refused(&key("net"), "net-id");
    let mut anew = port(1, "", "other-id");
    anew.metadata.uid = "another".into();
    let consequence = index.apply(&port_key("p"), &anew).unwrap();
    assert_eq!(consequence, Consequence { desired: true, woken: BTreeSet::from([key("net")]) });
    assert!(index.remove(&port_key("p")).is_empty());
}

#[test]
fn a_pass_that_ends_after_its_object_leaves_nothing_behind() {
    let mut index = index();
    let object = port(1, "port-id", "net-id");
    index.apply(&port_key("p"), &object).unwrap();
    let shape = index.shape(&port_key("p")).unwrap();
    index.remove(&port_key("p"));
    index.resolve(&port_key("p"), shape, &object, &|_| false);
    index.creation_failed(&port_key("p"));
    index.deletion_refused(&port_key("p"), "port-id");
    assert!(index.dependents.is_empty());
}

#[test]
fn a_kind_in_a_namespace_is_listed_without_its_neighbours() {
    let mut index = index();
    let at = |kind, namespace: &str, name: &str| ObjectKey {
        kind,
        namespace: namespace.into(),
        name: name.into(),
    };
    for kind in ["network.FloatingIP", "network.Network", "network.Port"] {
        for (namespace, name) in [("a", "x"), ("a", "y"), ("aa", "x"), ("", "x")] {
            let mut object = object(1, "");
            object.metadata.name = format!("{kind} {namespace}/{name}");
            index.apply(&at(kind, namespace, name), &object).unwrap();
        }
    }
    let names: Vec<_> = index.list("network.Network", "a").into_iter().map(|o| o.metadata.name).collect();
    assert_eq!(names, ["network.Network a/x", "network.Network a/y"]);
    assert!(index.list("network.Network", "b").is_empty() && index.list("no.Kind", "a").is_empty());
    let seen = BTreeSet::from([at("network.Network", "a", "x"), at("network.Network", "", "x")]);
    let missing = [at("network.Network", "a", "y"), at("network.Network", "aa", "x")];
    assert_eq!(index.missing_from("network.Network", &seen), missing);
}

#[test]
fn owners_are_found_while_they_exist() {
    let mut index = index();
    index.apply(&key("n"), &object(1, "id")).unwrap();
    let owner = index.owner(&key("n"));
    assert_eq!(index.owned_by(&owner), Some(&key("n")));
    index.remove(&key("n"));
    assert_eq!(index.owned_by(&owner), None);
}

#[test]
fn ref_1_a_reference_beside_another_id_than_its_target_has_now_is_overruled() {
    let mut index = index();
    let mut net = object(1, "net-id");
    (net.metadata.namespace, net.metadata.name) = ("a".into(), "net".into());
    index.apply(&key("net"), &net).unwrap();
    let mut port = port(2, "port-id", "net-id");
    port.metadata.namespace = "a".into();
    port.spec.for_provider.insert("networkIdRef".into(), json!({"name": "net"}));
    let overruled =
        |index: &Index| index.overruled(index.shape(&port_key("p")).unwrap(), &port, &|_| false).is_some();
    assert!(!overruled(&index));
    net.metadata.resource_version = "3".into();
    net.metadata.annotations.insert("crossplane.io/external-name".into(), "other".into());
    index.apply(&key("net"), &net).unwrap();
    assert!(overruled(&index));
    index.remove(&key("net"));
    assert!(!overruled(&index), "what is gone gives no other id");
}
