//! Ports behind Neutron local IPs: <https://docs.openstack.org/api-ref/network/v2/#local-ip-associations-port-associations>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace,
        request::service::NETWORK,
        rest::{Rest, Update, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A port that a local IP leads to on the port's compute node.
pub struct LocalIpAssociation;

/// What can be wanted of an association: nothing of it can be changed once it exists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LocalIpAssociationParameters {
    /// Id of the local IP.
    #[schemars(extend("x-os" = {"ref": "network.LocalIP", "required": true, "immutable": true}))]
    pub local_ip_id: Option<String>,
    /// Id of the port that it leads to.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true, "untilReady": true}))]
    pub fixed_port_id: Option<String>,
    /// Which of the port's addresses it leads to. Needed where the port has several.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "ip", "default": "the port's own"}))]
    pub fixed_ip: Option<String>,
}

/// What only the cloud says of an association.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LocalIpAssociationObservation {
    /// Id of the port, by which Neutron knows the association.
    pub id: String,
    /// The local address.
    pub local_ip_address: String,
    /// Compute node of the port.
    pub host: String,
}

impl Kind for LocalIpAssociation {
    type Parameters = LocalIpAssociationParameters;
    type Observation = LocalIpAssociationObservation;
    const INFO: Info = Info {
        kind: "LocalIPAssociation",
        plural: "localipassociations",
        short: "oslipa",
        about: "A LocalIPAssociation leads a local IP of OpenStack Neutron to a port on the port's compute node.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#local-ip-associations-port-associations",
        columns: &[
            Column { name: "ADDRESS", field: "localIpAddress" },
            Column { name: "FIXED", field: "fixedIp" },
            Column { name: "HOST", field: "host" },
        ],
        external_name: "the ids of local IP and port: <local IP>/<port>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(
        Rest { update: Update::None, ..Rest::plain("port_associations", "port_association") }
            .below("local_ips", "local_ip_id"),
    );
    /// Its items have no id.
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, LocalIpAssociationParameters>) -> Option<String> {
        let LocalIpAssociationParameters { local_ip_id, fixed_port_id, .. } = key.params;
        Some(format!("{}/{}", local_ip_id.as_deref()?, fixed_port_id.as_deref()?))
    }

    fn complete_answer(_: &Key<'_, LocalIpAssociationParameters>, association: &mut Map<String, Value>) {
        let port = association.get("fixed_port_id").cloned();
        association.extend(port.map(|port| ("id".to_owned(), port)));
    }
}
