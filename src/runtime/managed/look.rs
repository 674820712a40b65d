//! How a pass looks at the cloud without asking more than it must: answers from lists, the status where lists say that
//! nothing changed, and a watch kept after it.

use super::{
    freshness::{Subscribed, Watch},
    reconcile::{Pass, Reconciler},
};
use crate::{
    kind::{
        any::Observed,
        cloud::Cloud,
        failure::Failure,
        fingerprint,
        request::{Answer, Read},
        rest::listing::{Item, Look},
    },
    runtime::plan::{pass_result::Requeue, state::ExternalObservation},
};
use serde_json::Value;
use std::sync::Arc;

impl Reconciler {
    /// What it looks like, if nothing changed since it was last looked at. What is being created, or was changed
    /// in this pass, is always looked at.
    pub(crate) fn unchanged(&self, pass: &Pass<'_>) -> Option<Observed> {
        let done = &pass.done;
        if pass.object.create_incomplete() || done.created || done.deleted || done.updated.is_some() {
            return None;
        }
        let (cloud, now) = (pass.cloud.as_ref()?, self.clock.monotonic());
        let own = self.marker(pass);
        self.tracked(pass, |record| record.freshness.unchanged(cloud, &pass.object, own, now)).flatten()
    }

    /// Answers one read, if it can be from a list. What was just deleted is in no list, and is looked at by itself.
    pub(crate) async fn answer(
        &self,
        pass: &mut Pass<'_>,
        cloud: &Arc<dyn Cloud>,
        read: &Read,
    ) -> Result<Answer, Failure> {
        let info = pass.kind.info();
        let item = pass.kind.listed(read).filter(|_| !pass.done.deleted);
        let answer = match &item {
            Some(item) => {
                let after = self.tracked(pass, |record| record.freshness.after()).flatten();
                cloud.look(item, after).await?
            }
            None => {
                let (service, microversion) = read.whose(info);
                cloud.read(service, read, microversion).await?
            }
        };
        let at = self.clock.monotonic();
        self.tracked(pass, |record| record.freshness.seen(at));
        if let (Some(item), Answer::Body(body)) = (&item, &answer) {
            let object = body.get(item.collection.singular);
            pass.looked = object.map(|object| Look { fingerprint: fingerprint::of(object), at });
        }
        Ok(answer)
    }

    /// A request that changes the object returned: what was known of it is out of date.
    pub(crate) fn sent(&self, pass: &mut Pass<'_>, answer: Option<&Value>) {
        let at = self.clock.monotonic();
        self.tracked(pass, |record| record.freshness.written(at));
        let object = answer.and_then(|answer| answer.get(pass.kind.singular()));
        pass.looked = object.map(|object| Look { fingerprint: fingerprint::of(object), at });
    }

    /// After a pass that found it: somebody keeps an eye on it until the next.
    pub(crate) fn keep_watch(&self, pass: &Pass<'_>, then: Requeue) {
        let rests = matches!(then, Requeue::Poll | Requeue::Soon) && !pass.done.released;
        let (Some(Ok(ExternalObservation::Here(it))), Some(cloud), true) = (&pass.found, &pass.cloud, rests)
        else {
            return self.subscribe(pass, None);
        };
        // Without a new sight it was found as it had been seen.
        let Some(seen) = pass.looked else { return };
        let stranger = it.observed.marker.as_ref().is_some_and(|marker| *marker != self.marker(pass));
        match self.item(pass) {
            Some(item) if !stranger => {
                let (eager, external_name) = (then == Requeue::Soon, it.external_name.as_str());
                let watch = Watch { item: &item, seen, eager, external_name, observed: &it.observed };
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

    /// The object in its collection, if one read says all of it.
    fn item(&self, pass: &Pass<'_>) -> Option<Item> {
        let reads = self.ask(pass, |key| pass.kind.reads(key)).ok()?;
        match reads.as_slice() {
            [read] => pass.kind.listed(read),
            [] | [_, _, ..] => None,
        }
    }
}
