//! A release as it is, beside what is wanted of it. What there is comes from the watches; only what moved since it was last
//! looked at is asked for.

use super::{
    found::{Found, interest, kinds},
    namespace::{Releases, Slot},
    records::Revision,
    rendering::{Here, Rendering},
    wanted::Wanted,
};
use crate::{
    kind::{
        marker::Marker,
        request::Answer,
        sealed::{Desired, Sealed},
    },
    kubernetes::{
        api::Address,
        error::Error,
        helm::masked,
        probe::{self, Probe},
    },
    release::{
        accounts,
        cause::{Cause, LogOf},
        connection::connection,
        expiry::expiry,
        facts::Facts,
        manifest::Manifest,
        picture::{self, Inputs, Read, assemble},
        ready,
        record::Owner,
        state::{EndpointSeen, ReleaseState, ReleaseStatus},
        update_plan::differing,
    },
};
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc};

/// The wanted release, as far as it must be known.
enum Want {
    /// The newest record is made from it.
    Current,
    /// Something else.
    Other(Result<Arc<Rendering>, String>),
    /// Nothing is wanted any more.
    Nothing,
}

impl Want {
    fn rendering(&self) -> Option<&Rendering> {
        match self {
            Self::Other(Ok(rendering)) => Some(rendering),
            Self::Other(Err(_)) | Self::Current | Self::Nothing => None,
        }
    }

    /// Of what is wanted, if something is; of what can't be rendered there is none that any record has.
    fn digest<'a>(&'a self, newest: Option<&'a Arc<Revision>>) -> Option<&'a str> {
        match self {
            Self::Current => newest.and_then(|newest| newest.record.digest()),
            Self::Other(Ok(rendering)) => Some(&rendering.digest),
            Self::Other(Err(_)) => Some(""),
            Self::Nothing => None,
        }
    }

    /// Paths of values that are others than those of the newest record.
    fn changed(&self, newest: Option<&Arc<Revision>>, wanted: &Wanted) -> Vec<String> {
        match (self, newest) {
            (Self::Other(Ok(_)), Some(newest)) => {
                differing(&newest.record.release.config, wanted.values.as_map())
            }
            (Self::Other(_) | Self::Current | Self::Nothing, _) => vec![],
        }
    }

    fn seen(&self) -> picture::Rendering<'_> {
        match self {
            Self::Current | Self::Nothing => picture::Rendering::Unneeded,
            Self::Other(Ok(rendering)) => picture::Rendering::Manifest(&rendering.manifest),
            Self::Other(Err(why)) => picture::Rendering::Failed(why),
        }
    }
}

impl Releases {
    /// Compares a release with what is wanted of it.
    ///
    /// # Errors
    /// The account may not see something of it, or the API server does not answer.
    pub async fn compare(self: &Arc<Self>, name: &str, desired: &Desired) -> Result<Answer, Error> {
        let wanted = Wanted::of(desired)?;
        let slot = self.slot(name);
        self.view.watch(&BTreeSet::new()).await?;
        let revisions = self.records.seen(name).await?;
        let want = self.want(name, &wanted, desired.digest(), revisions.last()).await;
        let probe = match revisions.last() {
            Some(_) => self.probe(name, wanted.facts.probe.as_ref()),
            None => None,
        };
        let endpoints = self.endpoints(&wanted.facts, probe.as_deref()).await;
        let (mut state, log) =
            self.assembled(name, &slot, &revisions, &want, Some(&wanted), &endpoints).await?;
        state.plan.values = want.changed(revisions.last(), &wanted);
        if let Some(log) = log
            && let Some(text) = state.cause.take()
        {
            let line = masked(&self.last_line(&slot, log).await, &wanted.text);
            state.cause = Some(Cause { text, log: None }.with_log(&line).text);
        }
        if let (Some(seen), Some(newest)) = (&mut state.release, revisions.last()) {
            let marker = |owner: Owner| Marker { uid: owner.uid, owner: owner.owner }.text();
            seen.marker = newest.record.owner().map(marker);
        }
        // Without a record nobody can say that data belongs to the release.
        let data = wanted.policy.data == "Delete" && !state.data.is_empty() && state.release.is_some();
        if state.is_gone() && !data {
            return Ok(Answer::Gone);
        }
        let told = revisions.last().map(|revision| connection(&wanted.facts.tells, &revision.manifest));
        let form = |why: crate::kind::KindError| Error::Form {
            what: format!("release {name}"),
            why: why.to_string(),
        };
        Ok(Answer::Compared {
            body: Value::Object(state.to_wire().map_err(form)?),
            sealed: Sealed(told.unwrap_or_default()),
        })
    }

    /// What is left of a release that is removed.
    pub(super) async fn left(self: &Arc<Self>, name: &str) -> Result<ReleaseState, Error> {
        let slot = self.slot(name);
        let revisions = self.records.seen(name).await?;
        Ok(self.assembled(name, &slot, &revisions, &Want::Nothing, None, &[]).await?.0)
    }

