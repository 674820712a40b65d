//! A connection as the runtime sees it: reads and requests of `kind` in, answers and failures out, as one ServiceAccount.

use super::{
    api::{Address, ApiServer},
    documents,
    error::Error,
    generated::{self, Wanted},
    nodes::{Login, NodeWatch, Nodes},
    releases::{Releases, Steps},
    rights,
    route::{NodePart, Part, Route},
    tools::Tools,
    view::{Interest, View, Watcher},
};
use crate::kind::{
    cloud::{Cloud, CloudInfo},
    failure::Failure,
    flow::{Flow, Progress},
    request::{Answer, Method, Microversion, Read, Request, service::Service},
    rest::listing::{Look, Subscription},
};
use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use std::{collections::HashMap, sync::Arc, task::Waker, time::Duration};
use tokio::time::Instant;

/// Watches of a namespace that nobody needed for this long are dropped.
const IDLE: Duration = Duration::from_secs(600);

/// Where a request to OpenStack carries its login, a `clouds.yaml`, among its secrets.
const LOGIN: &str = "/login";

/// What one ServiceAccount may see and do: this backend's [`Cloud`].
pub struct AccountCloud {
    api: Arc<ApiServer>,
    tools: Arc<Tools>,
    /// The account's own namespace.
    namespace: String,
    info: CloudInfo,
    namespaces: Mutex<HashMap<String, Namespace>>,
    node_watch: NodeWatch,
}

struct Namespace {
    used: Instant,
    releases: Arc<Releases>,
}

/// A watch on something that was compared.
struct Watched {
    releases: Arc<Releases>,
    /// The release, if it is one.
    name: Option<String>,
    watcher: Watcher,
}

impl Subscription for Watched {
    fn unchanged(&self, _: Option<Instant>) -> bool {
        let expired = self.name.as_ref().is_some_and(|name| self.releases.has_expired(name));
        self.releases.view().is_live() && !self.watcher.has_changed() && !expired
    }
}

impl AccountCloud {
    /// Looks whether we may act as the account, and whether there is one.
    ///
    /// # Errors
    /// We may not, or there is none.
    pub async fn open(
        api: Arc<ApiServer>,
        tools: Arc<Tools>,
        namespace: &str,
        name: &str,
    ) -> Result<Arc<Self>, Error> {
        // Everybody may read the version: a refusal is one of the impersonation.
        api.version().await?;
        match api.get(&Address::core("ServiceAccount", namespace, name)).await {
            Ok(None) => {
                return Err(Error::Refused(format!(
                    "ServiceAccount {} does not exist: the ProviderConfig's spec.serviceAccountRef names it",
                    api.account()
                )));
            }
            // An account that may not read accounts can still be one.
            Ok(Some(_)) | Err(Error::Forbidden { .. }) => {}
            Err(error) => return Err(error),
        }
        let (info, namespaces, node_watch) = (CloudInfo::UNKNOWN, Mutex::default(), NodeWatch::default());
        Ok(Arc::new(Self { api, tools, namespace: namespace.to_owned(), info, namespaces, node_watch }))
    }

    fn releases(&self, namespace: &str) -> Arc<Releases> {
        let now = Instant::now();
        let mut all = self.namespaces.lock();
        all.retain(|_, one| {
            now.duration_since(one.used) < IDLE || one.releases.view().changes().is_watched()
        });
        let make = || {
            let view = View::new(self.api.clone(), namespace);
            let releases = Releases::new(self.api.clone(), self.tools.clone(), view, namespace);
            Namespace { used: now, releases }
        };
        let one = all.entry(namespace.to_owned()).or_insert_with(make);
        one.used = now;
        one.releases.clone()
    }

