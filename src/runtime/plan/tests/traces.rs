//! Whole passes without any IO: what came of each effect goes in, the effects that follow come out.

use super::*;
use crate::runtime::plan::outcome::{Answered, Outcome, SecretsFound, SentRequest};

/// Goes on from a state with these outcomes; the effects, and what is planned then.
fn trace(case: Case, outcomes: Vec<Outcome>) -> (Vec<String>, Case) {
    let (mut case, mut effects) = (case, vec![]);
    for outcome in outcomes {
        let effect = case.effect();
        effects.push(short(&Perform(effect.clone())));
        case.0.apply(&effect, outcome, look(0));
    }
    effects.push(short(&case.planned()));
    (effects, case)
}

/// An effect without what it writes, or the end.
fn short(planned: &Planned) -> String {
    match planned {
        Finish(result) => {
            let said = |c: &Condition| format!("{}={}", c.r#type, c.status);
            let event = result.event.as_ref().map_or("-", |event| event.reason);
            let conditions: Vec<_> = result.conditions.iter().map(said).collect();
            format!("Finish {:?} {event} {}", result.then, conditions.join(" "))
        }
        Perform(Effect::PersistReferences(_)) => "PersistReferences".to_owned(),
        Perform(effect) => format!("{effect:?}"),
    }
}

/// A state in which nothing was asked yet.
fn unasked(case: Case) -> Case {
    case.know(|s| {
        (s.references, s.connection, s.place, s.found) = (None, None, None, None);
        (s.done, s.memory) = (Done::default(), Memory::default());
    })
}

/// The object after a write that changed it so.
fn written(case: &Case, change: impl FnOnce(&mut Managed)) -> Outcome {
    let mut object = case.0.object.clone();
    change(&mut object);
    Outcome::Written(Box::new(object))
}

fn marked(object: &mut Managed, key: &str, value: &str) {
    object.metadata.annotations.insert(key.to_owned(), value.to_owned());
}

fn here(change: impl FnOnce(&mut Assessment)) -> ExternalObservation {
    let mut it = Assessment { external_name: "id".into(), ready: Some(Ready::Yes), ..Assessment::default() };
    change(&mut it);
    ExternalObservation::Here(Box::new(it))
}

fn observed(found: ExternalObservation) -> Outcome {
    Outcome::Observed(Ok(found), None)
}

fn resolved() -> Outcome {
    Outcome::Resolved(References::Settled(None), None)
}

fn connected() -> Outcome {
    Outcome::Connected { cloud: Ok(Arc::new(NoCloud)), uses: None, hold: None }
}

fn stepped(goal: Goal, answered: Result<Answered, StepError>) -> Outcome {
    let sent = SentRequest { looked: None, secrets: None, accepted: None };
    Outcome::Stepped(goal, Some(sent), answered)
}

fn fresh() -> Case {
    unasked(Case::fresh())
}

fn pending(case: &Case) -> Outcome {
    written(case, |object| {
        object.metadata.finalizers = vec![meta::FINALIZER.to_owned()];
        marked(object, meta::CREATE_PENDING, &at(0));
    })
}

fn created(case: &Case) -> Outcome {
    written(case, |object| {
        object.metadata.finalizers = vec![meta::FINALIZER.to_owned()];
        marked(object, meta::CREATE_PENDING, &at(0));
        marked(object, meta::CREATE_SUCCEEDED, &at(1));
        marked(object, meta::EXTERNAL_NAME, "id");
    })
}

/// Up to the create, and its answer.
fn up_to_the_create(answered: Result<Answered, StepError>) -> Vec<Outcome> {
    let absent = observed(ExternalObservation::Absent);
    let begun = pending(&fresh());
    let placed = Outcome::Placed(Ok(Place::default()));
    vec![resolved(), connected(), absent, Outcome::Published, placed, begun, stepped(Goal::Exist, answered)]
}

const BEGINNING: [&str; 7] =
    ["Resolve", "Connect", "Observe", "Publish", "TakePlace", "BeginCreate", "Pursue(Exist)"];

#[test]
fn a_create_is_recorded_before_and_after_it_is_sent_and_what_it_shows_is_published() {
    let mut outcomes = up_to_the_create(Ok(Answered::Created(here(|_| {}))));
    outcomes.extend([created(&fresh()), Outcome::Published]);
    let (effects, case) = trace(fresh(), outcomes);
    assert_eq!(effects[..7], BEGINNING);
    let end = "Finish Poll CreatedExternalResource Ready=True Synced=True UpToDate=True";
    assert_eq!(effects[7..], ["RecordCreated(\"id\")", "Publish", end]);
    assert_eq!(case.0.memory.absence, None, "the next look at it starts over");
}

#[test]
fn a_create_that_is_answered_by_a_name_alone_is_looked_at_once_it_is_recorded() {
    let named = ExternalObservation::Named("id".into());
    let mut outcomes = up_to_the_create(Ok(Answered::Created(named)));
    outcomes.extend([created(&fresh()), observed(here(|it| it.ready = Some(Ready::Not("BUILD".into()))))]);
    outcomes.push(Outcome::Published);
    let (effects, _) = trace(fresh(), outcomes);
    let end = "Finish Soon CreatedExternalResource Ready=False Synced=True UpToDate=True";
    assert_eq!(effects[7..], ["RecordCreated(\"id\")", "Observe", "Publish", end]);
}

#[test]
fn a_refused_create_is_recorded_as_failed_and_one_without_an_answer_stays_pending() {
    let refused = up_to_the_create(Err(failure(Class::Terminal)));
    let failed = written(&fresh(), |object| {
        object.metadata.finalizers = vec![meta::FINALIZER.to_owned()];
        marked(object, meta::CREATE_PENDING, &at(0));
        marked(object, meta::CREATE_FAILED, &at(1));
    });
    let (effects, case) = trace(fresh(), refused.into_iter().chain([failed]).collect());
    let end = "Finish Poll CannotCreateExternalResource Synced=False Stalled=True Ready=False UpToDate=False";
    assert_eq!(effects[7..], ["RecordFailed", end]);
    assert_eq!(case.0.memory.absence, None, "a replacement takes proof again");
    let (effects, case) = trace(fresh(), up_to_the_create(Err(failure(Class::Unanswered))));
    assert_eq!(
        case.0.memory.pending,
        Some(PendingCreate::unanswered(&at(0), *HERE, Some("quota exceeded".to_owned()))),
        "counts from its end"
    );
    let end = "Finish Backoff CannotCreateExternalResource Synced=False Ready=False UpToDate=False";
    assert_eq!(effects[7..], [end]);
}

#[test]
fn an_update_that_shows_nothing_is_followed_by_a_look_and_sent_once_a_pass() {
    let differs = || here(|it| it.diff.fields = vec!["mtu".into()]);
    let update = || stepped(Goal::Match, Ok(Answered::Changed(vec!["mtu".into()], None)));
    let before = || vec![resolved(), connected(), observed(differs()), Outcome::Published, update()];
    let start = || unasked(Case::new());
    let good = before().into_iter().chain([observed(here(|_| {})), Outcome::Published]).collect();
    let (effects, _) = trace(start(), good);
    assert_eq!(effects[..5], ["Resolve", "Connect", "Observe", "Publish", "Pursue(Match)"]);
    let end = "Finish Poll UpdatedExternalResource Ready=True Synced=True UpToDate=True";
    assert_eq!(effects[5..], ["Observe", "Publish", end]);
    let ignored = before().into_iter().chain([observed(differs()), Outcome::Published]).collect();
    let (effects, _) = trace(start(), ignored);
    let end = "Finish Soon UpdatedExternalResource Ready=True Synced=True UpToDate=False";
    assert_eq!(effects[5..], ["Observe", "Publish", end]);
}

#[test]
fn an_answer_that_says_less_than_the_look_before_is_no_news() {
    let told = |fields: &[&str], differs: bool| {
        here(|it| {
            it.observed.at_provider.extend(fields.iter().map(|field| ((*field).to_owned(), json!(1))));
            it.diff.fields = if differs { vec!["mtu".into()] } else { vec![] };
        })
    };
    for (news, next) in [(&["mtu"][..], "Observe"), (&["mtu", "name"], "Publish"), (&["name"], "Publish")] {
        let answered = Answered::Changed(vec!["mtu".into()], Some(Ok(told(news, false))));
        let found = observed(told(&["mtu", "name"], true));
        let outcomes =
            vec![resolved(), connected(), found, Outcome::Published, stepped(Goal::Match, Ok(answered))];
        assert_eq!(trace(unasked(Case::new()), outcomes).0[5], next, "{news:?}");
    }
}

#[test]
fn a_delete_is_followed_by_a_look_and_its_404_ends_nothing_before_one() {
    let seen = |object: &mut Managed| drop(object.status.at_provider.insert("id".into(), json!("id")));
    let start = || unasked(Case::new().edit(seen).deleted());
    let gone = || observed(ExternalObservation::Absent);
    let released = || written(&start(), |object| object.metadata.finalizers.clear());
    for answered in [Ok(Answered::Deleted), Err(failure(Class::NotFound))] {
        let outcomes =
            vec![connected(), observed(here(|_| {})), stepped(Goal::Vanish, answered), gone(), released()];
        let (effects, _) = trace(start(), outcomes);
        let whole = ["Connect", "Observe", "Pursue(Vanish)", "Observe", "Release", "Finish Stop - "];
        assert_eq!(effects, whole);
    }
    let still = vec![
        connected(),
        observed(here(|_| {})),
        stepped(Goal::Vanish, Err(failure(Class::NotFound))),
        observed(here(|_| {})),
    ];
    let end = "Finish Backoff CannotDeleteExternalResource Synced=False Ready=False";
    assert_eq!(trace(start(), still).0[4], end, "something else was not there");
}

#[test]
fn a_write_that_meets_somebody_elses_ends_the_pass_in_silence() {
    let error = WriteError { event: "E", message: "conflict".into(), conflict: true };
    let outcomes = vec![
        resolved(),
        connected(),
        observed(ExternalObservation::Absent),
        Outcome::Published,
        Outcome::Placed(Ok(Place::default())),
    ];
    let (effects, case) = trace(fresh(), outcomes.into_iter().chain([Outcome::NotWritten(error)]).collect());
    assert_eq!(effects[5..], ["BeginCreate", "Finish Backoff - "]);
    assert!(!case.0.done.begun, "nothing is sent");
}

#[test]
fn written_references_are_resolved_once_more_and_minted_secrets_count_as_published() {
    let patch = References::Changed(Map::new());
    let persisted = written(&fresh(), |object| object.metadata.finalizers.clear());
    let minted = SecretsFound {
        progress: Some(SecretsProgress::Complete),
        public: [("publicKey".to_owned(), json!("ssh"))].into_iter().collect(),
        published: true,
        ..SecretsFound::default()
    };
    let outcomes = vec![
        Outcome::Resolved(patch, None),
        persisted,
        resolved(),
        connected(),
        Outcome::Secrets(SecretsFound {
            progress: Some(SecretsProgress::Compared),
            ..SecretsFound::default()
        }),
        observed(ExternalObservation::Absent),
        Outcome::Secrets(minted),
    ];
    let start = fresh().know(|s| s.secrets_progress = SecretsProgress::Unread);
    let (effects, case) = trace(start, outcomes);
    let whole = [
        "Resolve",
        "PersistReferences",
        "Resolve",
        "Connect",
        "ReadSecrets",
        "Observe",
        "PrepareSecrets",
        "TakePlace",
    ];
    assert_eq!(effects, whole);
    assert_eq!(case.0.parameters()["publicKey"], "ssh", "a parameter like any other");
    assert!(case.0.object.spec.for_provider.is_empty(), "and never written to the spec");
}
