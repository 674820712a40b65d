//! Secrets on their way in and out, through the shipped reconciler, an API server and a cloud in memory.

use crate::{
    api::{managed::Managed, meta},
    kind::{
        cloud::{Backend, Cloud, CloudInfo, Credentials},
        failure::{Class, Failure},
        request::{Answer, Method, Microversion, Read, Request, service::Service},
    },
    kinds::{KINDS, provider::openstack},
    runtime::{
        base::{
            clock::{Clock, Fixed},
            keys::ObjectKey,
        },
        managed::reconcile::Reconciler,
        plan::{pass_result::Requeue, state::Memory},
        testing::{fake::Fake, parts},
    },
    simulation::points::{Points, TROUBLES, Trouble},
};
use async_trait::async_trait;
use parking_lot::Mutex;
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};

const SECRETS: &str = "/api/v1/namespaces/a/secrets";

/// Objects by path, as bodies; what was sent, and the secrets beside it.
#[derive(Default)]
struct MemoryCloud {
    objects: Mutex<BTreeMap<String, Value>>,
    sent: Mutex<Vec<String>>,
    secrets: Mutex<BTreeMap<String, String>>,
    points: Mutex<Arc<Points>>,
    /// The next change is performed or not, and never answered.
    silent: Mutex<Option<bool>>,
    /// What is before the service answers the next change with nothing.
    empty: Mutex<bool>,
}

impl MemoryCloud {
    fn perform(&self, request: &Request) -> Result<Value, Failure> {
        let mut objects = self.objects.lock();
        let shown: Vec<_> = request.secrets.keys().map(String::as_str).collect();
        let body = request.body.clone().unwrap_or_default();
        self.sent.lock().push(format!("{} {} {body} {shown:?}", request.method, request.path));
        let secrets =
            request.secrets.iter().map(|(at, value)| (at.clone(), value.expose_secret().to_owned()));
        self.secrets.lock().extend(secrets);
        let Some((key, fields)) = body.as_object().and_then(|body| body.iter().next()) else {
            objects.remove(&request.path);
            return Ok(Value::Null);
        };
        let (at, mut object) = match request.method {
            Method::Post => {
                let name = fields["name"].as_str().unwrap();
                let told = json!({"id": name, "user_id": "me", "enabled": true, "status": "ACTIVE", "key_name": null});
                (format!("{}/{name}", request.path), told)
            }
            _ => (request.path.clone(), objects[&request.path][key].clone()),
        };
        if request.method == Method::Post && objects.contains_key(&at) {
            return Err(Failure::new(Class::Conflict, "Conflict", "it exists"));
        }
        object.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        objects.insert(at, json!({ key: object }));
        Ok(json!({ key: object }))
    }
}

#[async_trait]
impl Cloud for MemoryCloud {
    async fn read(
        &self,
        _: &'static Service,
        read: &Read,
        _: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        let objects = self.objects.lock();
        Ok(match read {
            Read::Get { path } | Read::OtherService { path, .. } => {
                objects.get(path).map_or(Answer::Gone, |body| Answer::Body(body.clone()))
            }
            Read::List { path, keep, .. } | Read::OthersList { path, keep, .. } => {
                let path = path.trim_end_matches("/detail");
                let below = objects.iter().filter(|(at, _)| at.starts_with(path));
                let items = below.flat_map(|(_, body)| body.as_object().unwrap().values());
                Answer::Items(items.filter(|item| keep.accepts(item)).cloned().collect())
            }
            Read::Compare { path, .. } => panic!("{path}: nothing is compared"),
        })
    }

    async fn send(&self, request: &Request) -> Result<Value, Failure> {
        let unanswered = || Err(Failure::new(Class::Unanswered, "TimedOut", "no answer"));
        let silent = self.silent.lock().take();
        if let Some(performed) = silent {
            let _ = performed.then(|| self.perform(request));
            return unanswered();
        }
        if std::mem::take(&mut *self.empty.lock()) {
            return Ok(Value::Null);
        }
        let points = self.points.lock().clone();
        let answered = points.exchange(&format!("cloud {}", request.method), || self.perform(request)).await;
        answered.unwrap_or_else(|_| unanswered())
    }

    fn info(&self) -> &CloudInfo {
        static FACTS: std::sync::LazyLock<CloudInfo> = std::sync::LazyLock::new(CloudInfo::default);
        &FACTS
    }
}

struct MemoryBackend(Arc<MemoryCloud>);

#[async_trait]
impl Backend for MemoryBackend {
    async fn connect(&self, _: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
        Ok(self.0.clone())
    }
}