    async fn answer(&self, read: &Read) -> Result<Answer, Error> {
        let (path, with) = match read {
            Read::Get { path } | Read::OtherService { path, .. } => (path, None),
            Read::List { path, items, keep, .. } | Read::OthersList { path, items, keep, .. } => {
                let mut body = self.api.pass_on(http::Method::GET, path, None).await?;
                let all = body.get_mut(*items).map(Value::take);
                let Some(Value::Array(all)) = all else { return Ok(Answer::Items(vec![])) };
                return Ok(Answer::Items(all.into_iter().filter(|item| keep.accepts(item)).collect()));
            }
            Read::Compare { path, with } => (path, Some(with)),
        };
        match (Route::parse(path)?, with) {
            (Route::Release { namespace, name, part: Part::Record }, Some(with)) => {
                self.releases(namespace).compare(name, with).await
            }
            (Route::Generated { namespace, name }, Some(_)) => {
                self.releases(namespace).view().watch(&[].into()).await?;
                generated::compare(&self.api, namespace, name).await
            }
            (Route::Document { namespace, name }, Some(with)) => {
                let wanted = documents::Wanted::read(&with.body)?;
                self.tools.documents.compare(namespace, name, &wanted).await
            }
            (Route::Node { name, part: NodePart::Whole }, Some(with)) => {
                let namespace = with.body.get("namespace").and_then(Value::as_str).unwrap_or_default();
                self.nodes().compare(name, with, &self.releases(namespace)).await
            }
            (Route::Plain(path), None) => {
                self.api.pass_on(http::Method::GET, path, None).await.map(Answer::Body)
            }
            _ => Err(nothing(path)),
        }
    }

    async fn perform(&self, request: &Request) -> Result<Value, Error> {
        let nowhere = || nothing(&format!("{} {}", request.method, request.path));
        match Route::parse(&request.path)? {
            Route::Release { namespace, name, part } => {
                let steps = Steps(self.releases(namespace));
                match (part, request.method) {
                    (Part::Record, Method::Post) => steps.create(name, request).await,
                    (Part::Record, Method::Put) => steps.upgrade(name, request).await,
                    (Part::Record, Method::Patch) => steps.settle(name, request).await,
                    (Part::Record, Method::Delete) => steps.sweep(name, request).await,
                    (Part::Early { kind, object }, Method::Post) => steps.prepare(name, kind, object).await,
                    (Part::Job(job), Method::Post) => steps.run(name, job).await,
                    (Part::Job(job), Method::Delete) => steps.clear(name, job).await,
                    (Part::Migration, Method::Post) => steps.migrate(name, request).await,
                    (Part::Objects, Method::Post) => steps.apply(name).await,
                    (Part::Objects, Method::Delete) => steps.remove(name).await,
                    _ => return Err(nowhere()),
                }?;
                Ok(json!({"id": name}))
            }
            Route::Generated { namespace, name } => {
                let (api, wanted) = (&self.api, Wanted::read(request.body.as_ref().unwrap_or(&json!({})))?);
                match request.method {
                    Method::Post => generated::create(api, namespace, name, &wanted).await,
                    Method::Put => generated::update(api, namespace, name, &wanted).await,
                    Method::Delete => generated::delete(api, namespace, name).await.map(|()| Value::Null),
                    Method::Get | Method::Patch => Err(nowhere()),
                }
            }
            Route::Document { namespace, name } => match request.method {
                Method::Post => self.read_document(namespace, name, request).await,
                Method::Delete => {
                    self.tools.documents.forget(namespace, name);
                    Ok(Value::Null)
                }
                Method::Get | Method::Put | Method::Patch => Err(nowhere()),
            },
            Route::Node { name, part } => match (part, request.method) {
                (NodePart::Whole, Method::Post) => self.nodes().enrol(name, request).await,
                (NodePart::Labels, Method::Put) => self.nodes().label(name, request).await,
                (NodePart::Labels, Method::Delete) => self.nodes().unlabel(name).await,
                (NodePart::Restarts, Method::Post) => self.nodes().restart(name, request).await,
                (NodePart::Whole, Method::Delete) => self.nodes().release(name).await,
                _ => Err(nowhere()),
            },
            Route::Plain(path) => self.pass_on(path, request).await,
        }
    }

