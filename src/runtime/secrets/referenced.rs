//! Secrets that a spec refers to.

use crate::{
    api::{field::SecretForm, secret::SecretRef},
    runtime::apiserver::error::{Error, call},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};
use secrecy::SecretString;
use serde_json::Value;

/// The value that a field refers to, in the form in which it is sent.
///
/// # Errors
/// The Secret or its key is missing, or holds something else; says what to do. Or the API server does not answer.
pub async fn read(
    client: &Client,
    namespace: &str,
    field: &str,
    given: &Value,
    form: SecretForm,
) -> Result<SecretString, Error> {
    let SecretRef { name, key } = serde_json::from_value(given.clone())
        .map_err(|source| Error::Form { action: "read a reference to a Secret", source })?;
    let missing = |what: String| {
        Error::Refused(format!("cannot read spec.forProvider.{field}: Secret {name:?} {what}"))
    };
    let api: Api<Secret> = Api::namespaced(client.clone(), namespace);
    let secret = call("get the Secret that the spec refers to", api.get_opt(&name)).await?;
    let secret = secret.ok_or_else(|| {
        missing("does not exist in this namespace: create it, or correct the name".to_owned())
    })?;
    let value = secret.data.unwrap_or_default().remove(&key);
    let value = value.ok_or_else(|| missing(format!("has no key {key:?}: add it, or correct the key")))?;
    match form {
        SecretForm::Base64 => Ok(STANDARD.encode(value.0).into()),
        SecretForm::Text => match String::from_utf8(value.0) {
            Ok(text) if !text.is_empty() => Ok(text.into()),
            Ok(_) => Err(missing(format!("has nothing under key {key:?}"))),
            Err(_) => Err(missing(format!("has no text under key {key:?}"))),
        },
    }
}
