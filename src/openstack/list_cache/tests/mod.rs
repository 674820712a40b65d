//! Lists, looks and watches over a Neutron in memory; the tests' clock jumps.

mod changed;
mod look;
mod search;
mod watch;

use super::*;
use crate::{
    kind::{
        fingerprint,
        marker::Marker,
        request::{Method, Request, service::NETWORK},
        rest::incremental::Incremental,
    },
    openstack::response::RawResponse,
};
use ::http::{HeaderMap, StatusCode, header};
use async_trait::async_trait;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use parking_lot::MutexGuard;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    task::Wake,
};

/// Lists of what changed.
const INCREMENTAL: Incremental =
    Incremental { parameter: "changed_since", operator: "", changed: "updated_at", since: None };

/// The service's clock.
#[derive(Clone, Copy)]
struct ServiceClock {
    began: Instant,
    /// What it showed then.
    showed: Timestamp,
    /// Whether answers tell what it shows.
    dates: bool,
}

impl ServiceClock {
    fn now(&self) -> Timestamp {
        self.showed.checked_add(self.began.elapsed()).unwrap()
    }
}

/// Networks, and what was asked of them.
#[derive(Default)]
struct NeutronState {
    networks: BTreeMap<String, Value>,
    lists: usize,
    /// Lists of what changed.
    increments: usize,
    takes: Duration,
    refuses: Option<u16>,
    refuses_increments: Option<u16>,
    /// Where there is none, nobody tells when something changed.
    clock: Option<ServiceClock>,
    /// How far the clock of the node that changes something is behind.
    behind: SignedDuration,
    woken: BTreeSet<String>,
}

#[derive(Clone, Default)]
struct FakeNeutron(Arc<Mutex<NeutronState>>);

impl FakeNeutron {
    /// This many networks of ours, `n0` and so on.
    fn of(networks: usize) -> Self {
        let neutron = Self::default();
        let marker = "[kupenstack:u:o]";
        let network = |n| (format!("n{n}"), json!({"id": format!("n{n}"), "description": marker}));
        neutron.state().networks = (0..networks).map(network).collect();
        neutron.state().takes = Duration::from_millis(100);
        neutron
    }

    fn state(&self) -> MutexGuard<'_, NeutronState> {
        self.0.lock()
    }

    fn lists(&self) -> usize {
        std::mem::take(&mut self.state().lists)
    }

    fn change(&self, id: &str) {
        let mut state = self.state();
        let at = state.clock.map(|clock| clock.now().checked_sub(state.behind).unwrap());
        let network = state.networks.get_mut(id).unwrap();
        network["mtu"] = json!(9000);
        at.into_iter().for_each(|at| network["updated_at"] = json!(at.strftime("%FT%TZ").to_string()));
    }

    fn woken(&self) -> Vec<String> {
        std::mem::take(&mut self.state().woken).into_iter().collect()
    }

    fn cache(&self) -> Arc<ListCache> {
        ListCache::new(Arc::new(self.clone()))
    }

    /// As if its owner had looked just now.
    fn watch(&self, cache: &Arc<ListCache>, id: &str, eager: bool) -> Box<dyn Subscription> {
        let fingerprint = fingerprint::of(&self.state().networks[id]);
        let waker = OwnerWaker(self.clone(), id.to_owned());
        let seen = Look { fingerprint, at: Instant::now() };
        cache.watch(&item(id), seen, eager, Arc::new(waker).into())
    }

    fn watch_all(&self, cache: &Arc<ListCache>, eager: bool) -> Vec<Box<dyn Subscription>> {
        let ids: Vec<_> = self.state().networks.keys().cloned().collect();
        ids.iter().map(|id| self.watch(cache, id, eager)).collect()
    }
}

struct OwnerWaker(FakeNeutron, String);

impl Wake for OwnerWaker {
    fn wake(self: Arc<Self>) {
        self.0.state().woken.insert(self.1.clone());
    }
}

#[async_trait]
impl Transport for FakeNeutron {
    async fn send(&self, request: &Request) -> Result<RawResponse, Error> {
        assert_eq!((request.method, request.path.as_str()), (Method::Get, "/networks"));
        let from = request.query.iter().find(|(key, _)| key == INCREMENTAL.parameter);
        let from = from.map(|(_, from)| from.parse::<Timestamp>().unwrap());
        // What changed is found by an index.
        let takes = if from.is_none() { self.state().takes } else { Duration::from_millis(100) };
        // What is told is what there is in the middle of it.
        sleep(takes / 2).await;
        let (status, body) = {
            let mut state = self.state();
            *(if from.is_some() { &mut state.increments } else { &mut state.lists }) += 1;
            let shown =
                |network: &&Value| from.is_none_or(|from| INCREMENTAL.changed_at(network) >= Some(from));
            let networks: Vec<_> = state.networks.values().filter(shown).cloned().collect();
            match state.refuses.or(state.refuses_increments.filter(|_| from.is_some())) {
                Some(status) => (status, json!({"NeutronError": {"message": "no", "type": "No"}})),
                None => (200, json!({"networks": networks})),
            }
        };
        sleep(takes / 2).await;
        let (status, mut headers) = (StatusCode::from_u16(status).unwrap(), HeaderMap::new());
        if let Some(clock) = self.state().clock.filter(|clock| clock.dates) {
            let date = clock.now().strftime("%a, %d %b %Y %T GMT").to_string();
            headers.insert(header::DATE, date.parse().unwrap());
        }
        Ok(RawResponse { status, headers, body: body.to_string().into_bytes() })
    }
}

fn item(id: &str) -> Item {
    let collection = Collection {
        service: &NETWORK,
        microversion: None,
        path: "/networks".to_owned(),
        query: &[],
        items: "networks",
        singular: "network",
        incremental: Some(INCREMENTAL),
    };
    Item { collection, path: format!("/networks/{id}"), id: id.to_owned() }
}

async fn look(cache: &Arc<ListCache>, numbers: std::ops::Range<usize>) -> Vec<Option<Value>> {
    let looks = numbers.map(|n| async move { cache.look(&item(&format!("n{n}")), None).await });
    join_all(looks).await.into_iter().map(Result::unwrap).collect()
}

async fn pass(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}