    async fn read_document(&self, namespace: &str, name: &str, request: &Request) -> Result<Value, Error> {
        let wanted = documents::Wanted::read(request.body.as_ref().unwrap_or(&json!({})))?;
        self.tools.documents.begin(namespace, name, &wanted).await
    }

    fn nodes(&self) -> Nodes<'_> {
        Nodes { api: &self.api, tools: &self.tools }
    }

    /// A request to a service of OpenStack, which carries its login beside its body.
    async fn hand_on(&self, request: &Request) -> Result<Value, Failure> {
        let mut request = request.clone();
        let login = request.secrets.remove(LOGIN).and_then(|text| Login::of(&text));
        let no_login = || Error::Gone("the login to the cloud".to_owned());
        login.ok_or_else(no_login)?.connect(&self.tools).await?.send(&request).await
    }

    async fn pass_on(&self, path: &str, request: &Request) -> Result<Value, Error> {
        let form = |why| Error::Form { what: format!("the request {} {path}", request.method), why };
        let body = request.body_with_secrets().map_err(form)?;
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Patch => http::Method::PATCH,
            Method::Delete => http::Method::DELETE,
        };
        self.api.pass_on(method, &with_query(path, &request.query), body.as_ref()).await
    }

    /// What a change of would change the answer to a comparison, and of which release it is, if of one.
    fn interest(&self, path: &str) -> Option<(Arc<Releases>, Interest, Option<String>)> {
        match Route::parse(path).ok()? {
            Route::Release { namespace, name, part: Part::Record } => {
                let releases = self.releases(namespace);
                let interest = releases.interest(name);
                Some((releases, interest, Some(name.to_owned())))
            }
            Route::Generated { namespace, name } => {
                let interest = [("Secret".to_owned(), name.to_owned())].into();
                Some((self.releases(namespace), interest, None))
            }
            // What was read once never changes.
            Route::Release { .. } | Route::Document { .. } | Route::Node { .. } | Route::Plain(_) => None,
        }
    }
}

fn with_query(path: &str, query: &[(String, String)]) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{path}?{query}")
}

fn nothing(what: &str) -> Error {
    Error::Form { what: what.to_owned(), why: "this backend has no such request".to_owned() }
}

#[async_trait]
impl Cloud for AccountCloud {
    async fn read(
        &self,
        _: &'static Service,
        read: &Read,
        _: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        match self.answer(read).await {
            Err(error) if error.code() == Some(404) => Ok(Answer::Gone),
            outcome => Ok(outcome?),
        }
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        // What has types in catalogs is no service of this backend.
        if !request.service.types.is_empty() {
            return self.hand_on(request).await;
        }
        Ok(self.perform(request).await?)
    }

    async fn flow(&self, flow: &Flow, _: &Progress) -> Result<(), Failure> {
        self.perform(&flow.request).await?;
        Ok(())
    }

    fn watch_compared(&self, path: &str, seen: Look, waker: Waker) -> Option<Box<dyn Subscription>> {
        if let Ok(Route::Node { name, part: NodePart::Whole }) = Route::parse(path) {
            return Some(self.node_watch.keep(&self.api, name, seen, waker));
        }
        let (releases, interest, name) = self.interest(path)?;
        let watcher = releases.view().changes().watch(interest, seen.at, waker);
        Some(Box::new(Watched { releases, name, watcher }))
    }

    fn info(&self) -> &CloudInfo {
        &self.info
    }

    async fn describe(&self, _: &[&'static Service]) -> Result<Map<String, Value>, Failure> {
        let version = self.api.version().await?;
        let missing = rights::missing(&self.api, &self.namespace).await?;
        let described = json!({"version": version, "account": self.api.account(), "missing": missing});
        Ok(described.as_object().cloned().unwrap_or_default())
    }
}
