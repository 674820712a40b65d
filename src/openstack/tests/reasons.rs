//! Every reason is provoked here, or it is said why not; and every one stands in the documentation.

use super::*;
use crate::{
    openstack::error::Error,
    runtime::testing::reasons::{names, undocumented},
};
use std::collections::BTreeSet;
use tokio::net::TcpListener;

/// How a reason is provoked.
enum How {
    /// The service answers so: status, headers, body.
    Answer(u16, &'static [(&'static str, &'static str)], &'static str),
    /// The network service is said to be there.
    Endpoint(&'static str),
    /// It has a test of its own, or none: why.
    Elsewhere(&'static str),
}

use How::{Answer, Elsewhere, Endpoint};

const ODD: &str = r#"{"error": {"message": "odd"}}"#;

const REASONS: [(&str, How); 29] = [
    ("AddressNotAllowed", Endpoint("http://169.254.169.254/v2.0")),
    ("ApiVersionNotOffered", Elsewhere("provoked below")),
    ("BadRequest", Answer(400, &[], ODD)),
    ("Conflict", Answer(409, &[], ODD)),
    ("ConnectionBroken", Elsewhere("provoked below")),
    ("ForeignAnswer", Answer(404, &[], "<html>nothing here</html>")),
    ("Forbidden", Answer(403, &[], ODD)),
    ("InvalidCredentials", Elsewhere("provoked below")),
    ("LoginUnderWay", Elsewhere("outages: a login that gets no answer")),
    ("MalformedAnswer", Answer(200, &[("content-type", "application/json")], "{")),
    ("MethodNotAllowed", Answer(405, &[], ODD)),
    ("MicroversionNotOffered", Elsewhere("describe: a cloud that is too old for a field")),
    (
        "NotFound",
        Answer(
            404,
            &[("x-openstack-request-id", "req-1")],
            r#"{"NeutronError": {"type": "NetworkNotFound", "message": "no"}}"#,
        ),
    ),
    (
        "NotVisible",
        Answer(
            404,
            &[("x-openstack-request-id", "req-1")],
            r#"{"NeutronError": {"type": "HTTPNotFound", "message": "no"}}"#,
        ),
    ),
    ("OutOfMemory", Elsewhere("it would take 128 MiB of lists; `memory` has a test")),
    ("QuotaExceeded", Answer(409, &[], r#"{"NeutronError": {"type": "OverQuota", "message": "no"}}"#)),
    ("RateLimited", Answer(429, &[("retry-after", "1")], ODD)),
    ("Redirected", Answer(302, &[("location", "http://elsewhere/")], "")),
    ("Refused", Answer(418, &[], ODD)),
    ("ServiceFailed", Answer(500, &[], ODD)),
    ("ServiceNotInCatalog", Elsewhere("connection: a missing service")),
    ("TimedOut", Elsewhere("provoked below")),
    ("TokenNotAccepted", Answer(401, &[], ODD)),
    ("TooLarge", Answer(413, &[], ODD)),
    ("TooManyRequests", Elsewhere("provoked below")),
    ("Unauthenticated", Elsewhere("tokens: refused credentials")),
    ("Unreachable", Endpoint("http://127.0.0.1:1/v2.0")),
    ("UnsendableRequest", Elsewhere("provoked below")),
    ("VersionNotAcceptable", Answer(406, &[], ODD)),
];

fn read(path: &str) -> Request {
    Request::new(&NETWORK, Method::Get, path, None)
}

#[test]
fn every_reason_is_in_the_table_and_in_the_documentation() {
    let table: BTreeSet<_> = REASONS.iter().map(|(reason, _)| *reason).collect();
    let (variants, statuses) = (include_str!("../error/meaning.rs"), include_str!("../error/status.rs"));
    let mut known: BTreeSet<_> = names(variants).union(&names(statuses)).copied().collect();
    // Services' own codes.
    for code in ["OverQuota", "IpAddressGenerationFailure", "ExternalIpAddressExhausted"] {
        assert!(known.remove(code));
    }
    assert_eq!(table, known);
    let sources = names(include_str!("../../source/error.rs"));
    assert_eq!(undocumented(table.union(&sources).copied()), [""; 0]);
}

#[test]
fn every_error_has_its_reason_in_its_text() {
    let text = String::new;
    let refused = |status, code: Option<&str>| Error::Refused {
        service: "network",
        status,
        code: code.map(str::to_owned),
        retry_after: None,
        message: text(),
    };
    let service = "network";
    let all = [
        Error::Config(text()),
        Error::NoService { service, types: text(), place: text(), present: text() },
        Error::NoVersion { service, root: text(), major: 2, offered: text() },
        Error::NoMicroversion { service, needed: Microversion(2, 90), offered: text(), because: None },
        Error::Down { since: text(), last: Box::new(refused(500, None)), sent: true },
        Error::Unsent(Box::new(refused(404, None))),
        Error::LoginUnderWay { host: text() },
        Error::TokenNotAccepted { service, message: text() },
        Error::Busy { service, rate: 1, wait: Duration::ZERO },
        Error::Full { service, under_way: 1 },
        Error::Foreign { service, status: 404, message: text() },
        Error::Foreign { service, status: 302, message: text() },
        Error::NotVisible { service, message: text() },
        Error::Broken { service, host: text(), detail: text() },
        Error::NotAllowed { service, host: text(), address: [169, 254, 0, 1].into(), why: "", remedy: "" },
        Error::Unreachable { service, host: text(), detail: text() },
        Error::TimedOut { service, host: text() },
        Error::Malformed { service, detail: text() },
        Error::OutOfMemory { service },
        Error::Unsendable { service, detail: text() },
        refused(409, Some("OverQuota")),
    ];
    let statuses = [400, 401, 403, 405, 406, 409, 413, 418, 429].map(|status| refused(status, None));
    let mut said = BTreeSet::new();
    for error in all.iter().chain(&statuses) {
        assert!(error.to_string().contains(error.reason()), "{}: {error}", error.reason());
        said.insert(error.reason());
    }
    assert_eq!(said, REASONS.iter().map(|(reason, _)| *reason).collect(), "none is left out");
}

#[tokio::test]
async fn what_a_service_or_its_address_says_has_its_reason_in_the_message() {
    for (reason, how) in REASONS {
        let fake = FakeCloud::start().await;
        let more = match how {
            Answer(status, headers, body) => {
                fake.script("/network/v2.0/networks/a", status, headers, body);
                String::new()
            }
            Endpoint(there) => format!("network_endpoint_override: '{there}'"),
            Elsewhere(where_to) => {
                assert!(!where_to.is_empty(), "{reason}");
                continue;
            }
        };
        let cloud = login(&fake.credentials(&more)).await.unwrap();
        let failure = cloud.send(&read("/networks/a")).await.unwrap_err();
        assert_eq!(failure.reason, reason, "{failure}");
        assert!(failure.message.contains(reason), "{failure}");
    }
}

#[tokio::test]
async fn what_takes_more_than_an_answer_has_its_reason_too() {
    let wrong = Credentials { given: Given::Document("clouds: {x: {}}".into()), ..Credentials::default() };
    assert_eq!(login(&wrong).await.err().unwrap().reason, "InvalidCredentials");

    let fake = FakeCloud::start().await;
    let over = |path: &str| format!("network_endpoint_override: '{path}'");
    let cloud = login(&fake.credentials(&over(&format!("{}/old", fake.base())))).await.unwrap();
    fake.script("/old", 200, &[], r#"{"versions": [{"id": "v1.0"}]}"#);
    assert_eq!(cloud.send(&read("/networks/a")).await.unwrap_err().reason, "ApiVersionNotOffered");

    let cloud = fake.connect().await.unwrap();
    assert_eq!(cloud.send(&read("/networks/..")).await.unwrap_err().reason, "UnsendableRequest");

    let slow = Credentials { requests_per_second: Some(1), ..fake.credentials("") };
    let cloud = login(&slow).await.unwrap();
    let reads = (0..20).map(|_| async { cloud.send(&read("/networks/a")).await.unwrap_err().reason });
    let first = futures::future::select_ok(reads.map(|read| {
        Box::pin(async move {
            let reason = read.await;
            if reason == "TooManyRequests" { Ok(()) } else { Err(reason) }
        })
    }));
    assert!(first.await.is_ok());

    let (broken, silent) =
        (TcpListener::bind("127.0.0.1:0").await.unwrap(), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let address = |listener: &TcpListener| over(&format!("http://{}/v2.0", listener.local_addr().unwrap()));
    let cloud = login(&fake.credentials(&address(&broken))).await.unwrap();
    tokio::spawn(async move { while broken.accept().await.is_ok() {} });
    assert_eq!(cloud.send(&read("/networks/a")).await.unwrap_err().reason, "ConnectionBroken");
    let cloud = login(&fake.credentials(&address(&silent))).await.unwrap();
    let asked = tokio::spawn(async move { cloud.send(&read("/networks/a")).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    pass(Duration::from_secs(61)).await;
    assert_eq!(asked.await.unwrap().unwrap_err().reason, "TimedOut");
}
