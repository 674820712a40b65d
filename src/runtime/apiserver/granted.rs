//! Rights that are still to come: Crossplane's RBAC manager grants those of a provider a while after it was started.

use super::error::Error;
use crate::runtime::base::{backoff::Backoffs, clock::Clock};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// How long a missing right may be one that is still to come.
const PATIENCE: Duration = Duration::from_secs(120);
/// Longest pause between two tries: nothing tells that a right was granted.
const LONGEST: Duration = Duration::from_secs(5);

/// What an attempt comes to once nothing is forbidden any more. What is missing is logged once.
///
/// # Errors
/// Those of the attempt; a missing right after two minutes.
pub(crate) async fn once_granted<T, F>(clock: &Arc<dyn Clock>, attempt: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let (until, mut backoffs) = (clock.monotonic() + PATIENCE, Backoffs::new(clock.clone()));
    let mut told = false;
    loop {
        match attempt().await {
            Err(error) if error.is_forbidden() && clock.monotonic() < until => {
                if !told {
                    tracing::warn!(%error, "a right is missing; waiting until it is granted");
                    told = true;
                }
                sleep(backoffs.next(&()).min(LONGEST)).await;
            }
            done => return done,
        }
    }
}
