//! Any other chart: of a component that has no kind of its own, or of a user.

use super::{
    chart::{Chart, Facts, Given, Probe},
    parameters::replicas,
    wire::{CACHE, DATABASE, IDENTITY, MESSAGING},
};

/// A component whose facts its spec says.
pub struct OpenStackComponent;

replicas! {
    /// Numbers of pods are values of the chart.
    NoReplicas {}
}

impl Chart for OpenStackComponent {
    type Replicas = NoReplicas;
    const FACTS: Facts = Facts {
        kind: "OpenStackComponent",
        plural: "openstackcomponents",
        about: "An OpenStackComponent is a Helm release of any chart that is laid out as OpenStack-Helm's.",
        docs: "https://docs.openstack.org/openstack-helm/latest/",
        chart: None,
        given: Given::ANY,
        scale: None,
        replicas: &[],
        shared_wiring: &[DATABASE, MESSAGING, CACHE, IDENTITY],
        wiring: &[],
        shared_images: &[],
        images: &[],
        switched_off: &[],
        migrations: &[],
        awaits_nodes: &[],
        probe: Probe::None,
        tells: &[],
        connection: &[],
    };
}
