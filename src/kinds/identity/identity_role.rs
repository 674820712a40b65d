//! Keystone roles: <https://docs.openstack.org/api-ref/identity/v3/#roles>

use super::shared::ResourceOptions;
use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, Rights, Seen, Step,
        diff::Diff,
        request::{Read, service::IDENTITY},
        rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A name for rights.
pub struct IdentityRole;

/// What can be wanted of a role.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityRoleParameters {
    /// Name in OpenStack, which the services' policies mean.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Id of the domain that the role belongs to. A domain's role means the roles that it implies; policies know global
    /// roles only.
    #[schemars(extend("x-os" = {"ref": "identity.Domain", "immutable": true, "default": "none, for a global role"}))]
    pub domain_id: Option<String>,
    /// Switches that Keystone keeps with the role.
    pub options: Option<ResourceOptions>,
    /// Free attributes that Keystone keeps with the role, by names that it does not know.
    pub extra: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a role.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityRoleObservation {
    /// Id of the role.
    pub id: String,
}

impl Kind for IdentityRole {
    type Parameters = IdentityRoleParameters;
    type Observation = IdentityRoleObservation;
    const INFO: Info = Info {
        kind: "IdentityRole",
        plural: "identityroles",
        short: "osrole",
        about: "An IdentityRole is a name to which OpenStack's policies tie rights; RoleAssignments give it to users and groups.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#roles",
        columns: &[Column { name: "NAME-IN-CLOUD", field: "name" }],
        rights: Rights::System,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("roles", "role").with_extra());

    /// Keystone lists the roles of a domain only to who names it.
    fn reads(key: &Key<'_, IdentityRoleParameters>) -> Vec<Read> {
        super::shared::reads::<Self>(key, super::shared::domain(key.params.domain_id.as_deref()))
    }

    fn step(
        goal: Goal,
        key: &Key<'_, IdentityRoleParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(super::shared::unlock_first::<Self>(goal, key, seen, diff))
    }
}