    async fn want(&self, name: &str, wanted: &Wanted, digest: u64, newest: Option<&Arc<Revision>>) -> Want {
        let version = match self.api.version_once().await {
            Ok(version) => version,
            Err(error) => return Want::Other(Err(error.to_string())),
        };
        let here = Here { release: name, namespace: &self.namespace, kubernetes: &version };
        if newest.is_some_and(|newest| wanted.problem.is_none() && wanted.is_of(newest, &here, &self.tools)) {
            return Want::Current;
        }
        let used = newest.map(|newest| newest.record.release.chart.seen());
        match self.render(name, wanted, digest, used).await {
            // Where the spec pins less than the record has.
            Ok(rendering) if newest.and_then(|newest| newest.record.digest()) == Some(&rendering.digest) => {
                Want::Current
            }
            rendered => Want::Other(rendered.map_err(|error| error.to_string())),
        }
    }

    async fn endpoints(&self, facts: &Facts, probe: Option<&Probe>) -> Vec<EndpointSeen> {
        let (Some(spec), Some(probe)) = (&facts.probe, probe) else { return vec![] };
        let (interface, url) = ("internal".to_owned(), probe::url(spec, &self.namespace));
        vec![EndpointSeen { interface, url, answers: probe.answers().await }]
    }

    async fn assembled(
        self: &Arc<Self>,
        name: &str,
        slot: &Slot,
        revisions: &[Arc<Revision>],
        want: &Want,
        wanted: Option<&Wanted>,
        endpoints: &[EndpointSeen],
    ) -> Result<(ReleaseState, Option<LogOf>), Error> {
        let found = self.sight(name, slot, revisions, want.rendering()).await?;
        let newest = revisions.last();

        let status = |revision: &&Arc<Revision>| revision.record.release.info.status;
        let deployed = revisions.iter().rev().find(|one| status(one) == ReleaseStatus::Deployed);
        let now = (self.tools.now)();
        let begun =
            newest.filter(|newest| status(newest).is_pending()).and_then(|newest| newest.record.updated());
        let since = slot.since.lock().or(begun).unwrap_or(now);
        let nothing = Facts::default();
        let facts = wanted.map_or(&nothing, |wanted| &wanted.facts);
        let renewed = deployed.zip(wanted).map(|(deployed, wanted)| {
            let before = &deployed.record.release.config;
            accounts::renewed(&facts.accounts, before, wanted.values.as_map())
        });
        let (outlines, snapshot) = (self.records.outlines(name), self.view.snapshot());
        let inputs = Inputs {
            now,
            namespace: &self.namespace,
            records: &outlines,
            newest: newest.map(read),
            deployed: deployed.map(read),
            digest: want.digest(newest),
            rendering: want.seen(),
            live: &found.live,
            clear: &found.clear,
            view: &snapshot,
            endpoints,
            claims: &found.claims,
            copies: &found.copies,
            facts,
            renewed: &renewed.unwrap_or_default(),
            since: Some(since),
        };
        let (state, log) = assemble(&inputs);
        *slot.expires.lock() = expiry(&inputs, &state);
        *slot.since.lock() = (!ready::is_at_rest(&state)).then_some(since);
        Ok((state, log))
    }

    /// Reads all that the records and the rendering speak of, and what of it is to wake the resource.
    async fn sight(
        self: &Arc<Self>,
        name: &str,
        slot: &Slot,
        revisions: &[Arc<Revision>],
        rendering: Option<&Rendering>,
    ) -> Result<Found, Error> {
        let recorded = revisions.iter().rev().map(|revision| &revision.manifest);
        let manifests: Vec<&Manifest> =
            recorded.chain(rendering.map(|rendering| &rendering.manifest)).collect();
        self.view.watch(&kinds(&manifests)).await?;
        *slot.interest.lock() = interest(name, &manifests);
        let found = self.found(name, slot, revisions, &manifests).await?;
        let copies = found.copies.iter().filter_map(|copy| copy.split_once('/'));
        slot.interest.lock().extend(copies.map(|(kind, name)| (kind.to_owned(), name.to_owned())));
        Ok(found)
    }

    /// The last line of a container's log, read once for each of its starts.
    async fn last_line(&self, slot: &Slot, of: LogOf) -> String {
        if let Some((known, line)) = &*slot.line.lock()
            && *known == of
        {
            return line.clone();
        }
        let pod = Address::core("Pod", &self.namespace, &of.pod);
        // It is more than is needed: without it the cause says less.
        let log = self.api.log(&pod, &of.container).await.unwrap_or_default();
        let line =
            log.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned();
        *slot.line.lock() = Some((of, line.clone()));
        line
    }
}

fn read(revision: &Arc<Revision>) -> Read<'_> {
    Read { record: &revision.record, manifest: &revision.manifest }
}
