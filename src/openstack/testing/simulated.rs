//! A [`Transport`] without sockets, to a simulated cloud. May use [`crate::kind`] and its neighbours.

use crate::kind::request::Request;
use crate::openstack::{error::Error, http_request, response::RawResponse, transport::Transport};
use async_trait::async_trait;
use axum::body::Bytes;
use url::Url;

/// Takes requests to a cloud. `None` is a connection that broke before the answer.
#[async_trait]
pub trait Wire: Send + Sync {
    /// One exchange.
    async fn exchange(&self, request: ::http::Request<Bytes>) -> Option<::http::Response<Bytes>>;
}

/// The transport.
#[derive(Clone)]
pub struct Simulated<W> {
    wire: W,
    token: String,
}

impl<W: Wire> Simulated<W> {
    /// With a password that the simulator knows.
    pub async fn login(wire: W, user: &str) -> Self {
        let domain = serde_json::json!({"id": "default"});
        let identity = serde_json::json!({"methods": ["password"],
            "password": {"user": {"name": user, "domain": domain, "password": "simulated"}}});
        let scope = serde_json::json!({"project": {"name": user, "domain": domain}});
        let body = serde_json::json!({"auth": {"identity": identity, "scope": scope}}).to_string();
        let request =
            ::http::Request::post("http://cloud/identity/v3/auth/tokens").body(body.into()).unwrap();
        let response = wire.exchange(request).await.unwrap();
        let token = response.headers()["x-subject-token"].to_str().unwrap().to_owned();
        Self { wire, token }
    }
}

impl<W: Wire> Simulated<W> {
    /// A body of bytes, all at once.
    pub async fn put(&self, request: &Request, body: &'static [u8]) -> Result<RawResponse, Error> {
        self.exchange(request, &http_request::stream_headers(request), body.into()).await
    }

    async fn exchange(
        &self,
        request: &Request,
        headers: &::http::HeaderMap,
        body: Bytes,
    ) -> Result<RawResponse, Error> {
        let service = request.service;
        let root = match service.group {
            "identity" => "identity/v3",
            "network" => "network/v2.0",
            "compute" => "compute/v2.1",
            "blockstorage" => "volume/v3",
            "image" => "image/v2",
            other => panic!("the simulator has no service for {other}"),
        };
        let root = Url::parse(&format!("http://cloud/{root}")).unwrap();
        let url = http_request::below(root, request).unwrap();
        let mut call = ::http::Request::builder().method(request.method.as_str()).uri(url.as_str());
        call.headers_mut().unwrap().extend(headers.clone());
        let call = call.header("x-auth-token", &self.token).body(body).unwrap();
        let broken = || Error::Broken { service: service.group, host: "cloud".into(), detail: "cut".into() };
        let (head, body) = self.wire.exchange(call).await.ok_or_else(broken)?.into_parts();
        Ok(RawResponse { status: head.status, headers: head.headers, body: body.to_vec() })
    }
}

#[async_trait]
impl<W: Wire> Transport for Simulated<W> {
    async fn send(&self, request: &Request) -> Result<RawResponse, Error> {
        let body = http_request::body(request).unwrap().unwrap_or_default();
        self.exchange(request, &http_request::headers(request), body.into()).await
    }
}
