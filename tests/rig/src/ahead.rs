//! How long it may still take: what is left to do, by what it took last time.

use crate::{part::Part, progress::Progress};
use std::collections::BTreeMap;

/// Seconds that a part is expected to take which was never started on this machine.
const UNKNOWN: f64 = 15.0;

/// What is left: builds one after the other, then parts, each beside those that it doesn't need.
#[derive(Debug, Default)]
pub struct Ahead {
    builds: BTreeMap<String, f64>,
    parts: BTreeMap<&'static str, Start>,
}

#[derive(Debug)]
struct Start {
    needs: &'static [&'static str],
    seconds: f64,
}

impl Ahead {
    /// Builds by the names of their steps, with seconds; and parts, as long as they took last time.
    pub fn new(builds: Vec<(String, f64)>, parts: &[Box<dyn Part>], progress: &Progress) -> Self {
        let start = |part: &dyn Part| {
            let seconds = progress.last(&start(part.name())).unwrap_or(UNKNOWN);
            (part.name(), Start { needs: part.needs(), seconds })
        };
        Self {
            builds: builds.into_iter().collect(),
            parts: parts.iter().map(|part| start(part.as_ref())).collect(),
        }
    }

    /// Takes a step away; returns whether it was one of these.
    pub fn done(&mut self, step: &str) -> bool {
        let before = self.parts.len();
        self.parts.retain(|name, _| step != start(name));
        self.builds.remove(step).is_some() || self.parts.len() < before
    }

    /// Seconds that are left.
    pub fn seconds(&self) -> f64 {
        self.builds.values().sum::<f64>() + self.longest()
    }

    /// Of the parts that need each other, one after the other, those that take longest.
    fn longest(&self) -> f64 {
        let mut ends: BTreeMap<&str, f64> = BTreeMap::new();
        // A chain has no more links than there are parts.
        for _ in &self.parts {
            for (name, Start { needs, seconds }) in &self.parts {
                let begins = needs.iter().filter_map(|need| ends.get(need)).copied().fold(0.0, f64::max);
                ends.insert(name, begins + seconds);
            }
        }
        ends.into_values().fold(0.0, f64::max)
    }
}

/// The step that starts a part.
pub fn start(part: &str) -> String {
    format!("start {part}")
}

/// As people say it.
pub fn told(seconds: f64) -> String {
    if seconds < 90.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ahead() -> Ahead {
        let parts: [(_, &'static [&'static str], _); 4] =
            [("api", &["db"], 5.0), ("db", &[], 10.0), ("pods", &["api", "cri"], 20.0), ("cri", &[], 3.0)];
        Ahead {
            builds: [("build api".to_owned(), 300.0), ("build db".to_owned(), 60.0)].into(),
            parts: parts.map(|(name, needs, seconds)| (name, Start { needs, seconds })).into(),
        }
    }

    #[test]
    fn builds_add_up_and_parts_count_by_the_longest_chain_of_needs() {
        assert!((ahead().seconds() - (360.0 + 35.0)).abs() < 1e-9);
    }

    #[test]
    fn what_is_done_is_no_longer_ahead() {
        let mut ahead = ahead();
        for step in ["build api", "build db", "start db", "start api", "start cri"] {
            assert!(ahead.done(step), "{step}");
            assert!(!ahead.done(step), "{step} was done already");
        }
        assert!((ahead.seconds() - 20.0).abs() < 1e-9);
        assert!(ahead.done("start pods"));
        assert!(ahead.seconds() < 1e-9);
        assert!(!ahead.done("install packages"));
    }

    #[test]
    fn parts_that_need_each_other_do_not_take_for_ever() {
        let mut ahead = ahead();
        ahead.parts.insert("db", Start { needs: &["pods"], seconds: 10.0 });
        assert!(ahead.seconds().is_finite());
    }

    #[test]
    fn people_are_told_seconds_below_a_minute_and_a_half() {
        assert_eq!((told(42.4), told(89.0), told(840.0)), ("42 s".into(), "89 s".into(), "14 min".into()));
    }
}
