use super::*;
use crate::release::state::{EndpointSeen, JobPhase, ObjectsSeen, RecordSeen, WorkloadSeen};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn workload(desired: i64, ready: i64, updated: i64) -> WorkloadSeen {
    WorkloadSeen { kind: "Deployment".to_owned(), name: "keystone-api".to_owned(), desired, ready, updated }
}

fn endpoint(answers: bool) -> EndpointSeen {
    EndpointSeen { interface: "internal".to_owned(), url: "http://keystone-api:5000/v3".to_owned(), answers }
}

fn job(state: JobState) -> JobSeen {
    JobSeen { name: "keystone-db-sync".to_owned(), state, ..JobSeen::default() }
}

/// A component that is well.
fn well() -> ReleaseState {
    let record = RecordSeen {
        name: "keystone".to_owned(),
        status: ReleaseStatus::Deployed,
        deployed: Some(1),
        ..RecordSeen::default()
    };
    ReleaseState {
        release: Some(record),
        current: true,
        workloads: vec![workload(2, 2, 2)],
        endpoints: vec![endpoint(true)],
        jobs: vec![job(JobState::Done)],
        ..ReleaseState::default()
    }
}

/// The same during an upgrade.
fn upgrading() -> ReleaseState {
    let mut state = well();
    state.release.as_mut().unwrap().status = ReleaseStatus::PendingUpgrade;
    state
}

fn not(text: &str) -> Ready {
    Ready::Not(text.to_owned())
}

#[test]
fn a_component_is_ready_once_it_is_deployed_has_run_its_jobs_and_answers() {
    assert_eq!(ready(&well()), Ready::Yes);
    assert!(is_at_rest(&well()));
    assert_eq!(ready(&ReleaseState::default()), not("it is not installed"));
    let unready = ReleaseState { workloads: vec![workload(2, 1, 2)], ..well() };
    assert_eq!(ready(&unready), not("Deployment keystone-api: 1 of 2 pods are ready"));
    let behind = ReleaseState { workloads: vec![workload(2, 2, 0)], ..well() };
    assert_eq!(ready(&behind), not("Deployment keystone-api: 0 of 2 pods are of the newest template"));
    let silent = ReleaseState { endpoints: vec![endpoint(false)], ..well() };
    assert_eq!(ready(&silent), not("http://keystone-api:5000/v3 does not answer"));
    let fails = ReleaseState { jobs: vec![job(JobState::Failing)], ..well() };
    assert_eq!(ready(&fails), not("Job keystone-db-sync fails"));
    let because = ReleaseState { cause: Some("keystone-api waits".to_owned()), ..fails };
    assert_eq!(ready(&because), not("keystone-api waits"));
    let nodeless = ReleaseState { jobs: vec![job(JobState::AwaitsNodes)], ..well() };
    assert_eq!(ready(&nodeless), Ready::Yes);
}

#[test]
fn an_upgrades_jobs_do_not_take_the_readiness_of_what_serves() {
    let state = ReleaseState { jobs: vec![job(JobState::Running)], ..upgrading() };
    assert_eq!((ready(&state), is_at_rest(&state)), (Ready::Yes, false));
    let mut first = state;
    first.release.as_mut().unwrap().deployed = None;
    assert_eq!(
        ready(&first),
        not("release keystone is pending-upgrade"),
        "of which nothing was ever deployed"
    );
}

fn types(state: &ReleaseState) -> Vec<(String, String, String)> {
    conditions(state).into_iter().map(|c| (c.r#type, c.status, c.message.unwrap_or_default())).collect()
}

fn condition_of(state: &ReleaseState, name: &str) -> (String, String) {
    let found = types(state).into_iter().find(|(kind, _, _)| kind == name).unwrap();
    (found.1, found.2)
}

fn said(status: &str, message: &str) -> (String, String) {
    (status.to_owned(), message.to_owned())
}

#[test]
fn four_conditions_say_what_is_wrong_and_nothing_where_all_is_well() {
    let all = types(&well());
    let kinds: Vec<_> = all.iter().map(|(kind, _, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["Rendered", "JobsSucceeded", "WorkloadsReady", "APIReachable"]);
    assert!(all.iter().all(|(_, status, message)| status == "True" && message.is_empty()), "{all:?}");
    let ill = ReleaseState {
        rendering: Some("no".to_owned()),
        workloads: vec![workload(2, 1, 2)],
        endpoints: vec![endpoint(false)],
        migration: vec![job(JobState::Failing)],
        ..well()
    };
    assert!(
        types(&ill).iter().all(|(_, status, message)| status == "False" && !message.is_empty()),
        "{ill:?}"
    );
}

#[test]
fn jobs_that_run_are_neither_a_success_nor_a_failure() {
    let running = ReleaseState { jobs: vec![job(JobState::Running)], ..well() };
    assert_eq!(condition_of(&running, "JobsSucceeded"), said("Unknown", "Job keystone-db-sync runs"));
    let failing = JobSeen { message: Some("OOMKilled".to_owned()), ..job(JobState::Failing) };
    let failing = ReleaseState { jobs: vec![job(JobState::Running), failing], ..well() };
    assert_eq!(
        condition_of(&failing, "JobsSucceeded"),
        said("False", "Job keystone-db-sync fails: OOMKilled")
    );
}

#[test]
fn before_there_is_a_release_only_its_rendering_is_told_and_without_a_probe_no_endpoint() {
    assert_eq!(types(&ReleaseState::default()).len(), 1);
    assert_eq!(types(&ReleaseState { endpoints: vec![], ..well() }).len(), 3);
}

#[test]
fn what_differs_is_named() {
    assert_eq!(drift(&well()), Vec::<String>::new());
    let objects = ObjectsSeen {
        differ: names(&["Deployment/api"]),
        missing: names(&["Service/s"]),
        ..ObjectsSeen::default()
    };
    let plain = JobSeen { phase: JobPhase::Plain, ..job(JobState::Due) };
    let changed = ReleaseState { objects, jobs: vec![plain], ..well() };
    assert_eq!(drift(&changed), ["Service/s", "Deployment/api", "Job/keystone-db-sync"]);
    assert_eq!(values_differ(&changed), None);
    assert_eq!(
        drift(&ReleaseState { current: false, ..changed }),
        ["values"],
        "a new revision applies all of it"
    );
    let failing = ReleaseState { current: false, rendering: Some("no".to_owned()), ..well() };
    assert_eq!(drift(&failing), ["values (which don't render)"]);
    assert_eq!(drift(&ReleaseState { objects: ObjectsSeen::default(), ..upgrading() }), Vec::<String>::new());
}
