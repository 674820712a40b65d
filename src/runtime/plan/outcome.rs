//! What came of an effect, and what it changes in the state of a pass.

use super::{
    effect::Effect,
    hold::Hold,
    proof::{Absence, PendingCreate, Span},
    sent_changes::ChangeDigest,
    state::{ExternalObservation, Guard, PassState, References, SecretsProgress, StepError, WriteError},
};
use crate::{
    api::{
        managed::{Managed, ProviderConfigReference, Wanted},
        meta,
    },
    kind::{
        Goal, Ready, Secrets,
        cloud::{Cloud, Place},
        failure::{Class, Failure},
        rest::listing::Look,
    },
};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What came of an effect.
pub enum Outcome {
    /// The request to reconcile with this token is being handled; the next status says so.
    Acknowledged(String),
    /// What the references say, and what is wanted with all of them resolved.
    Resolved(References, Option<Wanted>),
    /// A connection, or why there is none.
    Connected {
        /// The connection.
        cloud: Result<Arc<dyn Cloud>, Failure>,
        /// The ProviderConfig whose usage is recorded, if it is now.
        uses: Option<ProviderConfigReference>,
        /// Who holds all changes to that cloud, if they are held.
        hold: Option<Hold>,
    },
    /// A place from which the create can be sent, or why there is none.
    Placed(Result<Place, Failure>),
    /// Others that carry its marker.
    Twins(Result<Vec<String>, Failure>),
    /// What a look needs was read, or can't be; says what to do.
    LookInputs(Result<Secrets, String>),
    /// Who needs its connection secret, in words.
    Users(Option<String>),
    /// Secrets were read, or made and published.
    Secrets(SecretsFound),
    /// What the cloud says, and the last answer that showed the whole object.
    Observed(Result<ExternalObservation, Failure>, Option<Look>),
    /// Connection details are published, or there was no need.
    Published,
    /// A step was taken, or could not be.
    Stepped(Goal, Option<SentRequest>, Result<Answered, StepError>),
    /// The API server has this object now.
    Written(Box<Managed>),
    /// Nothing was written.
    NotWritten(WriteError),
}

/// Secrets that are known now.
#[derive(Default)]
pub struct SecretsFound {
    /// Values by the name that the API has for them.
    pub values: Secrets,
    /// What was minted and is public: parameters from here on.
    pub public: Map<String, Value>,
    /// How far that is.
    pub progress: Option<SecretsProgress>,
    /// New ones were published with the other connection details.
    pub published: bool,
}

/// A request that changes something, and was answered.
pub struct SentRequest {
    /// The object in the answer.
    pub looked: Option<Look>,
    /// Fields with secrets that were accepted, if the answer shows the object.
    pub secrets: Option<Vec<String>>,
    /// The change that was accepted, and when: seconds since the epoch.
    pub accepted: Option<(ChangeDigest, i64)>,
}

/// What an accepted step led to.
pub enum Answered {
    /// It was created, and looks so.
    Created(ExternalObservation),
    /// These fields were to be changed; what the answer shows, if it is the object.
    Changed(Vec<String>, Option<Result<ExternalObservation, Failure>>),
    /// Its deletion began.
    Deleted,
    /// A deletion has nothing to send: it stays as it is.
    Left,
}

impl PassState {
    /// Takes in what came of an effect, and when. Pure, and the only thing that changes a state.
    pub fn apply(&mut self, effect: &Effect, outcome: Outcome, span: Span) {
        match outcome {
            Outcome::Acknowledged(token) => self.done.acknowledged = Some(token),
            Outcome::Resolved(references, wanted) => {
                self.references = Some(references);
                self.wanted = wanted.unwrap_or_else(|| std::mem::take(&mut self.wanted));
                self.generation = self.object.metadata.generation;
            }
            Outcome::Connected { cloud, uses, hold } => {
                (self.connection, self.hold) = (Some(cloud), hold);
                self.memory.uses = uses.or_else(|| self.memory.uses.take());
            }
            Outcome::LookInputs(Ok(values)) => {
                self.secrets.extend(values);
                self.look_inputs = Some(Ok(()));
            }
            Outcome::LookInputs(Err(why)) => self.look_inputs = Some(Err(why)),
            Outcome::Users(user) => self.guard = user.map_or(Guard::Free, Guard::Used),
            Outcome::Secrets(found) => self.learn_secrets(found),
            Outcome::Observed(found, looked) => self.observed(found, looked, span),
            Outcome::Published => self.done.published = true,
            Outcome::Placed(place) => self.place = Some(place),
            Outcome::Twins(found) => {
                self.done.searched = true;
                self.memory.twins = found.ok().or_else(|| self.memory.twins.take());
            }
            Outcome::Stepped(goal, sent, answered) => self.stepped(goal, sent, answered, span),
            Outcome::Written(object) => self.written(effect, *object),
            Outcome::NotWritten(error) => self.done.write_error = Some(error),
        }
    }

    fn learn_secrets(&mut self, found: SecretsFound) {
        self.secrets.extend(found.values);
        self.wanted.for_provider.extend(found.public);
        self.secrets_progress = found.progress.unwrap_or_else(|| self.secrets_progress.clone());
        self.done.published |= found.published;
    }

