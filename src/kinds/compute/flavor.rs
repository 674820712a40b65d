//! Nova flavors: <https://docs.openstack.org/api-ref/compute/#flavors>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, MarkerPlace, Rights, Seen,
        request::{Microversion, service::COMPUTE},
        rest::{
            Rest,
            change::{By, Change},
            listing::Listing,
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A size of servers.
pub struct Flavor;

/// What can be wanted of a flavor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FlavorParameters {
    /// Id of the flavor, such as m1.small.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "id", "default": "the managed resource's UID"}), length(min = 1, max = 255))]
    pub flavor_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people.
    #[schemars(length(max = 65535))]
    pub description: Option<String>,
    /// Memory in MiB.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), range(min = 1))]
    pub ram: Option<u32>,
    /// Number of virtual processors.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), range(min = 1))]
    pub vcpus: Option<u32>,
    /// Size of the root disk in GiB; 0 for that of the image.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub disk: Option<u32>,
    /// Size of an additional disk in GiB.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "OS-FLV-EXT-DATA:ephemeral", "default": 0}))]
    pub ephemeral: Option<u32>,
    /// Size of the swap disk in MiB.
    #[schemars(extend("x-os" = {"immutable": true, "default": 0}))]
    pub swap: Option<u32>,
    /// Factor on the bandwidth of ports; few clouds heed it.
    #[schemars(extend("x-os" = {"immutable": true, "default": 1}))]
    pub rxtx_factor: Option<f64>,
    /// Whether every project can use the flavor.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "os-flavor-access:is_public", "default": true}))]
    pub is_public: Option<bool>,
    /// What the scheduler and the hypervisor heed, such as `hw:cpu_policy`; a map replaces all that the flavor has.
    pub extra_specs: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a flavor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FlavorObservation {
    /// Id of the flavor.
    pub id: String,
    /// Whether new servers can't use it.
    #[schemars(extend("x-os" = {"wire": "OS-FLV-DISABLED:disabled"}))]
    pub disabled: bool,
}

impl Kind for Flavor {
    type Parameters = FlavorParameters;
    type Observation = FlavorObservation;
    const INFO: Info = Info {
        kind: "Flavor",
        plural: "flavors",
        short: "osflv",
        about: "A Flavor is a size of servers of OpenStack Nova.",
        docs: "https://docs.openstack.org/api-ref/compute/#flavors",
        columns: &[
            Column { name: "VCPUS", field: "vcpus" },
            Column { name: "RAM", field: "ram" },
            Column { name: "DISK", field: "disk" },
        ],
        // Tells the extra specs; earlier, 2.55 brought the description.
        microversion: Some(Microversion(2, 61)),
        external_name: "the id that flavorId chooses, or the managed resource's UID",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&COMPUTE)
    };
    const REST: Option<Rest> = Some(Rest::plain("flavors", "flavor"));
    /// Flavors that are not public are only listed for administrators who say that they don't care.
    const LISTING: Listing = Listing::Detail(&[("is_public", "None")]);

    /// Extra specs are a resource of their own.
    const NOT_IN_CREATE: &[&str] = &["extra_specs"];
    const CHANGES: Changes<Self> = &[Change::new(&["extraSpecs"], By::SubKeys("os-extra_specs"))];

    /// The id is ours to choose, so that a create whose answer was lost can be found by it.
    fn chosen_name(key: &Key<'_, FlavorParameters>) -> Option<String> {
        Some(key.params.flavor_id.as_deref().unwrap_or(&key.any.meta.marker.uid).to_owned())
    }

    /// Before microversion 2.75, no swap is an empty text.
    fn complete_answer(_: &Key<'_, FlavorParameters>, flavor: &mut Map<String, Value>) {
        if flavor.get("swap").is_some_and(|swap| swap == "") {
            flavor.insert("swap".to_owned(), json!(0));
        }
    }

    /// An id that is a UID is nobody else's; one that people chose may be.
    fn recognises(key: &Key<'_, FlavorParameters>, seen: &Seen<'_, Self>) -> bool {
        let size = |flavor: &FlavorParameters| (flavor.ram, flavor.vcpus, flavor.disk);
        key.params.flavor_id.is_none() || size(key.params) == size(&seen.params)
    }
}
