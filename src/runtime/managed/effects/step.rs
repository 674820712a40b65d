//! One step towards a goal, and what came of it.

use super::{assess::Assessor, secret_digests};
use crate::{
    kind::{
        Found, Goal, Step,
        any::{AnyKey, Observed},
        diff::Diff,
        failure::{Class, Failure},
        flow::Flow,
        request::{Answer, Request},
        sealed::Sealed,
    },
    runtime::{
        base::{clock::Clock, keys::ObjectKey, queue::Queue},
        index::Index,
        managed::{
            flows::{Advance, FlowContext, Flows},
            look::Looker,
            pass::{Pass, Question},
            tracked::TrackedResources,
        },
        plan::{
            outcome::{Answered, Outcome, SentRequest},
            sent_changes::{ChangeDigest, Early},
            state::StepError,
            taken,
        },
    },
};
use parking_lot::Mutex;
use serde_json::{Map, Value};
use std::{sync::Arc, time::Duration};

/// Takes steps.
pub(crate) struct Stepper {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) queue: Arc<Queue<ObjectKey>>,
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) flows: Flows,
    pub(crate) tracked: Arc<TrackedResources>,
    pub(crate) looker: Arc<Looker>,
}

/// What a step is made of.
struct Task {
    goal: Goal,
    observed: Option<Observed>,
    params: Map<String, Value>,
    diff: Diff,
}

impl Stepper {
    /// Takes the next step towards a goal, if there is one.
    pub(crate) async fn pursue(&self, pass: &Pass<'_>, goal: Goal, assessor: &Assessor) -> Outcome {
        let (sent, answered) = match self.prepare(pass, goal) {
            Ok(None) => (None, Ok(Answered::Left)),
            Ok(Some((task, request))) => {
                let (sent, answered) = self.send(pass, task, request, assessor).await;
                (Some(sent), answered)
            }
            Err(error) => (None, Err(error)),
        };
        let answered = answered.map_err(|error| {
            self.remember(pass, goal, &error);
            self.excused(pass, goal, error)
        });
        Outcome::Stepped(goal, sent, answered)
    }

    /// Waits for a place from which the create of a resource can be sent at once.
    pub(crate) async fn place(&self, pass: &Pass<'_>) -> Outcome {
        Outcome::Placed(match pass.changeable_cloud() {
            Ok(cloud) => cloud.place(pass.kind.info().service).await,
            Err(failure) => Err(failure),
        })
    }

    /// The request to send, `None` where a deletion has nothing to take away or to put back, or why there is none now.
    fn prepare(&self, pass: &Pass<'_>, goal: Goal) -> Result<Option<(Task, Request)>, StepError> {
        let task = Task::of(pass, goal).map_err(StepError::Failed)?;
        let about = Question {
            params: &task.params,
            creating: pass.object().create_incomplete(),
            external_name: pass.object().external_name(),
        };
        let step = |key: &AnyKey<'_>| pass.kind.step(goal, key, task.observed.as_ref(), &task.diff);
        let request = match pass.ask_about(&about, step).map_err(StepError::Failed)? {
            Step::Send(request) => request,
            Step::Flow(flow) => self.advance(pass, *flow)?,
            Step::Wait(what) => return Err(StepError::Waiting(what)),
            Step::Refuse(why) => return Err(StepError::Refused(why)),
            Step::Leave => return Ok(None),
            Step::Done if goal == Goal::Vanish && pass.state.singleton => return Ok(None),
            Step::Done => return Err(StepError::Waiting("the cloud".to_owned())),
        };
        // What still flows belongs to an earlier step: it must not meet this one.
        self.tracked.with(pass.key, pass.uid(), |record| record.flow = None);
        if task.changes() {
            self.patience(pass, &request, &task.diff)?;
        }
        Ok(Some((task, request)))
    }

