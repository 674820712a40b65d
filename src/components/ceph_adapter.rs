//! The adapter to a Ceph that Rook runs: <https://docs.openstack.org/openstack-helm/latest/>

use super::{
    chart::{Chart, Facts},
    image::{ENTRYPOINT, Image},
    parameters::NoReplicas,
    stage::Stage,
};

/// What hands a Ceph that Rook runs over to the other components.
pub struct CephAdapter;

impl Chart for CephAdapter {
    type Replicas = NoReplicas;
    const FACTS: Facts = Facts {
        kind: "CephAdapter",
        plural: "cephadapters",
        about: "A CephAdapter copies key and configuration of a Ceph that Rook runs to where components look for them, as a Helm release.",
        docs: "https://docs.openstack.org/openstack-helm/latest/",
        chart: Some("ceph-adapter-rook"),
        stage: Stage::Infrastructure,
        shared_images: &[ENTRYPOINT],
        images: &[("ceph_config_helper", Image::Project("ceph-config-helper"))],
        ..Facts::BARE
    };
}
