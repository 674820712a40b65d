use super::*;
use crate::kind::{
    Meta,
    any::{AnyKey, Observed, Shapes},
    marker::Marker,
    sealed::Sealed,
};

fn asked<T>(external_name: Option<&str>, ask: impl FnOnce(&Asked<'_>) -> T) -> T {
    let marker =
        Marker { uid: "00000000-0000-4000-8000-000000000001".into(), owner: "0123456789abcdef0123".into() };
    let (untyped, shapes) = (Map::new(), Shapes::default());
    let params = RemoteProfileParameters {
        url: Some("https://profiles.example.org/base.yaml".to_owned()),
        sha256: Some("0".repeat(64)),
    };
    let meta = Meta { namespace: "openstack", name: "base", external_name, marker: &marker, creating: false };
    ask(&Key { params: &params, any: &AnyKey::new(&untyped, meta, &shapes) })
}

fn seen<T>(ask: impl FnOnce(&Asked<'_>, &Seen<'_, RemoteProfile>) -> T) -> T {
    let (observed, state) = (Observed::default(), RemoteProfileObservation::default());
    asked(None, |key| ask(key, &Seen::<RemoteProfile> { params: key.params.clone(), state, any: &observed }))
}

#[test]
fn a_look_says_what_the_bytes_must_be_and_of_which_kind() {
    let reads = asked(Some("parent-1"), RemoteProfile::reads);
    let [Read::Compare { path, with }] = reads.as_slice() else { panic!("{reads:?}") };
    assert_eq!(path, "/namespaces/openstack/documents/parent-1");
    let wanted = json!({"url": "https://profiles.example.org/base.yaml", "sha256": "0".repeat(64),
        "api_version": "cluster.kupenstack.io/v1alpha1", "kind": "OpenStackCloudConfigurationProfile"});
    assert_eq!(with.body, wanted);
}

#[test]
fn it_is_read_at_first_forgotten_in_the_end_and_nothing_is_sent_between() {
    let line = |step: Step| match step {
        Step::Send(request) => format!("{} {}", request.method, request.path),
        Step::Done => "done".to_owned(),
        other => panic!("{other:?}"),
    };
    let absent =
        |goal| line(asked(None, |key| RemoteProfile::step(goal, key, None, &Diff::default())).unwrap());
    let there =
        |goal| line(seen(|key, seen| RemoteProfile::step(goal, key, Some(seen), &Diff::default())).unwrap());
    assert_eq!(absent(Goal::Exist), "POST /namespaces/openstack/documents/base");
    assert_eq!(
        (absent(Goal::Vanish), there(Goal::Exist), there(Goal::Match)),
        ("done".into(), "done".into(), "done".into())
    );
    assert_eq!(there(Goal::Vanish), "DELETE /namespaces/openstack/documents/base");
}

#[test]
fn what_was_read_is_told_whole() {
    let body = json!({"id": "base", "digest": "00", "spec": {"nova": {}}, "nulls": ["/nova/conf"]});
    let parse = |answer| asked(None, |key| RemoteProfile::parse(key, &[answer])).unwrap();
    let told = parse(Answer::Compared { body: body.clone(), sealed: Sealed::default() });
    assert_eq!(told, Found::One { external_name: "base".to_owned(), body });
    assert_eq!(parse(Answer::Body(json!({"id": "base"}))), Found::Named("base".to_owned()));
    assert_eq!(parse(Answer::Gone), Found::Absent);
}
