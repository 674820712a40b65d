//! Requests to the API server as one ServiceAccount, on objects as JSON. May use `discovery` for the paths of kinds.

use super::{
    discovery::{Discovery, Resource},
    error::Error,
};
use crate::release::manifest::Identity;
use http::{Method, header::CONTENT_TYPE};
use kube::Client;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::sync::OnceCell;

/// Longest that one request may take: the client itself would repeat an overloaded server's 429 and 503 for minutes.
const PATIENCE: Duration = Duration::from_secs(30);
/// The field manager of what is applied: Helm's own, so that a person's `helm upgrade` finds no conflict.
const MANAGER: &str = "helm";

/// One object of the API server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// Namespace; for a cluster-scoped kind it is not looked at.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl Address {
    /// Where an object lies, as it says itself; `namespace` unless it says another one.
    pub fn of(object: &Value, namespace: &str) -> Self {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let own = text("/metadata/namespace");
        Self {
            api_version: text("/apiVersion").to_owned(),
            kind: text("/kind").to_owned(),
            namespace: if own.is_empty() { namespace } else { own }.to_owned(),
            name: text("/metadata/name").to_owned(),
        }
    }

    /// An object of a manifest.
    pub fn from_identity(identity: &Identity, namespace: &str) -> Self {
        let own = identity.namespace.as_deref().unwrap_or(namespace);
        Self::at(&identity.api_version, &identity.kind, own, &identity.name)
    }

    /// An object of the core group's `v1`.
    pub fn core(kind: &str, namespace: &str, name: &str) -> Self {
        Self::at("v1", kind, namespace, name)
    }

    /// A Job.
    pub fn job(namespace: &str, name: &str) -> Self {
        Self::at("batch/v1", "Job", namespace, name)
    }

    fn at(api_version: &str, kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    /// `Secret/keystone-etc`, as statuses name objects.
    pub fn text(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }
}

/// How a deletion treats what an object owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Propagation {
    /// The object goes last.
    Foreground,
    /// The object goes at once, what it owns afterwards.
    Background,
}

/// The API server, as seen by one ServiceAccount.
pub struct ApiServer {
    client: Client,
    account: String,
    discovery: Discovery,
    version: OnceCell<String>,
}

impl ApiServer {
    /// Through a client that acts as this account (`namespace/name`, for messages).
    pub fn new(client: Client, account: String) -> Arc<Self> {
        Arc::new(Self { client, account, discovery: Discovery::default(), version: OnceCell::new() })
    }

    /// The account, `namespace/name`.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The client, for watches.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// What the API server calls a kind, and where its objects lie.
    ///
    /// # Errors
    /// It does not know the kind, or does not answer.
    pub async fn resource(&self, api_version: &str, kind: &str) -> Result<Resource, Error> {
        if let Some(known) = self.discovery.known(api_version, kind) {
            return Ok(known);
        }
        let path = Discovery::path(api_version);
        let list = self.request("get", api_version, Method::GET, &path, None, "").await;
        let list = match list {
            Err(error) if error.code() == Some(404) => Value::Null,
            other => other?,
        };
        self.discovery.learn(api_version, &list);
        let unknown = || Error::UnknownKind { api_version: api_version.to_owned(), kind: kind.to_owned() };
        self.discovery.known(api_version, kind).ok_or_else(unknown)
    }

    async fn place(&self, address: &Address) -> Result<(String, String), Error> {
        let resource = self.resource(&address.api_version, &address.kind).await?;
        let path = format!("{}/{}", resource.path(&address.api_version, &address.namespace), address.name);
        Ok((path, format!("{} {}", resource.plural, address.name)))
    }

