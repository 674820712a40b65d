//! A token bucket: so many at once, then so many a second. Pure; the one bucket of the house.

use std::time::Duration;
use tokio::time::Instant;

/// Tokens that come at a rate, up to a burst. It begins full.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    per_second: f64,
    burst: f64,
    /// At `filled`; below zero while takers wait for tokens that are still to come.
    tokens: f64,
    filled: Option<Instant>,
}

impl TokenBucket {
    /// A full bucket.
    pub fn new(per_second: f64, burst: f64) -> Self {
        Self { per_second, burst, tokens: burst, filled: None }
    }

    /// Takes a token if there is one.
    pub fn take(&mut self, now: Instant) -> bool {
        let there = self.wait(now).is_zero();
        if there {
            self.tokens -= 1.0;
        }
        there
    }

    /// Takes a token, if need be one that is still to come. Returns how long that takes.
    pub fn reserve(&mut self, now: Instant) -> Duration {
        let wait = self.wait(now);
        self.tokens -= 1.0;
        wait
    }

    /// How long the next token takes.
    pub fn wait(&mut self, now: Instant) -> Duration {
        let from = *self.filled.get_or_insert(now);
        // A pause may reach into the future.
        if now > from {
            let earned = now.duration_since(from).as_secs_f64() * self.per_second;
            self.tokens = (self.tokens + earned).min(self.burst);
            self.filled = Some(now);
        }
        let missing = (1.0 - self.tokens).max(0.0);
        Duration::try_from_secs_f64(missing / self.per_second).unwrap_or(Duration::MAX)
    }

    /// Empties the bucket until then: what piled up comes at the rate afterwards, not all at once.
    pub fn pause(&mut self, until: Instant) {
        (self.tokens, self.filled) = (self.tokens.min(0.0), Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_there_at_once_and_the_rest_comes_at_the_rate() {
        let (mut bucket, now) = (TokenBucket::new(2.0, 3.0), Instant::now());
        assert!((0..3).all(|_| bucket.take(now)));
        assert!(!bucket.take(now));
        assert_eq!([bucket.reserve(now), bucket.reserve(now)], [S / 2, S]);
        assert!(!bucket.take(now + S), "two were promised already");
        assert!(bucket.take(now + S * 3 / 2));
        assert_eq!(bucket.wait(now + 100 * S), Duration::ZERO);
        assert!((0..3).all(|_| bucket.take(now + 100 * S)), "but no more than the burst");
        assert!(!bucket.take(now + 100 * S));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_takes_what_was_saved_and_the_rate_holds_after_it() {
        let (mut bucket, now) = (TokenBucket::new(10.0, 50.0), Instant::now());
        bucket.pause(now + 60 * S);
        assert_eq!(bucket.wait(now + 59 * S), S / 10, "counted from the end of the pause");
        assert!(!bucket.take(now + 60 * S));
        assert!(bucket.take(now + 61 * S));
    }
}
