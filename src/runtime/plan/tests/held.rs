//! What is done and said while the ProviderConfig holds all changes to its cloud.

use super::*;
use crate::{
    api::{condition::CHANGES_HELD, managed::ProviderConfigReference},
    runtime::plan::hold::Hold,
};

const HOLDS: &str = "ClusterProviderConfig \"default\" holds all changes (spec.changes: Held)";

fn held(case: Case) -> Case {
    let config = ProviderConfigReference { kind: "ClusterProviderConfig".into(), name: "default".into() };
    case.know(|s| s.hold = Some(Hold::of(&config)))
}

fn back(what: &str) -> String {
    format!("{CHANGES_HELD}: {HOLDS}; held back: {what}")
}

#[test]
fn a_difference_is_named_and_stays() {
    let case = held(Case::new().differs());
    assert_eq!(case.end(), end("Available", CHANGES_HELD, Requeue::Poll));
    assert_eq!(case.said("Synced"), back("mtu: 1500, wanted 1400"));
    assert_eq!(case.said("UpToDate"), "ChangesHeld: differs in: mtu: 1500, wanted 1400");
    let restricted = held(Case::new().differs().policies(r#"["Observe"]"#));
    assert_eq!(restricted.end().1, "ReconcileSuccess", "it is not the hold that keeps it");
    let building = held(Case::new().differs().it(|it| it.ready = Some(Ready::Not("BUILD".into()))));
    assert_eq!(building.end(), end("Unavailable", CHANGES_HELD, Requeue::Soon));
}

#[test]
fn what_is_to_be_created_is_not_and_says_so() {
    let case = held(Case::fresh());
    assert_eq!(case.end(), end("Creating", CHANGES_HELD, Requeue::Poll));
    assert_eq!(case.said("Synced"), back("its creation"));
    assert!(case.said("UpToDate").starts_with("Absent: "));
    let unminted = case.know(|s| (s.done.published, s.secrets_progress) = (false, SecretsProgress::Compared));
    assert_eq!(unminted.said("Synced"), back("its creation"), "nothing is minted for it either");
    for rest in [|it: &mut Assessment| it.incomplete = true, |it: &mut Assessment| it.owing = true] {
        let begun = held(Case::new().it(rest));
        assert_eq!(begun.said("Synced"), back("the rest of its creation"));
        assert!(begun.said("UpToDate").starts_with("ObserveMatched"));
    }
    let taken = held(Case::new().it(|it| it.stale = true));
    assert_eq!(taken.said("Synced"), back("the marker of its new owner"));
}

#[test]
fn a_deletion_waits_with_its_finalizer_where_the_object_is_to_go() {
    let case = held(Case::new().deleted());
    assert_eq!(case.end(), end("Deleting", CHANGES_HELD, Requeue::Poll));
    assert_eq!(case.said("Synced"), back("its deletion"));
    let accepted = held(Case::new().deleted()).know(|s| s.memory.deleted = true);
    assert_eq!(accepted.end().2, Requeue::Soon, "it goes on in the cloud by itself");
    let seen = |object: &mut Managed| drop(object.status.at_provider.insert("id".into(), json!("id")));
    assert_eq!(held(Case::new().edit(seen).absent().deleted()).effect(), Effect::Release, "it is gone");
    let left = held(Case::new().deleted().policies(r#"["Observe"]"#));
    assert_eq!(left.effect(), Effect::Release, "it was to stay");
}

#[test]
fn one_event_tells_that_something_waits_and_none_that_it_still_does() {
    let event = held(Case::new().differs()).verdict().event.unwrap();
    assert_eq!((event.reason, event.kind.as_str()), (CHANGES_HELD, "Normal"));
    let told = |object: &mut Managed| object.status.conditions = vec![Condition::held("mtu: 1450")];
    for case in [Case::new().differs(), Case::fresh(), Case::new().deleted()] {
        assert_eq!(held(case.edit(told)).verdict().event, None);
    }
}

#[test]
fn what_is_as_wanted_is_as_if_nothing_was_held() {
    assert_eq!(held(Case::new()).verdict(), Case::new().verdict());
}

#[test]
fn what_a_create_made_before_is_found_and_recorded() {
    let found = held(Case::new().unnamed().mark(meta::CREATE_PENDING, -1));
    assert_eq!(found.effect(), Effect::RecordCreated("id".into()));
    let awaited = held(Case::fresh().unanswered(40, &[30, 20, 10, 0]));
    assert_eq!(awaited.end().1, "ReconcileError", "it may still take effect");
    let given_up = held(Case::fresh().unanswered(70, &[5, 0]));
    assert_eq!(given_up.effect(), Effect::RecordFailed);
    assert_eq!(given_up.mark(meta::CREATE_FAILED, 1).said("Synced"), back("its creation"));
}

#[test]
fn our_own_object_and_its_connection_secret_are_written_all_the_same() {
    assert_eq!(held(Case::new().know(|s| s.done.published = false)).effect(), Effect::Publish);
    assert_eq!(held(Case::new().without_finalizer()).effect(), Effect::Finalize);
    assert_eq!(held(Case::new().unnamed()).effect(), Effect::RecordCreated("id".into()));
    let unread = Case::new().know(|s| s.secrets_progress = SecretsProgress::Unread);
    assert_eq!(held(unread).effect(), Effect::ReadSecrets, "whether they differ is said as well");
}

/// All that can be on the way × {there, not} × {deleted, live}.
#[test]
fn no_state_leads_to_a_change() {
    let states: [fn(Case) -> Case; 8] = [
        |case| case,
        Case::differs,
        |case| case.it(|it| it.incomplete = true),
        |case| case.it(|it| it.owing = true),
        |case| case.it(|it| it.stale = true),
        |case| case.know(|s| s.done.begun = true),
        |case| case.know(|s| s.place = None),
        |case| case.know(|s| s.secrets_progress = SecretsProgress::Compared),
    ];
    for (number, state) in states.into_iter().enumerate() {
        for (absent, deleted) in [(false, false), (false, true), (true, false), (true, true)] {
            let case = if absent { Case::fresh() } else { Case::new() };
            let case = held(state(if deleted { case.deleted() } else { case }));
            let Perform(effect) = case.planned() else { continue };
            let changes = matches!(
                effect,
                Effect::Pursue(_) | Effect::BeginCreate | Effect::TakePlace | Effect::PrepareSecrets
            );
            assert!(!changes, "{number} {absent} {deleted}: {effect:?}");
            assert!(absent || effect != Effect::Release, "{number} {absent} {deleted}");
        }
    }
}
