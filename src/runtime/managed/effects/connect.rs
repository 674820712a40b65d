//! From a ProviderConfig to a connection.

use crate::{
    api::{managed::ProviderConfigReference, provider_config::Changes},
    kind::{
        cloud::{Backend, Cloud, Given},
        failure::{Class, Failure},
    },
    runtime::{
        base::keys::ConfigKey,
        index::Index,
        managed::{pass::Pass, tracked::TrackedResources},
        plan::{hold::Hold, outcome::Outcome},
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
    pub(crate) tracked: Arc<TrackedResources>,
}

impl Connector {
    /// Tracks the usage first, so that the ProviderConfig can't go away under a connection (PC-3, PC-4).
    pub(crate) async fn connect(&self, pass: &Pass<'_>) -> Outcome {
        let reference = &pass.object().spec.provider_config_ref;
        if let Err(failure) = self.track(pass, reference).await {
            return Outcome::Connected { cloud: Err(failure), uses: None, hold: None };
        }
        let (namespace, uses) = (pass.namespace(), Some(reference.clone()));
        match self.credentials.of(reference, namespace, &pass.notes).await {
            Err(error) => Outcome::Connected { cloud: Err(Failure::from(&error)), uses, hold: None },
            Ok(usable) => {
                let hold = self.hold(pass, reference, usable.changes);
                Outcome::Connected { cloud: self.open(pass, reference, usable).await, uses, hold }
            }
        }
    }

    /// Who holds all changes, if they are held. What still flows is broken off, since it changes something.
    fn hold(&self, pass: &Pass<'_>, reference: &ProviderConfigReference, changes: Changes) -> Option<Hold> {
        match changes {
            Changes::Automatic => None,
            Changes::Held => {
                self.tracked.with(pass.key, pass.uid(), |record| record.flow = None);
                Some(Hold::of(reference))
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
        Usable { credentials, takes_over, .. }: Usable,
    ) -> Result<Arc<dyn Cloud>, Failure> {
        let connected = self.backend.connect(&credentials).await;
        let cloud = connected.map_err(|failure| advised(reference, &credentials.given, failure))?;
        self.index.lock().ownership.connected(
            ConfigKey::of(reference, pass.namespace()),
            cloud.info(),
            takes_over,
        );
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
