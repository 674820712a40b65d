//! Kinds whose external resources are in Kubernetes: OpenStack's components and what they stand on as Helm releases, passwords for
//! them, and their nodes; and profiles that lie elsewhere. Pure: a component is its chart's facts, in one file; the release that it
//! becomes is `release`'s business, and what becomes of a node is `node`'s.

use crate::{
    api::schema,
    kind::any::{AnyKind, Erased},
};
use chart::{Chart, Facts};
use component::Component;
use serde_json::Value;
use std::sync::LazyLock;

pub mod aodh;
pub mod barbican;
pub mod ceilometer;
pub mod ceph_adapter;
pub mod chart;
pub mod cinder;
mod compared;
pub mod component;
pub mod designate;
pub mod details;
pub mod generated_secret;
pub mod given;
pub mod glance;
pub mod gnocchi;
pub mod heat;
pub mod horizon;
pub mod image;
pub mod ironic;
pub mod keystone;
pub mod libvirt;
pub mod magnum;
pub mod manila;
pub mod mariadb;
pub mod masakari;
pub mod memcached;
pub mod neutron;
pub mod nova;
pub mod octavia;
pub mod open_stack_component;
pub mod openstack_node;
pub mod openvswitch;
pub mod ovn;
pub mod parameters;
pub mod placement;
pub mod provider;
pub mod rabbitmq;
pub mod remote_profile;
pub mod renewal;
pub mod service;
pub mod setting;
pub mod stage;
pub mod swift;
pub mod tell;
pub mod trove;
pub mod values;
pub mod wire;

/// A component, whatever its chart.
pub struct Registered {
    /// Facts of its chart.
    pub facts: &'static Facts,
    /// Schema of its replicas.
    pub replicas: fn() -> Value,
    kind: fn() -> Box<dyn AnyKind>,
}

/// Every component.
pub static ALL: LazyLock<Vec<Registered>> = LazyLock::new(|| {
    vec![
        registered::<aodh::Aodh>(),
        registered::<barbican::Barbican>(),
        registered::<ceilometer::Ceilometer>(),
        registered::<ceph_adapter::CephAdapter>(),
        registered::<cinder::Cinder>(),
        registered::<designate::Designate>(),
        registered::<glance::Glance>(),
        registered::<gnocchi::Gnocchi>(),
        registered::<heat::Heat>(),
        registered::<horizon::Horizon>(),
        registered::<ironic::Ironic>(),
        registered::<keystone::Keystone>(),
        registered::<libvirt::Libvirt>(),
        registered::<magnum::Magnum>(),
        registered::<manila::Manila>(),
        registered::<mariadb::MariaDb>(),
        registered::<masakari::Masakari>(),
        registered::<memcached::Memcached>(),
        registered::<neutron::Neutron>(),
        registered::<nova::Nova>(),
        registered::<octavia::Octavia>(),
        registered::<open_stack_component::OpenStackComponent>(),
        registered::<openvswitch::OpenVSwitch>(),
        registered::<ovn::Ovn>(),
        registered::<placement::Placement>(),
        registered::<rabbitmq::RabbitMq>(),
        registered::<swift::Swift>(),
        registered::<trove::Trove>(),
    ]
});

fn registered<C: Chart>() -> Registered {
    Registered {
        facts: const { &C::FACTS },
        replicas: schema::of::<C::Replicas>,
        kind: || Box::new(Erased::<Component<C>>::new()),
    }
}

/// Every kind, by name.
pub static KINDS: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| {
    let others: [Box<dyn AnyKind>; 3] = [
        Box::new(Erased::<generated_secret::GeneratedSecret>::new()),
        Box::new(Erased::<openstack_node::OpenstackNode>::new()),
        Box::new(Erased::<remote_profile::RemoteProfile>::new()),
    ];
    let mut kinds: Vec<_> = ALL.iter().map(|one| (one.kind)()).chain(others).collect();
    kinds.sort_by_key(|kind| kind.info().kind);
    kinds
});

#[cfg(test)]
mod tests;
