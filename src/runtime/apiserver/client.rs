//! The connection to the API server, whose requests are counted as client-go counts them.

use super::error::{Error, call};
use crate::runtime::telemetry::metrics::Metrics;
use futures::{FutureExt, future::BoxFuture};
use http::{Request, Response};
use kube::{
    Client, Config,
    client::{Body, ClientBuilder},
};
use std::{
    sync::Arc,
    task::{Context, Poll},
};
use tower::{Service, layer::layer_fn};

/// Connects as the pod's service account, or as the kubeconfig says.
///
/// # Errors
/// Neither is there.
pub async fn connect(metrics: Arc<Metrics>) -> Result<Client, Error> {
    let config = async { Config::infer().await.map_err(kube::Error::InferConfig) };
    let config = call("connect to the API server", config).await?;
    let host: Arc<str> = config.cluster_url.authority().map_or("", |host| host.as_str()).into();
    let built = async { ClientBuilder::try_from(config) };
    let builder = call("connect to the API server", built).await?;
    let counted = layer_fn(move |inner| Counted { inner, metrics: metrics.clone(), host: host.clone() });
    Ok(builder.with_layer(&counted).build())
}

/// A service whose requests are counted.
#[derive(Clone)]
struct Counted<S> {
    inner: S,
    metrics: Arc<Metrics>,
    host: Arc<str>,
}

impl<S, B> Service<Request<Body>> for Counted<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: 'static,
    B: 'static,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<B>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (metrics, host, method) = (self.metrics.clone(), self.host.clone(), request.method().clone());
        let counted = move |answer: &Result<Response<B>, S::Error>| {
            let code = answer.as_ref().ok().map(|answer| answer.status().as_u16());
            metrics.requested(method.as_str(), &host, code);
        };
        self.inner.call(request).inspect(counted).boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prometheus_client::{encoding::text::encode, registry::Registry};

    #[tokio::test]
    async fn every_request_to_the_api_server_is_counted_by_method_and_code() {
        let mut registry = Registry::default();
        let metrics = Arc::new(Metrics::new(&mut registry));
        let inner = tower::service_fn(|request: Request<Body>| async move {
            let code = request.uri().path().trim_start_matches('/').parse::<u16>().map_err(drop)?;
            Ok::<_, ()>(Response::builder().status(code).body(()).unwrap())
        });
        let mut service = Counted { inner, metrics, host: "api:443".into() };
        for path in ["/200", "/200", "/409", "/broken"] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let _ = service.call(request).await;
        }
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        for (code, count) in [("200", 2), ("409", 1), ("<error>", 1)] {
            let line =
                format!(r#"rest_client_requests_total{{code="{code}",method="GET",host="api:443"}} {count}"#);
            assert!(text.lines().any(|l| l == line), "no {line} in\n{text}");
        }
    }
}
