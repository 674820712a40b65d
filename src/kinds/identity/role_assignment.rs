//! Keystone role assignments: <https://docs.openstack.org/api-ref/identity/v3/#roles>,
//! <https://docs.openstack.org/api-ref/identity/v3-ext/#os-inherit>

use super::grant::{FORM, Grant};
use crate::kind::{
    Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Rights, Seen, Step,
    diff::Diff,
    request::{Answer, Method, Read, Request, service::IDENTITY},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::Error as _};
use serde_json::Value;

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

    /// The assignment's own address: unlike a list, it tells absent from hidden.
    fn reads(key: &Key<'_, RoleAssignmentParameters>) -> Vec<Read> {
        meant(key).map(|grant| Read::Get { path: grant.path() }).into_iter().collect()
    }

    fn parse(key: &Key<'_, RoleAssignmentParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        match (meant(key), answers.last()) {
            (Some(grant), Some(Answer::Body(Value::Null))) => Ok(grant.found()),
            (Some(_), Some(Answer::Gone)) => Ok(Found::Absent),
            (None, _) if key.any.meta.external_name.is_none() => Ok(Found::Absent),
            (None, _) => Err(KindError::Value {
                place: "the external-name",
                source: serde_json::Error::custom(format!("it is not of the form {FORM}")),
            }),
            (Some(_), _) => Err(KindError::Missing("a yes or no about the assignment")),
        }
    }

    fn step(
        goal: Goal,
        key: &Key<'_, RoleAssignmentParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let send = |method, grant: Grant<'_>| Step::Send(Request::new(&IDENTITY, method, grant.path(), None));
        Ok(match (goal, seen, meant(key)) {
            (Goal::Exist, None, wanted) if wanted.is_some() && wanted == wanted_by(key.params) => {
                wanted.map_or(Step::Done, |grant| send(Method::Put, grant))
            }
            (Goal::Exist, None, Some(_)) => {
                Step::Refuse("the external-name says another assignment than the spec".to_owned())
            }
            (Goal::Exist, None, None) => Step::Refuse(
                "set roleId, just one of userId and groupId, and just one of projectId, domainId and system; \
                 a role for the system can't be inherited"
                    .to_owned(),
            ),
            (Goal::Vanish, Some(_), Some(grant)) => send(Method::Delete, grant),
            (Goal::Match, ..) if !diff.is_empty() => Step::unchangeable(diff),
            _ => Step::Done,
        })
    }
}

/// The external-name's, or else what the parameters say.
fn meant<'a>(key: &Key<'a, RoleAssignmentParameters>) -> Option<Grant<'a>> {
    key.any.meta.external_name.map_or_else(|| wanted_by(key.params), Grant::of_name)
}

/// Just one scope and one actor.
fn wanted_by(params: &RoleAssignmentParameters) -> Option<Grant<'_>> {
    fn set(id: Option<&String>) -> Option<&str> {
        id.map(String::as_str).filter(|id| !id.is_empty() && !id.contains('/'))
    }
    let (inherited, system) = (params.inherited == Some(true), params.system == Some(true));
    let scope = match (set(params.project_id.as_ref()), set(params.domain_id.as_ref()), system) {
        (Some(id), None, false) => Some(("project", id)),
        (None, Some(id), false) => Some(("domain", id)),
        (None, None, true) if !inherited => None,
        _ => return None,
    };
    let actor = match (set(params.user_id.as_ref()), set(params.group_id.as_ref())) {
        (Some(id), None) => ("user", id),
        (None, Some(id)) => ("group", id),
        _ => return None,
    };
    Some(Grant { scope, actor, role: set(params.role_id.as_ref())?, inherited })
}

#[cfg(test)]
mod tests;
