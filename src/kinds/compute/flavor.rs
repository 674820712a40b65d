//! Nova flavors: <https://docs.openstack.org/api-ref/compute/#flavors>

use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, MarkerPlace, Ready, Seen, Step,
        any::Observed,
        diff::Diff,
        plain_step,
        request::{Microversion, Request, service::COMPUTE},
        rest::{Rest, listing::Listing},
    },
    kinds::extra_specs::{self, ExtraSpecs},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A size of servers.
pub struct Flavor;

/// What can be wanted of a flavor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FlavorParameters {
    /// Id of the flavor, such as m1.small; the managed resource's UID unless set.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "id"}), length(min = 1, max = 255))]
    pub flavor_id: Option<String>,
    /// Name in OpenStack. The managed resource's name at creation, and not managed after, unless set.
    #[schemars(extend("x-os" = {"immutable": true}), length(min = 1, max = 255))]
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
    /// Size of an additional disk in GiB. 0 unless set.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "OS-FLV-EXT-DATA:ephemeral"}))]
    pub ephemeral: Option<u32>,
    /// Size of the swap disk in MiB. 0 unless set.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub swap: Option<u32>,
    /// Factor on the bandwidth of ports; few clouds heed it. 1 unless set.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub rxtx_factor: Option<f64>,
    /// Whether every project can use the flavor. True unless set.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "os-flavor-access:is_public"}))]
    pub is_public: Option<bool>,
    /// What the scheduler and the hypervisor heed, such as `hw:cpu_policy`; a map replaces all that the flavor has.
    pub extra_specs: Option<ExtraSpecs>,
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
        service: &COMPUTE,
        kind: "Flavor",
        plural: "flavors",
        about: "A Flavor is a size of servers of OpenStack Nova. Needs administrator's rights.",
        docs: "https://docs.openstack.org/api-ref/compute/#flavors",
        columns: &[
            Column { name: "VCPUS", field: "vcpus" },
            Column { name: "RAM", field: "ram" },
            Column { name: "DISK", field: "disk" },
        ],
        // Tells no swap as 0; earlier, 2.55 brought the description and 2.61 tells the extra specs.
        microversion: Some(Microversion(2, 75)),
        marker: MarkerPlace::NaturalKey,
        requires: &[],
    };
    const REST: Rest = Rest::plain("flavors", "flavor");
    /// Flavors that are not public are only listed for administrators who say that they don't care.
    const LISTING: Listing = Listing::Detail(&[("is_public", "None")]);

    /// The id is ours to choose, so that a create whose answer was lost can be found by it.
    fn chosen_name(key: &Key<'_, FlavorParameters>) -> Option<String> {
        Some(chosen_id(key).to_owned())
    }

    /// An id that is a UID is nobody else's; one that people chose may be.
    fn recognises(key: &Key<'_, FlavorParameters>, seen: &Seen<Self>) -> bool {
        let size = |flavor: &FlavorParameters| (flavor.ram, flavor.vcpus, flavor.disk);
        key.params.flavor_id.is_none() || size(key.params) == size(&seen.params)
    }

    /// Extra specs are a resource of their own.
    fn complete(_: &FlavorParameters, body: &mut Map<String, Value>) {
        body.remove("extra_specs");
    }

    fn step(
        goal: Goal,
        key: &Key<'_, FlavorParameters>,
        seen: Option<&Seen<Self>>,
        observed: Option<&Observed>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let (plain, specs) = diff.split(&["extraSpecs"]);
        if let (Goal::Match, Some(seen), true, Some(wanted)) =
            (goal, seen, plain.is_empty() && !specs.is_empty(), &key.params.extra_specs)
        {
            let path = format!("/flavors/{}/os-extra_specs", key.any.meta.external_name.unwrap_or_default());
            let have = seen.params.extra_specs.clone().unwrap_or_default();
            return Ok(extra_specs::step(&Self::INFO, &path, wanted, &have));
        }
        let mut step = plain_step::<Self>(goal, key, observed, &plain);
        if let (Goal::Exist, Step::Send(Request { body: Some(body), .. })) = (goal, &mut step)
            && let Some(Value::Object(flavor)) = body.get_mut("flavor")
        {
            flavor.insert("id".to_owned(), Value::from(chosen_id(key)));
        }
        Ok(step)
    }

    /// A flavor has no status: it is there or not.
    fn ready(_: &FlavorParameters, _: &Seen<Self>) -> Ready {
        Ready::Yes
    }
}

fn chosen_id<'a>(key: &'a Key<'_, FlavorParameters>) -> &'a str {
    key.params.flavor_id.as_deref().unwrap_or(&key.any.meta.marker.uid)
}
