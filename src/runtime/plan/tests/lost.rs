//! Creates whose answer was lost (row 7): looked for, waited for, never made twice.

use super::*;

#[test]
fn row_7_a_lost_create_is_adopted_by_its_marker_awaited_and_then_made_anew() {
    let lost = || Case::fresh().mark(meta::CREATE_PENDING, -30);
    assert_eq!(lost().end(), end("Creating", "ReconcileError", Requeue::Soon), "it may still take effect");
    let old = || Case::fresh().mark(meta::CREATE_PENDING, -LOST);
    assert_eq!(old().absences(1).end().2, Requeue::Soon, "one empty list is not enough");
    assert_eq!(old().effect(), Effect::RecordFailed);
    let recorded = old().mark(meta::CREATE_FAILED, 0);
    assert_eq!(recorded.effect(), Effect::BeginCreate);
    let found = Case::new().unnamed().mark(meta::CREATE_PENDING, -1);
    assert_eq!(found.effect(), Effect::RecordCreated("id".into()));
    let named = |name: &'static str| Case::new().annotate(meta::EXTERNAL_NAME, name);
    let anew = |age: i64| named("gone").absent().mark(meta::CREATE_PENDING, -age);
    assert_eq!(anew(30).end().2, Requeue::Soon, "so is one that replaces what went away");
    assert_eq!(anew(LOST).effect(), Effect::RecordFailed);
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
    let young = Case::fresh()
        .deleted()
        .mark(meta::CREATE_PENDING, -10)
        .edit(|o| o.metadata.finalizers.push(meta::FINALIZER.into()));
    assert_eq!(young.end(), end("Deleting", "ReconcileError", Requeue::Soon));
    let anew = Case::new().absent().deleted().mark(meta::CREATE_PENDING, -10);
    assert_eq!(anew.end(), end("Deleting", "ReconcileError", Requeue::Soon), "it was to replace another");
    let found = Case::new().unnamed().deleted().mark(meta::CREATE_PENDING, -10);
    assert_eq!(
        found.effect(),
        Effect::RecordCreated("id".into()),
        "found by its marker: named, then deleted"
    );
}
