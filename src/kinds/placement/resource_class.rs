//! Resource classes: <https://docs.openstack.org/api-ref/placement/#resource-classes>

use crate::kind::{
    Found, Info, Key, Kind, KindError, MarkerPlace, Options, Rights, plain_parse,
    request::{Answer, Microversion, service::PLACEMENT},
    rest::{Creation, Rest, Update, listing::Listing},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What resource providers can have some of.
pub struct ResourceClass;

/// What can be wanted of a resource class: that there is one of its name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceClassParameters {
    /// Name of the class, such as CUSTOM_LICENSE.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), regex(pattern = "^CUSTOM_[A-Z0-9_]+$"), length(max = 255))]
    pub name: Option<String>,
}

/// What only the cloud says of a resource class.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceClassObservation {
    /// Name of the class.
    pub id: String,
}

impl Kind for ResourceClass {
    type Parameters = ResourceClassParameters;
    type Observation = ResourceClassObservation;
    const INFO: Info = Info {
        kind: "ResourceClass",
        plural: "resourceclasses",
        short: "osrcls",
        about: "A ResourceClass is a name in OpenStack Placement for something that resource providers have a number of.",
        docs: "https://docs.openstack.org/api-ref/placement/#resource-classes",
        // PUT makes them.
        microversion: Some(Microversion(1, 7)),
        external_name: "its name",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&PLACEMENT)
    };
    /// Its external-name is all that it could be told by.
    const OPTIONS: Options = Options { imports: false, looks_first: true, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest {
        path: "resource_classes",
        creation: Creation::Put,
        update: Update::None,
        ..Rest::plain("resource_classes", "")
    });
    const LISTING: Listing = Listing::None;
    const NOT_IN_CREATE: &[&str] = &["name"];

    fn chosen_name(key: &Key<'_, Self::Parameters>) -> Option<String> {
        key.params.name.clone()
    }

    /// The answer to its creation is empty.
    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        match (answers, Self::chosen_name(key)) {
            ([Answer::Body(Value::Null)], Some(name)) => {
                let body = json!({"id": name, "name": name});
                Ok(Found::One { external_name: name, body })
            }
            _ => plain_parse::<Self>(key, answers),
        }
    }

    fn complete_answer(_: &Key<'_, Self::Parameters>, class: &mut Map<String, Value>) {
        let name = json!(class.get("name"));
        class.insert("id".to_owned(), name);
    }
}
