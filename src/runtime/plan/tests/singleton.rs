//! What nobody creates, and a deletion puts back; and what nothing takes away.

use super::*;

fn single(case: Case) -> Case {
    case.know(|s| s.singleton = true)
}

#[test]
fn what_nobody_creates_is_adopted_where_it_is_and_waited_for_where_it_is_not() {
    assert_eq!(single(Case::new().unnamed()).effect(), Effect::RecordCreated("id".into()));
    for absent in [Case::fresh(), Case::new().absent()] {
        let absent = single(absent);
        assert_eq!(absent.end(), end("Creating", "ReconcileError", Requeue::Backoff));
        assert!(absent.message().starts_with("create failed: waiting for OpenStack to have it"));
        assert_eq!(absent.verdict().event, None, "what may come is no error");
    }
}

#[test]
fn its_deletion_is_over_once_it_was_put_back_although_it_is_there_as_before() {
    let deleted = || single(Case::new().deleted());
    assert_eq!(deleted().effect(), Effect::Pursue(Goal::Vanish));
    assert_eq!(deleted().know(|s| s.done.deleted = true).effect(), Effect::Release);
    assert_eq!(deleted().know(|s| s.memory.deleted = true).effect(), Effect::Release, "in a later pass");
    let other = Case::new().deleted().know(|s| s.memory.deleted = true);
    assert_eq!(other.effect(), Effect::Pursue(Goal::Vanish), "anything else has to go");
}

#[test]
fn a_deletion_that_has_nothing_to_take_away_is_over_at_once() {
    let left = |case: Case| case.know(|s| s.done.left = true);
    assert_eq!(left(Case::new().deleted()).effect(), Effect::Release);
    let used = left(Case::new().deleted().edit(|o| o.metadata.finalizers.push("other".into())));
    assert_eq!(used.verdict().then, Requeue::Backoff, "others first");
}

#[test]
fn a_deletion_that_finds_nothing_to_put_back_is_done() {
    let deleted = |class| single(Case::new().deleted()).step_error(Goal::Vanish, failure(class));
    assert_eq!(deleted(Class::NotFound).effect(), Effect::Release);
    assert!(deleted(Class::Transient).message().starts_with("delete failed"));
    let of_others = Case::new().deleted().step_error(Goal::Vanish, failure(Class::NotFound));
    assert!(of_others.message().starts_with("delete failed"), "{}", of_others.message());
}
