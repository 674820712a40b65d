//! From a ProviderConfig to a connection.

use crate::{
    api::managed::ProviderConfigReference,
    kind::{
        cloud::{Backend, Cloud, Given},
        failure::{Class, Failure},
    },
    runtime::{
        base::keys::ConfigKey,
        index::Index,
        managed::pass::Pass,
        plan::outcome::Outcome,
        provider_config::{
            credentials::{CredentialReader, Usable},
            usage::UsageTracker,
            usages::Usages,
        },
    },
};
use parking_lot::Mutex;
use std::sync::Arc;

/// Connects as ProviderConfigs say.
pub(crate) struct Connector {
    pub(crate) credentials: CredentialReader,
    pub(crate) usages: Usages,
    pub(crate) tracker: UsageTracker,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) index: Arc<Mutex<Index>>,
}

impl Connector {
    /// Tracks the usage first, so that the ProviderConfig can't go away under a connection (PC-3, PC-4).
    pub(crate) async fn connect(&self, pass: &Pass<'_>) -> Outcome {
        let reference = &pass.object().spec.provider_config_ref;
        match self.track(pass, reference).await {
            Err(failure) => Outcome::Connected { cloud: Err(failure), uses: None },
            Ok(()) => {
                let cloud = self.open(pass, reference).await;
                Outcome::Connected { cloud, uses: Some(reference.clone()) }
            }
        }
    }

    async fn track(&self, pass: &Pass<'_>, reference: &ProviderConfigReference) -> Result<(), Failure> {
        let (namespace, owner) = (pass.namespace(), pass.owner());
        let known = pass.state.memory.uses.clone().or_else(|| self.usages.uses(namespace, &owner.uid));
        if known.as_ref() == Some(reference) {
            return Ok(());
        }
        let tracked = self.tracker.track(&owner, namespace, reference, pass.object().deleting()).await;
        tracked.map_err(|error| Failure::from(&error))
    }

    async fn open(
        &self,
        pass: &Pass<'_>,
        reference: &ProviderConfigReference,
    ) -> Result<Arc<dyn Cloud>, Failure> {
        let namespace = pass.namespace();
        let usable = self.credentials.of(reference, namespace, &pass.notes).await;
        let Usable { credentials, takes_over } = usable.map_err(|error| Failure::from(&error))?;
        let connected = self.backend.connect(&credentials).await;
        let cloud = connected.map_err(|failure| advised(reference, &credentials.given, failure))?;
        self.index.lock().ownership.connected(ConfigKey::of(reference, namespace), cloud.info(), takes_over);
        Ok(cloud)
    }
}

/// Of credentials that are not accepted, where to correct them.
fn advised(reference: &ProviderConfigReference, given: &Given, failure: Failure) -> Failure {
    if failure.class != Class::Unauthenticated {
        return failure;
    }
    let ProviderConfigReference { kind, name } = reference;
    let where_to = match given {
        Given::Document(_) | Given::Fields(_) => "the Secret",
        Given::Account { .. } => "the ServiceAccount",
    };
    let message = format!("correct {where_to} of {kind} {name:?}: {}", failure.message);
    Failure { message, ..failure }
}
