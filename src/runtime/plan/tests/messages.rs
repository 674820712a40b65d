//! What the conditions say to people.

use super::*;

#[test]
fn row_2_a_pause_says_what_asks_for_it() {
    let annotated = || Case::new().annotate(meta::PAUSED, "true");
    for (case, by) in [
        (annotated(), "the annotation crossplane.io/paused"),
        (Case::new().policies("[]"), "managementPolicies: []"),
        (annotated().policies("[]"), "the annotation crossplane.io/paused, and by managementPolicies: []"),
    ] {
        assert_eq!(case.said("Synced"), format!("ReconcilePaused: paused by {by}"));
        assert!(case.verdict().event.unwrap().message.ends_with(by));
    }
}

#[test]
fn what_is_not_there_is_neither_up_to_date_nor_ready_and_says_what_it_waits_for() {
    let absent = "Absent: the external resource does not exist";
    let begun = || Case::new().absent().mark(meta::CREATE_FAILED, 1).know(|s| s.done.begun = true);
    let pending = || Case::fresh().mark(meta::CREATE_PENDING, -1);
    for (case, ready) in [
        (
            begun().step_error(Goal::Exist, failure(Class::Terminal)),
            "Creating: waiting for a try that succeeds",
        ),
        (
            begun().step_error(Goal::Exist, StepError::Waiting("Subnet \"s\"".into())),
            "Creating: waiting for Subnet \"s\"",
        ),
        (pending(), "Creating: waiting to see whether the last create took effect"),
        (Case::new().unnamed().it(|it| it.stranger = true), "Creating: waiting for a try that succeeds"),
        (
            Case::new().absent().policies(r#"["Observe"]"#),
            "Unavailable: the external resource does not exist",
        ),
    ] {
        assert_eq!((case.said("Ready").as_str(), case.said("UpToDate").as_str()), (ready, absent));
    }
}

#[test]
fn row_8_what_is_still_to_come_is_waited_for_without_an_event() {
    let early = References::Early("waiting for Subnet \"s\"".into());
    let case = Case::fresh().know(|s| s.references = Some(early));
    assert_eq!(case.end(), end("Creating", "ReconcileError", Requeue::Backoff));
    assert_eq!(case.said("Ready"), "Creating: waiting for Subnet \"s\"");
    assert_eq!(case.message(), "create failed: waiting for Subnet \"s\"");
    assert_eq!((case.verdict().event, case.said("Stalled")), (None, String::new()));
}

#[test]
fn row_18_a_reference_without_effect_is_told_by_what_is_up_to_date() {
    let overruled = References::Settled(Some("networkIdRef has no effect".into()));
    let case = Case::new().know(|s| s.references = Some(overruled));
    assert_eq!(case.end(), Case::new().end());
    assert_eq!(case.said("UpToDate"), "ObserveMatched: networkIdRef has no effect");
    assert_eq!(case.said("Stalled"), "");
}

#[test]
fn row_13_a_deletion_says_what_it_waits_for() {
    let deleted = || Case::new().deleted();
    for (case, ready) in [
        (
            deleted().edit(|o| o.metadata.finalizers.push("example.org/hold".into())),
            "waiting until finalizer example.org/hold is removed",
        ),
        (deleted().know(|s| s.done.deleted = true), "waiting until the external resource is gone"),
        (deleted().step_error(Goal::Vanish, StepError::Waiting("server s".into())), "waiting for server s"),
        (deleted().step_error(Goal::Vanish, failure(Class::Conflict)), "waiting for a try that succeeds"),
        (
            deleted().unnamed().absent().mark(meta::CREATE_PENDING, -1),
            "waiting to see whether the last create took effect",
        ),
    ] {
        assert_eq!(case.said("Ready"), format!("Deleting: {ready}"));
    }
}

#[test]
fn what_only_a_person_can_mend_is_stalled_and_says_why() {
    let begun = |error| Case::fresh().mark(meta::CREATE_FAILED, 1).step_error(Goal::Exist, error);
    let broken = |class| Failure::new(class, "R", "refused");
    for (case, stalled) in [
        (begun(failure(Class::Terminal)), "R: create failed: quota exceeded"),
        (begun(StepError::Refused("no such thing".into())), "Refused: create failed: no such thing"),
        (
            Case::new().differs().step_error(Goal::Match, failure(Class::Terminal)),
            "R: update failed: quota exceeded",
        ),
        (
            Case::new().it(|it| it.diff = Diff { fields: vec!["a".into()], immutable: vec!["a".into()] }),
            "Refused: update failed: a can't be changed once set",
        ),
        (Case::new().know(|s| s.found = Some(Err(broken(Class::Terminal)))), "R: observe failed: refused"),
        (
            Case::new().know(|s| s.connection = Some(Err(broken(Class::Unauthenticated)))),
            "R: connect failed: refused",
        ),
        (Case::new().it(|it| it.foreign = Some("belongs to another".into())), "NotOurs: belongs to another"),
        (Case::new().it(|it| it.lost = Some("the secret is gone".into())), "SecretLost: the secret is gone"),
        (
            Case::new().it(|it| it.ready = Some(Ready::Failed("status is ERROR".into()))),
            "ExternalResourceFailed: status is ERROR",
        ),
        (
            Case::new().deleted().step_error(Goal::Vanish, StepError::Refused("it is protected".into())),
            "Refused: delete failed: it is protected",
        ),
    ] {
        assert_eq!(case.said("Stalled"), stalled);
    }
    let several = ExternalObservation::Ambiguous(vec!["i".into(), "j".into()]);
    let several = Case::fresh().know(|s| s.found = Some(Ok(several)));
    assert!(several.said("Stalled").starts_with("SeveralFound: ") && several.end().2 == Requeue::Stop);
    let unfindable = Case::fresh().mark(meta::CREATE_PENDING, -500).know(|s| s.findable = false);
    assert!(
        unfindable.said("Stalled").starts_with("CreateUnanswered: ") && unfindable.end().2 == Requeue::Stop
    );
    let unsupported = Case::new().policies(r#"["Create"]"#);
    assert!(unsupported.said("Stalled").starts_with("UnsupportedPolicies: "));
}

#[test]
fn what_may_pass_by_itself_is_not_stalled() {
    let begun = |error| Case::fresh().mark(meta::CREATE_FAILED, 1).step_error(Goal::Exist, error);
    for class in [Class::Transient, Class::Conflict, Class::NotFound, Class::Unauthenticated] {
        assert_eq!(begun(failure(class)).said("Stalled"), "", "{class:?}");
    }
    for (case, why) in [
        (Case::new(), "all is well"),
        (begun(StepError::Waiting("Subnet".into())), "something comes"),
        (Case::new().deleted().step_error(Goal::Vanish, failure(Class::Terminal)), "what uses it may go"),
        (
            Case::new().know(|s| s.connection = Some(Err(Failure::terminal("Refused", "no Secret")))),
            "a ProviderConfig and its Secret may come later",
        ),
        (Case::new().know(|s| s.references = Some(References::Blocked("no n".into()))), "as may its targets"),
        (
            Case::new().differs().it(|it| it.ready = Some(Ready::Failed("ERROR".into()))).know(|s| {
                s.done.updated = Some(vec!["mtu".into()]);
            }),
            "a change that was just made may mend it",
        ),
        (
            Case::new()
                .differs()
                .it(|it| it.ready = Some(Ready::Failed("ERROR".into())))
                .step_error(Goal::Match, StepError::Waiting("the resize".into())),
            "as may one under way",
        ),
    ] {
        assert_eq!(case.said("Stalled"), "", "{why}");
    }
}
