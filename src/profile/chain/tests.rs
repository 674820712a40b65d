use super::*;

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
        resolved = resolve(&at, own(spec.clone()), found);
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
        resolve(at, own(spec.clone()), Some(choose("x", &[Some(object(parent, seen))], "ns")))
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
    let mended = resolve(&b, own(spec.clone()), None);
    assert_eq!(look(&a, &b, &mended).refusals, [], "and go on when one of them stops");
}

#[test]
fn from_is_a_name_here_or_with_a_namespace_and_never_a_url() {
    let found = |from: &str| candidates(from, "here").unwrap();
    assert_eq!(found("base"), [name("here", "base")]);
    assert_eq!(found("base.other"), [name("other", "base"), name("here", "base.other")]);
    assert_eq!(found("a.b.other"), [name("other", "a.b"), name("here", "a.b.other")]);
    for url in ["https://profiles.example.org/base.yaml", "/base.yaml"] {
        assert_eq!(candidates(url, "here").unwrap_err().reason(), "UnsupportedParent");
    }
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
    let broken = resolve(&name("ns", "base"), own(json!({"keystoen": {}})), None);
    let seen = object(&name("ns", "base"), &broken);
    let child = resolve(&name("ns", "child"), own(json!({})), Some(choose("base", &[Some(seen)], "ns")));
    let why = refusal::message(&child.refusals);
    assert!(
        why.starts_with("profile ns/base is not resolved: spec.keystoen: there is no such component"),
        "{why}"
    );
    let new = json!({"metadata": {"name": "base", "namespace": "ns"}});
    let child = resolve(&name("ns", "child"), own(json!({})), Some(choose("base", &[Some(new)], "ns")));
    assert_eq!(
        refusal::message(&child.refusals),
        "profile ns/base is not resolved: it was not looked at yet"
    );
}
