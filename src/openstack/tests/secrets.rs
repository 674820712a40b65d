//! Nothing that is logged or printed holds a secret.

use super::*;
use crate::openstack::testing::fake_cloud::RecordedRequest;
use crate::{kind::request_id::RequestIds, runtime::testing::lines::Lines};

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
    assert_eq!(failure.message, "network API refused the request (400 BadRequest): '***' is too short");
    let log = lines.text();
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
    let client = crate::openstack::http::client(&settings, &Instruments::default()).unwrap();
    let keystone = crate::openstack::auth::Keystone::new(settings.clone(), client, Instruments::default());
    let token = keystone.token().await.unwrap();
    let shown = format!("{settings:?} {keystone:?} {token:?} {:?}", fake.credentials(""));
    for secret in [PASSWORD, "secret-token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn a_global_request_id_joins_all_requests_of_some_work_with_the_log() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let ids = RequestIds::new();
    let sent = async || {
        get(&cloud, "/networks/none").await.unwrap();
        cloud.send(&create("web")).await.unwrap();
    };
    ids.clone().cover(sent()).await;
    let global = |seen: &RecordedRequest| seen.headers["x-openstack-request-id"].to_str().unwrap().to_owned();
    let seen: Vec<_> = fake.state().seen.iter().map(global).collect();
    let (before, within) = seen.split_at(seen.len() - 2);
    assert!(within.iter().all(|id| *id == ids.global), "{within:?}");
    assert!(before.iter().all(|id| id.starts_with("req-")), "even a login has one: {before:?}");
    assert_eq!(ids.last().as_deref(), Some("req-0"));
    let log = lines.text();
    let change = log.lines().find(|line| line.contains("change")).unwrap();
    assert!(change.contains(&ids.global) && change.contains("request_id=\"req-0\""), "{change}");
}
