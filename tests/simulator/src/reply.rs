//! What services say: successes, and refusals in each service's own words.

use crate::call::Service;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

/// A success.
#[derive(Clone, Debug, Default)]
pub(crate) struct Done {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Done {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self { status, body, headers: vec![] }
    }

    pub(crate) fn nothing(status: u16) -> Self {
        Self::new(status, Value::Null)
    }
}

/// A refusal. Its kind is its name among the behaviours; up to a colon, Neutron tells it.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) message: String,
}

/// What came of a call.
pub(crate) type Outcome<T = Done> = Result<T, Refusal>;

impl Refusal {
    pub(crate) fn new(status: u16, kind: &str, message: impl Into<String>) -> Self {
        Self { status, kind: kind.to_owned(), message: message.into() }
    }

    pub(crate) fn bad(kind: &str, message: impl Into<String>) -> Self {
        Self::new(400, kind, message)
    }

    pub(crate) fn forbidden(kind: &str, action: &str) -> Self {
        Self::new(403, kind, format!("You are not authorized to perform {action}."))
    }

    pub(crate) fn no_path() -> Self {
        Self::new(404, "HTTPNotFound", "The resource could not be found.")
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(401, "no token", "The request you have made requires authentication.")
    }

    pub(crate) fn conflict(kind: &str, message: impl Into<String>) -> Self {
        Self::new(409, kind, message)
    }

    fn body(&self, service: Service) -> Value {
        let Self { status, kind, message } = self;
        let title = StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason());
        match service {
            Service::Neutron if *status != 401 => {
                let kind = kind.split(':').next();
                json!({"NeutronError": {"type": kind, "message": message, "detail": ""}})
            }
            Service::Nova | Service::Cinder if *status != 401 => {
                json!({ fault(*status): {"code": status, "message": message} })
            }
            Service::Glance if *status != 401 => {
                json!({"code": format!("{status} {}", title.unwrap_or_default()), "title": title, "message": message})
            }
            Service::Placement if *status != 401 => {
                json!({"errors": [{"status": status, "title": title, "detail": message}]})
            }
            Service::Keystone
            | Service::Neutron
            | Service::Nova
            | Service::Cinder
            | Service::Glance
            | Service::Placement => {
                json!({"error": {"code": status, "message": message, "title": title}})
            }
        }
    }
}

/// What Nova and Cinder call a status.
fn fault(status: u16) -> &'static str {
    match status {
        400 => "badRequest",
        403 => "forbidden",
        404 => "itemNotFound",
        405 => "badMethod",
        409 => "conflictingRequest",
        413 => "overLimit",
        _ => "computeFault",
    }
}

/// As HTTP.
pub(crate) fn response(service: Service, outcome: Outcome, request: u64) -> Response<Bytes> {
    let done = outcome.unwrap_or_else(|refusal| Done::new(refusal.status, refusal.body(service)));
    let body = if done.body.is_null() { Bytes::new() } else { Bytes::from(done.body.to_string()) };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(done.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if !done.body.is_null() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let id = format!("req-{request:08x}-0000-4000-8000-000000000000");
    for (name, value) in done.headers.into_iter().chain([("x-openstack-request-id", id)]) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
