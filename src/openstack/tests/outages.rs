//! Services and clouds that are away, or ask for a pause.

use super::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

#[tokio::test]
async fn an_endpoint_that_cannot_be_reached_says_why() {
    let fake = FakeCloud::start().await;
    let more = "network_endpoint_override: 'http://127.0.0.1:1/v2.0'";
    let cloud = backend().connect(&fake.credentials(more)).await.unwrap();
    let failure = get(&cloud, "/networks/a").await.unwrap_err();
    assert_eq!((failure.class, failure.reason), (Class::Transient, "Unreachable"));
    assert_eq!(
        failure.message,
        "network API cannot be reached at 127.0.0.1:1 (Unreachable): Connection refused (os error 111)"
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
        "compute API failed (504 ServiceFailed): Gateway Timeout (so it is since 2027-01-15T08:00:00Z; asked rarely until it answers)"
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

#[tokio::test(start_paused = true)]
async fn a_login_that_gets_no_answer_is_waited_for_a_few_seconds_and_goes_on_by_itself() {
    let fake = FakeCloud::start().await;
    fake.state().hold_logins = true;
    let (backend, credentials) = (backend(), fake.credentials(""));
    let began = tokio::time::Instant::now();
    let all = join_all((0..50).map(|_| backend.connect(&credentials))).await;
    for failure in all.into_iter().map(|cloud| cloud.err().unwrap()) {
        assert_eq!((failure.class, failure.reason), (Class::Transient, "LoginUnderWay"), "{failure}");
    }
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    let began = tokio::time::Instant::now();
    assert!(backend.connect(&credentials).await.is_err());
    assert!(began.elapsed() < Duration::from_secs(1), "who comes later does not wait at all");
    fake.state().hold_logins = false;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(backend.connect(&credentials).await.is_ok());
    assert_eq!(fake.state().logins.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn while_a_login_that_failed_is_tried_again_the_known_failure_is_repeated() {
    let fake = FakeCloud::start().await;
    fake.state().login_status = Some(500);
    let (backend, credentials) = (backend(), fake.credentials(""));
    let known = backend.connect(&credentials).await.err().unwrap();
    fake.state().hold_logins = true;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let began = tokio::time::Instant::now();
    for _ in 0..5 {
        assert_eq!(backend.connect(&credentials).await.err().unwrap(), known);
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn nothing_that_a_provider_config_names_leads_to_where_no_cloud_may_be() {
    let fake = FakeCloud::start().await;
    let reaching = |addresses| OpenStack::new(Instruments::default().reaching(addresses));
    let port = fake.base().rsplit_once(':').unwrap().1.to_owned();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let given = [
            ("auth_url", format!("http://{host}:{port}/identity")),
            ("user_id", "u".into()),
            ("password", "p".into()),
        ];
        let given = given.map(|(name, value)| (name.to_owned(), value.into())).into();
        let credentials = Credentials { given: Given::Fields(given), ..Credentials::default() };
        let failure = reaching(CloudAddresses::Private).connect(&credentials).await.err().unwrap();
        assert_eq!((failure.class, failure.reason), (Class::Terminal, "AddressNotAllowed"), "{failure}");
        assert!(
            failure.message.contains("unless its administrator allows it (flag --cloud-addresses)"),
            "{failure}"
        );
    }
    assert_eq!(fake.state().seen.len(), 0);
    for (more, says) in [
        ("network_endpoint_override: 'http://169.254.169.254/latest'", "of the local link"),
        ("network_endpoint_override: 'http://[fd00:ec2::254]/v2.0'", "a cloud's metadata service"),
    ] {
        let cloud = login(&fake.credentials(more)).await.unwrap();
        let failure = get(&cloud, "/networks/a").await.unwrap_err();
        assert_eq!((failure.class, failure.reason), (Class::Terminal, "AddressNotAllowed"), "{failure}");
        assert!(
            failure.message.contains(says)
                && failure.message.contains("does not connect there (AddressNotAllowed)"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn what_is_no_service_of_openstack_is_not_repeated() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    for body in [
        "the inside of another service",
        "{\"message\": \"the inside\"}",
        "<html><body>the inside</body></html>",
    ] {
        fake.script("/network/v2.0/networks/a", 500, &[], body);
        assert_eq!(
            get(&cloud, "/networks/a").await.unwrap_err().message,
            "network API failed (500 ServiceFailed): Internal Server Error"
        );
    }
    fake.script(
        "/network/v2.0/networks/a",
        400,
        &[("x-openstack-request-id", "req-1")],
        "Bad in its own words",
    );
    assert!(get(&cloud, "/networks/a").await.unwrap_err().message.ends_with("Bad in its own words"));
}

/// A service that answers every request with these bytes and closes the connection.
async fn speaking(words: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(words.as_bytes()).await;
        }
    });
    format!("network_endpoint_override: 'http://{address}/v2.0'")
}

#[tokio::test]
async fn half_an_answer_is_none_whether_its_length_was_told_or_not() {
    let fake = FakeCloud::start().await;
    for (words, reason) in [
        ("HTTP/1.1 201 Created\r\ncontent-length: 90\r\n\r\n{\"network\": {\"id\": ", "ConnectionBroken"),
        ("HTTP/1.1 201 Created\r\nconnection: close\r\n\r\n{\"network\": {\"id\": ", "MalformedAnswer"),
        ("HTTP/1.1 201 Created\r\ncontent-le", "ConnectionBroken"),
    ] {
        let cloud = login(&fake.credentials(&speaking(words).await)).await.unwrap();
        let failure = cloud.send(&create("a")).await.unwrap_err();
        assert_eq!((failure.class, failure.reason), (Class::Unanswered, reason), "{words}");
    }
}
