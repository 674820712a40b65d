//! The layer as a whole against a cloud on a local port.

use crate::kind::{
    cloud::{Backend, Cloud, Credentials, Given},
    failure::{Class, Failure},
    request::{
        Answer, Keep, Method, Microversion, Read, Request,
        service::{NETWORK, Service},
    },
};
use crate::openstack::{
    Instruments,
    testing::fake_cloud::{FakeCloud, PASSWORD, backend},
};
use futures::future::join_all;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{io, sync::Arc, time::Duration};
use tracing_subscriber::fmt::MakeWriter;

const COMPUTE: Service =
    Service { group: "compute", domain: "", types: &["compute"], major: 2, project: "Nova" };

async fn get(cloud: &Arc<dyn Cloud>, path: &str) -> Result<Answer, Failure> {
    cloud.read(&NETWORK, &Read::Get { path: path.to_owned() }, None).await
}

fn create(name: &str) -> Request {
    Request::new(&NETWORK, Method::Post, "/networks", Some(json!({"network": {"name": name}})))
}

/// Moves the clock without letting it run away while sockets wait.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_connection_creates_reads_and_deletes() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let mut request = create("web");
    request.microversion = Some(Microversion(2, 0));
    let created = cloud.send(&request).await.unwrap();
    assert_eq!(created["network"]["id"], "n0");
    let seen = fake.last();
    assert_eq!(
        (seen.target.as_str(), &seen.body["network"]["name"]),
        ("/network/v2.0/networks", &json!("web"))
    );
    assert_eq!(seen.headers["openstack-api-version"], "network 2.0");
    assert_eq!(seen.headers["user-agent"], concat!("kupenstack/", env!("CARGO_PKG_VERSION")));
    assert_eq!(get(&cloud, "/networks/n0").await, Ok(Answer::Body(created)));
    let delete = Request::new(&NETWORK, Method::Delete, "/networks/n0", None);
    assert_eq!(cloud.send(&delete).await, Ok(Value::Null));
    assert_eq!(get(&cloud, "/networks/n0").await, Ok(Answer::Gone));
    assert_eq!(cloud.send(&delete).await.unwrap_err().class, Class::NotFound);
    let discoveries = fake.state().seen.iter().filter(|seen| seen.target == "/network").count();
    assert_eq!((fake.state().logins.len(), discoveries), (1, 1));
}

#[tokio::test]
async fn a_connection_knows_its_facts() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let info = cloud.info();
    assert_eq!(info.auth_url, format!("{}/identity/v3", fake.base()));
    assert_eq!((info.region.as_deref(), info.project_id.as_deref()), (Some("R"), Some("p1")));
}

#[tokio::test]
async fn an_application_credential_logs_in_without_scope() {
    let fake = FakeCloud::start().await;
    let more = "auth_type: v3applicationcredential";
    let credentials = fake.credentials(more);
    let Given::Document(text) = &credentials.given else { panic!() };
    let text = secrecy::ExposeSecret::expose_secret(text).replace(
        "username: ada,",
        &format!("application_credential_id: ac, application_credential_secret: {PASSWORD},"),
    );
    backend().connect(&Credentials { given: Given::Document(text.into()), ..credentials }).await.unwrap();
    let identity = json!({"methods": ["application_credential"], "application_credential": {"id": "ac", "secret": PASSWORD}});
    assert_eq!(fake.state().logins, [json!({"auth": {"identity": identity}})]);
}

