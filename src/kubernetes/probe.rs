//! Whether a component answers, asked at its own beat: often until it does, then rarely. Only Services of the cluster are asked,
//! at the address that the API server gave them.

use super::{
    api::{Address, ApiServer},
    error::Error,
};
use crate::release::facts::Probe as ProbeSpec;
use async_trait::async_trait;
use serde_json::Value;
use std::{net::IpAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpStream,
    sync::watch,
    task::AbortHandle,
    time::{sleep, timeout},
};

/// Pause while there is no answer.
const OFTEN: Duration = Duration::from_secs(5);
/// Pause while there is one.
const RARELY: Duration = Duration::from_secs(30);
/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The address as clients within the cluster know it.
pub fn url(spec: &ProbeSpec, namespace: &str) -> String {
    let host = format!("{}.{namespace}.svc.cluster.local", service(spec));
    match spec {
        ProbeSpec::Http { port, path, .. } => {
            format!("http://{host}:{port}/{}", path.trim_start_matches('/'))
        }
        ProbeSpec::Tcp { port, .. } => format!("tcp://{host}:{port}"),
    }
}

fn service(spec: &ProbeSpec) -> &str {
    match spec {
        ProbeSpec::Http { service, .. } | ProbeSpec::Tcp { service, .. } => service,
    }
}

/// The way to Services of the cluster.
#[async_trait]
pub trait Network: Send + Sync {
    /// Whether there is an answer at this address.
    async fn answers_at(&self, address: IpAddr, spec: &ProbeSpec) -> bool;
}

/// The network that the program is in.
pub struct ClusterNetwork;

/// One beat; dropping it ends it.
pub struct Probe {
    spec: ProbeSpec,
    answers: watch::Receiver<Option<bool>>,
    task: AbortHandle,
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Probe {
    /// Begins to ask; `flipped` is called whenever the answer changes.
    pub fn begin(
        api: Arc<ApiServer>,
        network: Arc<dyn Network>,
        namespace: &str,
        spec: ProbeSpec,
        flipped: impl Fn() + Send + 'static,
    ) -> Self {
        let (told, answers) = watch::channel(None);
        let service = Address::core("Service", namespace, service(&spec));
        let asked = spec.clone();
        let task = tokio::spawn(async move {
            let mut address = None;
            loop {
                if address.is_none() {
                    // A Service that is not there yet does not answer.
                    address = cluster_address(&api, &service).await.unwrap_or_default();
                }
                let good = match address {
                    Some(address) => network.answers_at(address, &asked).await,
                    None => false,
                };
                if !good {
                    // It may have been made anew, with another address.
                    address = None;
                }
                if told.send_replace(Some(good)).is_some_and(|before| before != good) {
                    flipped();
                }
                sleep(if good { RARELY } else { OFTEN }).await;
            }
        });
        Self { spec, answers, task: task.abort_handle() }
    }

    /// Does it ask this?
    pub fn asks(&self, spec: &ProbeSpec) -> bool {
        self.spec == *spec
    }

    /// The last answer. The first one is awaited, so that a restart of the provider makes no component unready.
    pub async fn answers(&self) -> bool {
        let mut answers = self.answers.clone();
        let first = timeout(2 * PATIENCE, answers.wait_for(Option::is_some)).await;
        matches!(first, Ok(Ok(answer)) if *answer == Some(true))
    }
}

/// The address of a Service within the cluster; of a headless one that of a pod which is ready. None if there is none.
async fn cluster_address(api: &ApiServer, service: &Address) -> Result<Option<IpAddr>, Error> {
    let found = api.get(service).await?;
    let address =
        found.as_ref().and_then(|service| service.pointer("/spec/clusterIP")).and_then(Value::as_str);
    match address {
        Some("None") => pod_address(api, service).await,
        Some(_) | None => Ok(address.and_then(|text| text.parse().ok())),
    }
}

/// The address of a ready pod behind a Service.
async fn pod_address(api: &ApiServer, service: &Address) -> Result<Option<IpAddr>, Error> {
    let slices = Address {
        api_version: "discovery.k8s.io/v1".to_owned(),
        kind: "EndpointSlice".to_owned(),
        ..service.clone()
    };
    let slices = api.list(&slices, &format!("kubernetes.io/service-name={}", service.name)).await?;
    let endpoints = slices.iter().filter_map(|slice| slice.get("endpoints")?.as_array()).flatten();
    let mut ready = endpoints.filter(|endpoint| {
        endpoint.pointer("/conditions/ready").is_none_or(|ready| ready == &Value::Bool(true))
    });
    Ok(ready.find_map(|endpoint| endpoint.pointer("/addresses/0")?.as_str()?.parse().ok()))
}

#[async_trait]
impl Network for ClusterNetwork {
    async fn answers_at(&self, address: IpAddr, spec: &ProbeSpec) -> bool {
        let (port, path) = match spec {
            ProbeSpec::Tcp { port, .. } => {
                return matches!(timeout(PATIENCE, TcpStream::connect((address, *port))).await, Ok(Ok(_)));
            }
            ProbeSpec::Http { port, path, .. } => (port, path.trim_start_matches('/')),
        };
        let host = match address {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("[{v6}]"),
        };
        let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        let Ok(client) = client.no_proxy().build() else { return false };
        let asked = client.get(format!("http://{host}:{port}/{path}")).send();
        asked.await.is_ok_and(|response| !response.status().is_server_error())
    }
}

#[cfg(test)]
mod tests;
