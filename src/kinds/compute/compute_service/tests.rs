use crate::{
    kind::{
        Found, Goal,
        request::{Answer, Keep, Read},
    },
    kinds::tests::asked::about,
};
use serde_json::json;

#[test]
fn it_is_found_by_its_host_whether_it_has_a_name_or_not() {
    let by_spec = about("compute.ComputeService", json!({"host": "h"}));
    let by_name = about("compute.ComputeService", json!({})).named("h");
    for asked in [by_spec, by_name] {
        let reads = asked.reads();
        let [Read::List { path, keep: Keep::Like(fields), .. }] = reads.as_slice() else {
            panic!("{reads:?}")
        };
        assert_eq!(path, "/os-services");
        assert_eq!(fields, &[("binary", json!("nova-compute")), ("host", json!("h"))]);
        let found = asked.found(&[Answer::Items(vec![json!({"id": "i"})])]);
        let Found::One { external_name, .. } = found else { panic!("{found:?}") };
        assert_eq!(external_name, "h");
        assert_eq!(asked.found(&[Answer::Items(vec![])]), Found::Absent);
    }
}

#[test]
fn a_reason_is_said_with_the_status_and_a_deletion_changes_nothing() {
    let wanted = json!({"host": "h", "status": "disabled", "disabledReason": "r", "forcedDown": false});
    let service = about("compute.ComputeService", wanted).named("h");
    let next = |goal, status, reason, down| {
        let seen = json!({"id": "i", "status": status, "disabledReason": reason, "forcedDown": down});
        service.next(goal, seen)
    };
    let put = |body: &str| format!("PUT /os-services/i {body}");
    let all = r#"{"disabled_reason":"r","forced_down":false,"status":"disabled"}"#;
    assert_eq!(next(Goal::Match, "enabled", "", true), put(all));
    let reason = r#"{"disabled_reason":"r","status":"disabled"}"#;
    assert_eq!(next(Goal::Match, "disabled", "old", false), put(reason));
    assert_eq!(next(Goal::Match, "disabled", "r", true), put(r#"{"forced_down":false}"#));
    assert_eq!(next(Goal::Match, "disabled", "r", false), "Done");
    assert_eq!(next(Goal::Vanish, "disabled", "r", false), "Done");
}
