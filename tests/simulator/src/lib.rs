//! An OpenStack in memory: Keystone, Neutron, Nova, Cinder, Glance and Placement as far as this project speaks to them.
//!
//! [`Cloud`] is a pure state machine: an HTTP request and a time in, an HTTP response out; no IO, no clock, no chance, and a
//! clone of it is a cloud of its own. [`serve`] puts it behind a socket, with a latency and with faults.
//!
//! One engine (`collection`) knows what all collections have in common; a service's files hold its facts and special cases.
//! It shares no code with the provider. What it claims is checked by exchanges that the real services answer as well.

mod address;
mod call;
mod cinder;
mod cloud;
mod collection;
pub mod exchanges;
mod glance;
mod keystone;
mod list;
mod neutron;
mod nova;
mod placement;
mod quotas;
mod reply;
pub mod serve;
mod store;

pub use cloud::Cloud;
