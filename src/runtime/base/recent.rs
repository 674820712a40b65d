//! What was read a moment ago and is believed for another: in a burst every pass would ask for the same.

use parking_lot::Mutex;
use std::{collections::HashMap, hash::Hash, sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long it is believed.
const FRESH: Duration = Duration::from_secs(2);

/// Values by key, for a moment.
pub struct Recent<K, V>(Arc<Mutex<HashMap<K, (Instant, V)>>>);

impl<K, V> Clone for Recent<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// What was kept a moment ago.
    pub fn get(&self, key: &K) -> Option<V> {
        self.0.lock().get(key).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, value)| value.clone())
    }

    /// Keeps what was just read, and nothing older.
    pub fn keep(&self, key: K, value: V) {
        let mut all = self.0.lock();
        all.retain(|_, (at, _)| at.elapsed() < FRESH);
        all.insert(key, (Instant::now(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_was_read_is_believed_for_a_moment_and_then_gone() {
        let recent = Recent::default();
        recent.keep("a", 1);
        tokio::time::advance(FRESH / 2).await;
        recent.keep("b", 2);
        assert_eq!((recent.get(&"a"), recent.get(&"b"), recent.get(&"c")), (Some(1), Some(2), None));
        tokio::time::advance(FRESH / 2).await;
        assert_eq!((recent.get(&"a"), recent.get(&"b")), (None, Some(2)));
        recent.keep("c", 3);
        assert_eq!(recent.0.lock().len(), 2, "nothing old is kept");
    }
}
