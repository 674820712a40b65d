//! Drift where a service takes long to list everything: lists of what changed tell of it.

use super::{
    examples,
    lifecycle::{cases, need},
    testbed::{TestClock, Testbed},
};
use crate::{
    api::meta::EXTERNAL_NAME,
    kind::{
        cloud::{Cloud as _, CloudInfo},
        fingerprint,
        request::{Answer, Method, Microversion, Read, Request},
        rest::listing::Look,
    },
    openstack::{
        cloud::Connection,
        testing::simulated::{Simulated, Unanswered, Wire},
    },
    source::Sources,
};
use async_trait::async_trait;
use axum::body::Bytes;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Wake,
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long a list of everything takes.
const LONG: Duration = Duration::from_secs(4);
/// How long drift may go unseen.
const SEEN_WITHIN: Duration = Duration::from_secs(15);

/// The way to a cloud that lists slowly.
#[derive(Clone)]
struct Slow {
    cloud: Arc<Mutex<simulator::Cloud>>,
    clock: TestClock,
}

#[async_trait]
impl Wire for Slow {
    async fn exchange(&self, request: ::http::Request<Bytes>) -> Result<::http::Response<Bytes>, Unanswered> {
        let uri = request.uri();
        let changed = ["changes-since=", "updated_at=gte"].iter().any(|asks| uri.to_string().contains(asks));
        if uri.path().ends_with("/detail") && !changed {
            sleep(LONG).await;
        }
        Ok(self.cloud.lock().answer(&request, self.clock.seconds()))
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// An object of an example's kind, looked at with this microversion, is watched in a collection that is slow to list, and changed by
/// somebody else.
async fn is_seen(id: &str, path: &str, microversion: Microversion, change: Value) {
    let (all, cases) = (examples::all(), cases());
    let case = cases.iter().find(|case| case.kind == id).unwrap();
    let (example, testbed) = (examples::of(&all, id), Testbed::new());
    need(&testbed, example, &all, case.beside).await;
    testbed.server.put(&example.path, example.manifest.clone());
    testbed.live(example, &all, None).await;
    let path = format!("{path}/{}", testbed.object(example).unwrap().annotation(EXTERNAL_NAME).unwrap());
    let slow = Slow { cloud: testbed.world.cloud.clone(), clock: testbed.clock };
    let transport = Arc::new(Simulated::login(slow, "demo").await);
    let connection = Connection::over(transport, Sources::default(), CloudInfo::UNKNOWN);
    let kind = examples::kind(id);
    let item = kind.listed(&Read::Get { path: path.clone() }, Some(microversion)).unwrap();
    let Answer::Body(body) = connection.look(&item, None).await.unwrap() else { panic!("no {path}") };
    let seen = Look { fingerprint: fingerprint::of(&body[item.collection.singular]), at: Instant::now() };
    let woken = Arc::new(Woken::default());
    let _subscription = connection.watch(&item, seen, false, woken.clone().into()).unwrap();
    sleep(Duration::from_secs(300)).await;
    assert!(!woken.0.load(Ordering::SeqCst), "{path}: nothing changed");
    let change = Request::new(kind.info().service, Method::Put, path.as_str(), Some(change));
    connection.send(&change).await.unwrap();
    let changed = Instant::now();
    while !woken.0.load(Ordering::SeqCst) {
        assert!(changed.elapsed() <= SEEN_WITHIN, "{path}: not seen");
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changes_in_a_collection_that_is_slow_to_list_is_seen_within_15_s() {
    is_seen("compute.Server", "/servers", Microversion(2, 46), json!({"server": {"name": "other"}})).await;
    is_seen("blockstorage.Volume", "/volumes", Microversion(3, 63), json!({"volume": {"name": "other"}}))
        .await;
}
