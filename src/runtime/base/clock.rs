//! Time and chance: the only place where the runtime asks the machine for either.

use jiff::Timestamp;
use std::hash::{BuildHasher, RandomState};
use tokio::time::Instant;

/// Where time and chance come from.
pub trait Clock: Send + Sync {
    /// Wall time, for what people and other programs read.
    fn now(&self) -> Timestamp;

    /// Time that never goes back, for how long things take.
    fn monotonic(&self) -> Instant;

    /// A random number from 0 up to, but without, 1.
    fn jitter(&self) -> f64;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

#[allow(clippy::disallowed_methods, reason = "this is where time enters")]
impl Clock for System {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }

    fn jitter(&self) -> f64 {
        // Every RandomState has other keys, so its hash of nothing is a random number: enough to spread load,
        // and no generator of random numbers needs to be depended on.
        let bits = RandomState::new().hash_one(()) >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }
}

/// RFC 3339 in UTC to the second: times of equal form sort as text.
pub fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A clock for tests: wall time and chance stand still, monotonic time is tokio's, which tests may pause.
#[cfg(test)]
#[derive(Clone, Debug)]
pub struct Fixed {
    /// Wall time.
    pub now: Timestamp,
    /// Chance.
    pub jitter: f64,
}

#[cfg(test)]
impl Default for Fixed {
    fn default() -> Self {
        Self { now: "2026-11-21T06:00:00Z".parse().unwrap(), jitter: 0.0 }
    }
}

#[cfg(test)]
impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }

    fn jitter(&self) -> f64 {
        self.jitter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_to_the_second_and_cut_not_rounded() {
        let time: Timestamp = "2026-11-21T07:00:00.999999999+01:00".parse().unwrap();
        assert_eq!(rfc3339(time), "2026-11-21T06:00:00Z");
    }

    #[test]
    fn chance_stays_between_0_and_1_and_varies() {
        let drawn: Vec<f64> = (0..1000).map(|_| System.jitter()).collect();
        assert!(drawn.iter().all(|j| (0.0..1.0).contains(j)));
        let mean = drawn.iter().sum::<f64>() / 1000.0;
        assert!((0.4..0.6).contains(&mean), "{mean}");
    }
}
