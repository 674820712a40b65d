use super::*;
use crate::{
    components::{
        keystone::{Keystone, KeystoneReplicas},
        parameters::{ChartSource, ComponentPolicy},
    },
    kind::{
        Meta, Secrets,
        any::{AnyKey, Observed, Shapes},
        cloud::CloudInfo,
        marker::Marker,
        sealed::Sealed,
    },
    release::state::{JobPhase, JobSeen, JobState, RecordSeen, ReleaseStatus, WorkloadSeen},
};
use secrecy::ExposeSecret;
use serde_json::Map;

type Wanted = ComponentParameters<KeystoneReplicas>;

const RELEASE: &str = "/namespaces/openstack/releases/keystone";

fn marker() -> Marker {
    Marker { uid: "00000000-0000-4000-8000-000000000001".into(), owner: "0123456789abcdef0123".into() }
}

fn given() -> Secrets {
    let document = |fields: Value| SecretString::from(fields.to_string());
    [
        (
            "database_connection",
            json!({"endpoint": "db", "port": "3306", "username": "r", "password": "hunter2"}),
        ),
        (
            "messaging_connection",
            json!({"endpoint": "mq", "port": "5672", "username": "r", "password": "hunter2"}),
        ),
        ("cache_connection", json!({"endpoint": "mc", "port": "11211", "secretKey": "hunter2"})),
        ("passwords", json!({"identity-admin": "hunter2", "db-keystone": "p", "messaging-keystone": "q"})),
    ]
    .map(|(name, fields)| (name.to_owned(), document(fields)))
    .into()
}

