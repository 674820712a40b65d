//! When a service may be asked: a token bucket, the pauses that it asks for, and a breaker that stops asking one that
//! does not answer. One for each service of a connection. Pure but for the lock: the caller says what time it is.

use super::error::Error;
use crate::kind::failure::Class;
use jiff::Timestamp;
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// More than a provider at its usual rate of reconciles needs, less than what keeps a cloud busy for others.
pub const REQUESTS_PER_SECOND: u32 = 200;
/// So many seconds' worth of requests may come at once: a thousand resources that are applied together do not wait.
const BURST: u32 = 5;
/// Whoever would wait longer is told to come again.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// So many requests in a row without a useful answer, and a service is left alone.
const PATIENCE: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A probe that never came back (its pass was given up) lets another one go after this long.
const PROBE: Duration = Duration::from_secs(75);

/// The throttles of one connection, by service.
pub struct Throttles {
    rate: u32,
    services: Mutex<HashMap<&'static str, Arc<Mutex<Throttle>>>>,
}

impl Throttles {
    /// With so many requests a second, or the usual number.
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

    /// Waits for a request's turn.
    ///
    /// # Errors
    /// The service is being left alone.
    pub async fn turn(&self, service: &'static str) -> Result<(), Error> {
        let wait = self.with(service, |throttle| throttle.ask(Instant::now()))?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// A request ended so; gives the error as it is to be told.
    pub fn ended(&self, service: &'static str, error: Option<Error>, wall: Timestamp) -> Option<Error> {
        self.with(service, |throttle| throttle.ended(error, Instant::now(), wall))
    }
}

/// The throttle of one service.
struct Throttle {
    service: &'static str,
    rate: u32,
    /// Tokens left at `at`; below zero while requests wait.
    tokens: f64,
    at: Option<Instant>,
    /// The service wants to be left alone until then, in its own words.
    asked_for: Option<(Instant, Error)>,
    /// Requests in a row without a useful answer, and when the first of them ended.
    failures: u32,
    since: Option<Timestamp>,
    breaker: Option<Breaker>,
}

/// A service that is left alone.
struct Breaker {
    until: Instant,
    pause: Duration,
    probing: bool,
    last: Error,
}

impl Throttle {
    fn new(service: &'static str, rate: u32) -> Self {
        let (tokens, at, asked_for) = (f64::from(rate) * f64::from(BURST), None, None);
        Self { service, rate, tokens, at, asked_for, failures: 0, since: None, breaker: None }
    }

    /// How long to wait before sending, or why not to send.
    fn ask(&mut self, now: Instant) -> Result<Duration, Error> {
        if let (Some(breaker), Some(since)) = (&mut self.breaker, self.since) {
            if now < breaker.until {
                return Err(down(since, &breaker.last, false));
            }
            // This one is the probe; the others wait for what becomes of it.
            (breaker.until, breaker.probing) = (now + PROBE, true);
        }
        let mut wait = Duration::ZERO;
        if let Some((until, error)) = &self.asked_for {
            wait = until.saturating_duration_since(now);
            if wait > LONGEST_WAIT {
                return Err(error.clone().with_patience(wait));
            }
        }
        let rate = f64::from(self.rate);
        let from = *self.at.get_or_insert(now);
        if now > from {
            let earned = now.duration_since(from).as_secs_f64() * rate;
            self.tokens = (self.tokens + earned).min(rate * f64::from(BURST));
            self.at = Some(now);
        }
        let queue = Duration::from_secs_f64(((1.0 - self.tokens) / rate).max(0.0));
        if queue > LONGEST_WAIT {
            return Err(Error::Busy { service: self.service, rate: self.rate, wait: queue });
        }
        self.tokens -= 1.0;
        Ok(wait + queue)
    }

    fn ended(&mut self, error: Option<Error>, now: Instant, wall: Timestamp) -> Option<Error> {
        if let Some(error) = error.as_ref().filter(|error| error.is_outage()) {
            return Some(self.failed(error, now, wall));
        }
        (self.failures, self.since, self.breaker) = (0, None, None);
        if let Some(error) = &error
            && let Class::RateLimited(wait) = error.class()
        {
            self.asked_for = Some((now + wait, error.clone()));
            // What comes after the pause comes at the rate, not all at once.
            (self.tokens, self.at) = (self.tokens.min(0.0), Some(now + wait));
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
            // It was sent before the pause began.
            Some(_) => None,
        };
        if let Some(pause) = pause {
            let last = error.clone();
            self.breaker = Some(Breaker { until: now + pause, pause, probing: false, last });
        }
        down(since, error, true)
    }
}

fn down(since: Timestamp, last: &Error, sent: bool) -> Error {
    let since = since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Error::Down { since, last: Box::new(last.clone()), sent }
}

#[cfg(test)]
mod tests;
