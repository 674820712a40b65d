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

async fn read(form: &str, given: Value) -> Result<Secrets, String> {
    let (client, field) = (server().client(), field(form));
    let referenced = Referenced { client: &client, namespace: "a", field: &field, notes: &Notes::default() };
    referenced.for_look(&given).await.map_err(|error| error.to_string())
}

fn shown(inputs: &Secrets) -> Vec<(&str, &str)> {
    inputs.iter().map(|(at, value)| (at.as_str(), value.expose_secret())).collect()
}

#[tokio::test]
async fn a_document_is_every_key_with_text_whether_the_secret_is_named_or_referred_to() {
    for given in [json!("db"), json!({"name": "db"})] {
        let inputs = read("document", given).await.unwrap();
        assert_eq!(shown(&inputs), [("values_from", r#"{"endpoint":"db.a","password":"hunter2"}"#)]);
    }
    let cleared = read("document", json!("")).await.unwrap();
    assert_eq!(shown(&cleared), []);
}

#[tokio::test]
async fn a_document_that_is_missing_is_named_and_nothing_else_of_it_is_said() {
    let why = read("document", json!("gone")).await.err().unwrap();
    assert_eq!(
        why,
        "cannot read spec.forProvider.valuesFrom: Secret \"gone\" does not exist in this namespace: create it, or correct the name"
    );
}

#[tokio::test]
async fn a_name_that_leads_to_another_namespace_leads_nowhere() {
    let fake = server();
    let (client, field, notes) = (fake.client(), field("document"), Notes::default());
    let referenced = Referenced { client: &client, namespace: "b", field: &field, notes: &notes };
    let why = referenced.for_look(&json!("../../a/secrets/db")).await.unwrap_err().to_string();
    assert!(why.contains("no object can have the name"), "{why}");
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn a_document_that_need_not_be_there_is_left_out_until_it_is() {
    let (client, mut field) = (server().client(), field("document"));
    field.options.optional = true;
    let referenced = Referenced { client: &client, namespace: "a", field: &field, notes: &Notes::default() };
    assert_eq!(shown(&referenced.for_look(&json!("gone")).await.unwrap()), []);
    assert_eq!(referenced.for_look(&json!("db")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn texts_keep_the_places_that_they_have_in_the_list_and_optional_ones_may_be_missing() {
    let given = json!([
        {"configMapKeyRef": {"name": "map", "key": "conf"}},
        {"secretKeyRef": {"name": "gone", "key": "k", "optional": true}},
        {"secretKeyRef": {"name": "db", "key": "gone", "optional": true}},
        {"secretKeyRef": {"name": "db", "key": "password"}}]);
    let inputs = read("texts", given).await.unwrap();
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
        let refused = read("texts", json!([given])).await.err().unwrap();
        assert!(refused.contains(why), "{refused}");
    }
}
