//! Which components are composed, and at which release. It never takes anything back: what is there stays, and a release
//! that was asked for stays asked for as long as it is the target.

use super::{composed_resource::ComposedResource, version::OpenStackRelease};
use crate::components::stage::Stage;

/// What is looked at in one component.
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
    pub fn of(resource: Option<&ComposedResource>) -> Self {
        let Some(resource) = resource else { return Self::default() };
        let status = resource.component_status();
        Self {
            exists: true,
            ready: resource.ready(),
            asked: resource.asked(),
            committed: status.committed(),
            running: status.running(),
        }
    }

    /// Ready at the release that it should have; what has no release just has to be ready.
    pub fn done(&self, target: Option<OpenStackRelease>) -> bool {
        self.ready && target.is_none_or(|target| self.running == Some(target))
    }
}

/// One component, and when its turn is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// When its turn is.
    pub stage: Stage,
    /// Release that it should have; `None` for what has none.
    pub target: Option<OpenStackRelease>,
    /// Does it need another one of its stage? They come up together, but it is upgraded after all that need none.
    pub follows: bool,
    /// What it has.
    pub standing: Standing,
}

/// What becomes of one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Its turn has not come.
    Wait,
    /// It is composed, at this release.
    Compose(Option<OpenStackRelease>),
}

/// Decides for every component, in the order given.
pub fn decide(members: &[Member], paused: bool) -> Vec<Decision> {
    let done = |which: &dyn Fn(&Member) -> bool| {
        members.iter().filter(|other| which(other)).all(|other| other.standing.done(other.target))
    };
    let decision = |member: &Member| {
        let Member { stage, target, follows, standing } = member;
        let reached = done(&|other| other.stage < *stage);
        if !standing.exists {
            return if reached { Decision::Compose(*target) } else { Decision::Wait };
        }
        let given = standing.asked == *target || standing.committed == *target;
        let alone = !follows || done(&|other| other.stage == *stage && !other.follows);
        let turn = !paused && reached && alone;
        Decision::Compose(if given || turn { *target } else { standing.committed.or(standing.asked) })
    };
    members.iter().map(decision).collect()
}

/// The first stage of which something is not done.
pub fn current(members: &[Member]) -> Option<Stage> {
    let open = members.iter().filter(|member| !member.standing.done(member.target));
    open.map(|member| member.stage).min()
}

#[cfg(test)]
mod tests;
