//! What a mapping has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be wanted of a mapping.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FederationMappingParameters {
    /// Id of the mapping.
    #[schemars(
        extend("x-os" = {"immutable": true, "wire": "id", "default": "the managed resource's name"}),
        length(min = 1, max = 64),
        regex(pattern = r"^[a-zA-Z0-9_-]+$")
    )]
    pub mapping_id: Option<String>,
    /// What rules look like: 1.0, or 2.0, in which projects can have a domain.
    #[schemars(extend("x-os" = {"default": "what Keystone's configuration says, 1.0 as a rule"}), length(max = 5))]
    pub schema_version: Option<String>,
    /// Rules. Each whose remote part fits what the identity provider says adds its local part. A list replaces all rules.
    #[schemars(extend("x-os" = {"required": true}), length(min = 1, max = 100))]
    pub rules: Option<Vec<MappingRule>>,
}

/// Who is meant, and who that is here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MappingRule {
    /// What the identity provider must say, all of it.
    #[schemars(length(min = 1, max = 50))]
    pub remote: Option<Vec<RemoteRule>>,
    /// Who that is here. `{0}` in a text stands for what the first item of remote found, `{1}` for the second, but for those that
    /// only ask.
    #[schemars(length(max = 50))]
    pub local: Option<Vec<LocalRule>>,
}

/// What the identity provider must say of one thing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RemoteRule {
    /// Name under which it says it, such as OIDC-preferred_username.
    pub r#type: Option<String>,
    /// One of these must be among what it says.
    #[schemars(extend("x-os" = {"excludes": ["notAnyOf", "whitelist", "blacklist"]}), length(max = 1000))]
    pub any_one_of: Option<Vec<String>>,
    /// None of these may be.
    #[schemars(extend("x-os" = {"excludes": ["anyOneOf", "whitelist", "blacklist"]}), length(max = 1000))]
    pub not_any_of: Option<Vec<String>>,
    /// Of what it says, only these count.
    #[schemars(extend("x-os" = {"excludes": ["anyOneOf", "notAnyOf", "blacklist"]}), length(max = 1000))]
    pub whitelist: Option<Vec<String>>,
    /// Of what it says, these don't count.
    #[schemars(extend("x-os" = {"excludes": ["anyOneOf", "notAnyOf", "whitelist"]}), length(max = 1000))]
    pub blacklist: Option<Vec<String>>,
    /// Whether the texts of the list are regular expressions.
    #[schemars(extend("x-os" = {"default": false}))]
    pub regex: Option<bool>,
}

/// A part of who somebody is here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LocalRule {
    /// The user.
    pub user: Option<MappedUser>,
    /// A group that there is here, whose roles the user gets.
    pub group: Option<MappedGroup>,
    /// Names of groups, often `{0}`. Their domain stands beside it.
    pub groups: Option<String>,
    /// Ids of groups, often `{0}`.
    pub group_ids: Option<String>,
    /// Domain of the groups that have only names.
    pub domain: Option<MappedDomain>,
    /// Projects that the user gets roles in; those that are not there are made.
    #[schemars(length(max = 20))]
    pub projects: Option<Vec<MappedProject>>,
}

/// Who the user is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MappedUser {
    /// Id of the user.
    #[schemars(extend("x-os" = {"wire": "id"}))]
    pub user_id: Option<String>,
    /// Name of the user.
    pub name: Option<String>,
    /// Address for mail.
    pub email: Option<String>,
    /// Domain of the user.
    pub domain: Option<MappedDomain>,
    /// Whether Keystone knows the user already.
    #[schemars(extend("x-os" = {"default": "ephemeral"}))]
    pub r#type: Option<MappedUserType>,
}

/// Whether Keystone knows a user already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MappedUserType {
    /// It makes one for the identity provider.
    Ephemeral,
    /// It is one of its own.
    Local,
}

/// A group, by its id, or by its name and domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MappedGroup {
    /// Id of the group.
    #[schemars(extend("x-os" = {"ref": "identity.IdentityGroup", "wire": "id", "excludes": ["name", "domain"], "orElse": ["name"]}))]
    pub group_id: Option<String>,
    /// Name of the group.
    #[schemars(extend("x-os" = {"needs": ["domain"]}))]
    pub name: Option<String>,
    /// Its domain.
    pub domain: Option<MappedDomain>,
}

/// A domain, by its id or its name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MappedDomain {
    /// Id of the domain.
    #[schemars(extend("x-os" = {"ref": "identity.Domain", "wire": "id"}))]
    pub domain_id: Option<String>,
    /// Name of the domain.
    pub name: Option<String>,
}

/// A project, and what the user is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MappedProject {
    /// Name of the project.
    pub name: Option<String>,
    /// Its domain, which only version 2.0 of the schema knows. Else it is the identity provider's.
    pub domain: Option<MappedDomain>,
    /// Roles of the user there.
    #[schemars(length(max = 20))]
    pub roles: Option<Vec<MappedRole>>,
}

/// A role.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct MappedRole {
    /// Name of the role.
    pub name: Option<String>,
}

/// What only the cloud says of a mapping.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FederationMappingObservation {
    /// Id of the mapping.
    pub id: String,
}
