//! How long to wait before the next try: 1 s, doubled up to 60 s, for each key by itself (RT-2).
//!
//! The only user of the crate `backoff`, as a generator of durations: its sleeping, its clock and its randomness
//! are not used. Chance comes from [`Clock`], and only shortens a wait, so that the contract's 60 s stay the longest.

use super::clock::Clock;
use ::backoff::{ExponentialBackoff, backoff::Backoff};
use futures::{Stream, StreamExt, stream};
use kube::runtime::watcher;
use std::{collections::HashMap, hash::Hash, sync::Arc, time::Duration};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);
/// Which part of a wait chance may take away.
const RANDOMISATION: f64 = 0.2;

/// Backoffs of all keys that failed and did not succeed since.
pub struct Backoffs<K> {
    clock: Arc<dyn Clock>,
    keys: HashMap<K, ExponentialBackoff>,
}

impl<K: Clone + Eq + Hash> Backoffs<K> {
    /// No key has failed.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, keys: HashMap::new() }
    }

    /// The key failed once more: how long to wait.
    pub fn next(&mut self, key: &K) -> Duration {
        let wait = self.keys.entry(key.clone()).or_insert_with(generator).next_backoff().unwrap_or(LONGEST);
        // The crate adds up to a nanosecond even without randomisation.
        let wait = Duration::from_millis(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        wait.mul_f64(1.0 - RANDOMISATION * self.clock.jitter())
    }

    /// The key succeeded, or is gone.
    pub fn reset(&mut self, key: &K) {
        self.keys.remove(key);
    }
}

/// What a watch says, with a backoff after its errors, which are logged.
///
/// kube's own `default_backoff` starts over at the `Init` that precedes every attempt to list, and so would list a kind
/// whose CRD is missing about once a second, for ever.
pub fn patiently<K: Send>(
    events: impl Stream<Item = watcher::Result<watcher::Event<K>>> + Send,
    clock: Arc<dyn Clock>,
    kind: &str,
) -> impl Stream<Item = watcher::Event<K>> + Send {
    let state = (Box::pin(events), Backoffs::new(clock), kind.to_owned());
    stream::unfold(state, |(mut events, mut backoffs, kind)| async move {
        loop {
            match events.next().await? {
                Err(error) => {
                    tracing::debug!(%error, kind, "watch");
                    tokio::time::sleep(backoffs.next(&())).await;
                }
                Ok(event) => {
                    if !matches!(event, watcher::Event::Init) {
                        backoffs.reset(&());
                    }
                    return Some((event, (events, backoffs, kind)));
                }
            }
        }
    })
}

fn generator() -> ExponentialBackoff {
    ExponentialBackoff {
        current_interval: FIRST,
        initial_interval: FIRST,
        randomization_factor: 0.0,
        multiplier: 2.0,
        max_interval: LONGEST,
        max_elapsed_time: None,
        ..ExponentialBackoff::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::base::clock::Fixed;

    fn backoffs(jitter: f64) -> Backoffs<&'static str> {
        Backoffs::new(Arc::new(Fixed { jitter, ..Fixed::default() }))
    }

    #[test]
    fn rt_2_waits_double_from_1_s_to_60_s_and_start_over_after_a_success() {
        let mut backoffs = backoffs(0.0);
        let waits: Vec<u64> = (0..9).map(|_| backoffs.next(&"a").as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoffs.next(&"b"), FIRST, "keys do not share a backoff");
        backoffs.reset(&"a");
        assert_eq!(backoffs.next(&"a"), FIRST);
    }

    #[test]
    fn chance_shortens_a_wait_by_a_fifth_at_most() {
        assert_eq!(backoffs(0.5).next(&"a"), Duration::from_millis(900));
        assert!(backoffs(0.999_999).next(&"a") >= Duration::from_millis(800));
    }
}
