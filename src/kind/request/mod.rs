//! The one way to say something to a cloud: values that are built, logged and compared without sending them.

mod body;
mod edit;
pub mod service;

pub use edit::{Edit, Edited};
pub use service::Microversion;

use super::{
    marker,
    sealed::{Desired, Sealed},
};
use secrecy::SecretString;
use serde_json::Value;
use service::Service;
use std::{collections::BTreeMap, fmt, sync::Arc};

/// HTTP methods that OpenStack APIs use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Read.
    Get,
    /// Create or act.
    Post,
    /// Replace, in most services: update.
    Put,
    /// Update.
    Patch,
    /// Delete.
    Delete,
}

impl Method {
    /// The method's name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One request that changes something. Secret values stand beside the body, so that a body can be logged
/// and compared; the transport splices them in.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which service.
    pub service: &'static Service,
    /// What to do.
    pub method: Method,
    /// Path below the versioned endpoint, percent-encoded where it must be: `/networks/<id>`.
    pub path: String,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// JSON body; none for most deletes.
    pub body: Option<Value>,
    /// Bodies to send in its place, in turn, where the service has no address left for the one before.
    pub instead: Vec<Value>,
    /// Secret values by the JSON pointer where they belong in the body.
    pub secrets: BTreeMap<String, SecretString>,
    /// The microversion that the body is written for.
    pub microversion: Option<Microversion>,
    /// What the body is.
    pub content_type: &'static str,
    /// The field that the microversion is needed for, where it is more than the kind always needs.
    pub because: Option<String>,
    /// What the body is made of when it is sent, where it depends on what the object then is.
    pub edit: Option<Box<Edit>>,
    /// Only if the object still has this revision.
    pub revision: Option<u64>,
    /// The API answers it with nothing: an empty answer is the service's word, and not just anybody's.
    pub mute: bool,
}

/// What most bodies are.
const JSON: &str = "application/json";

impl Request {
    /// A request without query, secrets or microversion.
    pub fn new(
        service: &'static Service,
        method: Method,
        path: impl Into<String>,
        body: Option<Value>,
    ) -> Self {
        Self {
            service,
            method,
            path: path.into(),
            query: vec![],
            body,
            instead: vec![],
            secrets: BTreeMap::new(),
            microversion: None,
            content_type: JSON,
            because: None,
            edit: None,
            revision: None,
            mute: false,
        }
    }

    /// A PUT of a list of the object at this path, with these items in and those out.
    pub fn edit(service: &'static Service, path: impl Into<String>, edit: Edit) -> Self {
        Self { edit: Some(Box::new(edit)), ..Self::new(service, Method::Put, path, None) }
    }
}

/// Something to look at before deciding. Answered by a GET or from a list snapshot; a kind can't tell which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// One object.
    Get {
        /// Path below the versioned endpoint.
        path: String,
    },
    /// Every object of a collection that `keep` accepts, all pages.
    List {
        /// Path below the versioned endpoint.
        path: String,
        /// Query parameters: fields to return, never a filter made from the spec, which may have changed; but for what is looked
        /// for by what the spec says of it.
        query: Vec<(String, String)>,
        /// Key of the array in the answer: `networks`.
        items: &'static str,
        /// Which of them matter.
        keep: Keep,
    },
    /// One object of another service, with that service's lowest microversion.
    OtherService {
        /// Which service.
        service: &'static Service,
        /// Path below the versioned endpoint.
        path: String,
    },
    /// The same of a collection of another service, as in [`Read::List`].
    OthersList {
        /// Which service.
        service: &'static Service,
        /// Path below the versioned endpoint.
        path: String,
        /// Query parameters.
        query: Vec<(String, String)>,
        /// Key of the array in the answer.
        items: &'static str,
        /// Which of them matter.
        keep: Keep,
    },
    /// One object, compared with what is wanted of it by the one who knows it: where a kind can't see differences itself.
    /// Never answered from a list.
    Compare {
        /// Path below the versioned endpoint.
        path: String,
        /// What is wanted.
        with: Box<Desired>,
    },
}

/// Which items of a list matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Those whose marker has this UID or this owner.
    Marked(marker::Marker),
    /// Those whose field, top-level or by JSON pointer, has this value.
    Equals(&'static str, String),
    /// Those whose fields have these values; null for none.
    Like(Vec<(&'static str, Value)>),
    /// Those whose field names this host, whether one of the two says its domain or not, or the item a back end of it:
    /// `node12.example.org@lvm` of `node12`.
    Host(&'static str, String),
    /// Those that pass a test.
    Passing(Test),
}

/// A test of an item. Two are equal if they are one.
#[derive(Clone)]
pub struct Test(Arc<dyn Fn(&Value) -> bool + Send + Sync>);

impl Test {
    /// By this function.
    pub fn new(passes: impl Fn(&Value) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(passes))
    }
}

impl PartialEq for Test {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Test {}

impl fmt::Debug for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Test")
    }
}

impl Keep {
    /// Does this item matter?
    pub fn accepts(&self, item: &Value) -> bool {
        match self {
            Self::Marked(wanted) => marker::find(item).is_some_and(|m| m.uid == wanted.uid),
            Self::Equals(field, value) => {
                item.get(field).or_else(|| item.pointer(field)).and_then(Value::as_str) == Some(value)
            }
            Self::Like(fields) => {
                fields.iter().all(|(field, value)| item.get(field).unwrap_or(&Value::Null) == value)
            }
            Self::Host(field, host) => {
                item.get(field).and_then(Value::as_str).is_some_and(|named| is_host(named, host))
            }
            Self::Passing(Test(passes)) => passes(item),
        }
    }
}

/// Do both name one host? The domain counts only where both say one.
fn is_host(named: &str, host: &str) -> bool {
    let named = named.split_once('@').map_or(named, |(host, _)| host);
    let begins = |whole: &str, part: &str| whole.strip_prefix(part).is_some_and(|rest| rest.starts_with('.'));
    named == host
        || (!host.contains('.') && begins(named, host))
        || (!named.contains('.') && begins(host, named))
}

/// What came back for a [`Read`].
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The body.
    Body(Value),
    /// The accepted items of all pages.
    Items(Vec<Value>),
    /// The object, with how it differs from what is wanted, and what of it must not be seen.
    Compared {
        /// The body.
        body: Value,
        /// Connection values.
        sealed: Sealed,
    },
    /// The right service said 404 to a valid token.
    Gone,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_host_is_known_with_and_without_its_domain_and_by_its_back_ends() {
        let is =
            |named: &str, host: &str| Keep::Host("host", host.to_owned()).accepts(&json!({"host": named}));
        for named in ["node1", "node1.a.example", "node1@lvm", "node1.a.example@lvm#pool"] {
            assert!(is(named, "node1"), "{named}");
        }
        assert!(is("node1", "node1.a.example"));
        for (named, host) in
            [("node12", "node1"), ("node1.b.example", "node1.a.example"), ("", "node1"), ("node", "node1")]
        {
            assert!(!is(named, host), "{named} {host}");
        }
    }
}
