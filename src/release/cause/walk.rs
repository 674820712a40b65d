//! Follows one chain of what pods wait for, link by link, to its end.

use crate::release::{
    depends::{Dependency, Labels},
    jobs::{ended, said},
    view::{Container, Pod, View, Workload, contains},
};
use std::collections::BTreeSet;

/// So many links of a chain are followed.
const DEEPEST: usize = 10;
/// A message of a container or node is cut here.
const LONGEST: usize = 200;

/// A container that ended: its log is read once for each time that it was started anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogOf {
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// How often it was started anew.
    pub restarts: i64,
}

/// How much a leaf explains: what is broken comes before what is absent, and that before what merely takes time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// It takes time.
    Passing,
    /// Something is absent.
    Absent,
    /// Something is broken.
    Broken,
}

/// The end of a chain.
pub(super) struct Leaf {
    /// How much it explains.
    pub weight: Weight,
    /// In words.
    pub text: String,
    /// Whose log says more.
    pub log: Option<LogOf>,
}

impl Leaf {
    fn new(weight: Weight, text: impl Into<String>) -> Self {
        Self { weight, text: text.into(), log: None }
    }
}

/// One chain that is followed.
pub(super) struct Walk<'a> {
    view: &'a View,
    /// Who waits at this link.
    subject: String,
    seen: BTreeSet<String>,
    links: Vec<String>,
}

impl<'a> Walk<'a> {
    /// A chain that begins with this workload or Job.
    pub(super) fn of(view: &'a View, subject: &str) -> Self {
        Self { view, subject: subject.to_owned(), seen: BTreeSet::from([subject.to_owned()]), links: vec![] }
    }

    /// The chain in words.
    pub(super) fn told(self, leaf: &Leaf) -> String {
        if self.links.is_empty() {
            format!("{}: {}", self.subject, leaf.text)
        } else {
            let parts = self.links.iter().map(String::as_str).chain([leaf.text.as_str()]);
            parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
        }
    }

    /// What the last thing that is waited for is at: at the beginning of a chain its name stands before it anyway.
    fn of_pod(&self, text: &str) -> String {
        if self.links.is_empty() { text.to_owned() } else { format!("its pod: {text}") }
    }

    /// Follows a workload.
    pub(super) fn workload(&mut self, workload: &'a Workload) -> Option<Leaf> {
        let view = self.view;
        let pods: Vec<_> = view.pods_of(workload).filter(|pod| !pod.ready).collect();
        if pods.is_empty() && view.pods_of(workload).next().is_none() && workload.desired > 0 {
            return Some(Leaf::new(Weight::Absent, "no pod has been made for it"));
        }
        self.any(pods.into_iter())
    }

    /// Follows the pod that explains most.
    pub(super) fn any(&mut self, pods: impl Iterator<Item = &'a Pod>) -> Option<Leaf> {
        let (subject, seen, links) = (self.subject.clone(), self.seen.clone(), self.links.clone());
        let mut best: Option<(Leaf, Self)> = None;
        for pod in pods.filter(|pod| !pod.deleting && pod.phase != "Succeeded") {
            let (subject, seen, links) = (subject.clone(), seen.clone(), links.clone());
            let mut walk = Self { view: self.view, subject, seen, links };
            let Some(leaf) = walk.pod(pod) else { continue };
            if best.as_ref().is_none_or(|(before, _)| before.weight < leaf.weight) {
                best = Some((leaf, walk));
            }
        }
        let (leaf, walk) = best?;
        *self = walk;
        Some(leaf)
    }

    fn pod(&mut self, pod: &'a Pod) -> Option<Leaf> {
        if let Some(why) = &pod.unschedulable {
            return Some(Leaf::new(Weight::Broken, self.of_pod(&format!("no node takes it: {}", tidy(why)))));
        }
        for container in &pod.init {
            if container.ended.as_ref().is_some_and(|end| end.code == 0) || container.ready {
                continue;
            }
            if container.running && !container.waits_for.is_empty() {
                return self.dependencies(pod, container);
            }
            return Some(self.container(pod, container, true));
        }
        // Of several containers the one that is worse off.
        let open = pod.containers.iter().filter(|container| !container.ready);
        open.map(|container| self.container(pod, container, false)).max_by_key(|leaf| leaf.weight)
    }

    fn container(&self, pod: &Pod, container: &Container, init: bool) -> Leaf {
        let crashed = container.waiting.as_ref().is_some_and(|(reason, _)| reason == "CrashLoopBackOff");
        let last = container.ended.as_ref().or(container.ended_before.as_ref()).filter(|end| end.code != 0);
        if let Some(end) = last.filter(|_| crashed || container.ended.is_some() || !container.running) {
            let why = if crashed { format!("CrashLoopBackOff: {}", ended(end)) } else { ended(end) };
            let log = LogOf {
                pod: pod.name.clone(),
                container: container.name.clone(),
                restarts: container.restarts,
            };
            return Leaf { log: Some(log), ..Leaf::new(Weight::Broken, self.of_pod(&tidy(&why))) };
        }
        if let Some((reason, message)) = &container.waiting {
            let starting = ["", "PodInitializing", "ContainerCreating"].contains(&reason.as_str());
            let weight = if starting { Weight::Passing } else { Weight::Broken };
            let why = if starting { "it is starting".to_owned() } else { tidy(&said(reason, message)) };
            return Leaf::new(weight, self.of_pod(&why));
        }
        let role = if init { "init container" } else { "container" };
        let why = match (container.running, init) {
            // It is never ready: the others wait for its end.
            (true, true) => "runs and has not ended",
            (true, false) => "runs and is not ready",
            (false, _) => "is not running yet",
        };
        Leaf::new(Weight::Passing, self.of_pod(&format!("{role} {} {why}", container.name)))
    }

