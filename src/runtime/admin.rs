//! What the program tells about itself: metrics on one address, health on another (RUN-3, RUN-4).

use crate::runtime::apiserver::error::Error;
use axum::{Router, http::StatusCode, http::header::CONTENT_TYPE, response::IntoResponse, routing::get};
use prometheus_client::{encoding::text::encode, registry::Registry};
use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};
use tokio::{net::TcpListener, sync::watch};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What `/healthz` tells. Clones share it.
#[derive(Clone, Default)]
pub struct Health(Arc<OnceLock<String>>);

impl Health {
    /// It does not do its duty any more; only a restart helps. The first reason stays.
    pub fn broken(&self, why: String) {
        let _ = self.0.set(why);
    }
}

/// Serves `/metrics`, and `/healthz` and `/readyz`, until `stop` says so. `ready` is asked at each probe; it should
/// not depend on CRDs, which may come late (GATE-1), nor on leading.
///
/// # Errors
/// An address can't be listened on.
pub async fn serve(
    registry: Arc<Registry>,
    health: Health,
    ready: impl Fn() -> bool + Clone + Send + Sync + 'static,
    metrics_address: SocketAddr,
    health_address: SocketAddr,
    stop: watch::Receiver<bool>,
) -> Result<(), Error> {
    let (metrics, probes) = (listen(metrics_address).await?, listen(health_address).await?);
    let probed = probed(health, ready);
    tokio::join!(answer(metrics, telling(registry), stop.clone()), answer(probes, probed, stop));
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|source| Error::Listen { address, source })
}

async fn answer(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let stopped = async move {
        // Nobody left to say stop means the same.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
        tracing::warn!(%error, "admin server");
    }
}

fn telling(registry: Arc<Registry>) -> Router {
    let metrics = move || {
        let mut text = String::new();
        let told = encode(&mut text, &registry);
        std::future::ready(match told {
            Ok(()) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        })
    };
    Router::new().route("/metrics", get(metrics))
}

fn probed(health: Health, ready: impl Fn() -> bool + Clone + Send + Sync + 'static) -> Router {
    let readyz = move || {
        std::future::ready(if ready() {
            (StatusCode::OK, "ok")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready")
        })
    };
    let healthz = move || {
        std::future::ready(match health.0.get() {
            None => (StatusCode::OK, "ok".to_owned()),
            Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why.clone()),
        })
    };
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    async fn ask(address: SocketAddr, path: &str) -> (u16, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(format!("http://{address}{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    #[tokio::test]
    async fn run_4_probes_are_answered_until_the_stop() {
        let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (ready, (tell, stop)) = (Arc::new(AtomicBool::new(false)), watch::channel(false));
        let asked = ready.clone();
        let (health, ready_now) = (Health::default(), move || asked.load(Ordering::Relaxed));
        let serving = tokio::spawn(answer(listener, probed(health.clone(), ready_now), stop));
        assert_eq!(ask(address, "/healthz").await.0, 200);
        assert_eq!(ask(address, "/readyz").await.0, 503);
        ready.store(true, Ordering::Relaxed);
        assert_eq!(ask(address, "/readyz").await, (200, "ok".to_owned()));
        health.broken("the dispatcher ended".to_owned());
        assert_eq!(ask(address, "/healthz").await, (503, "the dispatcher ended".to_owned()));
        tell.send_replace(true);
        serving.await.unwrap();
    }

    #[tokio::test]
    async fn run_3_metrics_are_told_as_open_metrics() {
        let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (_tell, stop) = watch::channel(false);
        tokio::spawn(answer(listener, telling(Arc::new(Registry::default())), stop));
        assert_eq!(ask(address, "/metrics").await, (200, "# EOF\n".to_owned()));
    }

    #[tokio::test]
    async fn an_address_in_use_is_an_error_that_names_it() {
        let taken = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = taken.local_addr().unwrap();
        let error = listen(address).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot listen on {address}: ")), "{error}");
    }
}
