//! Neutron address scopes: <https://docs.openstack.org/api-ref/network/v2/#address-scopes>

use crate::{
    api::crd::Column,
    kind::{Info, Kind, MarkerPlace, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Addresses of which no two overlap.
pub struct AddressScope;

/// What can be wanted of an address scope.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressScopeParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// 4 or 6.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}, "enum" = [4, 6]))]
    pub ip_version: Option<u8>,
    /// Whether every project can use the scope; can't be taken back. Needs administrator's rights.
    #[schemars(extend("x-os" = {"default": false}))]
    pub shared: Option<bool>,
    /// Project that owns the scope. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an address scope.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressScopeObservation {
    /// Id of the address scope.
    pub id: String,
}

impl Kind for AddressScope {
    type Parameters = AddressScopeParameters;
    type Observation = AddressScopeObservation;
    const INFO: Info = Info {
        kind: "AddressScope",
        plural: "addressscopes",
        short: "osadsc",
        about: "An AddressScope of OpenStack Neutron has subnet pools of which no two overlap, so that routers need not hide their addresses from each other.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#address-scopes",
        columns: &[
            Column { name: "NAME", field: "name" },
            Column { name: "VERSION", field: "ipVersion" },
            Column { name: "SHARED", field: "shared" },
        ],
        // A name is all that it has of people's words, and not its own.
        marker: MarkerPlace::None,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "address-scopes", ..Rest::plain("address_scopes", "address_scope") });
}
