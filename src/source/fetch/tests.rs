use super::*;
use crate::kind::{
    failure::Class,
    flow::{Algorithm, Checksum, Packing},
};
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Method, StatusCode as Code, Uri},
    response::{IntoResponse, Response as Answer},
};
use futures::stream;
use parking_lot::Mutex;
use std::{convert::Infallible, net::SocketAddr};

const DATA: &[u8] = b"abc";
/// The same, packed with xz.
const XZ: [u8; 60] = [
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21, 0x01, 0x16,
    0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x02, 0x61, 0x62, 0x63, 0x00, 0x00, 0x27, 0x76,
    0x27, 0x1a, 0x4a, 0x09, 0xd8, 0x2c, 0x00, 0x01, 0x1b, 0x03, 0x0b, 0x2f, 0xb9, 0x10, 0x1f, 0xb6, 0xf3,
    0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
];
const XZ_SHA256: &str = "02c603276264a4635755deb73337cf24bc561bf65e48a3dd4237cde3ec35143c";
const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A server on this machine. `/to?<address>` redirects, `/loop` for ever, `/endless` never ends, `/who` tells what it was told.
async fn server() -> SocketAddr {
    async fn answer(State(own): State<SocketAddr>, uri: Uri, headers: HeaderMap) -> Answer {
        let there = |to: String| (Code::FOUND, [("location", to)]).into_response();
        match uri.path() {
            "/data" => DATA.into_response(),
            "/who" => headers.get("authorization").map_or(Code::UNAUTHORIZED.into_response(), |who| {
                who.to_str().unwrap().to_owned().into_response()
            }),
            "/packed" => XZ.into_response(),
            "/to" => there(uri.query().unwrap_or_default().to_owned()),
            "/here" => there("/data".to_owned()),
            "/loop" => there(format!("http://{own}/loop")),
            "/nowhere" => Code::FOUND.into_response(),
            "/part" => (Code::PARTIAL_CONTENT, DATA).into_response(),
            "/busy" => Code::SERVICE_UNAVAILABLE.into_response(),
            "/large" => {
                let chunks = (0..64).map(|_| Ok::<_, Infallible>(vec![0_u8; 1 << 20]));
                Body::from_stream(stream::iter(chunks)).into_response()
            }
            "/silent" => Body::from_stream(stream::pending::<Result<Vec<u8>, Infallible>>()).into_response(),
            _ => Code::NOT_FOUND.into_response(),
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer).with_state(own);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    own
}

fn allowing(networks: &[&str]) -> Sources {
    Sources::allowing(networks.iter().map(|network| network.parse().unwrap()))
}

fn at(url: String) -> Source {
    Source { url, ..Source::default() }
}

async fn read(sources: &Sources, source: &Source) -> Result<Vec<u8>, Error> {
    let mut download = sources.open(source).await?;
    let mut all = vec![];
    while let Some((bytes, _)) = download.next().await? {
        all.extend(bytes);
    }
    Ok(all)
}

async fn refused(sources: &Sources, url: String) -> String {
    let error = read(sources, &at(url.clone())).await.expect_err(&url);
    assert_eq!(error.class(), Class::Terminal, "{url}: {error}");
    error.to_string()
}

#[tokio::test]
async fn nothing_local_is_fetched_by_address_name_or_redirect() {
    let port = server().await.port();
    let nothing = Sources::default();
    for host in
        ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433", "0x7f.1"]
    {
        let why = refused(&nothing, format!("http://{host}:{port}/data")).await;
        assert!(why.contains("unless the provider's administrator allows it"), "{host}: {why}");
    }
    // One address is allowed; whoever answers there can't lead us to another.
    let one = allowing(&["127.0.0.1"]);
    for target in ["127.0.0.2", "[::ffff:127.0.0.2]", "169.254.169.254", "0.0.0.0", "[fe80::1]"] {
        let why = refused(&one, format!("http://127.0.0.1:{port}/to?http://{target}:{port}/data")).await;
        assert!(why.contains("unless the provider's administrator allows it"), "{target}: {why}");
    }
}

#[tokio::test]
async fn only_http_addresses_without_credentials_are_taken() {
    let port = server().await.port();
    let all = allowing(&["127.0.0.0/8"]);
    for (url, says) in [
        ("file:///etc/passwd".to_owned(), "only http and https"),
        ("ftp://127.0.0.1/x".to_owned(), "only http and https"),
        (format!("http://127.0.0.1:{port}/to?file:///etc/passwd"), "only http and https"),
        (format!("http://127.0.0.1:{port}/to?gopher://127.0.0.1/"), "only http and https"),
        ("http://user:word@127.0.0.1/".to_owned(), "user or password"),
        ("nonsense".to_owned(), "can't be used"),
        (format!("http://127.0.0.1:{port}/loop"), "more than 5 times"),
        (format!("http://127.0.0.1:{port}/nowhere"), "to no address"),
    ] {
        let why = refused(&all, url.clone()).await;
        assert!(why.contains(says), "{url}: {why}");
        assert!(!why.contains("word@"), "{why}");
    }
}

#[tokio::test]
async fn what_is_allowed_comes_whole_also_over_redirects_and_names() {
    let port = server().await.port();
    let all = allowing(&["127.0.0.0/8", "::1"]);
    for path in [
        format!("127.0.0.1:{port}/data"),
        format!("localhost:{port}/data"),
        format!("127.0.0.1:{port}/here"),
        format!("127.0.0.1:{port}/to?http://localhost:{port}/here"),
    ] {
        assert_eq!(read(&all, &at(format!("http://{path}"))).await.unwrap(), DATA, "{path}");
    }
    assert_eq!(read(&all, &at(format!("http://127.0.0.1:{port}/large"))).await.unwrap().len(), 64 << 20);
}

#[tokio::test]
async fn who_reads_is_told_to_the_first_host_only() {
    let (port, other) = (server().await.port(), server().await.port());
    let all = allowing(&["127.0.0.0/8"]);
    let login = Login { user: "Aladdin".to_owned(), password: "open sesame".into() };
    let asks =
        |path: String| Source { login: Some(login.clone()), ..at(format!("http://127.0.0.1:{port}{path}")) };
    // The example of RFC 7617.
    let told = b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
    assert_eq!(read(&all, &asks("/who".to_owned())).await.unwrap(), told);
    assert_eq!(read(&all, &asks(format!("/to?http://127.0.0.1:{port}/who"))).await.unwrap(), told);
    let elsewhere = read(&all, &asks(format!("/to?http://127.0.0.1:{other}/who"))).await.unwrap_err();
    assert!(elsewhere.to_string().contains("(401 SourceRefused)"), "{elsewhere}");
    assert!(!format!("{login:?}").contains("sesame"));
}

#[tokio::test]
async fn a_checksum_that_does_not_fit_is_said_before_the_end_is() {
    let all = allowing(&["127.0.0.0/8"]);
    let url = format!("http://127.0.0.1:{}/data", server().await.port());
    let with = |value: &str| {
        let checksum = Some(Checksum { algorithm: Algorithm::Sha256, value: value.to_owned() });
        Source { checksum, ..at(url.clone()) }
    };
    assert_eq!(read(&all, &with(SHA256)).await.unwrap(), DATA);
    let error = read(&all, &with(&"0".repeat(64))).await.unwrap_err();
    assert_eq!((error.class(), error.reason()), (Class::Terminal, "ChecksumMismatch"));
    assert!(error.to_string().contains(&format!("their sha256 is {SHA256}")), "{error}");
}

#[tokio::test]
async fn packed_data_are_checked_as_they_came_and_passed_on_unpacked() {
    let all = allowing(&["127.0.0.0/8"]);
    let base = format!("http://{}", server().await);
    let packed = |path: &str, value: &str, packing| {
        let checksum = Some(Checksum { algorithm: Algorithm::Sha256, value: value.to_owned() });
        Source { url: format!("{base}/{path}"), checksum, packing: Some(packing), login: None }
    };
    let mut download = all.open(&packed("packed", XZ_SHA256, Packing::Xz)).await.unwrap();
    assert_eq!(download.length(), Some(60));
    assert_eq!(download.next().await.unwrap(), Some((DATA.to_vec(), 60)));
    assert_eq!(download.next().await.unwrap(), None);
    for (path, sum, packing, reason, says) in [
        ("packed", SHA256, Packing::Xz, "ChecksumMismatch", XZ_SHA256),
        ("packed", XZ_SHA256, Packing::Bzip2, "SourceNotUnpacked", "can't be unpacked with bzip2"),
        ("data", SHA256, Packing::Zstd, "SourceNotUnpacked", "can't be unpacked with zstd"),
    ] {
        let error = read(&all, &packed(path, sum, packing)).await.unwrap_err();
        assert_eq!((error.class(), error.reason()), (Class::Terminal, reason), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn other_answers_than_the_whole_file_are_errors_of_their_own_class() {
    let port = server().await.port();
    let all = allowing(&["127.0.0.0/8"]);
    for (path, class, says) in [
        ("none", Class::Terminal, "(404 SourceRefused)"),
        ("part", Class::Terminal, "(206 SourceRefused)"),
        ("busy", Class::Transient, "(503 SourceRefused)"),
    ] {
        let error = read(&all, &at(format!("http://127.0.0.1:{port}/{path}"))).await.unwrap_err();
        assert_eq!(error.class(), class, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    let closed = read(&all, &at("http://127.0.0.1:1/".to_owned())).await.unwrap_err();
    assert_eq!(closed.class(), Class::Transient, "{closed}");
}

#[tokio::test]
async fn a_source_that_falls_silent_is_given_up() {
    let all = allowing(&["127.0.0.0/8"]);
    let source = at(format!("http://127.0.0.1:{}/silent", server().await.port()));
    let mut download = all.open(&source).await.unwrap();
    tokio::time::pause();
    let error = download.next().await.unwrap_err();
    assert_eq!((error.class(), error.reason()), (Class::Transient, "SourceStalled"));
}

/// What a proxy was asked for. It has every file, redirects if the path says so, and lets nobody through to TLS.
type Asked = Arc<Mutex<Vec<String>>>;

async fn proxy() -> (SocketAddr, Asked) {
    async fn answer(State(asked): State<Asked>, method: Method, uri: Uri) -> Answer {
        asked.lock().push(format!("{method} {uri}"));
        match (method, uri.query()) {
            (Method::CONNECT, _) => Code::BAD_GATEWAY.into_response(),
            (_, Some(to)) => (Code::FOUND, [("location", to.to_owned())]).into_response(),
            (_, None) => DATA.into_response(),
        }
    }
    let asked = Asked::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer).with_state(asked.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (own, asked)
}

fn through(proxy: SocketAddr, except: &str, sources: Sources) -> Sources {
    // By its name, which the guard would refuse.
    let own = format!("http://localhost:{}", proxy.port());
    sources.through(
        Proxies::of(|variable| match variable {
            "HTTP_PROXY" | "HTTPS_PROXY" => Some(own.clone()),
            "NO_PROXY" => Some(except.to_owned()),
            _ => None,
        })
        .unwrap(),
    )
}

#[tokio::test]
async fn a_proxy_is_asked_for_what_nobody_here_can_resolve_and_for_nothing_local() {
    let (own, asked) = proxy().await;
    let sources = through(own, "", Sources::default());
    assert_eq!(read(&sources, &at("http://images.invalid/disk".to_owned())).await.unwrap(), DATA);
    assert_eq!(read(&sources, &at("http://192.0.2.1/disk".to_owned())).await.unwrap(), DATA);
    let tls = read(&sources, &at("https://images.invalid/disk".to_owned())).await.unwrap_err();
    assert_eq!(tls.reason(), "SourceUnreadable", "{tls}");
    let begun = ["GET http://images.invalid/disk", "GET http://192.0.2.1/disk", "CONNECT images.invalid:443"];
    assert_eq!(*asked.lock(), begun);
    asked.lock().clear();
    for local in [
        "http://127.0.0.1/x",
        "http://[::1]/x",
        "http://169.254.169.254/x",
        "http://localhost/x",
        "https://localhost/x",
    ] {
        let why = refused(&sources, local.to_owned()).await;
        assert!(why.contains("unless the provider's administrator allows it"), "{local}: {why}");
    }
    assert!(asked.lock().is_empty(), "{asked:?}");
    let led = refused(&sources, "http://images.invalid/to?http://169.254.169.254/x".to_owned()).await;
    assert!(led.contains("a cloud's metadata") || led.contains("of the local link"), "{led}");
    assert_eq!(asked.lock().len(), 1, "not for what the redirect leads to");
}

#[tokio::test]
async fn no_proxy_is_asked_for_what_the_environment_excepts() {
    let (own, asked) = proxy().await;
    let there = server().await.port();
    let sources = through(own, "localhost,127.0.0.0/8", allowing(&["127.0.0.0/8", "::1"]));
    for host in ["localhost", "127.0.0.1"] {
        let source = at(format!("http://{host}:{there}/data"));
        assert_eq!(read(&sources, &source).await.unwrap(), DATA, "{host}");
    }
    assert!(asked.lock().is_empty(), "{asked:?}");
    assert_eq!(read(&sources, &at("http://images.invalid/".to_owned())).await.unwrap(), DATA);
    // The name of the proxy is no way to what is local.
    let nothing = through(own, "localhost", Sources::default());
    let why = refused(&nothing, format!("http://localhost:{there}/data")).await;
    assert!(why.contains("of the loopback"), "{why}");
}
