//! When a request to a service may be sent: a token bucket, the pauses that the service asks for, and a circuit breaker
//! for a service that is down. One throttle per service of a connection: Nova's outage must not stop Neutron's requests.
//! Pure but for the lock: the caller says what time it is.
//!
//! The breaker is written by hand rather than taken from a crate: an error becomes a condition and an event, so its text must stay
//! the same as long as the outage lasts, whether the request was sent or turned away. The text therefore repeats the
//! service's last error and the time when the outage began, and neither a count nor a remaining pause.

use super::error::Error;
use crate::kind::{failure::Class, token_bucket::TokenBucket};
use jiff::Timestamp;
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Default rate: more than a provider needs at its usual rate of reconciles, less than what slows a cloud down for others.
pub const REQUESTS_PER_SECOND: u32 = 200;
/// Seconds' worth of requests that may be sent at once: a thousand resources applied together do not wait.
const BURST: u32 = 5;
/// A request that would wait longer fails instead, so that its worker is free for another cloud's resources.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// Requests in a row without a useful response that open the breaker.
const PATIENCE: u32 = 5;
/// First pause of an open breaker; each failed probe doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause, and so the longest time that a recovered service is not noticed.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// After this long another probe is sent, although the last one has not ended: its pass may have been dropped, and then
/// nobody reports it. Longer than the timeout of a request.
const PROBE: Duration = Duration::from_secs(75);

/// The throttles of one connection, by service.
pub struct Throttles {
    rate: u32,
    services: Mutex<HashMap<&'static str, Arc<Mutex<Throttle>>>>,
}

impl Throttles {
    /// With this rate, in requests a second to each service, or the default.
    pub fn new(requests_per_second: Option<u32>) -> Self {
        Self { rate: requests_per_second.unwrap_or(REQUESTS_PER_SECOND).max(1), services: Mutex::default() }
    }

    fn with<T>(&self, service: &'static str, then: impl FnOnce(&mut Throttle) -> T) -> T {
        let throttle = {
            let mut services = self.services.lock();
            let new = || Arc::new(Mutex::new(Throttle::new(service, self.rate)));
            services.entry(service).or_insert_with(new).clone()
        };
        then(&mut throttle.lock())
    }

    /// Waits until a request may be sent. Its end is then to be reported with [`Self::ended`].
    ///
    /// # Errors
    /// [`Error::Down`] and [`Error::Busy`], or the error with which the service asked for a pause. Nothing was sent.
    pub async fn turn(&self, service: &'static str) -> Result<(), Error> {
        let wait = self.with(service, |throttle| throttle.ask(Instant::now()))?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// Reports that a request whose turn it was is not sent: where it was to be the probe, the next one is.
    pub fn unused(&self, service: &'static str) {
        self.with(service, |throttle| throttle.unused(Instant::now()));
    }

    /// Reports how a request ended. Returns its error as it is to be shown: during an outage [`Error::Down`].
    pub fn ended(&self, service: &'static str, error: Option<Error>, wall: Timestamp) -> Option<Error> {
        self.with(service, |throttle| throttle.ended(error, Instant::now(), wall))
    }
}

/// The throttle of one service.
struct Throttle {
    service: &'static str,
    rate: u32,
    bucket: TokenBucket,
    /// Until when the service wants no requests, and the error that said so.
    asked_for: Option<(Instant, Error)>,
    /// Requests in a row without a useful response.
    failures: u32,
    /// When the first of them ended.
    since: Option<Timestamp>,
    breaker: Option<Breaker>,
}

/// An open circuit breaker: requests are turned away.
struct Breaker {
    /// When the next probe may be sent.
    until: Instant,
    pause: Duration,
    probing: bool,
    /// What turned-away requests repeat.
    last: Error,
}

impl Throttle {
    fn new(service: &'static str, rate: u32) -> Self {
        let bucket = TokenBucket::new(f64::from(rate), f64::from(rate) * f64::from(BURST));
        Self { service, rate, bucket, asked_for: None, failures: 0, since: None, breaker: None }
    }

    /// How long to wait before sending, or why not to send.
    fn ask(&mut self, now: Instant) -> Result<Duration, Error> {
        if let (Some(breaker), Some(since)) = (&mut self.breaker, self.since) {
            if now < breaker.until {
                return Err(down(since, &breaker.last, false));
            }
            // This request is the probe. The others are turned away until its outcome is known.
            (breaker.until, breaker.probing) = (now + PROBE, true);
        }
        let mut wait = Duration::ZERO;
        if let Some((until, error)) = &self.asked_for {
            wait = until.saturating_duration_since(now);
            if wait > LONGEST_WAIT {
                return Err(error.clone().with_patience(wait));
            }
        }
        let queue = self.bucket.wait(now);
        if queue > LONGEST_WAIT {
            return Err(Error::Busy { service: self.service, rate: self.rate, wait: queue });
        }
        Ok(wait + self.bucket.reserve(now))
    }

    fn unused(&mut self, now: Instant) {
        if let Some(breaker) = self.breaker.as_mut().filter(|breaker| breaker.probing) {
            breaker.until = now;
        }
    }

    fn ended(&mut self, error: Option<Error>, now: Instant, wall: Timestamp) -> Option<Error> {
        // Any response of the service itself, a refusal included, shows that it is up.
        if let Some(error) = error.as_ref().filter(|error| error.is_outage()) {
            return Some(self.failed(error, now, wall));
        }
        (self.failures, self.since, self.breaker) = (0, None, None);
        if let Some(error) = &error
            && let Class::RateLimited(wait) = error.class()
        {
            self.asked_for = Some((now + wait, error.clone()));
            // Requests that piled up during the pause are sent at the rate, not all at once, or it would ask again.
            self.bucket.pause(now + wait);
        }
        error
    }

    fn failed(&mut self, error: &Error, now: Instant, wall: Timestamp) -> Error {
        self.failures = self.failures.saturating_add(1);
        let since = *self.since.get_or_insert(wall);
        if self.failures < PATIENCE {
            return error.clone();
        }
        let pause = match &self.breaker {
            None => Some(FIRST_PAUSE),
            Some(breaker) if breaker.probing => Some((breaker.pause * 2).min(LONGEST_PAUSE)),
            // This request was sent before the breaker opened: it says nothing new.
            Some(_) => None,
        };
        if let Some(pause) = pause {
            let last = error.clone();
            self.breaker = Some(Breaker { until: now + pause, pause, probing: false, last });
        }
        down(since, error, true)
    }
}

/// `sent`: this request was sent, so that its class is that of its own error: it may have been done.
fn down(since: Timestamp, last: &Error, sent: bool) -> Error {
    let since = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Error::Down { since, last: Box::new(last.clone()), sent }
}

#[cfg(test)]
mod tests;
