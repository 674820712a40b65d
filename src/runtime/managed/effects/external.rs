//! Effects on the cloud: looking, and taking one step.

use super::secret_inputs;
use crate::{
    api::{managed::Managed, meta},
    kind::{
        ConnectionDetails, Found, Goal, KindError, Meta, Ready, Step,
        any::{AnyKey, Observed},
        cloud::Cloud,
        diff::Diff,
        failure::{Class, Failure},
        marker::{self, Marker},
        request::{Answer, Request},
        upload::Upload,
    },
    runtime::{
        base::keys::ObjectKey,
        managed::{
            reconcile::{Pass, Reconciler},
            uploads::{Advance, UploadContext},
        },
        plan::{
            sent_changes::Early,
            state::{Assessment, ExternalObservation, StepError},
            taken,
        },
    },
};
use serde_json::{Map, Value};
use std::{sync::Arc, time::Duration};

impl Reconciler {
    /// What its creates carry.
    pub(crate) fn marker(&self, pass: &Pass<'_>) -> Marker {
        Marker { uid: pass.object.metadata.uid.clone(), owner: self.index.lock().owner(pass.key) }
    }

    /// Asks the kind, with all that it may know.
    pub(crate) fn ask<T>(
        &self,
        pass: &Pass<'_>,
        question: impl FnOnce(&AnyKey<'_>) -> Result<T, KindError>,
    ) -> Result<T, Failure> {
        self.ask_about(pass, &pass.parameters(), pass.object.create_incomplete(), question)
    }

    /// The same about other parameters, of a resource that is being created or no more.
    fn ask_about<T>(
        &self,
        pass: &Pass<'_>,
        params: &Map<String, Value>,
        creating: bool,
        question: impl FnOnce(&AnyKey<'_>) -> Result<T, KindError>,
    ) -> Result<T, Failure> {
        self.ask_as(pass, params, creating, pass.object.external_name(), question)
    }

    fn ask_as<T>(
        &self,
        pass: &Pass<'_>,
        params: &Map<String, Value>,
        creating: bool,
        external_name: Option<&str>,
        question: impl FnOnce(&AnyKey<'_>) -> Result<T, KindError>,
    ) -> Result<T, Failure> {
        let (metadata, marker) = (&pass.object.metadata, self.marker(pass));
        let (namespace, name) = (metadata.namespace.as_str(), metadata.name.as_str());
        let meta = Meta { namespace, name, external_name, marker: &marker, creating };
        let key = AnyKey { secrets: &pass.secrets, ..AnyKey::new(params, meta, pass.kind.shapes()?) };
        let key = pass.cloud.as_deref().map_or(key, |cloud| AnyKey { cloud: cloud.info(), ..key });
        Ok(question(&key)?)
    }

    fn cloud(pass: &Pass<'_>) -> Result<Arc<dyn Cloud>, Failure> {
        pass.cloud.clone().ok_or_else(|| Failure::transient("NotConnected", "not connected"))
    }

    /// Without external-name there is nothing to look for, unless the answer to a create was lost (EXT-5).
    pub(crate) async fn observe(&self, pass: &mut Pass<'_>) {
        let nothing = pass.object.external_name().is_none() && !pass.object.create_incomplete();
        pass.found = Some(match self.unchanged(pass) {
            _ if nothing => Ok(ExternalObservation::Absent),
            Some(observed) => {
                let name = pass.object.external_name().unwrap_or_default().to_owned();
                self.assess(pass, name, observed).map(|it| ExternalObservation::Here(Box::new(it)))
            }
            None => self.look(pass).await,
        });
        pass.memory.absences = if Self::absent(pass) { pass.memory.absences.saturating_add(1) } else { 0 };
        settle(pass);
    }

    /// The create whose answer was lost may have been to replace what went away: then the external-name is the old one's.
    async fn look(&self, pass: &mut Pass<'_>) -> Result<ExternalObservation, Failure> {
        let name = pass.object.external_name().map(str::to_owned);
        let found = self.look_for(pass, name.as_deref()).await?;
        if found != ExternalObservation::Absent || name.is_none() || !pass.object.create_incomplete() {
            return Ok(found);
        }
        match self.ask(pass, |key| pass.kind.chosen_name(key))? {
            None => self.look_for(pass, None).await,
            Some(_) => Ok(found),
        }
    }

    async fn look_for(
        &self,
        pass: &mut Pass<'_>,
        name: Option<&str>,
    ) -> Result<ExternalObservation, Failure> {
        let cloud = Self::cloud(pass)?;
        let (params, creating) = (pass.parameters(), pass.object.create_incomplete());
        let mut answers: Vec<Answer> = vec![];
        let mut reads = self.ask_as(pass, &params, creating, name, |key| pass.kind.reads(key))?;
        loop {
            for read in &reads {
                answers.push(self.answer(pass, &cloud, read).await?);
            }
            // One answer that is all of it can be compared with lists later.
            if answers.len() > 1 {
                pass.looked = None;
            }
            match self.ask_as(pass, &params, creating, name, |key| pass.kind.parse(key, &answers))? {
                Found::More(more) => reads = more,
                Found::Named(_) => return Err(Failure::terminal("Unsettled", "the object says too little")),
                found => return self.finding(pass, found),
            }
        }
    }

    fn finding(&self, pass: &Pass<'_>, found: Found) -> Result<ExternalObservation, Failure> {
        Ok(match found {
            Found::Absent => ExternalObservation::Absent,
            Found::Named(external_name) => ExternalObservation::Named(external_name),
            Found::Ambiguous(ids) => ExternalObservation::Ambiguous(ids),
            Found::One { external_name, body } => {
                let observed = pass.kind.observe(&body)?;
                ExternalObservation::Here(Box::new(self.assess(pass, external_name, observed)?))
            }
            Found::More(_) => return Err(Failure::terminal("Unsettled", "the answer needs further reads")),
        })
    }

    fn assess(
        &self,
        pass: &Pass<'_>,
        external_name: String,
        observed: Observed,
    ) -> Result<Assessment, Failure> {
        let wanted = &pass.wanted.for_provider;
        let mut diff = pass.kind.diff(wanted, &observed)?;
        self.compare_secrets(pass, &mut diff)?;
        let ready = Some(pass.kind.ready(wanted, &observed)?);
        let left = |creating: bool| {
            let params = pass.parameters_of(creating);
            let lacks = pass.kind.diff(&params, &observed)?;
            let step = |key: &AnyKey<'_>| pass.kind.step(Goal::Exist, key, Some(&observed), &lacks);
            Ok::<_, Failure>(!matches!(self.ask_about(pass, &params, creating, step)?, Step::Done))
        };
        let incomplete = left(false)?;
        let owing = !incomplete && pass.object.create_incomplete() && left(true)?;
        let foreign = self.foreign(pass, &external_name, observed.marker.as_ref());
        let foreign = foreign.or_else(|| secret_inputs::unlike_minted(pass, &external_name, &observed));
        let (lost, unmarked) = (secret_inputs::lost(pass), observed.marker.is_none());
        let stranger = unmarked && !self.ask(pass, |key| pass.kind.recognises(key, &observed))?;
        let others = |marker: &Marker| marker.owner != self.index.lock().owner(pass.key);
        let stale = foreign.is_none()
            && observed.marker.as_ref().is_some_and(others)
            && pass.kind.remarking(wanted, &observed)?.is_some();
        Ok(Assessment {
            external_name,
            observed,
            diff,
            ready,
            incomplete,
            owing,
            stale,
            foreign,
            lost,
            stranger,
        })
    }

    /// Somebody else's object, and what to do about it. The marker tells whose it is, unless its owner was of this
    /// installation and is gone; where it tells nothing, the oldest claim counts; and who is told to take over may.
    fn foreign(&self, pass: &Pass<'_>, external_name: &str, marker: Option<&Marker>) -> Option<String> {
        let index = self.index.lock();
        let (mine, takes) = (index.owner(pass.key), pass.object.annotation(meta::TAKE_OVER) == Some("true"));
        let rival = index.ownership.rival(pass.key, external_name);
        let named = |owner: &ObjectKey| match owner.namespace == pass.key.namespace {
            true => format!("{} {:?}", owner.kind, owner.name),
            false => "a resource of another namespace".to_owned(),
        };
        if marker.is_some_and(|marker| marker.owner == mine) {
            let taker = rival.filter(|rival| rival.took_over)?;
            return Some(format!(
                "external resource {external_name} was taken over by {}: delete this resource, which leaves it as it is, or use managementPolicies [\"Observe\"] to look at it",
                named(&taker.key)
            ));
        }
        let marked = marker.filter(|_| !takes).and_then(|marker| match index.owned_by(&marker.owner) {
            Some(owner) => Some(named(owner)),
            None if marker::same_installation(&marker.owner, &mine) => None,
            None => Some("another installation of this provider".to_owned()),
        });
        let owner = marked.or_else(|| rival.map(|rival| named(&rival.key)))?;
        Some(format!(
            "external resource {external_name} belongs to {owner}: use managementPolicies [\"Observe\"] to look at it, or the annotation {}: \"true\" to take it over",
            meta::TAKE_OVER
        ))
    }

    /// Connection details of what was found; none while it is not there.
    pub(crate) fn details(&self, pass: &Pass<'_>) -> Result<ConnectionDetails, Failure> {
        let Some(Ok(ExternalObservation::Here(it))) = &pass.found else {
            return Ok(ConnectionDetails::new());
        };
        let cloud = Self::cloud(pass)?;
        self.ask(pass, |key| pass.kind.connection(key, &it.observed, cloud.info()))
    }

    /// One step towards a goal, and what came of it.
    pub(crate) async fn pursue(&self, pass: &mut Pass<'_>, goal: Goal) {
        if let Err(step_error) = self.take_step(pass, goal).await {
            match (goal, &step_error, pass.object.external_name()) {
                (Goal::Vanish, _, Some(name)) => self.index.lock().refused_deletion(pass.key, name),
                (Goal::Exist, StepError::Failed(_), _) => {
                    let wanted = Value::Object(pass.parameters()).to_string();
                    self.index.lock().failed_creation(pass.key, wanted);
                }
                (Goal::Vanish | Goal::Exist | Goal::Match, _, _) => {}
            }
            pass.done.step_error = Some((goal, step_error));
        }
    }

    async fn take_step(&self, pass: &mut Pass<'_>, goal: Goal) -> Result<(), StepError> {
        let cloud = Self::cloud(pass).map_err(StepError::Failed)?;
        let Task { observed, params, diff } = Self::task(pass, goal).map_err(StepError::Failed)?;
        let creating = pass.object.create_incomplete();
        let step = |key: &AnyKey<'_>| pass.kind.step(goal, key, observed.as_ref(), &diff);
        let request = match self.ask_about(pass, &params, creating, step).map_err(StepError::Failed)? {
            Step::Send(request) => request,
            Step::Stream(upload) => match self.upload(pass, *upload, cloud.clone()) {
                None => return Err(StepError::Waiting("the resource to be gone".to_owned())),
                Some(Advance::Running(what)) => return Err(StepError::Waiting(what)),
                Some(Advance::Failed(failure)) => return Err(StepError::Failed(failure)),
                Some(Advance::Send(request)) => request,
            },
            Step::Wait(what) => return Err(StepError::Waiting(what)),
            Step::Refuse(why) => return Err(StepError::Refused(why)),
            Step::Done => return Err(StepError::Waiting("the cloud".to_owned())),
        };
        if goal == Goal::Vanish {
            self.tracked(pass, |record| record.upload = None);
        }
        // A delete is told by its end, a create by its record; any other step by what it changes.
        let changes = observed.is_some() && goal != Goal::Vanish;
        if changes {
            self.patience(pass, &request, &diff)?;
        }
        let answer = cloud.send(&request).await.map_err(|failure| self.explained(pass, goal, failure));
        if answer.is_ok() {
            pass.done.applied = secret_inputs::sent(pass, &request);
        }
        self.sent(pass, answer.as_ref().ok());
        if changes && answer.is_ok() {
            let (generation, now) = (pass.object.metadata.generation, self.clock.now().as_second());
            pass.memory.sent.accepted(&request, generation, now);
        }
        // A delete's 404 may speak of something else, such as a subnet that went away meanwhile: only a look tells.
        if goal == Goal::Vanish && answer.as_ref().is_err_and(|failure| failure.class == Class::NotFound) {
            self.observe(pass).await;
            if Self::absent(pass) {
                return Ok(());
            }
        }
        self.digest(pass, goal, diff, answer).map_err(StepError::Failed)
    }

    /// Brings an upload on its way. None if the resource is gone meanwhile.
    fn upload(&self, pass: &Pass<'_>, upload: Upload, cloud: Arc<dyn Cloud>) -> Option<Advance> {
        let (queue, own) = (self.queue.clone(), pass.key.clone());
        let (uid, wake) = (pass.object.metadata.uid.as_str(), move || queue.add(own));
        let context = UploadContext { uid, cloud, clock: &self.clock, wake };
        self.tracked(pass, |record| self.uploads.advance(&mut record.upload, upload, context))
    }

    /// Of a refused create, what to do where somebody else has the name.
    fn explained(&self, pass: &Pass<'_>, goal: Goal, failure: Failure) -> Failure {
        let name = match (goal, failure.class) {
            (Goal::Exist, Class::Conflict) => self.ask(pass, |key| pass.kind.chosen_name(key)).ok().flatten(),
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => None,
        };
        match name {
            Some(name) => Failure { message: format!("{}; {}", failure.message, taken(&name)), ..failure },
            None => failure,
        }
    }

    fn task(pass: &Pass<'_>, goal: Goal) -> Result<Task, Failure> {
        let params = pass.parameters();
        let Some(Ok(ExternalObservation::Here(it))) = &pass.found else {
            return Ok(Task { observed: None, params, diff: Diff::default() });
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
        Ok(Task { observed, params, diff })
    }

    /// A change that was accepted and did not show is not sent again at once.
    fn patience(&self, pass: &Pass<'_>, request: &Request, diff: &Diff) -> Result<(), StepError> {
        let (generation, now) = (pass.object.metadata.generation, self.clock.now().as_second());
        match pass.memory.sent.may(request, generation, now) {
            Ok(()) => Ok(()),
            Err(Early { times: 1, .. }) => Err(StepError::Waiting("the change to take effect".to_owned())),
            Err(Early { wait, .. }) => Err(StepError::Failed(Failure {
                class: Class::RateLimited(Duration::from_secs(wait.unsigned_abs())),
                reason: "NoEffect",
                message: format!(
                    "OpenStack accepted the change more than once and did not make it; the service's log tells why, and it is sent again ever more slowly: {}",
                    if diff.fields.is_empty() {
                        "a step of the creation".to_owned()
                    } else {
                        diff.fields.join(", ")
                    }
                ),
            })),
        }
    }

    fn digest(
        &self,
        pass: &mut Pass<'_>,
        goal: Goal,
        diff: Diff,
        answer: Result<Value, Failure>,
    ) -> Result<(), Failure> {
        let further = matches!(pass.found, Some(Ok(ExternalObservation::Here(_))));
        match goal {
            Goal::Exist if !further => {
                let created = [Answer::Body(answer?)];
                // It was made: an answer that can't be read must not lead to a second one.
                let unread = |failure: Failure| Failure { class: Class::Unanswered, ..failure };
                let found = self.ask(pass, |key| pass.kind.parse(key, &created)).map_err(unread)?;
                pass.found = Some(Ok(self.finding(pass, found).map_err(unread)?));
                (pass.done.created, pass.done.published) = (true, false);
            }
            Goal::Exist | Goal::Match => {
                let updated = [Answer::Body(answer?)];
                // An answer that is not the object itself is no news: look again.
                let found = self.ask(pass, |key| pass.kind.parse(key, &updated));
                let news = found.ok().filter(|found| !matches!(found, Found::Named(_) | Found::More(_)));
                let news = news.map(|found| self.finding(pass, found));
                pass.found = news.filter(|news| says_as_much(news, pass.found.as_ref(), &diff));
                settle(pass);
                pass.done.updated = (goal == Goal::Match).then_some(diff.fields).or(pass.done.updated.take());
                // It was there: an absence that the next look shows is no reason for a second one at once.
                (pass.done.published, pass.done.begun) = (false, false);
            }
            Goal::Vanish => {
                answer?;
                pass.done.deleted = true;
                pass.found = None;
            }
        }
        Ok(())
    }
}

/// What a step is made of.
struct Task {
    observed: Option<Observed>,
    params: Map<String, Value>,
    diff: Diff,
}

impl From<KindError> for Failure {
    fn from(error: KindError) -> Self {
        Self::terminal("UnexpectedValue", error.to_string())
    }
}

/// What is as it should be is done with all changes that were sent before.
fn settle(pass: &mut Pass<'_>) {
    let Some(Ok(ExternalObservation::Here(it))) = &pass.found else { return };
    if it.diff.is_empty() && it.ready == Some(Ready::Yes) && !it.owing && !it.stale {
        pass.memory.sent.settled();
    }
}

/// Some updates are answered by a part of the object: by less than was known before, but for what was to be changed.
fn says_as_much(
    news: &Result<ExternalObservation, Failure>,
    before: Option<&Result<ExternalObservation, Failure>>,
    diff: &Diff,
) -> bool {
    let (Ok(ExternalObservation::Here(news)), Some(Ok(ExternalObservation::Here(before)))) = (news, before)
    else {
        return true;
    };
    let (news, before) = (&news.observed.at_provider, &before.observed.at_provider);
    before.keys().all(|field| news.contains_key(field) || diff.fields.contains(field))
}

/// What a pass showed, for the status.
pub(crate) fn at_provider(
    found: Option<&Result<ExternalObservation, Failure>>,
    object: &Managed,
) -> Map<String, Value> {
    match found {
        Some(Ok(ExternalObservation::Here(it))) => it.observed.at_provider.clone(),
        Some(
            Ok(
                ExternalObservation::Absent
                | ExternalObservation::Named(_)
                | ExternalObservation::Ambiguous(_),
            )
            | Err(_),
        )
        | None => object.status.at_provider.clone(),
    }
}
