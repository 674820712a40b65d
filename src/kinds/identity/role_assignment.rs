//! Keystone role assignments: <https://docs.openstack.org/api-ref/identity/v3/#roles>,
//! <https://docs.openstack.org/api-ref/identity/v3-ext/#os-inherit>

use super::{
    association::{self, Associates, Association, id},
    grant::{FORM, Grant},
};
use crate::kind::{
    Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Rights, Seen, Step,
    diff::Diff,
    request::{Answer, Read, service::IDENTITY},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A role of a user or group, somewhere.
pub struct RoleAssignment;

/// What can be wanted of a role assignment. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleAssignmentParameters {
    /// Id of the role.
    #[schemars(extend("x-os" = {"ref": "identity.IdentityRole", "required": true, "immutable": true}))]
    pub role_id: Option<String>,
    /// Id of the user who gets the role.
    #[schemars(extend("x-os" = {"ref": "identity.User", "immutable": true, "excludes": ["groupId"]}))]
    pub user_id: Option<String>,
    /// Id of the group whose users get the role.
    #[schemars(extend("x-os" = {"ref": "identity.IdentityGroup", "immutable": true, "excludes": ["userId"]}))]
    pub group_id: Option<String>,
    /// Id of the project that the role is for.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "excludes": ["domainId", "system"]}))]
    pub project_id: Option<String>,
    /// Id of the domain that the role is for.
    #[schemars(extend("x-os" = {"ref": "identity.Domain", "immutable": true, "excludes": ["projectId", "system"]}))]
    pub domain_id: Option<String>,
    /// Whether the role is for the whole cloud.
    #[schemars(extend("x-os" = {"immutable": true, "excludes": ["projectId", "domainId", "inherited"]}))]
    pub system: Option<bool>,
    /// Whether the role is for all projects below the project or in the domain instead of for itself.
    #[schemars(extend("x-os" = {"immutable": true, "default": false}))]
    pub inherited: Option<bool>,
}

/// What only the cloud says of a role assignment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleAssignmentObservation {
    /// The external-name: an assignment has no id of its own.
    pub id: String,
}

impl Kind for RoleAssignment {
    type Parameters = RoleAssignmentParameters;
    type Observation = RoleAssignmentObservation;
    const INFO: Info = Info {
        kind: "RoleAssignment",
        plural: "roleassignments",
        short: "osra",
        about: "A RoleAssignment gives a role to a user or group of OpenStack, for a project, a domain or the whole cloud.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#assign-role-to-user-on-project",
        external_name: "project/<id>/user/<id>/role/<id>, with domain/<id> or system and with group/<id> instead, or with /inherited behind",
        rights: Rights::Domain,
        marker: MarkerPlace::NaturalKey,
        requires: &[&["userId", "groupId"], &["projectId", "domainId", "system"]],
        ..Info::of(&IDENTITY)
    };
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };

    fn reads(key: &Key<'_, RoleAssignmentParameters>) -> Vec<Read> {
        association::reads::<Self>(key)
    }

    fn parse(key: &Key<'_, RoleAssignmentParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        association::parse::<Self>(key, answers)
    }

    fn step(
        goal: Goal,
        key: &Key<'_, RoleAssignmentParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(association::step::<Self>(goal, key, seen, diff))
    }
}

impl Associates for RoleAssignment {
    const FORM: &str = FORM;
    const ASKS: &str = "set roleId, just one of userId and groupId, and just one of projectId, domainId and system; \
        a role for the system can't be inherited";

    fn named(name: &str) -> Option<Association> {
        Grant::of_name(name).map(|grant| grant.association())
    }

    fn wanted(params: &RoleAssignmentParameters) -> Option<Association> {
        wanted_by(params).map(|grant| grant.association())
    }
}

/// Just one scope and one actor.
fn wanted_by(params: &RoleAssignmentParameters) -> Option<Grant<'_>> {
    let (inherited, system) = (params.inherited == Some(true), params.system == Some(true));
    let scope = match (id(params.project_id.as_ref()), id(params.domain_id.as_ref()), system) {
        (Some(project), None, false) => Some(("project", project)),
        (None, Some(domain), false) => Some(("domain", domain)),
        (None, None, true) if !inherited => None,
        _ => return None,
    };
    let actor = match (id(params.user_id.as_ref()), id(params.group_id.as_ref())) {
        (Some(user), None) => ("user", user),
        (None, Some(group)) => ("group", group),
        _ => return None,
    };
    Some(Grant { scope, actor, role: id(params.role_id.as_ref())?, inherited })
}

#[cfg(test)]
mod tests;
