//! Where to, and the next request on the way.

use super::{diff::Diff, flow::Flow, request::Request};

/// What is to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// It exists, complete.
    Exist,
    /// It is as the spec says.
    Match,
    /// It is gone.
    Vanish,
}

/// The next thing to do: one request, or none.
#[derive(Clone, Debug)]
pub enum Step {
    /// Send this.
    Send(Request),
    /// Let this flow, however long it takes. It is begun anew until the kind says another step, and broken off by the next
    /// request.
    Flow(Box<Flow>),
    /// The cloud is at work: look again soon. Says what for.
    Wait(String),
    /// It can't be done; says why and what a person can do.
    Refuse(String),
    /// Nothing is left to do.
    Done,
    /// Of a deletion: there is nothing to take away, so it stays as it is.
    Leave,
}

impl Step {
    /// Of a kind of which nothing can be changed, or not this.
    pub fn unchangeable(diff: &Diff) -> Self {
        Self::Refuse(format!("OpenStack can't change {}", diff.fields.join(", ")))
    }
}
