//! Creates, from what comes before them to their last step (rows 14 to 16).

use super::*;

#[test]
fn row_14_and_15_details_and_finalizer_come_before_anything_is_changed_outside() {
    let unpublished = |case: Case| case.know(|s| s.done.published = false);
    assert_eq!(unpublished(Case::new().differs()).effect(), Effect::Publish);
    assert_eq!(unpublished(Case::fresh()).effect(), Effect::Publish, "even if it does not exist");
    assert_eq!(Case::new().without_finalizer().differs().effect(), Effect::Finalize);
    assert_eq!(Case::fresh().effect(), Effect::BeginCreate, "finalizer and pending in one write");
}

#[test]
fn row_16_a_create_is_sent_only_after_it_is_recorded_as_pending() {
    assert_eq!(Case::fresh().know(|s| s.done.begun = true).effect(), Effect::Pursue(Goal::Exist));
    let answered = Case::new().unnamed().mark(meta::CREATE_PENDING, 0).know(|s| s.done.created = true);
    assert_eq!(answered.effect(), Effect::RecordCreated("id".into()));
    let recorded = Case::new().mark(meta::CREATE_SUCCEEDED, 0).know(|s| s.done.created = true);
    assert_eq!(recorded.end(), end("Available", "ReconcileSuccess", Requeue::Poll));
    assert_eq!(recorded.verdict().event.unwrap().reason, "CreatedExternalResource");
}

#[test]
fn row_16_what_a_create_could_not_carry_is_done_before_it_counts_as_created() {
    let owing = |case: Case| case.mark(meta::CREATE_PENDING, 0).it(|it| it.owing = true);
    for policies in [r#"["*"]"#, r#"["Observe","Create"]"#] {
        let case = |case: Case| owing(case.policies(policies));
        assert_eq!(case(Case::new().unnamed()).effect(), Effect::RecordName("id".into()));
        assert_eq!(case(Case::new()).effect(), Effect::Pursue(Goal::Exist));
        let failed = case(Case::new().step_error(Goal::Exist, failure(Class::Transient)));
        assert_eq!(failed.end(), end("Available", "ReconcileError", Requeue::Backoff));
        let done = case(Case::new()).it(|it| it.owing = false);
        assert_eq!(done.effect(), Effect::RecordCreated("id".into()));
    }
    let barred = owing(Case::new().policies(r#"["Observe","Update"]"#));
    assert_eq!(barred.effect(), Effect::RecordCreated("id".into()));
}

#[test]
fn row_16_a_refused_create_is_recorded_and_an_unanswered_one_stays_pending() {
    let begun = || Case::fresh().mark(meta::CREATE_PENDING, 0).know(|s| s.done.begun = true);
    for class in [Class::Terminal, Class::Conflict, Class::Unauthenticated, Class::NotFound, Class::Transient]
    {
        assert_eq!(
            begun().step_error(Goal::Exist, failure(class)).effect(),
            Effect::RecordFailed,
            "{class:?}"
        );
    }
    let unanswered = begun().step_error(Goal::Exist, failure(Class::Unanswered));
    assert_eq!(unanswered.end(), end("Creating", "ReconcileError", Requeue::Backoff));
    let recorded = begun().mark(meta::CREATE_FAILED, 1).step_error(Goal::Exist, failure(Class::Terminal));
    assert_eq!(recorded.end(), end("Creating", "ReconcileError", Requeue::Poll));
    assert_eq!(recorded.message(), "create failed: quota exceeded");
}

#[test]
fn row_16_a_create_that_is_answered_by_a_name_alone_is_recorded_before_anything_is_judged() {
    let case = Case::fresh().know(|s| s.found = Some(Ok(ExternalObservation::Named("i".into()))));
    assert_eq!(case.effect(), Effect::RecordCreated("i".into()));
}

#[test]
fn the_steps_after_a_create_are_part_of_it_and_come_one_a_pass() {
    let begun = || {
        let queued = Some(Ready::Not("image status is queued".into()));
        Case::new().differs().it(move |it| (it.incomplete, it.ready) = (true, queued))
    };
    assert_eq!(begun().effect(), Effect::Pursue(Goal::Exist), "before any update");
    assert_eq!(begun().policies(r#"["Observe", "Create"]"#).effect(), Effect::Pursue(Goal::Exist));
    assert_eq!(
        begun().policies(r#"["Observe"]"#).end(),
        end("Unavailable", "ReconcileSuccess", Requeue::Soon)
    );
    let flowing = begun().step_error(Goal::Exist, StepError::Waiting("uploading: 30 %".into()));
    let ready = flowing.verdict().conditions.into_iter().find(|c| c.r#type == "Ready").unwrap();
    assert_eq!(ready.message.as_deref(), Some("uploading: 30 %"));
    let failed = begun().step_error(Goal::Exist, failure(Class::Terminal));
    assert_eq!(failed.end(), end("Unavailable", "ReconcileError", Requeue::Poll));
}

#[test]
fn nothing_is_marked_as_pending_before_it_can_be_sent() {
    let waiting = |place| Case::fresh().know(|s| s.place = place);
    assert_eq!(waiting(None).effect(), Effect::TakePlace);
    let refused = Failure::new(Class::RateLimited(Duration::from_secs(9)), "R", "busy");
    let case = waiting(Some(Err(refused)));
    assert_eq!(case.end(), end("Creating", "ReconcileError", Requeue::NotBefore(Duration::from_secs(9))));
    assert_eq!(case.message(), "create failed: busy");
    assert_eq!(waiting(Some(Ok(Place::default()))).effect(), Effect::BeginCreate);
}
