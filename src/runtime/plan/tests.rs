//! The plan, row by row of the contract's state table. Each case says why.

use super::{
    effect::{
        Effect,
        Planned::{self, Finish, Perform},
    },
    next::plan,
    pass_result::*,
    proof::{AFTERMATH, Absence, PendingCreate, Span},
    state::*,
};
use crate::{
    api::{condition::Condition, managed::Managed, meta},
    kind::{
        Goal, Ready,
        cloud::{Cloud, CloudInfo, Place},
        diff::Diff,
        failure::{Class, Failure},
        request::{Answer, Microversion, Read, Request, service::Service},
    },
};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::time::Instant;

mod absences;
mod beginnings;
mod creates;
mod guard;
mod held;
mod imports;
mod lost;
mod messages;
mod reasons;
mod secrets;
mod singleton;
mod sweep;
mod traces;
mod twins;

const NOW: i64 = 1_800_000_000;
/// The same moment, by the clock that never goes back.
static HERE: LazyLock<Instant> = LazyLock::new(|| Instant::now() + Duration::from_secs(1000));

/// A look that began and ended so many seconds ago.
fn look(ago: u64) -> Span {
    let at = *HERE - Duration::from_secs(ago);
    Span { began: at, ended: at }
}

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
        state.references = Some(References::Settled(None));
        state.connection = Some(Ok(Arc::new(NoCloud)));
        state.found = Some(Ok(ExternalObservation::Here(Box::new(here))));
        state.done.published = true;
        state.place = Some(Ok(Place::default()));
        Self(state)
    }

    fn fresh() -> Self {
        Self::new().unnamed().absent().without_finalizer()
    }

    fn edit(mut self, change: impl FnOnce(&mut Managed)) -> Self {
        change(&mut self.0.object);
        self.0.requested = self.0.object.reconcile_request().map(str::to_owned);
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

    /// Gone, and confirmed to be.
    fn absent(self) -> Self {
        self.absences(&[30, 0]).know(|s| s.found = Some(Ok(ExternalObservation::Absent)))
    }

    /// What looks that found nothing, so many seconds ago, have shown.
    fn absences(self, ago: &[u64]) -> Self {
        let seen = ago
            .iter()
            .fold(None, |before: Option<Absence>, ago| Some(Absence::after(before.as_ref(), look(*ago))));
        self.know(|s| s.memory.absence = seen)
    }

    /// A create that ended without an answer so many seconds ago, and looks for it since.
    fn unanswered(self, ago: u64, looks: &[u64]) -> Self {
        let mark = at(0);
        let sent = PendingCreate::unanswered(&mark, look(ago).ended, None);
        let after = |before, ago: &u64| PendingCreate::after(Some(before), &mark, look(*ago), true);
        let pending = looks.iter().fold(sent, after);
        self.mark(meta::CREATE_PENDING, 0).know(|s| s.memory.pending = Some(pending))
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
        plan(&self.0, NOW, *HERE)
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
    StepError::Failed(Failure::new(class, "R", "quota exceeded"))
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
}

#[test]
fn row_13a_somebody_elses_finalizer_comes_first() {
    let case = || Case::new().deleted().edit(|o| o.metadata.finalizers.push("other".into()));
    assert_eq!(case().end(), end("Deleting", "", Requeue::Backoff));
    assert_eq!(case().absent().end(), end("Deleting", "", Requeue::Backoff));
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
    let limited =
        Case::new().differs().step_error(Goal::Match, failure(Class::RateLimited(Duration::from_secs(7))));
    assert_eq!(limited.end().2, Requeue::NotBefore(Duration::from_secs(7)));
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