/// Asks something as a Keystone `k` of the namespace `openstack` with this spec and these Secrets.
fn asked<T>(
    params: &Wanted,
    secrets: &Secrets,
    external_name: Option<&str>,
    ask: impl FnOnce(&Asked<'_, Keystone>) -> T,
) -> T {
    let (untyped, shapes, marker) = (Map::new(), Shapes::default(), marker());
    let meta = Meta { namespace: "openstack", name: "k", external_name, marker: &marker, creating: false };
    let any = AnyKey { secrets, ..AnyKey::new(&untyped, meta, &shapes) };
    ask(&Key { params, any: &any })
}

/// A deployed release that is as it is wanted.
fn deployed() -> ReleaseState {
    let release = RecordSeen {
        name: "keystone".into(),
        revision: 1,
        deployed: Some(1),
        status: ReleaseStatus::Deployed,
        marker: Some(marker().text()),
        ..RecordSeen::default()
    };
    ReleaseState { release: Some(release), current: true, ..ReleaseState::default() }
}

fn with_seen<T>(state: ReleaseState, ask: impl FnOnce(&Seen<'_, Component<Keystone>>) -> T) -> T {
    let observed = Observed { marker: Some(marker()), ..Observed::default() };
    ask(&Seen::<Component<Keystone>> { params: Wanted::default(), state, any: &observed })
}

fn step(goal: Goal, params: &Wanted, secrets: &Secrets, state: Option<ReleaseState>) -> Step {
    asked(params, secrets, None, |key| match state {
        None => Component::<Keystone>::step(goal, key, None, &Diff::default()),
        Some(state) => {
            with_seen(state, |seen| Component::<Keystone>::step(goal, key, Some(seen), &Diff::default()))
        }
    })
    .unwrap()
}

/// `METHOD path body`, with a word for values and flows.
fn line(step: &Step) -> String {
    let request = |request: &Request| {
        let body = request.body.as_ref().filter(|body| body.get("chart").is_none());
        let body = body.map_or_else(String::new, |body| format!(" {body}"));
        let values = if request.secrets.contains_key("/values") { " with values" } else { "" };
        format!("{} {}{body}{values}", request.method, request.path.replace(RELEASE, "~"))
    };
    match step {
        Step::Send(sent) => request(sent),
        Step::Flow(flow) => format!("flow {}", request(&flow.request)),
        Step::Wait(why) => format!("wait: {why}"),
        Step::Refuse(why) => format!("refuse: {why}"),
        Step::Done => "done".to_owned(),
        Step::Leave => "leave".to_owned(),
    }
}

fn job(name: &str, state: JobState) -> JobSeen {
    JobSeen { name: name.into(), phase: JobPhase::After, state, ..JobSeen::default() }
}

#[test]
fn each_step_of_a_release_is_one_request() {
    let pending = || {
        let mut state = deployed();
        state.release.as_mut().unwrap().status = ReleaseStatus::PendingInstall;
        state
    };
    let other = || ReleaseState { current: false, ..deployed() };
    let present = || {
        let mut state = deployed();
        state.objects.present = 1;
        state
    };
    let missing = || {
        let mut state = pending();
        state.objects.missing = vec!["Service/keystone-api".into()];
        state
    };
    let jobs = |state| ReleaseState { jobs: vec![job("keystone-db-sync", state)], ..pending() };
    for (goal, state, wanted) in [
        (Goal::Exist, ReleaseState::default(), "POST ~ with values"),
        (Goal::Match, other(), "PUT ~ with values"),
        (
            Goal::Match,
            ReleaseState { migration: vec![job("keystone-db-sync", JobState::Due)], ..other() },
            "POST ~/migration with values",
        ),
        (
            Goal::Exist,
            ReleaseState { prepare: vec!["Secret/keystone-fernet-keys".into()], ..pending() },
            "POST ~/prepare/Secret/keystone-fernet-keys",
        ),
        (
            Goal::Exist,
            ReleaseState { clear: vec!["keystone-a".into()], ..pending() },
            "DELETE ~/jobs/keystone-a",
        ),
        (Goal::Exist, missing(), "flow POST ~/objects"),
        (Goal::Exist, jobs(JobState::Due), "POST ~/jobs/keystone-db-sync"),
        (Goal::Exist, jobs(JobState::Outdated), "DELETE ~/jobs/keystone-db-sync"),
        (Goal::Exist, jobs(JobState::Running), "wait: Job keystone-db-sync: it runs"),
        (Goal::Exist, pending(), r#"PATCH ~ {"max_history":5,"status":"deployed"}"#),
        (Goal::Match, deployed(), "done"),
        (Goal::Vanish, present(), "flow DELETE ~/objects"),
        (Goal::Vanish, deployed(), r#"DELETE ~ {"data":"Retain"}"#),
        (Goal::Vanish, ReleaseState::default(), "done"),
    ] {
        assert_eq!(line(&step(goal, &Wanted::default(), &given(), Some(state))), wanted);
    }
    assert_eq!(line(&step(Goal::Exist, &Wanted::default(), &given(), None)), "POST ~ with values");
}

#[test]
fn what_is_looked_at_is_what_is_recorded_and_no_value_is_in_the_body() {
    let chart = ChartSource { bundled: Some(true), version: Some("1.0.0".into()), ..ChartSource::default() };
    let params = Wanted { chart: Some(chart), ..Wanted::default() };
    let read = asked(&params, &given(), None, Component::<Keystone>::reads).remove(0);
    let Read::Compare { path, with } = read else { panic!("{read:?}") };
    assert_eq!(path, RELEASE);
    let Step::Send(request) = step(Goal::Exist, &params, &given(), None) else { panic!() };
    assert_eq!(request.body.as_ref(), Some(&with.body));
    assert_eq!(request.secrets["/values"].expose_secret(), with.sealed.expose_secret());
    assert!(with.sealed.expose_secret().contains("hunter2") && !with.body.to_string().contains("hunter2"));
    assert!(!format!("{request:?}").contains("hunter2"));
    assert_eq!(with.body["marker"], marker().text());
    assert_eq!(with.body["chart"]["name"], "keystone");
    assert_eq!(with.body["facts"]["migrations"], json!(["keystone-db-sync"]));
}

#[test]
fn a_release_is_named_as_people_name_it_or_after_its_chart() {
    let path = |external_name| asked(&Wanted::default(), &given(), external_name, path::<Keystone>);
    assert_eq!(path(None), RELEASE);
    assert_eq!(path(Some("theirs")), "/namespaces/openstack/releases/theirs");
}

#[test]
fn without_values_nothing_is_created_and_what_runs_is_still_looked_at() {
    let mut given = given();
    given.insert("passwords".into(), SecretString::from(r#"{"identity-admin": "hunter2"}"#));
    let why = "the Secret that passwords names has no key db-keystone";
    assert_eq!(line(&step(Goal::Exist, &Wanted::default(), &given, None)), format!("refuse: {why}"));
    let read = asked(&Wanted::default(), &given, None, Component::<Keystone>::reads).remove(0);
    let Read::Compare { with, .. } = read else { panic!("{read:?}") };
    assert_eq!((&with.body["problem"], with.sealed.expose_secret()), (&json!(why), "{}"));
}

#[test]
fn the_marker_of_a_record_says_whose_the_release_is() {
    let body = json!({"release": {"name": "keystone", "marker": marker().text()}});
    let answer = |body: &Value| Answer::Compared { body: body.clone(), sealed: Sealed::default() };
    let parse = |answer| {
        asked(&Wanted::default(), &given(), None, |key| Component::<Keystone>::parse(key, &[answer])).unwrap()
    };
    let Found::One { external_name, body: found } = parse(answer(&body)) else { panic!() };
    assert_eq!(
        (external_name.as_str(), &found["metadata"][METADATA_KEY]),
        ("keystone", &json!(marker().text()))
    );
    let Found::One { body: found, .. } = parse(answer(&json!({"release": {"name": "keystone"}}))) else {
        panic!()
    };
    assert!(found.get("metadata").is_none(), "nobody's");
    assert!(matches!(parse(Answer::Gone), Found::Absent));
    assert!(
        matches!(parse(Answer::Body(json!({"id": "keystone"}))), Found::Named(name) if name == "keystone")
    );
}

#[test]
fn a_release_of_another_or_of_nobody_is_not_taken_by_chance() {
    let recognises = |marker: Option<Marker>| {
        let observed = Observed { marker, ..Observed::default() };
        let seen =
            Seen::<Component<Keystone>> { params: Wanted::default(), state: deployed(), any: &observed };
        asked(&Wanted::default(), &given(), None, |key| Component::<Keystone>::recognises(key, &seen))
    };
    assert!(recognises(Some(marker())));
    assert!(!recognises(None));
    assert!(!recognises(Some(Marker { uid: "00000000-0000-4000-8000-000000000002".into(), ..marker() })));
}

#[test]
fn drift_is_corrected_told_or_left_alone_as_the_policy_says() {
    let mut state = deployed();
    state.objects.differ = vec!["Deployment/keystone-api".into()];
    for (drift, wanted, told) in [
        (None, "flow POST ~/objects", true),
        (Some(DriftPolicy::Warn), "done", true),
        (Some(DriftPolicy::Off), "done", false),
    ] {
        let policy = ComponentPolicy { drift, ..Default::default() };
        let params = Wanted { policy: Some(policy), ..Wanted::default() };
        assert_eq!(line(&step(Goal::Match, &params, &given(), Some(state.clone()))), wanted, "{drift:?}");
        let named = asked(&params, &given(), None, |key| {
            with_seen(state.clone(), |seen| Component::<Keystone>::drift(key, seen))
        });
        assert_eq!(named.iter().any(|name| name.contains("keystone-api")), told, "{drift:?}: {named:?}");
    }
}

#[test]
fn a_release_is_ready_when_its_workloads_are() {
    let ready = |ready| {
        let workloads = vec![WorkloadSeen { desired: 2, ready, updated: 2, ..WorkloadSeen::default() }];
        with_seen(ReleaseState { workloads, ..deployed() }, |seen| {
            Component::<Keystone>::ready(&Wanted::default(), seen)
        })
    };
    assert!(matches!(ready(2), Ready::Yes));
    assert!(!matches!(ready(1), Ready::Yes));
}

#[test]
fn connection_details_are_what_the_release_tells_and_what_follows_from_it() {
    let told = [("endpoint", "http://keystone:5000/v3"), ("username", "admin"), ("password", "hunter2")]
        .map(|(name, value)| (name.to_owned(), SecretString::from(value)));
    let observed = Observed { sealed: Sealed(told.into()), ..Observed::default() };
    let seen = Seen::<Component<Keystone>> { params: Wanted::default(), state: deployed(), any: &observed };
    let all = asked(&Wanted::default(), &given(), None, |key| {
        Component::<Keystone>::connection(key, &seen, &CloudInfo::UNKNOWN)
    });
    assert_eq!(all["password"].expose_secret(), "hunter2");
    let clouds: Value = serde_json::from_str(all["clouds.yaml"].expose_secret()).unwrap();
    assert_eq!(clouds["clouds"]["openstack"]["auth"]["auth_url"], "http://keystone:5000/v3");
}
