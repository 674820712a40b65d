//! When it is believed that an external resource is gone (rows 12 and 13c).

use super::*;
use crate::runtime::plan::common::GRACE;

const LAG: Duration = Duration::from_secs(30);

/// Seen before, by what its status says.
fn seen(case: Case) -> Case {
    case.edit(|o| drop(o.status.at_provider.insert("id".into(), json!("id"))))
}

#[test]
fn row_12_nothing_is_made_anew_before_a_look_half_a_minute_later_confirms_that_it_is_gone() {
    let gone = |ago: &[u64]| seen(Case::new().absent()).absences(ago);
    assert_eq!(gone(&[0]).end().2, Requeue::NotBefore(LAG));
    let wait = Requeue::NotBefore(Duration::from_secs(10));
    assert_eq!(gone(&[20, 19, 0]).end().2, wait, "however many there are");
    assert_eq!(gone(&[30, 0]).effect(), Effect::BeginCreate);
    assert_eq!(gone(&[]).end().2, Requeue::NotBefore(LAG));
}

#[test]
fn row_12_what_is_found_no_more_is_neither_ready_nor_up_to_date_from_the_first_look_on() {
    let gone = seen(Case::new().absent()).mark(meta::CREATE_SUCCEEDED, -GRACE).absences(&[0]);
    assert_eq!(gone.end(), end("Unavailable", "ReconcileSuccess", Requeue::NotBefore(LAG)));
    let why = "not found; looked for again half a minute later, and made anew if it is not found then";
    assert_eq!(gone.said("Ready"), format!("Unavailable: {why}"));
    assert_eq!(gone.said("UpToDate"), "Absent: the last look did not find it");
    let event = gone.verdict().event.unwrap();
    assert_eq!((event.reason, event.kind.as_str()), ("ExternalResourceNotFound", "Warning"));
}

#[test]
fn row_12_what_was_just_created_is_not_said_to_be_missing_by_a_replica_that_lags() {
    let young = seen(Case::new().absent()).mark(meta::CREATE_SUCCEEDED, 1 - GRACE).absences(&[0]);
    assert_eq!(young.verdict(), PassResult::silent(Requeue::NotBefore(LAG)));
}

#[test]
fn row_13c_a_deletion_ends_with_one_look_unless_what_is_asked_may_not_know_the_object_yet() {
    let deleted = |case: Case| case.absent().deleted().absences(&[0]);
    let (old, young) = (-GRACE, 1 - GRACE);
    let created = |seconds| seen(Case::new()).mark(meta::CREATE_SUCCEEDED, seconds);
    assert_eq!(deleted(created(old)).effect(), Effect::Release);
    for doubtful in [created(young), created(1000), Case::new().mark(meta::CREATE_SUCCEEDED, old)] {
        let case = deleted(doubtful);
        assert_eq!(case.end(), end("Deleting", "ReconcileSuccess", Requeue::NotBefore(LAG)));
        let ready = case.verdict().conditions.into_iter().find(|c| c.r#type == "Ready").unwrap();
        assert!(ready.message.unwrap().contains("second look"));
        assert_eq!(case.absences(&[31, 0]).effect(), Effect::Release);
    }
    let accepted = deleted(created(young)).know(|s| s.memory.deleted = true);
    assert_eq!(accepted.effect(), Effect::Release, "whoever took the delete knew it");
    assert_eq!(deleted(Case::new().unnamed()).effect(), Effect::Release, "there never was one");
}
