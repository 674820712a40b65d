use super::*;
use crate::profile::layer::tests::document;
use proptest::prelude::*;

fn name(namespace: &str, name: &str) -> ProfileName {
    ProfileName { namespace: namespace.to_owned(), name: name.to_owned() }
}

fn own(spec: Value) -> Profile {
    occp::read("spec", spec.as_object().unwrap())
}

/// A profile as it stands in the API server after it was resolved.
fn object(at: &ProfileName, resolved: &Resolved) -> Value {
    let condition = match refusal::message(&resolved.refusals) {
        why if why.is_empty() => json!({"type": "Resolved", "status": "True"}),
        why => json!({"type": "Resolved", "status": "False", "message": why}),
    };
    let mut status = resolved.status.clone();
    status.insert("conditions".to_owned(), json!([condition]));
    json!({"metadata": {"name": at.name, "namespace": at.namespace}, "status": status})
}

/// Resolves a chain, the root first; gives the last one.
fn chain(specs: &[Value]) -> Resolved {
    let mut parent: Option<Value> = None;
    let mut resolved = Resolved::default();
    for (number, spec) in specs.iter().enumerate() {
        let at = name("ns", &format!("p{number}"));
        let found = parent.map(|parent| choose("parent", &[Some(parent)], "ns"));
        resolved = resolve(&at, own(spec.clone()), vec![], found);
        parent = Some(object(&at, &resolved));
    }
    resolved
}

#[test]
fn scenario_12_a_chain_of_five_merges_from_the_root_on_and_knows_where_each_value_is_from() {
    let resolved = chain(&[
        json!({"nova": {"replicas": {"osapi": 1, "conductor": 1}, "conf": {"nova": {"DEFAULT": {"debug": true, "cpu": 1}}}}}),
        json!({"nova": {"replicas": {"osapi": 2}}}),
        json!({"nova": {"conf": {"nova": {"DEFAULT": {"debug": null}}}}}),
        json!({"keystone": {"unset": ["conf.rally_tests"]}, "nova": {"values": {"list": [1, 2]}}}),
        json!({"nova": {"values": {"list": [3]}}}),
    ]);
    assert_eq!(resolved.refusals, []);
    let status = &resolved.status;
    let nova = &status["effectiveConfiguration"]["nova"];
    assert_eq!(
        nova["replicas"],
        json!({"osapi": 2, "conductor": 1}),
        "no default of a child destroys the parent's"
    );
    assert_eq!(nova["conf"], json!({"nova": {"DEFAULT": {"cpu": 1}}}));
    assert_eq!(
        (&nova["unset"], &nova["values"]),
        (&json!(["conf.nova.DEFAULT.debug"]), &json!({"list": [3]}))
    );
    assert_eq!(status["parents"], json!(["ns/p3", "ns/p2", "ns/p1", "ns/p0"]));
    assert_eq!(
        status["provenance"],
        json!({"nova.replicas.conductor": "ns/p0", "nova.conf.nova.DEFAULT.cpu": "ns/p0", "nova.replicas.osapi": "ns/p1",
            "nova.conf.nova.DEFAULT.debug": "ns/p2", "keystone.conf.rally_tests": "ns/p3", "nova.values.list": "ns/p4"})
    );
}

#[test]
fn scenario_12_profiles_that_are_each_others_parents_say_so_however_often_they_look() {
    let (a, b, c) = (name("ns", "a"), name("ns", "b"), name("ns", "c"));
    let spec = json!({});
    let (mut at_a, mut at_b) = (Resolved::default(), Resolved::default());
    let look = |at: &ProfileName, parent: &ProfileName, seen: &Resolved| {
        resolve(at, own(spec.clone()), vec![], Some(choose("x", &[Some(object(parent, seen))], "ns")))
    };
    for _ in 0..4 {
        at_a = look(&a, &b, &at_b);
        at_b = look(&b, &a, &at_a);
    }
    assert_eq!(refusal::message(&at_a.refusals), "profiles are each other's parents: ns/a → ns/b → ns/a");
    assert_eq!(at_b.refusals[0].reason(), "ProfileCycle");
    let at_c = look(&c, &a, &at_a);
    assert_eq!(
        refusal::message(&at_c.refusals),
        "profiles are each other's parents: ns/c → ns/a → ns/b → ns/a"
    );
    assert!(at_c.status.get("effectiveConfiguration").is_none());
    let myself = look(&a, &a, &Resolved::default());
    assert_eq!(refusal::message(&myself.refusals), "profiles are each other's parents: ns/a → ns/a");
    let mended = resolve(&b, own(spec.clone()), vec![], None);
    assert_eq!(look(&a, &b, &mended).refusals, [], "and go on when one of them stops");
}

