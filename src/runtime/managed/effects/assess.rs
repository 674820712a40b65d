//! What an observation means: how far it is from what is wanted, whether it can be used, and to whom it belongs.

use super::secret_digests::{self, SecretDigests};
use crate::{
    api::meta,
    kind::{
        Found, Goal, Ready, Step,
        any::{AnyKey, Observed},
        failure::Failure,
        marker::{self, Marker},
        sealed::Sealed,
    },
    runtime::{
        base::keys::{ConfigKey, ObjectKey},
        index::Index,
        managed::pass::{Pass, Question},
        plan::state::{Assessment, ExternalObservation},
    },
};
use parking_lot::Mutex;
use std::sync::Arc;

/// Compares what was observed with what is wanted.
pub(crate) struct Assessor {
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) digests: Arc<SecretDigests>,
}

impl Assessor {
    /// What a kind found, assessed. `sealed`: what the answers have for the connection secret only; `applied`: fields whose
    /// secrets were just accepted.
    pub(crate) fn finding(
        &self,
        pass: &Pass<'_>,
        found: Found,
        sealed: Sealed,
        applied: &[String],
    ) -> Result<ExternalObservation, Failure> {
        Ok(match found {
            Found::Absent => ExternalObservation::Absent,
            Found::Named(external_name) => ExternalObservation::Named(external_name),
            Found::Ambiguous(ids) => ExternalObservation::Ambiguous(ids),
            Found::One { external_name, body } => {
                let mut observed = pass.kind.observe(&body)?;
                observed.sealed.0.extend(sealed.0);
                let it = self.assess(pass, external_name, observed, applied)?;
                ExternalObservation::Here(Box::new(it))
            }
            Found::More(_) => return Err(Failure::terminal("Unsettled", "the answer needs further reads")),
        })
    }

    /// The same for an object that is known to be there.
    pub(crate) fn assess(
        &self,
        pass: &Pass<'_>,
        external_name: String,
        observed: Observed,
        applied: &[String],
    ) -> Result<Assessment, Failure> {
        let wanted = &pass.state.wanted.for_provider;
        let mut diff = pass.kind.diff(wanted, &observed)?;
        let about = Question { params: wanted, creating: false, external_name: Some(&external_name) };
        diff.add(pass.ask_about(&about, |key| pass.kind.drift(key, &observed))?);
        self.digests.compare(pass, applied, &mut diff)?;
        let incomplete = steps_left(pass, &observed, false)?;
        let owing = !incomplete && pass.object().create_incomplete() && steps_left(pass, &observed, true)?;
        let ready = pass.kind.ready(wanted, &observed)?;
        let inherited = inherited(pass, &observed)?;
        let marker = observed.marker.as_ref().filter(|_| !inherited);
        let foreign = self.foreign(pass, &external_name, marker);
        let foreign = foreign.or_else(|| secret_digests::unlike_minted(pass, &external_name, &observed));
        Ok(Assessment {
            stranger: stranger(pass, &observed)?,
            // What is still being made would lose our marker once more.
            stale: foreign.is_none() && (!inherited || ready == Ready::Yes) && self.stale(pass, &observed)?,
            ready: Some(ready),
            conditions: pass.kind.conditions(wanted, &observed)?,
            lost: secret_digests::lost(pass),
            differences: pass.kind.differences(&diff, wanted, &observed)?,
            external_name,
            observed,
            diff,
            incomplete,
            owing,
            foreign,
        })
    }

    /// Is the marker on it that of a former owner, and can an update rewrite it?
    fn stale(&self, pass: &Pass<'_>, observed: &Observed) -> Result<bool, Failure> {
        let theirs = observed.marker.as_ref().is_some_and(|marker| marker.owner != pass.marker.owner);
        Ok(theirs && pass.kind.remarking(&pass.state.wanted.for_provider, observed)?.is_some())
    }

