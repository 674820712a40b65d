use super::*;
use crate::release::{depends::Dependency, manifest::Manifest};

const MANIFEST: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: sync, annotations: {helm.sh/hook: post-install}}
spec: {template: {spec: {containers: [{name: sync, image: "keystone:1"}], volumes: [
  {name: etc, secret: {secretName: etc}}, {name: bin, configMap: {name: bin}}, {name: foreign, secret: {secretName: other}}]}}}
---
apiVersion: v1
kind: Secret
metadata: {name: etc, labels: {a: b}}
data: {conf: YQ==}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: bin}
data: {script: echo}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: unused}
data: {a: b}
"#;

fn digest(text: &str) -> String {
    let manifest = Manifest::read(text).unwrap();
    inputs(&manifest.hook_job("sync").unwrap().object, &manifest)
}

#[test]
fn a_jobs_inputs_are_its_specification_and_what_it_mounts_and_nothing_else() {
    let first = digest(MANIFEST);
    assert_eq!(first.len(), 40);
    for other in [("keystone:1", "keystone:2"), ("YQ==", "Yg=="), ("script: echo", "script: exit")] {
        assert_ne!(digest(&MANIFEST.replace(other.0, other.1)), first, "{other:?}");
    }
    for same in [
        ("data: {a: b}", "data: {a: c}"),
        ("labels: {a: b}", "labels: {a: c}"),
        ("post-install", "post-upgrade"),
    ] {
        assert_eq!(digest(&MANIFEST.replace(same.0, same.1)), first, "{same:?}");
    }
}

#[test]
fn the_job_that_is_made_keeps_helms_annotations_and_carries_the_digest() {
    let manifest = Manifest::read(MANIFEST).unwrap();
    let made = stamped(&manifest.hook_job("sync").unwrap().object, "d1");
    let want = json!({"helm.sh/hook": "post-install", INPUTS: "d1"});
    assert_eq!(made["metadata"]["annotations"], want);
    assert!(made.pointer("/metadata/labels").is_none(), "Helm puts no marks on hooks");
}

fn end(code: i64) -> Termination {
    Termination { code, reason: "Error".to_owned(), message: String::new() }
}

/// A container that crashed so often, the last two times with these codes.
fn crashing(restarts: i64, before: i64, last: i64) -> Container {
    let waiting = Some(("CrashLoopBackOff".to_owned(), "back-off".to_owned()));
    let container = Container { name: "sync".to_owned(), restarts, ..Container::default() };
    if before == last {
        Container { waiting, ended_before: Some(end(last)), ..container }
    } else {
        Container { ended: Some(end(last)), ended_before: Some(end(before)), ..container }
    }
}

fn waiting(reason: &str) -> Container {
    Container { waiting: Some((reason.to_owned(), "no such image".to_owned())), ..Container::default() }
}

fn pod(container: Container) -> Pod {
    Pod {
        owner: Some(("Job".to_owned(), "sync".to_owned())),
        phase: "Pending".to_owned(),
        containers: vec![container],
        ..Pod::default()
    }
}

fn view(job: Job, pods: Vec<Pod>) -> View {
    let job = Job { name: "sync".to_owned(), inputs: job.inputs.clone().or(Some("d1".to_owned())), ..job };
    View { jobs: vec![job], pods, ..View::default() }
}

fn wanted() -> Wanted<'static> {
    Wanted { name: "sync", inputs: "d1", settled: false, goes: false, awaits_nodes: false }
}

fn state(pods: Vec<Pod>) -> (JobState, Option<String>) {
    judge(&wanted(), &view(Job::default(), pods))
}

#[test]
fn a_job_that_is_not_there_is_due_unless_it_ran_and_went() {
    let none = View::default();
    assert_eq!(judge(&wanted(), &none).0, JobState::Due);
    assert_eq!(judge(&Wanted { settled: true, ..wanted() }, &none).0, JobState::Due);
    assert_eq!(judge(&Wanted { goes: true, ..wanted() }, &none).0, JobState::Due);
    assert_eq!(judge(&Wanted { settled: true, goes: true, ..wanted() }, &none).0, JobState::Done);
}

