//! What a ProviderConfig and its Secret give to connect with.

use super::config::Config;
use crate::{
    api::{
        glob,
        managed::ProviderConfigReference,
        provider_config::{Changes, SecretKeyReference},
    },
    kind::{
        cloud::{Credentials, Given},
        provider::{ConfigFamily, ConfigSpec, Expected},
    },
    runtime::{
        apiserver::{
            error::{Error, call},
            inputs::{self, Input, Inputs, Notes, Reads},
            names::named,
            objects::config_resource,
        },
        base::{keys::ConfigKey, recent::Recent},
    },
};
use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::{Api, Client, api::DynamicObject};
use secrecy::SecretString;
use tokio::time::Instant;

/// Reads credentials, and believes them for a moment.
#[derive(Clone)]
pub struct CredentialReader {
    client: Client,
    family: &'static ConfigFamily,
    /// By who asked from which namespace.
    recent: Recent<(ProviderConfigReference, String), (Usable, Reads)>,
    inputs: Inputs,
}

/// What a ProviderConfig gives to managed resources.
#[derive(Clone, Debug)]
pub struct Usable {
    /// To connect with.
    pub credentials: Credentials,
    /// Whether those that use it may take over what belongs to other namespaces: only a ClusterProviderConfig's administrator says
    /// so.
    pub takes_over: bool,
    /// Whether they may change anything.
    pub changes: Changes,
}

impl CredentialReader {
    /// The client that it reads with.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Of the ProviderConfigs of one family.
    pub fn new(client: Client, family: &'static ConfigFamily, inputs: Inputs) -> Self {
        Self { client, family, recent: Recent::default(), inputs }
    }

