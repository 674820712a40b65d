use super::*;
use crate::profile::component;
use std::collections::BTreeMap;

fn wish(parameters: &Value) -> Wish {
    Wish {
        component: component::find("nova").unwrap(),
        target: "2025.2".parse().unwrap(),
        parameters: parameters.as_object().unwrap().clone(),
        generations: Map::new(),
        open: vec![],
    }
}

/// Nova as it was asked for, in the generation that was compared.
fn nova(asked: &Value, compared: i64, told: &Value) -> ComposedResource {
    let object = json!({"metadata": {"generation": 3}, "spec": {"forProvider": asked}, "status": {"atProvider": told,
        "conditions": [{"type": "UpToDate", "status": "False", "observedGeneration": compared}]}});
    ComposedResource { object: object.as_object().unwrap().clone(), details: BTreeMap::new() }
}

fn planned(wanted: &Value, nova: ComposedResource) -> PlannedChanges {
    gather(&[("nova".to_owned(), nova)].into(), &[wish(wanted)])
}

#[test]
fn a_plan_says_values_restarts_jobs_and_the_release_of_each_component_that_changes() {
    let values = json!({"values": {"conf": {"nova": {"DEFAULT": {"debug": true}}}}});
    let plan = json!({"values": ["conf.nova.DEFAULT.debug"], "restarts": ["nova-api-osapi"], "jobs": ["nova-db-sync"], "removed": []});
    let told = json!({"openstackRelease": "2025.1", "plan": plan});
    let found = planned(&values, nova(&values, 3, &told));
    assert_eq!(
        found.changes,
        [json!({"component": "nova", "release": "2025.2", "values": ["conf.nova.DEFAULT.debug"],
            "restarts": ["nova-api-osapi"], "jobs": ["nova-db-sync"]})]
    );
    assert_eq!(found.pending, [""; 0]);
    let at_rest =
        planned(&values, nova(&values, 3, &json!({"openstackRelease": "2025.2", "plan": {"jobs": []}})));
    assert_eq!((at_rest.changes, at_rest.pending), (vec![], vec![]));
}

#[test]
fn a_component_that_was_not_compared_with_what_is_wanted_is_pending() {
    let (before, wanted) = (json!({"values": {"a": 1}}), json!({"values": {"a": 2}}));
    let filled_in = json!({"values": {"a": 2}, "databaseConnection": "c1-mariadb", "replicas": {"osapi": 3}});
    for (asked, compared, pending) in
        [(&before, 3, true), (&wanted, 2, true), (&wanted, 3, false), (&filled_in, 3, false)]
    {
        let found = planned(&wanted, nova(asked, compared, &json!({})));
        assert_eq!(!found.pending.is_empty(), pending, "{asked} in generation {compared}");
    }
    let dropped = planned(&json!({}), nova(&before, 3, &json!({})));
    assert_eq!(dropped.pending, ["nova"], "what is no longer wanted counts as well");
    assert_eq!(
        gather(&ComposedResources::new(), &[wish(&wanted)]).pending,
        [""; 0],
        "what is not there is just made"
    );
}

#[test]
fn every_other_wish_has_another_digest_and_what_is_there_has_no_part_in_it() {
    let digest = |wanted: &Value, asked: &Value| planned(wanted, nova(asked, 3, &json!({}))).digest;
    let (one, two) = (json!({"values": {"a": 1}}), json!({"values": {"a": 2}}));
    assert_eq!(digest(&one, &one), digest(&one, &two));
    assert_ne!(digest(&one, &one), digest(&two, &one));
    let later = Wish { target: "2026.1".parse().unwrap(), ..wish(&one) };
    assert_ne!(gather(&ComposedResources::new(), &[later]).digest, digest(&one, &one));
}
