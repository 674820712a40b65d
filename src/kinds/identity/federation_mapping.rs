//! Mappings of Keystone's federation: <https://docs.openstack.org/api-ref/identity/v3-ext/#mappings>

mod fields;

use crate::kind::{
    Info, Key, Kind, MarkerPlace, Rights, Seen,
    request::service::IDENTITY,
    rest::{Creation, Rest, wire},
};
use fields::{FederationMappingObservation, FederationMappingParameters};
use serde_json::{Map, Value};

/// Who users of an identity provider are here.
pub struct FederationMapping;

impl Kind for FederationMapping {
    type Parameters = FederationMappingParameters;
    type Observation = FederationMappingObservation;
    const INFO: Info = Info {
        kind: "FederationMapping",
        plural: "federationmappings",
        short: "osfmap",
        about: "A FederationMapping says who the users of an identity provider are in OpenStack: their names, groups and projects.",
        docs: "https://docs.openstack.org/api-ref/identity/v3-ext/#create-a-mapping",
        external_name: "the id that mappingId chooses",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "OS-FEDERATION/mappings",
        creation: Creation::Put,
        ..Rest::keystone("mappings", "mapping")
    });
    /// The address says it.
    const NOT_IN_CREATE: &[&str] = &["id"];

    fn chosen_name(key: &Key<'_, FederationMappingParameters>) -> Option<String> {
        super::shared::chosen(key, key.params.mapping_id.as_deref())
    }

    fn recognises(key: &Key<'_, FederationMappingParameters>, seen: &Seen<'_, Self>) -> bool {
        super::shared::as_created::<Self>(key, seen)
    }

    /// Whatever a rule says beyond what is wanted may let somebody in.
    fn drift(key: &Key<'_, FederationMappingParameters>, seen: &Seen<'_, Self>) -> Vec<String> {
        super::shared::unlike("rules", key.params.rules.as_ref(), seen.params.rules.as_ref())
    }

    /// Keystone takes what an update leaves out for missing, or for its default.
    fn complete_update(
        key: &Key<'_, FederationMappingParameters>,
        seen: &Seen<'_, Self>,
        mapping: &mut Map<String, Value>,
    ) {
        for (name, value) in wire::encode(&key.any.shapes.params, &seen.any.at_provider) {
            if name != "id" {
                mapping.entry(name).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
