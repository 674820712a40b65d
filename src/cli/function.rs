//! `kupenstack function`: serves the composition function until it is told to stop.

use super::{command_result::CommandResult, process};
use crate::{
    function::{
        Metrics,
        serve::{self, Settings},
    },
    runtime::{
        admin::{self, Health},
        terminated,
    },
};
use clap::Args;
use prometheus_client::registry::Registry;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};

/// Flags that every composition function has.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// Log what is done and why, not only what changes.
    #[arg(long, short, env = "DEBUG")]
    debug: bool,
    /// Where Crossplane calls.
    #[arg(long, default_value = "0.0.0.0:9443")]
    address: SocketAddr,
    /// Folder with tls.crt, tls.key and ca.crt; clients have to show a certificate of that authority.
    #[arg(long, env = "TLS_SERVER_CERTS_DIR")]
    tls_certs_dir: Option<PathBuf>,
    /// Serve without TLS, for `crossplane composition render`; certificates are not looked at then.
    #[arg(long)]
    insecure: bool,
    /// Largest request, in MiB.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    max_recv_message_size: u16,
    /// Where /metrics is served.
    #[arg(long, env = "METRICS_BIND_ADDRESS", default_value = "0.0.0.0:8080")]
    metrics_bind_address: SocketAddr,
    /// Where /healthz and /readyz are served.
    #[arg(long, env = "HEALTH_PROBE_BIND_ADDR", default_value = "0.0.0.0:8081")]
    health_probe_bind_addr: SocketAddr,
}

pub(super) fn run(options: &Options) -> CommandResult {
    process::begin(options.debug)?;
    let certificates = match (options.insecure, &options.tls_certs_dir) {
        (true, _) => None,
        (false, Some(folder)) => Some(folder.clone()),
        (false, None) => return Err("give --tls-certs-dir, or --insecure to serve without TLS".into()),
    };
    let largest = usize::from(options.max_recv_message_size) << 20;
    let settings = Settings { address: options.address, certificates, largest };
    let mut registry = Registry::default();
    let metrics = Metrics::new(&mut registry);
    let (metrics_address, health_address) = (options.metrics_bind_address, options.health_probe_bind_addr);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        let (registry, health) = (Arc::new(registry), Health::default());
        let admin = admin::serve(registry, health, || true, metrics_address, health_address, stopped);
        let mut admin = tokio::spawn(admin);
        tokio::select! {
            served = serve::serve(settings, metrics, terminated()) => served?,
            ended = &mut admin => return Ok(ended??),
        }
        let _ = stopping.send(true);
        Ok(admin.await??)
    })
}
