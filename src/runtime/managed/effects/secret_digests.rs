//! Secrets that can be changed are compared by digests, kept in an annotation: no value is ever kept, logged or shown.

use crate::{
    api::{managed::Managed, meta},
    kind::{KindError, any::Observed, diff::Diff, request::Request, shape::Field},
    runtime::{
        apiserver::error::Error,
        managed::pass::Pass,
        plan::state::SecretsProgress,
        secrets::{keyring::Keyring, mint},
    },
};
use std::collections::BTreeMap;

/// Digests of secrets.
pub(crate) struct SecretDigests {
    pub(crate) keyring: Keyring,
}

impl SecretDigests {
    /// Adds the secrets that are not the ones that were sent last. Of one that can't be changed and was never sent by
    /// us, nobody can say. `applied`: fields whose secrets were just accepted.
    pub(crate) fn compare(
        &self,
        pass: &Pass<'_>,
        applied: &[String],
        diff: &mut Diff,
    ) -> Result<(), KindError> {
        let recorded = recorded(pass.object());
        for field in pass.kind.shapes()?.params.fields.iter().filter(|f| f.options.compared_secret()) {
            let same = match recorded.get(&field.name) {
                Some(digest) => self.digest(pass, field).as_ref() == Some(digest),
                None => field.options.immutable,
            };
            let known = pass.state.secrets.contains_key(&field.wire);
            if known && !same && !applied.contains(&field.name) {
                diff.fields.push(field.name.clone());
                if field.options.immutable {
                    diff.immutable.push(field.name.clone());
                }
            }
        }
        Ok(())
    }

    /// The annotation as it must be after what was sent; none if nothing was.
    pub(crate) fn annotation(&self, pass: &Pass<'_>) -> Option<String> {
        let applied = &pass.state.done.applied;
        if applied.is_empty() {
            return None;
        }
        let mut digests = recorded(pass.object());
        let fields = &pass.kind.shapes().ok()?.params.fields;
        let sent = fields.iter().filter(|field| applied.contains(&field.name));
        digests.extend(sent.filter_map(|field| Some((field.name.clone(), self.digest(pass, field)?))));
        serde_json::to_string(&digests).ok()
    }

    fn digest(&self, pass: &Pass<'_>, field: &Field) -> Option<String> {
        let value = pass.state.secrets.get(&field.wire)?;
        Some(self.keyring.digest(&pass.marker.owner, &field.wire, value))
    }
}

/// Fields whose secrets are compared and are in a request.
pub(super) fn sent(pass: &Pass<'_>, request: &Request) -> Vec<String> {
    let Ok(shapes) = pass.kind.shapes() else { return vec![] };
    let places = || request.secrets.keys().filter_map(|place| place.rsplit('/').next());
    let sent = |field: &&Field| field.options.compared_secret() && places().any(|place| place == field.wire);
    shapes.params.fields.iter().filter(sent).map(|field| field.name.clone()).collect()
}

/// What has our name and another key than the one that was made for it: nobody can know the owner.
pub(super) fn unlike_minted(pass: &Pass<'_>, external_name: &str, observed: &Observed) -> Option<String> {
    let public = minted(pass).ok()?.into_iter().filter(|field| field.options.secret.is_none());
    let wanted = &pass.state.wanted.for_provider;
    let unlike = |field: &&Field| {
        let (made, has) = (wanted.get(&field.name), observed.at_provider.get(&field.name));
        made.is_some_and(|made| has.is_none_or(|has| field.normal(made) != field.normal(has)))
    };
    let (field, secret) = (public.into_iter().find(unlike)?, published(pass));
    // What is about to be refused as a stranger is none of ours in any case.
    pass.object().external_name().map(|_| {
        format!(
            "external resource {external_name} has another {} than the one that was made for it: delete it, and it is made again, or delete Secret {secret:?}, and it is managed as it is",
            field.name
        )
    })
}

/// A secret that was sent with the create and is no longer where it was published.
pub(super) fn lost(pass: &Pass<'_>) -> Option<String> {
    if pass.state.secrets_progress == SecretsProgress::Unread {
        return None;
    }
    let recorded = recorded(pass.object());
    let gone =
        |field: &&Field| recorded.contains_key(&field.name) && !pass.state.secrets.contains_key(&field.wire);
    let field = minted(pass).ok()?.into_iter().find(gone)?;
    Some(format!(
        "the {:?} that was made at creation is no longer in Secret {:?}, and nobody can read it again: restore the Secret, or delete this resource and make a new one",
        field.wire,
        published(pass)
    ))
}

/// Fields that are left out, and made here.
pub(super) fn minted(pass: &Pass<'_>) -> Result<Vec<&'static Field>, Error> {
    let shapes = pass.kind.shapes().map_err(|error| Error::Refused(error.to_string()))?;
    let spec = &pass.object().spec;
    let given = |field: &Field| {
        spec.for_provider.contains_key(&field.name) || spec.init_provider.contains_key(&field.name)
    };
    let made = |field: &&Field| field.options.mint.is_some() && !given(field);
    Ok(shapes.params.fields.iter().filter(made).collect())
}

/// Keys of the connection secret that a minted field is published under; the last is the field's own value.
pub(super) fn minted_keys(field: &Field) -> Vec<String> {
    field.options.mint.map(|make| mint::keys(make, &field.wire)).unwrap_or_default()
}

fn published<'a>(pass: &'a Pass<'_>) -> &'a str {
    pass.object().spec.write_connection_secret_to_ref.as_ref().map_or("", |target| &target.name)
}

fn recorded(object: &Managed) -> BTreeMap<String, String> {
    object
        .annotation(meta::SECRET_DIGESTS)
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}
