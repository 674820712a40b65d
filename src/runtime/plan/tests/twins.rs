//! Creates that were given up for lost and took effect after all.

use super::*;

fn repeated(age: i64) -> Case {
    let case = Case::new().mark(meta::CREATE_FAILED, -200).mark(meta::CREATE_PENDING, -age - 1);
    case.mark(meta::CREATE_SUCCEEDED, -age)
}

#[test]
fn after_a_create_that_was_not_the_first_others_with_its_marker_are_looked_for_once() {
    let due = i64::try_from(AFTERMATH.as_secs()).unwrap();
    assert_eq!(repeated(due).effect(), Effect::FindTwins);
    let settled = end("Available", "ReconcileSuccess", Requeue::Poll);
    assert_eq!(repeated(due - 1).end(), settled, "an earlier one may not show yet");
    assert_eq!(repeated(due).know(|s| s.memory.twins = Some(vec![])).end(), settled);
    assert_eq!(
        repeated(due).know(|s| s.done.searched = true).end(),
        settled,
        "the search failed: the next pass"
    );
    assert_eq!(repeated(due).know(|s| s.findable = false).end(), settled);
    assert_eq!(repeated(due).policies(r#"["Observe"]"#).end(), settled);
    let once = Case::new().mark(meta::CREATE_PENDING, -201).mark(meta::CREATE_SUCCEEDED, -200);
    assert_eq!(once.end(), settled);
}

#[test]
fn two_objects_of_one_resource_are_said_until_one_is_left() {
    let twins = || repeated(100).know(|s| s.memory.twins = Some(vec!["other".into()]));
    assert_eq!(twins().effect(), Effect::FindTwins, "has somebody deleted it?");
    let case = twins().know(|s| s.done.searched = true);
    assert_eq!(case.end(), end("Available", "ReconcileError", Requeue::Poll));
    assert!(
        case.message().contains("id is managed") && case.message().ends_with(": other"),
        "{}",
        case.message()
    );
    assert_eq!(case.verdict().event.unwrap().reason, "CreatedMoreThanOnce");
    assert!(case.verdict().conditions.contains(&Condition::up_to_date()));
}
