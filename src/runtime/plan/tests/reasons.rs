//! Every reason of the plan, provoked.

use super::*;
use crate::{
    api::managed::ProviderConfigReference,
    runtime::{
        plan::hold::Hold,
        testing::reasons::{names, undocumented},
    },
};
use std::collections::BTreeSet;

/// Literals that are no reasons.
const OTHERS: [&str; 5] = ["False", "Normal", "Synced", "True", "Warning"];

const SOURCES: [&str; 11] = [
    include_str!("../absent.rs"),
    include_str!("../common.rs"),
    include_str!("../event.rs"),
    include_str!("../held_back.rs"),
    include_str!("../hold.rs"),
    include_str!("../import.rs"),
    include_str!("../next.rs"),
    include_str!("../pass_result.rs"),
    include_str!("../present.rs"),
    include_str!("../state.rs"),
    include_str!("../vanishing.rs"),
];

/// Each reason of an event or of `Stalled`, and a state that leads to it.
fn provoked() -> Vec<(&'static str, Case)> {
    let broken = || Failure::transient("R", "no route to cloud");
    let begun = || Case::fresh().mark(meta::CREATE_FAILED, 1);
    let several = || ExternalObservation::Ambiguous(vec!["a".into(), "b".into()]);
    let sought = |found| Case::fresh().know(|s| s.found = Some(Ok(ExternalObservation::Sought(found))));
    let changed = |done: fn(&mut Done)| Case::new().know(|s| done(&mut s.done));
    let hold = ProviderConfigReference { kind: "ProviderConfig".into(), name: "p".into() };
    vec![
        ("CannotConnectToProvider", Case::new().know(|s| s.connection = Some(Err(broken())))),
        ("CannotCreateExternalResource", begun().step_error(Goal::Exist, failure(Class::Terminal))),
        (
            "CannotDeleteExternalResource",
            Case::new().deleted().step_error(Goal::Vanish, failure(Class::Terminal)),
        ),
        ("CannotInitializeManagedResource", Case::fresh().know(|s| s.found = Some(Ok(several())))),
        ("CannotObserveExternalResource", Case::new().know(|s| s.found = Some(Err(broken())))),
        ("CannotReadSecrets", Case::new().know(|s| s.look_inputs = Some(Err("no Secret".into())))),
        (
            "CannotResolveResourceReferences",
            Case::new().know(|s| s.references = Some(References::Blocked("no n".into()))),
        ),
        (
            "CannotUpdateExternalResource",
            Case::new().differs().step_error(Goal::Match, failure(Class::Terminal)),
        ),
        ("CannotUseInvalidManagementPolicy", Case::new().policies(r#"["Create"]"#)),
        ("ChangesHeld", Case::new().differs().know(|s| s.hold = Some(Hold::of(&hold)))),
        ("CreateUnanswered", Case::fresh().mark(meta::CREATE_PENDING, -500).know(|s| s.findable = false)),
        ("CreatedExternalResource", changed(|done| done.created = true)),
        (
            "CreatedMoreThanOnce",
            Case::new().know(|s| (s.memory.twins, s.done.searched) = (Some(vec!["late".into()]), true)),
        ),
        ("DeletedExternalResource", changed(|done| done.deleted = true).deleted()),
        ("ExternalResourceFailed", Case::new().it(|it| it.ready = Some(Ready::Failed("ERROR".into())))),
        ("ExternalResourceNotFound", Case::new().absent().absences(&[0])),
        ("ImportAmbiguous", sought(Sought::Several { first: vec!["a".into()], count: 2 })),
        ("ImportNotFound", sought(Sought::None("name: \"a\"".into()))),
        ("NameTaken", Case::new().unnamed().it(|it| it.stranger = true)),
        ("NotOurs", Case::new().it(|it| it.foreign = Some("theirs".into()))),
        ("ReconciliationPaused", Case::new().policies("[]")),
        ("Refused", Case::new().differs().step_error(Goal::Match, StepError::Refused("no".into()))),
        ("SecretLost", Case::new().it(|it| it.lost = Some("gone".into()))),
        ("SeveralFound", Case::fresh().know(|s| s.found = Some(Ok(several())))),
        ("UnsupportedPolicies", Case::new().policies(r#"["Create"]"#)),
        ("UpdatedExternalResource", changed(|done| done.updated = Some(vec!["mtu".into()]))),
    ]
}

#[test]
fn every_reason_of_the_plan_is_provoked() {
    for (reason, case) in provoked() {
        let PassResult { conditions, event, .. } = case.verdict();
        let stalled = conditions.iter().filter(|c| c.r#type == "Stalled").map(|c| c.reason.as_str());
        let said: Vec<_> = stalled.chain(event.as_ref().map(|event| event.reason)).collect();
        assert!(said.contains(&reason), "{reason}: {said:?}");
    }
}

#[test]
fn every_reason_of_the_plan_is_in_the_table_and_in_the_documentation() {
    let known: BTreeSet<_> =
        SOURCES.into_iter().flat_map(names).filter(|name| !OTHERS.contains(name)).collect();
    let mut table: BTreeSet<_> = provoked().into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(undocumented(table.iter().copied()), [""; 0]);
    // It stands in the vocabulary of conditions.
    table.remove("ChangesHeld");
    assert_eq!(known, table);
}
