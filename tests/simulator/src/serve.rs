//! A cloud behind a socket: every answer takes the same time, and some go wrong when they are told to.
//!
//! Beside the services, at `/-/`: `GET /-/requests` tells the requests so far, `DELETE /-/requests` forgets them;
//! `POST /-/faults` with a [`Fault`]'s fields breaks requests to come; `GET /-/disk/N` is an empty disk of N bytes, for
//! whoever makes an image of one.

use crate::{Cloud, call::Call};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::net::TcpListener;

/// What happens to requests to come.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What the request's line (`POST /network/v2.0/networks`) must contain.
    pub line: String,
    /// To how many of them it happens.
    pub times: u64,
    /// What happens.
    pub then: Then,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The connection breaks before anything is done.
    DropBefore,
    /// It is done, and the connection breaks before the answer.
    DropAfter,
    /// It is done, and no answer comes as long as the client waits, for a minute at the most.
    Silence,
    /// Nothing is done, and this status is the answer; to 429 and 503 with `Retry-After: 1`.
    Status(u16),
}

/// So many requests are remembered at the most; the oldest are forgotten first.
const REMEMBERED: usize = 200_000;
/// How long a client may wait for an answer that does not come.
const SILENCE: Duration = Duration::from_secs(60);
/// The largest disk, in bytes.
const DISK: usize = 1 << 20;

struct Front {
    cloud: Cloud,
    faults: Vec<Fault>,
    requests: Vec<String>,
}

/// A running server.
#[derive(Clone)]
pub struct Server {
    front: Arc<Mutex<Front>>,
    latency: Duration,
    clock: fn() -> i64,
}

impl Server {
    /// A server of a cloud, whose every answer takes so long; `clock` tells the seconds since the epoch.
    pub fn new(cloud: Cloud, latency: Duration, clock: fn() -> i64) -> Self {
        let front = Front { cloud, faults: vec![], requests: vec![] };
        Self { front: Arc::new(Mutex::new(front)), latency, clock }
    }

    /// Breaks requests to come.
    pub fn fault(&self, fault: Fault) {
        self.front().faults.push(fault);
    }

    /// The requests so far: method, path and query, status, and who sent it.
    pub fn requests(&self) -> Vec<String> {
        self.front().requests.clone()
    }

    /// Serves until it is dropped.
    ///
    /// # Errors
    /// The listener breaks.
    pub async fn run(self, listener: TcpListener) -> io::Result<()> {
        loop {
            let (stream, _) = listener.accept().await?;
            // Small answers must not wait for more to send. A client that went away already is no trouble of ours.
            let _ = stream.set_nodelay(true);
            let server = self.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| server.answer(request));
                let mut builder = http1::Builder::new();
                // Nor is one that goes away now.
                let _ =
                    builder.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let request = Request::from_parts(head, body);
        let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
        if target.starts_with("/-/") {
            return Ok(self.control(&request, &target).map(Full::new));
        }
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        let line = format!("{} {target}", request.method());
        let then = self.front().fate(&line);
        let broken = || Err(io::Error::from(io::ErrorKind::ConnectionAborted));
        let response = match then {
            Some(Then::DropBefore) => {
                self.front().note(&line, 0, &request);
                return broken();
            }
            Some(Then::Status(status)) => refused(status),
            Some(Then::DropAfter | Then::Silence) | None => {
                self.front().cloud.answer(&request, (self.clock)())
            }
        };
        self.front().note(&line, response.status().as_u16(), &request);
        if then == Some(Then::Silence) {
            tokio::time::sleep(SILENCE).await;
        }
        let lost = matches!(then, Some(Then::DropAfter | Then::Silence));
        if lost { broken() } else { Ok(response.map(Full::new)) }
    }

    fn control(&self, request: &Request<Bytes>, target: &str) -> Response<Bytes> {
        if let Some(size) = target.strip_prefix("/-/disk/").and_then(|size| size.parse::<usize>().ok()) {
            return Response::new(Bytes::from(vec![0; size.min(DISK)]));
        }
        let mut front = self.front();
        let body = match (request.method(), target) {
            (&Method::GET, "/-/requests") => json!(front.requests),
            (&Method::DELETE, "/-/requests") => json!(std::mem::take(&mut front.requests).len()),
            (&Method::POST, "/-/faults") => match fault(request.body()) {
                Some(fault) => {
                    front.faults.push(fault);
                    json!(front.faults.len())
                }
                None => return refused(400),
            },
            _ => return refused(404),
        };
        Response::new(Bytes::from(body.to_string()))
    }

    fn front(&self) -> MutexGuard<'_, Front> {
        self.front.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Front {
    fn fate(&mut self, line: &str) -> Option<Then> {
        let fault = self.faults.iter_mut().find(|fault| fault.times > 0 && line.contains(&fault.line))?;
        fault.times -= 1;
        Some(fault.then)
    }

    fn note(&mut self, line: &str, status: u16, request: &Request<Bytes>) {
        if self.requests.len() >= REMEMBERED {
            self.requests.drain(..REMEMBERED / 2);
        }
        self.requests.push(format!("{line} {status} {}", Call::agent(request)));
    }
}

fn fault(body: &[u8]) -> Option<Fault> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let then = match (body.get("then")?.as_str()?, body.get("status").and_then(Value::as_u64)) {
        ("drop-before", _) => Then::DropBefore,
        ("drop-after", _) => Then::DropAfter,
        ("silence", _) => Then::Silence,
        ("status", Some(status)) => Then::Status(u16::try_from(status).ok()?),
        _ => return None,
    };
    let line = body.get("line")?.as_str()?.to_owned();
    Some(Fault { line, times: body.get("times").and_then(Value::as_u64).unwrap_or(1), then })
}

/// An entry of a clouds.yaml for the cloud at an address: `admin` or `demo`, in the project of that name.
pub fn login(cloud: &str, base: &str, user: &str) -> String {
    format!(
        "  {cloud}:\n    auth:\n      auth_url: {base}/identity/v3\n      username: {user}\n      password: simulated\n      \
         project_name: {user}\n      user_domain_id: default\n      project_domain_id: default\n    \
         region_name: RegionOne\n"
    )
}

fn refused(status: u16) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"{\"error\": {\"message\": \"as it was told\"}}"));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    if matches!(status, 429 | 503) {
        headers.insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("1"));
    }
    response
}
