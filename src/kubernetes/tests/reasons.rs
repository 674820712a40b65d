//! Every reason of this backend is provoked here, or it is said where or why not; and every one stands in the documentation.

use super::*;
use crate::{
    runtime::testing::reasons::{names, undocumented},
    simulation::points::{Points, Trouble},
};
use std::collections::BTreeSet;

/// How a reason is provoked.
enum How {
    /// The API server answers a request so.
    Answer(u16),
    /// It has a test of its own, or none: why.
    Elsewhere(&'static str),
}

use How::{Answer, Elsewhere};

const MAP: &str = "/api/v1/namespaces/cloud/configmaps/x";

const REASONS: [(&str, How); 18] = [
    ("ApiServerTimeout", Elsewhere("provoked below")),
    ("ApiServerUnanswered", Answer(500)),
    ("ApiServerUnavailable", Answer(503)),
    ("ChartUnusable", Elsewhere("provoked below")),
    ("Conflict", Answer(409)),
    ("DocumentUnusable", Elsewhere("documents: what is no profile, and what unfolds without end")),
    ("Forbidden", Answer(403)),
    ("HelmUnusable", Elsewhere("helm: a Helm of another version, and none at all")),
    ("Invalid", Answer(422)),
    ("NoServiceAccount", Elsewhere("provoked below")),
    ("NotFound", Answer(404)),
    ("Refused", Elsewhere("provoked below")),
    ("RenderingFailed", Elsewhere("provoked below")),
    ("TemporaryFolderUnusable", Elsewhere("it would take a disk that takes nothing")),
    ("TooManyRequests", Answer(429)),
    ("Unauthorized", Answer(401)),
    ("UnexpectedForm", Elsewhere("provoked below")),
    ("UnknownKind", Elsewhere("provoked below")),
];

#[test]
fn every_reason_is_in_the_table_and_in_the_documentation() {
    let table: BTreeSet<_> = REASONS.iter().map(|(reason, _)| *reason).collect();
    let own = names(include_str!("../error.rs"));
    let shared = names(include_str!("../../kind/kubernetes_error.rs"));
    assert_eq!(table, own.union(&shared).copied().collect());
    assert_eq!(undocumented(table), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn what_the_api_server_answers_has_its_reason() {
    let bed = Bed::new("answers").await;
    let read = Request::new(&SERVICE, Method::Get, MAP, None);
    for (reason, how) in REASONS {
        match how {
            Answer(code) => {
                bed.server.fail(&format!("GET {MAP}"), code);
                assert_eq!(bed.cloud.send(&read).await.unwrap_err().reason, reason);
            }
            Elsewhere(where_to) => assert!(!where_to.is_empty(), "{reason}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_takes_more_than_an_answer_has_its_reason_too() {
    let bed = Bed::new("reasons").await;
    let refused =
        async |credentials: Credentials| bed.backend.connect(&credentials).await.err().unwrap().reason;
    assert_eq!(refused(Credentials::default()).await, "NoServiceAccount");
    assert_eq!(refused(account("nobody")).await, "Refused");
    let create = async || bed.cloud.send(&bed.wanting(Method::Post, "")).await.unwrap_err().reason;
    *bed.helm.rendered.lock() = vec![Err("no such function".to_owned())];
    assert_eq!(create().await, "RenderingFailed");
    *bed.values.lock() = json!({"a": 2});
    bed.renders("apiVersion: nobody.example.org/v1\nkind: Thing\nmetadata: {name: a}\n");
    assert_eq!(create().await, "UnknownKind");
    let mut wanted = bed.wanting(Method::Post, "");
    wanted.body.as_mut().unwrap()["chart"] = json!({"name": "keystone", "version": "9.9.9"});
    assert_eq!(bed.cloud.send(&wanted).await.unwrap_err().reason, "ChartUnusable");
    let slow =
        |_, line: &str| line.ends_with("/configmaps/x").then_some(Trouble::Slow(Duration::from_secs(60)));
    bed.server.pass(&Points::with(slow));
    let read = Request::new(&SERVICE, Method::Get, MAP, None);
    assert_eq!(bed.cloud.send(&read).await.unwrap_err().reason, "ApiServerTimeout");
    let nowhere = Request::new(&SERVICE, Method::Post, "/nowhere", None);
    assert_eq!(bed.cloud.send(&nowhere).await.unwrap_err().reason, "UnexpectedForm");
}
