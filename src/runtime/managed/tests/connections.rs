//! Resources that use the connection secrets of others, through the shipped reconciler.

use crate::{
    api::{crd::Scale, meta, secret::TextSource},
    kind::{
        ConnectionDetails, ID, Info, Key, Kind, MarkerPlace, Options, Ready, Rights, Seen,
        any::{AnyKind, Erased},
        cloud::CloudInfo,
        request::service::Service,
        rest::Rest,
    },
    runtime::{base::keys::ObjectKey, plan::pass_result::Requeue, testing::scripted::Harness},
};
use k8s_openapi::{ByteString, api::core::v1::Secret};
use schemars::JsonSchema;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{sync::LazyLock, time::Duration};
use tokio::time::Instant;

const PARTS: Service =
    Service { group: "parts", domain: "example.org", types: &["parts"], major: 1, project: "Parts" };
/// What nobody notices as a wait.
const SOON: Duration = Duration::from_secs(2);
const SECRETS: &str = "/api/v1/namespaces/a/secrets";

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PartParameters {
    /// Name.
    name: Option<String>,
    /// For people.
    description: Option<String>,
    /// Secret of an engine.
    #[schemars(extend("x-os" = {"ref": "parts.Engine", "yields": "connectionSecret", "secret": "document", "required": true}))]
    database_connection: Option<String>,
    /// More.
    #[schemars(extend("x-os" = {"secret": "texts"}))]
    values_from: Option<Vec<TextSource>>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct PartObservation {
    /// Its id.
    id: String,
    /// How many there are.
    replicas: Option<i32>,
}

const fn part(kind: &'static str, plural: &'static str) -> Info {
    Info {
        service: &PARTS,
        group: PARTS.group,
        kind,
        plural,
        short: kind,
        about: "A part.",
        docs: "https://example.org",
        columns: &[],
        microversion: None,
        external_name: ID,
        connection: &[],
        rights: Rights::Project,
        marker: MarkerPlace::Description,
        requires: &[],
    }
}

/// Has a connection secret that others use.
struct Engine;

impl Kind for Engine {
    type Parameters = PartParameters;
    type Observation = PartObservation;
    const INFO: Info = part("Engine", "engines");
    const OPTIONS: Options = Options {
        guards: true,
        without: &["databaseConnection", "valuesFrom"],
        scale: Some(Scale { spec: "size.api", status: "replicas", selector: "pods.selector" }),
        ..Options::USUAL
    };
    const REST: Option<Rest> = Some(Rest::plain("engines", "engine"));

    fn ready(_: &PartParameters, _: &Seen<'_, Self>) -> Ready {
        Ready::Yes
    }

    fn connection(_: &Key<'_, PartParameters>, _: &Seen<'_, Self>, _: &CloudInfo) -> ConnectionDetails {
        [("password".to_owned(), "hunter2".into())].into()
    }
}

/// Publishes what it was given.
struct App;

impl Kind for App {
    type Parameters = PartParameters;
    type Observation = PartObservation;
    const INFO: Info = part("App", "apps");
    const REST: Option<Rest> = Some(Rest::plain("apps", "app"));

    fn ready(_: &PartParameters, _: &Seen<'_, Self>) -> Ready {
        Ready::Yes
    }

    fn connection(key: &Key<'_, PartParameters>, _: &Seen<'_, Self>, _: &CloudInfo) -> ConnectionDetails {
        let texts: String = key.any.texts("values_from").values().map(|text| text.expose_secret()).collect();
        let document = key.any.secrets.get("database_connection").cloned();
        let document = document.map(|document| ("document".to_owned(), document));
        [("texts".to_owned(), texts.into())].into_iter().chain(document).collect()
    }
}

static KINDS: LazyLock<Vec<Box<dyn AnyKind>>> =
    LazyLock::new(|| vec![Box::new(Erased::<Engine>::new()), Box::new(Erased::<App>::new())]);

/// Reads a key of a Secret of the namespace.
fn published(harness: &Harness, name: &str, key: &str) -> Option<String> {
    let secret: Secret = serde_json::from_value(harness.server.get(&format!("{SECRETS}/{name}"))?).unwrap();
    Some(String::from_utf8(secret.data?.remove(key)?.0).unwrap())
}

fn secret(harness: &Harness, name: &str, key: &str, text: &str) {
    let data = json!({key: ByteString(text.as_bytes().to_vec())});
    harness.server.put(&format!("{SECRETS}/{name}"), json!({ "data": data }));
}

fn engine(harness: &Harness) -> ObjectKey {
    let key = harness.key("parts.Engine", "e");
    harness.put(&key, json!({}), json!({"forProvider": {}, "writeConnectionSecretToRef": {"name": "e-out"}}));
    key
}

/// An app that exists as `i`.
fn app(harness: &Harness, for_provider: Value, policies: Value) -> ObjectKey {
    let key = harness.key("parts.App", "p");
    let metadata = json!({"annotations": {(meta::EXTERNAL_NAME): "i"}, "finalizers": [meta::FINALIZER]});
    let spec = json!({"forProvider": for_provider, "managementPolicies": policies,
        "writeConnectionSecretToRef": {"name": "p-out"}});
    harness.put(&key, metadata, spec);
    key
}

/// One pass that looks at the app and finds it.
async fn looks(harness: &Harness, key: &ObjectKey) {
    harness.cloud.answers("GET /apps/i", json!({"app": {"id": "i"}}));
    assert_eq!(harness.pass(key).await, Requeue::Poll, "{}", harness.says(key, "Synced"));
    harness.cloud.asked();
}

async fn creates(harness: &Harness, key: &ObjectKey) {
    harness.cloud.answers("POST /engines", json!({"engine": {"id": "e"}}));
    assert_eq!(harness.pass(key).await, Requeue::Poll, "{}", harness.says(key, "Synced"));
    harness.cloud.asked();
}

async fn woken(harness: &Harness) -> Vec<ObjectKey> {
    let mut keys = vec![];
    while !harness.provider.queue.is_empty() {
        let key = harness.provider.queue.next().await.unwrap();
        harness.provider.queue.done(&key);
        keys.push(key);
    }
    keys
}

#[tokio::test(start_paused = true)]
async fn ref_12_who_waits_for_a_connection_secret_is_woken_by_its_readiness_and_gets_all_of_it() {
    let harness = Harness::new(KINDS.as_slice());
    let key = app(&harness, json!({"databaseConnectionRef": {"name": "e"}}), json!(["*"]));
    let engine = engine(&harness);
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    let why = harness.says(&key, "Synced");
    assert!(why.ends_with("Engine \"e\" is not ready: nothing is known of it yet"), "{why}");
    creates(&harness, &engine).await;
    assert_eq!(woken(&harness).await, std::slice::from_ref(&key));
    looks(&harness, &key).await;
    let object = harness.get(&key).unwrap();
    assert_eq!(object.spec.for_provider["databaseConnection"], "e-out");
    assert_eq!(published(&harness, "p-out", "document").unwrap(), r#"{"password":"hunter2"}"#);
    for path in ["engines/e", "apps/p"] {
        let object = harness.server.get(&format!("/apis/parts.example.org/v1alpha1/namespaces/a/{path}"));
        let text = object.unwrap().to_string();
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_has_documents_and_texts_whatever_the_policies_are() {
    let harness = Harness::new(KINDS.as_slice());
    secret(&harness, "db", "password", "hunter2");
    secret(&harness, "more", "k", "second");
    harness.server.put("/api/v1/namespaces/a/configmaps/map", json!({"data": {"k": "first "}}));
    let given = json!({"databaseConnection": "db", "valuesFrom": [
        {"configMapKeyRef": {"name": "map", "key": "k"}}, {"secretKeyRef": {"name": "more", "key": "k"}}]});
    for policies in [json!(["Observe"]), json!(["*"])] {
        let key = app(&harness, given.clone(), policies);
        looks(&harness, &key).await;
        assert_eq!(published(&harness, "p-out", "document").unwrap(), r#"{"password":"hunter2"}"#);
        assert_eq!(published(&harness, "p-out", "texts").unwrap(), "first second");
        assert!(harness.get(&key).unwrap().annotation(meta::SECRET_DIGESTS).is_none());
        harness.remove(&key);
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_missing_is_named_and_its_coming_wakes_who_waits() {
    let harness = Harness::new(KINDS.as_slice());
    let key = app(&harness, json!({"databaseConnection": "e-out"}), json!(["Observe"]));
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    assert_eq!(
        harness.says(&key, "Synced"),
        "False ReconcileError: cannot read spec.forProvider.databaseConnection: Secret \"e-out\" does not exist in this namespace: create it, or correct the name"
    );
    let engine = engine(&harness);
    creates(&harness, &engine).await;
    assert_eq!(woken(&harness).await, std::slice::from_ref(&key));
    looks(&harness, &key).await;
    assert!(harness.says(&key, "Synced").starts_with("True"));
}

#[tokio::test(start_paused = true)]
async fn sec_8_what_another_connects_to_is_deleted_after_it() {
    for given in [
        json!({"databaseConnection": "e-out"}),
        json!({"valuesFrom": [{"secretKeyRef": {"name": "e-out", "key": "password"}}]}),
    ] {
        let harness = Harness::new(KINDS.as_slice());
        let engine = engine(&harness);
        creates(&harness, &engine).await;
        let app = app(&harness, given, json!(["*"]));
        harness.change(&engine, |object| {
            object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z");
        });
        let look = || harness.cloud.answers("GET /engines/e", json!({"engine": {"id": "e"}}));
        look();
        assert_eq!(harness.pass(&engine).await, Requeue::Poll);
        assert_eq!(harness.cloud.asked(), ["GET /engines/e"]);
        let held = "False Deleting: waiting until parts.App \"p\" no longer uses its connection secret";
        assert_eq!(harness.says(&engine, "Ready"), held);
        woken(&harness).await;
        harness.remove(&app);
        assert_eq!(woken(&harness).await, std::slice::from_ref(&engine));
        look();
        harness.cloud.answers("DELETE /engines/e", Value::Null).answers("GET /engines/e", Value::Null);
        harness.pass(&engine).await;
        harness.cloud.asked();
        assert!(harness.get(&engine).is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn sec_8_who_stays_is_named_before_who_goes_as_well_and_a_change_of_its_spec_is_enough() {
    let harness = Harness::new(KINDS.as_slice());
    let engine = engine(&harness);
    creates(&harness, &engine).await;
    let (stays, goes) = (harness.key("parts.App", "stays"), harness.key("parts.App", "goes"));
    let leaving = json!({"deletionTimestamp": "2027-01-01T00:00:00Z"});
    for (key, metadata) in [(&goes, leaving), (&stays, json!({}))] {
        harness.put(key, metadata, json!({"forProvider": {"databaseConnection": "e-out"}}));
    }
    let user = || {
        let object = harness.get(&engine).unwrap();
        harness.provider.index.lock().needed_by(&engine, &object)
    };
    assert_eq!(user(), Some(stays.clone()));
    let mut object = harness.get(&stays).unwrap();
    object.spec.for_provider.insert("databaseConnection".into(), json!("other"));
    object.metadata.resource_version = "1000".into();
    let woken = harness.provider.index.lock().apply(&stays, &object).unwrap().woken;
    assert_eq!(woken, [engine.clone()].into());
    assert_eq!(user(), Some(goes));
}

#[tokio::test(start_paused = true)]
async fn sec_8_what_the_watches_have_not_told_yet_is_asked_for_before_anything_is_deleted() {
    let harness = Harness::new(KINDS.as_slice());
    let engine = engine(&harness);
    creates(&harness, &engine).await;
    let path = "/apis/parts.example.org/v1alpha1/namespaces/a/apps/unseen";
    let spec = json!({"forProvider": {"databaseConnection": "e-out"}});
    harness.server.put(path, json!({"metadata": {"uid": "unseen"}, "spec": spec}));
    harness.change(&engine, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    harness.cloud.answers("GET /engines/e", json!({"engine": {"id": "e"}}));
    assert_eq!(harness.pass(&engine).await, Requeue::Poll);
    harness.cloud.asked();
    assert!(harness.says(&engine, "Ready").contains("parts.App \"unseen\""));
    harness.provider.index.lock().missing_from("parts.App", &[].into());
    let calls = harness.server.calls();
    assert!(calls.iter().any(|call| call.ends_with("/apps")), "{calls:?}");
    harness.cloud.answers("GET /engines/e", json!({"engine": {"id": "e"}}));
    harness.cloud.answers("DELETE /engines/e", Value::Null).answers("GET /engines/e", Value::Null);
    harness.pass(&engine).await;
    harness.cloud.asked();
    let calls = harness.server.calls();
    assert!(!calls.iter().any(|call| call.ends_with("/apps")), "all of them are known: {calls:?}");
}

#[test]
fn a_kind_lacks_the_fields_that_it_is_without_and_scales_where_it_says() {
    let crds = KINDS.iter().map(|kind| kind.crd().unwrap()).collect::<Vec<_>>();
    let spec = |crd: &Value, place: &str| {
        let at =
            format!("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/{place}/properties");
        crd.pointer(&at).unwrap().as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(spec(&crds[0], "forProvider"), ["description", "name"]);
    let all = [
        "databaseConnection",
        "databaseConnectionRef",
        "databaseConnectionSelector",
        "description",
        "name",
        "valuesFrom",
    ];
    assert_eq!(spec(&crds[1], "forProvider"), all);
    assert_eq!(spec(&crds[1], "initProvider"), ["description", "name"], "MR-7: no Secrets");
    let rules =
        crds[1].pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations");
    let rule = rules.unwrap()[0]["rule"].as_str().unwrap();
    assert!(rule.contains("has(self.forProvider.databaseConnectionSelector)"), "{rule}");
    assert!(!rule.contains("initProvider"), "a rule names only fields that there are: {rule}");
    let fields = |at: usize| KINDS[at].shapes().unwrap().params.fields.len();
    assert_eq!((fields(0), fields(1)), (2, 4));
    let subresources = |crd: &Value| crd["spec"]["versions"][0]["subresources"].clone();
    let paths = json!({"specReplicasPath": ".spec.forProvider.size.api", "statusReplicasPath": ".status.atProvider.replicas",
        "labelSelectorPath": ".status.atProvider.pods.selector"});
    assert_eq!(subresources(&crds[0]), json!({"status": {}, "scale": paths}));
    assert_eq!(subresources(&crds[1]), json!({"status": {}}));
}

/// Who is woken, and how long it takes.
async fn woken_by(harness: &Harness, change: impl FnOnce()) -> (Vec<ObjectKey>, Duration) {
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(woken(harness).await, []);
    let began = Instant::now();
    change();
    let first = harness.provider.queue.next().await.unwrap();
    harness.provider.queue.done(&first);
    let rest = woken(harness).await;
    ([vec![first], rest].concat(), began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_secret_is_woken_when_it_comes_and_when_it_changes() {
    let harness = Harness::new(KINDS.as_slice());
    let key = app(&harness, json!({"databaseConnection": "db"}), json!(["*"]));
    assert_eq!(harness.pass(&key).await, Requeue::Backoff);
    assert!(harness.says(&key, "Synced").contains("Secret \"db\" does not exist"));
    let came = woken_by(&harness, || secret(&harness, "db", "password", "first")).await;
    assert!(came.0 == [key.clone()] && came.1 < SOON, "{came:?}");
    looks(&harness, &key).await;
    let changed = woken_by(&harness, || secret(&harness, "db", "password", "second")).await;
    assert!(changed.0 == [key.clone()] && changed.1 < SOON, "{changed:?}");
    looks(&harness, &key).await;
    assert_eq!(published(&harness, "p-out", "document").unwrap(), r#"{"password":"second"}"#);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_credentials_is_woken_when_they_come_and_uses_corrected_ones_at_once() {
    const CREDENTIALS: &str = "/api/v1/namespaces/s/secrets/c";
    let harness = Harness::new(KINDS.as_slice());
    let credentials = harness.server.get(CREDENTIALS).unwrap();
    harness.server.remove(CREDENTIALS);
    let engine = engine(&harness);
    assert_eq!(harness.pass(&engine).await, Requeue::Backoff);
    let why = harness.says(&engine, "Synced");
    assert!(why.contains("Secret s/c does not exist"), "{why}");
    let came = woken_by(&harness, || harness.server.put(CREDENTIALS, credentials.clone())).await;
    assert!(came.0 == [engine.clone()] && came.1 < SOON, "{came:?}");
    creates(&harness, &engine).await;
    harness.server.calls();
    let changed = woken_by(&harness, || harness.server.put(CREDENTIALS, credentials)).await;
    assert!(changed.0 == [engine.clone()] && changed.1 < SOON, "{changed:?}");
    harness.cloud.answers("GET /engines/e", json!({"engine": {"id": "e"}}));
    harness.pass(&engine).await;
    let read = format!("GET {CREDENTIALS}");
    assert!(harness.server.calls().contains(&read), "what was read a moment ago is not believed");
}

#[tokio::test(start_paused = true)]
async fn a_connection_secret_that_somebody_deletes_is_written_again_at_once() {
    let harness = Harness::new(KINDS.as_slice());
    let engine = engine(&harness);
    creates(&harness, &engine).await;
    let gone = woken_by(&harness, || harness.server.remove(&format!("{SECRETS}/e-out"))).await;
    assert!(gone.0 == [engine.clone()] && gone.1 < SOON, "{gone:?}");
    harness.cloud.answers("GET /engines/e", json!({"engine": {"id": "e"}}));
    harness.pass(&engine).await;
    assert_eq!(published(&harness, "e-out", "password").unwrap(), "hunter2");
    assert_eq!(woken(&harness).await, [], "its own write wakes it no more");
}
