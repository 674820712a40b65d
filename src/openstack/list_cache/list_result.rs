//! What is kept of a list: while its pages come, and for some seconds afterwards. Pure.

use jiff::Timestamp;
use serde_json::Value;
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;

/// How long bodies are kept: long enough for a woken owner to come and look, short enough to hold no second copy of
/// the cloud in memory.
const KEEP: Duration = Duration::from_secs(10);
/// Bytes of bodies kept for owners that may be about to look. Bodies that a look waits for are kept beyond it.
const MOST_BYTES: usize = 16 << 20;

/// Objects as JSON text, by id, which takes less memory than parsed values.
type Bodies = HashMap<Box<str>, Box<[u8]>>;

/// What the pages of one list have shown so far.
#[derive(Default)]
pub(super) struct ListResult {
    /// How many objects there were.
    pub(super) objects: usize,
    /// Fingerprints of watched objects, by id.
    pub(super) fingerprints: HashMap<Box<str>, u64>,
    /// When one of the objects was changed last, by the service's clock.
    pub(super) changed: Option<Timestamp>,
    bytes: usize,
    bodies: Bodies,
}

impl ListResult {
    /// Is there room for bodies that nobody asked for yet?
    pub(super) fn has_room(&self) -> bool {
        self.bytes < MOST_BYTES
    }

    /// Keeps an object's body.
    pub(super) fn keep(&mut self, id: &str, item: &Value) {
        let body = item.to_string().into_bytes().into_boxed_slice();
        self.bytes += body.len();
        self.bodies.insert(id.into(), body);
    }

    /// The bodies alone, of a list that was sent at `sent`.
    pub(super) fn into_kept(self, sent: Instant) -> KeptList {
        KeptList { sent, bodies: self.bodies }
    }
}

/// The bodies of a finished list.
pub(super) struct KeptList {
    sent: Instant,
    bodies: Bodies,
}

impl KeptList {
    /// The object below its `singular` key, as its own GET would answer; `None` if the list was sent before `after`.
    pub(super) fn answer(&self, id: &str, after: Option<Instant>, singular: &str) -> Option<Value> {
        let body = self.bodies.get(id).filter(|_| after.is_none_or(|after| self.sent >= after))?;
        let item: Value = serde_json::from_slice(body).ok()?;
        Some(serde_json::json!({ singular: item }))
    }

    /// A later list showed these otherwise.
    pub(super) fn forget<'a>(&mut self, ids: impl Iterator<Item = &'a str>) {
        ids.for_each(|id| drop(self.bodies.remove(id)));
    }

    /// Did the list hold no body that matters?
    pub(super) fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }

    /// Is it young enough to be kept?
    pub(super) fn is_recent(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.sent) <= KEEP
    }
}