#[tokio::test]
async fn equal_credentials_share_a_connection_and_one_login() {
    let fake = FakeCloud::start().await;
    let backend = backend();
    let credentials = fake.credentials("");
    let clouds = join_all((0..20).map(|_| backend.connect(&credentials))).await;
    let clouds: Vec<_> = clouds.into_iter().map(Result::unwrap).collect();
    assert!(clouds.iter().all(|cloud| Arc::ptr_eq(cloud, &clouds[0])));
    assert_eq!(fake.state().logins.len(), 1);
    backend.connect(&fake.credentials("interface: public")).await.unwrap();
    assert_eq!(fake.state().logins.len(), 2);
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_whatever_the_clouds_clock_says() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    fake.state().networks.insert("a".into(), json!({"id": "a"}));
    pass(Duration::from_secs(54 * 60)).await;
    get(&cloud, "/networks/a").await.unwrap();
    assert_eq!(fake.state().logins.len(), 1);
    pass(Duration::from_secs(2 * 60)).await;
    join_all((0..10).map(|_| get(&cloud, "/networks/a"))).await;
    assert_eq!(fake.state().logins.len(), 2);
    get(&cloud, "/networks/a").await.unwrap();
    assert_eq!(fake.last().headers["x-auth-token"], "secret-token-2");
}

#[tokio::test]
async fn a_keystone_that_fails_while_the_token_is_alive_hurts_nobody() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    fake.state().break_logins = true;
    pass(Duration::from_secs(56 * 60)).await;
    for _ in 0..3 {
        assert_eq!(get(&cloud, "/networks/a").await, Ok(Answer::Gone));
    }
    assert_eq!(fake.state().logins.len(), 2);
    pass(Duration::from_secs(10 * 60)).await;
    let failure = get(&cloud, "/networks/a").await.unwrap_err();
    assert_eq!(
        (failure.class, failure.message.as_str()),
        (Class::Unanswered, "identity API failed (502): Bad Gateway")
    );
    fake.state().break_logins = false;
    assert_eq!(get(&cloud, "/networks/a").await, Ok(Answer::Gone));
}

#[tokio::test]
async fn after_a_revoked_token_many_requests_log_in_once() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    get(&cloud, "/networks/a").await.unwrap();
    fake.revoke_tokens();
    let answers = join_all((0..50).map(|_| get(&cloud, "/networks/a"))).await;
    assert!(answers.iter().all(|answer| *answer == Ok(Answer::Gone)), "{answers:?}");
    assert_eq!(fake.state().logins.len(), 2);
}

#[tokio::test]
async fn refused_credentials_are_not_tried_again_by_everybody() {
    let fake = FakeCloud::start().await;
    let backend = backend();
    let credentials = fake.credentials("");
    let cloud = backend.connect(&credentials).await.unwrap();
    fake.revoke_tokens();
    fake.state().refuse_logins = true;
    let answers = join_all((0..20).map(|_| get(&cloud, "/networks/a"))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().is_err_and(|error| error.class == Class::Unauthenticated))
    );
    assert_eq!(fake.state().logins.len(), 2);
    for _ in 0..5 {
        let failure = backend.connect(&credentials).await.err().unwrap();
        assert_eq!(failure.reason, "Unauthenticated");
        assert_eq!(failure.message, "identity API refused the credentials (401): not with \"***\"");
    }
    assert_eq!(fake.state().logins.len(), 3);
    fake.state().refuse_logins = false;
    pass(Duration::from_secs(31)).await;
    let fresh = backend.connect(&credentials).await.unwrap();
    assert_eq!(get(&fresh, "/networks/a").await, Ok(Answer::Gone));
}

#[tokio::test]
async fn a_service_that_rejects_new_tokens_too_ends_the_connection() {
    let fake = FakeCloud::start().await;
    let backend = backend();
    let credentials = fake.credentials("");
    let cloud = backend.connect(&credentials).await.unwrap();
    fake.script("/network/v2.0/networks/a", 401, &[], "{\"error\": {\"message\": \"no\"}}");
    let failure = get(&cloud, "/networks/a").await.unwrap_err();
    assert_eq!((failure.class, fake.state().logins.len()), (Class::Unauthenticated, 2));
    let next = backend.connect(&credentials).await.unwrap();
    assert!(!Arc::ptr_eq(&cloud, &next));
}

