//! Which components are composed, and at which release. It never takes anything back: what is there stays, and a release
//! that was asked for stays asked for as long as it is the target.

use super::{part::Part, stage::Stage, version::OpenStackRelease};

/// What the gates look at in one component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// It was composed.
    pub exists: bool,
    /// It can be used.
    pub ready: bool,
    /// Release that it was last asked to have.
    pub asked: Option<OpenStackRelease>,
    /// Release that it is at, or irrevocably on its way to.
    pub committed: Option<OpenStackRelease>,
    /// Release of the images that run.
    pub running: Option<OpenStackRelease>,
}

impl Standing {
    /// Reads it off a composed resource.
    pub fn of(part: Option<&Part>) -> Self {
        let Some(part) = part else { return Self::default() };
        let told = part.told();
        Self {
            exists: true,
            ready: part.ready(),
            asked: part.asked(),
            committed: told.committed(),
            running: told.running(),
        }
    }

    /// Ready at the release that it should have; what has no release just has to be ready.
    pub fn done(&self, target: Option<OpenStackRelease>) -> bool {
        self.ready && target.is_none_or(|target| self.running == Some(target))
    }
}

/// One component as the gates see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// When its turn is.
    pub stage: Stage,
    /// Release that it should have; `None` for what has none.
    pub target: Option<OpenStackRelease>,
    /// What it has.
    pub standing: Standing,
}

/// What becomes of one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Its turn has not come.
    Closed,
    /// It is composed, at this release.
    Open(Option<OpenStackRelease>),
}

/// Decides for every component, in the order given.
pub fn gates(members: &[Member], paused: bool) -> Vec<Gate> {
    let reached = |stage: Stage| {
        members
            .iter()
            .filter(|earlier| earlier.stage < stage)
            .all(|earlier| earlier.standing.done(earlier.target))
    };
    let gate = |member: &Member| {
        let Member { stage, target, standing } = member;
        if !standing.exists {
            return if reached(*stage) { Gate::Open(*target) } else { Gate::Closed };
        }
        let given = standing.asked == *target || standing.committed == *target;
        let turn = !paused && reached(*stage);
        Gate::Open(if given || turn { *target } else { standing.committed.or(standing.asked) })
    };
    members.iter().map(gate).collect()
}

/// The first stage of which something is not done.
pub fn current(members: &[Member]) -> Option<Stage> {
    let open = members.iter().filter(|member| !member.standing.done(member.target));
    open.map(|member| member.stage).min()
}

#[cfg(test)]
mod tests;
