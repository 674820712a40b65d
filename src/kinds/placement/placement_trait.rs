//! Traits: <https://docs.openstack.org/api-ref/placement/#traits>

use crate::kind::{
    Found, Info, Key, Kind, KindError, MarkerPlace, Options, Rights, plain_parse,
    request::{Answer, Microversion, service::PLACEMENT},
    rest::{Creation, Rest, Update, listing::Listing},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What a resource provider can be able to do.
pub struct PlacementTrait;

/// What can be wanted of a trait: that there is one of its name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PlacementTraitParameters {
    /// Name of the trait, such as CUSTOM_FAST_DISK.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), regex(pattern = "^CUSTOM_[A-Z0-9_]+$"), length(max = 255))]
    pub name: Option<String>,
}

/// What only the cloud says of a trait.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PlacementTraitObservation {
    /// Name of the trait.
    pub id: String,
}

impl Kind for PlacementTrait {
    type Parameters = PlacementTraitParameters;
    type Observation = PlacementTraitObservation;
    const INFO: Info = Info {
        kind: "PlacementTrait",
        plural: "placementtraits",
        short: "ostrt",
        about: "A PlacementTrait is a name in OpenStack Placement for what a resource provider can do, which flavors and images can ask for.",
        docs: "https://docs.openstack.org/api-ref/placement/#traits",
        // Brought them.
        microversion: Some(Microversion(1, 6)),
        external_name: "its name",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&PLACEMENT)
    };
    /// Its external-name is all that it could be told by.
    const OPTIONS: Options = Options { imports: false, looks_first: true, ..Options::USUAL };
    const REST: Option<Rest> =
        Some(Rest { creation: Creation::Put, update: Update::None, ..Rest::plain("traits", "") });
    const LISTING: Listing = Listing::None;
    const NOT_IN_CREATE: &[&str] = &["name"];

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        key.params.name.clone()
    }

    /// Placement says only that it is there: 204.
    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let name = key.any.meta.external_name.or(key.params.name.as_deref());
        match (answers.last(), name) {
            (Some(Answer::Body(body)), Some(name)) if body.is_null() => {
                let body = json!({"id": name, "name": name});
                Ok(Found::One { external_name: name.to_owned(), body })
            }
            _ => plain_parse::<Self>(key, answers),
        }
    }
}
