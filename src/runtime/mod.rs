//! The managed reconciler: watches feed an index, a pure plan says the next effect, effects are performed one at a
//! time. Knows kinds only as [`AnyKind`] and clouds only as [`Backend`].

pub mod admin;
pub mod apiserver;
pub mod base;
pub mod index;
pub mod managed;
pub mod plan;
pub mod provider_config;
pub mod secrets;
pub mod telemetry;
#[cfg(test)]
pub mod testing;

use crate::kind::{any::AnyKind, cloud::Backend, request::service::Service};
use apiserver::{client, error::Error, gate::Gate, installation, lease};
use base::clock::{Clock, System};
use index::references::Permission;
use kube::Client;
use managed::{
    gauges,
    reconcile::{Parts, Reconciler},
    watch,
    workers::{self, WorkerLimits},
};
use prometheus_client::registry::Registry;
use provider_config::{credentials::CredentialReader, usages::Usages};
use secrets::keyring::{self, Keyring};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use telemetry::metrics::Metrics;
use tokio::signal::unix::{SignalKind, signal};

/// How the provider is to run.
pub struct Settings {
    /// How often every resource is compared with the cloud.
    pub poll: Duration,
    /// Lower bound of a resource's own poll interval.
    pub min_poll: Duration,
    /// Reconciles a second, and at once.
    pub rate: u32,
    /// How often metrics that count resources are refreshed.
    pub poll_state_metric: Duration,
    /// Where metrics are served.
    pub metrics: SocketAddr,
    /// Where health is served.
    pub health: SocketAddr,
    /// Only one of several replicas works.
    pub leader_election: bool,
    /// Which installation this is; kept in a ConfigMap unless given.
    pub installation: Option<String>,
    /// Namespaces that references may point to, beside their own.
    pub may_refer_to: Box<Permission>,
}

/// Namespace of the provider's own objects: that of its pod.
fn own_namespace() -> String {
    std::env::var("POD_NAMESPACE").unwrap_or_else(|_| "crossplane-system".to_owned())
}

/// Runs the provider until it is told to stop, or loses its lease. Serves what the registry holds, beside its own metrics.
///
/// # Errors
/// The API server can't be reached at all, or an address can't be listened on.
pub async fn run(
    settings: Settings,
    kinds: &'static [Box<dyn AnyKind>],
    backend: Arc<dyn Backend>,
    mut registry: Registry,
) -> Result<(), Error> {
    let clock: Arc<dyn Clock> = Arc::new(System);
    let (stopping, stop) = tokio::sync::watch::channel(false);
    let metrics = Arc::new(Metrics::new(&mut registry));
    let client = client::connect(metrics.clone()).await?;
    let mut admin = tokio::spawn(admin::serve(
        Arc::new(registry),
        || true,
        settings.metrics,
        settings.health,
        stop.clone(),
    ));
    let leadership = if settings.leader_election {
        let pod = std::env::var("HOSTNAME").unwrap_or_else(|_| "provider".to_owned());
        let candidate = lease::Candidate::new(client.clone(), clock.clone(), &own_namespace(), &pod);
        tokio::select! {
            leadership = candidate.acquire() => Some(leadership),
            () = terminated() => return Ok(()),
        }
    } else {
        None
    };
    let installation = match &settings.installation {
        Some(given) => given.clone(),
        None => installation::id(&client, &own_namespace()).await?,
    };
    let keyring = keyring::load(&client, &own_namespace()).await?;
    let limits = WorkerLimits::of(&settings);
    let world = World { client: client.clone(), clock, kinds, backend, metrics: metrics.clone() };
    let reconciler = start(settings, world, installation, keyring, &stop).await?;
    tracing::info!(kinds = kinds.len(), "started");
    let work = tokio::spawn(workers::work(reconciler.clone(), limits));
    let lost = async {
        match &leadership {
            Some(leadership) => leadership.lost().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated() => tracing::info!("stopping"),
        // Another replica may work already: what is under way must not go on.
        () = lost => return Err(Error::Refused("the lease is lost: another replica works".to_owned())),
        ended = &mut admin => return ended.unwrap_or(Ok(())),
    }
    reconciler.queue.close();
    // RUN-5: what is under way may end, within what the kubelet grants.
    if tokio::time::timeout(Duration::from_secs(25), work).await.is_err() {
        tracing::warn!("some reconciles did not end in time");
    }
    let _ = stopping.send(true);
    if let Some(leadership) = leadership {
        leadership.release().await;
    }
    let _ = admin.await;
    Ok(())
}

/// What everything is built on.
struct World {
    client: Client,
    clock: Arc<dyn Clock>,
    kinds: &'static [Box<dyn AnyKind>],
    backend: Arc<dyn Backend>,
    metrics: Arc<Metrics>,
}

async fn start(
    settings: Settings,
    world: World,
    installation: String,
    keyring: Keyring,
    stop: &tokio::sync::watch::Receiver<bool>,
) -> Result<Arc<Reconciler>, Error> {
    let World { client, clock, kinds, backend, metrics } = world;
    let usages = Usages::default();
    let plural = Arc::new(move |api_version: &str, kind: &str| {
        let found = kinds.iter().map(|k| k.info()).find(|i| i.kind == kind && i.api_version() == api_version);
        found.map(|info| info.plural.to_owned())
    });
    let checker = provider_config::Checker {
        credentials: CredentialReader::new(client.clone()),
        backend: backend.clone(),
        services: services(kinds),
        poll: settings.poll,
        seen: provider_config::Logins::default(),
    };
    tokio::spawn(provider_config::run(clock.clone(), usages.clone(), plural, checker, stop.clone()));
    let gate = Gate::start(client.clone(), clock.clone()).await?;
    let may_refer_to = settings.may_refer_to;
    let reconciler = Arc::new(Reconciler::new(Parts {
        client,
        clock,
        kinds,
        backend,
        metrics,
        usages,
        installation,
        keyring,
        may_refer_to,
    }));
    tokio::spawn(gauges::refresh(reconciler.clone(), settings.poll_state_metric));
    for kind in kinds {
        tokio::spawn(watch::watch(reconciler.clone(), kind.as_ref(), gate.clone()));
    }
    Ok(reconciler)
}

/// Every service that has a kind, once.
fn services(kinds: &[Box<dyn AnyKind>]) -> Vec<&'static Service> {
    let mut services: Vec<_> = kinds.iter().map(|kind| kind.info().service).collect();
    services.sort_by_key(|service| service.group);
    services.dedup();
    services
}

async fn terminated() {
    let mut signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
    let [terminate, interrupt] = &mut signals;
    match (terminate, interrupt) {
        (Ok(terminate), Ok(interrupt)) => {
            tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
        }
        // Without handlers the signals end the process by themselves.
        _ => std::future::pending().await,
    }
}
