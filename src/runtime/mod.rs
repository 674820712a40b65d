//! The managed reconciler: watches feed an index, a pure plan says the next effect, effects are performed one at a
//! time. Knows kinds, and the group of their ProviderConfigs, only from a [`Provider`], and clouds only as [`Backend`].

pub mod admin;
pub mod apiserver;
pub mod base;
pub mod index;
pub mod managed;
pub mod plan;
mod process;
pub mod provider_config;
pub mod secrets;
mod settings;
pub mod telemetry;
#[cfg(test)]
pub mod testing;
mod wiring;

use crate::kind::{cloud::Backend, provider::Provider};
use admin::Health;
use apiserver::{
    client,
    error::Error,
    history,
    lease::{Candidate, Leadership},
};
use base::{
    clock::System,
    duties::{Duties, how},
};
use managed::workers;
use process::Pod;
pub(crate) use process::terminated;
use prometheus_client::registry::Registry;
pub use settings::Settings;
use std::{pin::pin, sync::Arc, time::Duration};
use telemetry::metrics::Metrics;
use tokio::{sync::watch::channel, task::JoinHandle};
use wiring::{Environment, start};

/// Runs a provider until it is told to stop, or loses its lease. Serves what the registry holds, beside its own metrics.
///
/// # Errors
/// The API server can't be reached at all, an address can't be listened on, or the lease is lost.
pub async fn run(
    settings: Settings,
    provider: Provider,
    backend: Arc<dyn Backend>,
    mut registry: Registry,
) -> Result<(), Error> {
    let metrics = Arc::new(Metrics::new(&mut registry));
    let client = client::connect(metrics.clone()).await?;
    let (stopping, stopped) = channel(false);
    let (registry, health) = (Arc::new(registry), Health::default());
    let serving = admin::serve(registry, health.clone(), || true, settings.metrics, settings.health, stopped);
    let mut admin = tokio::spawn(serving);
    let (clock, pod) = (Arc::new(System), Pod::own());
    let environment = Environment { provider, backend, client, clock, metrics, health, pod };
    tokio::select! {
        ended = operate(settings, environment, terminated()) => ended?,
        ended = &mut admin => return ended.unwrap_or(Ok(())),
    }
    let _ = stopping.send(true);
    let _ = admin.await;
    Ok(())
}

/// Leads, works until `stop`, and hands over. Everything that it needs of the process comes in by the environment, so
/// that a test can drive it whole.
///
/// # Errors
/// The API server refuses what the provider needs to begin with, or was put back to an earlier state, or the lease is lost.
pub(crate) async fn operate(
    settings: Settings,
    environment: Environment,
    stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    let mut stop = pin!(stop);
    let leadership = tokio::select! {
        leadership = lead(&settings, &environment) => leadership,
        () = &mut stop => return Ok(()),
    };
    let put_back = history::put_back(environment.client.clone(), environment.provider.family);
    let (stopping, stopped) = channel(false);
    let (limits, health) = (settings.worker_limits(), environment.health.clone());
    let mut duties = Duties::default();
    let begun = tokio::select! {
        begun = start(settings, environment, &mut duties, stopped) => begun.map(Some),
        () = &mut stop => Ok(None),
        () = lost(leadership.as_ref()) => return Err(lease_lost()),
    };
    let (reconciler, mut configs) = match begun {
        Ok(Some(begun)) => begun,
        // Nothing was reconciled yet.
        ended => {
            duties.end().await;
            hand_over(leadership).await;
            return ended.map(drop);
        }
    };
    let mut work = tokio::spawn(workers::work(reconciler.clone(), limits));
    let ended = tokio::select! {
        () = stop => {
            tracing::info!("stopping");
            Ok(())
        }
        broken = duties.broken() => Err(begin_anew(&health, broken)),
        ended = &mut work => Err(begin_anew(&health, how("the dispatcher", &ended))),
        ended = &mut configs => Err(begin_anew(&health, how("the controller of ProviderConfigs", &ended))),
        () = put_back => {
            Err(Error::Refused("the API server was put back to an earlier state: beginning anew".to_owned()))
        }
        // Another replica may work already: what is under way must not go on.
        () = lost(leadership.as_ref()) => return Err(lease_lost()),
    };
    reconciler.queue.close();
    let _ = stopping.send(true);
    if is_over(work, configs, duties).await {
        hand_over(leadership).await;
    }
    ended
}

/// RUN-5: what is under way may end, within what the kubelet grants. Did it?
async fn is_over(work: JoinHandle<()>, configs: JoinHandle<()>, duties: Duties) -> bool {
    let over = async {
        tokio::join!(until_over(work), until_over(configs));
    };
    let over = tokio::time::timeout(Duration::from_secs(25), over).await.is_ok();
    duties.end().await;
    if !over {
        // What still runs ends with the process; the lease ends by itself after that.
        tracing::warn!("some reconciles did not end in time");
    }
    over
}

/// Waits until another may lead.
async fn lost(leadership: Option<&Leadership>) {
    match leadership {
        Some(leadership) => leadership.lost().await,
        None => std::future::pending().await,
    }
}

fn lease_lost() -> Error {
    Error::Refused("the lease is lost: another replica works".to_owned())
}

/// Nothing of ours runs any more.
async fn hand_over(leadership: Option<Leadership>) {
    if let Some(leadership) = leadership {
        leadership.release().await;
    }
}

fn begin_anew(health: &Health, broken: String) -> Error {
    tracing::error!(broken, "stopping");
    health.broken(broken.clone());
    Error::Refused(format!("{broken}: beginning anew"))
}

/// Waits for a task, unless it was waited for already.
async fn until_over(task: JoinHandle<()>) {
    if !task.is_finished() {
        let _ = task.await;
    }
}

/// Waits until this replica leads; `None` where there is no election.
async fn lead(settings: &Settings, environment: &Environment) -> Option<Leadership> {
    let Environment { client, clock, provider, pod, .. } = environment;
    let lease = provider.lease();
    let candidate = Candidate::new(client.clone(), clock.clone(), &pod.namespace, &lease, &pod.name);
    if settings.leader_election { Some(candidate.acquire().await) } else { None }
}

#[cfg(test)]
mod tests;