/// One resource, an API server and a cloud, which outlive the program.
struct Scene {
    kind: &'static str,
    path: String,
    server: Fake,
    cloud: Arc<MemoryCloud>,
    minutes: Mutex<i64>,
}

impl Scene {
    fn new(id: &str, spec: Value) -> Self {
        let kind = KINDS.iter().find(|kind| kind.id() == id).unwrap();
        let info = kind.info();
        let path = format!("/apis/{}/namespaces/a/{}/n", info.api_version(), info.plural);
        let (server, cloud, minutes) = (Fake::default(), Arc::default(), Mutex::new(0));
        let credentials =
            json!({"source": "Secret", "secretRef": {"namespace": "s", "name": "c", "key": "k"}});
        server.put(
            "/apis/kupenstack.io/v1alpha1/clusterproviderconfigs/default",
            json!({"spec": {"credentials": credentials}}),
        );
        server.put("/api/v1/namespaces/s/secrets/c", json!({"data": {"k": "eA=="}}));
        server.put(
            &path,
            json!({"apiVersion": info.api_version(), "kind": info.kind, "spec": spec,
                "metadata": {"uid": "u", "generation": 1}}),
        );
        Self { kind: kind.id(), path, server, cloud, minutes }
    }

    fn key_pair() -> Self {
        Self::new(
            "compute.KeyPair",
            json!({"forProvider": {}, "writeConnectionSecretToRef": {"name": "out"}}),
        )
    }

    fn user() -> Self {
        let scene = Self::new(
            "identity.User",
            json!({"forProvider": {"passwordSecretRef": {"name": "in", "key": "p"}},
                "writeConnectionSecretToRef": {"name": "out"}}),
        );
        scene.secret("hunter2-first");
        scene
    }

    fn secret(&self, value: &str) {
        let data = json!({"p": k8s_openapi::ByteString(value.as_bytes().to_vec())});
        self.server.put(&format!("{SECRETS}/in"), json!({"data": data}));
    }

    fn out(&self, key: &str) -> Option<String> {
        let secret: k8s_openapi::api::core::v1::Secret =
            serde_json::from_value(self.server.get(&format!("{SECRETS}/out"))?).unwrap();
        Some(String::from_utf8(secret.data?.remove(key)?.0).unwrap())
    }

    fn object(&self) -> Option<Managed> {
        self.server.get(&self.path).map(|object| serde_json::from_value(object).unwrap())
    }

