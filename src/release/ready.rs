//! Whether a component can be used, what is wrong with it, and what somebody changed of it.

use super::state::{JobSeen, JobState, ReleaseState, ReleaseStatus};
use crate::{api::condition::Condition, kind::Ready};

/// Can the component be used? One that is upgraded can, as long as it serves: its Jobs are not asked then.
pub fn ready(state: &ReleaseState) -> Ready {
    let why = |own: String| Ready::Not(state.cause.clone().unwrap_or(own));
    let Some(record) = &state.release else { return Ready::Not("it is not installed".to_owned()) };
    if record.deployed.is_none() {
        return why(format!("release {} is {}", record.name, record.status.as_str()));
    }
    let settled = record.status == ReleaseStatus::Deployed;
    if let Some(job) = state.jobs.iter().find(|job| settled && is_open(job)) {
        return why(told(job));
    }
    if let Some(text) = workloads(state) {
        return why(text);
    }
    match state.endpoints.iter().find(|endpoint| !endpoint.answers) {
        Some(endpoint) => Ready::Not(format!("{} does not answer", endpoint.url)),
        None => Ready::Yes,
    }
}

/// Is the wanted revision deployed and ready, so that nothing is under way?
pub fn is_at_rest(state: &ReleaseState) -> bool {
    let settled = state.release.as_ref().is_some_and(|record| record.status == ReleaseStatus::Deployed);
    settled && state.current && ready(state) == Ready::Yes
}

/// Names of what differs from the wanted release, beside the fields of the spec: what `UpToDate` says.
pub fn drift(state: &ReleaseState) -> Vec<String> {
    values_differ(state).map_or_else(|| changed(state), |values| vec![values])
}

/// Whether another revision is wanted than the newest, in the words of [`drift`]. No policy for drift covers that: what
/// the spec says is wanted in any case.
pub fn values_differ(state: &ReleaseState) -> Option<String> {
    let differ = state.release.is_some() && !state.current;
    let words = if state.rendering.is_some() { "values (which don't render)" } else { "values" };
    differ.then(|| words.to_owned())
}

/// What somebody changed in the cluster of a revision that is deployed.
fn changed(state: &ReleaseState) -> Vec<String> {
    if state.release.as_ref().is_none_or(|record| record.status != ReleaseStatus::Deployed) {
        return vec![];
    }
    let objects = &state.objects;
    let changed =
        [&state.prepare, &objects.missing, &objects.differ, &objects.surplus].into_iter().flatten().cloned();
    let due = state.jobs.iter().filter(|job| matches!(job.state, JobState::Due | JobState::Outdated));
    let jobs = state.clear.iter().chain(due.map(|job| &job.name)).map(|name| format!("Job/{name}"));
    changed.chain(jobs).collect()
}

/// The conditions of a component beside those of every managed resource.
pub fn conditions(state: &ReleaseState) -> Vec<Condition> {
    let rendered = match &state.rendering {
        Some(why) => condition("Rendered", "False", "RenderingFailed", Some(why.clone())),
        None => condition("Rendered", "True", "Rendered", None),
    };
    let mut all = vec![rendered];
    if state.release.is_some() {
        all.push(jobs(state));
        all.push(match workloads(state) {
            Some(why) => condition("WorkloadsReady", "False", "WorkloadsUnready", Some(why)),
            None => condition("WorkloadsReady", "True", "WorkloadsReady", None),
        });
        let silent = state.endpoints.iter().find(|endpoint| !endpoint.answers);
        let reachable = match silent {
            Some(endpoint) => condition(
                "APIReachable",
                "False",
                "NoAnswer",
                Some(format!("{} does not answer", endpoint.url)),
            ),
            None => condition("APIReachable", "True", "Answers", None),
        };
        all.extend((!state.endpoints.is_empty()).then_some(reachable));
    }
    all
}

/// Jobs that run are neither a success nor a failure: whoever halts at a failure must not halt at them.
fn jobs(state: &ReleaseState) -> Condition {
    let all = || state.migration.iter().chain(&state.jobs);
    if let Some(job) = all().find(|job| job.state == JobState::Failing) {
        return condition("JobsSucceeded", "False", "JobFailing", Some(told(job)));
    }
    match all().find(|job| is_open(job)) {
        Some(job) => condition("JobsSucceeded", "Unknown", "JobsRunning", Some(told(job))),
        None => condition("JobsSucceeded", "True", "JobsSucceeded", None),
    }
}

fn is_open(job: &JobSeen) -> bool {
    !matches!(job.state, JobState::Done | JobState::AwaitsNodes)
}

fn told(job: &JobSeen) -> String {
    let state = match job.state {
        JobState::Due | JobState::Outdated => "has to run",
        JobState::Waiting => "waits for what it depends on",
        JobState::AwaitsNodes => "waits for the first compute node",
        JobState::Running => "runs",
        JobState::Failing => "fails",
        JobState::Done => "is done",
    };
    let message = job.message.as_ref().map(|message| format!(": {message}"));
    format!("Job {} {state}{}", job.name, message.unwrap_or_default())
}

/// The first workload that is not ready.
fn workloads(state: &ReleaseState) -> Option<String> {
    let open = state.workloads.iter().find(|workload| !workload.is_ready())?;
    let (kind, name, of) = (&open.kind, &open.name, open.desired);
    let behind = open.updated < of && open.ready >= of;
    let (count, what) = if behind { (open.updated, "of the newest template") } else { (open.ready, "ready") };
    Some(format!("{kind} {name}: {count} of {of} pods are {what}"))
}

fn condition(r#type: &str, status: &str, reason: &str, message: Option<String>) -> Condition {
    Condition {
        r#type: r#type.to_owned(),
        status: status.to_owned(),
        reason: reason.to_owned(),
        last_transition_time: String::new(),
        message,
        observed_generation: None,
    }
}

#[cfg(test)]
mod tests;
