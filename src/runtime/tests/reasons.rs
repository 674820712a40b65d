//! Every reason of the runtime that is not the plan's: a test that provokes it, or why there is none.

use crate::runtime::testing::reasons::{names, undocumented};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// How a reason is provoked.
enum How {
    /// By this test.
    By(&'static str),
    /// By none, since.
    Not(&'static str),
}

use How::{By, Not};

const REASONS: [(&str, How); 23] = [
    ("ApiServerTimeout", By("a_call_that_hangs_ends_as_unanswered")),
    ("ApiServerUnanswered", By("the_class_comes_from_the_code_and_nobody_reads_texts")),
    ("ApiServerUnavailable", By("the_class_comes_from_the_code_and_nobody_reads_texts")),
    ("CannotListen", By("an_address_in_use_is_an_error_that_names_it")),
    ("CannotPublishConnectionDetails", By("a_refusal_says_what_could_not_be_done")),
    (
        "CannotUpdateManagedResource",
        By("a_conflict_with_somebody_elses_write_is_silent_and_other_failures_are_not"),
    ),
    ("Conflict", By("the_class_comes_from_the_code_and_nobody_reads_texts")),
    ("Forbidden", By("the_class_comes_from_the_code_and_nobody_reads_texts")),
    ("InUse", By("a_used_config_that_is_deleted_says_once_that_it_is_in_use")),
    ("Invalid", By("the_class_comes_from_the_code_and_nobody_reads_texts")),
    (
        "MalformedAnswer",
        By("every_bad_answer_at_every_stage_is_told_while_it_lasts_and_leaves_nothing_behind"),
    ),
    ("NoComparison", Not("no kind of OpenStack asks for a comparison")),
    ("NoEffect", By("a_change_that_is_accepted_and_never_made_is_sent_again_ever_more_slowly")),
    ("NoFlows", Not("every backend whose kinds ask for flows has them")),
    ("NotConnected", Not("no plan asks for a step before there is a connection")),
    ("NotFound", By("the_class_comes_from_the_code_and_nobody_reads_texts")),
    ("TooManyRequests", By("the_class_comes_from_the_code_and_nobody_reads_texts")),
    (
        "ReconcileRequestHandled",
        By("a_request_to_reconcile_is_answered_by_an_event_and_the_status_but_not_while_paused"),
    ),
    ("Unauthorized", By("the_class_comes_from_the_code_and_nobody_reads_texts")),
    ("UnexpectedForm", Not("the API server takes no object whose form its CRD forbids")),
    ("UnexpectedValue", By("an_answer_of_an_unexpected_form_is_an_error_and_says_what_is_wrong")),
    ("Unsettled", Not("no kind answers a look so")),
    ("UsageAccounting", By("a_usage_that_the_watch_has_not_seen_still_keeps_its_config")),
];

/// Reasons of the plan, which has its own table, that others say as well.
const OF_THE_PLAN: [&str; 3] = ["CannotDeleteExternalResource", "CannotResolveResourceReferences", "Refused"];

/// Literals that are no reasons: kinds, types of conditions and of Secrets, fields of types whose debug output is cut.
const OTHERS: [&str; 18] = [
    "Cluster",
    "ClusterProviderConfig",
    "ConfigMap",
    "Create",
    "CustomResourceDefinition",
    "Established",
    "Nothing",
    "Opaque",
    "Patch",
    "ProviderConfig",
    "ProviderConfigUsage",
    "Ready",
    "Secret",
    "Stalled",
    "Synced",
    "Terminating",
    "True",
    "UpToDate",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// All source files below a folder.
fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push((path.clone(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// What is shipped of the runtime, but for the plan.
fn shipped(path: &Path) -> bool {
    let within = path.strip_prefix(root()).unwrap();
    let parts: Vec<_> = within.iter().map(|part| part.to_string_lossy().replace(".rs", "")).collect();
    let tests = parts.iter().any(|part| part == "tests" || part == "testing");
    let errors = ["kind/cloud.rs", "kind/found.rs", "kind/kubernetes_error.rs", "openstack/cloud.rs"];
    let runtime = parts[0] == "runtime" && parts[1] != "plan";
    !tests && (runtime || errors.iter().any(|file| within == Path::new(file)))
}

#[test]
fn every_reason_of_the_runtime_is_provoked_or_it_is_said_why_not_and_is_in_the_documentation() {
    let mut all = vec![];
    sources(&root(), &mut all);
    let said = all.iter().filter(|(path, _)| shipped(path)).flat_map(|(_, text)| names(text));
    let others: BTreeSet<_> = OTHERS.into_iter().chain(OF_THE_PLAN).collect();
    let known: BTreeSet<_> = said.filter(|name| !others.contains(name)).collect();
    let table: BTreeSet<_> = REASONS.iter().map(|(reason, _)| *reason).collect();
    assert_eq!(known, table);
    assert_eq!(undocumented(table), [""; 0]);
    for (reason, how) in REASONS {
        match how {
            By(test) => {
                let test = format!("fn {test}(");
                assert!(all.iter().any(|(_, text)| text.contains(&test)), "{reason}: {test}");
            }
            Not(why) => assert!(!why.is_empty(), "{reason}"),
        }
    }
}