    /// The family.
    pub fn family(&self) -> &'static ConfigFamily {
        self.family
    }

    /// What a ProviderConfig and its Secret say to a managed resource of a namespace, or said a moment ago (PC-3, PC-5, PC-9,
    /// PC-11); noted as read.
    ///
    /// # Errors
    /// One of them is missing, incomplete, or can't be read; says which and what to do. Or it is not for this namespace.
    pub async fn of(
        &self,
        reference: &ProviderConfigReference,
        namespace: &str,
        notes: &Notes,
    ) -> Result<Usable, Error> {
        let who = (reference.clone(), namespace.to_owned());
        let recent = self.recent.get(&who).filter(|(_, reads)| !self.inputs.have_changed(reads));
        if let Some((usable, reads)) = recent {
            notes.believed(&reads);
            return Ok(usable);
        }
        let read = Notes::default();
        let usable = self.fresh(reference, namespace, &read).await;
        notes.believed(&read.all());
        let usable = usable?;
        self.recent.keep(who, (usable.clone(), read.all()));
        Ok(usable)
    }

    async fn fresh(
        &self,
        reference: &ProviderConfigReference,
        namespace: &str,
        notes: &Notes,
    ) -> Result<Usable, Error> {
        let spec = self.provider_config(reference, namespace, notes).await?;
        let ProviderConfigReference { kind, name } = reference;
        if kind == "ClusterProviderConfig" && !allows(&spec, namespace) {
            return Err(Error::Refused(format!(
                "{kind} {name:?} is not for every namespace: its administrator can add this one to spec.allowedNamespaces, or use a ProviderConfig of your own: namespace {namespace:?} is not allowed"
            )));
        }
        let takes_over = kind == "ClusterProviderConfig" && spec.take_over_across_namespaces;
        let changes = spec.changes;
        let credentials = self.given(reference, spec, namespace, notes).await?;
        Ok(Usable { credentials, takes_over, changes })
    }

    /// What a ProviderConfig and its Secret say to the one who looks after it.
    ///
    /// # Errors
    /// One of them is missing, incomplete, or can't be read; says which and what to do.
    pub async fn of_config(
        &self,
        config: &ProviderConfigReference,
        namespace: &str,
        notes: &Notes,
    ) -> Result<Credentials, Error> {
        let spec = self.provider_config(config, namespace, notes).await?;
        self.given(config, spec, namespace, notes).await
    }

    async fn given(
        &self,
        config: &ProviderConfigReference,
        spec: ConfigSpec,
        namespace: &str,
        notes: &Notes,
    ) -> Result<Credentials, Error> {
        let Some(secret) = spec.secret else { return Ok(spec.credentials) };
        let who = format!("{} {:?}", config.kind, config.name);
        let given = self.secret(&who, &secret, namespace, notes).await?;
        Ok(Credentials { given, ..spec.credentials })
    }

    async fn secret(
        &self,
        who: &str,
        secret: &SecretKeyReference,
        namespace: &str,
        notes: &Notes,
    ) -> Result<Given, Error> {
        let SecretKeyReference { name, key, namespace: elsewhere } = secret;
        let home = elsewhere.as_deref().unwrap_or(namespace);
        let Expected { document, fields } = self.family.expects;
        let (api, asked): (Api<Secret>, _) = (Api::namespaced(self.client.clone(), home), Instant::now());
        let found = call("get credentials secret", api.get_opt(named(name)?)).await?;
        notes.read(Input::secret(home, name), inputs::version(found.as_ref()), asked);
        let found = found.ok_or_else(|| {
            let what = key.as_ref().map_or_else(|| fields.to_owned(), |key| format!("{document} under the key {key:?}"));
            Error::Refused(format!(
                "cannot get credentials secret of {who}: create it, with {what}, or correct spec.credentials.secretRef: Secret {home}/{name} does not exist"
            ))
        })?;
        parts(who, &format!("Secret {home}/{name}"), key.as_ref(), found, document)
    }

    async fn provider_config(
        &self,
        reference: &ProviderConfigReference,
        namespace: &str,
        notes: &Notes,
    ) -> Result<ConfigSpec, Error> {
        let ProviderConfigReference { kind, name } = reference;
        let resource = config_resource(self.family, kind);
        let (api, home): (Api<DynamicObject>, _) = match kind.as_str() {
            "ProviderConfig" => {
                (Api::namespaced_with(self.client.clone(), namespace, &resource), Some(namespace))
            }
            "ClusterProviderConfig" => (Api::all_with(self.client.clone(), &resource), None),
            other => {
                return Err(Error::Refused(format!(
                    "unsupported provider config kind: use ProviderConfig or ClusterProviderConfig: {other}"
                )));
            }
        };
        let asked = Instant::now();
        let found = call("get provider config", api.get_opt(named(name)?)).await?;
        let version = found.as_ref().and_then(|found| Config::read(found, "").spec_version());
        notes.read(Input::Config(ConfigKey::of(reference, namespace)), version, asked);
        let missing = || {
            Error::Refused(format!(
                "cannot get provider config: create it, or name another one in spec.providerConfigRef: {kind} {name:?} does not exist"
            ))
        };
        let spec = found.ok_or_else(missing)?.data.get("spec").cloned().unwrap_or_default();
        let mut spec = (self.family.read)(spec, home)
            .map_err(|error| Error::Refused(format!("cannot read {kind} {name:?}: {error}")))?;
        match (&mut spec.secret, home) {
            // Whatever is written there, a namespace's editor reads the Secrets of that namespace alone.
            (Some(secret), Some(_)) => secret.namespace = None,
            // A Secret of whoever asks would be credentials that each namespace's editor chooses.
            (Some(secret), None) if secret.namespace.as_deref().unwrap_or_default().is_empty() => {
                return Err(Error::Refused(format!(
                    "cannot get credentials secret of {kind} {name:?}: set spec.credentials.secretRef.namespace, since a {kind} has no namespace of its own: Secret {:?}",
                    secret.name
                )));
            }
            (Some(_) | None, _) => {}
        }
        Ok(spec)
    }
}

/// May managed resources of this namespace use it?
fn allows(spec: &ConfigSpec, namespace: &str) -> bool {
    let allowed = spec.allowed_namespaces.as_ref();
    allowed.is_none_or(|patterns| patterns.iter().any(|pattern| glob::matches(pattern, namespace)))
}

/// What a Secret holds, under one key or all.
fn parts(
    who: &str,
    place: &str,
    key: Option<&String>,
    secret: Secret,
    document: &str,
) -> Result<Given, Error> {
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
            "credentials secret of {who}: put {document} there, or correct spec.credentials.secretRef.key: {place} has no key {key:?}, but {}",
            if keys.is_empty() { "none at all" } else { &keys }
        ))
    })?;
    Ok(Given::Document(text(key, bytes)?))
}
