//! The plan, row by row of the contract's state table. Each case says why.

use super::{
    absent::GRACE,
    common::LOST,
    effect::{
        Effect,
        Planned::{self, Finish, Perform},
    },
    next::plan,
    pass_result::*,
    state::*,
};
use crate::{
    api::{condition::Condition, managed::Managed, meta},
    kind::{
        Goal, Ready,
        cloud::{Cloud, CloudInfo},
        diff::Diff,
        failure::{Class, Failure},
        request::{Answer, Microversion, Read, Request, service::Service},
    },
};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::sync::Arc;

mod beginnings;
mod guard;
mod lost;
mod messages;
mod secrets;
mod sweep;
mod traces;

const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> String {
    jiff::Timestamp::from_second(NOW + seconds).unwrap().to_string()
}

/// A connection that nobody uses: the plan asks nothing.
struct NoCloud;

#[async_trait]
impl Cloud for NoCloud {
    async fn read(&self, _: &'static Service, _: &Read, _: Option<Microversion>) -> Result<Answer, Failure> {
        panic!("nobody looks")
    }

    async fn send(&self, _: &Request) -> Result<Value, Failure> {
        panic!("nobody writes")
    }

    fn info(&self) -> &CloudInfo {
        panic!("nobody asks")
    }
}

/// A resource that exists, is ready and as wanted, and about which everything is known.
struct Case(PassState);

impl Case {
    fn new() -> Self {
        let object: Managed = serde_json::from_value(json!({
            "metadata": {"name": "n", "namespace": "a", "uid": "u", "finalizers": [meta::FINALIZER],
                "annotations": {(meta::EXTERNAL_NAME): "id"}},
            "spec": {"forProvider": {}}}))
        .unwrap();
        let here = Assessment { external_name: "id".into(), ready: Some(Ready::Yes), ..Default::default() };
        let mut state = PassState::new(object, true, SecretsProgress::Complete, Memory::default());
        state.references = Some(References::Settled);
        state.connection = Some(Ok(Arc::new(NoCloud)));
        state.found = Some(Ok(ExternalObservation::Here(Box::new(here))));
        state.done.published = true;
        state.memory.absences = 2;
        Self(state)
    }

    fn fresh() -> Self {
        Self::new().unnamed().absent().without_finalizer()
    }

    fn edit(mut self, change: impl FnOnce(&mut Managed)) -> Self {
        change(&mut self.0.object);
        self
    }

    fn unnamed(self) -> Self {
        self.edit(|o| drop(o.metadata.annotations.remove(meta::EXTERNAL_NAME)))
    }

    fn mark(self, key: &str, seconds: i64) -> Self {
        self.edit(|o| drop(o.metadata.annotations.insert(key.to_owned(), at(seconds))))
    }

    fn annotate(self, key: &str, value: &str) -> Self {
        self.edit(|o| drop(o.metadata.annotations.insert(key.to_owned(), value.to_owned())))
    }

    fn without_finalizer(self) -> Self {
        self.edit(|o| o.metadata.finalizers.clear())
    }

    fn deleted(self) -> Self {
        self.edit(|o| o.metadata.deletion_timestamp = Some(at(-5)))
    }

    fn policies(self, policies: &str) -> Self {
        let policies = serde_json::from_str(policies).unwrap();
        self.edit(|o| o.spec.management_policies = policies)
    }

    fn know(mut self, change: impl FnOnce(&mut PassState)) -> Self {
        change(&mut self.0);
        self
    }

    fn absent(self) -> Self {
        self.know(|s| s.found = Some(Ok(ExternalObservation::Absent)))
    }

    fn absences(self, absences: u32) -> Self {
        self.know(|s| s.memory.absences = absences)
    }

    fn it(self, change: impl FnOnce(&mut Assessment)) -> Self {
        self.know(|s| {
            if let Some(Ok(ExternalObservation::Here(it))) = &mut s.found {
                change(it);
            }
        })
    }

    fn differs(self) -> Self {
        let diff = Diff { fields: vec!["mtu".into()], immutable: vec![] };
        self.it(|it| (it.diff, it.differences) = (diff, "mtu: 1500, wanted 1400".into()))
    }

    fn step_error(self, goal: Goal, step_error: StepError) -> Self {
        self.know(|s| s.done.step_error = Some((goal, step_error)))
    }

    fn planned(&self) -> Planned {
        plan(&self.0, NOW)
    }

    fn effect(&self) -> Effect {
        match self.planned() {
            Perform(effect) => effect,
            Finish(end) => panic!("expected an effect, got {end:?}"),
        }
    }

