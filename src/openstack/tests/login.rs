//! Every way to log in, what is told of a login, versions, and services that are away.

use crate::kind::{
    cloud::{Backend, Cloud, Credentials, Given},
    failure::{Class, Failure},
    request::{
        Answer, Method, Microversion, Read, Request,
        service::{COMPUTE, IDENTITY, NETWORK, Service},
    },
};
use crate::openstack::{
    description::{CatalogEntry, Description},
    testing::fake_cloud::{FakeCloud, PASSWORD, backend},
};
use serde_json::{Value, json};
use std::sync::Arc;

fn fields(fake: &FakeCloud, more: &[(&str, &str)]) -> Credentials {
    let url = format!("{}/identity", fake.base());
    let own = [("auth_url", url.as_str()), ("region_name", "R"), ("project_id", "p1")];
    let all = own.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).into()));
    Credentials { given: Given::Fields(all.collect()), ..Credentials::default() }
}

async fn described(cloud: &dyn Cloud, services: &[&'static Service]) -> Description {
    serde_json::from_value(Value::Object(cloud.describe(services).await.unwrap())).unwrap()
}

async fn login(credentials: &Credentials) -> Result<Arc<dyn Cloud>, Failure> {
    backend().connect(credentials).await
}

#[tokio::test]
async fn several_methods_go_in_one_login_with_a_passcode_of_the_moment() {
    let fake = FakeCloud::start().await;
    let seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let more = [
        ("auth_type", "v3multifactor"),
        ("auth_methods", "v3password,v3totp"),
        ("user_id", "u"),
        ("password", PASSWORD),
        ("totp_seed", seed),
    ];
    login(&fields(&fake, &more)).await.unwrap();
    let identity = &fake.state().logins[0]["auth"]["identity"];
    assert_eq!(identity["methods"], json!(["password", "totp"]));
    // The tests' clock stands at 1 800 000 000 s.
    assert_eq!(identity["totp"], json!({"user": {"id": "u", "passcode": "768147"}}));
}

#[tokio::test]
async fn a_client_of_an_identity_provider_gets_a_token_with_its_scope() {
    let fake = FakeCloud::start().await;
    let discovery = format!("{}/idp/discovery", fake.base());
    let with = |secret: &'static str| {
        let more = [
            ("auth_type", "v3oidcclientcredentials"),
            ("identity_provider", "idp"),
            ("protocol", "openid"),
            ("client_id", "robot"),
            ("client_secret", secret),
            ("discovery_endpoint", discovery.as_str()),
        ];
        fields(&fake, &more)
    };
    let cloud = login(&with(PASSWORD)).await.unwrap();
    assert_eq!(cloud.read(&NETWORK, &Read::Get { path: "/networks/a".into() }, None).await, Ok(Answer::Gone));
    let auth = fake.state().logins[0]["auth"].clone();
    assert_eq!(auth["identity"], json!({"methods": ["token"], "token": {"id": "secret-token-1"}}));
    assert_eq!(auth["scope"], json!({"project": {"id": "p1"}}));
    let refused = login(&with("hunter2")).await.err().unwrap();
    assert_eq!(refused.class, Class::Unauthenticated);
    assert!(
        refused
            .message
            .starts_with("identity provider API refused the credentials (401): invalid_client who is"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_token_of_an_identity_provider_that_is_not_accepted_is_a_refused_login() {
    let fake = FakeCloud::start().await;
    let with = |token: &'static str| {
        let more = [
            ("auth_type", "v3oidcaccesstoken"),
            ("identity_provider", "idp"),
            ("protocol", "openid"),
            ("access_token", token),
        ];
        fields(&fake, &more)
    };
    assert!(login(&with("idp-token")).await.is_ok());
    let refused = login(&with("hunter2")).await.err().unwrap();
    assert_eq!(refused.class, Class::Unauthenticated);
    assert_eq!(refused.message, "identity API refused the credentials (401): Unauthorized");
}

#[tokio::test]
async fn a_user_who_needs_more_methods_is_told_which() {
    let fake = FakeCloud::start().await;
    let body = json!({"receipt": {"methods": ["password"]},
        "required_auth_methods": [["totp", "password"], ["application_credential"]]});
    fake.state().receipt = Some(body.to_string());
    let failure = fake.connect().await.err().unwrap();
    assert_eq!(
        failure.message,
        "identity API refused the credentials (401): the user needs more methods: set auth_type v3multifactor and auth_methods [v3applicationcredential] or [v3password, v3totp]"
    );
}

#[tokio::test]
async fn a_cloud_tells_who_is_logged_in_and_what_it_offers() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let told = described(cloud.as_ref(), &[&NETWORK]).await;
    assert_eq!(told.auth_url, format!("{}/identity/v3", fake.base()));
    let user = told.user.unwrap();
    assert_eq!((user.name.as_str(), user.domain.as_deref()), ("ada", Some("Default")));
    assert_eq!((told.project.unwrap().id.as_str(), told.system), ("p1", None));
    assert_eq!(
        (told.roles, told.regions),
        (vec!["member".into(), "reader".to_owned()], vec!["R".to_owned()])
    );
    let entry = |kind: &str, path: &str, version: Option<&str>| CatalogEntry {
        r#type: kind.to_owned(),
        endpoint: format!("{}{path}", fake.base()),
        version: version.map(str::to_owned),
        ..CatalogEntry::default()
    };
    let offers = [entry("identity", "/identity/v3", None), entry("network", "/network", Some("v2.0"))];
    assert_eq!(told.services, offers);
    let asked = fake.state().seen.len();
    cloud.describe(&[&NETWORK]).await.unwrap();
    assert_eq!(fake.state().seen.len(), asked + 1, "versions are asked for once");
}

#[tokio::test]
async fn a_login_that_was_revoked_is_noticed_when_the_cloud_is_described() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    fake.revoke_tokens();
    cloud.describe(&[]).await.unwrap();
    assert_eq!(fake.state().logins.len(), 2, "a new login shows that the credentials are still good");
    fake.revoke_tokens();
    fake.state().refuse_logins = true;
    assert_eq!(cloud.describe(&[]).await.unwrap_err().class, Class::Unauthenticated);
}

