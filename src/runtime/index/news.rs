//! What a new state of an object means, compared with the one before. Pure.

use crate::api::{managed::Managed, meta};

/// Versions of one object are numbers that grow; where they are not, the later one to arrive counts.
pub(super) fn is_newer(object: &Managed, known: &Managed) -> bool {
    let number = |o: &Managed| o.metadata.resource_version.parse::<u64>();
    match (number(object), number(known)) {
        (Ok(new), Ok(old)) => new > old,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => true,
    }
}

/// RT-1: what somebody wants changed, rather than what we wrote down.
pub(super) fn desired_changed(before: &Managed, after: &Managed) -> bool {
    const MARKS: [&str; 4] =
        [meta::CREATE_PENDING, meta::CREATE_FAILED, meta::CREATE_SUCCEEDED, meta::SECRET_DIGESTS];
    // With the mark comes the external-name of what we made; the watch may tell of it before the answer to our write does.
    let (had, has) = (before.annotation(meta::CREATE_SUCCEEDED), after.annotation(meta::CREATE_SUCCEEDED));
    let created = has.is_some() && had != has;
    let ours = |key: &str| MARKS.contains(&key) || (created && key == meta::EXTERNAL_NAME);
    let annotations = |o: &Managed| {
        let mut all = o.metadata.annotations.clone();
        all.retain(|key, _| !ours(key));
        all
    };
    // We never take a mark away: who does wants something tried again.
    let cleared = |mark: &&str| before.annotation(mark).is_some() && after.annotation(mark).is_none();
    before.metadata.generation != after.metadata.generation
        || before.deleting() != after.deleting()
        || before.metadata.labels != after.metadata.labels
        || (after.deleting() && before.metadata.finalizers != after.metadata.finalizers)
        || annotations(before) != annotations(after)
        || MARKS.iter().any(cleared)
}
