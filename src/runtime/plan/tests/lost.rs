//! Creates whose answer was lost (row 7): looked for, waited for, never made twice.

use super::*;

#[test]
fn row_7_a_lost_create_is_adopted_by_its_marker_awaited_and_then_made_anew() {
    let soon = |seconds| Requeue::NotBefore(Duration::from_secs(seconds));
    let lost = Case::fresh().unanswered(40, &[30, 20, 10, 0]);
    assert_eq!(lost.end(), end("Creating", "ReconcileError", soon(20)), "it may still take effect");
    assert_eq!(Case::fresh().unanswered(60, &[1, 0]).end().2, soon(5), "one empty list is not enough");
    let old = || Case::fresh().unanswered(70, &[5, 0]);
    assert_eq!(old().effect(), Effect::RecordFailed);
    let recorded = old().mark(meta::CREATE_FAILED, 1);
    assert_eq!(recorded.effect(), Effect::BeginCreate);
    let clockless = Case::fresh().mark(meta::CREATE_PENDING, -100_000);
    assert_eq!(clockless.end().2, soon(5), "a mark of whatever age proves nothing");
    let found = Case::new().unnamed().mark(meta::CREATE_PENDING, -1);
    assert_eq!(found.effect(), Effect::RecordCreated("id".into()));
    let named = |name: &'static str| Case::new().annotate(meta::EXTERNAL_NAME, name);
    let anew = |ago, looks: &[u64]| named("gone").absent().unanswered(ago, looks);
    assert_eq!(anew(30, &[0]).end().2, soon(30), "so is one that replaces what went away");
    assert_eq!(anew(70, &[5, 0]).effect(), Effect::RecordFailed);
    let found = named("gone").mark(meta::CREATE_PENDING, -1);
    assert_eq!(found.effect(), Effect::RecordCreated("id".into()), "it has another name");
}

#[test]
fn row_7_a_lost_create_that_nothing_marks_needs_a_person_and_is_never_made_twice() {
    let lost = |case: Case| case.know(|s| s.findable = false).mark(meta::CREATE_PENDING, -1000);
    assert_eq!(lost(Case::fresh()).end(), end("Creating", "ReconcileError", Requeue::Stop));
    assert!(lost(Case::fresh()).message().contains(meta::CREATE_PENDING));
    assert_eq!(lost(Case::fresh().deleted()).end().1, "ReconcileError", "it is not released either");
    assert_eq!(lost(Case::new().absent()).end().2, Requeue::Stop, "nor is what was to replace another");
    let now = lost(Case::fresh()).know(|s| s.done.begun = true);
    assert_eq!(now.effect(), Effect::Pursue(Goal::Exist), "this pass knows what it did");
}

#[test]
fn row_7_several_marked_objects_need_a_person() {
    let case = Case::fresh()
        .know(|s| s.found = Some(Ok(ExternalObservation::Ambiguous(vec!["a".into(), "b".into()]))));
    assert_eq!(case.end(), end("Creating", "ReconcileError", Requeue::Stop));
    assert!(case.message().ends_with("the right one of a, b"));
}

#[test]
fn a_deleted_resource_whose_create_was_lost_is_looked_for_before_it_is_released() {
    let finalized =
        |case: Case| case.deleted().edit(|o| o.metadata.finalizers = vec![meta::FINALIZER.into()]);
    let waiting = end("Deleting", "ReconcileError", Requeue::NotBefore(Duration::from_secs(10)));
    assert_eq!(finalized(Case::fresh().unanswered(10, &[0])).end(), waiting);
    assert_eq!(
        finalized(Case::new().absent().unanswered(10, &[0])).end(),
        waiting,
        "it was to replace another"
    );
    assert_eq!(finalized(Case::fresh().unanswered(70, &[5, 0])).effect(), Effect::Release);
    let found = Case::new().unnamed().deleted().mark(meta::CREATE_PENDING, -10);
    assert_eq!(
        found.effect(),
        Effect::RecordCreated("id".into()),
        "found by its marker: named, then deleted"
    );
}