#[tokio::test]
async fn a_service_whose_version_cannot_be_had_is_told_beside_the_others() {
    let fake = FakeCloud::start().await;
    let more = "identity_endpoint_override: 'http://127.0.0.1:1/elsewhere'";
    let cloud = login(&fake.credentials(more)).await.unwrap();
    let told = described(cloud.as_ref(), &[&NETWORK, &IDENTITY]).await;
    let [identity, network] = &told.services[..] else { panic!("{told:?}") };
    assert_eq!(identity.endpoint, "http://127.0.0.1:1/elsewhere");
    assert!(identity.problem.as_ref().unwrap().starts_with("identity API cannot be reached at 127.0.0.1:1"));
    assert_eq!(network.problem, None);
}

#[tokio::test]
async fn a_cloud_that_is_too_old_for_a_field_says_so_before_anything_is_sent() {
    let fake = FakeCloud::start().await;
    let more = format!("compute_endpoint_override: '{}/compute/v2.1'", fake.base());
    let cloud = login(&fake.credentials(&more)).await.unwrap();
    fake.script(
        "/compute/v2.1/servers",
        202,
        &[("content-type", "application/json")],
        "{\"server\": {\"id\": \"s\"}}",
    );
    let mut request = Request::new(&COMPUTE, Method::Post, "/servers", Some(json!({"server": {}})));
    request.microversion = Some(Microversion(2, 60));
    cloud.send(&request).await.unwrap();
    assert_eq!(fake.last().headers["openstack-api-version"], "compute 2.60");
    (request.microversion, request.because) = (Some(Microversion(2, 90)), Some("hostname"));
    let asked = fake.state().seen.len();
    let failure = cloud.send(&request).await.unwrap_err();
    assert_eq!((failure.class, failure.reason), (Class::Terminal, "MicroversionNotOffered"));
    assert_eq!(failure.message, "compute API of this cloud speaks at most 2.60; 2.90 is needed for hostname");
    assert_eq!(
        fake.state().seen.len(),
        asked,
        "the version document is asked for once, the service not at all"
    );
    let told = described(cloud.as_ref(), &[&COMPUTE]).await;
    assert_eq!(told.services.len(), 3, "one that only the override names is told, too: {told:?}");
    let nova = told.services.iter().find(|entry| entry.r#type == "compute").unwrap();
    assert_eq!(nova.max_microversion.as_deref(), Some("2.60"));
}

#[tokio::test]
async fn a_service_without_a_readable_version_document_is_asked_all_the_same() {
    let fake = FakeCloud::start().await;
    let more = format!("compute_endpoint_override: '{}/compute/v2'", fake.base());
    let cloud = login(&fake.credentials(&more)).await.unwrap();
    fake.script("/compute/v2/", 403, &[], "{\"error\": {\"message\": \"no\"}}");
    fake.script("/compute/v2/flavors", 200, &[("content-type", "application/json")], "{}");
    let mut request = Request::new(&COMPUTE, Method::Get, "/flavors", None);
    request.microversion = Some(Microversion(2, 90));
    cloud.send(&request).await.unwrap();
    cloud.send(&request).await.unwrap();
    let documents = fake.state().seen.iter().filter(|seen| seen.target == "/compute/v2/").count();
    assert_eq!(documents, 1);
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
