//! Resource providers: <https://docs.openstack.org/api-ref/placement/#resource-providers>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Found, Info, Key, Kind, KindError, MarkerPlace, Options, Rights, Seen, Step, plain_parse,
        plain_reads,
        request::{Answer, Method, Microversion, Read, service::PLACEMENT},
        rest::{
            Rest,
            change::{By, Change},
            listing::Listing,
            requests::Requests,
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What has resources to give.
pub struct ResourceProvider;

/// What can be wanted of a resource provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceProviderParameters {
    /// UUID of the resource provider.
    #[schemars(extend("x-os" = {"immutable": true, "wire": "id", "default": "the managed resource's UID"}), regex(pattern = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"))]
    pub uuid: Option<String>,
    /// Name in Placement, unique among the cloud's resource providers.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 200))]
    pub name: Option<String>,
    /// UUID of the resource provider that it is a part of; empty for none.
    #[schemars(extend("x-os" = {"ref": "placement.ResourceProvider"}))]
    pub parent_provider_uuid: Option<String>,
    /// Names of its traits; a list replaces all that it has.
    #[schemars(extend("x-os" = {"ref": "placement.PlacementTrait", "set": true}))]
    pub traits: Option<Vec<String>>,
    /// UUIDs of its aggregates; a list replaces all that it has. Those of Nova's hosts are the aggregates' UUIDs.
    #[schemars(extend("x-os" = {"set": true}), inner(regex(pattern = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")))]
    pub aggregates: Option<Vec<String>>,
}

/// What only the cloud says of a resource provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceProviderObservation {
    /// UUID of the resource provider.
    pub id: String,
    /// UUID of the outermost one that it is a part of.
    pub root_provider_uuid: String,
    /// How often it was changed.
    pub generation: u64,
}

impl Kind for ResourceProvider {
    type Parameters = ResourceProviderParameters;
    type Observation = ResourceProviderObservation;
    const INFO: Info = Info {
        kind: "ResourceProvider",
        plural: "resourceproviders",
        short: "osrprv",
        about: "A ResourceProvider is something in OpenStack Placement that has resources to give. Those of hosts Nova makes itself.",
        docs: "https://docs.openstack.org/api-ref/placement/#resource-providers",
        columns: &[Column { name: "NAME", field: "name" }],
        // Lets one go from parent to parent; earlier, 1.20 answers a create with what it made.
        microversion: Some(Microversion(1, 37)),
        external_name: "the UUID that uuid chooses, or the managed resource's UID",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&PLACEMENT)
    };
    /// A list tells neither traits nor aggregates.
    const OPTIONS: Options = Options { imports: false, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest::plain("resource_providers", ""));
    const LISTING: Listing = Listing::None;
    const NOT_IN_CREATE: &[&str] = &["traits", "aggregates"];
    const CHANGES: Changes<Self> = &[
        Change::new(&["traits"], By::Function(traits)),
        Change::new(&["aggregates"], By::Function(aggregates)),
    ];

    /// The UUID is ours to choose, so that a create whose answer was lost can be found by it.
    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        Some(key.params.uuid.as_deref().unwrap_or(&key.any.meta.marker.uid).to_owned())
    }

    /// A UUID that is a UID is nobody else's; one that people chose may be that of a provider of Nova's.
    fn recognises(key: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>) -> bool {
        let wanted = key.params.name.as_deref().unwrap_or(key.any.meta.name);
        key.params.uuid.is_none() || seen.params.name.as_deref() == Some(wanted)
    }

    /// Traits and aggregates are told by themselves.
    fn reads(key: &Key<'_, Self::Parameters>) -> Vec<Read> {
        let own = plain_reads::<Self>(key);
        let below = |what: &str| match own.first() {
            Some(Read::Get { path }) => Some(Read::Get { path: format!("{path}/{what}") }),
            _ => None,
        };
        ["traits", "aggregates"].into_iter().filter_map(below).chain(own.clone()).collect()
    }

    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let mut found = plain_parse::<Self>(key, answers)?;
        if let Found::One { body: Value::Object(provider), .. } = &mut found {
            for below in answers.iter().rev().skip(1) {
                let Answer::Body(Value::Object(told)) = below else { continue };
                let lists = told.iter().filter(|(_, value)| value.is_array());
                provider.extend(lists.map(|(name, list)| (name.clone(), list.clone())));
            }
        }
        Ok(found)
    }

    fn complete(_: &Self::Parameters, provider: &mut Map<String, Value>) {
        let id = provider.remove("id");
        provider.extend(id.map(|id| ("uuid".to_owned(), id)));
    }

    /// An update must say the name.
    fn complete_update(_: &Key<'_, Self::Parameters>, seen: &Seen<'_, Self>, body: &mut Map<String, Value>) {
        body.entry("name").or_insert_with(|| json!(seen.params.name));
    }

    fn complete_answer(_: &Key<'_, Self::Parameters>, provider: &mut Map<String, Value>) {
        let id = json!(provider.get("uuid"));
        provider.insert("id".to_owned(), id);
    }
}

type Asked<'a> = Key<'a, ResourceProviderParameters>;

fn traits(provider: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_, ResourceProvider>) -> Option<Step> {
    let body = json!({"traits": key.params.traits, "resource_provider_generation": seen.state.generation});
    Some(provider.below(Method::Put, "traits", Some(body)))
}

fn aggregates(provider: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_, ResourceProvider>) -> Option<Step> {
    let aggregates = &key.params.aggregates;
    let body = json!({"aggregates": aggregates, "resource_provider_generation": seen.state.generation});
    Some(provider.below(Method::Put, "aggregates", Some(body)))
}

#[cfg(test)]
mod tests;
