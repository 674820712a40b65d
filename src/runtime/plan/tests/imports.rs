//! What a filter finds, and what comes of it.

use super::*;
use crate::runtime::plan::outcome::Outcome;

fn sought(found: Sought) -> Case {
    Case::fresh().absences(&[]).know(|s| s.found = Some(Ok(ExternalObservation::Sought(found))))
}

fn one(foreign: Option<&str>) -> Sought {
    Sought::One { external_name: "id".into(), foreign: foreign.map(str::to_owned) }
}

fn none() -> Case {
    sought(Sought::None("name: \"web\"".into()))
}

fn several(count: usize) -> Case {
    let first = (0..count.min(5)).map(|n| format!("web (id-{n})")).collect();
    sought(Sought::Several { first, count })
}

const POLICIES: [&str; 4] =
    [r#"["*"]"#, r#"["Observe"]"#, r#"["Observe","Update"]"#, r#"["Observe","Create"]"#];

#[test]
fn nam_4_row_11b_the_one_that_is_found_is_recorded_whatever_else_is_allowed_and_then_looked_at() {
    for policies in POLICIES {
        let mut case = sought(one(None)).policies(policies);
        let effect = case.effect();
        assert_eq!(effect, Effect::RecordFound("id".into()), "{policies}");
        let named = Case::new().without_finalizer().0.object;
        case.0.apply(&effect, Outcome::Written(Box::new(named)), look(0));
        assert_eq!(case.policies(policies).effect(), Effect::Observe, "{policies}");
    }
}

#[test]
fn nam_5_row_11a_none_and_several_are_said_and_nothing_is_created_whatever_is_allowed() {
    for policies in POLICIES {
        for (case, reason) in [(none(), "ImportNotFound"), (several(2), "ImportAmbiguous")] {
            let case = case.policies(policies);
            assert_eq!(case.end(), end("Unavailable", "ReconcileError", Requeue::Poll), "{policies}");
            assert!(case.said("Stalled").starts_with(&format!("{reason}: import failed: ")), "{policies}");
            assert!(case.said("UpToDate").starts_with("Absent"));
            assert_eq!(case.verdict().event.unwrap().reason, "CannotObserveExternalResource");
        }
    }
}

#[test]
fn what_was_looked_for_or_found_is_named_five_at_the_most() {
    assert_eq!(none().message(), "import failed: nothing is as spec.import.filter says: name: \"web\"");
    let ends = |case: &Case, end: &str| assert!(case.message().ends_with(end), "{}", case.message());
    ends(&several(2), "to its id: web (id-0), web (id-1)");
    ends(&several(5), "web (id-3), web (id-4)");
    ends(&several(7), "web (id-3), web (id-4) and 2 more");
    assert!(several(7).message().starts_with("import failed: 7 objects are as spec.import.filter says"));
}

#[test]
fn nam_6_what_another_has_is_refused_to_who_may_write_before_its_name_is_recorded() {
    for policies in POLICIES {
        let case = sought(one(Some("belongs to another"))).policies(policies);
        match case.planned() {
            Perform(effect) => {
                assert_eq!((effect, policies), (Effect::RecordFound("id".into()), r#"["Observe"]"#));
            }
            Finish(_) => assert_eq!(case.said("Stalled"), "NotOurs: belongs to another", "{policies}"),
        }
    }
}

#[test]
fn a_deletion_that_somebody_asks_for_meanwhile_records_nothing() {
    let deleted =
        |case: Case| case.deleted().edit(|o| o.metadata.finalizers.push(meta::FINALIZER.to_owned()));
    for case in [sought(one(None)), none(), several(2)] {
        assert_eq!(deleted(case).effect(), Effect::Release);
    }
}

#[test]
fn a_find_is_no_absence_and_no_end_of_a_create() {
    let mut case = Case::fresh().know(|s| (s.found, s.memory.absence) = (None, None));
    let found = ExternalObservation::Sought(Sought::None(String::new()));
    case.0.apply(&Effect::Observe, Outcome::Observed(Ok(found), None), look(0));
    assert_eq!((&case.0.memory.absence, &case.0.memory.pending), (&None, &None));
}
