//! Neutron metering labels: <https://docs.openstack.org/api-ref/network/v2/#metering-labels-and-rules-metering-labels-metering-label-rules>

use crate::{
    api::crd::Column,
    kind::{
        Info, Kind, Rights,
        request::service::NETWORK,
        rest::{Rest, Update},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What routers' traffic is counted under.
pub struct MeteringLabel;

/// What can be wanted of a label: nothing of it can be changed once it exists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MeteringLabelParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION), extend("x-os" = {"immutable": true}))]
    pub description: Option<String>,
    /// Whether the routers of every project are counted.
    #[schemars(extend("x-os" = {"immutable": true, "default": false}))]
    pub shared: Option<bool>,
    /// Project that owns the label, and whose routers are counted.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a label.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MeteringLabelObservation {
    /// Id of the label.
    pub id: String,
}

impl Kind for MeteringLabel {
    type Parameters = MeteringLabelParameters;
    type Observation = MeteringLabelObservation;
    const INFO: Info = Info {
        kind: "MeteringLabel",
        plural: "meteringlabels",
        short: "osmlbl",
        about: "A MeteringLabel is what traffic of routers of OpenStack Neutron is counted under.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#metering-labels-and-rules-metering-labels-metering-label-rules",
        columns: &[Column { name: "NAME", field: "name" }, Column { name: "SHARED", field: "shared" }],
        rights: Rights::System,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "metering/metering-labels",
        update: Update::None,
        tags: false,
        ..Rest::neutron("metering_labels", "metering_label")
    });
}
