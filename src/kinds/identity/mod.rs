//! Kinds of the identity service, Keystone.

pub mod application_credential;
pub mod catalog_endpoint;
pub mod catalog_service;
pub mod domain;
mod grant;
pub mod identity_group;
pub mod identity_role;
mod login;
pub mod project;
pub mod region;
pub mod role_assignment;
pub mod user;

use crate::kind::{
    Goal, Key, Kind, Step,
    any::{AnyKey, Observed},
    diff::Diff,
    plain_step,
    request::{Keep, Method, Read, Request, service::IDENTITY},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Keystone's limit for a role's description, 255, less the marker behind it.
const DESCRIPTION: usize = 255 - 1 - 70;

/// Switches that Keystone keeps with an object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceOptions {
    /// Whether Keystone refuses to change or delete the object, until this is set to false.
    pub immutable: Option<bool>,
}

/// By external-name; without one, the list in which a lost create is looked for, which some collections divide.
fn reads<K: Kind>(key: &AnyKey<'_>, part: Option<(&str, &str)>) -> Vec<Read> {
    let path = format!("/{}", K::REST.path);
    vec![match key.meta.external_name {
        Some(id) => Read::Get { path: format!("{path}/{id}") },
        None => Read::List {
            path,
            query: part.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            items: K::REST.items,
            keep: Keep::Marked(key.meta.marker.clone()),
        },
    }]
}

/// An immutable object takes nothing but a request that unlocks it: what else is to be done comes after.
fn unlock_first<K: Kind>(
    goal: Goal,
    key: &Key<'_, K::Parameters>,
    observed: Option<&Observed>,
    diff: &Diff,
) -> Step {
    let immutable = |fields: &Map<String, Value>| fields.get("options")?.get("immutable")?.as_bool();
    let locked = observed.and_then(|observed| immutable(&observed.at_provider)) == Some(true);
    let unlocks = immutable(key.any.params) == Some(false);
    match goal {
        Goal::Vanish if locked && !unlocks => Step::Refuse(
            "it is immutable: set spec.forProvider.options.immutable to false to let it be deleted"
                .to_owned(),
        ),
        Goal::Match | Goal::Vanish if locked && unlocks => {
            patch::<K>(key.any, &json!({"options": {"immutable": false}}))
        }
        Goal::Exist | Goal::Match | Goal::Vanish => plain_step::<K>(goal, key, observed, diff),
    }
}

/// A domain must be disabled before it can be deleted.
fn disable<K: Kind>(key: &AnyKey<'_>) -> Step {
    patch::<K>(key, &json!({"enabled": false}))
}

fn patch<K: Kind>(key: &AnyKey<'_>, fields: &Value) -> Step {
    let path = format!("/{}/{}", K::REST.path, key.meta.external_name.unwrap_or_default());
    let body = json!({ K::REST.singular: fields });
    Step::Send(Request::new(&IDENTITY, Method::Patch, path, Some(body)))
}
