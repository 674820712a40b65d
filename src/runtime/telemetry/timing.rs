//! How long stages in the life of one managed resource take. Pure.

use crate::api::managed::Managed;
use jiff::Timestamp;

/// Something that was measured of one managed resource, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measurement {
    /// From its creation to its first pass.
    FirstPass(f64),
    /// From its creation until it was first ready.
    FirstReady(f64),
    /// Since it was last as it should be, when it had to be corrected.
    Drift(f64),
    /// From the request to delete it until its finalizer was removed.
    Deletion(f64),
}

/// What is remembered of one managed resource in order to measure it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// Its first pass was ours, and it has not been ready since.
    becoming: bool,
    /// When it was last found as it should be.
    unchanged: Option<Timestamp>,
}

impl Timing {
    /// A pass begins.
    pub fn begun(&mut self, object: &Managed, now: Timestamp) -> Option<Measurement> {
        let first = !object.status.conditions.iter().any(|c| c.r#type == "Synced");
        if !first || self.becoming {
            return None;
        }
        self.becoming = true;
        seconds_since(&object.metadata.creation_timestamp, now).map(Measurement::FirstPass)
    }

    /// It is ready.
    pub fn ready(&mut self, object: &Managed, now: Timestamp) -> Option<Measurement> {
        let first = std::mem::take(&mut self.becoming);
        let created = seconds_since(&object.metadata.creation_timestamp, now).filter(|_| first);
        created.map(Measurement::FirstReady)
    }

    /// It was found as it should be.
    pub fn unchanged(&mut self, now: Timestamp) {
        self.unchanged = Some(now);
    }

    /// It had drifted and was corrected.
    pub fn drifted(&mut self, now: Timestamp) -> Option<Measurement> {
        self.unchanged.replace(now).map(|before| Measurement::Drift(seconds(before, now)))
    }
}

/// The finalizer of a resource was removed. Needs no memory: the object tells since when it was to go.
pub fn deletion(object: &Managed, now: Timestamp) -> Option<Measurement> {
    let asked = object.metadata.deletion_timestamp.as_deref()?;
    seconds_since(asked, now).map(Measurement::Deletion)
}

/// None where the time can't be read.
fn seconds_since(since: &str, now: Timestamp) -> Option<f64> {
    since.parse().ok().map(|since| seconds(since, now))
}

/// Clocks differ: never negative.
fn seconds(since: Timestamp, now: Timestamp) -> f64 {
    now.duration_since(since).as_secs_f64().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::condition::Condition;

    fn at(second: u8) -> Timestamp {
        format!("2026-11-21T06:00:{second:02}Z").parse().unwrap()
    }

    fn object() -> Managed {
        let mut object = Managed::default();
        object.metadata.creation_timestamp = "2026-11-21T06:00:10Z".into();
        object
    }

    #[test]
    fn first_times_are_measured_once() {
        let (mut timing, object) = (Timing::default(), object());
        assert_eq!(timing.begun(&object, at(13)), Some(Measurement::FirstPass(3.0)));
        assert_eq!(timing.begun(&object, at(14)), None);
        assert_eq!(timing.ready(&object, at(17)), Some(Measurement::FirstReady(7.0)));
        assert_eq!(timing.ready(&object, at(18)), None);
    }

    #[test]
    fn first_times_are_measured_only_where_the_beginning_was_seen() {
        let (mut timing, mut object) = (Timing::default(), object());
        object.status.conditions = vec![Condition::reconciled()];
        assert_eq!(timing.begun(&object, at(13)), None);
        assert_eq!(timing.ready(&object, at(17)), None);
    }

    #[test]
    fn drift_counts_from_the_last_time_that_it_was_as_it_should_be() {
        let mut timing = Timing::default();
        assert_eq!(timing.drifted(at(1)), None, "nobody knows how it was before");
        assert_eq!(timing.drifted(at(3)), Some(Measurement::Drift(2.0)));
        timing.unchanged(at(8));
        assert_eq!(timing.drifted(at(9)), Some(Measurement::Drift(1.0)));
    }

    #[test]
    fn a_deletion_counts_from_the_request_and_a_clock_that_is_behind_makes_it_zero() {
        let mut object = object();
        assert_eq!(deletion(&object, at(42)), None);
        object.metadata.deletion_timestamp = Some("2026-11-21T06:00:30Z".into());
        assert_eq!(deletion(&object, at(42)), Some(Measurement::Deletion(12.0)));
        assert_eq!(deletion(&object, at(29)), Some(Measurement::Deletion(0.0)));
    }
}
