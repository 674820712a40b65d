//! The controller against an API server in memory.

use super::*;
use crate::{
    api::meta,
    kind::{
        cloud::{Backend, Cloud, CloudInfo, Credentials},
        failure::{Class, Failure},
        request::{Answer, Microversion, Read, Request, service::Service},
    },
    kinds::provider::{FAMILY, openstack},
    runtime::{
        apiserver::{
            inputs::{Inputs, Notes},
            owner::Owner,
        },
        base::{clock::Fixed, keys::ObjectKey},
        provider_config::credentials::CredentialReader,
        testing::fake::Fake,
    },
};
use async_trait::async_trait;
use serde_json::{Map, Value};
use watcher::Event as E;

const CLUSTER: usize = 1;
const USAGE: usize = 2;
const CONFIG: &str = "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/cloud";
const PCU: &str = "/apis/kupenstack.io/v1alpha1/namespaces/team/providerconfigusages/u1";
const NETWORK: &str = "/apis/network.kupenstack.io/v1alpha1/namespaces/team/networks/net";

/// A cloud whose Keystone says these words, or lets everybody in.
#[derive(Clone, Default)]
struct Door(Arc<Mutex<Option<&'static str>>>, CloudInfo);

#[async_trait]
impl Backend for Door {
    async fn connect(&self, _: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        match *self.0.lock() {
            None => Ok(Arc::new(self.clone())),
            Some(words) => Err(Failure::new(Class::Unauthenticated, "Unauthenticated", words)),
        }
    }
}

#[async_trait]
impl Cloud for Door {
    async fn read(&self, _: &'static Service, _: &Read, _: Option<Microversion>) -> Result<Answer, Failure> {
        Err(Failure::terminal("Nothing", "there is nothing in it"))
    }

    async fn send(&self, _: &Request) -> Result<Value, Failure> {
        Err(Failure::terminal("Nothing", "it takes nothing"))
    }

    fn info(&self) -> &CloudInfo {
        &self.1
    }

    async fn describe(&self, _: &[&'static Service]) -> Result<Map<String, Value>, Failure> {
        Ok(Map::from_iter([("authUrl".to_owned(), json!("http://k/v3"))]))
    }
}

fn checker(fake: &Fake, door: &Door) -> Checker {
    let inputs = Inputs::new(fake.client(), Arc::new(Fixed::default()));
    let credentials = CredentialReader::new(fake.client(), &FAMILY, inputs.clone());
    let (backend, seen) = (Arc::new(door.clone()), Logins::default());
    Checker { credentials, backend, services: vec![], poll: Duration::from_secs(60), seen, inputs }
}

fn controller(fake: &Fake) -> ConfigController {
    behind(fake, &Door::default())
}

fn behind(fake: &Fake, door: &Door) -> ConfigController {
    let clock = Arc::new(Fixed::default());
    ConfigController::new(clock, Shared::default(), openstack(), checker(fake, door))
}

fn object(fake: &Fake, path: &str) -> DynamicObject {
    serde_json::from_value(fake.get(path).unwrap()).unwrap()
}

fn cloud(fake: &Fake, deleting: bool) {
    let mut config =
        json!({"metadata": {"uid": "c", "finalizers": [meta::IN_USE_FINALIZER]}, "status": {"users": 0}});
    if deleting {
        config["metadata"]["deletionTimestamp"] = json!("2026-11-21T05:00:00Z");
    }
    fake.put(CONFIG, config);
}

fn used(fake: &Fake, deleting: bool) {
    let owner = Owner {
        api_version: "network.kupenstack.io/v1alpha1".into(),
        kind: "Network".into(),
        name: "net".into(),
        uid: "u1".into(),
    };
    let reference = ProviderConfigReference { kind: "ClusterProviderConfig".into(), name: "cloud".into() };
    let mut usage = json!(usage::build(&FAMILY, &owner, "team", &reference));
    if deleting {
        usage["metadata"]["deletionTimestamp"] = json!("2026-11-21T05:00:00Z");
    }
    fake.put(PCU, usage);
}

fn list(controller: &ConfigController, kind: usize, objects: Vec<DynamicObject>) {
    controller.see(kind, E::Init);
    objects.into_iter().for_each(|object| controller.see(kind, E::InitApply(object)));
    controller.see(kind, E::InitDone);
}

/// Lists all kinds, of which only one has an object.
fn list_all(controller: &ConfigController, which: usize, only: &DynamicObject) {
    for kind in 0..KINDS.len() {
        list(controller, kind, if kind == which { vec![only.clone()] } else { vec![] });
    }
}

/// Takes all that is due.
async fn drain(controller: &ConfigController) -> Vec<WorkItem> {
    let mut taken = vec![];
    while controller.queue.due() > 0 {
        let work = controller.queue.next().await.unwrap();
        controller.queue.done(&work);
        taken.push(work);
    }
    taken
}

fn key() -> ConfigKey {
    ConfigKey { kind: "ClusterProviderConfig".into(), namespace: String::new(), name: "cloud".into() }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_done_before_all_three_kinds_were_listed() {
    let fake = Fake::default();
    cloud(&fake, false);
    let controller = controller(&fake);
    list(&controller, CLUSTER, vec![object(&fake, CONFIG)]);
    list(&controller, 0, vec![]);
    assert_eq!(controller.queue.len(), 0);
    list(&controller, USAGE, vec![]);
    let first = [controller.queue.next().await, controller.queue.next().await];
    assert_eq!(first, [Some(WorkItem::Check(key())), Some(WorkItem::Config(key()))]);
}

#[tokio::test]
async fn a_usage_that_the_watch_has_not_seen_still_keeps_its_config() {
    let fake = Fake::default();
    cloud(&fake, true);
    used(&fake, false);
    let controller = controller(&fake);
    list_all(&controller, CLUSTER, &object(&fake, CONFIG));
    controller.look_after(&key()).await.unwrap();
    let config = fake.get(CONFIG).unwrap();
    assert_eq!(config["status"]["users"], 1);
    assert_eq!(config["status"]["conditions"][0]["reason"], "InUse");
    let events = fake.list("/api/v1/namespaces/default/events");
    assert_eq!(events[0]["reason"], "UsageAccounting");
    assert_eq!(events[0]["source"]["component"], "providerconfig/clusterproviderconfig.kupenstack.io");
    fake.remove(PCU);
    controller.look_after(&key()).await.unwrap_err();
    controller.see(CLUSTER, E::Apply(object(&fake, CONFIG)));
    controller.look_after(&key()).await.unwrap();
    assert!(fake.get(CONFIG).is_none());
}

#[tokio::test(start_paused = true)]
async fn pc_8_a_usage_is_reaped_only_when_its_managed_resource_is_gone() {
    let fake = Fake::default();
    used(&fake, true);
    fake.put(NETWORK, json!({"metadata": {"uid": "u1"}}));
    let controller = controller(&fake);
    list_all(&controller, USAGE, &object(&fake, PCU));
    assert_eq!(controller.queue.len(), 1);
    controller.reap("team", "u1").await.unwrap();
    assert!(fake.get(PCU).is_some());
    fake.put(NETWORK, json!({"metadata": {"uid": "another of the same name"}}));
    controller.reap("team", "u1").await.unwrap();
    assert!(fake.get(PCU).is_none());
}

#[tokio::test(start_paused = true)]
async fn users_are_written_when_a_usage_comes_and_nothing_while_nothing_changes() {
    let fake = Fake::default();
    cloud(&fake, false);
    used(&fake, false);
    let controller = controller(&fake);
    list_all(&controller, CLUSTER, &object(&fake, CONFIG));
    controller.look_after(&key()).await.unwrap();
    assert!(fake.calls().is_empty());
    controller.see(USAGE, E::Apply(object(&fake, PCU)));
    controller.look_after(&key()).await.unwrap();
    assert_eq!(fake.get(CONFIG).unwrap()["status"]["users"], 1);
}

#[tokio::test(start_paused = true)]
async fn how_many_wait_for_the_end_of_a_hold_is_told_once_for_all_that_come_together() {
    let fake = Fake::default();
    cloud(&fake, false);
    let controller = controller(&fake);
    list_all(&controller, CLUSTER, &object(&fake, CONFIG));
    tokio::time::advance(COUNT_AFTER).await;
    drain(&controller).await;
    let resource =
        |name: &str| ObjectKey { kind: "network.Network", namespace: "team".into(), name: name.into() };
    for (held, told) in [(true, json!(2)), (false, Value::Null)] {
        for name in ["a", "b"] {
            controller.held.found(&resource(name), held.then(key));
            timeout(Duration::from_millis(10), controller.see_held()).await.unwrap_err();
        }
        assert_eq!(controller.queue.due(), 0, "more may come");
        tokio::time::advance(COUNT_AFTER).await;
        assert_eq!(drain(&controller).await, [WorkItem::Config(key())]);
        controller.look_after(&key()).await.unwrap();
        assert_eq!(fake.get(CONFIG).unwrap()["status"]["held"], told);
        controller.see(CLUSTER, E::Apply(object(&fake, CONFIG)));
        tokio::time::advance(COUNT_AFTER).await;
        drain(&controller).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_controller_waits_for_its_crds_and_stops_when_told() {
    let fake = Fake::default();
    (0..1000).for_each(|_| fake.fail("GET /apis/kupenstack.io", 404));
    let (tell, stop) = watch::channel(false);
    let checker = checker(&fake, &Door::default());
    let running =
        tokio::spawn(run(Arc::new(Fixed::default()), Shared::default(), openstack(), checker, stop));
    tokio::time::sleep(Duration::from_secs(30)).await;
    let tries = fake.calls().len();
    assert!((12..=21).contains(&tries), "{tries}: ever more slowly");
    tell.send_replace(true);
    timeout(Duration::from_secs(1), running).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_login_that_fails_is_told_with_its_words_since_when_and_until_it_works() {
    let fake = Fake::default();
    cloud(&fake, false);
    let mut config = fake.get(CONFIG).unwrap();
    config["spec"]["credentials"] =
        json!({"source": "Secret", "secretRef": {"namespace": "s", "name": "c", "key": "k"}});
    fake.put(CONFIG, config);
    let door = Door::default();
    let controller = behind(&fake, &door);
    list_all(&controller, CLUSTER, &object(&fake, CONFIG));
    let look = async || {
        controller.check(&key()).await.unwrap();
        controller.look_after(&key()).await.unwrap();
        controller.see(CLUSTER, E::Apply(object(&fake, CONFIG)));
        fake.get(CONFIG).unwrap()["status"].clone()
    };
    let missing = look().await;
    let text = missing["conditions"][0]["message"].as_str().unwrap();
    assert!(
        text.starts_with(
            "cannot get credentials secret of ClusterProviderConfig \"cloud\": create it, with a"
        ),
        "{text}"
    );
    assert_eq!(missing["failingSince"], "2026-11-21T06:00:00Z");
    fake.put("/api/v1/namespaces/s/secrets/c", json!({"data": {"k": "eA=="}}));
    *door.0.lock() = Some("the password expired");
    let refused = look().await;
    let condition = &refused["conditions"][0];
    assert_eq!((&condition["type"], &condition["status"]), (&json!("Ready"), &json!("False")));
    assert_eq!(
        (&condition["reason"], &condition["message"]),
        (&json!("Unauthenticated"), &json!("the password expired"))
    );
    *door.0.lock() = None;
    let works = look().await;
    assert_eq!(works["conditions"][0]["reason"], "Authenticated");
    assert_eq!((&works["cloud"]["authUrl"], works.get("failingSince")), (&json!("http://k/v3"), None));
    drop(fake.calls());
    look().await;
    let calls = fake.calls();
    assert!(!calls.is_empty() && calls.iter().all(|call| call.starts_with("GET")), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn a_login_is_looked_at_when_its_config_changes_and_at_every_poll() {
    let fake = Fake::default();
    cloud(&fake, false);
    let controller = controller(&fake);
    list_all(&controller, CLUSTER, &object(&fake, CONFIG));
    let take = async || {
        tokio::time::advance(COUNT_AFTER).await;
        drain(&controller).await
    };
    let (check, config) = (WorkItem::Check(key()), WorkItem::Config(key()));
    assert_eq!(take().await, [check.clone(), config.clone()]);
    controller.see(CLUSTER, E::Apply(object(&fake, CONFIG)));
    assert_eq!(take().await, std::slice::from_ref(&config), "a status of our own is no change of the spec");
    let mut changed = fake.get(CONFIG).unwrap();
    changed["metadata"]["generation"] = json!(7);
    controller.see(CLUSTER, E::Apply(serde_json::from_value(changed).unwrap()));
    assert_eq!(take().await, [check.clone(), config.clone()]);
    controller.check(&key()).await.unwrap();
    assert_eq!(take().await, [config], "what came of it is to be written");
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(take().await, [check]);
}

#[tokio::test(start_paused = true)]
async fn users_that_come_together_are_counted_once_and_a_config_that_is_to_go_does_not_wait() {
    let fake = Fake::default();
    cloud(&fake, false);
    used(&fake, false);
    let controller = controller(&fake);
    list_all(&controller, CLUSTER, &object(&fake, CONFIG));
    tokio::time::advance(COUNT_AFTER).await;
    drain(&controller).await;
    for _ in 0..3 {
        controller.see(USAGE, E::Apply(object(&fake, PCU)));
    }
    assert_eq!(controller.queue.due(), 0, "more may come");
    tokio::time::advance(COUNT_AFTER).await;
    assert_eq!(controller.queue.due(), 1);
    let work = controller.queue.next().await.unwrap();
    controller.queue.done(&work);
    cloud(&fake, true);
    controller.see(CLUSTER, E::Apply(object(&fake, CONFIG)));
    assert!(controller.queue.due() > 0);
}

#[tokio::test(start_paused = true)]
async fn a_login_is_looked_at_when_its_secret_comes_or_changes_and_forgotten_with_its_config() {
    const SECRET: &str = "/api/v1/namespaces/s/secrets/c";
    let fake = Fake::default();
    cloud(&fake, false);
    let mut config = fake.get(CONFIG).unwrap();
    let secret = json!({"namespace": "s", "name": "c", "key": "k"});
    config["spec"] = json!({"credentials": {"source": "Secret", "secretRef": secret}});
    fake.put(CONFIG, config);
    let controller = controller(&fake);
    list_all(&controller, CLUSTER, &object(&fake, CONFIG));
    controller.check(&key()).await.unwrap();
    assert!(controller.checker.last(&key()).unwrap().outcome.is_err());
    for content in ["eA==", "eQ=="] {
        drain(&controller).await;
        fake.put(SECRET, json!({"data": {"k": content}}));
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(drain(&controller).await.contains(&WorkItem::Check(key())));
        controller.check(&key()).await.unwrap();
        assert!(controller.checker.last(&key()).unwrap().outcome.is_ok());
    }
    controller.see(CLUSTER, E::Delete(object(&fake, CONFIG)));
    assert!(drain(&controller).await.contains(&WorkItem::Check(key())));
    controller.check(&key()).await.unwrap();
    assert!(controller.checker.last(&key()).is_none());
}

#[tokio::test]
async fn a_cluster_config_without_a_namespace_for_its_secret_is_refused_and_no_secret_of_who_asks_is_read() {
    let fake = Fake::default();
    fake.put("/api/v1/namespaces/team/secrets/c", json!({"data": {"k": "eA=="}}));
    let reference = ProviderConfigReference { kind: "ClusterProviderConfig".into(), name: "cloud".into() };
    for secret in [json!({"name": "c", "key": "k"}), json!({"name": "c", "key": "k", "namespace": ""})] {
        fake.put(CONFIG, json!({"spec": {"credentials": {"source": "Secret", "secretRef": secret}}}));
        let checker = checker(&fake, &Door::default());
        let used = checker.credentials.of(&reference, "team", &Notes::default()).await;
        let told = checker.credentials.of_config(&reference, "", &Notes::default()).await;
        for why in [used.map(drop).unwrap_err(), told.map(drop).unwrap_err()] {
            assert!(why.to_string().contains("set spec.credentials.secretRef.namespace"), "{why}");
        }
    }
    assert!(fake.calls().iter().all(|call| !call.contains("/secrets/")));
}

#[tokio::test]
async fn a_namespaced_config_reads_secrets_of_its_own_namespace_whatever_it_names() {
    let fake = Fake::default();
    let secret = json!({"namespace": "kube-system", "name": "c", "key": "k"});
    let spec = json!({"credentials": {"source": "Secret", "secretRef": secret}});
    fake.put("/apis/kupenstack.io/v1alpha1/namespaces/team/providerconfigs/p", json!({"spec": spec}));
    let reference = ProviderConfigReference { kind: "ProviderConfig".into(), name: "p".into() };
    let checker = checker(&fake, &Door::default());
    let read = checker.credentials.of(&reference, "team", &Notes::default()).await;
    let why = read.unwrap_err().to_string();
    assert!(why.ends_with("Secret team/c does not exist"), "{why}");
    assert!(fake.calls().iter().all(|call| !call.contains("kube-system")));
}
