//! What happened to the objects of the API server in memory, for its watches.

use super::Place;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::{Notify, futures::OwnedNotified};

/// Changes in their order.
#[derive(Default)]
pub(super) struct Log {
    changes: Vec<(u64, Place, Value)>,
    changed: Arc<Notify>,
}

impl Log {
    /// Something was added, modified or deleted.
    pub(super) fn note(&mut self, version: u64, place: &Place, word: &str, object: &Value) {
        self.changes.push((version, place.clone(), json!({"type": word, "object": object})));
        self.changed.notify_waiters();
    }

    /// Lines of a watch: what happened since a version to objects of which this is true.
    pub(super) fn since(&self, since: u64, covers: impl Fn(&Place, &Value) -> bool) -> String {
        let news = self.changes.iter().rev().take_while(|(version, ..)| *version > since);
        let mut lines: Vec<_> = news
            .filter(|(_, place, event)| covers(place, &event["object"]))
            .map(|(.., event)| format!("{event}\n"))
            .collect();
        lines.reverse();
        lines.concat()
    }

    /// Ends with the next change.
    pub(super) fn changed(&self) -> OwnedNotified {
        self.changed.clone().notified_owned()
    }
}
