//! The shipped reconciler over an API server and a cloud in memory, with a clock that jumps. At every request that it makes to
//! either it is killed, or left without an answer, each point in its turn, and must end as if nothing had happened:
//! never two objects, none lost, nobody needed.

mod answers;
mod at_once;
mod census;
mod chance;
mod drift;
mod edits;
mod examples;
mod held;
mod imports;
mod lifecycle;
mod newcomers;
mod nodes;
mod openstack;
pub mod points;
mod releases;
mod request_budget;
mod shop;
mod testbed;
