//! Managed resources that want what is there already: nothing is written to it, and they can go.

use super::{
    examples::{self, Example},
    lifecycle::{self, bring},
    points::Points,
    testbed::Testbed,
};
use crate::kinds::KINDS;
use serde_json::json;

/// Passes in which a newcomer would have done what it could.
const PASSES: usize = 4;

/// A world with the example of a kind, and a second resource that wants the same.
async fn two(id: &str) -> (Testbed, Vec<Example>, Example) {
    let (mut all, cases) = (examples::all(), lifecycle::cases());
    let case = cases.iter().find(|case| case.kind == id).unwrap();
    let first = examples::of(&all, id).clone();
    let testbed = Testbed::new();
    bring(&testbed, &first, &all, case.beside).await;
    let mut second = first.clone();
    second.key.name = "newcomer".into();
    second.path = first.path.replace(&*first.key.name, "newcomer");
    second.manifest["metadata"]["name"] = json!("newcomer");
    second.manifest["metadata"]["uid"] = json!("uid-of-newcomer");
    second.manifest["spec"].as_object_mut().unwrap().remove("writeConnectionSecretToRef");
    all.push(second.clone());
    (testbed, all, second)
}

/// It is refused for this reason and nothing holds it, and the cloud is as it was. The external-name that it has then.
async fn refused(testbed: &Testbed, all: &[Example], newcomer: &Example, reason: &str) -> Option<String> {
    let before = testbed.census();
    testbed.server.put(&newcomer.path, newcomer.manifest.clone());
    let points = Points::with(|_, _| None);
    let program = testbed.program(&points);
    for _ in 0..PASSES {
        testbed.tell(&program, all);
        program.reconcile(&newcomer.key).await;
    }
    let object = testbed.object(newcomer).unwrap();
    let why = object.condition("Stalled").unwrap_or_else(|| panic!("{}: {object:#?}", newcomer.key));
    assert_eq!(why.reason, reason, "{}: {:#?}", newcomer.key, object.status);
    assert_eq!(object.metadata.finalizers, [""; 0], "{}: it goes without a word", newcomer.key);
    assert_eq!(testbed.census(), before, "{}", newcomer.key);
    let writes = |line: &&String| line.starts_with("cloud ") && !line.starts_with("cloud GET");
    let logins = |line: &&String| line.contains("/auth/tokens");
    let passed = points.passed();
    let written: Vec<_> = passed.iter().filter(writes).filter(|line| !logins(line)).collect();
    assert!(written.is_empty(), "{}: {written:#?}", newcomer.key);
    object.external_name().map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn what_another_resource_has_is_not_written_to_though_the_create_would_overwrite_it() {
    for id in ["network.FloatingIPAssociation", "network.PortSecurityGroups"] {
        let (testbed, all, second) = two(id).await;
        assert_eq!(refused(&testbed, &all, &second, "NotOurs").await, None, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn ext_4_what_was_there_before_is_not_taken_over_by_a_create_that_would_be_told_of_success() {
    let ids = KINDS.iter().filter(|kind| kind.options().looks_first).map(|kind| kind.id());
    for id in ids {
        let (testbed, all, second) = two(id).await;
        let first = all.iter().find(|one| one.key.kind == id && one.key != second.key).unwrap();
        testbed.change(first, |object| object["spec"]["managementPolicies"] = json!(["Observe"]));
        testbed
            .change(first, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
        testbed.live(first, &all, None).await;
        assert!(testbed.object(first).is_none(), "{id}: nobody keeps it");
        assert_eq!(refused(&testbed, &all, &second, "NameTaken").await, None, "{id}");
    }
}

/// It says in its name what it would write to.
#[tokio::test(start_paused = true)]
async fn what_nobody_creates_has_one_manager_and_a_second_one_writes_nothing() {
    for id in KINDS.iter().filter(|kind| kind.options().singleton).map(|kind| kind.id()) {
        let (testbed, all, second) = two(id).await;
        let first = all.iter().find(|one| one.key.kind == id && one.key != second.key).unwrap();
        let name = testbed.object(first).unwrap().external_name().map(str::to_owned);
        assert!(name.is_some(), "{id}");
        assert_eq!(refused(&testbed, &all, &second, "NotOurs").await, name, "{id}");
    }
}
