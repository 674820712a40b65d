//! Nova host aggregates: <https://docs.openstack.org/api-ref/compute/#host-aggregates-os-aggregates>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, MarkerPlace, Rights, Seen, Step,
        request::{Microversion, service::COMPUTE},
        requests,
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
use std::collections::BTreeMap;

/// Hosts that belong together.
pub struct HostAggregate;

/// What can be wanted of a host aggregate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct HostAggregateParameters {
    /// Name in OpenStack, unique among the cloud's aggregates.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Availability zone that the aggregate's hosts make up. A host is in one zone at the most. Nova takes no zone away again,
    /// and refuses another one while servers run on the hosts.
    #[schemars(extend("x-os" = {"default": "none"}), length(min = 1, max = 255))]
    pub availability_zone: Option<String>,
    /// Names of the hosts, as Nova has them; a list replaces all that the aggregate has. A host can be in several
    /// aggregates.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub hosts: Option<Vec<String>>,
    /// What the scheduler heeds, such as keys that the extra specs of flavors name; a map replaces all that the aggregate
    /// has. It can't have availability_zone.
    pub metadata: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a host aggregate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct HostAggregateObservation {
    /// Id of the aggregate, a number.
    pub id: String,
    /// Its UUID, by which Placement knows it.
    pub uuid: String,
    /// When it was created, ISO 8601, UTC.
    pub created_at: String,
    /// When it was last changed, ISO 8601, UTC.
    pub updated_at: String,
}

impl Kind for HostAggregate {
    type Parameters = HostAggregateParameters;
    type Observation = HostAggregateObservation;
    const INFO: Info = Info {
        kind: "HostAggregate",
        plural: "hostaggregates",
        short: "osagg",
        about: "A HostAggregate is a set of hosts of OpenStack Nova, for the scheduler or as an availability zone.",
        docs: "https://docs.openstack.org/api-ref/compute/#host-aggregates-os-aggregates",
        columns: &[Column { name: "ZONE", field: "availabilityZone" }],
        // Tells the UUID.
        microversion: Some(Microversion(2, 41)),
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&COMPUTE)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "os-aggregates",
        unique: Some(&[("name", "")]),
        ..Rest::plain("aggregates", "aggregate")
    });
    /// Ids in it are numbers.
    const LISTING: Listing = Listing::None;
    const NOT_IN_CREATE: &[&str] = &["hosts", "metadata"];
    const CHANGES: Changes<Self> = &[
        Change::new(&["availabilityZone"], By::Update).unless(leave),
        Change::new(&["metadata"], By::Function(metadata)),
        Change::new(&["hosts"], By::Function(host)),
    ];

    /// The zone stands among the metadata as well.
    fn complete_answer(_: &Key<'_, HostAggregateParameters>, aggregate: &mut Map<String, Value>) {
        if let Some(id) = aggregate.get("id").and_then(Value::as_u64) {
            aggregate.insert("id".to_owned(), json!(id.to_string()));
        }
        if let Some(Value::Object(metadata)) = aggregate.get_mut("metadata") {
            metadata.remove(ZONE);
        }
    }

    /// Nova deletes none that has hosts; those that the spec does not manage are somebody else's.
    fn before_delete(key: &Key<'_, HostAggregateParameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        let host = seen.params.hosts.as_ref()?.first()?;
        if key.params.hosts.is_none() {
            let why =
                "it has hosts that its spec does not manage: set spec.forProvider.hosts to [] to let them go";
            return Some(Step::Refuse(why.to_owned()));
        }
        Some(requests::<Self>(key).act("remove_host", json!({ "host": host })))
    }

    /// An aggregate as a create leaves it.
    fn recognises(key: &Key<'_, HostAggregateParameters>, seen: &Seen<'_, Self>) -> bool {
        let zone = |params: &HostAggregateParameters| params.availability_zone.clone().unwrap_or_default();
        let bare = seen.params.hosts.iter().flatten().next().is_none()
            && seen.params.metadata.as_ref().is_none_or(BTreeMap::is_empty);
        bare && zone(key.params) == zone(&seen.params)
    }
}

/// The key that the zone has among the metadata.
const ZONE: &str = "availability_zone";

type Asked<'a> = Key<'a, HostAggregateParameters>;

/// All keys at once; null removes one. The zone has a field of its own, and is never shown among them.
fn metadata(aggregate: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_, HostAggregate>) -> Option<Step> {
    let wanted = key.params.metadata.as_ref()?;
    if wanted.contains_key(ZONE) {
        let why = format!("metadata can't have {ZONE}: set spec.forProvider.availabilityZone instead");
        return Some(Step::Refuse(why));
    }
    let have = seen.params.metadata.clone().unwrap_or_default();
    let gone = have.keys().filter(|name| !wanted.contains_key(*name)).map(|name| (name, Value::Null));
    let new = wanted.iter().filter(|(name, value)| have.get(*name) != Some(*value));
    let all: BTreeMap<_, _> = new.map(|(name, value)| (name, json!(value))).chain(gone).collect();
    Some(aggregate.act("set_metadata", json!({ "metadata": all })))
}

/// New hosts first, so that what one serves is never left to none.
fn host(aggregate: &Requests<'_>, key: &Asked<'_>, seen: &Seen<'_, HostAggregate>) -> Option<Step> {
    let wanted = key.params.hosts.as_deref()?;
    let have = seen.params.hosts.as_deref().unwrap_or_default();
    let missing = wanted.iter().find(|host| !have.contains(host));
    let add = |host| aggregate.act("add_host", json!({ "host": host }));
    missing.map(add).or_else(|| leave(key, seen))
}

/// Hosts that are too much go before the zone changes: their servers would hold that up.
fn leave(key: &Asked<'_>, seen: &Seen<'_, HostAggregate>) -> Option<Step> {
    let wanted = key.params.hosts.as_ref()?;
    let surplus = seen.params.hosts.iter().flatten().find(|host| !wanted.contains(host))?;
    Some(requests::<HostAggregate>(key).act("remove_host", json!({ "host": surplus })))
}

#[cfg(test)]
mod tests;
