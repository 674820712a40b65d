//! The managed reconciler: from a watch event to a status write.
//!
//! [`watch`] feeds the index and the queue, [`workers`] take keys from the queue, [`reconcile`] loops over plan and
//! effects, [`effects`] perform one effect each, [`finish`] writes the status.

pub mod effects;
pub mod finish;
pub mod freshness;
pub mod gauges;
pub mod look;
pub mod reconcile;
#[cfg(test)]
mod tests;
pub mod tracked;
pub mod uploads;
pub mod watch;
pub mod workers;
