//! Services and clouds that are away, or ask for a pause.

use super::*;

#[tokio::test]
async fn an_endpoint_that_cannot_be_reached_says_why() {
    let fake = FakeCloud::start().await;
    let more = "network_endpoint_override: 'http://127.0.0.1:1/v2.0'";
    let cloud = backend().connect(&fake.credentials(more)).await.unwrap();
    let failure = get(&cloud, "/networks/a").await.unwrap_err();
    assert_eq!((failure.class, failure.reason), (Class::Transient, "Unreachable"));
    assert_eq!(
        failure.message,
        "network API cannot be reached at 127.0.0.1:1: Connection refused (os error 111)"
    );
}

#[tokio::test]
async fn a_service_that_fails_is_left_alone_and_the_others_are_not() {
    let fake = FakeCloud::start().await;
    let more = format!("compute_endpoint_override: '{}/compute/v2.1'", fake.base());
    let cloud = login(&fake.credentials(&more)).await.unwrap();
    fake.script("/compute/v2.1/servers/a", 504, &[], "<html><body>Gateway Timeout</body></html>");
    let get =
        async |service, path: &str| cloud.read(service, &Read::Get { path: path.to_owned() }, None).await;
    for _ in 0..5 {
        assert_eq!(get(&COMPUTE, "/servers/a").await.unwrap_err().class, Class::Unanswered);
    }
    let asked = fake.state().seen.len();
    let failure = get(&COMPUTE, "/servers/b").await.unwrap_err();
    assert_eq!((failure.class, failure.reason), (Class::Transient, "ServiceFailed"));
    assert_eq!(
        failure.message,
        "compute API failed (504): Gateway Timeout (so it is since 2027-01-15T08:00:00Z; asked rarely until it answers)"
    );
    assert_eq!(fake.state().seen.len(), asked);
    assert_eq!(get(&NETWORK, "/networks/a").await, Ok(Answer::Gone));
}

#[tokio::test]
async fn a_pause_that_a_service_asks_for_is_kept_by_whoever_comes_next() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    fake.script(
        "/network/v2.0/networks/a",
        429,
        &[("retry-after", "60")],
        "{\"error\": {\"message\": \"slower\"}}",
    );
    let get = async |path: &str| cloud.read(&NETWORK, &Read::Get { path: path.to_owned() }, None).await;
    let first = get("/networks/a").await.unwrap_err();
    let asked = fake.state().seen.len();
    let second = get("/networks/b").await.unwrap_err();
    assert!(matches!(second.class, Class::RateLimited(wait) if wait.as_secs() > 50), "{second:?}");
    assert_eq!((second.message, fake.state().seen.len()), (first.message, asked));
}

#[tokio::test]
async fn a_cloud_that_is_away_is_not_waited_for_by_everybody() {
    let backend = backend();
    let mut credentials = FakeCloud::start().await.credentials("");
    credentials.given = Given::Fields(
        [("auth_url", "http://127.0.0.1:1"), ("user_id", "u"), ("password", "p")]
            .map(|(name, value)| (name.to_owned(), value.into()))
            .into(),
    );
    let first = backend.connect(&credentials).await.err().unwrap();
    assert_eq!((first.class, first.reason), (Class::Transient, "Unreachable"));
    assert_eq!(backend.connect(&credentials).await.err().unwrap(), first);
}

#[tokio::test]
async fn a_place_is_waited_for_but_not_for_ever_and_a_request_from_it_needs_no_other() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let mut places = vec![];
    for _ in 0..32 {
        places.push(cloud.place(&NETWORK).await.unwrap());
    }
    tokio::time::pause();
    let failure = cloud.place(&NETWORK).await.err().unwrap();
    tokio::time::resume();
    assert_eq!((failure.class, failure.reason), (Class::Transient, "TooManyRequests"));
    let request = Request::new(&NETWORK, Method::Delete, "/networks/a", None);
    let told = cloud.send_from(&places[0], &request).await;
    assert_eq!(told.unwrap_err().class, Class::NotFound, "it was sent");
    assert!(cloud.place(&NETWORK).await.is_ok(), "what is used up is given back");
    assert!(cloud.place(&COMPUTE).await.is_err(), "a service that is not there has no places");
}
