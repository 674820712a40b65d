//! The life of a token: renewed ahead of time, revoked, refused.

use super::*;

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
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(fake.state().logins.len(), 2, "beside the requests, which go on with the old one");
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
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(fake.state().logins.len(), 2);
    pass(Duration::from_secs(10 * 60)).await;
    let failure = get(&cloud, "/networks/a").await.unwrap_err();
    assert_eq!(
        (failure.class, failure.message.as_str()),
        (Class::Transient, "identity API failed (502 ServiceFailed): Bad Gateway")
    );
    fake.state().break_logins = false;
    pass(Duration::from_secs(6)).await;
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
        assert_eq!(
            failure.message,
            "identity API refused the credentials (401 Unauthenticated): not with \"***\""
        );
    }
    assert_eq!(fake.state().logins.len(), 2);
    fake.state().refuse_logins = false;
    pass(Duration::from_secs(31)).await;
    let fresh = backend.connect(&credentials).await.unwrap();
    assert_eq!(get(&fresh, "/networks/a").await, Ok(Answer::Gone));
}

#[tokio::test]
async fn a_service_that_does_not_accept_a_token_that_keystone_knows_is_at_fault_itself() {
    let fake = FakeCloud::start().await;
    let backend = backend();
    let credentials = fake.credentials("");
    let cloud = backend.connect(&credentials).await.unwrap();
    fake.script("/network/v2.0/networks/a", 401, &[], "{\"error\": {\"message\": \"no\"}}");
    for _ in 0..3 {
        let failure = get(&cloud, "/networks/a").await.unwrap_err();
        assert_eq!((failure.class, failure.reason), (Class::Transient, "TokenNotAccepted"), "{failure}");
    }
    assert_eq!(fake.state().logins.len(), 1);
    let checks = fake.state().seen.iter().filter(|seen| seen.headers.contains_key("x-subject-token")).count();
    assert_eq!(checks, 1, "Keystone's word is good for a moment");
    assert!(Arc::ptr_eq(&cloud, &backend.connect(&credentials).await.unwrap()));
    assert_eq!(get(&cloud, "/networks/b").await, Ok(Answer::Gone));
}

#[tokio::test]
async fn tokens_that_nobody_knows_do_not_lead_to_a_login_for_each_request() {
    let fake = FakeCloud::start().await;
    fake.state().forget_tokens = true;
    let cloud = fake.connect().await.unwrap();
    for _ in 0..20 {
        assert_eq!(get(&cloud, "/networks/a").await.unwrap_err().reason, "TokenNotAccepted");
    }
    assert!(fake.state().logins.len() <= 4, "{}", fake.state().logins.len());
}

#[tokio::test]
async fn refused_credentials_are_tried_ever_more_rarely_and_changed_ones_at_once() {
    let fake = FakeCloud::start().await;
    fake.state().refuse_logins = true;
    let (backend, credentials) = (backend(), fake.credentials(""));
    for _ in 0..360 {
        assert_eq!(backend.connect(&credentials).await.err().unwrap().class, Class::Unauthenticated);
        pass(Duration::from_secs(10)).await;
    }
    let tries = fake.state().logins.len();
    assert!((6..=8).contains(&tries), "{tries} in an hour");
    fake.state().refuse_logins = false;
    assert!(backend.connect(&credentials).await.is_err());
    assert!(backend.connect(&fake.credentials("verify: true")).await.is_ok());
    pass(Duration::from_secs(3600)).await;
    assert!(backend.connect(&credentials).await.is_ok(), "and the former ones once in an hour");
}

#[tokio::test]
async fn whatever_a_login_says_nothing_was_sent_and_nothing_is_gone() {
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    for (status, class) in [
        (404, Class::Transient),
        (409, Class::Transient),
        (500, Class::Transient),
        (504, Class::Transient),
        (403, Class::Terminal),
        (401, Class::Unauthenticated),
    ] {
        pass(Duration::from_secs(2 * 3600)).await;
        fake.state().login_status = Some(status);
        assert_eq!(get(&cloud, "/networks/a").await.map_err(|failure| failure.class), Err(class), "{status}");
        assert_eq!(cloud.send(&create("web")).await.map_err(|failure| failure.class), Err(class), "{status}");
        fake.state().login_status = None;
        pass(Duration::from_secs(40)).await;
        assert_eq!(get(&cloud, "/networks/a").await, Ok(Answer::Gone));
    }
}
