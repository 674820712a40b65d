//! Secrets on their way in: read where the spec says, minted where it leaves one out, compared by their digests.

use crate::{
    api::{field::FieldOptions, managed::Managed, meta},
    kind::{
        KindError,
        any::{AnyKind, Observed},
        diff::Diff,
        request::Request,
        shape::Field,
    },
    runtime::{
        apiserver::error::Error,
        managed::reconcile::{Pass, Reconciler},
        plan::state::Secrets,
        secrets::{
            connection::{self, Origin},
            mint, referenced,
        },
    },
};
use k8s_openapi::api::core::v1::Secret;
use secrecy::SecretString;
use serde_json::Value;
use std::collections::BTreeMap;

/// Resources without secrets have them all.
pub(crate) fn at_first(kind: &dyn AnyKind, object: &Managed) -> Secrets {
    let touched = |field: &Field| {
        let (given, options) = (object.spec.for_provider.contains_key(&field.name), &field.options);
        (given && options.secret.is_some()) || (!given && options.mint.is_some())
    };
    match kind.shapes() {
        Ok(shapes) if !shapes.params.fields.iter().any(touched) => Secrets::Complete,
        Ok(_) | Err(_) => Secrets::Unread,
    }
}

/// Fields whose secrets are compared and are in a request.
pub(crate) fn sent(pass: &Pass<'_>, request: &Request) -> Vec<String> {
    let Ok(shapes) = pass.kind.shapes() else { return vec![] };
    let places = || request.secrets.keys().filter_map(|place| place.rsplit('/').next());
    let sent = |field: &&Field| field.options.compared_secret() && places().any(|place| place == field.wire);
    shapes.params.fields.iter().filter(sent).map(|field| field.name.clone()).collect()
}

/// What has our name and another key than the one that was made for it: nobody can know whose it is.
pub(crate) fn unlike_minted(pass: &Pass<'_>, external_name: &str, observed: &Observed) -> Option<String> {
    let public = minted(pass).ok()?.into_iter().filter(|field| field.options.secret.is_none());
    let unlike = |field: &&Field| {
        let (made, has) = (pass.wanted.for_provider.get(&field.name), observed.at_provider.get(&field.name));
        made.is_some_and(|made| has.is_none_or(|has| field.normal(made) != field.normal(has)))
    };
    let (field, secret) = (public.into_iter().find(unlike)?, published(pass));
    // What is about to be refused as a stranger is none of ours in any case.
    pass.object.external_name().map(|_| {
        format!(
            "external resource {external_name} has another {} than the one that was made for it: delete it, and it is made again, or delete Secret {secret:?}, and it is managed as it is",
            field.name
        )
    })
}

/// A secret that was sent with the create and is no longer where it was published.
pub(crate) fn lost(pass: &Pass<'_>) -> Option<String> {
    let recorded = recorded(&pass.object);
    let gone = |field: &&Field| recorded.contains_key(&field.name) && !pass.secrets.contains_key(&field.wire);
    let field = minted(pass).ok()?.into_iter().filter(|_| pass.known != Secrets::Unread).find(gone)?;
    Some(format!(
        "the {:?} that was made at creation is no longer in Secret {:?}, and nobody can read it again: restore the Secret, or delete this resource and make a new one",
        field.wire,
        published(pass)
    ))
}

fn published<'a>(pass: &'a Pass<'_>) -> &'a str {
    pass.object.spec.write_connection_secret_to_ref.as_ref().map_or("", |target| &target.name)
}

impl Reconciler {
    /// What an observation is compared with.
    pub(crate) async fn read_secrets(&self, pass: &mut Pass<'_>) {
        let read = async {
            self.read_given(pass, FieldOptions::compared_secret).await?;
            self.find_minted(pass).await
        };
        pass.known =
            read.await.map_or_else(|error| Secrets::Missing(error.to_string()), |_| Secrets::Compared);
    }

    /// What a create is made of.
    pub(crate) async fn prepare_secrets(&self, pass: &mut Pass<'_>) {
        if let Err(error) = self.read_given(pass, |options| options.secret.is_some()).await {
            pass.known = Secrets::Missing(error.to_string());
            return;
        }
        match self.mint_missing(pass).await {
            Ok(()) => pass.known = Secrets::Complete,
            Err(error) => pass.write_failed("CannotPublishConnectionDetails", &error),
        }
    }

    async fn read_given(&self, pass: &mut Pass<'_>, which: fn(&FieldOptions) -> bool) -> Result<(), Error> {
        for field in
            fields(pass)?.iter().filter(|field| field.options.secret.is_some() && which(&field.options))
        {
            let (Some(form), Some(given)) = (field.options.secret, pass.wanted.for_provider.get(&field.name))
            else {
                continue;
            };
            if !pass.secrets.contains_key(&field.wire) {
                let value = referenced::read(
                    &self.cluster.client(),
                    &pass.object.metadata.namespace,
                    &field.name,
                    given,
                    form,
                )
                .await?;
                pass.secrets.insert(field.wire.clone(), value);
            }
        }
        Ok(())
    }

