//! Kinds whose external resources are Helm releases: OpenStack's components and what they stand on, and passwords for
//! them, and profiles that lie elsewhere. Pure: a component is its chart's facts, in one file; the release that it becomes is `release`'s business.

use crate::kind::any::{AnyKind, Erased};
use std::sync::LazyLock;

pub mod chart;
pub mod component;
pub mod details;
pub mod generated_secret;
pub mod glance;
pub mod image;
pub mod keystone;
pub mod mariadb;
pub mod memcached;
pub mod neutron;
pub mod nova;
pub mod open_stack_component;
pub mod parameters;
pub mod placement;
pub mod provider;
pub mod rabbitmq;
pub mod remote_profile;
pub mod service;
pub mod values;
pub mod wire;

use component::Component;

/// Every kind, by name.
pub static KINDS: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| {
    vec![
        Box::new(Erased::<generated_secret::GeneratedSecret>::new()),
        Box::new(Erased::<Component<glance::Glance>>::new()),
        Box::new(Erased::<Component<keystone::Keystone>>::new()),
        Box::new(Erased::<Component<mariadb::MariaDb>>::new()),
        Box::new(Erased::<Component<memcached::Memcached>>::new()),
        Box::new(Erased::<Component<neutron::Neutron>>::new()),
        Box::new(Erased::<Component<nova::Nova>>::new()),
        Box::new(Erased::<Component<open_stack_component::OpenStackComponent>>::new()),
        Box::new(Erased::<Component<placement::Placement>>::new()),
        Box::new(Erased::<Component<rabbitmq::RabbitMq>>::new()),
        Box::new(Erased::<remote_profile::RemoteProfile>::new()),
    ]
});

#[cfg(test)]
mod tests;
