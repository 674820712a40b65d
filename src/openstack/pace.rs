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

/// The paces of one connection, by service.
pub struct Paces {
    rate: u32,
    services: Mutex<HashMap<&'static str, Arc<Mutex<Pace>>>>,
}

impl Paces {
    /// With so many requests a second, or the usual number.
    pub fn new(requests_per_second: Option<u32>) -> Self {
        Self { rate: requests_per_second.unwrap_or(REQUESTS_PER_SECOND).max(1), services: Mutex::default() }
    }

    fn with<T>(&self, service: &'static str, then: impl FnOnce(&mut Pace) -> T) -> T {
        let pace = {
            let mut services = self.services.lock();
            let new = || Arc::new(Mutex::new(Pace::new(service, self.rate)));
            services.entry(service).or_insert_with(new).clone()
        };
        then(&mut pace.lock())
    }

    /// Waits for a request's turn.
    ///
    /// # Errors
    /// The service is being left alone.
    pub async fn turn(&self, service: &'static str) -> Result<(), Error> {
        let wait = self.with(service, |pace| pace.ask(Instant::now()))?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// A request ended so; gives the error as it is to be told.
    pub fn ended(&self, service: &'static str, error: Option<Error>, wall: Timestamp) -> Option<Error> {
        self.with(service, |pace| pace.ended(error, Instant::now(), wall))
    }
}

/// The pace of one service.
struct Pace {
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

impl Pace {
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
mod tests {
    use super::*;

    const S: &str = "network";

    fn wall(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn away() -> Error {
        Error::Unreachable { service: S, host: "h:1".into(), detail: "refused".into() }
    }

    fn refused(status: u16, retry_after: Option<u64>) -> Error {
        let retry_after = retry_after.map(Duration::from_secs);
        Error::Refused { service: S, status, code: None, retry_after, message: "slower".into() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_requests_at_once_do_not_wait_and_more_come_at_the_rate() {
        let paces = Paces::new(None);
        let began = Instant::now();
        for _ in 0..1000 {
            paces.turn(S).await.unwrap();
        }
        assert_eq!(began.elapsed(), Duration::ZERO);
        for _ in 0..400 {
            paces.turn(S).await.unwrap();
        }
        assert!((1900..=2100).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_would_wait_too_long_is_told_to_come_again() {
        let mut pace = Pace::new(S, 1);
        let now = Instant::now();
        let waits: Vec<_> = (0..10).map(|_| pace.ask(now).unwrap().as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
        let busy = pace.ask(now).unwrap_err();
        assert_eq!(busy.class(), Class::RateLimited(Duration::from_secs(6)));
        assert!(busy.to_string().contains("requestsPerSecond"), "{busy}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_a_service_asks_for_holds_for_all_and_then_they_come_at_the_rate() {
        let mut pace = Pace::new(S, 10);
        let now = Instant::now();
        pace.ask(now).unwrap();
        pace.ended(Some(refused(429, Some(60))), now, wall(0));
        let later = now + Duration::from_secs(10);
        let told = pace.ask(later).unwrap_err();
        assert_eq!(told.class(), Class::RateLimited(Duration::from_secs(50)));
        assert_eq!(told.to_string(), refused(429, Some(60)).to_string(), "the same text as the service's");
        let nearly = now + Duration::from_secs(58);
        assert_eq!(pace.ask(nearly).unwrap(), Duration::from_millis(2100));
        assert_eq!(pace.ask(nearly).unwrap(), Duration::from_millis(2200));
        pace.ended(None, nearly, wall(58));
        assert_eq!(pace.ask(now + Duration::from_secs(61)).unwrap(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_does_not_answer_is_left_alone_and_probed_ever_more_rarely() {
        let mut pace = Pace::new(S, 100);
        let mut now = Instant::now();
        for _ in 0..PATIENCE - 1 {
            pace.ask(now).unwrap();
            assert_eq!(pace.ended(Some(away()), now, wall(0)), Some(away()));
        }
        let opened = pace.ended(Some(away()), now, wall(3)).unwrap();
        assert_eq!(opened.class(), Class::Transient, "as the last error");
        for pause in [1, 2, 4, 8, 16, 30, 30] {
            let early = pace.ask(now + Duration::from_secs(pause) - Duration::from_millis(1)).unwrap_err();
            assert_eq!((early.class(), early.to_string()), (Class::Transient, opened.to_string()));
            now += Duration::from_secs(pause);
            pace.ask(now).unwrap();
            pace.ask(now).unwrap_err();
            assert_eq!(pace.ended(Some(away()), now, wall(9)), Some(opened.clone()), "one text all the time");
        }
        assert_eq!(
            opened.to_string(),
            "network API cannot be reached at h:1: refused (so it is since 2027-01-15T08:00:00Z; asked rarely until it answers)"
        );
        now += LONGEST_PAUSE;
        pace.ask(now).unwrap();
        assert_eq!(pace.ended(None, now, wall(99)), None);
        assert!((0..50).all(|_| pace.ask(now).is_ok()));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_on_its_way_when_the_pause_began_does_not_prolong_it() {
        let mut pace = Pace::new(S, 100);
        let now = Instant::now();
        (0..50).for_each(|_| drop(pace.ask(now)));
        (0..50).for_each(|_| drop(pace.ended(Some(away()), now, wall(0))));
        assert!(pace.ask(now).is_err());
        assert!(pace.ask(now + FIRST_PAUSE).is_ok());
        // The probe's pass was given up.
        assert!(pace.ask(now + FIRST_PAUSE + PROBE / 2).is_err());
        assert!(pace.ask(now + FIRST_PAUSE + PROBE).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_are_answers_and_an_unknown_outcome_stays_unknown() {
        let mut pace = Pace::new(S, 100);
        let now = Instant::now();
        for _ in 0..PATIENCE * 2 {
            pace.ended(Some(refused(500, None)), now, wall(0));
            pace.ended(Some(refused(409, None)), now, wall(0));
        }
        pace.ask(now).unwrap();
        let told = (0..PATIENCE).map(|_| pace.ended(Some(refused(500, None)), now, wall(0)).unwrap());
        assert!(told.last().is_some_and(|told| told.class() == Class::Unanswered), "it may have been done");
        assert_eq!(pace.ask(now).unwrap_err().class(), Class::Transient, "nothing was sent");
    }
}
