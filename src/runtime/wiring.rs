//! What a provider is built on, and how its parts are put together.

use super::{
    admin::Health,
    apiserver::{error::Error, gate::Gate, granted::once_granted, inputs::Inputs, installation},
    base::{clock::Clock, duties::Duties},
    managed::{
        gauges,
        reconcile::{Parts, Reconciler},
        watch,
    },
    process::Pod,
    provider_config::{
        self, Checker, Logins, Shared, credentials::CredentialReader, held::HeldResources, usages::Usages,
    },
    secrets::keyring::{self, Keyring},
    settings::Settings,
    telemetry::metrics::Metrics,
};
use crate::kind::{cloud::Backend, provider::Provider};
use kube::Client;
use std::sync::Arc;
use tokio::{sync::watch::Receiver, task::JoinHandle};

/// What a provider is, and what it runs on.
pub(crate) struct Environment {
    pub(crate) provider: Provider,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) client: Client,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Health,
    pub(crate) pod: Pod,
}

/// Finds out which installation this is, and starts everything that feeds the queue. What looks after ProviderConfigs ends when it
/// is told to.
pub(crate) async fn start(
    settings: Settings,
    environment: Environment,
    duties: &mut Duties,
    stopped: Receiver<bool>,
) -> Result<(Arc<Reconciler>, JoinHandle<()>), Error> {
    let Environment { provider, backend, client, clock, metrics, pod, .. } = environment;
    let (name, usages, held) = (provider.installation(), Usages::default(), HeldResources::default());
    let own = || kept(&client, &pod.namespace, &name, settings.installation.as_deref());
    let (installation, keyring) = once_granted(&clock, own).await?;
    let inputs = Inputs::new(client.clone(), clock.clone());
    let checker = Checker {
        credentials: CredentialReader::new(client.clone(), provider.family, inputs.clone()),
        backend: backend.clone(),
        services: provider.services(),
        poll: settings.poll,
        seen: Logins::default(),
        inputs: inputs.clone(),
    };
    let gate = Gate::start(client.clone(), clock.clone(), provider.crd_names(), duties).await?;
    let shared = Shared { usages: usages.clone(), held: held.clone() };
    let configs = provider_config::run(clock.clone(), shared, provider, checker, stopped);
    let configs = tokio::spawn(configs);
    let may_refer_to = settings.may_refer_to;
    let reconciler = Arc::new(Reconciler::new(Parts {
        client,
        clock,
        provider,
        backend,
        metrics,
        inputs,
        usages,
        held,
        installation,
        keyring,
        may_refer_to,
    }));
    duties.begin("the gauges", gauges::refresh(reconciler.clone(), settings.poll_state_metric));
    for kind in provider.kinds {
        let watching = watch::watch(reconciler.clone(), kind.as_ref(), gate.clone());
        duties.begin(format!("the watch of {}", kind.id()), watching);
    }
    tracing::info!(provider = provider.name, kinds = provider.kinds.len(), "started");
    Ok((reconciler, configs))
}

/// The id and the key of the installation; the id may be given.
async fn kept(
    client: &Client,
    namespace: &str,
    name: &str,
    given: Option<&str>,
) -> Result<(String, Keyring), Error> {
    let id = match given {
        Some(given) => given.to_owned(),
        None => installation::id(client, namespace, name).await?,
    };
    Ok((id, keyring::load(client, namespace, name).await?))
}
