//! Nothing that is logged or printed holds a secret.

use super::*;
use parking_lot::Mutex;
use std::io;
use tracing_subscriber::fmt::MakeWriter;

/// Collects log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_logged_and_a_change_is_one_line() {
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_writer(lines.clone()).with_max_level(tracing::Level::TRACE).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let fake = FakeCloud::start().await;
    let cloud = fake.connect().await.unwrap();
    let mut request = create("web");
    request.secrets.insert("/network/description".into(), "hunter2hunter2".into());
    cloud.send(&request).await.unwrap();
    assert_eq!(fake.last().body["network"]["description"], "hunter2hunter2");
    let body = json!({"NeutronError": {"type": "BadRequest", "message": "'hunter2hunter2' is too short"}});
    fake.script("/network/v2.0/networks", 400, &[], &body.to_string());
    let failure = cloud.send(&request).await.unwrap_err();
    assert_eq!(failure.message, "network API refused the request (400): '***' is too short");
    let log = String::from_utf8(lines.0.lock().clone()).unwrap();
    let ours: Vec<_> = log.lines().filter(|line| line.contains("kupenstack::openstack::sender")).collect();
    assert_eq!(
        ours.iter().filter(|line| line.contains("INFO") && line.contains("change")).count(),
        2,
        "{ours:#?}"
    );
    assert!(
        ours.iter().any(|line| line.contains("request_id=\"req-0\"") && line.contains("status=201")),
        "{ours:#?}"
    );
    for secret in [PASSWORD, "secret-token", "hunter2"] {
        assert!(!log.contains(secret), "{log}");
        assert!(!format!("{failure:?} {request:?}").contains(secret));
    }
}

#[tokio::test]
async fn nothing_that_holds_a_secret_shows_it() {
    let fake = FakeCloud::start().await;
    let settings = crate::openstack::config::CloudSettings::read(&fake.credentials("")).unwrap();
    let client = crate::openstack::http::client(&settings, &Instruments::default()).unwrap();
    let keystone = crate::openstack::auth::Keystone::new(settings.clone(), client, Instruments::default());
    let token = keystone.token().await.unwrap();
    let shown = format!("{settings:?} {keystone:?} {token:?} {:?}", fake.credentials(""));
    for secret in [PASSWORD, "secret-token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
