//! A [`Transport`] without sockets, to a simulated cloud. May use [`crate::kind`] and its neighbours.

use crate::kind::request::Request;
use crate::openstack::{
    error::Error, http_request, response::RawResponse, throttle::Throttles, transport::Transport,
};
use ::http::StatusCode;
use async_trait::async_trait;
use axum::body::Bytes;
use jiff::Timestamp;
use std::sync::Arc;
use url::Url;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// The connection broke.
    Broken,
    /// Nobody listens.
    Unreachable,
    /// None came in time.
    TimedOut,
}

impl Unanswered {
    fn error(self, service: &'static str) -> Error {
        let host = "cloud".to_owned();
        match self {
            Self::Broken => Error::Broken { service, host, detail: "cut".to_owned() },
            Self::Unreachable => Error::Unreachable { service, host, detail: "refused".to_owned() },
            Self::TimedOut => Error::TimedOut { service, host },
        }
    }
}

/// Takes requests to a cloud.
#[async_trait]
pub trait Wire: Send + Sync {
    /// One exchange.
    async fn exchange(&self, request: ::http::Request<Bytes>) -> Result<::http::Response<Bytes>, Unanswered>;
}

/// The transport.
#[derive(Clone)]
pub struct Simulated<W> {
    wire: W,
    token: String,
    throttles: Arc<Throttles>,
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
        Self { wire, token, throttles: Arc::new(Throttles::new(None)) }
    }
}

impl<W: Wire> Simulated<W> {
    /// A body of bytes, all at once: past the throttle, and never again.
    pub async fn put(&self, request: &Request, body: &'static [u8]) -> Result<RawResponse, Error> {
        let call = self.call(request, &http_request::stream_headers(request), body.into());
        self.exchange(request, call).await
    }

    fn call(&self, request: &Request, headers: &::http::HeaderMap, body: Bytes) -> ::http::Request<Bytes> {
        let root = match request.service.group {
            "identity" => "identity/v3",
            "network" => "network/v2.0",
            "compute" => "compute/v2.1",
            "blockstorage" => "volume/v3",
            "image" => "image/v2",
            "placement" => "placement",
            other => panic!("the simulator has no service for {other}"),
        };
        let root = Url::parse(&format!("http://cloud/{root}")).unwrap();
        let url = http_request::below(root, request).unwrap();
        let mut call = ::http::Request::builder().method(request.method.as_str()).uri(url.as_str());
        call.headers_mut().unwrap().extend(headers.clone());
        call.header("x-auth-token", &self.token).body(body).unwrap()
    }

    async fn exchange(&self, request: &Request, call: ::http::Request<Bytes>) -> Result<RawResponse, Error> {
        let answer = self.wire.exchange(call).await;
        let (head, body) = answer.map_err(|why| why.error(request.service.group))?.into_parts();
        Ok(RawResponse { status: head.status, headers: head.headers, body: body.to_vec() })
    }

    async fn in_turn(&self, request: &Request, call: ::http::Request<Bytes>) -> Result<RawResponse, Error> {
        let service = request.service;
        self.throttles.turn(service.group).await?;
        let response = self.exchange(request, call).await;
        let error = match &response {
            Ok(response) => response.refusal(service, request.secrets.values()),
            Err(error) => Some(error.clone()),
        };
        match self.throttles.ended(service.group, error, Timestamp::UNIX_EPOCH) {
            Some(down @ Error::Down { .. }) => Err(down),
            Some(_) | None => response,
        }
    }
}

#[async_trait]
impl<W: Wire> Transport for Simulated<W> {
    /// Once more if the token is not accepted, which Keystone knows all the time.
    async fn send(&self, request: &Request) -> Result<RawResponse, Error> {
        let body = http_request::body(request).unwrap().unwrap_or_default();
        let call = self.call(request, &http_request::headers(request), body.into());
        let first = self.in_turn(request, call.clone()).await?;
        if first.status != StatusCode::UNAUTHORIZED {
            return Ok(first);
        }
        let second = self.in_turn(request, call).await?;
        if second.status == StatusCode::UNAUTHORIZED {
            return Err(second.token_not_accepted(request.service, request.secrets.values()));
        }
        Ok(second)
    }
}