#[test]
fn from_is_a_name_here_or_with_a_namespace() {
    let found = |from: &str| candidates(from, "here");
    assert_eq!(found("base"), [name("here", "base")]);
    assert_eq!(found("base.other"), [name("other", "base"), name("here", "base.other")]);
    assert_eq!(found("a.b.other"), [name("other", "a.b"), name("here", "a.b.other")]);
}

#[test]
fn a_profile_of_another_namespace_is_read_only_where_it_says_so() {
    let shared = |annotation: Value| json!({"metadata": {"name": "base", "namespace": "other", "annotations": {READABLE_FROM: annotation}}});
    for (annotation, may) in
        [("here", true), ("team-a, h*", true), ("*", true), ("hereabouts", false), ("", false)]
    {
        let found = choose("base.other", &[Some(shared(json!(annotation))), None], "here");
        assert_eq!(found.is_ok(), may, "{annotation:?}");
    }
    let mut labelled = shared(Value::Null);
    labelled["metadata"]["labels"] = json!({READABLE_FROM: "here"});
    assert!(choose("base.other", &[Some(labelled.clone())], "here").is_ok(), "a label can say one namespace");
    assert!(choose("base.other", &[Some(labelled)], "there").is_err());
    let private = json!({"metadata": {"name": "base", "namespace": "other"}});
    let (hidden, absent) =
        (choose("base.other", &[Some(private), None], "here"), choose("base.other", &[None, None], "here"));
    assert_eq!(hidden, absent, "whether it is there is not told");
    assert_eq!(
        absent.unwrap_err().to_string(),
        "profile base.other: there is none, or namespace here may not read it: annotate it with cluster.kupenstack.io/readable-from: here"
    );
}

#[test]
fn the_first_candidate_that_may_be_read_counts() {
    let mine = json!({"metadata": {"name": "base.other", "namespace": "here"}});
    let private = json!({"metadata": {"name": "base", "namespace": "other"}});
    let found = choose("base.other", &[Some(private), Some(mine)], "here").unwrap();
    assert_eq!(found.name, name("here", "base.other"));
}

#[test]
fn a_child_waits_for_a_parent_that_is_not_resolved_and_passes_its_reason_on() {
    let broken = resolve(&name("ns", "base"), own(json!({"keystoen": {}})), vec![], None);
    let seen = object(&name("ns", "base"), &broken);
    let child =
        resolve(&name("ns", "child"), own(json!({})), vec![], Some(choose("base", &[Some(seen)], "ns")));
    let why = refusal::message(&child.refusals);
    assert!(
        why.starts_with("profile ns/base is not resolved: spec.keystoen: there is no such component"),
        "{why}"
    );
    let new = json!({"metadata": {"name": "base", "namespace": "ns"}});
    let child =
        resolve(&name("ns", "child"), own(json!({})), vec![], Some(choose("base", &[Some(new)], "ns")));
    assert_eq!(
        refusal::message(&child.refusals),
        "profile ns/base is not resolved: it was not looked at yet"
    );
}

fn remote(origin: &str, spec: Value) -> RemoteParent {
    RemoteParent { origin: origin.to_owned(), profile: own(spec) }
}

#[test]
fn parents_at_addresses_lie_between_a_profile_and_its_first_parent_with_a_name() {
    let root = resolve(
        &name("ns", "root"),
        own(json!({"nova": {"values": {"a": 0, "b": 0, "c": 0, "d": 0}}})),
        vec![],
        None,
    );
    let found = choose("root", &[Some(object(&name("ns", "root"), &root))], "ns");
    let remotes = vec![
        remote("https://a/near.yaml", json!({"nova": {"values": {"b": 2, "c": 2}}})),
        remote(
            "https://a/far.yaml",
            json!({"glance": {"replicas": {"registry": 1}}, "nova": {"values": {"a": 1, "b": 1, "d": null}}}),
        ),
    ];
    let resolved =
        resolve(&name("ns", "me"), own(json!({"nova": {"values": {"c": 3}}})), remotes, Some(found));
    assert_eq!(resolved.refusals, []);
    let status = &resolved.status;
    assert_eq!(status["effectiveConfiguration"]["nova"]["values"], json!({"a": 1, "b": 2, "c": 3}));
    assert_eq!(status["parents"], json!(["https://a/near.yaml", "https://a/far.yaml", "ns/root"]));
    assert_eq!(
        status["provenance"],
        json!({"nova.values.a": "https://a/far.yaml", "nova.values.b": "https://a/near.yaml",
            "nova.values.c": "ns/me", "nova.values.d": "https://a/far.yaml"})
    );
    assert_eq!(status["ignored"], json!(["glance.replicas.registry"]), "what nobody else tells is told here");
}

