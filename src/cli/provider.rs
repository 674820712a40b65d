//! `kupenstack provider`: wires the layers together and runs until it is told to stop.

use super::{command_result::CommandResult, process};
use crate::{
    api::{duration, glob},
    kind::{cloud::Backend, provider::Provider},
    kinds::provider::openstack,
    openstack::{Instruments, OpenStack},
    runtime::{
        self,
        base::clock::{Clock, System},
    },
    source::{AllowedNetwork, CloudAddresses, Proxies, Sources},
};
use clap::Args;
use prometheus_client::registry::Registry;
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// Flags that every Crossplane provider has, and ours.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Log what is done and why, not only what changes.
    #[arg(long, short, env = "DEBUG")]
    debug: bool,
    /// How often every resource is compared with the cloud.
    #[arg(long, env = "POLL", default_value = "1m", value_parser = go_duration)]
    poll: Duration,
    /// Lower bound of the annotation crossplane.io/poll-interval.
    #[arg(long, env = "MIN_POLL_INTERVAL", default_value = "1s", value_parser = go_duration)]
    min_poll_interval: Duration,
    /// How many resources are reconciled a second, and at once, at the most.
    #[arg(long, env = "MAX_RECONCILE_RATE", default_value_t = 100)]
    max_reconcile_rate: u32,
    /// How often the metrics that count resources are refreshed.
    #[arg(long, env = "POLL_STATE_METRIC", default_value = "5s", value_parser = go_duration)]
    poll_state_metric: Duration,
    /// Where /metrics is served.
    #[arg(long, env = "METRICS_BIND_ADDRESS", default_value = "0.0.0.0:8080")]
    metrics_bind_address: SocketAddr,
    /// Where /healthz and /readyz are served.
    #[arg(long, env = "HEALTH_PROBE_BIND_ADDR", default_value = "0.0.0.0:8081")]
    health_probe_bind_addr: SocketAddr,
    /// Only one of several replicas works.
    #[arg(long, short, env = "LEADER_ELECTION")]
    leader_election: bool,
    /// Tells this installation's objects from another's; kept in a ConfigMap unless given.
    #[arg(long, env = "INSTALLATION_ID")]
    installation_id: Option<String>,
    /// Namespaces that references may point to, beside their own: names, in which * stands for any text.
    #[arg(long, env = "ALLOW_CROSS_NAMESPACE_REFERENCES", value_delimiter = ',')]
    allow_cross_namespace_references: Vec<String>,
    /// Networks that images and charts may be fetched from although they are local to this machine, and registries without
    /// TLS: 127.0.0.0/8, 169.254.7.0/24.
    #[arg(long, env = "ALLOW_IMAGE_SOURCES", value_delimiter = ',')]
    allow_image_sources: Vec<AllowedNetwork>,
    /// Where clouds may be: at public addresses; at those of private networks too; at loopback addresses too. Addresses of the
    /// local link and of metadata services are never connected to. It holds for whatever a ProviderConfig, its Secret and the
    /// cloud's catalog name.
    #[arg(long, env = "CLOUD_ADDRESSES", default_value = "private", value_name = "public|private|loopback")]
    cloud_addresses: CloudAddresses,
}

fn go_duration(text: &str) -> Result<Duration, String> {
    duration::parse(text).ok_or_else(|| format!("{text:?} is not a duration such as 30s, 1m or 1h30m"))
}

pub(super) fn run(options: &Options) -> CommandResult {
    start(options, openstack(), async |sources, registry| Ok(openstack_backend(options, sources, registry)))
}

/// The way to OpenStack clouds.
pub(super) fn openstack_backend(
    options: &Options,
    sources: Sources,
    registry: &mut Registry,
) -> Arc<dyn Backend> {
    let instruments = Instruments::new(Arc::new(|| System.now()), registry);
    let instruments = instruments.reaching(options.cloud_addresses);
    Arc::new(OpenStack::new(instruments).uploading_from(sources))
}

/// Runs a provider over the backend that is made here, until it is told to stop.
pub(super) fn start(
    options: &Options,
    provider: Provider,
    backend: impl AsyncFnOnce(Sources, &mut Registry) -> Result<Arc<dyn Backend>, Box<dyn std::error::Error>>,
) -> CommandResult {
    process::begin(options.debug)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut registry = Registry::default();
        let proxies = Proxies::of(|variable| std::env::var(variable).ok())?;
        let sources = Sources::allowing(options.allow_image_sources.clone()).through(proxies);
        let backend = backend(sources, &mut registry).await?;
        Ok(runtime::run(settings(options), provider, backend, registry).await?)
    })
}

/// Where it serves metrics and health.
#[cfg(test)]
pub(super) fn ports(options: &Options) -> [u16; 2] {
    [options.metrics_bind_address.port(), options.health_probe_bind_addr.port()]
}

fn settings(options: &Options) -> runtime::Settings {
    let allowed = options.allow_cross_namespace_references.clone();
    runtime::Settings {
        poll: options.poll,
        min_poll: options.min_poll_interval,
        rate: options.max_reconcile_rate,
        poll_state_metric: options.poll_state_metric,
        metrics: options.metrics_bind_address,
        health: options.health_probe_bind_addr,
        leader_election: options.leader_election,
        installation: options.installation_id.clone(),
        may_refer_to: Box::new(move |namespace| {
            allowed.iter().any(|pattern| glob::matches(pattern, namespace))
        }),
    }
}
