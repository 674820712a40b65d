//! Inventories: <https://docs.openstack.org/api-ref/placement/#resource-provider-inventory>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Options, Rights, Seen,
        request::{Microversion, service::PLACEMENT},
        rest::{Rest, listing::Listing, wire},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How much of a class a resource provider has.
pub struct ResourceProviderInventory;

/// What can be wanted of an inventory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceProviderInventoryParameters {
    /// UUID of the resource provider.
    #[schemars(extend("x-os" = {"ref": "placement.ResourceProvider", "required": true, "immutable": true}))]
    pub resource_provider_uuid: Option<String>,
    /// Name of the resource class: one of Placement's own, such as VCPU, or of a ResourceClass.
    #[schemars(extend("x-os" = {"ref": "placement.ResourceClass", "required": true, "immutable": true}))]
    pub resource_class: Option<String>,
    /// How much there is.
    #[schemars(extend("x-os" = {"required": true}), range(min = 1, max = 2147483647))]
    pub total: Option<u32>,
    /// How much of it is not given.
    #[schemars(extend("x-os" = {"default": 0}), range(max = 2147483647))]
    pub reserved: Option<u32>,
    /// The least that is given at a time.
    #[schemars(extend("x-os" = {"default": 1}), range(min = 1, max = 2147483647))]
    pub min_unit: Option<u32>,
    /// The most that is given at a time.
    #[schemars(extend("x-os" = {"default": "any number"}), range(min = 1, max = 2147483647))]
    pub max_unit: Option<u32>,
    /// What is given is a multiple of it.
    #[schemars(extend("x-os" = {"default": 1}), range(min = 1, max = 2147483647))]
    pub step_size: Option<u32>,
    /// How many times over it is given.
    #[schemars(extend("x-os" = {"default": 1}))]
    pub allocation_ratio: Option<f64>,
}

/// What only the cloud says of an inventory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceProviderInventoryObservation {
    /// Name of the resource class.
    pub id: String,
    /// How often its resource provider was changed.
    #[schemars(extend("x-os" = {"wire": "resource_provider_generation"}))]
    pub generation: u64,
}

impl Kind for ResourceProviderInventory {
    type Parameters = ResourceProviderInventoryParameters;
    type Observation = ResourceProviderInventoryObservation;
    const INFO: Info = Info {
        kind: "ResourceProviderInventory",
        plural: "resourceproviderinventories",
        short: "osrpi",
        about: "A ResourceProviderInventory says how much of a class a resource provider of OpenStack Placement has to give.",
        docs: "https://docs.openstack.org/api-ref/placement/#resource-provider-inventory",
        columns: &[
            Column { name: "CLASS", field: "resourceClass" },
            Column { name: "TOTAL", field: "total" },
        ],
        // All of it may be reserved.
        microversion: Some(Microversion(1, 26)),
        external_name: "UUID and class: <provider>/<class>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&PLACEMENT)
    };
    /// Its external-name is all that it could be told by.
    const OPTIONS: Options = Options { imports: false, ..Options::USUAL };
    const REST: Option<Rest> =
        Some(Rest::plain("inventories", "").below("resource_providers", "resource_provider_uuid"));
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        let provider = key.params.resource_provider_uuid.as_deref()?;
        Some(format!("{provider}/{}", key.params.resource_class.as_deref()?))
    }

    /// Who asks for one is not told of which class it is.
    fn complete_answer(key: &Key<'_, Self::Parameters>, inventory: &mut Map<String, Value>) {
        let name = key.any.meta.external_name.and_then(|name| name.split_once('/'));
        let class = json!(name.map(|(_, class)| class).or(key.params.resource_class.as_deref()));
        inventory.extend(["id", "resource_class"].map(|field| (field.to_owned(), class.clone())));
    }

    /// An update takes everything that it does not say for the default.
    fn complete_update(
        key: &Key<'_, Self::Parameters>,
        seen: &Seen<'_, Self>,
        inventory: &mut Map<String, Value>,
    ) {
        let mut whole = wire::encode(&key.any.shapes.params, &seen.any.at_provider);
        whole.retain(|field, _| !["resource_class", "resource_provider_uuid"].contains(&field.as_str()));
        whole.insert("resource_provider_generation".to_owned(), json!(seen.state.generation));
        for (field, value) in whole {
            inventory.entry(field).or_insert(value);
        }
    }
}
