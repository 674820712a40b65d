//! What it proves that a look does not find an external resource, and when. Pure.
//!
//! Times are of this process and never go back. Marks tell less: they have the wall clock of whichever pod wrote them, and what
//! came between a mark and its request is in none of them.

use std::time::Duration;
use tokio::time::Instant;

/// A replica of a database may lag behind so long: a second look that begins later confirms what the first did not find.
const LAG: Duration = Duration::from_secs(30);
/// How long a service may be busy with a request whose connection broke or whose answer did not come in time. Nothing that
/// can be seen from here proves that it is not: a refused connection may be a load balancer's.
pub(super) const AFTERMATH: Duration = Duration::from_secs(60);
/// The same where nobody knows when the request was sent: the time in which its own timeout ends comes first.
const UNHEARD: Duration = Duration::from_secs(120);
/// Looks that have to find nothing then.
const LOOKS: u32 = 2;
/// The pause between them.
const PAUSE: Duration = Duration::from_secs(5);

/// When an effect began and ended.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Before anything was sent.
    pub began: Instant,
    /// After the answer.
    pub ended: Instant,
}

/// Looks in a row that did not find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    since: Instant,
    confirmed: bool,
}

impl Absence {
    /// After one more such look.
    #[must_use]
    pub fn after(before: Option<&Self>, look: Span) -> Self {
        match before {
            None => Self { since: look.ended, confirmed: false },
            Some(Self { since, confirmed }) => {
                Self { since: *since, confirmed: *confirmed || look.began >= *since + LAG }
            }
        }
    }

    /// How long until a look can confirm it; `None` if one has.
    pub fn unconfirmed(absence: Option<&Self>, now: Instant) -> Option<Duration> {
        match absence {
            Some(Self { confirmed: true, .. }) => None,
            Some(Self { since, .. }) => Some((*since + LAG).saturating_duration_since(now)),
            None => Some(LAG),
        }
    }
}

/// A create of which no end is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingCreate {
    mark: String,
    /// Its request ended, or was seen first.
    since: Instant,
    /// Looks that begin earlier prove nothing.
    from: Instant,
    empty: u32,
    /// What came instead of an answer, where it came to this process.
    why: Option<String>,
}

impl PendingCreate {
    /// It was sent, and this came instead of a clear answer.
    pub fn unanswered(mark: &str, ended: Instant, why: Option<String>) -> Self {
        Self { mark: mark.to_owned(), since: ended, from: ended + AFTERMATH, empty: 0, why }
    }

    /// What to say of it: the reason stays to be read for as long as it is waited for.
    pub fn told(pending: Option<&Self>) -> String {
        let what = match pending.and_then(|pending| pending.why.as_ref()) {
            Some(why) => format!("no clear answer came to the last create ({why})"),
            None => "no answer came to the last create".to_owned(),
        };
        format!("{what}; waiting to see whether it took effect")
    }

    /// After a look. Whose end nobody here saw counts as sent right before its first look.
    #[must_use]
    pub fn after(before: Option<Self>, mark: &str, look: Span, absent: bool) -> Self {
        let since = look.began;
        let first = || Self { mark: mark.to_owned(), since, from: since + UNHEARD, empty: 0, why: None };
        let mut pending = before.filter(|known| known.mark == mark).unwrap_or_else(first);
        if absent && look.began >= pending.from {
            pending.empty = pending.empty.saturating_add(1);
        }
        pending
    }

    /// When to look again: most show soon, each further wait is as long as all before, and the time when looks begin to prove
    /// something is met exactly. `None` if it is as certain as can be that it never takes effect.
    pub fn next_look(pending: Option<&Self>, now: Instant) -> Option<Duration> {
        let Some(Self { since, from, empty, .. }) = pending else { return Some(PAUSE) };
        let left = from.saturating_duration_since(now);
        match *empty >= LOOKS {
            true => None,
            false if left.is_zero() => Some(PAUSE),
            false => Some(left.min(now.saturating_duration_since(*since).max(PAUSE))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    fn look(began: Instant) -> Span {
        Span { began, ended: began + S }
    }

    #[test]
    fn an_absence_is_confirmed_by_a_look_that_begins_half_a_minute_after_the_first_ended() {
        let start = Instant::now();
        let first = Absence::after(None, look(start));
        let unconfirmed = |absence: &Absence, now| Absence::unconfirmed(Some(absence), now);
        assert_eq!(Absence::unconfirmed(None, start), Some(LAG));
        assert_eq!(unconfirmed(&first, start + S), Some(LAG));
        let early = Absence::after(Some(&first), look(start + LAG));
        assert_eq!(unconfirmed(&early, start + LAG), Some(S), "it was sent too early");
        let late = Absence::after(Some(&early), look(start + LAG + S));
        assert_eq!(unconfirmed(&late, start), None);
        assert_eq!(unconfirmed(&Absence::after(Some(&late), look(start)), start), None);
    }

    #[test]
    fn a_create_is_lost_after_two_looks_that_begin_once_nothing_can_be_under_way() {
        let sent = Instant::now();
        let mut pending = PendingCreate::unanswered("a", sent, None);
        let (mut now, mut looks) = (sent + S, vec![]);
        while let Some(wait) = PendingCreate::next_look(Some(&pending), now) {
            now += if looks.is_empty() { Duration::ZERO } else { wait };
            pending = PendingCreate::after(Some(pending), "a", look(now), true);
            looks.push((now - sent).as_secs());
        }
        let (proving, before): (Vec<u64>, Vec<u64>) = looks.iter().partition(|at| **at >= 60);
        assert_eq!(proving, [60, 65], "{looks:?}");
        assert_eq!(before, [1, 6, 12, 24, 48], "most take effect soon");
    }

    #[test]
    fn what_another_process_sent_counts_from_the_first_sight_of_it_and_a_new_mark_from_its_own() {
        let seen = Instant::now();
        let first = PendingCreate::after(None, "a", look(seen), true);
        assert_eq!(first.from, seen + UNHEARD);
        let again = PendingCreate::after(Some(first), "a", look(seen + UNHEARD), true);
        assert_eq!((again.from, again.empty), (seen + UNHEARD, 1));
        let other = PendingCreate::after(Some(again.clone()), "b", look(seen + UNHEARD), true);
        assert_eq!((other.from, other.empty), (seen + 2 * UNHEARD, 0));
        let found = PendingCreate::after(Some(again), "a", look(seen + 2 * UNHEARD), false);
        assert!(
            PendingCreate::next_look(Some(&found), seen).is_some(),
            "a look that says nothing proves nothing"
        );
    }
}
