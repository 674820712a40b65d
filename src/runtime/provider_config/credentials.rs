//! What a ProviderConfig and its Secret give to connect with.

use crate::{
    api::{
        managed::ProviderConfigReference,
        provider_config::{self, ProviderConfigSpec},
    },
    kind::cloud::{Credentials, Given},
    runtime::{
        apiserver::error::{Error, call},
        base::recent::Recent,
    },
};
use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::{Api, Client, api::DynamicObject, core::ApiResource};
use secrecy::SecretString;

/// Reads credentials, and believes them for a moment.
#[derive(Clone)]
pub struct CredentialReader {
    client: Client,
    /// By who asked from which namespace.
    recent: Recent<(ProviderConfigReference, String), Credentials>,
}

impl CredentialReader {
    /// The client that it reads with.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Over a client.
    pub fn new(client: Client) -> Self {
        Self { client, recent: Recent::default() }
    }

    /// What a ProviderConfig and its Secret say to a managed resource of a namespace, or said a moment ago (PC-3, PC-5, PC-9,
    /// PC-11).
    ///
    /// # Errors
    /// One of them is missing, incomplete, or can't be read; says which and what to do. Or it is not for this namespace.
    pub async fn of(
        &self,
        reference: &ProviderConfigReference,
        namespace: &str,
    ) -> Result<Credentials, Error> {
        let who = (reference.clone(), namespace.to_owned());
        if let Some(credentials) = self.recent.get(&who) {
            return Ok(credentials);
        }
        let spec = self.provider_config(reference, namespace).await?;
        let ProviderConfigReference { kind, name } = reference;
        if kind == "ClusterProviderConfig" && !spec.allows(namespace) {
            return Err(Error::Refused(format!(
                "{kind} {name:?} is not for every namespace: its administrator can add this one to spec.allowedNamespaces, or use a ProviderConfig of your own: namespace {namespace:?} is not allowed"
            )));
        }
        let credentials = self.given(reference, spec, namespace).await?;
        self.recent.keep(who, credentials.clone());
        Ok(credentials)
    }

    /// What a ProviderConfig and its Secret say to the one who looks after it.
    ///
    /// # Errors
    /// One of them is missing, incomplete, or can't be read; says which and what to do.
    pub async fn of_config(
        &self,
        config: &ProviderConfigReference,
        namespace: &str,
    ) -> Result<Credentials, Error> {
        let spec = self.provider_config(config, namespace).await?;
        self.given(config, spec, namespace).await
    }

    async fn given(
        &self,
        config: &ProviderConfigReference,
        spec: ProviderConfigSpec,
        namespace: &str,
    ) -> Result<Credentials, Error> {
        let who = format!("{} {:?}", config.kind, config.name);
        let secret = spec.credentials.secret_ref.ok_or_else(|| {
            Error::Refused(format!("cannot extract credentials: {who} has no credentials.secretRef"))
        })?;
        let home = secret.namespace.as_deref().unwrap_or(namespace);
        let api: Api<Secret> = Api::namespaced(self.client.clone(), home);
        let found = call("get credentials secret", api.get_opt(&secret.name)).await?.ok_or_else(|| {
            let (name, key) = (&secret.name, secret.key.as_ref());
            let what = key.map_or_else(
                || "the fields of a clouds.yaml entry as keys".to_owned(),
                |key| format!("a clouds.yaml under the key {key:?}"),
            );
            Error::Refused(format!(
                "cannot get credentials secret of {who}: create it, with {what}, or correct spec.credentials.secretRef: Secret {home}/{name} does not exist"
            ))
        })?;
        let given = parts(&who, &format!("Secret {home}/{}", secret.name), secret.key.as_ref(), found)?;
        let (cloud, region, interface) = (spec.cloud, spec.region, spec.interface);
        Ok(Credentials { given, cloud, region, interface, requests_per_second: spec.requests_per_second })
    }

    async fn provider_config(
        &self,
        reference: &ProviderConfigReference,
        namespace: &str,
    ) -> Result<ProviderConfigSpec, Error> {
        let ProviderConfigReference { kind, name } = reference;
        let resource = ApiResource {
            group: crate::api::DOMAIN.to_owned(),
            version: crate::api::VERSION.to_owned(),
            api_version: provider_config::api_version(),
            kind: kind.clone(),
            plural: format!("{}s", kind.to_lowercase()),
        };
        let api: Api<DynamicObject> = match kind.as_str() {
            "ProviderConfig" => Api::namespaced_with(self.client.clone(), namespace, &resource),
            "ClusterProviderConfig" => Api::all_with(self.client.clone(), &resource),
            other => {
                return Err(Error::Refused(format!(
                    "unsupported provider config kind: use ProviderConfig or ClusterProviderConfig: {other}"
                )));
            }
        };
        let found = call("get provider config", api.get_opt(name)).await?;
        let missing = || {
            Error::Refused(format!(
                "cannot get provider config: create it, or name another one in spec.providerConfigRef: {kind} {name:?} does not exist"
            ))
        };
        let spec = found.ok_or_else(missing)?.data.get("spec").cloned().unwrap_or_default();
        serde_json::from_value(spec)
            .map_err(|error| Error::Refused(format!("cannot read {kind} {name:?}: {error}")))
    }
}

/// What a Secret holds, under one key or all.
fn parts(who: &str, place: &str, key: Option<&String>, secret: Secret) -> Result<Given, Error> {
    let mut data = secret.data.unwrap_or_default();
    let text = |key: &str, bytes: ByteString| {
        let bytes = String::from_utf8(bytes.0).map(SecretString::from);
        bytes.map_err(|_| {
            Error::Refused(format!(
                "credentials secret of {who}: put text there: key {key:?} of {place} is not text"
            ))
        })
    };
    let Some(key) = key else {
        let fields = data.into_iter().map(|(key, bytes)| text(&key, bytes).map(|text| (key, text)));
        return Ok(Given::Fields(fields.collect::<Result<_, Error>>()?));
    };
    let bytes = data.remove(key).ok_or_else(|| {
        let keys = data.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        Error::Refused(format!(
            "credentials secret of {who}: put a clouds.yaml there, or correct spec.credentials.secretRef.key: {place} has no key {key:?}, but {}",
            if keys.is_empty() { "none at all" } else { &keys }
        ))
    })?;
    Ok(Given::CloudsYaml(text(key, bytes)?))
}
