//! A test a row of the table of steps.

use super::*;
use crate::release::state::{ObjectsSeen, RecordSeen};
use proptest::prelude::*;

/// A release that we made, in this status, and that is wanted as it is.
fn release(status: ReleaseStatus) -> ReleaseState {
    let deployed = (status == ReleaseStatus::Deployed).then_some(1);
    let record = RecordSeen {
        name: "keystone".to_owned(),
        revision: 1,
        status,
        deployed,
        marker: Some("u:o".to_owned()),
        ..RecordSeen::default()
    };
    ReleaseState { release: Some(record), current: true, ..ReleaseState::default() }
}

fn pending() -> ReleaseState {
    release(ReleaseStatus::PendingInstall)
}

fn deployed() -> ReleaseState {
    release(ReleaseStatus::Deployed)
}

fn job(name: &str, weight: i64, state: JobState) -> JobSeen {
    JobSeen { name: name.to_owned(), weight, state, ..JobSeen::default() }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn to(goal: Goal, state: &ReleaseState) -> Next {
    next(goal, state, &Policy::default())
}

#[test]
fn without_a_record_one_is_made() {
    assert_eq!(to(Goal::Exist, &ReleaseState::default()), Next::Record);
    let failing = ReleaseState { rendering: Some("no".to_owned()), ..ReleaseState::default() };
    assert_eq!(to(Goal::Exist, &failing), Next::Refuse("no".to_owned()));
}

#[test]
fn a_pending_record_that_is_no_longer_wanted_is_followed_by_another() {
    let mut state = ReleaseState { current: false, prepare: names(&["Secret/s"]), ..pending() };
    assert_eq!(to(Goal::Exist, &state), Next::Record);
    state.migration = vec![job("db-sync-pre-1", 0, JobState::Due)];
    assert_eq!(to(Goal::Exist, &state), Next::Migrate);
}

#[test]
fn what_a_pending_revision_lacks_is_made_in_order() {
    let objects = ObjectsSeen { differ: names(&["Deployment/api"]), ..ObjectsSeen::default() };
    let before = JobSeen { phase: JobPhase::Before, ..job("first", 0, JobState::Due) };
    let mut state = ReleaseState {
        prepare: names(&["Secret/keystone-fernet-keys"]),
        clear: names(&["nova-bootstrap"]),
        objects,
        jobs: vec![before, job("sync", -4, JobState::Due), job("init", -5, JobState::Outdated)],
        ..pending()
    };
    assert_eq!(to(Goal::Exist, &state), Next::Prepare("Secret/keystone-fernet-keys".to_owned()));
    state.prepare.clear();
    assert_eq!(to(Goal::Exist, &state), Next::Job("first".to_owned()));
    state.jobs[0].state = JobState::Done;
    assert_eq!(to(Goal::Exist, &state), Next::Clear("nova-bootstrap".to_owned()));
    state.clear.clear();
    assert_eq!(to(Goal::Exist, &state), Next::Apply);
    state.objects.differ.clear();
    assert_eq!(to(Goal::Exist, &state), Next::Clear("init".to_owned()));
    state.jobs[2].state = JobState::Due;
    assert_eq!(to(Goal::Exist, &state), Next::Job("init".to_owned()), "the lowest weight first");
    state.jobs[2].state = JobState::Running;
    assert_eq!(
        to(Goal::Exist, &state),
        Next::Wait("Job init: it runs".to_owned()),
        "weights one after the other"
    );
    state.jobs[2].state = JobState::Done;
    assert_eq!(to(Goal::Exist, &state), Next::Job("sync".to_owned()));
    state.jobs[1].state = JobState::Done;
    assert_eq!(to(Goal::Exist, &state), Next::Settle);
}

#[test]
fn objects_that_are_missing_and_objects_that_are_too_many_are_applied_and_pruned() {
    for objects in [
        ObjectsSeen { missing: names(&["a"]), ..ObjectsSeen::default() },
        ObjectsSeen { surplus: names(&["a"]), ..ObjectsSeen::default() },
    ] {
        assert_eq!(to(Goal::Exist, &ReleaseState { objects, ..pending() }), Next::Apply);
    }
}

#[test]
fn jobs_of_one_weight_run_together() {
    let mut state = ReleaseState {
        jobs: vec![job("a", -5, JobState::Running), job("b", -5, JobState::Due)],
        ..pending()
    };
    assert_eq!(to(Goal::Exist, &state), Next::Job("b".to_owned()));
    state.jobs[1] =
        JobSeen { message: Some("ended with exit code 1".to_owned()), ..job("b", -5, JobState::Failing) };
    assert_eq!(
        to(Goal::Exist, &state),
        Next::Wait("Job b: ended with exit code 1".to_owned()),
        "the worse one is told"
    );
    state.cause = Some("keystone-api waits for Job b".to_owned());
    assert_eq!(to(Goal::Exist, &state), Next::Wait("keystone-api waits for Job b".to_owned()));
}

#[test]
fn plain_jobs_hold_no_release_up() {
    let plain = |state| JobSeen { phase: JobPhase::Plain, ..job("nova-cell-setup", 0, state) };
    for state in [JobState::AwaitsNodes, JobState::Running, JobState::Failing] {
        assert_eq!(to(Goal::Exist, &ReleaseState { jobs: vec![plain(state)], ..pending() }), Next::Settle);
    }
}

#[test]
fn a_deployed_release_exists_whatever_is_wanted_of_it() {
    let state = ReleaseState { current: false, prepare: names(&["Secret/s"]), ..deployed() };
    assert_eq!(to(Goal::Exist, &state), Next::Done);
}

#[test]
fn migrations_run_before_the_record_that_needs_them() {
    let mut state = ReleaseState {
        current: false,
        migration: vec![job("a-pre-1", 0, JobState::Due), job("b-pre-1", 0, JobState::Running)],
        ..deployed()
    };
    assert_eq!(to(Goal::Match, &state), Next::Migrate);
    state.migration[0].state = JobState::Failing;
    assert_eq!(to(Goal::Match, &state), Next::Wait("Job a-pre-1: it runs".to_owned()));
    state.migration.iter_mut().for_each(|job| job.state = JobState::Done);
    assert_eq!(to(Goal::Match, &state), Next::Record);
    state.migration.clear();
    assert_eq!(to(Goal::Match, &state), Next::Record);
}

#[test]
fn what_does_not_render_is_refused_in_helms_words_before_anything_is_done() {
    let state = ReleaseState {
        current: false,
        rendering: Some("nil pointer evaluating".to_owned()),
        migration: vec![job("a-pre-1", 0, JobState::Due)],
        ..deployed()
    };
    assert_eq!(to(Goal::Match, &state), Next::Refuse("nil pointer evaluating".to_owned()));
}

#[test]
fn drift_is_corrected_only_where_the_policy_says_so() {
    let objects = ObjectsSeen { differ: names(&["Deployment/api"]), ..ObjectsSeen::default() };
    let state = ReleaseState { objects, ..deployed() };
    let with = |drift| next(Goal::Match, &state, &Policy { drift, ..Policy::default() });
    assert_eq!(with(Drift::Correct), Next::Apply);
    assert_eq!((with(Drift::Warn), with(Drift::Off)), (Next::Done, Next::Done));
    assert_eq!(to(Goal::Match, &deployed()), Next::Done, "and then no record is touched");
    let gone = ReleaseState { jobs: vec![job("db-sync", -4, JobState::Due)], ..deployed() };
    assert_eq!(to(Goal::Match, &gone), Next::Job("db-sync".to_owned()), "pods wait for it when they restart");
}

#[test]
fn an_update_under_way_is_finished_for_either_goal_whatever_the_policy_for_drift() {
    let state =
        ReleaseState { jobs: vec![job("a", 0, JobState::Due)], ..release(ReleaseStatus::PendingUpgrade) };
    let policy = Policy { drift: Drift::Off, ..Policy::default() };
    for goal in [Goal::Exist, Goal::Match] {
        assert_eq!(next(goal, &state, &policy), Next::Job("a".to_owned()));
    }
}

#[test]
fn a_persons_helm_is_waited_for_and_once_it_is_dead_a_new_revision_takes_over() {
    let mut state = pending();
    let record = state.release.as_mut().unwrap();
    (record.marker, record.busy) = (None, true);
    let wait = Next::Wait("Helm is at work on revision 1 of release keystone: pending-install".to_owned());
    assert_eq!(to(Goal::Exist, &state), wait);
    state.release.as_mut().unwrap().busy = false;
    assert_eq!(to(Goal::Exist, &state), Next::Record);
    for status in
        [ReleaseStatus::Failed, ReleaseStatus::Superseded, ReleaseStatus::Uninstalled, ReleaseStatus::Unknown]
    {
        assert_eq!(to(Goal::Exist, &release(status)), Next::Record, "{status:?}");
    }
}

#[test]
fn a_deletion_clears_data_away_if_they_are_to_go_then_removes_then_sweeps() {
    let objects = ObjectsSeen { present: 2, ..ObjectsSeen::default() };
    let delete = Policy { data: Data::Delete, ..Policy::default() };
    let mut state = ReleaseState {
        objects,
        farewell: vec![job("keystone-credential-cleanup", 0, JobState::Due)],
        data: names(&["PersistentVolumeClaim/mysql-data-0"]),
        ..deployed()
    };
    assert_eq!(to(Goal::Vanish, &state), Next::Remove, "credentials stay where their keys do");
    let cleanup = Next::Job("keystone-credential-cleanup".to_owned());
    assert_eq!(next(Goal::Vanish, &state, &delete), cleanup);
    state.farewell[0].state = JobState::Running;
    assert!(matches!(next(Goal::Vanish, &state, &delete), Next::Wait(_)));
    for over in [JobState::Done, JobState::Failing] {
        state.farewell[0].state = over;
        assert_eq!(next(Goal::Vanish, &state, &delete), Next::Remove);
    }
    state.objects.present = 0;
    assert_eq!(to(Goal::Vanish, &state), Next::Sweep);
    state.release = None;
    assert_eq!(to(Goal::Vanish, &state), Next::Done, "data stays");
    assert_eq!(next(Goal::Vanish, &state, &delete), Next::Sweep, "unless it is to go");
    state.data.clear();
    state.leftovers = names(&["Job/keystone-db-sync"]);
    assert_eq!(to(Goal::Vanish, &state), Next::Sweep);
    assert_eq!(to(Goal::Vanish, &ReleaseState::default()), Next::Done);
}

/// What a step does to a release whose cluster does all that it is told.
fn perform(step: &Next, state: &mut ReleaseState) {
    let done = |jobs: &mut Vec<JobSeen>, name: &str, to| {
        jobs.iter_mut().filter(|job| job.name == name).for_each(|job| job.state = to);
    };
    match step {
        Next::Record => {
            let pending = pending();
            *state =
                ReleaseState { release: pending.release, current: true, migration: vec![], ..state.clone() };
        }
        Next::Prepare(name) => state.prepare.retain(|other| other != name),
        Next::Migrate => state.migration.iter_mut().for_each(|job| job.state = JobState::Done),
        Next::Clear(name) => {
            state.clear.retain(|other| other != name);
            done(&mut state.jobs, name, JobState::Due);
        }
        Next::Apply => state.objects = ObjectsSeen::default(),
        Next::Job(name) => done(&mut state.jobs, name, JobState::Done),
        Next::Settle => state.release.as_mut().unwrap().status = ReleaseStatus::Deployed,
        Next::Remove | Next::Sweep | Next::Wait(_) | Next::Refuse(_) | Next::Done => {}
    }
}

fn job_state() -> impl Strategy<Value = JobState> {
    prop_oneof![Just(JobState::Due), Just(JobState::Outdated), Just(JobState::Done)]
}

prop_compose! {
    fn anything()(
        status in prop_oneof![Just(None), Just(Some(ReleaseStatus::PendingInstall)),
            Just(Some(ReleaseStatus::PendingUpgrade)), Just(Some(ReleaseStatus::Deployed)), Just(Some(ReleaseStatus::Failed))],
        current: bool, marked: bool,
        prepare in proptest::collection::vec("[a-c]", 0..3), clear in proptest::collection::vec("[d-f]", 0..3),
        differ in proptest::collection::vec("[a-c]", 0..3),
        jobs in proptest::collection::vec((-2..3_i64, job_state(), any::<bool>()), 0..5),
        migration in proptest::collection::vec(prop_oneof![Just(JobState::Due), Just(JobState::Done)], 0..3),
    ) -> ReleaseState {
        let numbered = |(number, (weight, state, before)): (usize, (i64, JobState, bool))| JobSeen {
            phase: if before { JobPhase::Before } else { JobPhase::After }, ..job(&format!("job{number}"), weight, state)
        };
        let mut state = status.map_or_else(ReleaseState::default, release);
        if let Some(record) = &mut state.release {
            record.marker = record.marker.take().filter(|_| marked);
        }
        ReleaseState {
            current: current && status.is_some(), prepare, clear,
            objects: ObjectsSeen { differ, ..ObjectsSeen::default() },
            jobs: jobs.into_iter().enumerate().map(numbered).collect(),
            migration: migration.into_iter().map(|state| job("m", 0, state)).collect(),
            ..state
        }
    }
}

proptest! {
    #[test]
    fn whatever_a_crash_leaves_is_brought_to_what_is_wanted(start in anything()) {
        let mut state = start;
        for _ in 0..64 {
            let step = match to(Goal::Exist, &state) {
                Next::Done => to(Goal::Match, &state),
                step => step,
            };
            if step == Next::Done {
                prop_assert!(state.current && state.prepare.is_empty() && state.clear.is_empty());
                prop_assert!(state.objects.differ.is_empty());
                prop_assert!(state.jobs.iter().all(|job| job.state == JobState::Done));
                return Ok(());
            }
            prop_assert!(!matches!(step, Next::Remove | Next::Sweep), "never an uninstall");
            perform(&step, &mut state);
        }
        prop_assert!(false, "no end: {:?}", state);
    }
}
