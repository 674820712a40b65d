//! Libvirt: <https://libvirt.org/docs.html>

use super::{
    chart::{Chart, Facts},
    image::{ENTRYPOINT, Image},
    parameters::NoReplicas,
    stage::Stage,
};

/// The hypervisors.
pub struct Libvirt;

impl Chart for Libvirt {
    type Replicas = NoReplicas;
    const FACTS: Facts = Facts {
        kind: "Libvirt",
        plural: "libvirts",
        about: "A Libvirt is what runs the servers of an OpenStack cloud on its compute nodes, as a Helm release.",
        docs: "https://libvirt.org/docs.html",
        chart: Some("libvirt"),
        stage: Stage::Compute,
        shared_images: &[ENTRYPOINT],
        images: &[
            ("libvirt", Image::Project("libvirt")),
            ("ceph_config_helper", Image::Project("ceph-config-helper")),
        ],
        ..Facts::BARE
    };
}
