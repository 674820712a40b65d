use super::*;
use axum::{
    Router,
    extract::State,
    http::{HeaderMap as Headers, StatusCode as Code, Uri},
    response::{IntoResponse, Response as Answer},
};
use std::net::SocketAddr;

const MEDIA: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const CHART: &[u8] = b"abc";
const CHART_SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn manifest(digest: &str) -> String {
    serde_json::json!({"layers": [
        {"mediaType": "application/vnd.cncf.helm.chart.provenance.v1.prov", "digest": "sha256:00"},
        {"mediaType": MEDIA, "digest": format!("sha256:{digest}")},
    ]})
    .to_string()
}

/// A registry on this machine. Below `private/` it wants a token; `broken` holds other bytes than its manifest says.
async fn registry() -> SocketAddr {
    async fn answer(State(own): State<SocketAddr>, headers: Headers, uri: Uri) -> Answer {
        let path = uri.path();
        if path == "/token" {
            assert_eq!(uri.query(), Some("service=r&scope=repository%3Aprivate%2Fa%3Apull"));
            return r#"{"token": "t0ken"}"#.into_response();
        }
        let known = headers.get("authorization").is_some_and(|value| value == "Bearer t0ken");
        if path.contains("/private/") && !known {
            let realm = format!(
                "Bearer realm=\"http://{own}/token\",service=\"r\",scope=\"repository:private/a:pull\""
            );
            return (Code::UNAUTHORIZED, [("www-authenticate", realm)]).into_response();
        }
        match path {
            "/v2/a/manifests/1.0" | "/v2/private/a/manifests/1.0" => manifest(CHART_SHA256).into_response(),
            "/v2/broken/manifests/1.0" => manifest(&"0".repeat(64)).into_response(),
            _ if path.contains("/manifests/sha256:") => "{}".into_response(),
            "/v2/image/manifests/1.0" => r#"{"layers": []}"#.into_response(),
            _ if path.contains("/blobs/") => CHART.into_response(),
            _ => Code::NOT_FOUND.into_response(),
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer).with_state(own);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    own
}

async fn pull(registry: SocketAddr, path: &str, tag: &str) -> Result<Artifact, Error> {
    let sources = Sources::allowing(["127.0.0.0/8".parse().unwrap()]);
    let reference = format!("oci://{registry}/{path}").parse().unwrap();
    sources.pull(&reference, tag, MEDIA, 1 << 20).await
}

#[tokio::test]
async fn a_chart_is_pulled_without_a_login_and_with_a_token_where_the_registry_wants_one() {
    let registry = registry().await;
    let open = pull(registry, "a", "1.0").await.unwrap();
    assert_eq!((open.bytes.as_slice(), open.digest.len()), (CHART, 71));
    assert_eq!(pull(registry, "private/a", "1.0").await.unwrap(), open);
}

#[tokio::test]
async fn other_bytes_than_the_digests_say_are_refused() {
    let registry = registry().await;
    let error = pull(registry, "broken", "1.0").await.unwrap_err();
    assert_eq!(error.reason(), "ChecksumMismatch");
    let error = pull(registry, "a", &format!("sha256:{}", "1".repeat(64))).await.unwrap_err();
    assert!(error.to_string().ends_with("has other data under this digest (RegistryUnusable)"), "{error}");
    let error = pull(registry, "image", "1.0").await.unwrap_err();
    assert!(error.to_string().contains("has no application/vnd.cncf.helm"), "{error}");
}

#[tokio::test]
async fn plain_http_is_spoken_only_to_what_the_administrator_allowed() {
    let registry = registry().await;
    let reference = format!("oci://{registry}/a").parse().unwrap();
    let error = Sources::default().pull(&reference, "1.0", MEDIA, 1 << 20).await.unwrap_err();
    assert_eq!(error.reason(), "SourceNotAllowed");
}

#[test]
fn references_name_a_host_and_a_path() {
    let good: Reference = "oci://r:5000/charts/a/".parse().unwrap();
    assert_eq!((good.host.as_str(), good.repository.as_str()), ("r:5000", "charts/a"));
    for wrong in ["r/charts", "oci://r", "oci:///a", "oci://u:p@r/a", "oci://r/a?b", "https://r/a"] {
        assert!(wrong.parse::<Reference>().is_err(), "{wrong}");
    }
}
