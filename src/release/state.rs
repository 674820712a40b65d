//! What is known of a release: the observation of every component kind.

use crate::api::schema;
use crate::kind::{KindError, rest::wire, shape::Shape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a cluster says of a release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ReleaseState {
    /// The newest record of the release, as `helm list` shows it.
    pub release: Option<RecordSeen>,
    /// The chart that the newest record was made from.
    pub chart: Option<ChartSeen>,
    /// OpenStack release of what runs.
    pub openstack_release: Option<String>,
    /// OpenStack release whose migration or record has begun. Until then going back is free.
    pub begun: Option<String>,
    /// Whether the newest record is what is wanted now.
    pub current: bool,
    /// Why the wanted values don't render, in Helm's words; absent where they do.
    pub rendering: Option<String>,
    /// Objects that are made before all others and are absent, such as Secret/keystone-fernet-keys. They are made once
    /// and never applied again, since that would empty them.
    pub prepare: Vec<String>,
    /// Jobs of the chart that must be deleted before they can be applied, since a Job's template can't be changed.
    pub clear: Vec<String>,
    /// The objects of the release.
    pub objects: ObjectsSeen,
    /// Jobs of the release, hooks and plain ones, in the order in which they run.
    pub jobs: Vec<JobSeen>,
    /// Migrations that run before an update is applied; empty where none is needed.
    pub migration: Vec<JobSeen>,
    /// Jobs that run before the objects are removed.
    pub farewell: Vec<JobSeen>,
    /// Deployments, StatefulSets and DaemonSets of the release.
    pub workloads: Vec<WorkloadSeen>,
    /// What is scaled with the component.
    pub scale: Option<ScaleSeen>,
    /// Where the component is reached.
    pub endpoints: Vec<EndpointSeen>,
    /// What an update would do.
    pub plan: UpdatePlan,
    /// What a deletion leaves behind and then sweeps: hook Jobs and copies made for migrations.
    pub leftovers: Vec<String>,
    /// What holds data and outlives the release unless the policy says otherwise: PersistentVolumeClaims and key Secrets.
    pub data: Vec<String>,
    /// The first thing that keeps the component from being ready.
    pub cause: Option<String>,
    /// Whether the component has been unready for longer than its patience.
    pub stalled: bool,
}

impl ReleaseState {
    /// The state as an API would say it, for [`wire::decode`] to read.
    ///
    /// # Errors
    /// Never in practice: the state is plain data.
    pub fn to_wire(&self) -> Result<Map<String, Value>, KindError> {
        let place = "the state of a release";
        let failed = |source| KindError::Value { place, source };
        let shape = Shape::of(&schema::of::<Self>()).map_err(failed)?;
        let Value::Object(fields) = serde_json::to_value(self).map_err(failed)? else {
            return Err(KindError::Missing("the state of a release"));
        };
        Ok(wire::encode(&shape, &fields))
    }

    /// Is nothing of the release there, data left aside?
    pub fn is_gone(&self) -> bool {
        self.release.is_none() && self.objects.present == 0 && self.leftovers.is_empty()
    }
}

/// The newest record of a release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RecordSeen {
    /// Name of the release.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its revision, counted by Helm from 1.
    pub revision: i64,
    /// Its status.
    pub status: ReleaseStatus,
    /// The newest revision that was deployed; absent before the first.
    pub deployed: Option<i64>,
    /// Which managed resource it belongs to; absent where none has claimed it.
    pub marker: Option<String>,
    /// When it was last changed, RFC 3339.
    pub updated: Option<String>,
    /// Whether another Helm may still be at work on it.
    pub busy: bool,
}

/// Status of a release, in Helm's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseStatus {
    /// Helm does not know.
    #[default]
    Unknown,
    /// All of it was applied.
    Deployed,
    /// It was uninstalled, and its history kept.
    Uninstalled,
    /// A newer revision took its place.
    Superseded,
    /// It could not be applied.
    Failed,
    /// It is being uninstalled.
    Uninstalling,
    /// It is being installed.
    PendingInstall,
    /// It is being upgraded.
    PendingUpgrade,
    /// It is being rolled back.
    PendingRollback,
}

