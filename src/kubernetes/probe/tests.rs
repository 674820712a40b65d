use super::*;
use crate::runtime::testing::fake::Fake;
use axum::{Router, http::StatusCode as Code};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};

async fn server(code: Code) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new().fallback(move || async move { code });
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

fn begin(cluster: &Fake, port: u16, path: Option<&str>) -> (Probe, Arc<AtomicUsize>) {
    let api = ApiServer::new(cluster.client(), "a/deployer".into());
    let flips = Arc::<AtomicUsize>::default();
    let flipped = flips.clone();
    let service = "api".to_owned();
    let spec = match path {
        Some(path) => ProbeSpec::Http { service, port, path: path.to_owned() },
        None => ProbeSpec::Tcp { service, port },
    };
    let probe = Probe::begin(api, Arc::new(ClusterNetwork), "a", spec, move || {
        flipped.fetch_add(1, Ordering::SeqCst);
    });
    (probe, flips)
}

fn with_service() -> Fake {
    let cluster = Fake::default();
    cluster.put("/api/v1/namespaces/a/services/api", json!({"spec": {"clusterIP": "127.0.0.1"}}));
    cluster
}

#[tokio::test]
async fn any_answer_but_a_failure_of_the_server_is_one() {
    let cluster = with_service();
    for (code, answers) in [
        (Code::OK, true),
        (Code::MULTIPLE_CHOICES, true),
        (Code::UNAUTHORIZED, true),
        (Code::SERVICE_UNAVAILABLE, false),
    ] {
        let (probe, _) = begin(&cluster, server(code).await, Some("/v3"));
        assert_eq!(probe.answers().await, answers, "{code}");
    }
    let (connection, _) = begin(&cluster, server(Code::OK).await, None);
    assert!(connection.answers().await);
}

#[tokio::test]
async fn a_service_that_is_not_there_does_not_answer() {
    let (probe, flips) = begin(&Fake::default(), server(Code::OK).await, None);
    assert!(!probe.answers().await);
    assert_eq!(flips.load(Ordering::SeqCst), 0, "the first answer is no flip");
}
