//! Keystone roles that roles imply: <https://docs.openstack.org/api-ref/identity/v3/#create-role-inference-rule>

use super::association::{self, Associates, Association, id};
use crate::kind::{
    Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Rights, Seen, Step,
    diff::Diff,
    request::{Answer, Read, service::IDENTITY},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A role that comes with another.
pub struct ImpliedRole;

/// What can be wanted of an implied role. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ImpliedRoleParameters {
    /// Id of the role that implies the other. A role of a domain can do so too.
    #[schemars(extend("x-os" = {"ref": "identity.IdentityRole", "required": true, "immutable": true}))]
    pub prior_role_id: Option<String>,
    /// Id of the role that comes with it. Not a domain's role, unless the other is one too; nor one that Keystone's
    /// configuration prohibits, by default admin.
    #[schemars(extend("x-os" = {"ref": "identity.IdentityRole", "required": true, "immutable": true}))]
    pub implied_role_id: Option<String>,
}

/// What only the cloud says of an implied role.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ImpliedRoleObservation {
    /// The external-name: an implication has no id of its own.
    pub id: String,
}

impl Kind for ImpliedRole {
    type Parameters = ImpliedRoleParameters;
    type Observation = ImpliedRoleObservation;
    const INFO: Info = Info {
        kind: "ImpliedRole",
        plural: "impliedroles",
        short: "osimpr",
        about: "An ImpliedRole lets whoever has one role of OpenStack have another as well.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#create-role-inference-rule",
        external_name: "the ids of both roles: <prior>/<implied>",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IDENTITY)
    };

    fn chosen_name(key: &Key<'_, ImpliedRoleParameters>) -> Option<String> {
        association::chosen::<Self>(key)
    }

    fn reads(key: &Key<'_, ImpliedRoleParameters>) -> Vec<Read> {
        association::reads::<Self>(key)
    }

    fn parse(key: &Key<'_, ImpliedRoleParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        association::parse::<Self>(key, answers)
    }

    fn step(
        goal: Goal,
        key: &Key<'_, ImpliedRoleParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(association::step::<Self>(goal, key, seen, diff))
    }
}

impl Associates for ImpliedRole {
    const FORM: &str = "<prior>/<implied>";
    const ASKS: &str = "set priorRoleId and impliedRoleId";
    const TOLD: fn(&Value) -> bool = |answer| answer.pointer("/role_inference/implies/id").is_some();

    fn named(name: &str) -> Option<Association> {
        name.split_once('/').map(|(prior, implied)| implication(prior, implied))
    }

    fn wanted(params: &ImpliedRoleParameters) -> Option<Association> {
        Some(implication(id(params.prior_role_id.as_ref())?, id(params.implied_role_id.as_ref())?))
    }
}

fn implication(prior: &str, implied: &str) -> Association {
    let name = format!("{prior}/{implied}");
    let body = json!({"id": name, "prior_role_id": prior, "implied_role_id": implied});
    Association { name, path: format!("/roles/{prior}/implies/{implied}"), body }
}

#[cfg(test)]
mod tests;
