//! Cinder QoS specs of volume types:
//! <https://docs.openstack.org/api-ref/block-storage/v3/#associate-qos-specification-with-a-volume-type>
//!
//! Cinder takes both orders as a GET.

use crate::{
    api::crd::Column,
    kind::{
        Info, Kind, MarkerPlace, Options, Rights,
        request::{Method, Request, service::BLOCK_STORAGE},
        rest::pair::Pair,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A volume type's QoS specs.
pub struct VolumeQoSAssociation;

/// What can be wanted of an association. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeQoSAssociationParameters {
    /// Id of the QoS specs.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeQoS", "required": true, "immutable": true}))]
    pub qos_id: Option<String>,
    /// Id of the volume type. It can have one set of QoS specs only.
    #[schemars(extend("x-os" = {"ref": "blockstorage.VolumeType", "required": true, "immutable": true}))]
    pub volume_type_id: Option<String>,
}

/// What only the cloud says of an association.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeQoSAssociationObservation {
    /// The ids of QoS specs and volume type: `<qos>/<type>`.
    pub id: String,
}

fn order(qos: &str, what: &str, kind: &str) -> Request {
    let request = Request::new(&BLOCK_STORAGE, Method::Get, format!("/qos-specs/{qos}/{what}"), None);
    Request { query: vec![("vol_type_id".to_owned(), kind.to_owned())], ..request }
}

impl Kind for VolumeQoSAssociation {
    type Parameters = VolumeQoSAssociationParameters;
    type Observation = VolumeQoSAssociationObservation;
    const INFO: Info = Info {
        kind: "VolumeQoSAssociation",
        plural: "volumeqosassociations",
        short: "osvqosa",
        about: "A VolumeQoSAssociation makes QoS specs of OpenStack Cinder hold for the volumes of a type.",
        docs: "https://docs.openstack.org/api-ref/block-storage/v3/#associate-qos-specification-with-a-volume-type",
        columns: &[Column { name: "TYPE", field: "volumeTypeId" }],
        external_name: "the ids of QoS specs and volume type: <qos>/<type>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&BLOCK_STORAGE)
    };
    /// Cinder tells of success where it holds already.
    const OPTIONS: Options = Options { looks_first: true, ..Options::USUAL };
    const PAIR: Option<Pair> = Some(Pair {
        ids: ["qos_id", "volume_type_id"],
        list: |qos| format!("/qos-specs/{qos}/associations"),
        items: "qos_associations",
        item: "id",
        join: |qos, kind| order(qos, "associate", kind),
        part: |qos, kind| order(qos, "disassociate", kind),
    });
}
