//! The first thing that keeps a release from being ready, followed through what pods wait for, across releases.
//!
//! It is one sentence: "keystone-api waits for Job keystone-db-sync; its pod: ImagePullBackOff: …".

mod walk;

pub use walk::LogOf;

use super::view::View;
use walk::{Leaf, Walk, Weight, tidy};

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Open<'a> {
    /// Kinds and names of workloads that are not ready.
    pub workloads: &'a [(String, String)],
    /// Names of Jobs that are there and have not completed, in the order in which they run.
    pub jobs: &'a [String],
}

/// Why a release is not ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// One sentence.
    pub text: String,
    /// Whose last line of log says more.
    pub log: Option<LogOf>,
}

impl Cause {
    /// With the last line that the container wrote.
    #[must_use]
    pub fn with_log(mut self, line: &str) -> Self {
        let line = tidy(line);
        if !line.is_empty() {
            self.text = format!("{}: {line}", self.text);
        }
        self
    }
}

/// Why a release is not ready; `None` if nothing is seen that explains it.
pub fn cause(open: &Open<'_>, view: &View) -> Option<Cause> {
    let workloads = open.workloads.iter().filter_map(|(kind, name)| {
        let workload = view.workload(kind, name)?;
        let mut walk = Walk::of(view, name);
        let leaf = walk.workload(workload)?;
        Some(told(walk, leaf))
    });
    let jobs = open.jobs.iter().filter_map(|name| {
        let mut walk = Walk::of(view, name);
        let leaf = walk.any(view.pods_of_job(name))?;
        Some(told(walk, leaf))
    });
    // The first of those that explain most.
    let found: Vec<_> = workloads.chain(jobs).collect();
    let most = found.iter().map(|(weight, _)| *weight).max()?;
    found.into_iter().find(|(weight, _)| *weight == most).map(|(_, cause)| cause)
}

fn told(walk: Walk<'_>, leaf: Leaf) -> (Weight, Cause) {
    let (weight, log) = (leaf.weight, leaf.log.clone());
    (weight, Cause { text: walk.told(&leaf), log })
}

#[cfg(test)]
mod tests;
