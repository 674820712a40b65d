//! Looking at the external resource.

use super::{assess::Assessor, import};
use crate::{
    kind::{Found, failure::Failure, request::Answer, rest::listing::Look, sealed::Sealed},
    runtime::{
        managed::{
            look::Looker,
            pass::{Pass, Question},
        },
        plan::{
            outcome::Outcome,
            state::{ExternalObservation, NOT_OURS},
        },
    },
};
use std::sync::Arc;

/// Looks.
pub(crate) struct Observer {
    pub(crate) looker: Arc<Looker>,
}

/// What was found, and the last answer that showed the whole object.
type Sighted = (ExternalObservation, Option<Look>);

impl Observer {
    /// Without external-name there is nothing to look for, unless the answer to a create was lost (EXT-5), a filter says what, or
    /// it is there without a create, or a create would not tell that it is there.
    pub(crate) async fn observe(&self, pass: &Pass<'_>, assessor: &Assessor) -> Outcome {
        let object = pass.object();
        if object.sought().is_some() {
            let found = import::look_for(&self.looker, pass, assessor, &pass.state.wanted.filter).await;
            return Outcome::Observed(found.map(ExternalObservation::Sought), None);
        }
        let options = pass.kind.options();
        let expected = object.create_incomplete() || options.singleton;
        if object.external_name().is_none() && !expected {
            let newcomer = if object.deleting() { Ok(()) } else { another_has(pass, assessor) };
            if newcomer.is_err() || object.deleting() || !options.looks_first {
                return Outcome::Observed(newcomer.map(|()| ExternalObservation::Absent), None);
            }
        }
        if let Some(observed) = self.looker.unchanged(pass) {
            let name = object.external_name().unwrap_or_default().to_owned();
            let here = assessor.assess(pass, name, observed, &pass.state.done.applied);
            return Outcome::Observed(here.map(|it| ExternalObservation::Here(Box::new(it))), None);
        }
        match self.look(pass, assessor).await {
            Ok((found, looked)) => Outcome::Observed(Ok(found), looked),
            Err(failure) => Outcome::Observed(Err(failure), None),
        }
    }

    /// Others that carry its marker. Where people choose the name, there can be none.
    pub(crate) async fn twins(&self, pass: &Pass<'_>, assessor: &Assessor) -> Outcome {
        let chosen = pass.ask(|key| pass.kind.chosen_name(key));
        let found = match chosen {
            Ok(None) => self.look_for(pass, assessor, None).await,
            Ok(Some(_)) => Ok((ExternalObservation::Absent, None)),
            Err(failure) => Err(failure),
        };
        let own = pass.object().external_name();
        Outcome::Twins(found.map(|(found, _)| match found {
            ExternalObservation::Ambiguous(ids) => {
                ids.into_iter().filter(|id| Some(id.as_str()) != own).collect()
            }
            ExternalObservation::Absent
            | ExternalObservation::Here(_)
            | ExternalObservation::Named(_)
            | ExternalObservation::Sought(_) => vec![],
        }))
    }

    /// The create whose answer was lost may have been to replace what went away: then the external-name is the old one's.
    async fn look(&self, pass: &Pass<'_>, assessor: &Assessor) -> Result<Sighted, Failure> {
        let name = pass.object().external_name();
        let found = self.look_for(pass, assessor, name).await?;
        if found.0 != ExternalObservation::Absent || name.is_none() || !pass.object().create_incomplete() {
            return Ok(found);
        }
        match pass.ask(|key| pass.kind.chosen_name(key))? {
            None => self.look_for(pass, assessor, None).await,
            Some(_) => Ok(found),
        }
    }

    async fn look_for(
        &self,
        pass: &Pass<'_>,
        assessor: &Assessor,
        external_name: Option<&str>,
    ) -> Result<Sighted, Failure> {
        let creating = pass.object().create_incomplete();
        // What is compared here must be what an update asks for.
        let params =
            if pass.compares()? { pass.state.wanted.parameters(creating) } else { pass.state.parameters() };
        let about = Question { params: &params, creating, external_name };
        let (mut answers, mut looked): (Vec<Answer>, _) = (vec![], None);
        let mut sealed = Sealed::default();
        let mut reads = pass.ask_about(&about, |key| pass.kind.reads(key))?;
        loop {
            for read in &reads {
                let (answer, look) = self.looker.answer(pass, read).await?;
                if let Answer::Compared { sealed: told, .. } = &answer {
                    sealed.0.extend(told.0.clone());
                }
                answers.push(answer);
                looked = look.or(looked);
            }
            // Only one answer that is all of it can be compared with lists later.
            if answers.len() > 1 {
                looked = None;
            }
            match pass.ask_about(&about, |key| pass.kind.parse(key, &answers))? {
                Found::More(more) => reads = more,
                Found::Named(_) => return Err(Failure::terminal("Unsettled", "the object says too little")),
                found => {
                    return Ok((assessor.finding(pass, found, sealed, &pass.state.done.applied)?, looked));
                }
            }
        }
    }
}

/// Refuses to create what another managed resource has, under a name that people choose: some creates would overwrite it.
fn another_has(pass: &Pass<'_>, assessor: &Assessor) -> Result<(), Failure> {
    let chosen = pass.ask(|key| pass.kind.chosen_name(key))?;
    let why = chosen.and_then(|name| assessor.foreign(pass, &name, None));
    why.map_or(Ok(()), |why| Err(Failure::terminal(NOT_OURS, why)))
}
