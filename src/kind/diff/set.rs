//! Lists whose order does not matter.

use serde_json::Value;
use std::collections::VecDeque;

/// Each wanted item takes one observed item; lengths are equal.
pub(super) fn same_set(want: &[Value], have: &[Value], equal: impl Fn(&Value, &Value) -> bool) -> bool {
    let mut takers = vec![None; have.len()];
    (0..want.len()).all(|newcomer| take_one(newcomer, want, have, &mut takers, &equal))
}

/// Wanted items that find no observed one, and observed ones that nobody takes.
pub(super) fn apart(
    want: &[Value],
    have: &[Value],
    equal: impl Fn(&Value, &Value) -> bool,
) -> (Vec<Value>, Vec<Value>) {
    let mut takers = vec![None; have.len()];
    let missing = |newcomer: &usize| !take_one(*newcomer, want, have, &mut takers, &equal);
    let missing: Vec<usize> = (0..want.len()).filter(missing).collect();
    let missing = missing.iter().filter_map(|at| want.get(*at)).cloned().collect();
    let surplus = have.iter().zip(&takers).filter(|(_, taker)| taker.is_none());
    (missing, surplus.map(|(have, _)| have.clone()).collect())
}

/// Finds an observed item for one more wanted item. Items that leave fields out fit several: those that came before move
/// on where they can.
fn take_one(
    newcomer: usize,
    want: &[Value],
    have: &[Value],
    takers: &mut [Option<usize>],
    equal: &impl Fn(&Value, &Value) -> bool,
) -> bool {
    // Which wanted item asked for the observed one, breadth first.
    let mut asked_by: Vec<Option<usize>> = vec![None; have.len()];
    let mut seeking = VecDeque::from([newcomer]);
    while let Some(seeker) = seeking.pop_front() {
        let Some(wanted) = want.get(seeker) else { continue };
        for (at, (observed, asked_by)) in have.iter().zip(&mut asked_by).enumerate() {
            if asked_by.is_none() && equal(wanted, observed) {
                *asked_by = Some(seeker);
                seeking.extend(takers.get(at).copied().flatten());
            }
        }
        let free =
            (0..have.len()).find(|at| takers.get(*at) == Some(&None) && asked(&asked_by, *at).is_some());
        if let Some(free) = free {
            hand_over(free, &asked_by, takers);
            return true;
        }
    }
    false
}

/// Whoever asked for the free one leaves the one it has to whoever asked for that, and so on.
fn hand_over(free: usize, asked_by: &[Option<usize>], takers: &mut [Option<usize>]) {
    let mut next = Some(free);
    while let Some(at) = next {
        let taker = asked(asked_by, at);
        next = takers.iter().position(|before| *before == taker);
        if let Some(place) = takers.get_mut(at) {
            *place = taker;
        }
    }
}

fn asked(asked_by: &[Option<usize>], at: usize) -> Option<usize> {
    asked_by.get(at).copied().flatten()
}
