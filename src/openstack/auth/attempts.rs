//! When a login may be tried: failed ones are repeated as they are for a while, and tokens are not replaced over and over.
//! Pure: the caller says what time it is.

use crate::{
    kind::{failure::Class, request::service::IDENTITY, token_bucket::TokenBucket},
    openstack::error::Error,
};
use std::time::Duration;
use tokio::time::Instant;

/// How long a failed login is repeated as it is: else each of the resources that wait for a cloud that is down would wait
/// for a timeout of its own.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
/// The same after credentials were refused once. It doubles each time, since Keystone may lock the account.
const AFTER_REFUSAL: Duration = Duration::from_secs(30);
/// The longest of these pauses. Keystone's own lock is often half as long.
const LONGEST: Duration = Duration::from_secs(3600);
/// Tokens that are replaced before their end: so many at once,
const REPLACED_AT_ONCE: f64 = 3.0;
/// and so many a second. A service that accepts none, or a Keystone that forgets them, would else mean a login for each pass.
const REPLACED_A_SECOND: f64 = 1.0 / 15.0;

/// What came of the logins so far.
pub(super) struct Attempts {
    /// Why the last one failed, if it did, and until when that is repeated.
    failed: Option<(Error, Instant)>,
    /// Refusals in a row.
    refusals: u32,
    replacements: TokenBucket,
}

impl Default for Attempts {
    fn default() -> Self {
        let replacements = TokenBucket::new(REPLACED_A_SECOND, REPLACED_AT_ONCE);
        Self { failed: None, refusals: 0, replacements }
    }
}

impl Attempts {
    /// Why the last one failed, if it did.
    pub(super) fn failure(&self) -> Option<&Error> {
        self.failed.as_ref().map(|(error, _)| error)
    }

    /// May one begin?
    ///
    /// # Errors
    /// Not yet: the failure of the last one.
    pub(super) fn may_begin(&self, now: Instant) -> Result<(), Error> {
        match &self.failed {
            Some((error, until)) if now < *until => Err(error.clone()),
            Some(_) | None => Ok(()),
        }
    }

    /// May a token be replaced that has not ended?
    ///
    /// # Errors
    /// Not yet: it was too often.
    pub(super) fn may_replace(&mut self, now: Instant) -> Result<(), Error> {
        if self.replacements.take(now) {
            return Ok(());
        }
        let message = "Keystone does not know it, although it is a moment old".to_owned();
        Err(Error::TokenNotAccepted { service: IDENTITY.group, message })
    }

    /// Takes in how one ended.
    pub(super) fn ended(&mut self, error: Option<&Error>, now: Instant) {
        let refused = error.is_some_and(|error| error.class() == Class::Unauthenticated);
        let pause = if refused {
            let doubled = AFTER_REFUSAL.saturating_mul(1 << self.refusals.min(16));
            self.refusals = self.refusals.saturating_add(1);
            doubled.min(LONGEST)
        } else {
            AFTER_FAILURE
        };
        if error.is_none() {
            self.refusals = 0;
        }
        self.failed = error.map(|error| (error.clone(), now + pause));
    }
}
