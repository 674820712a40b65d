//! Quotas of projects and classes: there are always some, which are changed and put back to the defaults.

use crate::{
    call::Call,
    cloud::Cloud,
    collection::merged,
    reply::{Done, Outcome, Refusal},
    store::{Object, object},
};
use serde_json::{Value, json};

/// A service's quotas.
pub(crate) struct Quotas {
    /// Where those are kept that were set.
    pub(crate) store: &'static str,
    /// Key of the body.
    pub(crate) key: &'static str,
    /// What holds where nothing was set.
    pub(crate) defaults: fn(&Cloud) -> Value,
    /// Status of a deletion; none where they can't be deleted.
    pub(crate) deleted: Option<u16>,
}

impl Quotas {
    pub(crate) fn answer(&self, cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
        let (set, defaults) = (cloud.store.get(self.store, id).cloned(), object((self.defaults)(cloud)));
        let whole = |set: Object| merged(&defaults, set);
        if !call.who.admin && call.method != http::Method::GET {
            return Err(Refusal::forbidden("quotas by a user", "quota_sets:update"));
        }
        match (call.method.as_str(), self.deleted) {
            ("GET", _) => {
                let shown = merged(&whole(set.unwrap_or_default()), object(json!({ "id": id })));
                Ok(Done::new(200, json!({ self.key: shown })))
            }
            ("PUT", _) => {
                let mut sent = call.object(self.key).unwrap_or_default();
                sent.remove("force");
                check(&defaults, &sent)?;
                let set = merged(&set.unwrap_or_default(), sent);
                cloud.store.put(self.store, merged(&set, object(json!({ "id": id }))));
                let mut shown = whole(set);
                shown.remove("id");
                Ok(Done::new(200, json!({ self.key: shown })))
            }
            ("DELETE", Some(status)) => {
                cloud.store.remove(self.store, id);
                Ok(Done::nothing(status))
            }
            _ => Err(Refusal::no_path()),
        }
    }
}

fn check(defaults: &Object, sent: &Object) -> Outcome<()> {
    for (name, limit) in sent {
        if !defaults.contains_key(name) {
            return Err(Refusal::bad("unknown quota", format!("Bad key(s) in quota set: {name}")));
        }
        if limit.as_i64().is_none_or(|limit| limit < -1) {
            return Err(Refusal::bad("quota below -1", "Quota limit must be -1 or greater."));
        }
    }
    Ok(())
}
