use super::*;

struct World(Vec<Managed>);

impl Lookup for World {
    fn get(&self, _: &str, namespace: &str, name: &str) -> Option<Managed> {
        self.list("", namespace).into_iter().find(|m| m.metadata.name == name)
    }
    fn list(&self, _: &str, namespace: &str) -> Vec<Managed> {
        self.0.iter().filter(|m| m.metadata.namespace == namespace).cloned().collect()
    }
}

fn network(name: &str, external_name: &str, created: &str, controller: &str) -> Managed {
    serde_json::from_value(json!({"metadata": {"name": name, "namespace": "a", "creationTimestamp": created,
        "labels": {"tier": "web"}, "ownerReferences": [{"uid": controller, "controller": true}],
        "annotations": {"crossplane.io/external-name": external_name}}}))
    .unwrap()
}

fn world() -> World {
    World(vec![
        network("young", "id-y", "2026-02", "x"),
        network("old", "id-o", "2026-01", "y"),
        network("new", "", "2026-03", "x"),
    ])
}

fn shape() -> Shape {
    let id = json!({"type": "string", "x-os": {"ref": "network.Network"}});
    let ids = json!({"type": "array", "items": {"type": "string"}, "x-os": {"ref": "network.Network"}});
    let items = json!({"type": "array", "items": {"type": "object", "properties": {"networkId": id}}});
    let connection = json!({"ref": "component.MariaDB", "yields": "connectionSecret", "secret": "document"});
    let database = json!({"type": "string", "x-os": connection});
    let all = json!({"networkId": id, "peerIds": ids, "fixed": items, "database": database});
    Shape::of(&json!({ "properties": all })).unwrap()
}

fn run(for_provider: Value) -> Resolved {
    run_in(&world(), for_provider)
}

fn run_in(world: &World, for_provider: Value) -> Resolved {
    let object = serde_json::from_value(json!({
        "metadata": {"namespace": "a", "ownerReferences": [{"uid": "x", "controller": true}]},
        "spec": {"forProvider": for_provider}}));
    resolve(&shape(), &object.unwrap(), world, &|_| false).0
}

fn settled(value: Value) -> Resolved {
    let for_provider = serde_json::from_value(value).unwrap();
    Resolved::Settled(Box::new(Wanted { for_provider, ..Wanted::default() }))
}

fn changed(value: Value) -> Resolved {
    Resolved::Changed(serde_json::from_value(json!({"forProvider": value})).unwrap())
}

