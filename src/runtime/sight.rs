//! How a pass looks at the cloud without asking more than it must: answers from lists, the status where lists say that
//! nothing changed, and a watch kept after it.

use super::{
    lookout::Watch,
    reconcile::{Pass, Reconciler},
    snapshot::Finding,
    verdict::Then,
};
use crate::kind::{
    any::Observed,
    cloud::Cloud,
    failure::Failure,
    fingerprint,
    listing::{Item, Sight},
    request::{Answer, Read},
};
use serde_json::Value;
use std::sync::Arc;

impl Reconciler {
    /// What it looks like, if nothing changed since it was last looked at. What is being created, or was changed
    /// in this pass, is always looked at.
    pub(super) fn unchanged(&self, pass: &Pass<'_>) -> Option<Observed> {
        let done = &pass.done;
        if pass.object.create_incomplete() || done.created || done.deleted || done.updated.is_some() {
            return None;
        }
        let (cloud, now) = (pass.cloud.as_ref()?, self.clock.monotonic());
        self.lookout.unchanged(pass.key, cloud, &pass.object, self.marker(pass), now)
    }

    /// Answers one read, if it can be from a list. What was just deleted is in no list, and is looked at by itself.
    pub(super) async fn answer(
        &self,
        pass: &mut Pass<'_>,
        cloud: &Arc<dyn Cloud>,
        read: &Read,
    ) -> Result<Answer, Failure> {
        let info = pass.kind.info();
        let item = pass.kind.listed(read).filter(|_| !pass.done.deleted);
        let answer = match &item {
            Some(item) => cloud.look(item, self.lookout.after(pass.key)).await?,
            None => {
                let (service, microversion) = read.whose(info);
                cloud.read(service, read, microversion).await?
            }
        };
        let at = self.clock.monotonic();
        self.lookout.seen(pass.key, at);
        if let (Some(item), Answer::Body(body)) = (&item, &answer) {
            let object = body.get(item.collection.singular);
            pass.sight = object.map(|object| Sight { fingerprint: fingerprint::of(object), at });
        }
        Ok(answer)
    }

    /// A request that changes the object returned: what was known of it is out of date.
    pub(super) fn sent(&self, pass: &mut Pass<'_>, answer: Option<&Value>) {
        let at = self.clock.monotonic();
        self.lookout.written(pass.key, at);
        let object = answer.and_then(|answer| answer.get(pass.kind.singular()));
        pass.sight = object.map(|object| Sight { fingerprint: fingerprint::of(object), at });
    }

    /// After a pass that found it: somebody keeps an eye on it until the next.
    pub(super) fn keep_watch(&self, pass: &Pass<'_>, then: Then) {
        let rests = matches!(then, Then::Poll | Then::Soon) && !pass.done.released;
        let (Some(Ok(Finding::Here(it))), Some(cloud), true) = (&pass.found, &pass.cloud, rests) else {
            return self.lookout.withdraw(pass.key);
        };
        // Without a new sight it was found as it had been seen.
        let Some(seen) = pass.sight else { return };
        let stranger = it.observed.marker.as_ref().is_some_and(|marker| *marker != self.marker(pass));
        match self.item(pass) {
            Some(item) if !stranger => {
                let (eager, external_name) = (then == Then::Soon, it.external_name.as_str());
                let watch = Watch { item: &item, seen, eager, external_name, observed: &it.observed };
                self.lookout.post(pass.key, cloud, &self.queue, watch);
            }
            Some(_) | None => self.lookout.withdraw(pass.key),
        }
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

#[cfg(test)]
mod tests {
    use super::super::{scripted::Desk, verdict::Then};
    use crate::{api::meta, kinds::KINDS};
    use serde_json::{Value, json};
    use std::sync::atomic::Ordering;

    fn port(mtu: &str) -> Value {
        json!({"port": {"id": "i", "status": "ACTIVE", "description": mtu,
            "fixed_ips": [{"subnet_id": "s", "ip_address": "10.0.0.1"}]}})
    }

    /// A port that was made and looked at, and of which lists now tell what was seen.
    async fn settled() -> (Desk, super::super::index::ObjectKey) {
        let desk = Desk::new(KINDS.as_slice());
        let key = desk.key("network.Port", "p");
        let spec = json!({"forProvider": {"networkId": "n", "description": "d"},
            "writeConnectionSecretToRef": {"name": "details"}});
        let annotations = json!({(meta::EXTERNAL_NAME): "i"});
        desk.put(&key, json!({"annotations": annotations, "finalizers": [meta::FINALIZER]}), spec);
        desk.cloud.answers("GET /ports/i", port("d"));
        assert_eq!(desk.pass(&key).await, Then::Poll);
        desk.cloud.asked();
        desk.cloud.same.store(true, Ordering::SeqCst);
        (desk, key)
    }

    #[tokio::test(start_paused = true)]
    async fn what_lists_say_is_unchanged_is_not_asked_for_and_reconciled_all_the_same() {
        let (desk, key) = settled().await;
        let before = desk.get(&key).unwrap();
        assert_eq!(desk.pass(&key).await, Then::Poll);
        assert_eq!(desk.cloud.asked(), Vec::<String>::new());
        assert_eq!(desk.get(&key).unwrap(), before, "REC-5: nothing is written");
        let secret = "/api/v1/namespaces/a/secrets/details";
        let details = desk.server.get(secret).unwrap();
        desk.server.remove(secret);
        desk.pass(&key).await;
        assert_eq!(desk.server.get(secret).unwrap()["data"], details["data"], "SEC-1: it is back");
        assert_eq!(desk.cloud.asked(), Vec::<String>::new());
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_of_the_spec_is_compared_with_what_lists_confirm() {
        let (desk, key) = settled().await;
        desk.change(&key, |object| object["spec"]["forProvider"]["description"] = json!("e"));
        desk.cloud.answers("PUT /ports/i", port("e"));
        assert_eq!(desk.pass(&key).await, Then::Poll);
        assert_eq!(desk.cloud.asked().len(), 1);
        assert_eq!(desk.get(&key).unwrap().status.at_provider["description"], "e");
    }

    #[tokio::test(start_paused = true)]
    async fn what_changed_is_looked_at_and_what_is_deleted_only_after() {
        let (desk, key) = settled().await;
        desk.cloud.same.store(false, Ordering::SeqCst);
        desk.cloud.answers("GET /ports/i", port("theirs")).answers("PUT /ports/i", port("d"));
        assert_eq!(desk.pass(&key).await, Then::Poll);
        desk.cloud.asked();
        desk.cloud.same.store(true, Ordering::SeqCst);
        desk.change(&key, |object| object["status"]["atProvider"]["description"] = json!("tampered"));
        desk.cloud.answers("GET /ports/i", port("d"));
        assert_eq!(desk.pass(&key).await, Then::Poll);
        desk.cloud.asked();
        desk.change(&key, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
        desk.cloud.answers("DELETE /ports/i", Value::Null).answers("GET /ports/i", Value::Null);
        desk.pass(&key).await;
        assert_eq!(desk.cloud.asked(), ["DELETE /ports/i", "GET /ports/i"]);
    }
}
