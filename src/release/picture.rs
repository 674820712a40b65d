//! Puts what was gathered together into the state of a release.

use super::{
    accounts,
    cause::{self, Cause, Open},
    facts::Facts,
    jobs,
    manifest::{Event, Hook, Identity, Manifest, Object},
    migrate, ready,
    record::{self, Record},
    state::{
        EndpointSeen, JobPhase, JobSeen, JobState, ObjectsSeen, RecordSeen, ReleaseState, ReleaseStatus,
        ScaleSeen, WorkloadSeen,
    },
    update_plan::update_plan,
    view::View,
};
use crate::api::duration;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Jobs that run before a deletion are waited for no longer than this.
const FAREWELL: SignedDuration = SignedDuration::from_mins(1);

/// A record whose text was read. Reading is for the one who gathers, once for each revision.
#[derive(Clone, Copy)]
pub struct Read<'a> {
    /// The record.
    pub record: &'a Record,
    /// Its objects and hooks.
    pub manifest: &'a Manifest,
}

/// What the wanted values render to.
#[derive(Clone, Copy, Default)]
pub enum Rendering<'a> {
    /// That was not needed: the newest record is what is wanted, or nothing is wanted any more.
    #[default]
    Unneeded,
    /// They don't; in Helm's words.
    Failed(&'a str),
    /// To this.
    Manifest(&'a Manifest),
}

/// What a live object is, beside what the release wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Live {
    /// It is as it is wanted, or nothing is said about that.
    Same,
    /// It differs.
    Differs,
}

/// What was gathered about a release.
pub struct Inputs<'a> {
    /// Now.
    pub now: Timestamp,
    /// Namespace of the release.
    pub namespace: &'a str,
    /// All records of the release.
    pub records: &'a [Record],
    /// The newest of them.
    pub newest: Option<Read<'a>>,
    /// The newest of them that is deployed.
    pub deployed: Option<Read<'a>>,
    /// Digest of what is wanted; none at a deletion.
    pub digest: Option<&'a str>,
    /// What is wanted, rendered.
    pub rendering: Rendering<'a>,
    /// The objects that are there, of those that the manifests name.
    pub live: &'a BTreeMap<Identity, Live>,
    /// Plain Jobs that were made from another template.
    pub clear: &'a [String],
    /// What is watched of the namespace.
    pub view: &'a View,
    /// Where the component is reached.
    pub endpoints: &'a [EndpointSeen],
    /// PersistentVolumeClaims that its StatefulSets made, and what its pods wrote down of them, as `Kind/name`.
    pub claims: &'a [String],
    /// What was made for migrations and is there, and what pods wrote down of themselves, as `Kind/name`.
    pub copies: &'a [String],
    /// What is known of the chart.
    pub facts: &'a Facts,
    /// Jobs that make accounts which what is wanted names otherwise than what is deployed.
    pub renewed: &'a [String],
    /// Since when it has not been at rest ([`ready::is_at_rest`]), as far as that is remembered.
    pub since: Option<Timestamp>,
}

/// The state of a release, and whose log says more about its cause.
pub fn assemble(inputs: &Inputs<'_>) -> (ReleaseState, Option<cause::LogOf>) {
    let mut state = ReleaseState {
        release: inputs.record(),
        current: inputs.is_current(),
        rendering: match inputs.rendering {
            Rendering::Failed(why) => Some(why.to_owned()),
            Rendering::Unneeded | Rendering::Manifest(_) => None,
        },
        endpoints: inputs.endpoints.to_vec(),
        clear: inputs.clear.to_vec(),
        ..ReleaseState::default()
    };
    if let Some(newest) = inputs.newest {
        state.chart = Some(newest.record.release.chart.seen());
        state.farewell = inputs.farewell(newest.manifest);
    }
    if let Some(manifest) = inputs.manifest() {
        state.prepare = inputs.prepare(manifest);
        state.objects = inputs.objects(manifest);
        state.jobs = inputs.jobs(manifest);
        state.workloads = inputs.workloads(manifest);
        state.scale = inputs.scale(manifest);
        state.leftovers = inputs.leftovers(manifest);
        state.data = inputs.data(manifest);
    }
    inputs.update(&mut state);
    inputs.releases(&mut state);
    let cause = inputs.cause(&state);
    state.cause = cause.as_ref().map(|cause| cause.text.clone());
    state.stalled = inputs.is_stalled(&state);
    (state, cause.and_then(|cause| cause.log))
}

