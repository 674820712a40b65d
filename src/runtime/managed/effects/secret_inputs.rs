//! Secrets on their way in: read where the spec says, minted where it leaves one out.

use super::{
    kubernetes::not_written,
    secret_digests::{minted, minted_keys},
};
use crate::{
    api::field::FieldOptions,
    kind::{ConnectionDetails, Secrets, shape::Field},
    runtime::{
        apiserver::error::Error,
        managed::pass::Pass,
        plan::{
            outcome::{Outcome, SecretsFound},
            state::SecretsProgress,
        },
        secrets::{
            connection::{self, ConnectionSecret, Origin},
            mint,
            referenced::Referenced,
        },
    },
};
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use secrecy::SecretString;
use serde_json::Value;

/// Reads secrets, and makes them.
pub(crate) struct SecretInputs {
    pub(crate) client: Client,
}

impl SecretInputs {
    /// What a look needs.
    pub(crate) async fn read_for_look(&self, pass: &Pass<'_>) -> Outcome {
        Outcome::LookInputs(self.look_inputs(pass).await.map_err(|error| error.to_string()))
    }

    async fn look_inputs(&self, pass: &Pass<'_>) -> Result<Secrets, Error> {
        let mut inputs = Secrets::new();
        for field in fields(pass)?.iter().filter(|field| field.options.secret_for_looks()) {
            if let Some(given) = pass.state.wanted.for_provider.get(&field.name) {
                inputs.extend(self.referenced(pass, field).for_look(given).await?);
            }
        }
        Ok(inputs)
    }

    /// What an observation is compared with.
    pub(crate) async fn read(&self, pass: &Pass<'_>) -> Outcome {
        let mut found = SecretsFound::default();
        let read = async {
            self.read_given(pass, FieldOptions::compared_secret, &mut found).await?;
            self.find_minted(pass, &mut found).await
        };
        let progress = read
            .await
            .map_or_else(|error| SecretsProgress::Missing(error.to_string()), |_| SecretsProgress::Compared);
        Outcome::Secrets(SecretsFound { progress: Some(progress), ..found })
    }

    /// What a create is made of.
    pub(crate) async fn prepare(&self, pass: &Pass<'_>) -> Outcome {
        let mut found = SecretsFound::default();
        if let Err(error) = self.read_given(pass, FieldOptions::sent_secret, &mut found).await {
            let progress = Some(SecretsProgress::Missing(error.to_string()));
            return Outcome::Secrets(SecretsFound { progress, ..found });
        }
        match self.mint_missing(pass, &mut found).await {
            Ok(()) => Outcome::Secrets(SecretsFound { progress: Some(SecretsProgress::Complete), ..found }),
            Err(error) => not_written("CannotPublishConnectionDetails", &error),
        }
    }

    async fn read_given(
        &self,
        pass: &Pass<'_>,
        which: fn(&FieldOptions) -> bool,
        found: &mut SecretsFound,
    ) -> Result<(), Error> {
        for field in fields(pass)?.iter().filter(|field| which(&field.options)) {
            let Some(given) = pass.state.wanted.for_provider.get(&field.name) else { continue };
            if !pass.state.secrets.contains_key(&field.wire) {
                let value = self.referenced(pass, field).value(given).await?;
                found.values.insert(field.wire.clone(), value);
            }
        }
        Ok(())
    }

    fn referenced<'a>(&'a self, pass: &'a Pass<'_>, field: &'a Field) -> Referenced<'a> {
        Referenced { client: &self.client, namespace: pass.namespace(), field, notes: &pass.notes }
    }

    fn connection_secret<'a>(&'a self, pass: &'a Pass<'_>) -> Option<ConnectionSecret<'a>> {
        let name = pass.object().spec.write_connection_secret_to_ref.as_ref()?.name.as_str();
        let (namespace, notes) = (pass.namespace(), &pass.notes);
        Some(ConnectionSecret { client: &self.client, namespace, name, notes })
    }

    /// What was minted is in the connection secret, if anywhere.
    async fn find_minted(&self, pass: &Pass<'_>, found: &mut SecretsFound) -> Result<Option<Secret>, Error> {
        let minted = minted(pass)?;
        let target = self.connection_secret(pass).filter(|_| !minted.is_empty());
        let Some(target) = target else { return Ok(None) };
        let secret = target.get().await?;
        let ours = secret.as_ref().filter(|secret| connection::belongs(secret, &pass.owner()));
        for field in minted {
            let held = |key: &String| ours.and_then(|secret| connection::held(secret, key));
            let all: Option<Vec<_>> = minted_keys(field).iter().map(held).collect();
            if let Some(value) = all.and_then(|mut all| all.pop()) {
                take(found, field, value);
            }
        }
        Ok(secret)
    }

    /// Published before it is used, in one write that fails if the Secret changed since it was looked at: what was
    /// published once is found again and never replaced.
    async fn mint_missing(&self, pass: &Pass<'_>, found: &mut SecretsFound) -> Result<(), Error> {
        let existing = self.find_minted(pass, found).await?;
        let missing: Vec<_> = minted(pass)?.into_iter().filter(|field| !has(pass, found, field)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let Some(target) = self.connection_secret(pass) else {
            let names: Vec<_> = missing.iter().map(|field| field.name.as_str()).collect();
            return Err(Error::Refused(format!(
                "spec.writeConnectionSecretToRef is needed to hand over what the provider makes in place of {}",
                names.join(", ")
            )));
        };
        let mut details = ConnectionDetails::new();
        for field in &missing {
            if let Some(make) = field.options.mint {
                details.extend(mint::mint(make, &field.wire, &pass.object().metadata.name)?);
            }
        }
        target.write(existing.as_ref(), &pass.owner(), &details, Origin::Minted).await?;
        found.published = true;
        for field in missing {
            if let Some(value) = minted_keys(field).last().and_then(|key| details.remove(key)) {
                take(found, field, value);
            }
        }
        Ok(())
    }
}

fn fields(pass: &Pass<'_>) -> Result<&'static [Field], Error> {
    let shapes = pass.kind.shapes().map_err(|error| Error::Refused(error.to_string()))?;
    Ok(&shapes.params.fields)
}

fn has(pass: &Pass<'_>, found: &SecretsFound, field: &Field) -> bool {
    let wanted = &pass.state.wanted.for_provider;
    found.values.contains_key(&field.wire)
        || found.public.contains_key(&field.name)
        || pass.state.secrets.contains_key(&field.wire)
        || wanted.contains_key(&field.name)
}

/// What is public is a parameter like any other from here on; it is not written to the spec.
fn take(found: &mut SecretsFound, field: &Field, value: SecretString) {
    if field.options.secret.is_some() {
        found.values.insert(field.wire.clone(), value);
    } else {
        found.public.insert(field.name.clone(), Value::String(connection::public(&value)));
    }
}
