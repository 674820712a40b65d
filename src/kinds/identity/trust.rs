//! Keystone trusts: <https://docs.openstack.org/api-ref/identity/v3-ext/#os-trust-api>

use super::{application_credential::CredentialRole, shared};
use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, Rights, Seen, Step,
        awaited::Awaited,
        diff::Diff,
        plain_step,
        request::{Read, service::IDENTITY},
        rest::{Rest, Update, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Rights of one user in the hands of another.
pub struct Trust;

/// What can be wanted of a trust. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TrustParameters {
    /// Id of the user who trusts. Keystone lets nobody else make a trust, and none with an application credential.
    #[schemars(extend("x-os" = {"ref": "identity.User", "immutable": true, "default": "the credentials' own"}))]
    pub trustor_user_id: Option<String>,
    /// Id of the user who is trusted, and logs in with the trust.
    #[schemars(extend("x-os" = {"ref": "identity.User", "required": true, "immutable": true}))]
    pub trustee_user_id: Option<String>,
    /// Whether tokens of the trust are in the name of the user who trusts, rather than of the one who is trusted.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub impersonation: Option<bool>,
    /// Id of the project that the trust is for.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "needs": ["roles"], "default": "the credentials' own if there are roles, else none"}))]
    pub project_id: Option<String>,
    /// Roles in the project that come with the trust, of those that the user who trusts has there.
    #[schemars(extend("x-os" = {"immutable": true, "set": true, "default": "none, for no rights at all"}), length(max = 100))]
    pub roles: Option<Vec<CredentialRole>>,
    /// How many tokens it is good for; status tells how many are left. A trust that is used up is not made again.
    #[schemars(extend("x-os" = {"immutable": true, "default": "as many as are wanted", "excludes": ["allowRedelegation"]}), range(min = 1))]
    pub remaining_uses: Option<i32>,
    /// When it ends, in UTC, such as 2027-01-01T00:00:00Z. Keystone takes no second trust that is like a deleted one: one that is
    /// made again needs another time.
    #[schemars(
        extend("x-os" = {"immutable": true, "normalise": "time", "default": "never"}),
        regex(pattern = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z?$")
    )]
    pub expires_at: Option<String>,
    /// Whether who is trusted can trust others in turn.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "default": false}))]
    pub allow_redelegation: Option<bool>,
    /// How many users can be trusted one after the other.
    #[schemars(extend("x-os" = {"immutable": true, "needs": ["allowRedelegation"], "default": "as many as Keystone's configuration allows"}), range(min = 0))]
    pub redelegation_count: Option<i32>,
    /// Description for people, which Keystone keeps as it keeps whatever it is told. The provider keeps its marker behind it.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub description: Option<String>,
}

/// What only the cloud says of a trust.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TrustObservation {
    /// Id of the trust.
    pub id: String,
    /// Id of the trust that it was made with.
    pub redelegated_trust_id: String,
}

impl Kind for Trust {
    type Parameters = TrustParameters;
    type Observation = TrustObservation;
    const INFO: Info = Info {
        kind: "Trust",
        plural: "trusts",
        short: "ostrst",
        about: "A Trust gives some rights of the provider's own user to another user of OpenStack.",
        docs: "https://docs.openstack.org/api-ref/identity/v3-ext/#create-trust",
        columns: &[
            Column { name: "EXPIRES", field: "expiresAt" },
            Column { name: "USES-LEFT", field: "remainingUses" },
        ],
        rights: Rights::Project,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "OS-TRUST/trusts", update: Update::None, ..Rest::keystone("trusts", "trust") });
    /// It leaves the roles out.
    const LISTING: Listing = Listing::None;

    /// The user who trusts must have the roles already.
    fn awaits(params: &TrustParameters) -> Vec<Awaited> {
        let user = params.trustor_user_id.as_deref();
        user.map(|user| Awaited::having("identity.RoleAssignment", "userId", user)).into_iter().collect()
    }

    /// Only administrators may list the trusts of all.
    fn reads(key: &Key<'_, TrustParameters>) -> Vec<Read> {
        shared::reads::<Self>(key, Some(("trustor_user_id", trustor(key))))
    }

    fn step(
        goal: Goal,
        key: &Key<'_, TrustParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let limited = key.params.remaining_uses.is_some() && key.any.meta.external_name.is_some();
        let mut step = plain_step::<Self>(goal, key, seen, diff);
        if let (Goal::Exist, None, Step::Send(request)) = (goal, seen, &mut step) {
            if limited {
                return Ok(Step::Refuse(USED_UP.to_owned()));
            }
            if let Some(trust) = request.body.as_mut().and_then(|body| body.get_mut("trust")?.as_object_mut())
            {
                trust.insert("trustor_user_id".to_owned(), json!(trustor(key)));
                if key.params.roles.as_ref().is_some_and(|roles| !roles.is_empty()) {
                    trust.entry("project_id").or_insert_with(|| json!(key.any.cloud.project_id));
                }
            }
        }
        Ok(step)
    }

    /// It falls with every token.
    fn left_to_others(_: &Seen<'_, Self>) -> &'static [&'static str] {
        &["remainingUses"]
    }
}

const USED_UP: &str = "the trust is used up or deleted, and what is limited is not made again: delete this resource, or \
    remove its external-name to make another trust, with another expiresAt, since Keystone takes no second trust that is \
    like a deleted one";

fn trustor<'a>(key: &Key<'a, TrustParameters>) -> &'a str {
    shared::user(key, key.params.trustor_user_id.as_deref())
}

#[cfg(test)]
mod tests;
