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
