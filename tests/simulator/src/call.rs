//! A request, understood: service, path, query, body, and who asks.

use crate::store::Object;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, header};
use serde_json::Value;

/// Services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    Keystone,
    Neutron,
    Nova,
    Cinder,
    Glance,
    Placement,
}

/// What the first part of a path leads to: service, its types in the catalog, and the version in its address there.
pub(crate) const SERVICES: [(&str, Service, &[&str], &str); 6] = [
    ("identity", Service::Keystone, &["identity"], "/v3"),
    ("network", Service::Neutron, &["network"], ""),
    ("compute", Service::Nova, &["compute"], "/v2.1"),
    ("volume", Service::Cinder, &["block-storage", "volumev3"], "/v3"),
    ("image", Service::Glance, &["image"], ""),
    ("placement", Service::Placement, &["placement"], ""),
];

/// Whose token it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Who {
    pub(crate) user: String,
    pub(crate) project: Option<String>,
    pub(crate) admin: bool,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) service: Service,
    /// Behind the service's name, version included.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) bytes: Bytes,
    pub(crate) who: Who,
    /// The second half of the microversion: 90 of 2.90.
    pub(crate) minor: u16,
    /// Fields that all objects below the address have.
    pub(crate) within: Vec<(&'static str, String)>,
}

impl Call {
    /// `None` where nothing listens.
    pub(crate) fn read(request: &Request<Bytes>) -> Option<Self> {
        let mut path: Vec<_> =
            request.uri().path().split('/').filter(|part| !part.is_empty()).map(decode).collect();
        if path.is_empty() {
            return None;
        }
        let prefix = path.remove(0);
        let (_, service, ..) = SERVICES.iter().find(|(name, ..)| *name == prefix)?;
        // The one without a version in its paths.
        if *service == Service::Placement && !path.is_empty() {
            path.insert(0, "v1".to_owned());
        }
        let query = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        Some(Self {
            method: request.method().clone(),
            service: *service,
            path,
            query: query.into_owned().collect(),
            headers: request.headers().clone(),
            body: serde_json::from_slice(request.body()).unwrap_or_default(),
            bytes: request.body().clone(),
            who: Who::default(),
            minor: minor(request.headers()).unwrap_or_default(),
            within: vec![],
        })
    }

    /// The path behind the version.
    pub(crate) fn parts(&self) -> Vec<&str> {
        self.path.iter().skip(1).map(String::as_str).collect()
    }

    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The object in the body.
    pub(crate) fn object(&self, key: &str) -> Option<Object> {
        self.body.get(key)?.as_object().cloned()
    }

    pub(crate) fn agent(request: &Request<Bytes>) -> &str {
        request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default()
    }
}

fn minor(headers: &HeaderMap) -> Option<u16> {
    let version = headers.get("openstack-api-version")?.to_str().ok()?.split_once(' ')?.1;
    version.split_once('.')?.1.parse().ok()
}

fn decode(part: &str) -> String {
    let mut bytes = part.bytes();
    let mut plain = vec![];
    while let Some(byte) = bytes.next() {
        let code = |bytes: &mut std::str::Bytes<'_>| {
            let digits = [bytes.next()?, bytes.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()
        };
        plain.push(if byte == b'%' { code(&mut bytes).unwrap_or(b'%') } else { byte });
    }
    String::from_utf8_lossy(&plain).into_owned()
}