    /// Reads an object; `None` if there is none.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn get(&self, address: &Address) -> Result<Option<Value>, Error> {
        let (path, what) = self.place(address).await?;
        absent(self.request("get", &what, Method::GET, &path, None, "").await)
    }

    /// Reads all objects of a kind in a namespace that carry a label selector.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn list(&self, of: &Address, selector: &str) -> Result<Vec<Value>, Error> {
        let resource = self.resource(&of.api_version, &of.kind).await?;
        let selector: String = url::form_urlencoded::byte_serialize(selector.as_bytes()).collect();
        let path = format!("{}?labelSelector={selector}", resource.path(&of.api_version, &of.namespace));
        let mut answer = self.request("list", &resource.plural, Method::GET, &path, None, "").await?;
        let items = answer.get_mut("items").map(Value::take);
        let typed = |mut item: Value| {
            // Items of a list leave both out.
            if let Some(fields) = item.as_object_mut() {
                fields.insert("apiVersion".to_owned(), json!(of.api_version));
                fields.insert("kind".to_owned(), json!(of.kind));
            }
            item
        };
        Ok(match items {
            Some(Value::Array(items)) => items.into_iter().map(typed).collect(),
            Some(_) | None => vec![],
        })
    }

    /// Creates an object.
    ///
    /// # Errors
    /// There is one of that name (a conflict), or the API server refused or did not answer.
    pub async fn create(&self, address: &Address, object: &Value) -> Result<Value, Error> {
        let resource = self.resource(&address.api_version, &address.kind).await?;
        let path = resource.path(&address.api_version, &address.namespace);
        let what = format!("{} {}", resource.plural, address.name);
        self.request("create", &what, Method::POST, &path, Some(object), JSON).await
    }

    /// Replaces an object, the version of it that the new one names.
    ///
    /// # Errors
    /// It changed meanwhile (a conflict), or the API server refused or did not answer.
    pub async fn replace(&self, address: &Address, object: &Value) -> Result<Value, Error> {
        let (path, what) = self.place(address).await?;
        self.request("update", &what, Method::PUT, &path, Some(object), JSON).await
    }

    /// Merges fields into an object.
    ///
    /// # Errors
    /// There is none, or the API server refused or did not answer.
    pub async fn merge(&self, address: &Address, fields: &Value) -> Result<Value, Error> {
        let (path, what) = self.place(address).await?;
        self.request("patch", &what, Method::PATCH, &path, Some(fields), "application/merge-patch+json").await
    }

    /// Applies an object as Helm does, taking fields that others own. A dry run changes nothing and returns what would be.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn apply(&self, address: &Address, object: &Value, dry_run: bool) -> Result<Value, Error> {
        let dry = if dry_run { "&dryRun=All" } else { "" };
        self.apply_as(MANAGER, address, object, dry).await
    }

    /// Applies a part of an object that is another's, as a field manager of its own. With its UID none is made anew.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn apply_part(&self, manager: &str, address: &Address, part: &Value) -> Result<Value, Error> {
        self.apply_as(manager, address, part, "").await
    }

    async fn apply_as(
        &self,
        manager: &str,
        address: &Address,
        object: &Value,
        dry: &str,
    ) -> Result<Value, Error> {
        let (path, what) = self.place(address).await?;
        let path = format!("{path}?fieldManager={manager}&force=true{dry}");
        self.request("patch", &what, Method::PATCH, &path, Some(object), "application/apply-patch+yaml").await
    }

    /// Deletes an object, just this one if its UID is given; returns it if it goes later, after what it owns.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn delete(
        &self,
        address: &Address,
        uid: Option<&str>,
        propagation: Propagation,
    ) -> Result<Option<Value>, Error> {
        let (path, what) = self.place(address).await?;
        let propagation = match propagation {
            Propagation::Foreground => "Foreground",
            Propagation::Background => "Background",
        };
        let mut options =
            json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation});
        if let (Some(fields), Some(uid)) = (options.as_object_mut(), uid) {
            fields.insert("preconditions".to_owned(), json!({"uid": uid}));
        }
        let answer =
            absent(self.request("delete", &what, Method::DELETE, &path, Some(&options), JSON).await)?;
        Ok(answer.filter(|object| object.pointer("/metadata/deletionTimestamp").is_some()))
    }

    /// The last lines of a container's log.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn log(&self, pod: &Address, container: &str) -> Result<String, Error> {
        let (path, what) = self.place(pod).await?;
        let path = format!("{path}/log?container={container}&tailLines=5&limitBytes=4096");
        let request = http::Request::builder().uri(path).body(vec![]).map_err(unsendable)?;
        let answer = tokio::time::timeout(PATIENCE, self.client.request_text(request)).await;
        self.answered("get", &format!("log of {what}"), answer)
    }

    /// The API server's version: `v1.36.3`.
    ///
    /// # Errors
    /// The API server refused, for instance that we act as this account, or did not answer.
    pub async fn version(&self) -> Result<String, Error> {
        let answer = self.request("get", "version", Method::GET, "/version", None, "").await?;
        Ok(answer.get("gitVersion").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// The same, asked for once: it is a part of what releases are made from, and may be a little old.
    ///
    /// # Errors
    /// As [`Self::version`].
    pub async fn version_once(&self) -> Result<String, Error> {
        self.version.get_or_try_init(|| self.version()).await.cloned()
    }

    /// Sends a request whose path and body are given, to whatever lies below `/api` and `/apis`.
    ///
    /// # Errors
    /// The API server refused or did not answer.
    pub async fn pass_on(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Error> {
        let (verb, content_type) = match method {
            Method::GET => ("get", ""),
            Method::POST => ("create", JSON),
            Method::PUT => ("update", JSON),
            Method::PATCH => ("patch", "application/merge-patch+json"),
            _ => ("delete", JSON),
        };
        let what = path.trim_start_matches('/').to_owned();
        self.request(verb, &what, method, path, body, content_type).await
    }

    async fn request(
        &self,
        verb: &'static str,
        what: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
        content_type: &str,
    ) -> Result<Value, Error> {
        let mut request = http::Request::builder().method(method).uri(path);
        if body.is_some() {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let request = request.body(bytes).map_err(unsendable)?;
        let answer = tokio::time::timeout(PATIENCE, self.client.request(request)).await;
        self.answered(verb, what, answer)
    }

    fn answered<T>(
        &self,
        verb: &'static str,
        what: &str,
        answer: Result<Result<T, kube::Error>, tokio::time::error::Elapsed>,
    ) -> Result<T, Error> {
        match answer {
            Ok(answer) => answer.map_err(|source| Error::api(&self.account, verb, what, source)),
            Err(_) => Err(Error::Timeout { verb, what: what.to_owned() }),
        }
    }
}

const JSON: &str = "application/json";

fn unsendable(error: http::Error) -> Error {
    Error::Form { what: "a request".to_owned(), why: error.to_string() }
}

/// `None` for an object that does not exist.
fn absent(answer: Result<Value, Error>) -> Result<Option<Value>, Error> {
    match answer {
        Err(error) if error.code() == Some(404) => Ok(None),
        other => other.map(Some),
    }
}
