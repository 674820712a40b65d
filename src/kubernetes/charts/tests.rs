use super::*;
use axum::{Router, extract::State, http::StatusCode as Code, http::Uri, response::IntoResponse};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A packaged chart.
pub(crate) fn packaged(name: &str, version: &str, template: &str) -> Vec<u8> {
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(vec![], flate2::Compression::fast()));
    for (path, text) in [
        ("Chart.yaml", format!("apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: v1.0.0\n")),
        ("values.yaml", "conf: {a: 1}\n".to_owned()),
        ("templates/a.yaml", template.to_owned()),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("{name}/{path}"), text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("kupenstack-charts-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("mounted")).unwrap();
    folder
}

fn charts(name: &str) -> (Charts, PathBuf) {
    let folder = folder(name);
    let sources = Sources::allowing(["127.0.0.0/8".parse().unwrap()]);
    (Charts::new(sources, Some(folder.join("mounted")), folder.join("kept")), folder.join("mounted"))
}

fn spec(name: &str, version: &str) -> ChartSpec {
    ChartSpec { name: Some(name.into()), version: Some(version.into()), ..ChartSpec::default() }
}

#[tokio::test]
async fn a_mounted_chart_is_read_with_its_facts() {
    let (charts, mounted) = charts("mounted");
    fs::write(mounted.join("a-1.0.0.tgz"), packaged("a", "1.0.0", "{{ .Capabilities.KubeVersion }}"))
        .unwrap();
    let chart = charts.get(&spec("a", "1.0.0"), None).await.unwrap();
    assert_eq!(chart.text("appVersion").as_deref(), Some("v1.0.0"));
    assert_eq!(chart.values, serde_json::json!({"conf": {"a": 1}}));
    assert!(chart.capabilities && chart.path.exists());
    for (name, version) in [("a", "2.0.0"), ("../a", "1.0.0")] {
        assert_eq!(charts.get(&spec(name, version), None).await.unwrap_err().reason(), "ChartUnusable");
    }
}

#[tokio::test]
async fn other_data_under_the_version_of_the_release_are_refused_until_their_digest_is_named() {
    let (charts, mounted) = charts("replaced");
    fs::write(mounted.join("a-1.0.0.tgz"), packaged("a", "1.0.0", "new")).unwrap();
    let used = Used { version: "1.0.0".into(), digest: format!("sha256:{}", "0".repeat(64)) };
    let error = charts.get(&spec("a", "1.0.0"), Some(&used)).await.unwrap_err().to_string();
    let digest = error.rsplit_once("set digest: ").unwrap().1.to_owned();
    let named = ChartSpec { digest: Some(digest), ..spec("a", "1.0.0") };
    charts.get(&named, Some(&used)).await.unwrap();
    let older = Used { version: "0.9.0".into(), ..used };
    charts.get(&spec("a", "1.0.0"), Some(&older)).await.unwrap();
    let wrong = ChartSpec { digest: Some("sha256:1".into()), ..spec("a", "1.0.0") };
    assert!(charts.get(&wrong, None).await.unwrap_err().to_string().contains("not the one that is wanted"));
}

#[tokio::test]
async fn a_repository_is_asked_once_for_a_version() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    async fn answer(State(chart): State<Vec<u8>>, uri: Uri) -> axum::response::Response {
        ASKED.fetch_add(1, Ordering::SeqCst);
        let index = "entries:\n  a:\n  - {version: 1.0.0, urls: [files/a-1.0.0.tgz]}\n";
        match uri.path() {
            "/charts/index.yaml" => index.into_response(),
            "/charts/files/a-1.0.0.tgz" => chart.into_response(),
            _ => Code::NOT_FOUND.into_response(),
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap();
    let router = Router::new().fallback(answer).with_state(packaged("a", "1.0.0", ""));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let (charts, _) = charts("repository");
    let wanted = ChartSpec { repository: Some(format!("http://{own}/charts")), ..spec("a", "1.0.0") };
    let first = charts.get(&wanted, None).await.unwrap();
    assert!(Arc::ptr_eq(&first, &charts.get(&wanted, None).await.unwrap()));
    assert_eq!(ASKED.load(Ordering::SeqCst), 2);
    fs::remove_file(&first.path).unwrap();
    charts.get(&wanted, None).await.unwrap();
    assert!(first.path.exists(), "a file that made room for others is fetched again");
    let missing = ChartSpec { version: Some("2.0.0".into()), ..wanted };
    let error = charts.get(&missing, None).await.unwrap_err();
    assert!(error.to_string().ends_with("the repository has no such version"), "{error}");
}

#[tokio::test]
async fn what_is_no_chart_and_an_address_without_a_checksum_are_refused() {
    let (charts, mounted) = charts("none");
    fs::write(mounted.join("a-1.0.0.tgz"), b"no archive").unwrap();
    let error = charts.get(&spec("a", "1.0.0"), None).await.unwrap_err().to_string();
    assert!(error.starts_with("chart a 1.0.0 (ChartUnusable): is no packaged chart"), "{error}");
    let url = ChartSpec { url: Some("https://127.0.0.1/a.tgz".into()), ..ChartSpec::default() };
    let error = charts.get(&url, None).await.unwrap_err().to_string();
    assert!(error.ends_with("sha256 is missing"), "{error}");
}
