use super::*;
use crate::{kind::shape::Shape, runtime::testing::fake::Fake};
use k8s_openapi::ByteString;
use secrecy::ExposeSecret;
use serde_json::json;

fn bytes(content: &[u8]) -> Value {
    json!(ByteString(content.to_vec()))
}

fn server() -> Fake {
    let fake = Fake::default();
    let db = json!({"password": bytes(b"hunter2"), "endpoint": bytes(b"db.a"), "keystore": bytes(&[0xff])});
    fake.put("/api/v1/namespaces/a/secrets/db", json!({"data": db}));
    let map = json!({"data": {"conf": "b: 1"}, "binaryData": {"blob": bytes(&[0xff])}});
    fake.put("/api/v1/namespaces/a/configmaps/map", map);
    fake
}

fn field(form: &str) -> Field {
    let schema = json!({"properties": {"valuesFrom": {"type": "string", "x-os": {"secret": form}}}});
    Shape::of(&schema).unwrap().fields.remove(0)
}

async fn read(fake: &Fake, form: &str, given: Value) -> Result<LookInputs, String> {
    let (client, field, mut inputs) = (fake.client(), field(form), LookInputs::default());
    let referenced = Referenced { client: &client, namespace: "a", field: &field };
    match referenced.for_look(&given, &mut inputs).await {
        Ok(()) => Ok(inputs),
        Err(error) => Err(error.to_string()),
    }
}

fn shown(inputs: &LookInputs) -> Vec<(&str, &str)> {
    inputs.values.iter().map(|(at, value)| (at.as_str(), value.expose_secret())).collect()
}

#[tokio::test]
async fn a_document_is_every_key_with_text_whether_the_secret_is_named_or_referred_to() {
    for given in [json!("db"), json!({"name": "db"})] {
        let inputs = read(&server(), "document", given).await.unwrap();
        assert_eq!(shown(&inputs), [("values_from", r#"{"endpoint":"db.a","password":"hunter2"}"#)]);
    }
    let cleared = read(&server(), "document", json!("")).await.unwrap();
    assert_eq!(shown(&cleared), []);
}

#[tokio::test]
async fn a_document_that_is_missing_is_named_and_nothing_else_of_it_is_said() {
    let why = read(&server(), "document", json!("gone")).await.err().unwrap();
    assert_eq!(
        why,
        "cannot read spec.forProvider.valuesFrom: Secret \"gone\" does not exist in this namespace: create it, or correct the name"
    );
}

#[tokio::test]
async fn texts_keep_the_places_that_they_have_in_the_list_and_optional_ones_may_be_missing() {
    let given = json!([
        {"configMapKeyRef": {"name": "map", "key": "conf"}},
        {"secretKeyRef": {"name": "gone", "key": "k", "optional": true}},
        {"secretKeyRef": {"name": "db", "key": "gone", "optional": true}},
        {"secretKeyRef": {"name": "db", "key": "password"}}]);
    let inputs = read(&server(), "texts", given).await.unwrap();
    assert_eq!(shown(&inputs), [("values_from/0", "b: 1"), ("values_from/3", "hunter2")]);
}

#[tokio::test]
async fn a_text_that_is_missing_or_is_none_is_refused_by_name() {
    for (given, why) in [
        (json!({"secretKeyRef": {"name": "gone", "key": "k"}}), "Secret \"gone\" does not exist"),
        (json!({"configMapKeyRef": {"name": "gone", "key": "k"}}), "ConfigMap \"gone\" does not exist"),
        (json!({"secretKeyRef": {"name": "db", "key": "k"}}), "Secret \"db\" has no key \"k\""),
        (
            json!({"secretKeyRef": {"name": "db", "key": "keystore"}}),
            "Secret \"db\" has no text under key \"keystore\"",
        ),
        (
            json!({"configMapKeyRef": {"name": "map", "key": "blob"}}),
            "ConfigMap \"map\" has no text under key \"blob\"",
        ),
    ] {
        let refused = read(&server(), "texts", json!([given])).await.err().unwrap();
        assert!(refused.contains(why), "{refused}");
    }
}

#[tokio::test]
async fn versions_change_with_what_was_read_and_with_what_appears() {
    let fake = server();
    let given = json!([{"secretKeyRef": {"name": "db", "key": "password"}},
        {"configMapKeyRef": {"name": "later", "key": "k", "optional": true}}]);
    let versions = async || read(&fake, "texts", given.clone()).await.unwrap().versions;
    let first = versions().await;
    assert_eq!(versions().await, first);
    fake.put("/api/v1/namespaces/a/configmaps/later", json!({"data": {"k": "v"}}));
    let second = versions().await;
    assert_ne!(second, first);
    fake.put("/api/v1/namespaces/a/secrets/db", json!({"data": {"password": bytes(b"other")}}));
    assert_ne!(versions().await, second);
}
