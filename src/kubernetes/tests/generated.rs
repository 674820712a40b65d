//! Generated secrets.

use super::*;
use secrecy::ExposeSecret;

const PATH: &str = "/namespaces/cloud/generatedsecrets/passwords";
const SECRET: &str = "/api/v1/namespaces/cloud/secrets/passwords";

async fn send(bed: &Bed, method: Method, keys: &[&str]) -> Result<Value, Failure> {
    let keys: Vec<_> = keys.iter().map(|name| json!({"name": name})).collect();
    let body = json!({"keys": keys, "marker": MARKER});
    bed.cloud.send(&Request::new(&SERVICE, method, PATH, Some(body))).await
}

async fn values(bed: &Bed) -> Vec<(String, String)> {
    let Answer::Compared { body, sealed } = bed.compare(PATH).await.unwrap() else { panic!() };
    let values: Vec<_> =
        sealed.0.iter().map(|(key, value)| (key.clone(), value.expose_secret().to_owned())).collect();
    assert_eq!(body["made"], json!(values.iter().map(|(key, _)| key).collect::<Vec<_>>()));
    assert_eq!((&body["owner"], &body["metadata"]["kupenstack"]), (&json!(MARKER), &json!(MARKER)));
    for (_, value) in &values {
        assert!(!body.to_string().contains(value), "a value is seen");
    }
    values
}

#[tokio::test(start_paused = true)]
async fn keys_are_made_once_more_can_be_added_and_none_is_replaced() {
    let bed = Bed::new("generated").await;
    assert_eq!(bed.compare(PATH).await.unwrap(), Answer::Gone);
    send(&bed, Method::Post, &["a"]).await.unwrap();
    let first = values(&bed).await;
    assert_eq!((first[0].0.as_str(), first[0].1.len()), ("a", 32));
    send(&bed, Method::Put, &["a", "b"]).await.unwrap();
    let both = values(&bed).await;
    assert_eq!((&both[0], both[1].0.as_str()), (&first[0], "b"));
    send(&bed, Method::Put, &["b"]).await.unwrap();
    assert_eq!(values(&bed).await, both, "what is no longer named stays");
    send(&bed, Method::Delete, &[]).await.unwrap();
    assert!(bed.server.get(SECRET).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_was_not_generated_is_left_alone() {
    let bed = Bed::new("mine").await;
    bed.server.put(SECRET, json!({"type": "Opaque", "data": {"a": "eA=="}}));
    let failure = bed.compare(PATH).await.unwrap_err();
    assert!(failure.message.starts_with("Secret passwords is there and was not generated"), "{failure}");
    for method in [Method::Post, Method::Put, Method::Delete] {
        assert!(send(&bed, method, &["a"]).await.is_err(), "{method}");
    }
    assert_eq!(bed.server.get(SECRET).unwrap()["data"], json!({"a": "eA=="}));
}
