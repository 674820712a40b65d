//! How a pass looks at the cloud without asking more than it must: answers from lists, the status where lists say that
//! nothing changed, and a watch kept after it.

use super::{
    freshness::{Subscribed, Watch, Watched},
    pass::Pass,
    tracked::{Tracked, TrackedResources},
};
use crate::{
    kind::{
        any::Observed,
        failure::Failure,
        fingerprint,
        request::{Answer, Microversion, Read},
        rest::listing::Look,
    },
    runtime::{
        base::{clock::Clock, keys::ObjectKey, queue::Queue},
        plan::pass_result::Requeue,
    },
};
use serde_json::Value;
use std::sync::Arc;

/// Looks for a pass.
pub(crate) struct Looker {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) queue: Arc<Queue<ObjectKey>>,
    pub(crate) tracked: Arc<TrackedResources>,
}

impl Looker {
    /// What it looks like, if nothing changed since it was last looked at. What is being created, or was changed
    /// in this pass, is always looked at.
    pub(crate) fn unchanged(&self, pass: &Pass<'_>) -> Option<Observed> {
        let (object, done) = (pass.object(), &pass.state.done);
        if object.create_incomplete() || done.created || done.deleted || done.updated.is_some() {
            return None;
        }
        let (cloud, now) = (pass.cloud().ok()?, self.clock.monotonic());
        let (own, wish) = (pass.marker.clone(), || wish(pass));
        self.tracked(pass, |record| record.freshness.unchanged(cloud, object, own, now, wish)).flatten()
    }

    /// Answers one read, if it can be from a list; and the object in the answer, where a list tells as much. What was
    /// just deleted is in no list, and is looked at by itself.
    pub(crate) async fn answer(
        &self,
        pass: &Pass<'_>,
        read: &Read,
    ) -> Result<(Answer, Option<Look>), Failure> {
        let (info, cloud) = (pass.kind.info(), pass.cloud()?);
        let microversion = pass.looks_with()?;
        let (item, began) = (pass.kind.listed(read, microversion), self.clock.monotonic());
        let item = item.filter(|_| !pass.state.done.deleted);
        let answer = match &item {
            Some(item) => {
                let after = self.tracked(pass, |record| record.freshness.after()).flatten();
                cloud.look(item, after).await?
            }
            None => {
                let (service, microversion) = info.target(read, microversion);
                cloud.read(service, read, microversion).await?
            }
        };
        let at = self.clock.monotonic();
        self.tracked(pass, |record| record.freshness.seen(at));
        let look = match (&item, &answer) {
            (Some(item), Answer::Body(body)) => looked(body, item.collection.singular, at),
            // Whatever changed while it was compared is to be looked at again.
            (None, Answer::Compared { body, .. }) => {
                Some(Look { fingerprint: fingerprint::of(body), at: began })
            }
            (Some(_) | None, _) => None,
        };
        if let Read::Compare { with, .. } = read {
            self.tracked(pass, |record| record.freshness.compared(with.digest()));
        }
        Ok((answer, look))
    }

    /// Reads a list.
    pub(crate) async fn list(
        &self,
        pass: &Pass<'_>,
        read: &Read,
        microversion: Option<Microversion>,
    ) -> Result<Answer, Failure> {
        let (service, microversion) = pass.kind.info().target(read, microversion);
        pass.cloud()?.read(service, read, microversion).await
    }

    /// A request that changes the object returned: what was known of it is out of date. The object in the answer, if
    /// it is there.
    pub(crate) fn written(&self, pass: &Pass<'_>, answer: Option<&Value>) -> Option<Look> {
        let at = self.clock.monotonic();
        self.tracked(pass, |record| record.freshness.written(at));
        looked(answer?, pass.kind.singular()?, at)
    }

    /// After a pass that found it: somebody keeps an eye on it until the next.
    pub(crate) fn keep_watch(&self, pass: &Pass<'_>, then: Requeue) {
        let state = &pass.state;
        let rests = matches!(then, Requeue::Poll | Requeue::Soon) && !state.done.released;
        let (Some(it), Ok(cloud), true) = (state.here(), pass.cloud(), rests) else {
            return self.subscribe(pass, None);
        };
        // Without a new look it was found as it had been seen.
        let Some(seen) = state.looked else { return };
        let stranger = it.observed.marker.as_ref().is_some_and(|marker| *marker != pass.marker);
        match watched(pass) {
            Some(what) if !stranger => {
                let (eager, external_name) = (then == Requeue::Soon, it.external_name.as_str());
                let watch = Watch { what, seen, eager, external_name, observed: &it.observed };
                self.subscribe(pass, watch.begin(pass.key, cloud, &self.queue));
            }
            Some(_) | None => self.subscribe(pass, None),
        }
    }

    fn subscribe(&self, pass: &Pass<'_>, subscribed: Option<Subscribed>) {
        // The one before ends here, while nothing is locked.
        let before = self.tracked(pass, |record| record.freshness.subscribe(subscribed));
        drop(before);
    }

    fn tracked<T>(&self, pass: &Pass<'_>, change: impl FnOnce(&mut Tracked) -> T) -> Option<T> {
        self.tracked.with(pass.key, pass.uid(), change)
    }
}

fn looked(body: &Value, singular: &str, at: tokio::time::Instant) -> Option<Look> {
    body.get(singular).map(|object| Look { fingerprint: fingerprint::of(object), at })
}

/// What to keep an eye on, if one read says all of it.
fn watched(pass: &Pass<'_>) -> Option<Watched> {
    let reads = pass.reads().ok()?;
    match reads.as_slice() {
        [Read::Compare { path, .. }] => Some(Watched::Compared(path.clone())),
        [read] => pass.kind.listed(read, pass.looks_with().ok()?).map(Watched::Item),
        [] | [_, _, ..] => None,
    }
}

/// What it is to be compared with, if it is.
fn wish(pass: &Pass<'_>) -> Option<u64> {
    match pass.reads().ok()?.as_slice() {
        [Read::Compare { with, .. }] => Some(with.digest()),
        [] | [_, ..] => None,
    }
}