    fn observed(&mut self, found: Result<ExternalObservation, Failure>, looked: Option<Look>, span: Span) {
        let absent = found == Ok(ExternalObservation::Absent);
        // A look that failed says nothing.
        if found.is_ok() {
            let absence = || Absence::after(self.memory.absence.as_ref(), span);
            self.memory.absence = absent.then(absence);
        }
        let pending = self.memory.pending.take();
        let after = |mark: &str| PendingCreate::after(pending, mark, span, absent);
        self.memory.pending = self.pending_mark().map(after);
        self.found = Some(found);
        self.looked = looked;
        self.settle();
    }

    /// The mark of a create of which no end is recorded.
    fn pending_mark(&self) -> Option<&str> {
        self.object.annotation(meta::CREATE_PENDING).filter(|_| self.object.create_incomplete())
    }

    fn stepped(
        &mut self,
        goal: Goal,
        sent: Option<SentRequest>,
        answered: Result<Answered, StepError>,
        span: Span,
    ) {
        if let Some(sent) = sent {
            self.looked = sent.looked;
            self.done.applied = sent.secrets.unwrap_or_else(|| std::mem::take(&mut self.done.applied));
            if let Some((change, at)) = sent.accepted {
                self.memory.sent.accepted(change, self.generation, at);
            }
        }
        match answered {
            Ok(Answered::Created(found)) => {
                self.found = Some(Ok(found));
                (self.done.created, self.done.published) = (true, false);
                self.memory.absence = None;
            }
            Ok(Answered::Changed(fields, news)) => self.changed(goal, fields, news),
            Ok(Answered::Left) => self.done.left = true,
            Ok(Answered::Deleted) => {
                (self.done.deleted, self.memory.deleted, self.found) = (true, true, None);
            }
            Err(error) => {
                // A delete's 404 may speak of something else, such as a subnet that went away meanwhile: only a look tells.
                if goal == Goal::Vanish && error.class() == Some(Class::NotFound) {
                    self.found = None;
                }
                if let (Goal::Exist, StepError::Failed(failure), None) = (goal, &error, self.here())
                    && failure.class == Class::Unanswered
                {
                    let why = Some(failure.message.clone());
                    let unanswered = |mark: &str| PendingCreate::unanswered(mark, span.ended, why);
                    self.memory.pending = self.pending_mark().map(unanswered);
                }
                self.done.step_error = Some((goal, error));
            }
        }
    }

    fn changed(
        &mut self,
        goal: Goal,
        fields: Vec<String>,
        news: Option<Result<ExternalObservation, Failure>>,
    ) {
        self.found = news.filter(|news| says_as_much(news, self.found.as_ref(), &fields));
        self.settle();
        if goal == Goal::Match {
            self.done.updated = Some(fields);
        }
        // It was there: an absence that the next look shows is no reason for a second one at once.
        (self.done.published, self.done.begun) = (false, false);
    }

    fn written(&mut self, effect: &Effect, object: Managed) {
        self.object = object;
        match effect {
            Effect::PersistReferences(_) => self.references = None,
            Effect::BeginCreate => self.done.begun = true,
            Effect::RecordCreated(_) => {
                self.done.applied.clear();
                if matches!(self.found, Some(Ok(ExternalObservation::Named(_)))) {
                    self.found = None;
                }
            }
            Effect::RecordSecrets => self.done.applied.clear(),
            // From here on it is looked at by its name.
            Effect::RecordFound(_) => self.found = None,
            // A further replacement takes proof again.
            Effect::RecordFailed => self.memory.absence = None,
            Effect::Release => self.done.released = true,
            Effect::Acknowledge(_)
            | Effect::Resolve
            | Effect::Connect
            | Effect::ReadForLook
            | Effect::ReadSecrets
            | Effect::Observe
            | Effect::PrepareSecrets
            | Effect::Publish
            | Effect::TakePlace
            | Effect::FindTwins
            | Effect::FindUsers
            | Effect::Finalize
            | Effect::Pursue(_)
            | Effect::RecordName(_) => {}
        }
    }

    /// What is as it should be is done with all changes that were sent before.
    fn settle(&mut self) {
        let settled = self
            .here()
            .is_some_and(|it| it.diff.is_empty() && it.ready == Some(Ready::Yes) && !it.owing && !it.stale);
        if settled {
            self.memory.sent.settled();
        }
    }
}

/// Some updates are answered by a part of the object: by less than was known before, but for what was to be changed.
fn says_as_much(
    news: &Result<ExternalObservation, Failure>,
    before: Option<&Result<ExternalObservation, Failure>>,
    changed: &[String],
) -> bool {
    let (Ok(ExternalObservation::Here(news)), Some(Ok(ExternalObservation::Here(before)))) = (news, before)
    else {
        return true;
    };
    let (news, before) = (&news.observed.at_provider, &before.observed.at_provider);
    before.keys().all(|field| news.contains_key(field) || changed.contains(field))
}
