//! Whole providers over an API server in memory: they lead, watch, reconcile, and hand over.

use super::{
    testing::{fake::Fake, lines::Lines, memory_cloud::MemoryCloud, scripted::TestClock},
    *,
};
use crate::{
    api::provider_config::ConfigCrds,
    kind::{
        Info, Kind, Ready, Seen,
        any::{AnyKind, Erased},
        cloud::{Credentials, Given},
        provider::{ConfigFamily, ConfigSpec, Expected},
        request::service::Service,
        rest::Rest,
    },
    kinds::provider::openstack,
    runtime::base::clock::Clock,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::{
    LazyLock,
    atomic::{AtomicBool, Ordering},
};
use tokio::{
    sync::watch::Sender,
    task::JoinHandle,
    time::{sleep, timeout},
};

const SHELF: Service =
    Service { group: "shelf", domain: "toys.example.org", types: &["shelf"], major: 1, project: "Shelf" };

mod reasons;

/// The kind of a provider that has nothing to do with OpenStack.
struct Toy;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
struct ToyParameters {
    /// Its name.
    name: Option<String>,
    /// For people.
    description: Option<String>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct ToyObservation {
    /// Its id.
    id: String,
}

impl Kind for Toy {
    type Parameters = ToyParameters;
    type Observation = ToyObservation;
    const INFO: Info = Info {
        kind: "Toy",
        plural: "toys",
        short: "ostoy",
        about: "A Toy is for playing.",
        docs: "https://toys.example.org",
        ..Info::of(&SHELF)
    };
    const REST: Option<Rest> = Some(Rest::plain("toys", "toy"));

    fn ready(_: &ToyParameters, seen: &Seen<'_, Self>) -> Ready {
        if seen.state.id.is_empty() { Ready::Not("it has no id".to_owned()) } else { Ready::Yes }
    }
}

/// ProviderConfigs that name a region and need no Secret.
static TOY_FAMILY: ConfigFamily = ConfigFamily {
    crds: ConfigCrds {
        group: "toys.example.org",
        categories: &["crossplane", "provider", "toys"],
        about: ["A shelf of one namespace.", "A shelf of all namespaces."],
        columns: &[],
        wide_columns: &[],
        spec: |_| json!({"type": "object", "properties": {"region": {"type": "string"}}}),
        description_key: "shelf",
        description: || json!({"type": "object", "properties": {"place": {"type": "string"}}}),
    },
    read: |spec, home| {
        let text = |field: &str| spec[field].as_str().map(str::to_owned);
        let namespace = home.map(str::to_owned).or_else(|| text("namespace")).unwrap_or_default();
        let given = text("account").map(|name| Given::Account { namespace, name }).unwrap_or_default();
        Ok(ConfigSpec {
            credentials: Credentials { given, region: text("region"), ..Credentials::default() },
            ..ConfigSpec::default()
        })
    },
    expects: Expected { document: "nothing", fields: "nothing" },
};

static TOYS: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| vec![Box::new(Erased::<Toy>::new())]);

fn toys() -> Provider {
    Provider { name: "toys", family: &TOY_FAMILY, kinds: TOYS.as_slice() }
}

fn settings() -> Settings {
    let nowhere = "127.0.0.1:0".parse().unwrap();
    Settings {
        poll: Duration::from_secs(60),
        min_poll: Duration::from_secs(1),
        rate: 10,
        poll_state_metric: Duration::from_secs(5),
        metrics: nowhere,
        health: nowhere,
        leader_election: true,
        installation: None,
        may_refer_to: Box::new(|_| false),
    }
}

/// A provider at work in the namespace `system`.
struct Running {
    cloud: MemoryCloud,
    stop: Sender<bool>,
    ends: JoinHandle<Result<(), Error>>,
}

impl Running {
    fn start(server: &Fake, provider: Provider) -> Self {
        Self::start_with(server, provider, MemoryCloud::default())
    }

    fn start_with(server: &Fake, provider: Provider, cloud: MemoryCloud) -> Self {
        Self::start_by(server, provider, cloud, Arc::new(TestClock::default()))
    }

    fn start_by(server: &Fake, provider: Provider, cloud: MemoryCloud, clock: Arc<dyn Clock>) -> Self {
        let environment = Environment {
            provider,
            backend: Arc::new(cloud.clone()),
            client: server.client(),
            clock,
            metrics: Arc::new(Metrics::new(&mut Registry::default())),
            health: Health::default(),
            pod: Pod { namespace: "system".to_owned(), name: format!("{}-0", provider.name) },
        };
        let (stop, mut stopped) = channel(false);
        let told = async move {
            let _ = stopped.wait_for(|stop| *stop).await;
        };
        Self { cloud, stop, ends: tokio::spawn(operate(settings(), environment, told)) }
    }

    async fn stop(self) {
        self.stop.send_replace(true);
        timeout(Duration::from_secs(30), self.ends).await.unwrap().unwrap().unwrap();
    }
}

/// Puts the CRD and one object of a kind, and the ClusterProviderConfig that it uses.
fn put(server: &Fake, info: &Info, name: &str, config: &str, spec: Value) {
    server.put(
        &format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{}", info.crd_name()),
        json!({"status": {"conditions": [{"type": "Established", "status": "True"}]}}),
    );
    server.put(config, json!({"metadata": {"uid": config, "generation": 1}, "spec": spec}));
    server.put(
        &object_path(info, name),
        json!({"apiVersion": info.api_version(), "kind": info.kind,
            "metadata": {"uid": name, "generation": 1, "creationTimestamp": "2026-11-21T06:00:00Z"},
            "spec": {"forProvider": {"name": name},
                "providerConfigRef": {"kind": "ClusterProviderConfig", "name": "default"}}}),
    );
}

fn object_path(info: &Info, name: &str) -> String {
    format!("/apis/{}/namespaces/team/{}/{name}", info.api_version(), info.plural)
}

fn is_ready(server: &Fake, path: &str) -> bool {
    let conditions = server.get(path).unwrap()["status"]["conditions"].clone();
    conditions.as_array().into_iter().flatten().any(|c| c["type"] == "Ready" && c["status"] == "True")
}

#[test]
fn what_the_first_provider_keeps_has_the_names_it_always_had() {
    let first = openstack();
    assert_eq!(first.package(), "provider-kupenstack");
    assert_eq!(first.lease(), "crossplane-leader-election-provider-kupenstack");
    assert_eq!(first.installation(), "kupenstack-installation");
}

#[tokio::test(start_paused = true)]
async fn a_family_needs_no_secret_and_a_provider_configs_account_is_of_its_own_namespace() {
    let server = Fake::default();
    let own = "/apis/toys.example.org/v1alpha1/namespaces/team/providerconfigs/own";
    let shared = "/apis/toys.example.org/v1alpha1/clusterproviderconfigs/default";
    let spec = json!({"account": "builder", "namespace": "elsewhere"});
    put(&server, &Toy::INFO, "bear", own, spec.clone());
    put(&server, &Toy::INFO, "duck", shared, spec);
    let bear = object_path(&Toy::INFO, "bear");
    let mut object = server.get(&bear).unwrap();
    object["spec"]["providerConfigRef"] = json!({"kind": "ProviderConfig", "name": "own"});
    server.put(&bear, object);
    let provider = Running::start(&server, toys());
    let all = [&bear, &object_path(&Toy::INFO, "duck"), own, shared];
    for _ in 0..120 {
        sleep(Duration::from_secs(1)).await;
        if all.iter().all(|path| is_ready(&server, path)) {
            break;
        }
    }
    for path in all {
        assert!(is_ready(&server, path), "{:#}", server.get(path).unwrap());
    }
    assert_eq!(provider.cloud.accounts(), ["elsewhere/builder", "team/builder"]);
    provider.stop().await;
}

#[tokio::test(start_paused = true)]
async fn two_providers_of_one_namespace_share_nothing_and_each_works_by_its_own_provider_configs() {
    const CLOUD: &str = "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/default";
    const SHELF: &str = "/apis/toys.example.org/v1alpha1/clusterproviderconfigs/default";
    let server = Fake::default();
    let network = openstack().kinds.iter().find(|kind| kind.id() == "network.Network").unwrap().info();
    let secret = json!({"namespace": "s", "name": "c", "key": "k"});
    let spec = json!({"region": "here", "credentials": {"source": "Secret", "secretRef": secret}});
    server.put("/api/v1/namespaces/s/secrets/c", json!({"data": {"k": "eA=="}}));
    put(&server, network, "net", CLOUD, spec);
    put(&server, &Toy::INFO, "bear", SHELF, json!({"region": "nursery"}));

    let (first, second) = (Running::start(&server, openstack()), Running::start(&server, toys()));
    let (net, bear) = (object_path(network, "net"), object_path(&Toy::INFO, "bear"));
    let settled = || is_ready(&server, &net) && is_ready(&server, &bear);
    let counted = |config| server.get(config).unwrap()["status"]["users"] == 1 && is_ready(&server, config);
    for _ in 0..120 {
        sleep(Duration::from_secs(1)).await;
        if settled() && counted(CLOUD) && counted(SHELF) {
            break;
        }
    }
    for path in [&net, &bear, CLOUD, SHELF] {
        assert!(is_ready(&server, path), "{:#}", server.get(path).unwrap());
    }
    assert_eq!(
        (first.cloud.paths(), second.cloud.paths()),
        (vec!["/networks/i0".into()], vec!["/toys/i0".into()])
    );
    assert_eq!(
        (first.cloud.regions(), second.cloud.regions()),
        (vec!["here".into()], vec!["nursery".into()])
    );

    assert_eq!(server.get(CLOUD).unwrap()["status"]["cloud"], json!({"place": "memory"}));
    assert_eq!(server.get(SHELF).unwrap()["status"]["shelf"], json!({"place": "memory"}));
    for (group, used_by) in [("kupenstack.io", "Network"), ("toys.example.org", "Toy")] {
        let usages = server.list(&format!("/apis/{group}/v1alpha1/providerconfigusages"));
        let users: Vec<_> = usages.iter().map(|usage| &usage["resourceRef"]["kind"]).collect();
        assert_eq!(users, [used_by]);
        let config = server.get(if group == "kupenstack.io" { CLOUD } else { SHELF }).unwrap();
        assert_eq!(config["status"]["users"], 1, "{group}");
    }

    let names = |path: &str| -> Vec<String> {
        server
            .list(path)
            .iter()
            .map(|object| object["metadata"]["name"].as_str().unwrap().to_owned())
            .collect()
    };
    const LEASES: &str = "/apis/coordination.k8s.io/v1/namespaces/system/leases";
    let leases = ["kupenstack", "toys"].map(|name| format!("crossplane-leader-election-provider-{name}"));
    assert_eq!(names(LEASES), leases);
    for kind in ["configmaps", "secrets"] {
        let path = format!("/api/v1/namespaces/system/{kind}");
        assert_eq!(names(&path), ["kupenstack-installation", "toys-installation"]);
        let data: Vec<_> = server.list(&path).iter().map(|object| object["data"].clone()).collect();
        assert_ne!(data[0], data[1], "{kind}");
    }

    first.stop().await;
    second.stop().await;
    let holders: Vec<_> =
        server.list(LEASES).iter().map(|lease| lease["spec"]["holderIdentity"].clone()).collect();
    assert_eq!(holders, ["", ""], "both are given up");
}

#[tokio::test(start_paused = true)]
async fn after_a_restore_of_the_api_server_the_provider_begins_anew_and_sees_what_is_changed_then() {
    let server = Fake::default();
    let shared = "/apis/toys.example.org/v1alpha1/clusterproviderconfigs/default";
    put(&server, &Toy::INFO, "bear", shared, json!({}));
    let bear = object_path(&Toy::INFO, "bear");
    let provider = Running::start(&server, toys());
    for _ in 0..100 {
        // Versions that the restored one does not come to for a while.
        server.put("/api/v1/namespaces/other/configmaps/x", json!({}));
    }
    sleep(Duration::from_secs(120)).await;
    assert!(is_ready(&server, &bear));
    server.restore();
    let mut object = server.get(&bear).unwrap();
    object["metadata"]["generation"] = json!(2);
    server.put(&bear, object);
    let ended = timeout(Duration::from_secs(60), provider.ends).await.expect("it ends").unwrap();
    assert!(ended.unwrap_err().to_string().contains("earlier state"));
    let provider = Running::start_with(&server, toys(), provider.cloud);
    sleep(Duration::from_secs(30)).await;
    assert_eq!(server.get(&bear).unwrap()["status"]["observedGeneration"], 2, "the lease is free at once");
    provider.stop().await;
}

/// The first reads of what the installation keeps are refused so often, as before Crossplane has granted the rights.
fn without_rights(server: &Fake, times: usize) {
    for _ in 0..times {
        server.fail("GET /api/v1/namespaces/system/configmaps", 403);
    }
}

#[tokio::test(start_paused = true)]
async fn rights_that_come_after_the_start_are_waited_for_and_what_is_missing_is_said_once() {
    let (server, lines) = (Fake::default(), Lines::default());
    let log = tracing_subscriber::fmt().with_writer(lines.clone()).finish();
    let _guard = tracing::subscriber::set_default(log);
    put(
        &server,
        &Toy::INFO,
        "bear",
        "/apis/toys.example.org/v1alpha1/clusterproviderconfigs/default",
        json!({}),
    );
    without_rights(&server, 12);
    let provider = Running::start(&server, toys());
    sleep(Duration::from_secs(90)).await;
    assert!(is_ready(&server, &object_path(&Toy::INFO, "bear")));
    let said = lines.text();
    let told: Vec<_> =
        said.lines().filter(|line| line.contains("get the installation's ConfigMap")).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    provider.stop().await;
}

#[tokio::test(start_paused = true)]
async fn rights_that_do_not_come_end_the_start_after_two_minutes_and_a_stop_ends_it_at_once() {
    let server = Fake::default();
    without_rights(&server, 1000);
    let began = tokio::time::Instant::now();
    let ended =
        timeout(Duration::from_secs(600), Running::start(&server, toys()).ends).await.unwrap().unwrap();
    let why = ended.unwrap_err().to_string();
    assert!(why.starts_with("cannot get the installation's ConfigMap ("), "{why}");
    assert!((120..130).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    let provider = Running::start(&server, toys());
    sleep(Duration::from_secs(70)).await;
    let asked = tokio::time::Instant::now();
    provider.stop().await;
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    let lease = server.list("/apis/coordination.k8s.io/v1/namespaces/system/leases");
    assert_eq!(lease[0]["spec"]["holderIdentity"], "", "it is given up");
}

/// A clock that breaks the dispatcher's next look at it.
#[derive(Default)]
struct Breaking(TestClock, AtomicBool);

impl Clock for Breaking {
    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }

    fn monotonic(&self) -> tokio::time::Instant {
        assert!(!self.1.swap(false, Ordering::SeqCst), "the clock breaks");
        self.0.monotonic()
    }

    fn jitter(&self) -> f64 {
        self.0.jitter()
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_of_which_a_part_breaks_ends_and_another_takes_over_at_once() {
    let (server, clock) = (Fake::default(), Arc::new(Breaking::default()));
    let info = TOYS[0].info();
    put(&server, info, "a", "/apis/toys.example.org/v1alpha1/clusterproviderconfigs/default", json!({}));
    let running = Running::start_by(&server, toys(), MemoryCloud::default(), clock.clone());
    sleep(Duration::from_secs(5)).await;
    assert!(is_ready(&server, &object_path(info, "a")));
    clock.1.store(true, Ordering::SeqCst);
    let ended = timeout(Duration::from_secs(120), running.ends).await.unwrap().unwrap();
    let why = ended.unwrap_err().to_string();
    assert!(why.ends_with("broke; this is a bug of the provider: beginning anew"), "{why}");
    let lease = server.list("/apis/coordination.k8s.io/v1/namespaces/system/leases");
    assert_eq!(lease[0]["spec"]["holderIdentity"], "", "nothing of it runs any more");
    let next = Running::start(&server, toys());
    put(&server, info, "b", "/apis/toys.example.org/v1alpha1/clusterproviderconfigs/default", json!({}));
    sleep(Duration::from_secs(10)).await;
    assert!(is_ready(&server, &object_path(info, "b")));
    next.stop().await;
}