    /// The first dependency that is not there.
    fn dependencies(&mut self, pod: &Pod, container: &'a Container) -> Option<Leaf> {
        let open = container.waits_for.iter().find(|dependency| !self.is_met(dependency, pod));
        open.map(|dependency| self.follow(dependency, pod))
    }

    fn is_met(&self, dependency: &Dependency, pod: &Pod) -> bool {
        let view = self.view;
        match dependency {
            Dependency::Service(name) => view.serves(name),
            Dependency::Job(name) => view.job(name).is_some_and(|job| job.complete),
            Dependency::Jobs(labels) => {
                let mut jobs = view.jobs.iter().filter(|job| contains(&job.labels, labels)).peekable();
                jobs.peek().is_some() && jobs.all(|job| job.complete)
            }
            Dependency::Pod { labels, same_node } => {
                candidates(view, labels, *same_node, pod).any(|pod| pod.ready)
            }
            Dependency::DaemonSet(name) => on_node(view, name, pod).any(|pod| pod.ready),
            // Nobody can see from here.
            Dependency::Other(_) => false,
        }
    }

    fn follow(&mut self, dependency: &'a Dependency, pod: &Pod) -> Leaf {
        let view = self.view;
        match dependency {
            Dependency::Service(name) => {
                let behind: Vec<_> = behind(view, name);
                self.link(&format!("Service {name}"), name, behind, "which has no endpoints")
            }
            Dependency::Job(name) => self.job(name),
            Dependency::Jobs(labels) => {
                let open = view.jobs.iter().find(|job| contains(&job.labels, labels) && !job.complete);
                match open {
                    Some(job) => self.job(&job.name),
                    None => self.link(
                        &format!("Jobs with {}", text(labels)),
                        "",
                        vec![],
                        "which have not been made yet",
                    ),
                }
            }
            Dependency::Pod { labels, same_node } => {
                let pods = candidates(view, labels, *same_node, pod).collect();
                let place = pod.node.as_deref().filter(|_| *same_node).map(|node| format!(" on node {node}"));
                let what = format!("a pod with {}{}", text(labels), place.unwrap_or_default());
                let absent = if view.compute_nodes {
                    "of which there is none"
                } else {
                    "of which there is none, and no compute node"
                };
                self.link(&what, &text(labels), pods, absent)
            }
            Dependency::DaemonSet(name) => {
                let pods = on_node(view, name, pod).collect();
                self.link(&format!("DaemonSet {name}"), name, pods, "which has no pod on its node")
            }
            Dependency::Other(what) => self.link(what, what, vec![], "which can't be followed from here"),
        }
    }

    fn job(&mut self, name: &'a str) -> Leaf {
        let view = self.view;
        let absent =
            if view.job(name).is_some() { "which has no pod yet" } else { "which has not been made yet" };
        self.link(&format!("Job {name}"), name, view.pods_of_job(name).collect(), absent)
    }

    /// Goes one link further, to the pods that are waited for.
    fn link(&mut self, what: &str, subject: &str, pods: Vec<&'a Pod>, absent: &str) -> Leaf {
        let link = format!("{} waits for {what}", self.subject);
        if pods.is_empty() {
            self.links.push(format!("{link}, {absent}"));
            return Leaf::new(Weight::Absent, String::new());
        }
        if !self.seen.insert(subject.to_owned()) {
            return Leaf::new(Weight::Passing, format!("{link}, in a circle"));
        }
        if self.links.len() >= DEEPEST {
            return Leaf::new(Weight::Passing, format!("{link}, and so on"));
        }
        self.links.push(link);
        subject.clone_into(&mut self.subject);
        self.any(pods.into_iter()).unwrap_or_else(|| Leaf::new(Weight::Passing, "its pod is starting"))
    }
}

/// Pods with these labels, on the same node where that is asked.
fn candidates<'a>(
    view: &'a View,
    labels: &Labels,
    same_node: bool,
    pod: &Pod,
) -> impl Iterator<Item = &'a Pod> {
    let node = pod.node.clone();
    view.pods
        .iter()
        .filter(move |other| contains(&other.labels, labels) && (!same_node || other.node == node))
}

/// A DaemonSet's pods on the node of another pod.
fn on_node<'a>(view: &'a View, name: &str, pod: &Pod) -> impl Iterator<Item = &'a Pod> {
    view.pods.iter().filter(move |other| other.belongs_to("DaemonSet", name) && other.node == pod.node)
}

/// Pods that a Service would lead to: those of its slices, and else those of what is called like it.
fn behind<'a>(view: &'a View, service: &str) -> Vec<&'a Pod> {
    let slices = view.slices.iter().filter(|slice| slice.service == service);
    let listed: Vec<_> =
        slices.flat_map(|slice| &slice.pods).filter_map(|(name, _)| view.pod(name)).collect();
    if !listed.is_empty() {
        return listed;
    }
    let named = view.workloads.iter().filter(|workload| {
        workload.name == service || workload.selector.get("application").is_some_and(|name| name == service)
    });
    named.flat_map(|workload| view.pods_of(workload)).collect()
}

fn text(labels: &Labels) -> String {
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

/// A message in one line, not too long, without the credentials that addresses in it have.
pub(super) fn tidy(message: &str) -> String {
    let words =
        message.split_whitespace().map(|word| match (word.split_once("://"), word.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, host))) => format!("{scheme}://…@{host}"),
            _ => word.to_owned(),
        });
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
