//! What the plan does about a resource whose connection secret others need.

use super::*;

fn guarded(guard: Guard) -> Case {
    Case::new().deleted().know(|s| s.guard = guard)
}

#[test]
fn row_13d_and_sec_8_nothing_is_deleted_while_another_uses_its_connection_secret() {
    assert_eq!(guarded(Guard::Unknown).effect(), Effect::FindUsers);
    let held = guarded(Guard::Used("component.Keystone \"k\"".into()));
    assert_eq!(held.end(), end("Deleting", "ReconcileSuccess", Requeue::Poll));
    let ready = held.verdict().conditions.into_iter().find(|c| c.r#type == "Ready").unwrap();
    assert_eq!(
        ready.message.unwrap(),
        "waiting until component.Keystone \"k\" no longer uses its connection secret"
    );
    for free in [Guard::Free, Guard::None] {
        assert_eq!(guarded(free).effect(), Effect::Pursue(Goal::Vanish));
    }
}

#[test]
fn who_uses_it_is_asked_only_before_something_is_deleted() {
    let guard = || Guard::Unknown;
    assert_eq!(guarded(guard()).absent().effect(), Effect::Release, "13c");
    let foreign = guarded(guard()).it(|it| it.foreign = Some("theirs".into()));
    assert_eq!(foreign.effect(), Effect::Release);
    let live = Case::new().know(|s| s.guard = guard());
    assert_eq!(live.end(), end("Available", "ReconcileSuccess", Requeue::Poll));
    let sent = guarded(guard()).know(|s| s.done.deleted = true);
    assert_eq!(sent.verdict().event.unwrap().reason, "DeletedExternalResource");
}

#[test]
fn row_5_what_policies_leave_keeps_its_connection_secret_as_long_as_another_uses_it() {
    let left = |guard| guarded(guard).policies(r#"["Observe","Create"]"#);
    assert_eq!(left(Guard::Unknown).effect(), Effect::FindUsers);
    let held = left(Guard::Used("component.Keystone \"k\"".into()));
    assert_eq!(held.end(), end("Deleting", "ReconcileSuccess", Requeue::Poll));
    for free in [Guard::Free, Guard::None] {
        assert_eq!(left(free).effect(), Effect::Release);
    }
}

#[test]
fn row_13b_a_deletion_in_the_foreground_goes_on_since_it_waits_for_what_only_this_provider_lets_go() {
    let case = || Case::new().deleted().edit(|o| o.metadata.finalizers.push("foregroundDeletion".into()));
    assert_eq!(case().know(|s| s.guard = Guard::Free).effect(), Effect::Pursue(Goal::Vanish));
    assert_eq!(case().absent().effect(), Effect::Release);
}