#[test]
fn a_job_of_other_inputs_is_outdated_even_if_it_is_done() {
    let done = |inputs: &str| {
        view(Job { complete: true, inputs: Some(inputs.to_owned()), ..Job::default() }, vec![])
    };
    assert_eq!(judge(&wanted(), &done("d0")).0, JobState::Outdated);
    assert_eq!(judge(&wanted(), &done("d1")).0, JobState::Done);
}

#[test]
fn a_job_that_helm_made_is_taken_as_it_is_only_in_a_release_that_is_deployed() {
    let mut view = view(Job { complete: true, ..Job::default() }, vec![]);
    view.jobs[0].inputs = None;
    assert_eq!(judge(&Wanted { settled: true, ..wanted() }, &view).0, JobState::Done);
    assert_eq!(judge(&wanted(), &view).0, JobState::Outdated);
}

#[test]
fn a_job_under_deletion_is_waited_for() {
    assert_eq!(
        judge(&wanted(), &view(Job { deleting: true, complete: true, ..Job::default() }, vec![])).0,
        JobState::Waiting
    );
}

#[test]
fn three_ends_with_one_exit_code_are_a_failure_and_fewer_or_different_ones_are_not() {
    assert_eq!(state(vec![pod(crashing(1, 1, 1))]).0, JobState::Waiting);
    let (failing, why) = state(vec![pod(crashing(2, 1, 1))]);
    assert_eq!((failing, why.as_deref()), (JobState::Failing, Some("ended with exit code 1")));
    assert_eq!(
        state(vec![pod(crashing(7, 1, 2))]).0,
        JobState::Running,
        "it fails in other ways: that may pass"
    );
    let again = Container { running: true, ended_before: Some(end(1)), restarts: 3, ..Container::default() };
    assert_eq!(state(vec![pod(again)]).0, JobState::Failing);
}

#[test]
fn three_failed_pods_are_a_failure_where_each_try_has_its_own() {
    let failed = |code| Pod {
        phase: "Failed".to_owned(),
        ..pod(Container { ended: Some(end(code)), ..Container::default() })
    };
    assert_ne!(state(vec![failed(1), failed(1), failed(2)]).0, JobState::Failing);
    assert_eq!(state(vec![failed(1), failed(1), failed(2), failed(1)]).0, JobState::Failing);
}

#[test]
fn a_container_that_can_t_be_made_fails_at_once() {
    for reason in ["ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "InvalidImageName"] {
        let why = Some(format!("{reason}: no such image"));
        assert_eq!(state(vec![pod(waiting(reason))]), (JobState::Failing, why));
    }
    assert_eq!(state(vec![pod(waiting("ContainerCreating"))]).0, JobState::Waiting);
}

#[test]
fn a_job_whose_init_container_waits_is_waiting_and_one_whose_container_runs_is_running() {
    let waits = Container {
        running: true,
        waits_for: vec![Dependency::Service("mariadb".to_owned())],
        ..Container::default()
    };
    let init = Pod { init: vec![waits], ..pod(waiting("PodInitializing")) };
    assert_eq!(state(vec![init]).0, JobState::Waiting);
    assert_eq!(state(vec![pod(Container { running: true, ..Container::default() })]).0, JobState::Running);
    assert_eq!(state(vec![]).0, JobState::Waiting);
}

#[test]
fn what_kubernetes_gave_up_fails_with_its_words() {
    let view = view(Job { failed: Some("deadline exceeded".to_owned()), ..Job::default() }, vec![]);
    assert_eq!(judge(&wanted(), &view), (JobState::Failing, Some("deadline exceeded".to_owned())));
}

#[test]
fn waiting_for_the_first_compute_node_is_no_failure_where_the_chart_says_so() {
    let awaits = Wanted { awaits_nodes: true, ..wanted() };
    let mut view = view(Job::default(), vec![pod(crashing(5, 1, 1))]);
    assert_eq!(judge(&awaits, &view).0, JobState::AwaitsNodes);
    assert_eq!(judge(&wanted(), &view).0, JobState::Failing);
    view.compute_nodes = true;
    assert_eq!(judge(&awaits, &view).0, JobState::Failing, "now there is one");
}
