//! Open vSwitch: <https://docs.openvswitch.org/>

use super::{
    chart::{Chart, Facts},
    image::{ENTRYPOINT, Image},
    parameters::NoReplicas,
    stage::Stage,
};

/// The switches.
pub struct OpenVSwitch;

impl Chart for OpenVSwitch {
    type Replicas = NoReplicas;
    const FACTS: Facts = Facts {
        kind: "OpenVSwitch",
        plural: "openvswitches",
        about: "An OpenVSwitch is the switch on every node that networks of an OpenStack cloud go through, as a Helm release.",
        docs: "https://docs.openvswitch.org/",
        chart: Some("openvswitch"),
        stage: Stage::Compute,
        shared_images: &[ENTRYPOINT],
        images: &[
            ("openvswitch_db_server", Image::Project("openvswitch")),
            ("openvswitch_vswitchd", Image::Project("openvswitch")),
        ],
        ..Facts::BARE
    };
}
