//! When what nobody waits for is written: seldom, and of one owner's parts one after the other.
//!
//! Crossplane stops for five minutes to listen to the parts of a composite resource that change at once more than fifty
//! times, or for long more than once in two seconds, however many parts there are.

use crate::api::{condition::STALLED, managed::Status};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use tokio::time::Instant;

/// Shortest time between two statuses of a calm kind.
pub const CALM: Duration = Duration::from_secs(10);
/// The same between those of one owner: half of what Crossplane bears is left to what is written at once.
pub const APART: Duration = Duration::from_secs(4);

/// Conditions that others act on. A kind's own ones explain them.
const AWAITED: [&str; 4] = ["Ready", "Synced", "UpToDate", STALLED];

/// What is remembered of the statuses of one managed resource.
#[derive(Default)]
pub struct Told {
    /// When the last one was written.
    last: Option<Instant>,
    /// When the next one may be, if it waits.
    turn: Option<Instant>,
}

/// When the next part of each owner may speak, by the owner's UID.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<String, Instant>>);

impl Turns {
    /// How long this status has to wait, so that those who watch the resource are left in peace; `None`: it is written now.
    pub fn wait(
        &self,
        told: &mut Told,
        owner: Option<&str>,
        pressing: bool,
        now: Instant,
    ) -> Option<Duration> {
        if !pressing {
            if let Some(next) = told.last.map(|last| last + CALM).filter(|next| *next > now) {
                return Some(next - now);
            }
            let turn = *told.turn.get_or_insert_with(|| owner.map_or(now, |owner| self.take(owner, now)));
            if turn > now {
                return Some(turn - now);
            }
        }
        *told = Told { last: Some(now), turn: None };
        None
    }

    /// The owner's first free turn.
    fn take(&self, owner: &str, now: Instant) -> Instant {
        let mut all = self.0.lock();
        all.retain(|_, free| *free > now);
        let turn = all.get(owner).copied().unwrap_or(now);
        all.insert(owner.to_owned(), turn + APART);
        turn
    }
}

/// Is somebody waiting for this: for an answer to a change of his, or for one of these conditions to flip?
pub fn is_pressing(old: &Status, new: &Status) -> bool {
    let flags = |status: &Status| -> BTreeMap<String, String> {
        let awaited = status.conditions.iter().filter(|c| AWAITED.contains(&c.r#type.as_str()));
        awaited.map(|c| (c.r#type.clone(), c.status.clone())).collect()
    };
    old.observed_generation != new.observed_generation
        || old.last_handled_reconcile_at != new.last_handled_reconcile_at
        || flags(old) != flags(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_one_owner_speak_one_after_the_other_and_others_are_not_held_up() {
        let (turns, now) = (Turns::default(), Instant::now());
        let mut parts: Vec<_> = (0..10).map(|_| Told::default()).collect();
        let waits: Vec<_> =
            parts.iter_mut().map(|part| turns.wait(part, Some("cloud"), false, now)).collect();
        assert_eq!(waits[0], None);
        let apart = (1..10).map(|place| Some(APART * place)).collect::<Vec<_>>();
        assert_eq!(waits[1..], apart);
        assert_eq!(turns.wait(&mut Told::default(), Some("another"), false, now), None);
        assert_eq!(turns.wait(&mut Told::default(), None, false, now), None);
        assert_eq!(
            turns.wait(&mut parts[9], Some("cloud"), true, now),
            None,
            "what is pressing waits for nobody"
        );
        let later = now + 2 * APART;
        assert_eq!(turns.wait(&mut parts[3], Some("cloud"), false, later), Some(APART), "it keeps its turn");
        assert_eq!(turns.wait(&mut parts[2], Some("cloud"), false, later), None);
    }

    #[test]
    fn an_owner_with_many_parts_is_woken_less_than_half_as_often_as_crossplane_bears() {
        let (turns, start) = (Turns::default(), Instant::now());
        let mut parts: Vec<_> = (0..40).map(|_| Told::default()).collect();
        let mut written = 0;
        for second in 0..600 {
            let now = start + Duration::from_secs(second);
            let waits: Vec<_> =
                parts.iter_mut().map(|part| turns.wait(part, Some("cloud"), false, now)).collect();
            written += waits.iter().filter(|wait| wait.is_none()).count();
        }
        assert_eq!(written, 600 / 4, "one in four seconds, of one in two");
    }
}
