//! The next step of a release, as a pure function of what is known of it.

use super::state::{JobPhase, JobSeen, JobState, ReleaseState, ReleaseStatus};
use crate::kind::Goal;

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Write the record of a new revision.
    Record,
    /// Make this object, only if it is absent.
    Prepare(String),
    /// Start the migrations of the wanted release.
    Migrate,
    /// Delete this Job, in the foreground.
    Clear(String),
    /// Apply all objects, and prune what the last deployed revision had more.
    Apply,
    /// Make this Job.
    Job(String),
    /// Note that the revision is deployed.
    Settle,
    /// Remove the objects.
    Remove,
    /// Remove what deletions leave behind, the records last.
    Sweep,
    /// Something is at work: says what for.
    Wait(String),
    /// It can't be done; says why.
    Refuse(String),
    /// Nothing is left to do.
    Done,
}

/// What is to be done where there is a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// What to do about objects that somebody changed.
    pub drift: Drift,
    /// What to do about data at deletion.
    pub data: Data,
}

/// What to do about objects that somebody changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Drift {
    /// Apply them again.
    #[default]
    Correct,
    /// Say so.
    Warn,
    /// Nothing.
    Off,
}

/// What to do about data at deletion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Data {
    /// PersistentVolumeClaims and key Secrets stay.
    #[default]
    Retain,
    /// They go with the release.
    Delete,
}

/// The next step towards a goal.
pub fn next(goal: Goal, state: &ReleaseState, policy: &Policy) -> Next {
    match goal {
        Goal::Exist => exist(state),
        Goal::Match => matched(state, policy),
        Goal::Vanish => vanish(state, policy),
    }
}

fn exist(state: &ReleaseState) -> Next {
    match &state.release {
        Some(record) if record.status == ReleaseStatus::Deployed => Next::Done,
        Some(_) | None => pending(state),
    }
}

fn matched(state: &ReleaseState, policy: &Policy) -> Next {
    let deployed = state.release.as_ref().is_some_and(|record| record.status == ReleaseStatus::Deployed);
    match (deployed && state.current, policy.drift) {
        (false, _) => pending(state),
        (true, Drift::Correct) => correct(state),
        (true, Drift::Warn | Drift::Off) => Next::Done,
    }
}

/// A revision that is not deployed, or not the wanted one.
fn pending(state: &ReleaseState) -> Next {
    let Some(record) = &state.release else { return renew(state) };
    if record.busy {
        return Next::Wait(format!(
            "Helm is at work on revision {} of release {}: {}",
            record.revision,
            record.name,
            record.status.as_str()
        ));
    }
    // A pending record that nobody claimed is a dead Helm's: a new revision takes its place.
    if record.status.is_pending() && record.marker.is_some() && state.current {
        return finish(state).unwrap_or(Next::Settle);
    }
    renew(state)
}

/// A new revision, once its migrations have run beside the old one.
fn renew(state: &ReleaseState) -> Next {
    if let Some(why) = &state.rendering {
        return Next::Refuse(why.clone());
    }
    if state.migration.iter().any(|job| job.state == JobState::Due) {
        return Next::Migrate;
    }
    unfinished(&state.migration).map_or(Next::Record, |job| wait(state, job))
}

/// What somebody changed of a deployed revision is made as it was.
fn correct(state: &ReleaseState) -> Next {
    finish(state).unwrap_or(Next::Done)
}

/// What a revision lacks; `None` where all of it is there and has run.
fn finish(state: &ReleaseState) -> Option<Next> {
    if let Some(object) = state.prepare.first() {
        return Some(Next::Prepare(object.clone()));
    }
    if let Some(step) = hooks(state, JobPhase::Before) {
        return Some(step);
    }
    if let Some(job) = state.clear.first() {
        return Some(Next::Clear(job.clone()));
    }
    let objects = &state.objects;
    if ![&objects.missing, &objects.differ, &objects.surplus].iter().all(|names| names.is_empty()) {
        return Some(Next::Apply);
    }
    hooks(state, JobPhase::After)
}

/// The hook Jobs of a phase: those of one weight run together, weights one after the other.
fn hooks(state: &ReleaseState, phase: JobPhase) -> Option<Next> {
    let open: Vec<&JobSeen> =
        state.jobs.iter().filter(|job| job.phase == phase && job.state != JobState::Done).collect();
    let weight = open.iter().map(|job| job.weight).min()?;
    run(state, open.iter().copied().filter(|job| job.weight == weight))
}

/// Starts Jobs, and waits once all of them are there.
fn run<'a>(state: &ReleaseState, jobs: impl Iterator<Item = &'a JobSeen> + Clone) -> Option<Next> {
    let first = |wanted| jobs.clone().find(|job| job.state == wanted);
    if let Some(job) = first(JobState::Outdated) {
        return Some(Next::Clear(job.name.clone()));
    }
    if let Some(job) = first(JobState::Due) {
        return Some(Next::Job(job.name.clone()));
    }
    jobs.clone().max_by_key(|job| job.state == JobState::Failing).map(|job| wait(state, job))
}

/// The first Job that has not completed; a failing one before others.
fn unfinished(jobs: &[JobSeen]) -> Option<&JobSeen> {
    let open = jobs.iter().filter(|job| job.state != JobState::Done);
    open.clone().find(|job| job.state == JobState::Failing).or_else(|| open.clone().next())
}

fn wait(state: &ReleaseState, job: &JobSeen) -> Next {
    let own = || {
        let message = job.message.as_deref().unwrap_or("it runs");
        format!("Job {}: {message}", job.name)
    };
    Next::Wait(state.cause.clone().unwrap_or_else(own))
}

fn vanish(state: &ReleaseState, policy: &Policy) -> Next {
    let with_data = policy.data == Data::Delete;
    if state.objects.present > 0 {
        // What charts do before a deletion is to clear data away: credentials, databases, keys of Ceph. One that fails, or has
        // taken its time, holds nothing up.
        let open =
            state.farewell.iter().filter(|job| ![JobState::Done, JobState::Failing].contains(&job.state));
        return run(state, open.filter(|_| with_data)).unwrap_or(Next::Remove);
    }
    let data = with_data && !state.data.is_empty();
    if data || !state.is_gone() { Next::Sweep } else { Next::Done }
}

#[cfg(test)]
mod tests;
