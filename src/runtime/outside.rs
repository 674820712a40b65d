//! Effects on the cloud: looking, and taking one step.

use super::{
    plan::taken,
    reconcile::{Pass, Reconciler, lock},
    sealed,
    snapshot::{Assessment, Finding, Setback},
};
use crate::{
    api::{managed::Managed, meta},
    kind::{
        Connection, Found, Goal, KindError, Meta, Step,
        any::{AnyKey, Observed},
        cloud::{Cloud, CloudFacts},
        diff::Diff,
        failure::{Class, Failure},
        marker::{self, Marker},
        request::Answer,
    },
};
use serde_json::Value;
use std::sync::Arc;

impl Reconciler {
    /// Asks the kind, with all that it may know.
    fn ask<T>(
        &self,
        pass: &Pass<'_>,
        question: impl FnOnce(&AnyKey<'_>) -> Result<T, KindError>,
    ) -> Result<T, Failure> {
        let metadata = &pass.object.metadata;
        let owner = lock(&self.index).owner(pass.key);
        let marker = Marker { uid: metadata.uid.clone(), owner };
        let external_name = pass.object.external_name();
        let meta =
            Meta { namespace: &metadata.namespace, name: &metadata.name, external_name, marker: &marker };
        let (params, unknown) = (pass.parameters(), CloudFacts::default());
        let cloud = pass.cloud.as_deref().map_or(&unknown, |cloud| cloud.facts());
        let key =
            AnyKey { params: &params, meta, shapes: pass.kind.shapes()?, secrets: &pass.secrets, cloud };
        Ok(question(&key)?)
    }

    fn cloud(pass: &Pass<'_>) -> Result<Arc<dyn Cloud>, Failure> {
        pass.cloud.clone().ok_or_else(|| Failure::transient("NotConnected", "not connected"))
    }

    /// Without external-name there is nothing to look for, unless the answer to a create was lost (EXT-5).
    pub(super) async fn observe(&self, pass: &mut Pass<'_>) {
        let nothing = pass.object.external_name().is_none() && !pass.object.create_incomplete();
        let found = if nothing { Ok(Finding::Absent) } else { self.look(pass).await };
        pass.found = Some(found);
        pass.memory.absences = if Self::absent(pass) { pass.memory.absences.saturating_add(1) } else { 0 };
    }

    async fn look(&self, pass: &Pass<'_>) -> Result<Finding, Failure> {
        let (cloud, info) = (Self::cloud(pass)?, pass.kind.info());
        let mut answers: Vec<Answer> = vec![];
        let mut reads = self.ask(pass, |key| pass.kind.reads(key))?;
        loop {
            for read in &reads {
                answers.push(cloud.read(info.service, read, info.microversion).await?);
            }
            match self.ask(pass, |key| pass.kind.parse(key, &answers))? {
                Found::More(more) => reads = more,
                Found::Named(_) => return Err(Failure::terminal("Unsettled", "the object says too little")),
                found => return self.finding(pass, found),
            }
        }
    }

    fn finding(&self, pass: &Pass<'_>, found: Found) -> Result<Finding, Failure> {
        Ok(match found {
            Found::Absent => Finding::Absent,
            Found::Named(external_name) => Finding::Named(external_name),
            Found::Ambiguous(ids) => Finding::Ambiguous(ids),
            Found::One { external_name, body } => {
                Finding::Here(Box::new(self.assess(pass, external_name, &body)?))
            }
            Found::More(_) => return Err(Failure::terminal("Unsettled", "the answer needs further reads")),
        })
    }

    fn assess(&self, pass: &Pass<'_>, external_name: String, body: &Value) -> Result<Assessment, Failure> {
        let wanted = &pass.wanted.for_provider;
        let observed = pass.kind.observe(body)?;
        let mut diff = pass.kind.diff(wanted, &observed)?;
        self.compare_secrets(pass, &mut diff)?;
        let ready = Some(pass.kind.ready(wanted, &observed)?);
        let next = self.ask(pass, |key| pass.kind.step(Goal::Exist, key, Some(&observed), &diff))?;
        let incomplete = !matches!(next, Step::Done);
        let foreign = observed.marker.as_ref().and_then(|marker| self.foreign(pass, &external_name, marker));
        let foreign = foreign.or_else(|| sealed::unlike_minted(pass, &external_name, &observed));
        let lost = sealed::lost(pass);
        let stranger =
            observed.marker.is_none() && !self.ask(pass, |key| pass.kind.recognises(key, &observed))?;
        Ok(Assessment { external_name, observed, diff, ready, incomplete, foreign, lost, stranger })
    }

    /// Somebody else's object, and what to do about it. An owner of this installation that is gone does not count.
    fn foreign(&self, pass: &Pass<'_>, external_name: &str, marker: &Marker) -> Option<String> {
        let index = lock(&self.index);
        let mine = index.owner(pass.key);
        if marker.owner == mine || pass.object.annotation(meta::TAKE_OVER) == Some("true") {
            return None;
        }
        let owner = match index.owned_by(&marker.owner) {
            Some(key) if key.namespace == pass.key.namespace => format!("{} {:?}", key.kind, key.name),
            Some(_) => "a resource of another namespace".to_owned(),
            None if marker::same_installation(&marker.owner, &mine) => return None,
            None => "another installation of this provider".to_owned(),
        };
        Some(format!(
            "external resource {external_name} belongs to {owner}: use managementPolicies [\"Observe\"] to look at it, or the annotation {}: \"true\" to take it over",
            meta::TAKE_OVER
        ))
    }

    /// Connection details of what was found; none while it is not there.
    pub(super) fn details(&self, pass: &Pass<'_>) -> Result<Connection, Failure> {
        let Some(Ok(Finding::Here(it))) = &pass.found else { return Ok(Connection::new()) };
        let cloud = Self::cloud(pass)?;
        self.ask(pass, |key| pass.kind.connection(key, &it.observed, cloud.facts()))
    }

    /// One step towards a goal, and what came of it.
    pub(super) async fn pursue(&self, pass: &mut Pass<'_>, goal: Goal) {
        if let Err(setback) = self.take_step(pass, goal).await {
            pass.done.setback = Some((goal, setback));
        }
    }

    async fn take_step(&self, pass: &mut Pass<'_>, goal: Goal) -> Result<(), Setback> {
        let cloud = Self::cloud(pass).map_err(Setback::Failed)?;
        let (observed, diff) = match &pass.found {
            Some(Ok(Finding::Here(it))) => (Some(it.observed.clone()), it.diff.mutable()),
            None | Some(_) => (None::<Observed>, Diff::default()),
        };
        let step = self.ask(pass, |key| pass.kind.step(goal, key, observed.as_ref(), &diff));
        let request = match step.map_err(Setback::Failed)? {
            Step::Send(request) => request,
            Step::Wait(what) => return Err(Setback::Waiting(what)),
            Step::Refuse(why) => return Err(Setback::Refused(why)),
            Step::Done => return Err(Setback::Waiting("the cloud".to_owned())),
        };
        let answer = cloud.send(&request).await.map_err(|failure| self.explained(pass, goal, failure));
        // A delete's 404 may speak of something else, such as a subnet that went away meanwhile: only a look tells.
        if goal == Goal::Vanish && answer.as_ref().is_err_and(|failure| failure.class == Class::NotFound) {
            self.observe(pass).await;
            if Self::absent(pass) {
                return Ok(());
            }
        }
        self.digest(pass, goal, diff, answer).map_err(Setback::Failed)
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

    fn digest(
        &self,
        pass: &mut Pass<'_>,
        goal: Goal,
        diff: Diff,
        answer: Result<Value, Failure>,
    ) -> Result<(), Failure> {
        match goal {
            Goal::Exist => {
                let created = [Answer::Body(answer?)];
                pass.done.applied = sealed::compared(pass);
                // It was made: an answer that can't be read must not lead to a second one.
                let unread = |failure: Failure| Failure { class: Class::Unanswered, ..failure };
                let found = self.ask(pass, |key| pass.kind.parse(key, &created)).map_err(unread)?;
                pass.found = Some(Ok(self.finding(pass, found).map_err(unread)?));
                (pass.done.created, pass.done.published) = (true, false);
            }
            Goal::Match => {
                let updated = [Answer::Body(answer?)];
                pass.done.applied = sealed::compared(pass);
                pass.done.applied.retain(|field| diff.fields.contains(field));
                pass.done.updated = Some(diff.fields);
                // An answer that is not the object itself is no news: look again.
                let found = self.ask(pass, |key| pass.kind.parse(key, &updated));
                let whole = found.ok().filter(|found| !matches!(found, Found::Named(_) | Found::More(_)));
                pass.found = whole.map(|found| self.finding(pass, found));
                pass.done.published = false;
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

impl From<KindError> for Failure {
    fn from(error: KindError) -> Self {
        Self::terminal("UnexpectedValue", error.to_string())
    }
}

/// What a pass showed, for the status.
pub(super) fn at_provider(
    found: Option<&Result<Finding, Failure>>,
    object: &Managed,
) -> serde_json::Map<String, Value> {
    match found {
        Some(Ok(Finding::Here(it))) => it.observed.at_provider.clone(),
        Some(Ok(Finding::Absent | Finding::Named(_) | Finding::Ambiguous(_)) | Err(_)) | None => {
            object.status.at_provider.clone()
        }
    }
}
