//! The managed reconciler: from a watch event to a status write.
//!
//! [`watch`] feeds the index and the queue, [`workers`] take keys from the queue, [`reconcile`] loops over the plan and
//! [`perform`]s its effects, each of [`effects`] with just what it needs; [`finish`] writes the status.

mod calm;
pub mod consequences;
pub mod effects;
pub mod finish;
pub mod flows;
pub mod freshness;
pub mod gauges;
pub mod look;
pub mod pass;
pub mod perform;
mod places;
pub mod reconcile;
#[cfg(test)]
mod tests;
pub mod tracked;
pub mod watch;
pub mod workers;
