//! Every way to log in.

use super::*;

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
        refused.message.starts_with(
            "identity provider API refused the credentials (401 Unauthenticated): invalid_client who is"
        ),
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
    assert_eq!(refused.message, "identity API refused the credentials (401 Unauthenticated): Unauthorized");
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
        "identity API refused the credentials (401 Unauthenticated): the user needs more methods: set auth_type v3multifactor and auth_methods [v3applicationcredential] or [v3password, v3totp]"
    );
}
