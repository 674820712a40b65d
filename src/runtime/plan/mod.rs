//! What to do next with a managed resource: one effect for one state, without any IO.
//!
//! # Flow
//! [`next::plan`] reads a [`state::PassState`] and returns an [`effect::Effect`]; somebody performs it; what came of it, an
//! [`outcome::Outcome`], is the only thing that changes the state. A pass is that loop, until the plan says how it ends.
//!
//! # Guarantees
//! Nothing here waits, asks or draws by lot: equal states at equal times lead to equal effects. The table of
//! `runtime/CONTRACT.md` is followed row by row (numbers in comments), with improvements that stay inside the
//! contract: a create whose answer was lost is found by its marker instead of waiting for a person, nothing is made anew
//! before it is proven to be gone, and a resource that is not ready is looked at more often.
//!
//! # Caveats
//! A question that was not asked yet is `None` in the state, and the plan asks only those whose answers matter.

mod absent;
mod common;
pub mod effect;
pub mod event;
mod held_back;
pub mod hold;
mod import;
pub mod next;
pub mod outcome;
pub mod pass_result;
mod present;
pub mod proof;
pub mod sent_changes;
pub mod state;
mod vanishing;

pub use absent::taken;
pub use import::NAMED;
pub use present::search_is_owed;

#[cfg(test)]
mod tests;