    /// What was minted is in the connection secret, if anywhere.
    async fn find_minted(&self, pass: &mut Pass<'_>) -> Result<Option<Secret>, Error> {
        let minted = minted(pass)?;
        let Some(target) =
            pass.object.spec.write_connection_secret_to_ref.clone().filter(|_| !minted.is_empty())
        else {
            return Ok(None);
        };
        let namespace = &pass.object.metadata.namespace;
        let found = connection::get(&self.cluster.client(), &target.name, namespace).await?;
        let ours = found.as_ref().filter(|secret| connection::belongs(secret, &pass.owner()));
        for field in minted {
            let keys = field.options.mint.map(|make| mint::keys(make, &field.wire)).unwrap_or_default();
            let held: Option<Vec<_>> =
                keys.iter().map(|key| ours.and_then(|secret| connection::held(secret, key))).collect();
            if let Some(value) = held.and_then(|mut held| held.pop()) {
                take(pass, field, value);
            }
        }
        Ok(found)
    }

    /// Published before it is used, in one write that fails if the Secret changed since it was looked at: what was
    /// published once is found again and never replaced.
    async fn mint_missing(&self, pass: &mut Pass<'_>) -> Result<(), Error> {
        let existing = self.find_minted(pass).await?;
        let missing: Vec<_> = minted(pass)?.into_iter().filter(|field| !has(pass, field)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let Some(target) = pass.object.spec.write_connection_secret_to_ref.clone() else {
            let names: Vec<_> = missing.iter().map(|field| field.name.as_str()).collect();
            return Err(Error::Refused(format!(
                "spec.writeConnectionSecretToRef is needed to hand over what the provider makes in place of {}",
                names.join(", ")
            )));
        };
        let mut details = crate::kind::ConnectionDetails::new();
        for field in &missing {
            if let Some(make) = field.options.mint {
                details.extend(mint::mint(make, &field.wire, &pass.object.metadata.name)?);
            }
        }
        let (client, owner, namespace) =
            (self.cluster.client(), pass.owner(), &pass.object.metadata.namespace);
        connection::write(
            &client,
            existing.as_ref(),
            &owner,
            &target.name,
            namespace,
            &details,
            Origin::Minted,
        )
        .await?;
        pass.done.published = true;
        for field in missing {
            let keys = field.options.mint.map(|make| mint::keys(make, &field.wire)).unwrap_or_default();
            if let Some(value) = keys.last().and_then(|key| details.remove(key)) {
                take(pass, field, value);
            }
        }
        Ok(())
    }

    /// Adds the secrets that are not the ones that were sent last. Of one that can't be changed and was never sent by
    /// us, nobody can say.
    pub(crate) fn compare_secrets(&self, pass: &Pass<'_>, diff: &mut Diff) -> Result<(), KindError> {
        let recorded = recorded(&pass.object);
        for field in &pass.kind.shapes()?.params.fields {
            let Some(value) = pass.secrets.get(&field.wire).filter(|_| field.options.compared_secret())
            else {
                continue;
            };
            let same = match recorded.get(&field.name) {
                Some(digest) => *digest == self.digest_of(pass, field, value),
                None => field.options.immutable,
            };
            if !same && !pass.done.applied.contains(&field.name) {
                diff.fields.push(field.name.clone());
                if field.options.immutable {
                    diff.immutable.push(field.name.clone());
                }
            }
        }
        Ok(())
    }

    /// The annotation as it must be after what was sent; none if nothing was.
    pub(crate) fn digests(&self, pass: &Pass<'_>) -> Option<String> {
        let mut digests = recorded(&pass.object);
        for field in &pass.kind.shapes().ok()?.params.fields {
            let value = pass.secrets.get(&field.wire).filter(|_| pass.done.applied.contains(&field.name));
            digests.extend(value.map(|value| (field.name.clone(), self.digest_of(pass, field, value))));
        }
        (!pass.done.applied.is_empty()).then(|| serde_json::to_string(&digests).ok()).flatten()
    }

    fn digest_of(&self, pass: &Pass<'_>, field: &Field, value: &SecretString) -> String {
        let owner = self.index.lock().owner(pass.key);
        self.keyring.digest(&owner, &field.wire, value)
    }
}

fn fields(pass: &Pass<'_>) -> Result<&'static [Field], Error> {
    let shapes = pass.kind.shapes().map_err(|error| Error::Refused(error.to_string()))?;
    Ok(&shapes.params.fields)
}

/// Fields that are left out, and made here.
fn minted(pass: &Pass<'_>) -> Result<Vec<&'static Field>, Error> {
    let (spec, fields) = (&pass.object.spec, fields(pass)?);
    let given = |field: &Field| {
        spec.for_provider.contains_key(&field.name) || spec.init_provider.contains_key(&field.name)
    };
    Ok(fields.iter().filter(|field| field.options.mint.is_some() && !given(field)).collect())
}

fn has(pass: &Pass<'_>, field: &Field) -> bool {
    pass.secrets.contains_key(&field.wire) || pass.wanted.for_provider.contains_key(&field.name)
}

/// What is public is a parameter like any other from here on; it is not written to the spec.
fn take(pass: &mut Pass<'_>, field: &Field, value: SecretString) {
    if field.options.secret.is_some() {
        pass.secrets.insert(field.wire.clone(), value);
    } else {
        pass.wanted.for_provider.insert(field.name.clone(), Value::String(connection::public(&value)));
    }
}

fn recorded(object: &Managed) -> BTreeMap<String, String> {
    object
        .annotation(meta::SECRET_DIGESTS)
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}
