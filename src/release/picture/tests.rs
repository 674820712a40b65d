use super::*;
use crate::release::{
    expiry::expiry,
    record::{Chart, Owner, Revision},
    view::{Container, Job, Pod, Workload},
};
use serde_json::{Map, json};

const OLD: &str = r#"
apiVersion: v1
kind: Secret
metadata: {name: keystone-fernet-keys, annotations: {helm.sh/hook: "pre-install", helm.sh/resource-policy: keep}}
---
apiVersion: v1
kind: Secret
metadata: {name: keystone-etc}
data: {conf: YQ==}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: gone}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: keystone-api}
spec: {replicas: 2, template: {spec: {containers: [{name: api, image: "keystone:2025.1"}], volumes: [{secret: {secretName: keystone-etc}}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: nova-bootstrap}
spec: {template: {}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: keystone-db-sync, annotations: {helm.sh/hook: "post-install,post-upgrade", helm.sh/hook-weight: "-4"}}
spec: {template: {spec: {containers: [{name: sync, image: "keystone:2025.1"}], volumes: [{secret: {secretName: keystone-etc}}]}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: keystone-bootstrap, annotations: {helm.sh/hook: "post-install", helm.sh/hook-weight: "5"}}
spec: {template: {}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: keystone-cleanup, annotations: {helm.sh/hook: pre-delete}}
spec: {template: {}}
"#;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn read(text: &str) -> Manifest {
    Manifest::parse(text, "openstack").unwrap()
}

/// A namespace in which a release goes its way.
struct Case {
    manifests: Vec<Manifest>,
    records: Vec<Record>,
    digest: Option<&'static str>,
    wanted: Option<Manifest>,
    live: BTreeMap<Identity, Live>,
    view: View,
    facts: Facts,
    clear: Vec<String>,
    renewed: Vec<String>,
    since: Option<Timestamp>,
    now: Timestamp,
}

impl Case {
    /// Nothing is installed.
    fn new() -> Self {
        let facts = Facts {
            migrations: vec!["keystone-db-sync".to_owned()],
            openstack_release: Some("2025.1".to_owned()),
            patience: Some("45m".to_owned()),
            ..Facts::default()
        };
        Self {
            manifests: vec![],
            records: vec![],
            digest: Some("d1"),
            wanted: Some(read(OLD)),
            live: BTreeMap::new(),
            view: View { compute_nodes: true, ..View::default() },
            facts,
            clear: vec![],
            renewed: vec![],
            since: None,
            now: time("2026-11-28T10:00:00Z"),
        }
    }

    /// A revision is recorded; its objects are not there.
    fn record(mut self, text: &str, digest: &str, status: ReleaseStatus) -> Self {
        let manifest = read(text);
        let revision = Revision {
            name: "keystone",
            namespace: "openstack",
            chart: Chart::new(Map::new(), Map::new(), "sha256:1", self.facts.openstack_release.as_deref()),
            values: &Map::new(),
            manifest: &manifest,
            digest,
            owner: &Owner { owner: "o".to_owned(), uid: "u".to_owned() },
        };
        self.records.push(Record::pending(revision, &self.records, self.now).with_status(status, self.now));
        self.manifests.push(manifest);
        self
    }

    /// All of a manifest is there, as it is wanted, and its hook Jobs have run.
    fn there(mut self, text: &str) -> Self {
        let manifest = read(text);
        for object in manifest.all() {
            self.live.insert(object.identity("openstack"), Live::Same);
        }
        let name = |object: &Object| object.name().to_owned();
        self.view.workloads.extend(manifest.workloads().map(|object| Workload {
            kind: object.kind().to_owned(),
            name: name(object),
            desired: 2,
            ready: 2,
            updated: 2,
            replaced: true,
            ..Workload::default()
        }));
        let hooks = manifest.hooks.iter().filter(|hook| hook.is_job() && !hook.runs_at(&[Event::PreDelete]));
        let done =
            |object: &Object, inputs| Job { name: name(object), inputs, complete: true, ..Job::default() };
        let hooks = hooks.map(|hook| done(&hook.object, Some(jobs::inputs(&hook.object, &manifest))));
        self.view.jobs.extend(hooks.chain(manifest.plain_jobs().map(|job| done(job, None))));
        self
    }

    fn state(&self) -> ReleaseState {
        self.with(|inputs| assemble(inputs).0)
    }

    fn expiry(&self) -> Option<Timestamp> {
        self.with(|inputs| expiry(inputs, &assemble(inputs).0))
    }

    fn with<T>(&self, judge: impl FnOnce(&Inputs<'_>) -> T) -> T {
        let newest = self.records.last().zip(self.manifests.last());
        let deployed = record::deployed(&self.records);
        let deployed = deployed.and_then(|record| Some((record, self.manifests.get(position(record))?)));
        let parsed = |(record, manifest)| Read { record, manifest };
        let inputs = Inputs {
            now: self.now,
            namespace: "openstack",
            records: &self.records,
            newest: newest.map(parsed),
            deployed: deployed.map(parsed),
            digest: self.digest,
            rendering: self.wanted.as_ref().map_or(Rendering::Unneeded, Rendering::Manifest),
            live: &self.live,
            clear: &self.clear,
            view: &self.view,
            endpoints: &[],
            claims: &["PersistentVolumeClaim/data-0".to_owned()],
            copies: &["Secret/copy".to_owned()],
            facts: &self.facts,
            renewed: &self.renewed,
            since: self.since,
        };
        judge(&inputs)
    }
}

fn position(record: &Record) -> usize {
    usize::try_from(record.release.version).unwrap() - 1
}

fn deployed() -> Case {
    Case::new().record(OLD, "d1", ReleaseStatus::Deployed).there(OLD)
}

/// OLD, as the next release has it.
fn newer() -> String {
    OLD.replace("2025.1", "2025.2").replace("name: gone", "name: new")
}

fn updating() -> Case {
    let mut case = deployed();
    case.facts.openstack_release = Some("2025.2".to_owned());
    (case.digest, case.wanted) = (Some("d2"), Some(read(&newer())));
    case
}

fn states(jobs: &[JobSeen]) -> Vec<(&str, JobState)> {
    jobs.iter().map(|job| (job.name.as_str(), job.state)).collect()
}

#[test]
fn before_the_first_record_everything_that_is_wanted_is_missing() {
    let state = Case::new().state();
    assert_eq!((state.release.as_ref(), state.current, state.begun.as_ref()), (None, false, None));
    assert_eq!((state.objects.total, state.objects.missing.len(), state.objects.present), (5, 5, 0));
    assert_eq!(state.prepare, ["Secret/keystone-fernet-keys"]);
}

#[test]
fn a_deployed_release_that_is_wanted_as_it_is_has_nothing_to_do() {
    let mut case = deployed();
    case.wanted = None;
    let state = case.state();
    let objects = ObjectsSeen { total: 5, present: 4, ..ObjectsSeen::default() };
    assert_eq!((state.current, &state.objects), (true, &objects));
    let jobs = [
        ("keystone-db-sync", JobState::Done),
        ("keystone-bootstrap", JobState::Done),
        ("nova-bootstrap", JobState::Done),
    ];
    assert_eq!(states(&state.jobs), jobs);
    assert!(ready::is_at_rest(&state) && state.plan.is_empty() && state.migration.is_empty());
    assert_eq!(
        (state.openstack_release.as_deref(), state.begun.as_deref()),
        (Some("2025.1"), Some("2025.1"))
    );
    assert_eq!(state.chart.unwrap().digest.as_deref(), Some("sha256:1"));
    let data = ["PersistentVolumeClaim/claim", "Secret/keystone-fernet-keys", "PersistentVolumeClaim/data-0"];
    assert_eq!(state.data, data);
    assert_eq!(state.leftovers, ["Job/keystone-db-sync", "Job/keystone-bootstrap", "Secret/copy"]);
    assert_eq!(states(&state.farewell), [("keystone-cleanup", JobState::Due)]);
}

#[test]
fn an_update_tells_what_it_does_and_which_migrations_come_first() {
    let mut case = updating();
    let state = case.state();
    assert!(!state.current);
    assert_eq!(state.plan.restarts, ["keystone-api"]);
    assert_eq!(
        (state.plan.jobs, state.plan.removed),
        (vec!["keystone-db-sync".to_owned()], vec!["ConfigMap/gone".to_owned()])
    );
    let [migration] = &state.migration[..] else { panic!("{:?}", state.migration) };
    assert!(migration.name.starts_with("keystone-db-sync-pre-") && migration.state == JobState::Due);
    assert_eq!(state.begun.as_deref(), Some("2025.1"), "going back is free");
    case.view.jobs.push(Job { name: migration.name.clone(), ..Job::default() });
    let state = case.state();
    assert_eq!(
        (state.begun.as_deref(), state.openstack_release.as_deref()),
        (Some("2025.2"), Some("2025.1"))
    );
    assert_eq!(state.migration[0].state, JobState::Waiting);
}

#[test]
fn accounts_that_are_named_otherwise_are_made_before_an_update_and_former_ones_go_after_the_last_old_pod() {
    let mut case = updating();
    case.wanted = Some(read(&OLD.replace("YQ==", "Yg==")));
    assert!(case.state().migration.is_empty(), "an option needs no migration");
    case.renewed = vec!["keystone-db-sync".to_owned()];
    let state = case.state();
    let [account] = &state.migration[..] else { panic!("{:?}", state.migration) };
    assert!(account.name.starts_with("keystone-db-sync-pre-") && account.state == JobState::Due);

    let removal = "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: former, annotations: {helm.sh/hook: post-upgrade, \
        kupenstack.io/former-accounts: nova}}\nspec: {template: {}}\n";
    let mut case = deployed().record(&format!("{OLD}{removal}"), "d1", ReleaseStatus::PendingUpgrade);
    let former = |case: &Case| {
        let state = case.state();
        let job = state.jobs.iter().find(|job| job.name == "former").unwrap().clone();
        (job.state, job.message)
    };
    assert_eq!(former(&case), (JobState::Due, None));
    case.view.workloads[0].replaced = false;
    let why = "pods may still use the former accounts";
    assert_eq!(former(&case), (JobState::Waiting, Some(why.to_owned())));
}

#[test]
fn a_pending_upgrade_runs_the_jobs_of_upgrades_whose_inputs_are_others_and_prunes_what_is_too_much() {
    let case = updating().record(&newer(), "d2", ReleaseStatus::PendingUpgrade);
    let state = case.state();
    assert!(state.current);
    assert_eq!(state.release.as_ref().unwrap().deployed, Some(1));
    assert_eq!(state.objects.missing, ["ConfigMap/new"]);
    assert_eq!(state.objects.surplus, ["ConfigMap/gone"]);
    let jobs = [("keystone-db-sync", JobState::Outdated), ("nova-bootstrap", JobState::Done)];
    assert_eq!(states(&state.jobs), jobs, "keystone-bootstrap is for installations");
    assert!(state.migration.is_empty(), "they have run");
    assert_eq!(
        (state.openstack_release.as_deref(), state.begun.as_deref()),
        (Some("2025.1"), Some("2025.2"))
    );
}

#[test]
fn a_second_revision_of_what_was_never_finished_is_still_an_installation() {
    let case = Case::new().record(OLD, "d0", ReleaseStatus::PendingInstall).record(
        OLD,
        "d1",
        ReleaseStatus::PendingUpgrade,
    );
    let jobs: Vec<_> = case.state().jobs.into_iter().map(|job| job.name).collect();
    assert_eq!(jobs, ["keystone-db-sync", "keystone-bootstrap", "nova-bootstrap"]);
}

#[test]
fn what_differs_or_is_gone_is_named_but_jobs_that_must_be_cleared_are_not_applied() {
    let mut case = deployed();
    let of = |kind: &str| {
        read(OLD).objects.iter().find(|object| object.kind() == kind).unwrap().identity("openstack")
    };
    case.live.insert(of("Deployment"), Live::Differs);
    case.live.insert(of("Job"), Live::Differs);
    case.live.remove(&of("ConfigMap"));
    case.clear = vec!["nova-bootstrap".to_owned()];
    let objects = case.state().objects;
    assert_eq!(
        (objects.differ, objects.missing),
        (vec!["Deployment/keystone-api".to_owned()], vec!["ConfigMap/gone".to_owned()])
    );
}

#[test]
fn jobs_that_kubernetes_or_helm_takes_away_after_they_ran_are_not_missed() {
    let text = OLD
        .replace(
            "name: nova-bootstrap}\nspec: {",
            "name: nova-bootstrap}\nspec: {ttlSecondsAfterFinished: 60, ",
        )
        .replace("helm.sh/hook-weight: \"5\"", "helm.sh/hook-delete-policy: hook-succeeded");
    let mut case = Case::new().record(&text, "d1", ReleaseStatus::Deployed).there(&text);
    case.live.retain(|identity, _| identity.name != "nova-bootstrap");
    case.view.jobs.retain(|job| job.name == "keystone-db-sync");
    let state = case.state();
    assert!(state.objects.missing.is_empty());
    assert!(state.jobs.iter().all(|job| job.state == JobState::Done), "{:?}", state.jobs);
    case.records[0].release.info.status = ReleaseStatus::PendingInstall;
    assert_eq!(
        case.state().jobs.iter().filter(|job| job.state == JobState::Due).count(),
        2,
        "before that they are"
    );
}

#[test]
fn a_persons_release_is_current_if_its_objects_are_what_is_wanted() {
    let mut case = deployed();
    case.records[0].labels.clear();
    case.view.jobs.iter_mut().for_each(|job| job.inputs = None);
    let state = case.state();
    assert!(state.current && ready::drift(&state).is_empty());
    assert_eq!(state.release.unwrap().marker, None);
    case.wanted = Some(read(&newer()));
    assert!(!case.state().current);
}

#[test]
fn an_autoscaler_reads_the_ready_pods_of_the_workload_that_is_scaled_and_their_labels() {
    let mut case = deployed();
    assert_eq!(case.state().scale, None, "nothing is");
    case.facts.scaled = Some("keystone-api".to_owned());
    let labels = [("application", "keystone"), ("component", "api")];
    case.view.workloads[0].selector = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    case.view.workloads[0].ready = 1;
    let scale = ScaleSeen { replicas: 1, selector: "application=keystone,component=api".to_owned() };
    assert_eq!(case.state().scale, Some(scale));
    case.view.workloads.clear();
    assert_eq!(case.state().scale, None, "it is not there");
}

#[test]
fn the_cause_names_what_the_workload_waits_for() {
    let mut case = deployed();
    case.view.workloads[0].ready = 1;
    let waiting = Some(("ImagePullBackOff".to_owned(), "no".to_owned()));
    case.view.pods.push(Pod {
        owner: Some(("ReplicaSet".to_owned(), "keystone-api-1".to_owned())),
        containers: vec![Container { waiting, ..Container::default() }],
        ..Pod::default()
    });
    let state = case.state();
    assert_eq!(state.cause.as_deref(), Some("keystone-api: ImagePullBackOff: no"));
    assert_eq!(
        ready::ready(&state),
        crate::kind::Ready::Not("keystone-api: ImagePullBackOff: no".to_owned())
    );
}

#[test]
fn a_component_is_stalled_once_its_patience_is_over() {
    let mut case = deployed();
    case.since = Some(time("2026-11-28T09:00:00Z"));
    assert!(!case.state().stalled, "it is at rest");
    case.view.workloads[0].ready = 1;
    assert!(case.state().stalled);
    case.since = Some(time("2026-11-28T09:30:00Z"));
    assert!(!case.state().stalled);
    case.facts.patience = None;
    case.since = Some(time("2020-01-01T00:00:00Z"));
    assert!(!case.state().stalled);
}

#[test]
fn a_state_expires_when_patience_or_a_persons_helm_comes_to_its_end() {
    let mut case = deployed();
    case.since = Some(time("2026-11-28T09:30:00Z"));
    assert_eq!(case.expiry(), None, "at rest");
    case.view.workloads[0].ready = 1;
    let ends = case.expiry().unwrap();
    case.now = ends;
    assert!(case.state().stalled, "it is stalled at that very time");
    assert_eq!(case.expiry(), None);

    let record = case.records.last_mut().unwrap();
    record.release.info.status = ReleaseStatus::PendingUpgrade;
    record.labels.insert("kupenstack.io/revision".to_owned(), "another".to_owned());
    record.labels.insert("modifiedAt".to_owned(), case.now.as_second().to_string());
    assert!(case.state().release.unwrap().busy);
    case.now = case.expiry().unwrap();
    assert!(!case.state().release.unwrap().busy);
}

#[test]
fn a_job_before_the_deletion_is_given_a_minute() {
    let mut case = deployed();
    let cleanup = |created: &str| Job {
        name: "keystone-cleanup".to_owned(),
        created: Some(created.to_owned()),
        ..Job::default()
    };
    case.view.jobs.push(cleanup("2026-11-28T09:59:30Z"));
    assert_eq!(case.state().farewell[0].state, JobState::Waiting);
    case.now = case.expiry().expect("its end is looked at, though nothing changes");
    assert_eq!(case.state().farewell[0].state, JobState::Failing);
    assert_eq!(case.expiry(), None);
    case.view.jobs.last_mut().unwrap().complete = true;
    assert_eq!(case.state().farewell[0].state, JobState::Done);
}

#[test]
fn the_state_reads_back_from_the_wire_as_it_was() {
    let state = updating().state();
    let wire = state.to_wire().unwrap();
    assert_eq!(wire["chart"]["app_version"], json!(null));
    assert!(wire.contains_key("openstack_release"));
    let shape = crate::kind::shape::Shape::of(&crate::api::schema::of::<ReleaseState>()).unwrap();
    let fields = crate::kind::rest::wire::decode(&shape, &wire);
    assert_eq!(serde_json::from_value::<ReleaseState>(fields.into()).unwrap(), state);
}