    /// Somebody else's object, and what to do about it. The marker tells the owner, unless that was of this
    /// installation and is gone; where it tells nothing, the oldest holder counts; and a resource that is told to take
    /// over may.
    pub(crate) fn foreign(
        &self,
        pass: &Pass<'_>,
        external_name: &str,
        marker: Option<&Marker>,
    ) -> Option<String> {
        let mut index = self.index.lock();
        index.ownership.saw(pass.key, external_name);
        let (mine, takes) = (&pass.marker.owner, pass.object().annotation(meta::TAKE_OVER) == Some("true"));
        let config = ConfigKey::of(&pass.object().spec.provider_config_ref, pass.namespace());
        let across = index.ownership.may_take_over_across(&config);
        let may_take = |owner: &ObjectKey| takes && (across || owner.namespace == pass.key.namespace);
        let rival = match pass.object().external_name() {
            Some(_) => index.ownership.rival(pass.key, external_name),
            None => index.ownership.rival_of_newcomer(pass.key, pass.object(), external_name),
        };
        let named = |owner: &ObjectKey| match owner.namespace == pass.key.namespace {
            true => format!("{} {:?}", owner.kind, owner.name),
            false => "a resource of another namespace".to_owned(),
        };
        if marker.is_some_and(|marker| marker.owner == *mine) {
            let taker = rival.filter(|rival| rival.took_over)?;
            return Some(format!(
                "external resource {external_name} was taken over by {}: delete this resource, which leaves it as it is, or use managementPolicies [\"Observe\"] to look at it",
                named(&taker.key)
            ));
        }
        let marked = marker.and_then(|marker| match index.owned_by(&marker.owner) {
            Some(owner) if may_take(owner) => None,
            Some(owner) => Some(named(owner)),
            None if takes || marker::same_installation(&marker.owner, mine) => None,
            None => Some("another installation of this provider".to_owned()),
        });
        let owner = marked.or_else(|| rival.map(|rival| named(&rival.key)))?;
        let how = match takes {
            false => format!("the annotation {}: \"true\" to take it over", meta::TAKE_OVER),
            true => "a ClusterProviderConfig with spec.takeOverAcrossNamespaces to take it over".to_owned(),
        };
        Some(format!(
            "external resource {external_name} belongs to {owner}: use managementPolicies [\"Observe\"] to look at it, or {how}"
        ))
    }
}

/// Does it carry the marker of what it was made of? Only what our create made is trusted to.
fn inherited(pass: &Pass<'_>, observed: &Observed) -> Result<bool, Failure> {
    let object = pass.object();
    if object.annotation(meta::CREATE_SUCCEEDED).is_none() {
        return Ok(false);
    }
    let params = pass.state.wanted.parameters(true);
    let about = Question { params: &params, creating: false, external_name: object.external_name() };
    pass.ask_about(&about, |key| pass.kind.inherited(key, observed))
}

/// Is it somebody else's that has its name? Before a create is sent everything is.
fn stranger(pass: &Pass<'_>, observed: &Observed) -> Result<bool, Failure> {
    let sent = pass.object().external_name().is_some() || pass.object().create_incomplete();
    if pass.kind.options().looks_first && !sent {
        return Ok(true);
    }
    Ok(observed.marker.is_none() && !pass.ask(|key| pass.kind.recognises(key, observed))?)
}

/// Has its creation steps left: at any time, or while the create is not recorded as complete?
fn steps_left(pass: &Pass<'_>, observed: &Observed, creating: bool) -> Result<bool, Failure> {
    let params = pass.state.wanted.parameters(creating);
    let lacks = pass.kind.diff(&params, observed)?;
    let about = Question { params: &params, creating, external_name: pass.object().external_name() };
    let step = |key: &AnyKey<'_>| pass.kind.step(Goal::Exist, key, Some(observed), &lacks);
    Ok(!matches!(pass.ask_about(&about, step)?, Step::Done))
}