    /// A flow runs beside the passes; it may need the cloud freed from what nobody sends any more.
    fn advance(&self, pass: &Pass<'_>, flow: Flow) -> Result<Request, StepError> {
        let cloud = pass.changeable_cloud().map_err(StepError::Failed)?.clone();
        // The record holds the flow, so the flow must not hold the records.
        let (uid, clock, tracked) = (pass.uid(), self.clock.clone(), Arc::downgrade(&self.tracked));
        let (queue, own, own_uid) = (self.queue.clone(), pass.key.clone(), uid.to_owned());
        let wake = move || {
            // What was seen before its end is out of date.
            if let Some(tracked) = tracked.upgrade() {
                tracked.with(&own, &own_uid, |record| record.freshness.written(clock.monotonic()));
            }
            queue.add(own);
        };
        let context = FlowContext { uid, cloud, clock: &self.clock, wake };
        let advance = |job: &mut _| self.flows.advance(job, flow, context);
        match self.tracked.with(pass.key, uid, |record| advance(&mut record.flow)) {
            Some(Advance::Running(what)) => Err(StepError::Waiting(what)),
            Some(Advance::Failed(failure)) => Err(StepError::Failed(failure)),
            Some(Advance::Send(request)) => Ok(request),
            None => Err(StepError::Waiting("the end of the pass: the resource is gone".to_owned())),
        }
    }

    /// A change that was accepted and did not show is not sent again at once.
    fn patience(&self, pass: &Pass<'_>, request: &Request, diff: &Diff) -> Result<(), StepError> {
        let (generation, now) = (pass.state.generation, self.clock.now().as_second());
        match pass.state.memory.sent.may(ChangeDigest::of(request), generation, now) {
            Ok(()) => Ok(()),
            Err(Early { times: 1, .. }) => Err(StepError::Waiting("the change to take effect".to_owned())),
            Err(Early { wait, .. }) => Err(StepError::Failed(without_effect(pass, wait, diff))),
        }
    }

    async fn send(
        &self,
        pass: &Pass<'_>,
        task: Task,
        request: Request,
        assessor: &Assessor,
    ) -> (SentRequest, Result<Answered, StepError>) {
        let answer = match pass.changeable_cloud() {
            Ok(cloud) => match &pass.state.place {
                Some(Ok(place)) if task.creates() => cloud.send_from(place, &request).await,
                Some(_) | None => cloud.send(&request).await,
            },
            Err(failure) => Err(failure),
        };
        let answer = answer.map_err(|failure| explained(pass, task.goal, failure));
        let accepted = answer.is_ok();
        let looked = self.looker.written(pass, answer.as_ref().ok());
        let sent = SentRequest {
            looked,
            // No look tells of a secret, so an empty answer, which anything before the service may give, proves nothing of it
            // where the service would say more.
            secrets: (looked.is_some() || accepted && request.mute)
                .then(|| secret_digests::sent(pass, &request)),
            accepted: (accepted && task.changes())
                .then(|| (ChangeDigest::of(&request), self.clock.now().as_second())),
        };
        let applied = sent.secrets.as_ref().unwrap_or(&pass.state.done.applied);
        let answered = digest(pass, task, answer, assessor, applied);
        (sent, answered.map_err(StepError::Failed))
    }

    /// What was refused is tried again as soon as what stands in its way changes.
    fn remember(&self, pass: &Pass<'_>, goal: Goal, error: &StepError) {
        match (goal, error, pass.object().external_name()) {
            (Goal::Vanish, _, Some(name)) => self.index.lock().deletion_refused(pass.key, name),
            (Goal::Exist, StepError::Failed(_), _) => self.index.lock().creation_failed(pass.key),
            (Goal::Vanish | Goal::Exist | Goal::Match, _, _) => {}
        }
    }

    /// What is refused while something that it refers to is on its way nobody has to mend yet.
    fn excused(&self, pass: &Pass<'_>, goal: Goal, error: StepError) -> StepError {
        let StepError::Failed(failure) = error else { return error };
        let refused = failure.class == Class::Terminal && goal != Goal::Vanish;
        let unready = if refused { self.index.lock().unready_target(pass.key) } else { None };
        StepError::Failed(match unready {
            Some(target) => Failure {
                class: Class::Transient,
                message: format!(
                    "{}; {} {:?}, which it refers to, is not ready yet",
                    failure.message, target.kind, target.metadata.name
                ),
                ..failure
            },
            None => failure,
        })
    }
}

