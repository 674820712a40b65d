//! Members of Keystone groups: <https://docs.openstack.org/api-ref/identity/v3/#add-user-to-group>

use super::association::{self, Associates, Association, id};
use crate::kind::{
    Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Rights, Seen, Step,
    diff::Diff,
    request::{Answer, Read, service::IDENTITY},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A user in a group.
pub struct GroupMembership;

/// What can be wanted of a membership. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupMembershipParameters {
    /// Id of the group.
    #[schemars(extend("x-os" = {"ref": "identity.IdentityGroup", "required": true, "immutable": true}))]
    pub group_id: Option<String>,
    /// Id of the user who gets the group's roles.
    #[schemars(extend("x-os" = {"ref": "identity.User", "required": true, "immutable": true}))]
    pub user_id: Option<String>,
}

/// What only the cloud says of a membership.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupMembershipObservation {
    /// The external-name: a membership has no id of its own.
    pub id: String,
}

impl Kind for GroupMembership {
    type Parameters = GroupMembershipParameters;
    type Observation = GroupMembershipObservation;
    const INFO: Info = Info {
        kind: "GroupMembership",
        plural: "groupmemberships",
        short: "osgrpm",
        about: "A GroupMembership puts a user of OpenStack into a group, whose roles the user then has.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#add-user-to-group",
        external_name: "the ids of group and user: <group>/<user>",
        rights: Rights::Domain,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IDENTITY)
    };

    fn reads(key: &Key<'_, GroupMembershipParameters>) -> Vec<Read> {
        association::reads::<Self>(key)
    }

    fn parse(key: &Key<'_, GroupMembershipParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        association::parse::<Self>(key, answers)
    }

    fn step(
        goal: Goal,
        key: &Key<'_, GroupMembershipParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(association::step::<Self>(goal, key, seen, diff))
    }
}

impl Associates for GroupMembership {
    const FORM: &str = "<group>/<user>";
    const ASKS: &str = "set groupId and userId";

    fn named(name: &str) -> Option<Association> {
        name.split_once('/').map(|(group, user)| membership(group, user))
    }

    fn wanted(params: &GroupMembershipParameters) -> Option<Association> {
        Some(membership(id(params.group_id.as_ref())?, id(params.user_id.as_ref())?))
    }
}

fn membership(group: &str, user: &str) -> Association {
    let name = format!("{group}/{user}");
    let body = json!({"id": name, "group_id": group, "user_id": user});
    Association { name, path: format!("/groups/{group}/users/{user}"), body }
}

#[cfg(test)]
mod tests;