    fn synced(&self) -> String {
        let object = self.object().unwrap();
        let synced = object.status.conditions.iter().find(|c| c.r#type == "Synced").unwrap();
        format!("{} {}", synced.status, synced.message.clone().unwrap_or_default())
    }

    fn delete(&self) {
        let mut object = self.server.get(&self.path).unwrap();
        object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z");
        self.server.put(&self.path, object);
    }

    fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.cloud.sent.lock())
    }

    /// One life of the program, to its end or its death; says what it exchanged.
    async fn live(&self, trouble: Option<(usize, Trouble)>) -> Vec<String> {
        let points =
            Points::with(move |here, _| trouble.filter(|(at, _)| *at == here).map(|(_, trouble)| trouble));
        self.cloud.points.lock().clone_from(&points);
        self.server.pass(&points);
        tokio::select! {
            biased;
            () = points.death() => {}
            () = self.passes() => {}
        }
        points.passed()
    }

    async fn passes(&self) {
        let mut memory = Memory::default();
        for _ in 0..20 {
            let Some(object) = self.object() else { return };
            let now = Fixed::default().now + jiff::SignedDuration::from_mins(*self.minutes.lock());
            let clock: Arc<dyn Clock> = Arc::new(Fixed { now, jitter: 0.5 });
            let backend = Arc::new(MemoryBackend(self.cloud.clone()));
            let program = Reconciler::new(parts(&self.server, clock, openstack(), backend));
            let key = ObjectKey { kind: self.kind, namespace: "a".into(), name: "n".into() };
            program.index.lock().apply(&key, &object).unwrap();
            program.tracked.begin(&key, &object.metadata.uid, |record| record.memory = memory);
            let then = program.reconcile(&key).await;
            let uid = &object.metadata.uid;
            memory = program.tracked.with(&key, uid, |record| record.memory.clone()).unwrap();
            *self.minutes.lock() += 1;
            tokio::time::advance(std::time::Duration::from_secs(60)).await;
            if matches!(then, Requeue::Poll | Requeue::Stop) {
                return;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_minted_key_is_published_before_it_is_used_and_never_made_twice() {
    let exchanges = Scene::key_pair().live(None).await;
    let at =
        |what: &str| exchanges.iter().position(|e| e == what).unwrap_or_else(|| panic!("{exchanges:#?}"));
    assert!(at(&format!("POST {SECRETS}")) < at("cloud POST"), "{exchanges:#?}");
    for (point, trouble) in (0..exchanges.len()).flat_map(|at| TROUBLES.map(|trouble| (at, trouble))) {
        let scene = Scene::key_pair();
        scene.live(Some((point, trouble))).await;
        let published = scene.out("ssh-privatekey");
        scene.live(None).await;
        let (object, place) = (scene.object().unwrap(), format!("{trouble:?} at {}", exchanges[point]));
        assert_eq!(object.external_name(), Some("n"), "NAM-1, {place}");
        assert!(scene.synced().starts_with("True"), "{place}: {}", scene.synced());
        let pairs = scene.cloud.objects.lock().clone();
        let public = &pairs["/os-keypairs/n"]["keypair"]["public_key"];
        assert_eq!(*public, json!(scene.out("ssh-publickey")), "{place}");
        let last = scene.out("ssh-privatekey").unwrap();
        assert!(published.is_none_or(|published| published == last), "{place}: another key");
        assert!(!object.spec.for_provider.contains_key("publicKey"), "the spec is the user's");
    }
}

#[tokio::test(start_paused = true)]
async fn nam_1_and_2_a_name_that_somebody_else_has_is_taken_over_only_when_a_person_says_so() {
    let theirs = json!({"keypair": {"name": "n", "public_key": "theirs", "user_id": "me"}});
    let with_theirs = || {
        let scene = Scene::key_pair();
        scene.cloud.objects.lock().insert("/os-keypairs/n".into(), theirs.clone());
        scene
    };
    let refused = with_theirs();
    refused.live(None).await;
    let unanswered = with_theirs();
    *unanswered.cloud.silent.lock() = Some(false);
    unanswered.live(None).await;
    for scene in [&refused, &unanswered] {
        assert_eq!(scene.object().unwrap().external_name(), None);
        assert!(
            scene.synced().contains("set the annotation crossplane.io/external-name to \"n\""),
            "{}",
            scene.synced()
        );
        scene.delete();
        scene.live(None).await;
        assert!(scene.object().is_none(), "it goes without it");
        assert_eq!(scene.cloud.objects.lock()["/os-keypairs/n"], theirs);
    }
    let told = with_theirs();
    let mut object = told.server.get(&told.path).unwrap();
    object["metadata"]["annotations"] = json!({(meta::EXTERNAL_NAME): "n"});
    told.server.put(&told.path, object);
    told.live(None).await;
    assert!(told.synced().starts_with("True"), "{}", told.synced());
    assert_eq!(told.sent(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_key_pair_that_was_replaced_is_not_handed_over_as_the_one_that_was_made() {
    let scene = Scene::key_pair();
    scene.live(None).await;
    let theirs = json!({"keypair": {"name": "n", "public_key": "theirs", "user_id": "me"}});
    scene.cloud.objects.lock().insert("/os-keypairs/n".into(), theirs);
    scene.live(None).await;
    assert!(
        scene.synced().contains("another publicKey") && scene.synced().contains("\"out\""),
        "{}",
        scene.synced()
    );
    assert_ne!(scene.out("ssh-publickey").as_deref(), Some("theirs"));
}

#[tokio::test(start_paused = true)]
async fn a_minted_secret_is_handed_over_as_long_as_it_is_there() {
    let target = json!({"forProvider": {}, "writeConnectionSecretToRef": {"name": "out"}});
    let scene = Scene::new("identity.ApplicationCredential", target);
    scene.live(None).await;
    let made = scene.out("secret").unwrap();
    assert_eq!(scene.cloud.secrets.lock()["/application_credential/secret"], made);
    for file in ["clouds.yaml", "cloud.conf"] {
        assert!(scene.out(file).unwrap().contains(&format!("\"{made}\"")), "{file}");
    }
    scene.live(None).await;
    assert!(scene.synced().starts_with("True"), "{}", scene.synced());
    scene.server.remove(&format!("{SECRETS}/out"));
    scene.live(None).await;
    assert!(scene.synced().contains("no longer in Secret \"out\""), "{}", scene.synced());
    assert_eq!(scene.sent().len(), 1, "and nothing is made twice");
}

#[tokio::test(start_paused = true)]
async fn a_key_pair_whose_create_was_not_answered_is_known_by_its_key() {
    let scene = Scene::key_pair();
    *scene.cloud.silent.lock() = Some(true);
    scene.live(None).await;
    assert_eq!(scene.object().unwrap().external_name(), Some("n"));
    assert_eq!(scene.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_changed_password_is_sent_and_one_that_only_looks_new_is_not() {
    let scene = Scene::user();
    scene.live(None).await;
    let created = scene.sent();
    assert_eq!(created.len(), 1, "{created:?}");
    assert!(
        created[0].starts_with("POST /users ") && created[0].ends_with("[\"/user/password\"]"),
        "{created:?}"
    );
    assert_eq!(scene.cloud.secrets.lock()["/user/password"], "hunter2-first");
    scene.secret("hunter2-first");
    scene.live(None).await;
    assert_eq!(scene.sent(), Vec::<String>::new(), "a restored Secret is no news");
    scene.secret("hunter2-second");
    scene.live(None).await;
    assert_eq!(scene.sent(), ["PATCH /users/n {\"user\":{}} [\"/user/password\"]"]);
    assert_eq!(scene.cloud.secrets.lock()["/user/password"], "hunter2-second");
    assert_eq!(scene.out("password").as_deref(), Some("hunter2-second"));
    scene.server.calls();
    scene.live(None).await;
    assert_eq!(scene.sent(), Vec::<String>::new());
    let calls = scene.server.calls();
    let writes = calls.iter().filter(|call| !call.starts_with("GET") && !call.contains("usages"));
    assert_eq!(writes.count(), 0, "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn a_password_counts_as_changed_only_once_the_service_shows_the_user() {
    let scene = Scene::user();
    scene.live(None).await;
    scene.sent();
    scene.secret("hunter2-second");
    *scene.cloud.empty.lock() = true;
    scene.live(None).await;
    scene.live(None).await;
    assert_eq!(scene.sent(), ["PATCH /users/n {\"user\":{}} [\"/user/password\"]"]);
    assert_eq!(scene.cloud.secrets.lock()["/user/password"], "hunter2-second");
    assert!(scene.synced().starts_with("True"), "{}", scene.synced());
}

#[tokio::test(start_paused = true)]
async fn a_program_that_dies_while_a_password_changes_changes_it_in_its_next_life() {
    async fn made() -> Scene {
        let scene = Scene::user();
        scene.live(None).await;
        scene.secret("hunter2-second");
        scene
    }
    let exchanges = made().await.live(None).await;
    for (point, trouble) in (0..exchanges.len()).flat_map(|at| TROUBLES.map(|trouble| (at, trouble))) {
        let (scene, place) = (made().await, format!("{trouble:?} at {}", exchanges[point]));
        scene.live(Some((point, trouble))).await;
        scene.live(None).await;
        scene.sent();
        scene.live(None).await;
        assert_eq!(scene.sent(), Vec::<String>::new(), "{place}");
        assert_eq!(scene.cloud.secrets.lock()["/user/password"], "hunter2-second", "{place}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_in_no_object_but_secrets_and_its_absence_says_what_to_do() {
    let scene = Scene::user();
    scene.server.remove(&format!("{SECRETS}/in"));
    scene.live(None).await;
    assert_eq!(
        scene.synced(),
        "False cannot read spec.forProvider.passwordSecretRef: Secret \"in\" does not exist in this namespace: create it, or correct the name"
    );
    scene.server.put(&format!("{SECRETS}/in"), json!({"data": {"q": "eA=="}}));
    scene.live(None).await;
    assert!(
        scene.synced().ends_with("Secret \"in\" has no key \"p\": add it, or correct the key"),
        "{}",
        scene.synced()
    );
    assert_eq!(scene.sent(), Vec::<String>::new());
    scene.secret("hunter2-first");
    scene.live(None).await;
    assert!(scene.synced().starts_with("True"));
    let (object, sent) = (scene.server.get(&scene.path).unwrap().to_string(), scene.sent().concat());
    assert!(!object.contains("hunter2") && !sent.contains("hunter2"), "{object} {sent}");
    assert!(scene.out("clouds.yaml").unwrap().contains("password: \"hunter2-first\""));
}

#[tokio::test(start_paused = true)]
async fn what_only_a_create_needs_may_go_after_it() {
    let params =
        json!({"name": "n", "imageId": "i", "networks": [], "userDataSecretRef": {"name": "in", "key": "p"}});
    let scene = Scene::new("compute.Server", json!({"forProvider": params}));
    scene.secret("\u{1f980}");
    scene.live(None).await;
    assert_eq!(
        *scene.cloud.secrets.lock(),
        BTreeMap::from([("/server/user_data".into(), "8J+mgA==".into())])
    );
    scene.server.remove(&format!("{SECRETS}/in"));
    scene.live(None).await;
    assert!(scene.synced().starts_with("True"), "{}", scene.synced());
    let told: Map<_, _> = scene.object().unwrap().status.at_provider;
    assert!(!told.contains_key("userDataSecretRef") && told.contains_key("status"), "{told:?}");
}
