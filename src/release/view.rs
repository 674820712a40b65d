//! What is watched of a namespace, trimmed to what is read: pods, Jobs, workloads and endpoints, as plain data.

use super::depends::{Dependency, Labels};

/// What is there in one namespace, of all releases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Pods.
    pub pods: Vec<Pod>,
    /// Jobs.
    pub jobs: Vec<Job>,
    /// Deployments, StatefulSets and DaemonSets.
    pub workloads: Vec<Workload>,
    /// EndpointSlices.
    pub slices: Vec<Slice>,
    /// Whether the cluster has a node for compute services.
    pub compute_nodes: bool,
}

/// A pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pod {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// The node that it is bound to.
    pub node: Option<String>,
    /// Kind and name of its controller.
    pub owner: Option<(String, String)>,
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: String,
    /// Why no node takes it.
    pub unschedulable: Option<String>,
    /// Do its readiness probes pass?
    pub ready: bool,
    /// Is it being deleted?
    pub deleting: bool,
    /// When the newest of its containers was started, if all of them run, RFC 3339.
    pub runs_since: Option<String>,
    /// Init containers, in the order in which they run.
    pub init: Vec<Container>,
    /// Containers.
    pub containers: Vec<Container>,
}

/// A container of a pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// What it waits for before it ends, where it is one that waits.
    pub waits_for: Vec<Dependency>,
    /// Does it run?
    pub running: bool,
    /// Does its readiness probe pass?
    pub ready: bool,
    /// Why it does not run: reason and message.
    pub waiting: Option<(String, String)>,
    /// How it ended, if it has.
    pub ended: Option<Termination>,
    /// How its last run ended, before the present state.
    pub ended_before: Option<Termination>,
    /// How often it was started anew.
    pub restarts: i64,
}

/// How a container ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Termination {
    /// Its exit code.
    pub code: i64,
    /// The kubelet's word, such as `OOMKilled`.
    pub reason: String,
    /// What it left as its termination message.
    pub message: String,
}

/// A Job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// Digest of the inputs that it was made from, where we made it.
    pub inputs: Option<String>,
    /// When it was created, RFC 3339.
    pub created: Option<String>,
    /// Has it completed?
    pub complete: bool,
    /// Why Kubernetes has given it up.
    pub failed: Option<String>,
    /// Is it being deleted?
    pub deleting: bool,
}

/// A Deployment, StatefulSet or DaemonSet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Workload {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Labels of its pods.
    pub selector: Labels,
    /// How many pods are wanted.
    pub desired: i64,
    /// How many of them are ready.
    pub ready: i64,
    /// How many of them are of the newest template; 0 while the newest has not been looked at.
    pub updated: i64,
    /// Is no pod of an older template there any more, however pods are replaced, and is each of the newest ready?
    pub replaced: bool,
}

/// An EndpointSlice.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slice {
    /// Name of its Service.
    pub service: String,
    /// Names of the pods behind it, and whether they are ready.
    pub pods: Vec<(String, bool)>,
    /// Is there a ready endpoint, of a pod or not?
    pub ready: bool,
}

impl View {
    /// A pod by its name.
    pub fn pod(&self, name: &str) -> Option<&Pod> {
        self.pods.iter().find(|pod| pod.name == name)
    }

    /// A Job by its name.
    pub fn job(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }

    /// A workload by kind and name.
    pub fn workload(&self, kind: &str, name: &str) -> Option<&Workload> {
        self.workloads.iter().find(|workload| workload.kind == kind && workload.name == name)
    }

    /// Pods that a Job has made.
    pub fn pods_of_job<'a>(&'a self, job: &'a str) -> impl Iterator<Item = &'a Pod> {
        self.pods.iter().filter(move |pod| pod.belongs_to("Job", job))
    }

    /// Pods of a workload.
    pub fn pods_of<'a>(&'a self, workload: &'a Workload) -> impl Iterator<Item = &'a Pod> {
        self.pods.iter().filter(move |pod| {
            // A Deployment's pods belong to ReplicaSets that are named after it.
            let owned = match pod.owner.as_ref().map(|(kind, name)| (kind.as_str(), name)) {
                Some(("ReplicaSet", set)) if workload.kind == "Deployment" => {
                    set.rsplit_once('-').is_some_and(|(stem, _)| stem == workload.name)
                }
                Some((kind, name)) => kind == workload.kind && *name == workload.name,
                None => false,
            };
            owned && contains(&pod.labels, &workload.selector)
        })
    }

    /// Has a Service a ready endpoint? Neither endpoints nor slices means no.
    pub fn serves(&self, service: &str) -> bool {
        self.slices.iter().any(|slice| slice.service == service && slice.ready)
    }
}

impl Pod {
    /// Has this controller made it?
    pub fn belongs_to(&self, kind: &str, name: &str) -> bool {
        self.owner.as_ref().is_some_and(|(of, named)| of == kind && named == name)
    }

    /// Containers, init containers first.
    pub fn all(&self) -> impl Iterator<Item = &Container> {
        self.init.iter().chain(&self.containers)
    }
}

/// Are all of these labels there?
pub fn contains(labels: &Labels, wanted: &Labels) -> bool {
    wanted.iter().all(|(key, value)| labels.get(key) == Some(value))
}
