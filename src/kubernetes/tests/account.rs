//! As whom everything is done.

use super::*;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Uri},
};

#[tokio::test(start_paused = true)]
async fn other_credentials_and_an_account_that_does_not_exist_are_refused() {
    let bed = Bed::new("account").await;
    let nowhere = Given::Account { namespace: String::new(), name: "deployer".into() };
    for given in [Given::Document("clouds".into()), Given::Fields([].into()), nowhere] {
        let credentials = Credentials { given, ..Credentials::default() };
        let failure = bed.backend.connect(&credentials).await.err().unwrap();
        assert_eq!(failure.reason, "NoServiceAccount");
        assert!(failure.message.contains("spec.serviceAccountRef"), "{failure}");
    }
    let failure = bed.backend.connect(&account("nobody")).await.err().unwrap();
    assert!(failure.message.starts_with("ServiceAccount cloud/nobody does not exist"), "{failure}");
    let again = bed.backend.connect(&account("deployer")).await.unwrap();
    assert!(Arc::ptr_eq(&again, &bed.cloud), "one connection for each account");
}

#[tokio::test(start_paused = true)]
async fn the_cluster_is_described_by_version_account_and_missing_rights() {
    let bed = Bed::new("describe").await;
    let described = bed.cloud.describe(&[&SERVICE]).await.unwrap();
    let wanted = json!({"version": "v1.36.3", "account": "cloud/deployer", "missing": []});
    assert_eq!(Value::Object(described), wanted);
}

#[tokio::test]
async fn requests_are_made_as_the_account() {
    async fn answer(State(seen): State<Arc<Mutex<Vec<String>>>>, headers: HeaderMap, uri: Uri) -> String {
        let user = headers.get("impersonate-user").map(|user| user.to_str().unwrap().to_owned());
        seen.lock().extend(user);
        let answer = match uri.path() {
            "/version" => json!({"gitVersion": "v1.36.3"}),
            "/api/v1" => {
                json!({"resources": [{"name": "serviceaccounts", "kind": "ServiceAccount", "namespaced": true}]})
            }
            _ => json!({"kind": "ServiceAccount"}),
        };
        answer.to_string()
    }
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(seen.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let config = kube::Config::new(url.parse().unwrap());
    let tools = testing::tools(
        Arc::<Stub>::default(),
        &testing::folder("impersonated"),
        Box::new(|| Timestamp::UNIX_EPOCH),
    );
    KubernetesBackend::new(config, tools).connect(&account("deployer")).await.unwrap();
    let seen = seen.lock();
    assert!(
        !seen.is_empty() && seen.iter().all(|user| user == "system:serviceaccount:cloud:deployer"),
        "{seen:?}"
    );
}