impl Task {
    fn of(pass: &Pass<'_>, goal: Goal) -> Result<Self, Failure> {
        let params = pass.state.parameters();
        let Some(it) = pass.state.here() else {
            return Ok(Self { goal, observed: None, params, diff: Diff::default() });
        };
        let (observed, differs) = (Some(it.observed.clone()), it.diff.mutable());
        let (params, diff) = match goal {
            Goal::Exist => {
                let lacks = pass.kind.diff(&params, &it.observed)?;
                (params, lacks)
            }
            Goal::Match if it.stale && differs.is_empty() => {
                pass.kind.remarking(&params, &it.observed)?.unwrap_or((params, differs))
            }
            Goal::Match | Goal::Vanish => (params, differs),
        };
        Ok(Self { goal, observed, params, diff })
    }

    fn creates(&self) -> bool {
        self.goal == Goal::Exist && self.observed.is_none()
    }

    /// A delete is told by its end, a create by its record; any other step by what it changes.
    fn changes(&self) -> bool {
        self.observed.is_some() && self.goal != Goal::Vanish
    }
}

/// What the answer to a step shows.
fn digest(
    pass: &Pass<'_>,
    task: Task,
    answer: Result<Value, Failure>,
    assessor: &Assessor,
    applied: &[String],
) -> Result<Answered, Failure> {
    let body = [Answer::Body(answer?)];
    match task.goal {
        Goal::Exist if task.observed.is_none() => {
            // It was made: an answer that can't be read must not lead to a second one.
            let unread = |failure: Failure| Failure { class: Class::Unanswered, ..failure };
            let found = pass.ask(|key| pass.kind.parse(key, &body)).map_err(unread)?;
            let found = if pass.compares().map_err(unread)? { named(found) } else { found };
            Ok(Answered::Created(assessor.finding(pass, found, Sealed::default(), applied).map_err(unread)?))
        }
        Goal::Exist | Goal::Match => {
            // An answer that is not the object itself is no news: look again.
            let found = pass.ask(|key| pass.kind.parse(key, &body));
            let news = found.ok().filter(|found| !matches!(found, Found::Named(_) | Found::More(_)));
            let news = news.filter(|_| pass.compares() == Ok(false));
            let news = news.map(|found| assessor.finding(pass, found, Sealed::default(), applied));
            Ok(Answered::Changed(task.diff.fields, news))
        }
        Goal::Vanish => Ok(Answered::Deleted),
    }
}

/// Only a comparison tells what is compared: the answer to its create is good for its name.
fn named(found: Found) -> Found {
    match found {
        Found::One { external_name, .. } => Found::Named(external_name),
        other @ (Found::Absent | Found::Named(_) | Found::More(_) | Found::Ambiguous(_)) => other,
    }
}

/// Of a refused create, what to do where somebody else has the name.
fn explained(pass: &Pass<'_>, goal: Goal, failure: Failure) -> Failure {
    let name = match (goal, failure.class) {
        (Goal::Exist, Class::Conflict) => pass.ask(|key| pass.kind.chosen_name(key)).ok().flatten(),
        (Goal::Exist | Goal::Match | Goal::Vanish, _) => None,
    };
    // What has the id of another object has no name of its own that could be another.
    let id_of_another = |name: &str| {
        let fields = pass.kind.shapes().map(|shapes| &shapes.params.fields);
        let of_others = fields.into_iter().flatten().filter(|field| field.options.r#ref.is_some());
        let mut given = of_others.map(|field| pass.state.wanted.for_provider.get(&field.name));
        given.any(|given| given.and_then(Value::as_str) == Some(name))
    };
    match name.filter(|name| !id_of_another(name)) {
        Some(name) => Failure { message: format!("{}; {}", failure.message, taken(&name)), ..failure },
        None => failure,
    }
}

fn without_effect(pass: &Pass<'_>, wait: i64, diff: &Diff) -> Failure {
    let what =
        if diff.fields.is_empty() { "a step of the creation".to_owned() } else { diff.fields.join(", ") };
    let project = pass.kind.info().service.project;
    let message = format!(
        "{project} accepted the change more than once and did not make it; its log tells why, and it is sent again ever more slowly: {what}"
    );
    Failure::new(Class::RateLimited(Duration::from_secs(wait.unsigned_abs())), "NoEffect", message)
}