impl<'a> Inputs<'a> {
    fn record(&self) -> Option<RecordSeen> {
        let mut seen = self.newest?.record.seen(self.now);
        seen.deployed = record::deployed(self.records).map(|record| record.release.version);
        Some(seen)
    }

    /// Is the newest record what is wanted? One that we did not make has no digest, and is compared as a whole.
    fn is_current(&self) -> bool {
        let Some(newest) = self.newest else { return false };
        match (newest.record.digest(), self.rendering) {
            (Some(digest), _) => self.digest == Some(digest),
            (None, Rendering::Manifest(wanted)) => newest.manifest.differing(wanted).is_empty(),
            (None, Rendering::Unneeded | Rendering::Failed(_)) => false,
        }
    }

    /// What is judged: the newest record; what is wanted, before the first.
    fn manifest(&self) -> Option<&'a Manifest> {
        match (self.newest, self.rendering) {
            (Some(newest), _) => Some(newest.manifest),
            (None, Rendering::Manifest(manifest)) => Some(manifest),
            (None, Rendering::Unneeded | Rendering::Failed(_)) => None,
        }
    }

    fn identity(&self, object: &Object) -> Identity {
        object.identity(self.namespace)
    }

    fn live(&self, object: &Object) -> Option<Live> {
        self.live.get(&self.identity(object)).copied()
    }

    fn is_settled(&self) -> bool {
        self.newest.is_some_and(|newest| newest.record.release.info.status == ReleaseStatus::Deployed)
    }

    /// Events of what is under way, or was last: before and after.
    fn events(&self) -> (Event, Event) {
        let first = (Event::PreInstall, Event::PostInstall);
        let Some(version) = self.newest.map(|newest| newest.record.release.version) else { return first };
        let ran = |record: &Record| {
            matches!(record.release.info.status, ReleaseStatus::Deployed | ReleaseStatus::Superseded)
        };
        // A second revision may be the first installation still, if the first was never finished.
        let upgrades = version > 1
            && (self.is_settled()
                || self.records.iter().any(|one| one.release.version < version && ran(one)));
        if upgrades { (Event::PreUpgrade, Event::PostUpgrade) } else { first }
    }

    /// Hooks of what is under way, with their phases.
    fn hooks(&self, manifest: &'a Manifest) -> impl Iterator<Item = (JobPhase, &'a Hook)> {
        let (before, after) = self.events();
        manifest.hooks.iter().filter_map(move |hook| {
            let phases = [(before, JobPhase::Before), (after, JobPhase::After)];
            phases.into_iter().find(|(event, _)| hook.runs_at(&[*event])).map(|(_, phase)| (phase, hook))
        })
    }

    /// Hooks that are no Jobs are made once: OpenStack-Helm's are Secrets that a Job fills.
    fn prepare(&self, manifest: &'a Manifest) -> Vec<String> {
        let absent = self.hooks(manifest).filter(|(_, hook)| {
            !hook.is_job() && self.live(&hook.object).is_none() && !(self.is_settled() && goes(hook))
        });
        absent.map(|(_, hook)| self.identity(&hook.object).to_string()).collect()
    }

    fn objects(&self, manifest: &'a Manifest) -> ObjectsSeen {
        let named =
            |objects: Vec<&Object>| objects.iter().map(|one| self.identity(one).to_string()).collect();
        let cleared =
            |object: &Object| object.kind() == "Job" && self.clear.iter().any(|job| job == object.name());
        let (missing, differ): (Vec<_>, Vec<_>) = manifest
            .objects
            .iter()
            .filter(|object| self.live(object) != Some(Live::Same) && !cleared(object))
            .partition(|object| self.live(object).is_none());
        let missing = missing.into_iter().filter(|object| !(self.is_settled() && expires(object))).collect();
        let surplus: Vec<&Object> = self.surplus(manifest).collect();
        let own = manifest.objects.iter().filter(|object| object.is_removable());
        let present = own.filter(|object| self.live(object).is_some()).count() + surplus.len();
        ObjectsSeen {
            total: count(manifest.objects.len()),
            present: count(present),
            missing: named(missing),
            differ: named(differ),
            surplus: named(surplus),
        }
    }

    /// What the last deployed revision had more, and is there.
    fn surplus(&self, manifest: &'a Manifest) -> impl Iterator<Item = &'a Object> {
        let before = self.deployed.into_iter().flat_map(|deployed| &deployed.manifest.objects);
        before.filter(|object| {
            let identity = self.identity(object);
            let still = || manifest.objects.iter().any(|other| self.identity(other).is_same(&identity));
            object.is_removable() && self.live.contains_key(&identity) && !still()
        })
    }

    fn jobs(&self, manifest: &'a Manifest) -> Vec<JobSeen> {
        let workload = |object: &Object| self.view.workload(object.kind(), object.name());
        let replaced = manifest.workloads().all(|object| workload(object).is_some_and(|one| one.replaced));
        let hooks = self.hooks(manifest).filter(|(_, hook)| hook.is_job());
        let hooks = hooks.map(|(phase, hook)| {
            let name = hook.object.name();
            let wanted = jobs::Wanted {
                name,
                inputs: &jobs::inputs(&hook.object, manifest),
                settled: self.is_settled(),
                goes: goes(hook),
                awaits_nodes: self.facts.awaits_nodes.iter().any(|job| job == name),
            };
            let judged = match jobs::judge(&wanted, self.view) {
                (JobState::Due, _) if accounts::is_removal(&hook.object) && !replaced => {
                    (JobState::Waiting, Some("pods may still use the former accounts".to_owned()))
                }
                judged => judged,
            };
            seen(name, phase, hook.weight, judged)
        });
        let plain = manifest.plain_jobs().map(|job| {
            let name = job.name();
            let awaits_nodes = self.facts.awaits_nodes.iter().any(|job| job == name);
            let judged = match self.view.job(name) {
                Some(job) => jobs::progress(job, awaits_nodes, self.view),
                None if self.is_settled() && expires(job) => (JobState::Done, None),
                None => (JobState::Due, None),
            };
            seen(name, JobPhase::Plain, 0, judged)
        });
        let mut all: Vec<JobSeen> = hooks.chain(plain).collect();
        all.sort_by(|one, other| {
            (one.phase, one.weight, &one.name).cmp(&(other.phase, other.weight, &other.name))
        });
        all
    }

    /// Jobs before a deletion. One that has taken its time counts as failing.
    fn farewell(&self, manifest: &Manifest) -> Vec<JobSeen> {
        let hooks = manifest.hooks.iter().filter(|hook| hook.is_job() && hook.runs_at(&[Event::PreDelete]));
        let jobs = hooks.map(|hook| {
            let name = hook.object.name();
            let judged = self.view.job(name).map_or((JobState::Due, None), |job| {
                let late = self.farewell_ends(name).is_some_and(|end| self.now >= end);
                match jobs::progress(job, false, self.view) {
                    (JobState::Done, message) => (JobState::Done, message),
                    _ if late => (JobState::Failing, Some("it takes more than a minute".to_owned())),
                    other => other,
                }
            });
            seen(name, JobPhase::Before, hook.weight, judged)
        });
        jobs.collect()
    }

    /// When a Job before a deletion has taken its time; none if it is not there.
    pub(super) fn farewell_ends(&self, job: &str) -> Option<Timestamp> {
        self.view.job(job)?.created.as_ref()?.parse::<Timestamp>().ok()?.checked_add(FAREWELL).ok()
    }

    fn workloads(&self, manifest: &'a Manifest) -> Vec<WorkloadSeen> {
        let of = |object: &Object| {
            let (kind, name) = (object.kind().to_owned(), object.name().to_owned());
            let Some(live) = self.view.workload(&kind, &name) else {
                let replicas = object.value.pointer("/spec/replicas").and_then(serde_json::Value::as_i64);
                return WorkloadSeen { kind, name, desired: replicas.unwrap_or(1), ready: 0, updated: 0 };
            };
            WorkloadSeen { kind, name, desired: live.desired, ready: live.ready, updated: live.updated }
        };
        manifest.workloads().map(of).collect()
    }

    /// The workload that is scaled, once it is there.
    fn scale(&self, manifest: &'a Manifest) -> Option<ScaleSeen> {
        let scaled = |object: &&Object| Some(object.name()) == self.facts.scaled.as_deref();
        let object = manifest.workloads().find(scaled)?;
        let live = self.view.workload(object.kind(), object.name())?;
        let labels: Vec<_> = live.selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
        Some(ScaleSeen { replicas: live.ready, selector: labels.join(",") })
    }

    /// Hooks that are there and hold no data, and what was made for migrations.
    fn leftovers(&self, manifest: &'a Manifest) -> Vec<String> {
        let hooks = manifest.hooks.iter().map(|hook| &hook.object);
        let there = hooks.filter(|object| match object.kind() {
            "Job" => self.view.job(object.name()).is_some(),
            _ => !object.is_kept() && self.live(object).is_some(),
        });
        there.map(|object| self.identity(object).to_string()).chain(self.copies.iter().cloned()).collect()
    }

    /// Claims, and the Secrets that a chart makes once and keeps.
    fn data(&self, manifest: &'a Manifest) -> Vec<String> {
        let claims = manifest.objects.iter().filter(|object| object.kind() == "PersistentVolumeClaim");
        let keys = manifest.hooks.iter().map(|hook| &hook.object).filter(|object| object.is_kept());
        let there = claims.chain(keys).filter(|object| self.live(object).is_some());
        let mut all: Vec<String> = there.map(|object| self.identity(object).to_string()).collect();
        all.extend(self.claims.iter().filter(|claim| !all.contains(claim)).cloned().collect::<Vec<_>>());
        all
    }

    /// What an update would do, and the migrations before it.
    fn update(&self, state: &mut ReleaseState) {
        let (Some(newest), Rendering::Manifest(wanted), false) = (self.newest, self.rendering, state.current)
        else {
            return;
        };
        state.plan = update_plan(newest.manifest, wanted);
        let Some(deployed) = self.deployed else { return };
        let due = migrate::due(deployed.manifest, wanted, &self.facts.migrations, self.renewed);
        let jobs = due.into_iter().map(|job| {
            let name = migrate::name(job, wanted);
            let judged = self
                .view
                .job(&name)
                .map_or((JobState::Due, None), |job| jobs::progress(job, false, self.view));
            seen(&name, JobPhase::Before, 0, judged)
        });
        state.migration = jobs.collect();
    }

    /// Which OpenStack release runs, and which one was begun.
    fn releases(&self, state: &mut ReleaseState) {
        let noted =
            |read: Option<Read<'_>>| read.and_then(|read| read.record.release.chart.openstack_release());
        let wanted = || self.facts.openstack_release.clone();
        // Of a revision that we did not make only what is wanted is known, if it is that.
        state.openstack_release =
            noted(self.deployed).or_else(|| wanted().filter(|_| state.current && self.deployed.is_some()));
        let migrates = state.migration.iter().any(|job| job.state != JobState::Due);
        state.begun =
            if migrates { wanted() } else { noted(self.newest) }.or_else(|| state.openstack_release.clone());
    }

    fn cause(&self, state: &ReleaseState) -> Option<Cause> {
        let unready = state.workloads.iter().filter(|workload| !workload.is_ready());
        let workloads: Vec<_> = unready.map(|one| (one.kind.clone(), one.name.clone())).collect();
        let made =
            |job: &&JobSeen| matches!(job.state, JobState::Waiting | JobState::Running | JobState::Failing);
        let jobs: Vec<String> =
            state.migration.iter().chain(&state.jobs).filter(made).map(|job| job.name.clone()).collect();
        cause::cause(&Open { workloads: &workloads, jobs: &jobs }, self.view)
    }

    fn is_stalled(&self, state: &ReleaseState) -> bool {
        let patience = self.facts.patience.as_deref().and_then(duration::parse);
        let (Some(patience), Some(since)) = (patience, self.since) else { return false };
        let waited = self.now.duration_since(since);
        !ready::is_at_rest(state)
            && waited > SignedDuration::try_from(patience).unwrap_or(SignedDuration::MAX)
    }
}

fn seen(name: &str, phase: JobPhase, weight: i64, (state, message): (JobState, Option<String>)) -> JobSeen {
    JobSeen { name: name.to_owned(), phase, weight, state, message }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Does a hook go once it has run?
fn goes(hook: &Hook) -> bool {
    hook.delete_policies.iter().any(|policy| policy == "hook-succeeded")
}

/// Does Kubernetes delete a Job some time after it has run?
fn expires(object: &Object) -> bool {
    object.value.pointer("/spec/ttlSecondsAfterFinished").is_some()
}

#[cfg(test)]
mod tests;
