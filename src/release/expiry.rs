//! When the state of a release becomes another by the clock alone, so that it has to be found out again though nothing changed.

use super::{picture::Inputs, ready, state::ReleaseState};
use crate::api::duration;
use jiff::{SignedDuration, Timestamp};

/// When that is; none if only changes make it another.
pub fn expiry(inputs: &Inputs<'_>, state: &ReleaseState) -> Option<Timestamp> {
    let busy = inputs.newest.and_then(|newest| newest.record.busy_until());
    let farewells = state.farewell.iter().filter_map(|job| inputs.farewell_ends(&job.name));
    let all = [busy, patience_ends(inputs, state)].into_iter().flatten().chain(farewells);
    all.filter(|at| *at > inputs.now).min()
}

/// When a release that is not at rest becomes stalled.
fn patience_ends(inputs: &Inputs<'_>, state: &ReleaseState) -> Option<Timestamp> {
    let since = inputs.since.filter(|_| !state.stalled && !ready::is_at_rest(state))?;
    let patience = duration::parse(inputs.facts.patience.as_deref()?)?;
    // It may take all of its patience, and no longer.
    let longest = SignedDuration::try_from(patience).ok()?.checked_add(SignedDuration::from_secs(1))?;
    since.checked_add(longest).ok()
}
