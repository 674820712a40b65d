//! Secrets that a spec refers to, and ConfigMaps that stand where Secrets may.

use crate::{
    api::{
        field::SecretForm,
        secret::{self, KeySelector, SecretRef, TextSource},
    },
    kind::{Secrets, shape::Field},
    runtime::apiserver::{
        error::{Error, call},
        inputs::{self, Input, Notes},
        names::named,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use k8s_openapi::{
    NamespaceResourceScope,
    api::core::v1::{ConfigMap, Secret},
};
use kube::{Api, Client, Resource};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Debug};
use tokio::time::Instant;

/// What reads for one field.
pub struct Referenced<'a> {
    /// Over which the API server is reached.
    pub client: &'a Client,
    /// The resource's own.
    pub namespace: &'a str,
    /// The field.
    pub field: &'a Field,
    /// Where it is noted what was read.
    pub notes: &'a Notes,
}

impl Referenced<'_> {
    /// The value that a field refers to, in the form in which it is sent.
    ///
    /// # Errors
    /// The Secret or its key is missing, or holds something else; says what to do. Or the API server does not answer.
    pub async fn value(&self, given: &Value) -> Result<SecretString, Error> {
        let SecretRef { name, key } = read(given, "read a reference to a Secret")?;
        let secret =
            self.get::<Secret>(&name, Input::secret).await?.ok_or_else(|| self.absent("Secret", &name))?;
        let refused = |what: String| self.refused(&format!("Secret {name:?} {what}"));
        let value = secret.data.unwrap_or_default().remove(&key);
        let value =
            value.ok_or_else(|| refused(format!("has no key {key:?}: add it, or correct the key")))?.0;
        if self.field.options.secret == Some(SecretForm::Base64) {
            return Ok(STANDARD.encode(value).into());
        }
        match String::from_utf8(value) {
            Ok(text) if !text.is_empty() => Ok(text.into()),
            Ok(_) => Err(refused(format!("has nothing under key {key:?}"))),
            Err(_) => Err(refused(format!("has no text under key {key:?}"))),
        }
    }

    /// What a look needs of a field: its document by the name that the API has for it, or its texts by that and their places:
    /// `values_from/0`.
    ///
    /// # Errors
    /// An object or a key that is not optional is missing, or holds no text; says what to do. Or the API server does not answer.
    pub async fn for_look(&self, given: &Value) -> Result<Secrets, Error> {
        let wire = &self.field.wire;
        if self.field.options.secret == Some(SecretForm::Document) {
            return Ok(match secret::document_name(given) {
                Some(name) => {
                    self.document(name).await?.map(|document| (wire.clone(), document)).into_iter().collect()
                }
                None => Secrets::new(),
            });
        }
        let mut texts = Secrets::new();
        let sources: Vec<TextSource> = read(given, "read references to Secrets and ConfigMaps")?;
        for (at, source) in sources.iter().enumerate() {
            let TextSource { secret_key_ref, config_map_key_ref } = source;
            let text = match (secret_key_ref, config_map_key_ref) {
                (Some(selector), _) => self.secret_text(selector).await?,
                (None, Some(selector)) => self.config_map_text(selector).await?,
                (None, None) => None,
            };
            texts.extend(text.map(|text| (format!("{wire}/{at}"), text.into())));
        }
        Ok(texts)
    }

    /// All keys that hold text; what holds other bytes can't be said in JSON.
    async fn document(&self, name: &str) -> Result<Option<SecretString>, Error> {
        let data = match self.get::<Secret>(name, Input::secret).await? {
            Some(secret) => secret.data.unwrap_or_default(),
            None if self.field.options.optional => return Ok(None),
            None => return Err(self.absent("Secret", name)),
        };
        let texts: BTreeMap<_, _> =
            data.iter().filter_map(|(key, bytes)| Some((key, std::str::from_utf8(&bytes.0).ok()?))).collect();
        let document = serde_json::to_string(&texts);
        let document = document.map_err(|source| Error::Form { action: "write a Secret as JSON", source })?;
        Ok(Some(document.into()))
    }

    async fn secret_text(&self, selector: &KeySelector) -> Result<Option<String>, Error> {
        let secret = self.selected::<Secret>("Secret", selector, Input::secret).await?;
        let Some(mut data) = secret.map(|secret| secret.data.unwrap_or_default()) else { return Ok(None) };
        let bytes = data.remove(&selector.key).map(|bytes| bytes.0);
        self.text("Secret", selector, bytes)
    }

    async fn config_map_text(&self, selector: &KeySelector) -> Result<Option<String>, Error> {
        let Some(map) = self.selected::<ConfigMap>("ConfigMap", selector, Input::config_map).await? else {
            return Ok(None);
        };
        let text = map.data.unwrap_or_default().remove(&selector.key).map(String::into_bytes);
        let binary = || map.binary_data.unwrap_or_default().remove(&selector.key).map(|bytes| bytes.0);
        self.text("ConfigMap", selector, text.or_else(binary))
    }

    async fn selected<K>(
        &self,
        kind: &str,
        selector: &KeySelector,
        input: fn(&str, &str) -> Input,
    ) -> Result<Option<K>, Error>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug,
    {
        let found = self.get::<K>(&selector.name, input).await?;
        match found {
            None if selector.optional != Some(true) => Err(self.absent(kind, &selector.name)),
            found => Ok(found),
        }
    }

    fn text(
        &self,
        kind: &str,
        selector: &KeySelector,
        bytes: Option<Vec<u8>>,
    ) -> Result<Option<String>, Error> {
        let KeySelector { name, key, optional } = selector;
        let refused = |what: &str| Err(self.refused(&format!("{kind} {name:?} has no {what} {key:?}")));
        match bytes.map(String::from_utf8) {
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => refused("text under key"),
            None if *optional == Some(true) => Ok(None),
            None => refused("key"),
        }
    }

    async fn get<K>(&self, name: &str, input: fn(&str, &str) -> Input) -> Result<Option<K>, Error>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug,
    {
        let (api, asked): (Api<K>, _) =
            (Api::namespaced(self.client.clone(), self.namespace), Instant::now());
        let found = call("get what the spec refers to", api.get_opt(named(name)?)).await?;
        self.notes.read(input(self.namespace, name), inputs::version(found.as_ref()), asked);
        Ok(found)
    }

    fn absent(&self, kind: &str, name: &str) -> Error {
        let what =
            format!("{kind} {name:?} does not exist in this namespace: create it, or correct the name");
        self.refused(&what)
    }

    fn refused(&self, what: &str) -> Error {
        Error::Refused(format!("cannot read spec.forProvider.{}: {what}", self.field.name))
    }
}

fn read<T: DeserializeOwned>(given: &Value, action: &'static str) -> Result<T, Error> {
    T::deserialize(given).map_err(|source| Error::Form { action, source })
}

#[cfg(test)]
mod tests;
