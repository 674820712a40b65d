//! Lists, looks and watches over a Neutron in memory; the tests' clock jumps.

mod look;
mod search;
mod watch;

use super::*;
use crate::{
    kind::{
        fingerprint,
        marker::Marker,
        request::{Method, Request, service::NETWORK},
    },
    openstack::response::RawResponse,
};
use ::http::{HeaderMap, StatusCode};
use async_trait::async_trait;
use futures::future::join_all;
use parking_lot::MutexGuard;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    task::Wake,
};

/// Networks, and what was asked of them.
#[derive(Default)]
struct NeutronState {
    networks: BTreeMap<String, Value>,
    lists: usize,
    takes: Duration,
    refuses: Option<u16>,
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
        self.state().networks.get_mut(id).unwrap()["mtu"] = json!(9000);
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
        let takes = self.state().takes;
        // What is told is what there is in the middle of it.
        sleep(takes / 2).await;
        let (status, body) = {
            let mut state = self.state();
            state.lists += 1;
            let networks: Vec<_> = state.networks.values().cloned().collect();
            match state.refuses {
                Some(status) => (status, json!({"NeutronError": {"message": "no", "type": "No"}})),
                None => (200, json!({"networks": networks})),
            }
        };
        sleep(takes / 2).await;
        let (status, headers) = (StatusCode::from_u16(status).unwrap(), HeaderMap::new());
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
