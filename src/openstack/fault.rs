//! Error bodies, in the many forms that OpenStack's services have. Pure. May use [`crate::kind`].

use crate::kind::request::service::Service;
use serde_json::Value;

/// Code of a 503 that is a gateway's word for a connection that it lost: the service may have begun.
pub(super) const LOST_UPSTREAM: &str = "LostUpstream";

/// What an error body says.
pub(super) struct Fault {
    /// The service's name for the error: `OverQuota`, `itemNotFound`.
    pub(super) code: Option<String>,
    /// The service's message, as it came.
    pub(super) message: String,
}

impl Fault {
    fn new(code: Option<&str>, message: &str) -> Self {
        Self { code: code.map(str::to_owned), message: message.to_owned() }
    }

    /// Finds the fault in a body, most specific form first.
    pub(super) fn find(body: &Value) -> Option<Self> {
        let object = body.as_object()?;
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        // Magnum, Placement: {"errors": [{"title", "detail", "code"}]}
        if let Some(first) = body.get("errors").and_then(|errors| errors.get(0)) {
            let word = |key: &str| first.get(key).and_then(Value::as_str);
            return word("detail").or(word("title")).map(|message| Self::new(word("code"), message));
        }
        // Neutron {"NeutronError": {"type", "message"}}, Nova and Cinder {"badRequest": {"message"}}, Keystone, Heat {"error": {"message"}}
        let nested = object.iter().find_map(|(name, inner)| {
            let message = ["message", "faultstring"].iter().find_map(|key| inner.get(*key)?.as_str())?;
            let code = inner.get("type").and_then(Value::as_str).unwrap_or(name);
            Some(Self::new(Some(code), message))
        });
        if nested.is_some() {
            return nested;
        }
        if let Some(message) = text("NeutronError") {
            return Some(Self::new(Some("NeutronError"), message));
        }
        // Ironic: JSON inside JSON
        if let Some(inner) = text("error_message") {
            let parsed = serde_json::from_str::<Value>(inner).ok();
            return parsed.and_then(|body| Self::find(&body)).or_else(|| Some(Self::new(None, inner)));
        }
        // Octavia
        if let Some(message) = text("faultstring") {
            return Some(Self::new(text("faultcode"), message));
        }
        // WebOb (Glance), Designate, Barbican {"code", "message"}, Neutron's policy {"type", "message"}
        object.get("code").or(object.get("type"))?;
        let message = text("message").or(text("description")).or(text("explanation")).or(text("title"))?;
        Some(Self::new(text("type").or(text("title")), message))
    }

    /// Does a 404 of this form mean that the object does not exist? Neutron then names its class: `NetworkNotFound`.
    /// `HTTPNotFound` is its code for what policy hides, such as after a lost role, and for paths of an extension that is off.
    /// Seen in neutron 2025.2, `pecan_wsgi/hooks/policy_enforcement.py` and `controllers/root.py`.
    pub(super) fn is_absence(&self, service: &Service) -> bool {
        let hidden = matches!(self.code.as_deref(), None | Some("HTTPNotFound" | "Not Found"));
        !(hidden && service.types.contains(&"network"))
    }
}
