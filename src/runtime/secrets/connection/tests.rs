use super::*;
use crate::runtime::testing::fake::Fake;

const PATH: &str = "/api/v1/namespaces/team/secrets/conn";

fn owner() -> Owner {
    Owner { api_version: "n.io/v1".into(), kind: "Network".into(), name: "net".into(), uid: "u1".into() }
}

fn details(pairs: &[(&str, &str)]) -> ConnectionDetails {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect()
}

fn secret(value: Value) -> Secret {
    serde_json::from_value(value).unwrap()
}

fn ours(data: &Value, managed: &Value) -> Secret {
    secret(json!({
        "metadata": {"uid": "s", "resourceVersion": "7", "ownerReferences": [owner().controlling()],
            "managedFields": [{"manager": "kupenstack", "operation": "Update", "fieldsV1": {"f:data": managed}}]},
        "type": meta::CONNECTION_SECRET_TYPE, "data": data,
    }))
}

fn decided(existing: &Secret, details: &ConnectionDetails) -> Result<Write, Refused> {
    decide(Some(existing), &owner(), "conn", "team", details, Origin::Observed)
}

fn patch(existing: &Secret, details: &ConnectionDetails) -> Value {
    match decided(existing, details).unwrap() {
        Write::Patch(patch) => patch,
        other => panic!("{other:?}"),
    }
}

#[test]
fn sec_2_and_7_a_new_secret_has_the_type_and_one_controlling_owner_even_without_details() {
    let Write::Create(secret) =
        decide(None, &owner(), "conn", "team", &details(&[]), Origin::Observed).unwrap()
    else {
        panic!("no create")
    };
    assert_eq!(secret.type_.as_deref(), Some("connection.crossplane.io/v1alpha1"));
    assert_eq!(json!(secret.metadata.owner_references), json!([owner().controlling()]));
}

#[test]
fn sec_3_a_secret_of_somebody_else_is_refused() {
    let opaque = secret(json!({"type": "Opaque", "metadata": {}}));
    let text = decided(&opaque, &details(&[])).unwrap_err().to_string();
    assert_eq!(text, "refusing to modify uncontrolled secret of type \"Opaque\"");
    let mut foreign = ours(&json!({}), &json!({}));
    foreign.metadata.owner_references.as_mut().unwrap()[0].uid = "u2".into();
    let text = decided(&foreign, &details(&[])).unwrap_err().to_string();
    assert_eq!(text, "existing secret is not controlled by UID \"u1\"");
}

#[test]
fn sec_3_an_uncontrolled_secret_of_the_right_type_is_adopted() {
    let found = secret(
        json!({"type": meta::CONNECTION_SECRET_TYPE, "metadata": {"uid": "s", "resourceVersion": "7"}}),
    );
    assert_eq!(
        patch(&found, &details(&[])),
        json!({"metadata": {"resourceVersion": "7", "ownerReferences": [owner().controlling()]}})
    );
}

#[test]
fn sec_4_only_what_differs_is_written_and_foreign_keys_stay() {
    let found = ours(&json!({"a": "MQ==", "foreign": "Zg=="}), &json!({"f:a": {}}));
    assert!(matches!(decided(&found, &details(&[("a", "1")])), Ok(Write::Nothing)));
    assert!(matches!(decided(&found, &details(&[])), Ok(Write::Nothing)), "no details drop nothing");
    assert_eq!(patch(&found, &details(&[("a", "1"), ("b", "2")]))["data"], json!({"b": "Mg=="}));
}

#[test]
fn a_key_that_we_wrote_and_no_longer_have_is_dropped_but_never_by_minting() {
    let found = ours(&json!({"a": "MQ==", "b": "Mg=="}), &json!({".": {}, "f:a": {}, "f:b": {}}));
    assert_eq!(patch(&found, &details(&[("a", "1")]))["data"], json!({"b": null}));
    let minted = decide(Some(&found), &owner(), "conn", "team", &details(&[("a", "1")]), Origin::Minted);
    assert!(matches!(minted, Ok(Write::Nothing)));
}

#[test]
fn values_do_not_show_in_debug_output() {
    let write = decide(None, &owner(), "conn", "team", &details(&[("a", "hunter2")]), Origin::Observed);
    assert_eq!(format!("{write:?}"), "Ok(Create)");
}

fn place<'a>(client: &'a Client, notes: &'a Notes) -> ConnectionSecret<'a> {
    ConnectionSecret { client, namespace: "team", name: "conn", notes }
}

#[tokio::test]
async fn publishing_twice_writes_once() {
    let (fake, wanted) = (Fake::default(), details(&[("a", "1")]));
    let (client, notes) = (fake.client(), Notes::default());
    for _ in 0..2 {
        place(&client, &notes).publish(&owner(), &wanted, Origin::Observed).await.unwrap();
    }
    assert_eq!(fake.get(PATH).unwrap()["data"], json!({"a": "MQ=="}));
    assert_eq!(fake.calls().iter().filter(|call| !call.starts_with("GET")).count(), 1);
}

#[tokio::test]
async fn a_refusal_says_what_could_not_be_done() {
    let fake = Fake::default();
    fake.put(PATH, json!({"type": "Opaque"}));
    let error = place(&fake.client(), &Notes::default())
        .publish(&owner(), &details(&[]), Origin::Observed)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot create or update connection secret: refusing to modify uncontrolled secret of type \"Opaque\""
    );
}
