//! What a ProviderConfig's status says of a cloud and of the login to it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What a cloud says of a login and of itself: the field `cloud` of a ProviderConfig's status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Description {
    /// Keystone's address, with version.
    pub auth_url: String,
    /// Who is logged in.
    pub user: Option<Party>,
    /// Project of the scope.
    pub project: Option<Party>,
    /// Domain of the scope.
    pub domain: Option<Party>,
    /// The scope is the whole deployment.
    pub system: Option<bool>,
    /// Names of the roles in that scope.
    pub roles: Vec<String>,
    /// Regions that the catalog has endpoints in.
    pub regions: Vec<String>,
    /// What the catalog offers in the region in use.
    pub services: Vec<CatalogEntry>,
}

impl Description {
    /// As a status shows it: what is not known is left out.
    pub fn fields(&self) -> Map<String, Value> {
        match without_nulls(json!(self)) {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// A user, project or domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of the domain that it is in.
    pub domain: Option<String>,
}

/// A service of a catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogEntry {
    /// Type in the catalog.
    pub r#type: String,
    /// Address in the region and on the interface in use.
    pub endpoint: String,
    /// Version that the service calls itself, of the ones that the provider speaks.
    pub version: Option<String>,
    /// Oldest microversion.
    pub min_microversion: Option<String>,
    /// Newest microversion.
    pub max_microversion: Option<String>,
    /// Why its version is not known.
    pub problem: Option<String>,
}
