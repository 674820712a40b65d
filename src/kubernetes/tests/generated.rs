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
    let first = values.iter().map(|(key, _)| key).filter(|key| !key.contains('.'));
    assert_eq!(body["made"], json!(first.collect::<Vec<_>>()));
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

/// Which generations of a text there are, as keys of the Secret.
fn keys(values: &[(String, String)]) -> Vec<&str> {
    values.iter().map(|(key, _)| key.as_str()).collect()
}

fn value<'a>(values: &'a [(String, String)], key: &str) -> &'a str {
    values.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str()).unwrap()
}

async fn renew(bed: &Bed, key: Value) -> Vec<(String, String)> {
    let body = json!({"keys": [key, {"name": "b"}], "marker": MARKER});
    bed.cloud.send(&Request::new(&SERVICE, Method::Put, PATH, Some(body))).await.unwrap();
    values(bed).await
}

#[tokio::test(start_paused = true)]
async fn a_raised_generation_is_made_once_beside_the_older_ones_which_go_when_nobody_needs_them() {
    let bed = Bed::new("renewed").await;
    send(&bed, Method::Post, &["a", "b"]).await.unwrap();
    let first = values(&bed).await;
    let second = renew(&bed, json!({"name": "a", "generation": 2})).await;
    assert_eq!(keys(&second), ["a", "a.1", "a.2", "b"]);
    assert_eq!((value(&second, "a.1"), value(&second, "b")), (value(&first, "a"), value(&first, "b")));
    assert_eq!(value(&second, "a"), value(&second, "a.2"));
    assert_ne!(value(&second, "a.2"), value(&second, "a.1"));
    for again in [
        json!({"name": "a", "generation": 2}),
        json!({"name": "a"}),
        json!({"name": "a", "generation": 1, "length": 8}),
    ] {
        assert_eq!(renew(&bed, again).await, second, "no second mint for one generation");
    }
    let fifth = renew(&bed, json!({"name": "a", "generation": 5, "oldest": 2})).await;
    assert_eq!(keys(&fifth), ["a", "a.2", "a.5", "b"]);
    assert_eq!(value(&fifth, "a.2"), value(&second, "a.2"));
    let last = renew(&bed, json!({"name": "a", "generation": 5, "oldest": 9})).await;
    assert_eq!((keys(&last), value(&last, "a")), (vec!["a", "a.5", "b"], value(&fifth, "a.5")));
    let Answer::Compared { body, .. } = bed.compare(PATH).await.unwrap() else { panic!() };
    assert_eq!((&body["generations"], &body["oldest"]), (&json!({"a": 5}), &json!({"a": 5})));
}

#[tokio::test(start_paused = true)]
async fn what_is_made_in_a_later_generation_at_once_has_its_number() {
    let bed = Bed::new("late").await;
    let body = json!({"keys": [{"name": "a", "generation": 3}], "marker": MARKER});
    bed.cloud.send(&Request::new(&SERVICE, Method::Post, PATH, Some(body))).await.unwrap();
    let made = values(&bed).await;
    assert_eq!((keys(&made), value(&made, "a")), (vec!["a", "a.3"], value(&made, "a.3")));
}
