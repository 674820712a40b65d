//! Connection secrets (SEC-1 to SEC-7): what to write is decided purely, and nothing is written that is there already.
//!
//! The only place of the runtime that opens connection details.

use crate::{
    api::meta,
    kind::ConnectionDetails,
    runtime::apiserver::{
        error::{Error, call},
        inputs::{self, Input, Notes},
        names::named,
        owner::{FIELD_MANAGER, Owner},
    },
};
use k8s_openapi::{ByteString, api::core::v1::Secret, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, fmt};
use tokio::time::Instant;

/// Where details come from. Each origin writes under its own name, so that it only ever drops its own keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// All details that an observation gives: a key that it gave earlier and no longer gives is dropped.
    Observed,
    /// Secrets made before the create, which nobody can read again: nothing is ever dropped.
    Minted,
}

impl Origin {
    /// Name of the field manager.
    pub fn manager(self) -> &'static str {
        match self {
            Self::Observed => FIELD_MANAGER,
            Self::Minted => "kupenstack-minted",
        }
    }
}

/// What to write.
pub enum Write {
    /// All is there.
    Nothing,
    /// This secret.
    Create(Box<Secret>),
    /// This merge patch.
    Patch(Value),
}

/// Shows no values.
impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Create(_) => "Create",
            Self::Patch(_) => "Patch",
        })
    }
}

/// Writing would take a secret from somebody else (SEC-3).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nobody's, and not made for connection details.
    #[error("refusing to modify uncontrolled secret of type {0:?}")]
    Uncontrolled(String),
    /// Another resource's.
    #[error("existing secret is not controlled by UID {0:?}")]
    Controlled(String),
}

/// What to write so that the secret holds the details and belongs to the owner.
///
/// # Errors
/// The secret is somebody else's.
pub fn decide(
    existing: Option<&Secret>,
    owner: &Owner,
    name: &str,
    namespace: &str,
    details: &ConnectionDetails,
    origin: Origin,
) -> Result<Write, Refused> {
    let Some(secret) = existing else {
        return Ok(Write::Create(Box::new(create(owner, name, namespace, details))));
    };
    let controller = secret.metadata.owner_references.iter().flatten().find(|o| o.controller == Some(true));
    let r#type = secret.type_.as_deref().unwrap_or("Opaque");
    match controller {
        None if r#type != meta::CONNECTION_SECRET_TYPE => {
            return Err(Refused::Uncontrolled(r#type.to_owned()));
        }
        Some(other) if other.uid != owner.uid => return Err(Refused::Controlled(owner.uid.clone())),
        None | Some(_) => {}
    }
    let mut patch = Map::new();
    let data = changes(secret, details, origin);
    if !data.is_empty() {
        patch.insert("data".to_owned(), Value::Object(data));
    }
    let mut metadata = Map::new();
    if controller != Some(&owner.reference()) {
        let mut owners = secret.metadata.owner_references.clone().unwrap_or_default();
        owners.retain(|o| o.uid != owner.uid);
        owners.push(owner.reference());
        metadata.insert("ownerReferences".to_owned(), json!(owners));
    }
    if patch.is_empty() && metadata.is_empty() {
        return Ok(Write::Nothing);
    }
    // Had the secret changed hands since it was read, somebody else would get the details.
    metadata.insert("resourceVersion".to_owned(), json!(secret.metadata.resource_version));
    patch.insert("metadata".to_owned(), Value::Object(metadata));
    Ok(Write::Patch(Value::Object(patch)))
}

fn create(owner: &Owner, name: &str, namespace: &str, details: &ConnectionDetails) -> Secret {
    Secret {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some(namespace.to_owned()),
            owner_references: Some(vec![owner.reference()]),
            ..ObjectMeta::default()
        },
        type_: Some(meta::CONNECTION_SECRET_TYPE.to_owned()),
        data: Some(details.iter().map(|(key, value)| (key.clone(), bytes(value))).collect()),
        ..Secret::default()
    }
}

