//! Changes that were accepted and did not show: a cloud that undoes or ignores a change is not asked for it at every
//! look, but ever more slowly. Pure.

use crate::kind::request::Request;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How long the first repetition of a change waits; doubled for each further one, seconds.
const FIRST: i64 = 10;
/// The longest such wait, seconds.
const LONGEST: i64 = 600;
/// More different changes than any resource needs to get where it should be; the oldest are forgotten first.
const MOST: usize = 16;

/// What was sent for one generation of a resource since it was last as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    generation: i64,
    changes: Vec<SentChange>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct SentChange {
    digest: ChangeDigest,
    times: u32,
    last: i64,
}

/// Tells one change from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeDigest(u64);

impl ChangeDigest {
    /// Of the request that makes it; secrets do not count.
    pub fn of(request: &Request) -> Self {
        let mut hasher = DefaultHasher::new();
        let body = request.body.as_ref().map(ToString::to_string);
        let edit = request.edit.as_ref().map(|edit| format!("{edit:?}"));
        (request.method.as_str(), &request.path, &request.query, body, edit).hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// A change that was accepted before, and is not yet to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Early {
    /// How often it was accepted.
    pub times: u32,
    /// How long it has to wait, seconds.
    pub wait: i64,
}

impl Sent {
    /// May this change be sent now?
    ///
    /// # Errors
    /// It was accepted before, too short a time ago.
    pub fn may(&self, change: ChangeDigest, generation: i64, now: i64) -> Result<(), Early> {
        let known = self.changes.iter().find(|known| known.digest == change);
        let Some(known) = known.filter(|_| self.generation == generation) else { return Ok(()) };
        let pause = FIRST.saturating_mul(1 << known.times.saturating_sub(1).min(16)).min(LONGEST);
        let wait = known.last.saturating_add(pause) - now;
        if wait > 0 { Err(Early { times: known.times, wait }) } else { Ok(()) }
    }

    /// It was accepted.
    pub fn accepted(&mut self, change: ChangeDigest, generation: i64, now: i64) {
        if self.generation != generation {
            *self = Self { generation, changes: vec![] };
        }
        let times = self.changes.iter().find(|known| known.digest == change).map_or(0, |known| known.times);
        self.changes.retain(|known| known.digest != change);
        self.changes.push(SentChange { digest: change, times: times.saturating_add(1), last: now });
        if self.changes.len() > MOST {
            self.changes.remove(0);
        }
    }

    /// The resource is as it should be: what differs next is another matter.
    pub fn settled(&mut self) {
        self.changes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::request::{Method, service::COMPUTE};
    use serde_json::json;

    fn resize(to: &str) -> ChangeDigest {
        ChangeDigest::of(&Request::new(
            &COMPUTE,
            Method::Post,
            "/servers/i/action",
            Some(json!({"resize": {"flavorRef": to}})),
        ))
    }

    #[test]
    fn a_change_without_effect_is_sent_again_ever_more_slowly() {
        let (mut sent, mut now, mut waits) = (Sent::default(), 1000, vec![]);
        for _ in 0..9 {
            assert_eq!(sent.may(resize("a"), 1, now), Ok(()));
            sent.accepted(resize("a"), 1, now);
            let wait = sent.may(resize("a"), 1, now).unwrap_err().wait;
            waits.push(wait);
            assert!(sent.may(resize("a"), 1, now + wait - 1).is_err());
            now += wait;
        }
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 600, 600, 600]);
    }

    #[test]
    fn another_change_another_wish_or_a_success_between_waits_for_nothing() {
        let mut sent = Sent::default();
        sent.accepted(resize("a"), 1, 0);
        assert_eq!(sent.may(resize("b"), 1, 0), Ok(()));
        assert_eq!(sent.may(resize("a"), 2, 0), Ok(()), "somebody changed the spec");
        assert_eq!(sent.may(resize("a"), 1, 0), Err(Early { times: 1, wait: 10 }));
        sent.settled();
        assert_eq!(sent.may(resize("a"), 1, 0), Ok(()), "it drifted anew");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut sent = Sent::default();
        (0..50).for_each(|n| sent.accepted(resize(&n.to_string()), 1, 0));
        assert_eq!(sent.changes.len(), MOST);
        assert!(sent.may(resize("49"), 1, 0).is_err() && sent.may(resize("0"), 1, 0).is_ok());
    }
}
