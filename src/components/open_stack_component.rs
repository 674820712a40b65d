//! Any other chart: of a component that has no kind of its own, or of a user.

use super::{
    chart::{Chart, Facts},
    given::Given,
    parameters::NoReplicas,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, MESSAGING},
};

/// A component whose facts its spec says.
pub struct OpenStackComponent;

impl Chart for OpenStackComponent {
    type Replicas = NoReplicas;
    const FACTS: Facts = Facts {
        kind: "OpenStackComponent",
        plural: "openstackcomponents",
        about: "An OpenStackComponent is a Helm release of any chart that is laid out as OpenStack-Helm's.",
        docs: "https://docs.openstack.org/openstack-helm/latest/",
        given: Given::ANY,
        shared_wiring: &[DATABASE, MESSAGING, CACHE, CACHE_KEY, IDENTITY],
        ..Facts::BARE
    };
}
