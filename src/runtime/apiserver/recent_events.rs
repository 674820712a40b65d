//! Which events were sent lately, and what of the next one is to be written: pure. With client-go's dedupe and limits:
//! an equal event within ten minutes bumps the count of the one that is there; an object gets 25 at once and then one in
//! five minutes.

use super::error::cut;
use crate::{kind::token_bucket::TokenBucket, runtime::plan::event::Event};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};
use tokio::time::Instant;

const SIMILAR_FOR: Duration = Duration::from_secs(600);
const BURST: f64 = 25.0;
const PER_SECOND: f64 = 1.0 / 300.0;
/// Objects, and events of one object, that are remembered at most.
const OBJECTS: usize = 4096;
const EVENTS: usize = 16;

/// What to write of an event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum EventWrite {
    /// A new Event of this name.
    Create { name: String },
    /// The count of the Event of this name.
    Bump { name: String, count: i32 },
    /// Nothing: the object has had too many.
    Drop,
}

/// What was sent lately. Bounded.
#[derive(Default)]
pub(crate) struct RecentEvents {
    /// By UID.
    objects: HashMap<String, ObjectEvents>,
    sent: u64,
}

struct ObjectEvents {
    bucket: TokenBucket,
    last: Instant,
    events: HashMap<u64, SentEvent>,
}

struct SentEvent {
    name: String,
    count: i32,
    last: Instant,
}

impl RecentEvents {
    /// What to write of an event of an object, whose name and `unique` make the name of a new one.
    pub(crate) fn judge(
        &mut self,
        uid: &str,
        name: &str,
        event: &Event,
        unique: &str,
        now: Instant,
    ) -> EventWrite {
        if !self.objects.contains_key(uid) {
            evict(&mut self.objects, OBJECTS, |object| object.last);
        }
        self.sent = self.sent.wrapping_add(1);
        let fresh = || ObjectEvents {
            bucket: TokenBucket::new(PER_SECOND, BURST),
            last: now,
            events: HashMap::new(),
        };
        let object = self.objects.entry(uid.to_owned()).or_insert_with(fresh);
        object.last = now;
        let allowed = object.bucket.take(now);
        let key = key(event);
        match object.events.get_mut(&key) {
            Some(sent) if now.saturating_duration_since(sent.last) < SIMILAR_FOR => {
                // Counted even if it is not sent, so that the next one sent says how often it really was.
                sent.count = sent.count.saturating_add(1);
                sent.last = now;
                if !allowed {
                    return EventWrite::Drop;
                }
                EventWrite::Bump { name: sent.name.clone(), count: sent.count }
            }
            _ if !allowed => EventWrite::Drop,
            _ => {
                let name = format!("{}.{unique}{:x}", cut(name, 200), self.sent);
                evict(&mut object.events, EVENTS, |sent| sent.last);
                object.events.insert(key, SentEvent { name: name.clone(), count: 1, last: now });
                EventWrite::Create { name }
            }
        }
    }

    /// It could not be sent after all.
    pub(crate) fn forget(&mut self, uid: &str, event: &Event) {
        if let Some(object) = self.objects.get_mut(uid) {
            object.events.remove(&key(event));
        }
    }
}

fn key(event: &Event) -> u64 {
    let mut hasher = DefaultHasher::new();
    (event.kind, event.reason, &event.message).hash(&mut hasher);
    hasher.finish()
}

/// Makes room for one more: the one that is oldest goes.
fn evict<K: Clone + Eq + Hash, V>(map: &mut HashMap<K, V>, most: usize, last: impl Fn(&V) -> Instant) {
    if map.len() >= most
        && let Some(oldest) = map.iter().min_by_key(|(_, value)| last(value)).map(|(key, _)| key.clone())
    {
        map.remove(&oldest);
    }
}

#[cfg(test)]
mod tests;