fn blocked(for_provider: Value) -> String {
    match run(for_provider) {
        Resolved::Blocked { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn ref_1_and_2_a_value_that_is_there_stays() {
    assert_eq!(run(json!({"networkId": "mine"})), settled(json!({"networkId": "mine"})));
    let both = json!({"networkId": "mine", "networkIdRef": {"name": "old"}});
    assert_eq!(run(both.clone()), settled(both));
    let always =
        json!({"networkId": "mine", "networkIdRef": {"name": "old", "policy": {"resolve": "Always"}}});
    assert_eq!(run(always), changed(json!({"networkId": "id-o"})));
}

#[test]
fn ref_4_a_reference_gives_the_external_name_or_says_what_is_missing() {
    assert_eq!(run(json!({"networkIdRef": {"name": "old"}})), changed(json!({"networkId": "id-o"})));
    assert!(blocked(json!({"networkIdRef": {"name": "gone"}})).ends_with("Network \"gone\" does not exist"));
    assert!(
        blocked(json!({"networkIdRef": {"name": "new"}}))
            .ends_with("has no external-name yet: it may not be ready")
    );
    let optional = json!({"networkIdRef": {"name": "gone", "policy": {"resolution": "Optional"}}});
    assert_eq!(run(optional.clone()), settled(optional));
}

#[test]
fn ref_5_a_selector_takes_the_oldest_match_and_writes_the_reference() {
    let by_label = json!({"networkIdSelector": {"matchLabels": {"tier": "web"}}});
    assert_eq!(run(by_label), changed(json!({"networkId": "id-o", "networkIdRef": {"name": "old"}})));
    let by_owner = json!({"networkIdSelector": {"matchControllerRef": true}});
    assert_eq!(run(by_owner), changed(json!({"networkId": "id-y", "networkIdRef": {"name": "young"}})));
    assert!(
        blocked(json!({"networkIdSelector": {"matchLabels": {"tier": "db"}}}))
            .ends_with("no resources matched selector")
    );
}

#[test]
fn ref_3_a_selector_that_always_resolves_chooses_anew_whatever_the_reference_says() {
    let again = json!({"networkId": "id-y", "networkIdRef": {"name": "young"},
        "networkIdSelector": {"matchLabels": {"tier": "web"}, "policy": {"resolve": "Always"}}});
    assert_eq!(run(again), changed(json!({"networkId": "id-o", "networkIdRef": {"name": "old"}})));
}

/// Of a resource with this filter and external-name.
fn looks_for(filter: &Value, external_name: &str) -> (Resolved, BTreeSet<Target>) {
    let object = serde_json::from_value(json!({
        "metadata": {"namespace": "a", "annotations": {"crossplane.io/external-name": external_name},
            "ownerReferences": [{"uid": "x", "controller": true}]},
        "spec": {"import": {"filter": filter}, "forProvider": {}}}));
    resolve(&shape(), &object.unwrap(), &world(), &|_| false)
}

#[test]
fn what_a_filter_refers_to_is_looked_for_by_its_id_and_nothing_is_written() {
    let by_label = json!({"matchLabels": {"tier": "web"}, "matchControllerRef": true});
    let filter = json!({"projectId": "p", "networkIdRef": {"name": "old"}, "peerIdRefs": [{"name": "young"}],
        "fixed": [{"networkIdSelector": by_label}]});
    let (Resolved::Settled(wanted), refers) = looks_for(&filter, "") else { panic!() };
    assert_eq!(json!(wanted.for_provider), json!({}));
    let found = json!(wanted.filter);
    assert_eq!((&found["projectId"], &found["networkId"]), (&json!("p"), &json!("id-o")));
    assert_eq!((&found["peerIds"], &found["fixed"][0]["networkId"]), (&json!(["id-y"]), &json!("id-y")));
    assert_eq!((found.get("networkIdRef"), found.get("peerIdRefs")), (None, None), "no object has them");
    let resource =
        Target::Resource { kind: "network.Network".into(), namespace: "a".into(), name: "old".into() };
    assert!(refers.contains(&resource), "{refers:?}");
}

#[test]
fn what_a_filter_refers_to_is_waited_for_unless_the_filter_counts_no_more() {
    let filter = json!({"networkIdRef": {"name": "new"}});
    let (Resolved::Blocked { message, awaited: Some(_) }, _) = looks_for(&filter, "") else { panic!() };
    assert!(
        message.contains("spec.import.filter.networkIdRef: Network \"new\" has no external-name"),
        "{message}"
    );
    let (Resolved::Settled(wanted), refers) = looks_for(&filter, "id") else { panic!() };
    assert!(wanted.filter.is_empty() && refers.is_empty(), "{refers:?}");
}

#[test]
fn ini_5_references_of_init_provider_are_written_back_there() {
    let object = serde_json::from_value(json!({"metadata": {"namespace": "a"}, "spec": {
        "forProvider": {"networkIdRef": {"name": "young"}},
        "initProvider": {"peerIdSelector": {"matchLabels": {"tier": "web"}}}}}));
    let Resolved::Blocked { message, .. } = resolve(&shape(), &object.unwrap(), &world(), &|_| false).0
    else {
        panic!("one of the matches has no external-name yet")
    };
    assert!(message.contains("spec.initProvider.peerIdRefs: Network \"new\""), "{message}");
    let object = serde_json::from_value(json!({"metadata": {"namespace": "a"},
        "spec": {"initProvider": {"networkIdRef": {"name": "old"}}}}));
    let want = json!({"initProvider": {"networkId": "id-o"}});
    assert_eq!(
        resolve(&shape(), &object.unwrap(), &world(), &|_| false).0,
        Resolved::Changed(serde_json::from_value(want).unwrap())
    );
}

#[test]
fn ref_6_references_of_a_list_keep_their_order() {
    let refs = json!({"peerIdRefs": [{"name": "young"}, {"name": "old"}]});
    assert_eq!(run(refs), changed(json!({"peerIds": ["id-y", "id-o"]})));
}

#[test]
fn one_apply_carries_every_resolved_field_so_that_none_is_given_up() {
    let both = json!({"networkId": "id-o", "networkIdRef": {"name": "old"}, "peerIdRefs": [{"name": "old"}]});
    assert_eq!(run(both), changed(json!({"networkId": "id-o", "peerIds": ["id-o"]})));
}

#[test]
fn references_inside_lists_are_resolved_in_memory_and_never_written() {
    let inside = json!({"fixed": [{"networkIdRef": {"name": "old"}}, {"networkId": "mine"}]});
    let filled =
        json!({"fixed": [{"networkIdRef": {"name": "old"}, "networkId": "id-o"}, {"networkId": "mine"}]});
    assert_eq!(run(inside), settled(filled));
    let missing = blocked(json!({"fixed": [{"networkIdRef": {"name": "gone"}}]}));
    assert!(missing.contains("spec.forProvider.fixed[0].networkIdRef: "), "{missing}");
}

#[test]
fn another_namespace_is_refused_unless_it_is_allowed() {
    let other = json!({"networkIdRef": {"name": "old", "namespace": "b"}});
    assert!(blocked(other).contains("references to namespace \"b\" are not allowed"));
}

/// MariaDBs: one that is ready, one that is not, one that nobody knows anything of, and one that publishes nothing.
fn databases() -> World {
    let database = |name: &str, created: &str, secret: Value, conditions: Value| {
        serde_json::from_value(json!({
            "metadata": {"name": name, "namespace": "a", "creationTimestamp": created, "labels": {"name": name},
                "ownerReferences": [{"uid": "x", "controller": true}],
                "annotations": {"crossplane.io/external-name": name}},
            "spec": {"writeConnectionSecretToRef": secret}, "status": {"conditions": conditions}}))
        .unwrap()
    };
    let ready = |status: &str, message: Value| json!({"type": "Ready", "status": status, "reason": "Reason", "message": message});
    let failed =
        json!({"type": "Synced", "status": "False", "reason": "ReconcileError", "message": "create failed"});
    let secret = |name: &str| json!({ "name": name });
    World(vec![
        database("ready", "2026-02", secret("db-ready"), json!([ready("True", json!(null))])),
        database("waits", "2026-03", secret("db-waits"), json!([ready("False", json!("ImagePullBackOff"))])),
        database("silent", "2026-03", secret("db-silent"), json!([ready("False", json!(null))])),
        database("failed", "2026-03", secret("db-failed"), json!([failed, ready("False", json!(null))])),
        database("new", "2026-03", secret("db-new"), json!([])),
        database("closed", "2026-03", json!(null), json!([ready("True", json!(null))])),
    ])
}

fn connect(for_provider: Value) -> Result<Value, (String, Option<Target>)> {
    let object = serde_json::from_value(json!({
        "metadata": {"namespace": "a", "ownerReferences": [{"uid": "x", "controller": true}]},
        "spec": {"forProvider": for_provider}}));
    match resolve(&shape(), &object.unwrap(), &databases(), &|_| true).0 {
        Resolved::Settled(wanted) => Ok(Value::Object(wanted.for_provider)),
        Resolved::Changed(mut patch) => Ok(patch.remove("forProvider").unwrap()),
        Resolved::Blocked { message, awaited } => Err((message, awaited)),
    }
}

#[test]
fn ref_12_a_reference_to_a_connection_secret_yields_its_name_once_the_target_is_ready() {
    assert_eq!(connect(json!({"databaseRef": {"name": "ready"}})), Ok(json!({"database": "db-ready"})));
    let by_owner = json!({"databaseSelector": {"matchControllerRef": true}});
    let chosen = json!({"database": "db-ready", "databaseRef": {"name": "ready"}});
    assert_eq!(connect(by_owner), Ok(chosen));
    for (name, why) in [
        ("waits", "MariaDB \"waits\" is not ready: ImagePullBackOff"),
        ("silent", "MariaDB \"silent\" is not ready: Reason"),
        ("failed", "MariaDB \"failed\" is not ready: create failed"),
        ("new", "MariaDB \"new\" is not ready: nothing is known of it yet"),
        (
            "closed",
            "MariaDB \"closed\" publishes no connection secret: set its spec.writeConnectionSecretToRef",
        ),
        ("gone", "create it, or correct the name: MariaDB \"gone\" does not exist"),
    ] {
        let by_name = json!({"databaseRef": {"name": name}});
        let by_label = json!({"databaseSelector": {"matchLabels": {"name": name}}});
        let target = || Target::Resource {
            kind: "component.MariaDB".into(),
            namespace: "a".into(),
            name: name.into(),
        };
        let message = format!("cannot resolve references: spec.forProvider.databaseRef: {why}");
        assert_eq!(connect(by_name), Err((message.clone(), Some(target()))));
        if name != "gone" {
            assert_eq!(connect(by_label), Err((message, Some(target()))));
        }
        let optional = json!({"databaseRef": {"name": name, "policy": {"resolution": "Optional"}}});
        assert_eq!(connect(optional.clone()), Ok(optional));
    }
}

#[test]
fn ref_5_what_an_optional_selector_chose_may_stay_unresolved_in_this_pass_and_in_later_ones() {
    let policy = json!({"resolution": "Optional"});
    let mut spec = json!({"databaseSelector": {"matchLabels": {"name": "waits"}, "policy": policy}});
    let written = json!({"databaseRef": {"name": "waits", "policy": policy}});
    assert_eq!(connect(spec.clone()), Ok(written.clone()));
    spec = applied(spec, &written);
    assert_eq!(connect(spec.clone()), Ok(spec.clone()), "there is no more to write");
    let mut list = json!({"peerIdSelector": {"matchLabels": {"tier": "web"}, "policy": policy}});
    let chosen = ["old", "young", "new"].map(|name| json!({"name": name, "policy": policy}));
    let written = json!({"peerIdRefs": chosen, "peerIds": ["id-o", "id-y"]});
    assert_eq!(run(list.clone()), changed(written.clone()));
    list = applied(list, &written);
    assert_eq!(run(list.clone()), settled(list));
    // Who wrote that a reference is required goes on saying so.
    let required = json!({"name": "waits", "policy": {"resolution": "Required", "resolve": "Always"}});
    let always = json!({"resolution": "Optional", "resolve": "Always"});
    let both = json!({"databaseRef": required, "databaseSelector": {"matchLabels": {"name": "waits"}, "policy": always}});
    assert_eq!(connect(both.clone()), Ok(both));
}

#[test]
fn a_connection_secret_that_is_in_use_stays_in_use_while_its_owner_is_not_ready() {
    let always = |have: &str| json!({"database": have, "databaseRef": {"name": "waits", "policy": {"resolve": "Always"}}});
    assert_eq!(connect(always("db-waits")), Ok(always("db-waits")));
    assert!(connect(always("db-ready")).is_err(), "that of another is not what is referred to");
    assert_eq!(connect(json!({"database": "mine"})), Ok(json!({"database": "mine"})));
}

#[test]
fn ref_12_a_connection_secret_is_taken_from_no_other_namespace_whatever_is_allowed() {
    for given in [
        json!({"databaseRef": {"name": "ready", "namespace": "b"}}),
        json!({"databaseSelector": {"namespace": "b"}}),
    ] {
        let (why, awaited) = connect(given).unwrap_err();
        assert!(why.ends_with("a connection secret can be used in its own namespace only"), "{why}");
        assert_eq!(awaited, None);
    }
    assert!(connect(json!({"databaseRef": {"name": "ready", "namespace": "a"}})).is_ok());
}

#[test]
fn with_the_outcome_comes_all_that_was_referred_to() {
    let refers = |for_provider: Value| {
        let object = json!({"metadata": {"namespace": "a"}, "spec": {"forProvider": for_provider}});
        resolve(&shape(), &serde_json::from_value(object).unwrap(), &world(), &|_| false).1
    };
    let kind = || "network.Network".to_owned();
    let id = |id: &str| Target::External { kind: kind(), external_name: id.into() };
    let name = |name: &str| Target::Resource { kind: kind(), namespace: "a".into(), name: name.into() };
    assert_eq!(refers(json!({"networkId": "mine"})), [id("mine")].into());
    assert_eq!(refers(json!({"networkIdRef": {"name": "old"}})), [id("id-o"), name("old")].into());
    assert_eq!(refers(json!({"networkIdRef": {"name": "gone"}})), [name("gone")].into());
    let chosen = json!({"networkIdSelector": {"matchLabels": {"tier": "web"}}});
    let any = || Target::AnyOf { kind: kind(), namespace: "a".into() };
    let both = BTreeSet::from([id("id-o"), name("old"), any()]);
    assert_eq!(refers(chosen.clone()), both);
    assert_eq!(refers(json!({"fixed": [chosen]})), both, "what is kept in memory only");
    let none = json!({"networkIdSelector": {"matchLabels": {"tier": "db"}}});
    assert_eq!(refers(none), [any()].into());
}

/// What server-side apply makes of a spec and of what we wrote: objects are merged, all else is replaced.
fn applied(mut spec: Value, written: &Value) -> Value {
    fn over(below: &mut Value, above: &Value) {
        match (below, above) {
            (Value::Object(below), Value::Object(above)) => {
                above.iter().for_each(|(key, value)| over(below.entry(key).or_insert(Value::Null), value));
            }
            (below, above) => below.clone_from(above),
        }
    }
    over(&mut spec, written);
    spec
}

#[test]
fn ref_3_and_7_what_a_selector_chose_is_written_once_whatever_else_the_reference_says() {
    let selector = json!({"matchLabels": {"tier": "web"}, "policy": {"resolve": "Always"}});
    let policy = json!({"resolution": "Optional", "resolve": "Always"});
    let world = World(world().0.into_iter().filter(|network| network.external_name().is_some()).collect());
    for more in [
        json!({ "policy": policy }),
        json!({"namespace": "a"}),
        json!({"namespace": "elsewhere"}),
        json!({"namespace": "elsewhere", "policy": policy}),
    ] {
        let named = |name: &str| applied(json!({ "name": name }), &more);
        for (names, field, reference) in [
            (vec!["old"], "networkId", "networkIdRef"),
            (vec!["young"], "networkId", "networkIdRef"),
            (vec!["old", "young"], "peerIds", "peerIdRefs"),
            (vec!["young"], "peerIds", "peerIdRefs"),
        ] {
            let all: Vec<_> = names.into_iter().map(named).collect();
            let given = if field == "peerIds" { json!(all) } else { all[0].clone() };
            let start = json!({(reference): given, (reference.replace("Refs", "Ref").replace("Ref", "Selector")): selector});
            let Resolved::Changed(written) = run_in(&world, start.clone()) else { panic!("{start}") };
            let after = applied(start.clone(), &written["forProvider"]);
            assert_eq!(run_in(&world, after.clone()), settled(after.clone()), "{start}");
            assert!(after[field].to_string().contains("id-o"), "{after}");
            assert_eq!(after["networkIdRef"]["policy"], start["networkIdRef"]["policy"], "it is the user's");
        }
    }
}
