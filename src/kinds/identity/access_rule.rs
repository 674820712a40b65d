//! Access rules of Keystone's users: <https://docs.openstack.org/api-ref/identity/v3/#application-credentials>
//!
//! Keystone makes a rule with the first application credential that has it, and keeps it when that is gone.

use super::{application_credential::HttpMethod, shared};
use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Seen, Step,
        diff::Diff,
        request::{Answer, Keep, Method, Read, Request, service::IDENTITY},
        rest::listing::Listing,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A request that a user's application credentials can be limited to.
pub struct AccessRule;

/// What can be wanted of an access rule: only that there is one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessRuleParameters {
    /// Id of the user whose it is.
    #[schemars(extend("x-os" = {"ref": "identity.User", "immutable": true, "default": "the credentials' own"}))]
    pub user_id: Option<String>,
    /// Type of the service, such as compute.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), length(min = 1, max = 64))]
    pub service: Option<String>,
    /// Method of the request.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub method: Option<HttpMethod>,
    /// Path of the request, with the same wildcards as the application credential says it.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), length(min = 1, max = 128))]
    pub path: Option<String>,
}

/// What only the cloud says of an access rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessRuleObservation {
    /// Id of the rule.
    pub id: String,
    /// Ids of the application credentials that have it.
    pub application_credential_ids: Vec<String>,
}

impl Kind for AccessRule {
    type Parameters = AccessRuleParameters;
    type Observation = AccessRuleObservation;
    const INFO: Info = Info {
        kind: "AccessRule",
        plural: "accessrules",
        short: "osacr",
        about: "An AccessRule is a request that application credentials of a user of OpenStack Keystone can be limited to. Keystone makes it with the first of them that has it, which is waited for. Deleted, it takes the rule away, unless one of them still has it.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#list-access-rules",
        columns: &[
            Column { name: "SERVICE", field: "service" },
            Column { name: "METHOD", field: "method" },
            Column { name: "PATH", field: "path" },
        ],
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&IDENTITY)
    };
    const OPTIONS: Options = Options { singleton: true, ..Options::USUAL };
    const LISTING: Listing = Listing::None;

    /// A user has a rule once.
    fn reads(key: &Key<'_, Self::Parameters>) -> Vec<Read> {
        let AccessRuleParameters { service, method, path, .. } = key.params;
        let keep = match key.any.meta.external_name {
            Some(id) => Keep::Equals("id", id.to_owned()),
            None => Keep::Like(vec![
                ("service", json!(service)),
                ("method", json!(method)),
                ("path", json!(path)),
            ]),
        };
        let user = shared::user(key, key.params.user_id.as_deref());
        let list =
            |items, keep| Read::List { path: format!("/users/{user}/{items}"), query: vec![], items, keep };
        vec![list("access_rules", keep), list("application_credentials", Keep::Like(vec![]))]
    }

    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let [Answer::Items(rules), Answer::Items(credentials)] = answers else { return Ok(Found::Absent) };
        let Some(rule) = rules.first() else { return Ok(Found::Absent) };
        let id = rule.get("id").and_then(Value::as_str).ok_or(KindError::Missing("id"))?;
        let having = credentials.iter().filter(|credential| {
            let rules = credential.get("access_rules").and_then(Value::as_array);
            rules.into_iter().flatten().any(|rule| rule.get("id").is_some_and(|have| have == id))
        });
        let having: Vec<_> = having.filter_map(|credential| credential.get("id")).collect();
        let mut body = json!({"user_id": shared::user(key, key.params.user_id.as_deref()), "application_credential_ids": having});
        if let (Value::Object(body), Value::Object(rule)) = (&mut body, rule) {
            body.extend(rule.clone());
        }
        Ok(Found::One { external_name: id.to_owned(), body })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(match (goal, seen) {
            (Goal::Match, Some(_)) if !diff.is_empty() => Step::unchangeable(diff),
            // Keystone refuses.
            (Goal::Vanish, Some(seen)) if !seen.state.application_credential_ids.is_empty() => Step::Leave,
            (Goal::Vanish, Some(seen)) => {
                let user = shared::user(key, key.params.user_id.as_deref());
                let path = format!("/users/{user}/access_rules/{}", seen.state.id);
                Step::Send(Request::new(&IDENTITY, Method::Delete, path, None))
            }
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => Step::Done,
        })
    }
}

#[cfg(test)]
mod tests;