    fn verdict(&self) -> PassResult {
        match self.planned() {
            Finish(verdict) => verdict,
            Perform(effect) => panic!("expected an end, got {effect:?}"),
        }
    }

    /// `Ready` reason, `Synced` reason, when next; empty where not said.
    fn end(&self) -> (String, String, Requeue) {
        let verdict = self.verdict();
        let reason = |r#type: &str| {
            verdict
                .conditions
                .iter()
                .find(|c| c.r#type == r#type)
                .map(|c| c.reason.clone())
                .unwrap_or_default()
        };
        (reason("Ready"), reason("Synced"), verdict.then)
    }

    fn message(&self) -> String {
        self.said("Synced").split_once(": ").map(|(_, message)| message.to_owned()).unwrap_or_default()
    }

    /// Reason and message of a condition; empty where it is not said.
    fn said(&self, r#type: &str) -> String {
        let said = self.verdict().conditions.into_iter().find(|c| c.r#type == r#type);
        said.map(|c| format!("{}: {}", c.reason, c.message.unwrap_or_default())).unwrap_or_default()
    }
}

fn end(ready: &str, synced: &str, then: Requeue) -> (String, String, Requeue) {
    (ready.to_owned(), synced.to_owned(), then)
}

fn failure(class: Class) -> StepError {
    StepError::Failed(Failure { class, reason: "R", message: "quota exceeded".into() })
}

#[test]
fn row_4_an_unsupported_set_of_policies_is_refused_with_the_supported_ones() {
    let case = Case::new().policies(r#"["Create"]"#);
    assert_eq!(case.end(), end("", "ReconcileError", Requeue::Stop));
    assert!(case.message().contains("[\"Observe\"]"));
}

#[test]
fn row_5_an_orphan_is_released_without_a_look_at_the_cloud() {
    let unknown = |case: Case| case.know(|s| (s.connection, s.found) = (None, None));
    assert_eq!(unknown(Case::new().policies(r#"["Observe"]"#).deleted()).effect(), Effect::Release);
    let bare = unknown(Case::new().policies(r#"["Observe","Create"]"#).deleted().without_finalizer());
    assert_eq!(bare.verdict(), PassResult::silent(Requeue::Stop));
}

#[test]
fn questions_are_asked_in_order_and_only_when_their_answers_matter() {
    let case = Case::new().know(|s| (s.references, s.connection, s.found) = (None, None, None));
    assert_eq!(case.effect(), Effect::Resolve);
    assert_eq!(
        case.deleted().effect(),
        Effect::Connect,
        "row 8: references of a deleted resource do not matter"
    );
    assert_eq!(Case::new().know(|s| (s.connection, s.found) = (None, None)).effect(), Effect::Connect);
    assert_eq!(Case::new().know(|s| s.found = None).effect(), Effect::Observe);
}

#[test]
fn row_16_a_create_that_is_answered_by_a_name_alone_is_recorded_before_anything_is_judged() {
    let case = Case::fresh().know(|s| s.found = Some(Ok(ExternalObservation::Named("i".into()))));
    assert_eq!(case.effect(), Effect::RecordCreated("i".into()));
}

#[test]
fn row_8_and_ref_8_a_reference_that_does_not_resolve_is_said_and_waited_for() {
    let case = Case::new().know(|s| s.references = Some(References::Blocked("cannot resolve".into())));
    assert_eq!(case.end(), end("", "ReconcileError", Requeue::Backoff));
    assert_eq!(case.verdict().event.unwrap().reason, "CannotResolveResourceReferences");
    let spec: Map<String, Value> =
        [("forProvider".to_owned(), json!({"networkId": "x"}))].into_iter().collect();
    let changed = Case::new().know(|s| s.references = Some(References::Changed(spec.clone())));
    assert_eq!(changed.effect(), Effect::PersistReferences(spec));
}

#[test]
fn row_9_and_10_errors_say_what_failed_and_change_nothing_outside() {
    let broken = || Err(Failure::transient("R", "no route to cloud"));
    let connect = Case::new().know(|s| s.connection = Some(broken()));
    assert_eq!(
        (connect.end(), connect.message().as_str()),
        (end("", "ReconcileError", Requeue::Backoff), "connect failed: no route to cloud")
    );
    let observe =
        Case::new().differs().know(|s| s.found = Some(Err(Failure::transient("R", "no route to cloud"))));
    assert_eq!(
        (observe.end(), observe.message().as_str()),
        (end("", "ReconcileError", Requeue::Backoff), "observe failed: no route to cloud")
    );
}

#[test]
fn rec_1_row_11_what_may_not_be_created_and_is_not_there_is_an_error() {
    for policies in [
        r#"["Observe"]"#,
        r#"["Observe","Update"]"#,
        r#"["Observe","Delete"]"#,
        r#"["Observe","LateInitialize"]"#,
    ] {
        let case = Case::new().absent().policies(policies);
        assert_eq!(case.end(), end("Unavailable", "ReconcileError", Requeue::Poll), "{policies}");
        let (says, why) = ("observe failed: external resource does not exist: ", case.message());
        assert!(why.starts_with(&format!("{says}correct the annotation")) && why.ends_with(": id"), "{why}");
        assert!(case.unnamed().message().starts_with(&format!("{says}name an existing one")));
    }
}

#[test]
fn row_12_an_absence_right_after_the_create_is_not_believed() {
    let young = Case::new().absent().mark(meta::CREATE_SUCCEEDED, -(GRACE - 1));
    assert_eq!(young.verdict(), PassResult::silent(Requeue::Backoff));
    assert_eq!(Case::new().absent().mark(meta::CREATE_SUCCEEDED, -GRACE).effect(), Effect::BeginCreate);
}

#[test]
fn one_404_never_makes_a_resource_anew() {
    assert_eq!(Case::new().absent().absences(1).verdict(), PassResult::silent(Requeue::Soon));
    assert_eq!(Case::new().absent().absences(2).effect(), Effect::BeginCreate);
}

#[test]
fn row_13_a_delete_is_sent_once_and_ends_when_the_resource_is_gone() {
    assert_eq!(Case::new().deleted().effect(), Effect::Pursue(Goal::Vanish));
    let sent = Case::new().deleted().know(|s| s.done.deleted = true);
    assert_eq!(sent.end(), end("Deleting", "ReconcileSuccess", Requeue::Soon));
    assert_eq!(sent.verdict().event.unwrap().reason, "DeletedExternalResource");
    let busy = Case::new().deleted().step_error(Goal::Vanish, StepError::Waiting("DELETING".into()));
    assert_eq!(
        (busy.end(), busy.verdict().event),
        (end("Deleting", "ReconcileSuccess", Requeue::Soon), None)
    );
    for class in [Class::Conflict, Class::Terminal] {
        let refused = Case::new().deleted().step_error(Goal::Vanish, failure(class));
        assert_eq!(
            refused.end(),
            end("Deleting", "ReconcileError", Requeue::Backoff),
            "what is in its way may go"
        );
        assert_eq!(refused.message(), "delete failed: quota exceeded");
    }
    let person = Case::new().deleted().step_error(Goal::Vanish, StepError::Refused("it is immutable".into()));
    assert_eq!(person.end().2, Requeue::Poll, "only a person can do something about it");
    assert_eq!(Case::new().deleted().absent().absences(1).effect(), Effect::Release, "one 404 ends a delete");
}

#[test]
fn row_13a_somebody_elses_finalizer_comes_first() {
    let case = || Case::new().deleted().edit(|o| o.metadata.finalizers.push("other".into()));
    assert_eq!(case().end(), end("Deleting", "", Requeue::Backoff));
    assert_eq!(case().absent().end(), end("Deleting", "", Requeue::Backoff));
}

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
fn rec_4_row_18_nothing_is_done_while_nothing_differs() {
    assert_eq!(Case::new().end(), end("Available", "ReconcileSuccess", Requeue::Poll));
    assert_eq!(Case::new().verdict().event, None);
    let building = Case::new().it(|it| it.ready = Some(Ready::Not("status is BUILD".into())));
    assert_eq!(
        building.end(),
        end("Unavailable", "ReconcileSuccess", Requeue::Soon),
        "REC-4: looked at more often"
    );
    let broken = Case::new().it(|it| it.ready = Some(Ready::Failed("status is ERROR".into())));
    assert_eq!(broken.end(), end("Unavailable", "ReconcileSuccess", Requeue::Poll));
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
fn what_is_under_way_takes_nothing_from_what_can_be_used() {
    for goal in [Goal::Exist, Goal::Match] {
        let waiting = || {
            let case = Case::new().differs().it(move |it| it.incomplete = goal == Goal::Exist);
            case.step_error(goal, StepError::Waiting("Job keystone-db-sync".into()))
        };
        assert_eq!(waiting().end(), end("Available", "ReconcileSuccess", Requeue::Soon), "{goal:?}");
        let unready = waiting().it(|it| it.ready = Some(Ready::Not("no pod is ready".into())));
        assert_eq!(unready.end(), end("Unavailable", "ReconcileSuccess", Requeue::Soon), "{goal:?}");
    }
}

#[test]
fn row_19_a_difference_that_may_not_be_changed_is_shown() {
    let case = Case::new().policies(r#"["Observe"]"#).differs();
    assert_eq!(case.end(), end("Available", "ReconcileSuccess", Requeue::Poll));
    assert_eq!(case.said("UpToDate"), "UpdateRestricted: differs in: mtu: 1500, wanted 1400");
}

#[test]
fn rec_3_row_20_a_difference_is_updated_once_a_pass_and_looked_at_again_soon() {
    assert_eq!(Case::new().differs().effect(), Effect::Pursue(Goal::Match));
    let same = Case::new().differs().know(|s| s.done.updated = Some(vec!["mtu".into()]));
    assert_eq!(
        same.end(),
        end("Available", "ReconcileSuccess", Requeue::Soon),
        "REC-3: looked at again soon"
    );
    let other = Case::new().differs().know(|s| s.done.updated = Some(vec!["mtu".into(), "tags".into()]));
    assert_eq!(other.effect(), Effect::Pursue(Goal::Match), "what is left needs another request");
    let settled = Case::new().know(|s| s.done.updated = Some(vec!["mtu".into()]));
    assert_eq!(settled.verdict().event.unwrap().reason, "UpdatedExternalResource");
}

#[test]
fn row_20_errors_keep_the_resource_ready_and_say_what_failed() {
    let case = Case::new().differs().step_error(Goal::Match, failure(Class::Terminal));
    assert_eq!(case.end(), end("Available", "ReconcileError", Requeue::Poll));
    assert_eq!(case.message(), "update failed: quota exceeded");
    let limited = Case::new()
        .differs()
        .step_error(Goal::Match, failure(Class::RateLimited(std::time::Duration::from_secs(7))));
    assert_eq!(limited.end().2, Requeue::NotBefore(std::time::Duration::from_secs(7)));
}

#[test]
fn mr_9_a_difference_in_an_immutable_field_is_an_error_that_names_it() {
    let case =
        Case::new().it(|it| it.diff = Diff { fields: vec!["cidr".into()], immutable: vec!["cidr".into()] });
    assert_eq!(case.message(), "update failed: cidr can't be changed once set");
    let both = Diff { fields: vec!["cidr".into(), "name".into()], immutable: vec!["cidr".into()] };
    let case = Case::new().it(|it| it.diff = both);
    assert_eq!(case.effect(), Effect::Pursue(Goal::Match), "what can be changed is not held up by it");
    let case = case.know(|s| s.done.updated = Some(vec!["name".into()]));
    assert_eq!(case.message(), "update failed: cidr can't be changed once set");
}

#[test]
fn an_object_with_another_owners_marker_is_refused_but_may_be_observed() {
    let foreign = |case: Case| case.it(|it| it.foreign = Some("belongs to another".into()));
    assert_eq!(foreign(Case::new().differs()).end(), end("", "ReconcileError", Requeue::Poll));
    assert_eq!(foreign(Case::new().policies(r#"["Observe"]"#)).end().1, "ReconcileSuccess");
    assert_eq!(foreign(Case::new().deleted()).effect(), Effect::Release, "never deleted with us");
}

#[test]
fn the_marker_of_a_former_owner_is_rewritten_where_updates_are_allowed_and_is_no_difference() {
    let stale = |case: Case| case.it(|it| it.stale = true);
    assert_eq!(stale(Case::new()).effect(), Effect::Pursue(Goal::Match));
    let barred = stale(Case::new().policies(r#"["Observe","Create"]"#)).verdict();
    assert!(barred.conditions.contains(&Condition::up_to_date()));
}

#[test]
fn a_conflict_with_somebody_elses_write_is_silent_and_other_failures_are_not() {
    let write_error = |conflict| WriteError {
        event: "CannotUpdateManagedResource",
        message: "cannot update".into(),
        conflict,
    };
    assert_eq!(
        Case::new().know(|s| s.done.write_error = Some(write_error(true))).verdict(),
        PassResult::silent(Requeue::Backoff)
    );
    assert_eq!(
        Case::new().know(|s| s.done.write_error = Some(write_error(false))).end(),
        end("", "ReconcileError", Requeue::Backoff)
    );
}

#[test]
fn ref_10_a_resource_that_is_only_observed_resolves_its_references_too() {
    let case = Case::new().policies(r#"["Observe"]"#).know(|s| s.references = None);
    assert_eq!(case.effect(), Effect::Resolve);
}
