//! Workers, with kinds of the tests' own.

use super::*;
use crate::{
    api::meta,
    kind::{
        Info, Kind, MarkerPlace, Ready, Seen,
        any::{AnyKind, Erased},
        failure::Class,
        request::service::NETWORK,
        rest::Rest,
    },
    kinds::{KINDS, network::network::Network},
    runtime::testing::scripted::Harness as Bench,
};
use prometheus_client::{encoding::text::encode, registry::Registry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A kind whose author made a mistake.
struct Broken;

#[derive(Default, Serialize, Deserialize, JsonSchema)]
struct Nothing {}

impl Kind for Broken {
    type Parameters = Nothing;
    type Observation = Nothing;
    const INFO: Info = Info {
        kind: "Broken",
        plural: "brokens",
        short: "osbrkn",
        marker: MarkerPlace::None,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest::plain("brokens", "broken"));

    fn ready(_: &Nothing, _: &Seen<'_, Self>) -> Ready {
        panic!("a mistake")
    }
}

const PACE: WorkerLimits =
    WorkerLimits { poll: Duration::from_secs(60), min_poll: Duration::from_secs(1), rate: 10 };

#[tokio::test(start_paused = true)]
async fn rt_4_a_panic_ends_one_pass_and_is_counted_and_the_others_go_on() {
    let kinds: Vec<Box<dyn AnyKind>> =
        vec![Box::new(Erased::<Broken>::new()), Box::new(Erased::<Network>::new())];
    let mut bench = Bench::new(Box::leak(Box::new(kinds)));
    let mut registry = Registry::default();
    Arc::get_mut(&mut bench.provider).unwrap().metrics =
        Arc::new(crate::runtime::telemetry::metrics::Metrics::new(&mut registry));
    let named = json!({"annotations": {(meta::EXTERNAL_NAME): "i"}, "finalizers": [meta::FINALIZER]});
    let (broken, sound) = (bench.key("network.Broken", "b"), bench.key("network.Network", "n"));
    for key in [&broken, &sound] {
        bench.put(key, named.clone(), json!({"forProvider": {}}));
    }
    let network = json!({"network": {"id": "i", "status": "ACTIVE"}});
    let look = || bench.cloud.answers("GET /brokens/i", json!({"broken": {"id": "i"}}));
    look();
    bench.provider.queue.add(broken);
    let working = tokio::spawn(work(bench.provider.clone(), PACE));
    tokio::time::sleep(Duration::from_millis(500)).await;
    look();
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.cloud.answers("GET /networks/i", network);
    bench.provider.queue.add(sound.clone());
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(bench.says(&sound, "Ready").starts_with("True"));
    assert_eq!(bench.cloud.asked().len(), 3, "the broken one is tried again, with backoff");
    bench.provider.queue.close();
    working.await.unwrap();
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    let line =
        r#"controller_runtime_reconcile_panics_total{controller="managed/broken.network.kupenstack.io"} 2"#;
    assert!(text.lines().any(|l| l == line), "{text}");
}

#[tokio::test]
async fn rt_5_polls_are_spread_by_a_tenth_around_the_resources_own_interval_or_the_providers() {
    let bench = Bench::new(KINDS.as_slice());
    let key = bench.key("network.Network", "n");
    for (own, jitter, seconds) in [
        ("", 0.0, 54.0),
        ("", 0.5, 60.0),
        ("", 1.0, 66.0),
        ("10m", 0.0, 540.0),
        ("10m", 1.0, 660.0),
        ("1ms", 0.5, 1.0),
        ("3000000000000000h", 0.0, 0.9 * 604_800.0),
        ("soon", 0.5, 60.0),
    ] {
        bench.put(&key, json!({"annotations": {(meta::POLL_INTERVAL): own}}), json!({"forProvider": {}}));
        bench.clock.chance(jitter);
        let clock = bench.provider.clock.clone();
        let workers = Workers {
            reconciler: bench.provider.clone(),
            limits: PACE,
            failing: Mutex::new(Backoffs::new(clock.clone())),
            settling: Mutex::new(Backoffs::new(clock)),
        };
        assert!(
            (workers.poll(&key).as_secs_f64() - seconds).abs() < 0.01,
            "{own} {jitter}: {:?}",
            workers.poll(&key)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn run_5_what_is_under_way_is_finished_and_nothing_new_is_begun() {
    let bench = Bench::new(KINDS.as_slice());
    let (first, second) = (bench.key("network.Network", "a"), bench.key("network.Network", "b"));
    for key in [&first, &second] {
        bench.put(key, json!({}), json!({"forProvider": {}}));
    }
    bench.cloud.slow(Duration::from_secs(20));
    bench.cloud.answers("POST /networks", json!({"network": {"id": "i", "status": "ACTIVE"}}));
    bench.provider.queue.add(first.clone());
    let working = tokio::spawn(work(bench.provider.clone(), PACE));
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.provider.queue.add_after(second.clone(), Duration::from_secs(2));
    bench.provider.queue.close();
    tokio::time::timeout(Duration::from_secs(25), working).await.unwrap().unwrap();
    assert!(bench.says(&first, "Ready").starts_with("True"), "and it is written down");
    assert_eq!(bench.says(&second, "Ready"), "");
}

#[tokio::test(start_paused = true)]
async fn rt_4_whatever_somebody_writes_as_interval_the_resource_is_reconciled_when_it_changes() {
    let bench = Bench::new(KINDS.as_slice());
    for (name, interval) in [("huge", "3000000000000000h"), ("beyond", "5000000000000000h")] {
        let key = bench.key("network.Network", name);
        let annotations = json!({(meta::EXTERNAL_NAME): name, (meta::POLL_INTERVAL): interval});
        let metadata = json!({"annotations": annotations, "finalizers": [meta::FINALIZER]});
        bench.put(&key, metadata, json!({"forProvider": {}}));
        let working = tokio::spawn(work(bench.provider.clone(), PACE));
        for round in 1..3 {
            bench.cloud.answers(
                &format!("GET /networks/{name}"),
                json!({"network": {"id": name, "status": "ACTIVE"}}),
            );
            bench.provider.queue.add(key.clone());
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(bench.cloud.asked().len(), 1, "{interval}, round {round}");
        }
        working.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn a_cloud_that_does_not_answer_leaves_places_to_the_others() {
    let rarely = WorkerLimits { poll: Duration::from_secs(3600), ..PACE };
    let bench = Bench::new(KINDS.as_slice());
    let config = "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs";
    let spec = bench.server.get(&format!("{config}/default")).unwrap()["spec"].clone();
    bench.server.put(&format!("{config}/other"), json!({"spec": spec}));
    bench.cloud.slow(Duration::from_secs(20));
    for number in 0..30 {
        let key = bench.key("network.Network", &format!("slow-{number}"));
        bench.put(&key, json!({}), json!({"forProvider": {}}));
        bench.provider.queue.add(key);
    }
    let working = tokio::spawn(work(bench.provider.clone(), rarely));
    tokio::time::sleep(Duration::from_secs(5)).await;
    let quick = bench.key("network.Network", "quick");
    let named = json!({"annotations": {(meta::EXTERNAL_NAME): "i"}, "finalizers": [meta::FINALIZER]});
    bench.put(
        &quick,
        named,
        json!({"forProvider": {}, "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "other"}}),
    );
    bench.cloud.answers("GET /networks/i", json!({"network": {"id": "i", "status": "ACTIVE"}}));
    bench.provider.queue.add(quick.clone());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(bench.says(&quick, "Ready").starts_with("True"), "{}", bench.says(&quick, "Ready"));
    for _ in 0..300 {
        bench.cloud.refuses("POST /networks", Class::Transient);
    }
    tokio::time::sleep(Duration::from_secs(150)).await;
    for number in 0..30 {
        let object = bench.get(&bench.key("network.Network", &format!("slow-{number}"))).unwrap();
        assert!(object.annotation(meta::CREATE_FAILED).is_some(), "{number} has waited in vain");
    }
    working.abort();
}
