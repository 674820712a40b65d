//! An API server in memory, and a reconciler over it, for tests.

pub mod fake;
pub mod game;
pub mod lines;
pub mod memory_cloud;
pub mod reasons;
pub mod scripted;

use super::{
    apiserver::inputs::Inputs,
    base::clock::Clock,
    managed::reconcile::Parts,
    provider_config::{held::HeldResources, usages::Usages},
    secrets::keyring::Keyring,
    telemetry::metrics::Metrics,
};
use crate::kind::{cloud::Backend, provider::Provider};
use fake::Fake;
use prometheus_client::registry::Registry;
use std::sync::Arc;

/// What a reconciler over this API server and this backend is made from: installation `i`, no other namespaces.
pub fn parts(server: &Fake, clock: Arc<dyn Clock>, provider: Provider, backend: Arc<dyn Backend>) -> Parts {
    let inputs = Inputs::new(server.client(), clock.clone());
    Parts {
        client: server.client(),
        clock,
        provider,
        backend,
        metrics: Arc::new(Metrics::new(&mut Registry::default())),
        inputs,
        usages: Usages::default(),
        held: HeldResources::default(),
        installation: "i".to_owned(),
        keyring: Keyring::of(&[7; 32]),
        may_refer_to: Box::new(|_| false),
    }
}
