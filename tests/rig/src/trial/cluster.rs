//! The API server as a client sees it, whichever it is.

use crate::{
    daemon::POLL,
    error::{Error, Result},
};
use futures::future::try_join_all;
use kube::{
    Api, Client, Config,
    api::{ApiResource, DeleteParams, DynamicObject, ListParams, Patch, PatchParams},
    config::{KubeConfigOptions, Kubeconfig},
    core::GroupVersionKind,
    discovery::{Scope, pinned_kind},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Who applies.
const MANAGER: &str = "kupenstack-try";
/// An API server that is there answers at once.
const FIRST_ANSWER: Duration = Duration::from_secs(10);
const CRDS_ESTABLISHED: Duration = Duration::from_secs(60);

/// A kind's place in the API, and whether its objects are in namespaces.
type Place = (ApiResource, bool);

/// A cluster. Cheap to clone.
#[derive(Clone)]
pub(super) struct Cluster {
    client: Client,
    /// Where it is.
    pub(super) address: String,
    places: Arc<Mutex<BTreeMap<(String, String), Place>>>,
}

fn failed(what: &str, why: &dyn std::fmt::Display) -> Error {
    Error::Command { what: what.to_owned(), why: why.to_string(), log: None }
}

/// The text at a place of an object; empty if there is none.
pub(super) fn text<'a>(object: &'a Value, at: &str) -> &'a str {
    object.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

/// `Network/quickstart`.
pub(super) fn name(object: &Value) -> String {
    format!("{}/{}", text(object, "/kind"), text(object, "/metadata/name"))
}

/// The status of a condition, and its message.
pub(super) fn condition<'a>(object: &'a Value, kind: &str) -> (&'a str, &'a str) {
    let conditions = object.pointer("/status/conditions").and_then(Value::as_array);
    let found = conditions.and_then(|all| all.iter().find(|one| text(one, "/type") == kind));
    found.map_or(("", ""), |one| (text(one, "/status"), text(one, "/message")))
}

impl Cluster {
    /// Connects, whatever proxy the environment names: kube's client knows none here.
    ///
    /// # Errors
    /// The kubeconfig is of no use, or nobody answers.
    pub(super) async fn connect(kubeconfig: Kubeconfig) -> Result<Self> {
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
        let mut config = config.map_err(|why| failed("reading the kubeconfig", &why))?;
        config.proxy_url = None;
        let address = config.cluster_url.to_string().trim_end_matches('/').to_owned();
        let client = Client::try_from(config).map_err(|why| failed("reading the kubeconfig", &why))?;
        let what = format!("asking the API server {address}");
        let asked = tokio::time::timeout(FIRST_ANSWER, client.apiserver_version()).await;
        let seconds = FIRST_ANSWER.as_secs();
        let answered = asked.map_err(|_| failed(&what, &format!("no answer within {seconds} s")))?;
        answered.map_err(|why| failed(&what, &innermost(&why)))?;
        Ok(Self { client, address, places: Arc::default() })
    }

    async fn place(&self, version: &str, kind: &str) -> kube::Result<Place> {
        let key = (version.to_owned(), kind.to_owned());
        let known = |places: &Mutex<BTreeMap<_, Place>>| {
            places.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
        };
        if let Some(place) = known(&self.places) {
            return Ok(place);
        }
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        let found = pinned_kind(&self.client, &GroupVersionKind::gvk(group, version, kind)).await?;
        let place = (found.0, found.1.scope == Scope::Namespaced);
        self.places.lock().unwrap_or_else(PoisonError::into_inner).insert(key, place.clone());
        Ok(place)
    }

    async fn api(&self, object: &Value) -> kube::Result<Api<DynamicObject>> {
        let (resource, namespaced) = self.place(text(object, "/apiVersion"), text(object, "/kind")).await?;
        Ok(match namespaced {
            true => Api::namespaced_with(self.client.clone(), text(object, "/metadata/namespace"), &resource),
            false => Api::all_with(self.client.clone(), &resource),
        })
    }

    /// Server-side apply.
    pub(super) async fn apply(&self, object: &Value) -> Result<()> {
        let apply = async {
            let parameters = PatchParams::apply(MANAGER).force();
            let patch = Patch::Apply(object);
            self.api(object).await?.patch(text(object, "/metadata/name"), &parameters, &patch).await
        };
        apply.await.map(drop).map_err(|why| failed(&format!("applying {}", name(object)), &why))
    }

    /// The object as it is now, if there is one.
    pub(super) async fn get(&self, object: &Value) -> Result<Option<Value>> {
        let get = async { self.api(object).await?.get_opt(text(object, "/metadata/name")).await };
        let found =
            absent_kind(get.await).map_err(|why| failed(&format!("reading {}", name(object)), &why))?;
        Ok(found.flatten().and_then(|found| serde_json::to_value(found).ok()))
    }

    /// All objects of a kind, in all namespaces; none if there is no such kind.
    pub(super) async fn list(&self, version: &str, kind: &str) -> Result<Vec<Value>> {
        let list = async {
            let (resource, _) = self.place(version, kind).await?;
            Api::<DynamicObject>::all_with(self.client.clone(), &resource).list(&ListParams::default()).await
        };
        let found = absent_kind(list.await).map_err(|why| failed(&format!("listing {kind}"), &why))?;
        let typed = |object| {
            let mut object = serde_json::to_value(object).ok()?;
            // Items of a list do not say what they are.
            object
                .as_object_mut()?
                .extend([("apiVersion".to_owned(), json!(version)), ("kind".to_owned(), json!(kind))]);
            Some(object)
        };
        Ok(found.into_iter().flat_map(|list| list.items).filter_map(typed).collect())
    }

    /// Deletes an object; that there is none is fine.
    pub(super) async fn delete(&self, object: &Value) -> Result<()> {
        let delete = async {
            self.api(object).await?.delete(text(object, "/metadata/name"), &DeleteParams::default()).await
        };
        let what = format!("deleting {}", name(object));
        absent_kind(delete.await).map(drop).map_err(|why| failed(&what, &why))
    }

    /// Takes all finalizers off an object, so that its deletion waits for nobody.
    pub(super) async fn let_go(&self, object: &Value) -> Result<()> {
        let patch = Patch::Merge(json!({"metadata": {"finalizers": null}}));
        let let_go = async {
            let name = text(object, "/metadata/name");
            self.api(object).await?.patch(name, &PatchParams::default(), &patch).await
        };
        let what = format!("letting {} go", name(object));
        absent_kind(let_go.await).map(drop).map_err(|why| failed(&what, &why))
    }

    /// Applies CRDs and waits until their kinds are there.
    pub(super) async fn install(&self, crds: &[Value]) -> Result<()> {
        try_join_all(crds.iter().map(|crd| self.apply(crd))).await?;
        let began = Instant::now();
        for crd in crds {
            while self.get(crd).await?.is_none_or(|crd| condition(&crd, "Established").0 != "True") {
                if began.elapsed() > CRDS_ESTABLISHED {
                    return Err(failed("installing the CRDs", &format!("{} is not established", name(crd))));
                }
                tokio::time::sleep(POLL).await;
            }
        }
        Ok(())
    }
}

/// Nothing where neither the object nor its kind is there.
fn absent_kind<T>(answer: kube::Result<T>) -> kube::Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(kube::Error::Discovery(_)) => Ok(None),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(None),
        Err(why) => Err(why),
    }
}

/// The cause that an error hides.
fn innermost(why: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(why.source(), |why| why.source());
    causes.last().map_or_else(|| why.to_string(), ToString::to_string)
}