#[tokio::test]
async fn a_list_has_every_page_and_only_what_matters() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    for number in 0..7 {
        let name = if number % 3 == 0 { "mine" } else { "other" };
        fake.state()
            .networks
            .insert(format!("id{number}"), json!({"id": format!("id{number}"), "name": name}));
    }
    let read = Read::List {
        path: "/networks".into(),
        query: vec![("fields".into(), "id".into())],
        items: "networks",
        keep: Keep::Equals("name", "mine".into()),
    };
    let Ok(Answer::Items(items)) = cloud.read(&NETWORK, &read, None).await else { panic!("no list") };
    assert_eq!(
        items.iter().map(|item| item["id"].as_str().unwrap()).collect::<Vec<_>>(),
        ["id0", "id3", "id6"]
    );
    let targets: Vec<_> = fake.state().seen.iter().map(|seen| seen.target.clone()).collect();
    assert_eq!(targets[2], "/network/v2.0/networks?fields=id&limit=1000");
    assert_eq!(targets[3], "/network/v2.0/networks?limit=2&marker=id1");
    assert_eq!(targets.len(), 2 + 4);
}

#[tokio::test]
async fn a_missing_service_names_what_is_there() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let failure = cloud.read(&COMPUTE, &Read::Get { path: "/servers/a".into() }, None).await.unwrap_err();
    assert_eq!((failure.class, failure.reason), (Class::Terminal, "ServiceNotInCatalog"));
    assert_eq!(
        failure.message,
        "the cloud's catalog has no compute service (types compute) on interface public in region R; it has: identity, network"
    );
}

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
async fn the_crates_own_calls_work_over_our_plugin() {
    let fake = FakeCloud::start().await;
    let settings = crate::openstack::config::CloudSettings::read(&fake.credentials("")).unwrap();
    let client = crate::openstack::http::client(&settings).unwrap();
    let keystone = crate::openstack::auth::Keystone::new(settings, client.clone(), Instruments::default());
    let mut session = ::openstack::session::Session::new_with_client(client, keystone).await.unwrap();
    session.endpoint_filters_mut().region = Some("R".into());
    let endpoint = session.client().get_endpoint("network", session.endpoint_filters()).await.unwrap();
    assert_eq!(endpoint.as_str(), format!("{}/network", fake.base()));
    session.refresh().await.unwrap();
    assert_eq!(fake.state().logins.len(), 2, "a forced refresh really refreshes");
}

/// Collects log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_logged_and_a_change_is_one_line() {
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_writer(lines.clone()).with_max_level(tracing::Level::TRACE).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let mut request = create("web");
    request.secrets.insert("/network/description".into(), "hunter2hunter2".into());
    cloud.send(&request).await.unwrap();
    assert_eq!(fake.last().body["network"]["description"], "hunter2hunter2");
    let body = json!({"NeutronError": {"type": "BadRequest", "message": "'hunter2hunter2' is too short"}});
    fake.script("/network/v2.0/networks", 400, &[], &body.to_string());
    let failure = cloud.send(&request).await.unwrap_err();
    assert_eq!(failure.message, "network API refused the request (400): '***' is too short");
    let log = String::from_utf8(lines.0.lock().clone()).unwrap();
    let ours: Vec<_> = log.lines().filter(|line| line.contains("kupenstack::openstack::sender")).collect();
    assert_eq!(
        ours.iter().filter(|line| line.contains("INFO") && line.contains("change")).count(),
        2,
        "{ours:#?}"
    );
    assert!(
        ours.iter().any(|line| line.contains("request_id=\"req-0\"") && line.contains("status=201")),
        "{ours:#?}"
    );
    for secret in [PASSWORD, "secret-token", "hunter2"] {
        assert!(!log.contains(secret), "{log}");
        assert!(!format!("{failure:?} {request:?}").contains(secret));
    }
}

#[tokio::test]
async fn nothing_that_holds_a_secret_shows_it() {
    let fake = FakeCloud::start().await;
    let settings = crate::openstack::config::CloudSettings::read(&fake.credentials("")).unwrap();
    let client = crate::openstack::http::client(&settings).unwrap();
    let keystone = crate::openstack::auth::Keystone::new(settings.clone(), client, Instruments::default());
    let token = keystone.token().await.unwrap();
    let shown = format!("{settings:?} {keystone:?} {token:?} {:?}", fake.credentials(""));
    for secret in [PASSWORD, "secret-token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