/// Keys to set, and keys to drop (`null`).
fn changes(secret: &Secret, details: &ConnectionDetails, origin: Origin) -> Map<String, Value> {
    let stored = |key: &str| secret.data.as_ref().and_then(|data| data.get(key));
    let mut changes = Map::new();
    for (key, value) in details {
        if stored(key).is_none_or(|stored| stored.0 != value.expose_secret().as_bytes()) {
            changes.insert(key.clone(), json!(bytes(value)));
        }
    }
    // SEC-4: a pass without details drops nothing.
    if origin == Origin::Observed && !details.is_empty() {
        for key in own_keys(secret, origin.manager()) {
            if !details.contains_key(key) && stored(key).is_some() {
                changes.insert(key.to_owned(), Value::Null);
            }
        }
    }
    changes
}

/// Keys that the API server knows to be written last by this manager.
fn own_keys<'a>(secret: &'a Secret, manager: &str) -> BTreeSet<&'a str> {
    let entries = secret.metadata.managed_fields.iter().flatten();
    entries
        .filter(|entry| entry.manager.as_deref() == Some(manager))
        .filter_map(|entry| entry.fields_v1.as_ref()?.0.get("f:data")?.as_object())
        .flat_map(|data| data.keys().filter_map(|key| key.strip_prefix("f:")))
        .collect()
}

fn bytes(value: &SecretString) -> ByteString {
    ByteString(value.expose_secret().as_bytes().to_vec())
}

/// Is it this owner's, or nobody's and made for connection details?
pub(crate) fn belongs(secret: &Secret, owner: &Owner) -> bool {
    let controller = secret.metadata.owner_references.iter().flatten().find(|o| o.controller == Some(true));
    controller.map_or(secret.type_.as_deref() == Some(meta::CONNECTION_SECRET_TYPE), |o| o.uid == owner.uid)
}

/// What it holds under a key.
pub(crate) fn held(secret: &Secret, key: &str) -> Option<SecretString> {
    let bytes = secret.data.as_ref()?.get(key)?.0.clone();
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty()).map(SecretString::from)
}

/// A detail that is no secret at all, such as a public key.
pub(crate) fn public(value: &SecretString) -> String {
    value.expose_secret().to_owned()
}

/// Where a connection secret is, or is to be.
pub struct ConnectionSecret<'a> {
    /// Over which the API server is reached.
    pub client: &'a Client,
    /// Namespace.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
    /// Where it is noted what was read and written.
    pub notes: &'a Notes,
}

impl ConnectionSecret<'_> {
    /// The secret, if it is there.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn get(&self) -> Result<Option<Secret>, Error> {
        let asked = Instant::now();
        let found = call("get the connection secret", self.api().get_opt(named(self.name)?)).await?;
        self.notes.read(self.input(), inputs::version(found.as_ref()), asked);
        Ok(found)
    }

    /// Makes the secret hold the details; writes nothing that is there already.
    ///
    /// # Errors
    /// The secret is somebody else's, or the API server refused or did not answer.
    pub async fn publish(
        &self,
        owner: &Owner,
        details: &ConnectionDetails,
        origin: Origin,
    ) -> Result<(), Error> {
        let existing = self.get().await?;
        self.write(existing.as_ref(), owner, details, origin).await
    }

    /// The same for a secret that was looked at already; fails if it changed since.
    ///
    /// # Errors
    /// The secret is somebody else's, or the API server refused or did not answer.
    pub async fn write(
        &self,
        existing: Option<&Secret>,
        owner: &Owner,
        details: &ConnectionDetails,
        origin: Origin,
    ) -> Result<(), Error> {
        let (action, manager) = ("create or update connection secret", Some(origin.manager().to_owned()));
        let write = decide(existing, owner, self.name, self.namespace, details, origin)
            .map_err(|refused| Error::Refused(format!("cannot {action}: {refused}")))?;
        let asked = Instant::now();
        let written = match write {
            Write::Nothing => return Ok(()),
            Write::Create(secret) => {
                let params = PostParams { field_manager: manager, ..PostParams::default() };
                call(action, self.api().create(&params, &secret)).await?
            }
            Write::Patch(patch) => {
                let params = PatchParams { field_manager: manager, ..PatchParams::default() };
                call(action, self.api().patch(self.name, &params, &Patch::Merge(patch))).await?
            }
        };
        self.notes.wrote(self.input(), inputs::version(Some(&written)), asked);
        Ok(())
    }

    fn api(&self) -> Api<Secret> {
        Api::namespaced(self.client.clone(), self.namespace)
    }

    fn input(&self) -> Input {
        Input::secret(self.namespace, self.name)
    }
}

#[cfg(test)]
mod tests;