#[test]
fn scenario_12_a_circle_through_an_address_is_told_with_the_address() {
    let (a, b) = (name("ns", "a"), name("ns", "b"));
    let to_b = resolve(
        &b,
        own(json!({})),
        vec![],
        Some(choose("a", &[Some(object(&a, &Resolved::default()))], "ns")),
    );
    let found = choose("b", &[Some(object(&b, &to_b))], "ns");
    let told = resolve(&a, own(json!({})), vec![remote("https://a/x.yaml", json!({}))], Some(found));
    assert_eq!(
        refusal::message(&told.refusals),
        "profiles are each other's parents: ns/a → https://a/x.yaml → ns/b → ns/a"
    );
}

#[test]
fn scenario_12_what_lies_at_an_address_is_refused_by_address_and_path() {
    let wrong =
        occp::read("https://a/x.yaml: spec", json!({"nova": {"enabled": "yes"}}).as_object().unwrap());
    let wrong = RemoteParent { origin: "https://a/x.yaml".to_owned(), profile: wrong };
    let told = resolve(&name("ns", "a"), own(json!({})), vec![wrong], None);
    assert_eq!(
        refusal::message(&told.refusals),
        "https://a/x.yaml: spec.nova.enabled: must be true or false, is text"
    );
    assert!(told.status.get("effectiveConfiguration").is_none());
}

#[test]
fn a_chain_may_have_thirty_two_parents_and_no_more_and_its_status_grows_no_further() {
    let specs = |count: usize| vec![json!({}); count + 1];
    assert_eq!(chain(&specs(32)).refusals, []);
    for length in [33, 40] {
        let told = chain(&specs(length));
        let first = format!("ns/p{}", length - 1);
        assert!(
            told.refusals.contains(&Refusal::TooDeep { name: first.clone(), most: 32 }),
            "{:?}",
            told.refusals
        );
        assert_eq!(told.status["parents"].as_array().unwrap().len(), 33);
    }
}

proptest! {
    #[test]
    fn a_chain_that_is_resolved_from_status_to_status_is_all_its_layers_at_once_wherever_they_lie(
        documents in proptest::collection::vec((document(), document()), 1..5)
    ) {
        let specs: Vec<_> =
            documents.into_iter().map(|(conf, values)| json!({"nova": {"conf": conf, "values": values}})).collect();
        let all = specs.iter().fold(Layer::default(), |below, spec| below.under(own(spec.clone()).layer));
        let named = chain(&specs);
        prop_assert!(named.refusals.is_empty(), "{:?}", named.refusals);
        prop_assert_eq!(&named.status["effectiveConfiguration"], &Value::Object(occp::document(&all)));

        let (last, before) = specs.split_last().unwrap();
        let remotes: Vec<_> = before.iter().rev().map(|spec| remote("https://a/x.yaml", spec.clone())).collect();
        let at_addresses = resolve(&name("ns", "me"), own(last.clone()), remotes, None);
        prop_assert_eq!(&at_addresses.status["effectiveConfiguration"], &named.status["effectiveConfiguration"]);
    }

    #[test]
    fn whatever_is_set_or_cleared_has_an_origin_that_set_or_cleared_it(
        documents in proptest::collection::vec(document(), 1..5)
    ) {
        let specs: Vec<_> = documents.into_iter().map(|conf| json!({"nova": {"conf": conf}})).collect();
        let told = chain(&specs);
        let all = specs.iter().fold(Layer::default(), |below, spec| below.under(own(spec.clone()).layer));
        let cleared = all.cleared.iter().filter(|path| all.at(path).is_none()).cloned();
        for path in all.leaves().into_iter().chain(cleared) {
            let origin = &told.status["provenance"][crate::profile::path::text(&path)];
            let number: usize = origin.as_str().unwrap().strip_prefix("ns/p").unwrap().parse().unwrap();
            let theirs = own(specs[number].clone()).layer;
            let says = theirs.at(&path).is_some() || theirs.cleared.contains(&path);
            // What a child replaced by another form is implied by what it set above or below.
            prop_assert!(says || all.at(&path).is_none() || all.at(&path).is_some_and(Value::is_object), "{path:?}: {origin}");
        }
    }
}
