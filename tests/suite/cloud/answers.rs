//! Whether an API answers while something is done to its pods: asked ten times a second through its Service.

use super::{
    clouds::{Cloud, claimed},
    stack::kubectl,
};
use crate::world::{cluster::Cluster, rig};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::interval};

/// Ten times a second.
const BETWEEN_REQUESTS: Duration = Duration::from_millis(100);
/// A client gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until it is told to stop, each time by a connection of its own, as clients do that come and go.
pub struct Asker {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<(usize, Vec<String>)>,
}

impl Asker {
    /// Of an API of a cloud: its Service and port, and a path that only a valid token opens.
    pub fn of(cloud: &Cloud, (service, port, path): (&str, u16, &str), token: &str) -> Self {
        let words = ["get", "service", service, "-n", cloud.namespace, "-o", "jsonpath={.spec.clusterIP}"];
        let url = format!("http://{}:{port}{path}", kubectl(&words).trim());
        let (stop, token) = (Arc::new(AtomicBool::new(false)), token.to_owned());
        let told = stop.clone();
        let thread = std::thread::spawn(move || Cluster::connect(rig()).run(ask(url, token, told)));
        Self { stop, thread }
    }

    /// Stops. How often it asked, and what was not answered well: when, and how it went.
    pub fn stop(self) -> (usize, Vec<String>) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

async fn ask(url: String, token: String, stop: Arc<AtomicBool>) -> (usize, Vec<String>) {
    let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(PATIENCE);
    let client = client.build().unwrap();
    let (mut tick, mut asked, began) = (interval(BETWEEN_REQUESTS), JoinSet::new(), Instant::now());
    while !stop.load(Ordering::Relaxed) {
        tick.tick().await;
        let request = client.get(&url).header("x-auth-token", &token).header("x-subject-token", &token);
        let at = began.elapsed();
        asked.spawn(async move {
            let why = match request.send().await {
                Ok(answer) if answer.status().is_success() => return None,
                Ok(answer) => answer.status().to_string(),
                Err(why) => format!("{why:?}"),
            };
            Some(format!("after {:.1} s: {why}", at.as_secs_f64()))
        });
    }
    let answers = asked.join_all().await;
    (answers.len(), answers.into_iter().flatten().collect())
}

/// Keystone's and Glance's APIs, asked by whoever administers the cloud.
pub fn askers(cloud: &Cloud) -> [(&'static str, Asker); 2] {
    let token = cloud.ask("cloud", "token issue -f value -c id");
    [
        ("keystone", Asker::of(cloud, ("keystone-api", 5000, "/v3/auth/tokens"), &token)),
        ("glance", Asker::of(cloud, ("glance-api", 9292, "/v2/images"), &token)),
    ]
}

/// Everything was answered.
pub fn all_answered(askers: [(&'static str, Asker); 2]) {
    let told = askers.map(|(api, asker)| (api, asker.stop()));
    let failed: Vec<_> = told
        .iter()
        .flat_map(|(api, (asked, failures))| {
            failures.iter().map(move |why| format!("{api}, of {asked}: {why}"))
        })
        .collect();
    println!("asked: {:?}", told.iter().map(|(api, (asked, _))| (*api, *asked)).collect::<Vec<_>>());
    assert!(failed.is_empty(), "{} went wrong:\n{}", failed.len(), failed.join("\n"));
    assert!(told.iter().all(|(_, (asked, _))| *asked > 100), "they asked all the time");
}

/// Two of each API, of which one serves while the other is replaced; and each that stops serves on until the nodes lead nobody to it.
pub fn doubled() -> Value {
    let two = json!({"replicas": {"api": 2}, "values": {"pod": {"lifecycle": {"pause_before_stop": 5}}}});
    json!({"keystone": two, "glance": two})
}

/// As they were before. Keystone's maps lose their last entries and stay, of which Crossplane makes nulls.
pub fn single() -> Value {
    json!({"keystone": {"replicas": {"api": null}, "values": {"pod": null}},
        "glance": {"replicas": null, "values": {"pod": null, "conf": null}}})
}

/// Names of the pods of an API that are ready and stay.
fn ready_pods(cloud: &Cloud, application: &str) -> BTreeSet<String> {
    let pods = cloud.objects("pods").into_iter().filter(|pod| {
        let labels = &pod["metadata"]["labels"];
        let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
        labels["application"] == application
            && labels["component"] == "api"
            && pod["metadata"]["deletionTimestamp"].is_null()
            && conditions.into_iter().any(|one| one["type"] == "Ready" && one["status"] == "True")
    });
    pods.map(|pod| pod["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn while_an_options_change_replaces_all_pods_of_two_apis_every_request_through_their_services_is_answered() {
    let cloud = claimed();
    cloud.change(json!({"components": doubled()}));
    let both = || ["keystone", "glance"].map(|api| ready_pods(&cloud, api));
    cloud.wait("doubled", |_| both().iter().all(|pods| pods.len() == 2));
    cloud.ready();
    let before = both();
    let askers = askers(&cloud);
    let size = 255 + std::process::id() % 1000;
    cloud.change(json!({"components": {
        "keystone": {"values": {"conf": {"keystone": {"DEFAULT": {"max_param_size": size}}}}},
        "glance": {"values": {"conf": {"glance": {"DEFAULT": {"limit_param_default": size}}}}},
    }}));
    cloud.wait("with other pods", |_| {
        let now = both();
        now.iter().zip(&before).all(|(now, before)| now.len() == 2 && now.is_disjoint(before))
    });
    cloud.ready();
    all_answered(askers);
    cloud.change(json!({"components": single()}));
    cloud.ready();
}
