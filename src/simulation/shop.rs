//! A world that is not OpenStack: what is in it is compared, and installed by long requests that may end in the middle.

use super::{
    examples::Example,
    lifecycle::phase,
    points::{Lost, Points},
    testbed::{TestClock, Testbed, World},
};
use crate::{
    api::meta,
    kind::{
        Kind,
        any::{AnyKind, Erased},
        cloud::{Backend, Cloud, CloudInfo, Credentials},
        failure::{Class, Failure},
        flow::{Flow, Progress},
        provider::Provider,
        request::{Answer, Method, Microversion, Read, Request, service::Service},
        sealed::Sealed,
    },
    kinds::provider::openstack,
    runtime::{
        base::keys::ObjectKey,
        testing::{fake::Fake, game::Game},
    },
};
use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

static GAMES: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| vec![Box::new(Erased::<Game>::new())]);

/// Parts of every game.
const PARTS: [&str; 3] = ["board", "pieces", "rules"];

/// What is installed of a game: the version of its record, and those of its parts.
#[derive(Clone, Debug, Default)]
struct Installed {
    version: String,
    parts: BTreeMap<&'static str, String>,
}

impl Installed {
    fn missing(&self) -> Vec<&'static str> {
        PARTS.into_iter().filter(|part| self.parts.get(part) != Some(&self.version)).collect()
    }
}

type Games = Arc<Mutex<BTreeMap<String, Installed>>>;

/// All games, by path.
struct Shop(Games);

impl World for Shop {
    fn provider() -> Provider {
        Provider { kinds: GAMES.as_slice(), ..openstack() }
    }

    fn new(server: &Fake) -> Self {
        let secret = json!({"namespace": "s", "name": "c", "key": "k"});
        server.put(
            "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/default",
            json!({"spec": {"credentials": {"source": "Secret", "secretRef": secret}}}),
        );
        server.put("/api/v1/namespaces/s/secrets/c", json!({"data": {"k": "eA=="}}));
        Self(Arc::default())
    }

    fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().clone())))
    }

    fn backend(&self, points: &Arc<Points>, _: TestClock) -> Arc<dyn Backend> {
        Arc::new(Counter { games: self.0.clone(), points: points.clone() })
    }

    fn content(&self) -> BTreeMap<String, Vec<Value>> {
        let games = self.0.lock();
        let shown = |(path, it): (&String, &Installed)| json!({"path": path, "version": it.version, "parts": it.parts});
        [("games".to_owned(), games.iter().map(shown).collect())].into()
    }
}

/// The way to the games.
#[derive(Clone)]
struct Counter {
    games: Games,
    points: Arc<Points>,
}

impl Counter {
    async fn exchange<T>(
        &self,
        line: &str,
        perform: impl FnOnce(&mut BTreeMap<String, Installed>) -> T,
    ) -> Result<T, Failure> {
        let answered =
            self.points.exchange(&format!("cloud {line}"), || perform(&mut self.games.lock())).await;
        let lost = |class| Failure::new(class, "Lost", "no answer");
        answered.map_err(|why| match why {
            Lost::Cut | Lost::Instead(_) => lost(Class::Unanswered),
            Lost::Refused(_) => lost(Class::Transient),
        })
    }
}

#[async_trait]
impl Backend for Counter {
    async fn connect(&self, _: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        Ok(Arc::new(self.clone()))
    }
}

#[async_trait]
impl Cloud for Counter {
    async fn read(
        &self,
        _: &'static Service,
        read: &Read,
        _: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        let Read::Compare { path, .. } = read else { panic!("{read:?}") };
        let compare = |games: &mut BTreeMap<String, Installed>| match games.get(path) {
            None => Answer::Gone,
            Some(it) => {
                let missing =
                    if it.parts.is_empty() { "all gone".to_owned() } else { it.missing().join(", ") };
                let broken = if missing.is_empty() { "" } else { "not installed" };
                Answer::Compared {
                    body: json!({"version": it.version, "missing": missing, "broken": broken}),
                    sealed: Sealed([("password".to_owned(), "hunter2".into())].into()),
                }
            }
        };
        self.exchange(&format!("COMPARE {path}"), compare).await
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        let Request { method, path, body, .. } = request;
        let version = body.as_ref().and_then(|body| body["version"].as_str()).unwrap_or_default().to_owned();
        let perform = |games: &mut BTreeMap<String, Installed>| match method {
            Method::Post if games.contains_key(path) => {
                let message = "it is there already".to_owned();
                Err(Failure::new(Class::Conflict, "Conflict", message))
            }
            Method::Post | Method::Put => {
                games.entry(path.clone()).or_default().version = version;
                Ok(json!({}))
            }
            Method::Delete => {
                let left = games.remove(path).map(|it| it.parts).unwrap_or_default();
                assert!(left.is_empty(), "{left:?} would be left behind");
                Ok(Value::Null)
            }
            Method::Get | Method::Patch => panic!("{method} {path}"),
        };
        self.exchange(&format!("{method} {path}"), perform).await?
    }

    async fn flow(&self, flow: &Flow, _: &Progress) -> Result<(), Failure> {
        let Request { method, path, .. } = &flow.request;
        let own = path.trim_end_matches("/parts");
        for part in PARTS {
            let one = |games: &mut BTreeMap<String, Installed>| {
                let Some(it) = games.get_mut(own) else { return };
                match method {
                    Method::Delete => drop(it.parts.remove(part)),
                    _ => drop(it.parts.insert(part, it.version.clone())),
                }
            };
            self.exchange(&format!("{method} {path}/{part}"), one).await?;
        }
        Ok(())
    }

    fn info(&self) -> &CloudInfo {
        static UNKNOWN: CloudInfo = CloudInfo::UNKNOWN;
        &UNKNOWN
    }
}

fn chess() -> Example {
    let (kind, path) = (&Game::INFO, "/apis/shop.toys.example.org/v1alpha1/namespaces/default/games/chess");
    let manifest = json!({"apiVersion": kind.api_version(), "kind": kind.kind,
        "metadata": {"uid": "u", "generation": 1, "creationTimestamp": "2026-11-21T06:00:00Z"},
        "spec": {"forProvider": {"version": "1"}, "writeConnectionSecretToRef": {"name": "details"}}});
    let key = ObjectKey { kind: GAMES[0].id(), namespace: "default".into(), name: "chess".into() };
    Example { key, manifest, path: path.to_owned(), own: true }
}

#[tokio::test(start_paused = true)]
async fn what_is_compared_and_installed_by_long_requests_survives_every_trouble_at_every_point() {
    let (testbed, chess) = (Testbed::<Shop>::new(), chess());
    let all = [chess.clone()];
    testbed.server.put(&chess.path, chess.manifest.clone());
    let made = phase("create", &testbed, &chess, &all).await;
    assert_eq!(made.published(&chess), BTreeSet::from(["hunter2".to_owned()]));
    made.change(&chess, |object| object["spec"]["forProvider"]["version"] = json!("2"));
    let changed = phase("change", &made, &chess, &all).await;
    assert_eq!(changed.census()["games"][0]["parts"], json!({"board": "2", "pieces": "2", "rules": "2"}));
    assert_eq!(changed.object(&chess).unwrap().annotation(meta::EXTERNAL_NAME), Some("chess"));
    changed.change(&chess, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    let gone = phase("delete", &changed, &chess, &all).await;
    assert!(gone.object(&chess).is_none() && gone.world.0.lock().is_empty());
}
