//! Fields of a metadata namespace.

use crate::kind::marker;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Room for people in a description.
const DESCRIPTION: usize = marker::room_beside(500);

/// What can be wanted of a metadata namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MetadataNamespaceParameters {
    /// Name of the namespace, such as OS::Compute::Quota; unique in the cloud.
    #[schemars(extend("x-os" = {"immutable": true, "byProvider": true, "default": "the managed resource's name"}), regex(pattern = "^[^/%?#]*$"), length(min = 1, max = 80))]
    pub namespace: Option<String>,
    /// Name for people.
    #[schemars(length(max = 80))]
    pub display_name: Option<String>,
    /// Description for people. At most 429 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Who can see it.
    #[schemars(extend("x-os" = {"default": "private"}))]
    pub visibility: Option<MetadataVisibility>,
    /// Whether it can't be deleted, and no property, object, tag or association with a type of resources can be taken out of
    /// it. A managed resource whose namespace is protected stays until this is false.
    #[schemars(extend("x-os" = {"default": false}))]
    pub protected: Option<bool>,
    /// Id of the project that owns it.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "wire": "owner", "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// What has such metadata, such as images; a list replaces all that the namespace has.
    #[schemars(extend("x-os" = {"set": true}))]
    pub resource_type_associations: Option<Vec<MetadataResourceType>>,
    /// Metadata by their names, each with a JSON schema that has a title and a type; a map replaces all that the
    /// namespace has. Glance keeps minimum and maximum as whole numbers, and no default that is a list.
    pub properties: Option<BTreeMap<String, Value>>,
    /// Metadata that belong together; a list replaces all that the namespace has.
    #[schemars(extend("x-os" = {"set": true}))]
    pub objects: Option<Vec<MetadataObject>>,
    /// Words that resources can be tagged with; a list replaces all that the namespace has.
    #[schemars(extend("x-os" = {"set": true}))]
    pub tags: Option<Vec<MetadataTag>>,
}

/// Who can see metadata definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MetadataVisibility {
    /// Everybody.
    Public,
    /// Its project.
    Private,
}

/// A type of resources that has metadata of a namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MetadataResourceType {
    /// Name of the type, such as OS::Glance::Image or OS::Nova::Flavor.
    pub name: Option<String>,
    /// What its metadata's names begin with there, such as `hw_`.
    pub prefix: Option<String>,
    /// Which of its metadata are meant, such as image for those of an instance's image.
    pub properties_target: Option<String>,
}

/// Metadata that belong together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MetadataObject {
    /// Name of the object.
    pub name: Option<String>,
    /// Description for people.
    pub description: Option<String>,
    /// Names of the metadata that must be given.
    #[schemars(extend("x-os" = {"set": true}))]
    pub required: Option<Vec<String>>,
    /// Metadata by their names, each with a JSON schema that has a title and a type.
    pub properties: Option<BTreeMap<String, Value>>,
}

/// A word to tag resources with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MetadataTag {
    /// The word.
    pub name: Option<String>,
}

/// What only the cloud says of a metadata namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MetadataNamespaceObservation {
    /// Name of the namespace.
    pub id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}