impl ReleaseStatus {
    /// Is an operation under way, or was one broken off?
    pub fn is_pending(self) -> bool {
        matches!(self, Self::PendingInstall | Self::PendingUpgrade | Self::PendingRollback)
    }

    /// Helm's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Deployed => "deployed",
            Self::Uninstalled => "uninstalled",
            Self::Superseded => "superseded",
            Self::Failed => "failed",
            Self::Uninstalling => "uninstalling",
            Self::PendingInstall => "pending-install",
            Self::PendingUpgrade => "pending-upgrade",
            Self::PendingRollback => "pending-rollback",
        }
    }
}

/// A chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ChartSeen {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Digest of its archive, sha256:….
    pub digest: Option<String>,
    /// Version of what it installs, as the chart says.
    pub app_version: Option<String>,
}

/// The objects of a release, named as Kind/name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectsSeen {
    /// How many the release consists of.
    pub total: i64,
    /// How many of them, or of an earlier revision, are there and would be removed with the release.
    pub present: i64,
    /// Those that are absent.
    pub missing: Vec<String>,
    /// Those that are not as the release wants them.
    pub differ: Vec<String>,
    /// Those of the last deployed revision that the newest no longer has.
    pub surplus: Vec<String>,
}

/// A Job of a release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct JobSeen {
    /// Its name.
    pub name: String,
    /// When it runs.
    pub phase: JobPhase,
    /// Its weight among the Jobs of its phase; lower ones run first.
    pub weight: i64,
    /// How far it is.
    pub state: JobState,
    /// What it waits for, or how it fails.
    pub message: Option<String>,
}

/// When a Job runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum JobPhase {
    /// Before the objects are applied.
    Before,
    /// After the objects are applied.
    #[default]
    After,
    /// Whenever Kubernetes starts it: it is one of the objects.
    Plain,
}

/// How far a Job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum JobState {
    /// It has not been made yet.
    #[default]
    Due,
    /// The one that is there was made from other inputs, and is replaced.
    Outdated,
    /// It waits for what it depends on.
    Waiting,
    /// It waits for the first compute node, which is no failure.
    AwaitsNodes,
    /// It runs.
    Running,
    /// It fails time and again. It is not given up: mended, it goes on.
    Failing,
    /// It has completed.
    Done,
}

/// A workload of a release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadSeen {
    /// Deployment, StatefulSet or DaemonSet.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// How many pods are wanted.
    pub desired: i64,
    /// How many of them are ready.
    pub ready: i64,
    /// How many of them are of the newest template.
    pub updated: i64,
}

impl WorkloadSeen {
    /// Are all of its pods new and ready?
    pub fn is_ready(&self) -> bool {
        self.ready >= self.desired && self.updated >= self.desired
    }
}

/// What `kubectl scale` and autoscalers read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ScaleSeen {
    /// How many pods are ready.
    pub replicas: i64,
    /// Selector of the pods: their labels, as `kubectl get --selector` takes them.
    pub selector: String,
}

/// Where a component is reached.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointSeen {
    /// For whom it is: internal or public.
    pub interface: String,
    /// Its address.
    pub url: String,
    /// Whether it answers.
    pub answers: bool,
}

/// What an update would do, by names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UpdatePlan {
    /// Paths of values that change, a hundred at the most; never what they are.
    pub values: Vec<String>,
    /// Workloads whose pods restart.
    pub restarts: Vec<String>,
    /// Jobs that run again.
    pub jobs: Vec<String>,
    /// Objects that are deleted and made anew, all their pods at once.
    pub replaced: Vec<String>,
    /// Objects that are removed.
    pub removed: Vec<String>,
}

impl UpdatePlan {
    /// Would nothing happen that anybody notices?
    pub fn is_empty(&self) -> bool {
        [&self.restarts, &self.jobs, &self.replaced, &self.removed].iter().all(|names| names.is_empty())
    }
}
