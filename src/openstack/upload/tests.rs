use super::*;
use crate::{
    kind::{
        failure::Class,
        flow::{Algorithm, Checksum, Source},
        request::{Method, Request, service::IMAGE},
    },
    openstack::{Instruments, http, response::RawResponse},
};
use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    extract::State,
    http::StatusCode,
    routing::{get, put},
};
use futures::StreamExt;
use std::convert::Infallible;

const CHUNK: usize = 64 << 10;
const CHUNKS: usize = 320;

/// Bytes that a service took, and whether their end came.
type ReceivedBody = Arc<Mutex<Option<(usize, bool)>>>;

/// `/data` is 20 MiB of zeros; `/file` takes a body, `/full` none.
async fn server(taken: ReceivedBody) -> String {
    async fn take(State(taken): State<ReceivedBody>, body: Body) -> StatusCode {
        let mut body = body.into_data_stream();
        let mut all = 0;
        while let Some(chunk) = body.next().await {
            match chunk {
                Ok(chunk) => all += chunk.len(),
                Err(_) => {
                    *taken.lock() = Some((all, false));
                    return StatusCode::BAD_REQUEST;
                }
            }
        }
        *taken.lock() = Some((all, true));
        StatusCode::NO_CONTENT
    }
    async fn give() -> Body {
        Body::from_stream(stream::iter((0..CHUNKS).map(|_| Ok::<_, Infallible>(vec![0_u8; CHUNK]))))
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/data", get(give))
        .route("/file", put(take))
        .route(
            "/full",
            put(async || (StatusCode::PAYLOAD_TOO_LARGE, r#"{"message": "the store is full", "code": 413}"#)),
        )
        .with_state(taken);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    base
}

struct Direct(String);

#[async_trait]
impl Transport for Direct {
    async fn send(&self, _: &Request) -> Result<RawResponse, Error> {
        panic!("nothing is sent")
    }

    async fn stream(&self, request: &Request, body: reqwest::Body) -> Result<RawResponse, Error> {
        let client = reqwest::Client::new();
        let put = client.put(format!("{}{}", self.0, request.path)).body(body).build().unwrap();
        let done =
            http::exchange(&client, &Instruments::default(), request.service, put, http::Room::Object).await;
        done.map(|(response, _)| response)
    }
}

async fn run(
    path: &str,
    checksum: Option<&str>,
) -> (Result<(), Failure>, Option<(usize, bool)>, Option<u64>) {
    let taken = ReceivedBody::default();
    let base = server(taken.clone()).await;
    let checksum = checksum.map(|value| Checksum { algorithm: Algorithm::Md5, value: value.to_owned() });
    let source = Source { url: format!("{base}/data"), checksum, ..Source::default() };
    let request = Request::new(&IMAGE, Method::Put, path, None);
    let (sources, progress) = (Sources::allowing(["127.0.0.1".parse().unwrap()]), Progress::default());
    let done = upload(&Direct(base), &sources, &source, &request, &progress).await;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if taken.lock().is_some() {
            break;
        }
    }
    let taken = *taken.lock();
    (done, taken, progress.percent())
}

#[tokio::test]
async fn data_flow_from_the_source_into_the_service() {
    let (done, taken, _) = run("/file", Some("8f4e33f3dc3e414ff94e5fb6905cba8c")).await;
    assert_eq!((done, taken), (Ok(()), Some((CHUNK * CHUNKS, true))));
}

#[tokio::test]
async fn the_end_of_wrong_data_never_reaches_the_service() {
    let (done, taken, _) = run("/file", Some("00000000000000000000000000000000")).await;
    let failure = done.unwrap_err();
    assert_eq!((failure.class, failure.reason), (Class::Terminal, "ChecksumMismatch"));
    let (_, whole) = taken.unwrap();
    assert!(!whole, "it must look like a connection that broke");
}

#[tokio::test]
async fn what_the_service_says_is_the_error() {
    let (done, ..) = run("/full", None).await;
    let failure = done.unwrap_err();
    assert!(failure.message.starts_with("image API"), "{failure}");
}

#[tokio::test(start_paused = true)]
async fn data_that_drip_are_broken_off_and_slow_ones_are_not() {
    for (bytes, waits, ends) in [
        (1, 1000, Some(Slow::Source)),
        (1 << 10, 1000, Some(Slow::Source)),
        (1 << 10, 10, Some(Slow::Service)),
        (80 << 10, 1000, None),
    ] {
        let (sent, progress) = (BodyState::default(), Progress::default());
        let drip = async {
            loop {
                sleep(Duration::from_secs(1)).await;
                sent.progress.add(1);
                sent.moved.fetch_add(bytes, Ordering::Relaxed);
                sent.waited.fetch_add(waits, Ordering::Relaxed);
            }
        };
        let ended = tokio::select! {
            slow = watch(&sent, &progress) => Some(slow),
            () = drip => None,
            () = sleep(Duration::from_secs(3600)) => None,
        };
        assert_eq!(ended, ends, "{bytes} bytes a second");
    }
}
