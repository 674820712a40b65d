use super::*;
use crate::profile::{input::NodesInput, spec::CloudSpec};

/// A component: release, conditions, and what it tells beside.
fn part(release: &str, conditions: &[(&str, &str, &str)], told: Value) -> ComposedResource {
    let conditions: Vec<_> = conditions
        .iter()
        .map(|(r#type, status, message)| json!({"type": r#type, "status": status, "message": message}))
        .collect();
    let mut at = json!({"openstackRelease": release, "release": {"revision": 2, "status": "deployed"}, "workloads": [{"desired": 2, "ready": 1}]});
    at.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
    let object = json!({"spec": {"forProvider": {"openstackRelease": release}}, "status": {"conditions": conditions, "atProvider": at}});
    ComposedResource { object: object.as_object().unwrap().clone(), details: BTreeMap::new() }
}

fn ready(release: &str) -> ComposedResource {
    part(release, &[("Ready", "True", "")], json!({}))
}

/// The status of a cloud of Keystone and Placement.
fn told(
    keystone: Option<&ComposedResource>,
    placement: Option<&ComposedResource>,
    target: &str,
) -> Map<String, Value> {
    let (spec, parts, external) = (CloudSpec::default(), BTreeMap::new(), BTreeMap::new());
    let seen = CloudInput {
        name: "c1",
        namespace: "ns",
        spec: &spec,
        profiles: vec![],
        nodes: NodesInput::default(),
        resources: &parts,
        told: Map::new(),
        approved: None,
    };
    let target = target.parse().ok();
    let rows = [
        ComponentRow {
            key: "keystone",
            stage: Stage::Identity,
            resource: keystone,
            target,
            unfinished: false,
        },
        ComponentRow {
            key: "placement",
            stage: Stage::Placement,
            resource: placement,
            target,
            unfinished: false,
        },
    ];
    status(&StatusInput { cloud: &seen, rows: &rows, external: &external, target, plan: None })
}

fn phase_of(
    keystone: Option<&ComposedResource>,
    placement: Option<&ComposedResource>,
    target: &str,
) -> String {
    told(keystone, placement, target)["phase"].as_str().unwrap().to_owned()
}

#[test]
fn the_phase_says_what_is_going_on() {
    let (well, target) = (ready("2025.2"), "2025.2");
    let new = part(
        "2025.2",
        &[("Ready", "False", "")],
        json!({"release": {"revision": 1, "status": "pending-install"}}),
    );
    let down = part("2025.2", &[("Ready", "False", "")], json!({}));
    let changing =
        part("2025.2", &[("Ready", "True", ""), ("UpToDate", "False", "differs in: values")], json!({}));
    let failed = part("2025.2", &[("Ready", "False", ""), ("JobsSucceeded", "False", "x")], json!({}));
    let stalled = part("2025.2", &[("Ready", "False", "")], json!({"stalled": true}));
    for (keystone, placement, phase) in [
        (None, None, "Planning"),
        (Some(&well), None, "Installing"),
        (Some(&well), Some(&new), "Installing"),
        (Some(&well), Some(&well), "Ready"),
        (Some(&well), Some(&down), "Degraded"),
        (Some(&well), Some(&changing), "Updating"),
        (Some(&well), Some(&failed), "Halted"),
        (Some(&well), Some(&stalled), "Halted"),
    ] {
        assert_eq!(phase_of(keystone, placement, target), phase);
    }
    assert_eq!(phase_of(Some(&well), Some(&ready("2025.1")), target), "Upgrading");
    let job = ("JobsSucceeded", "False", "Job placement-db-sync-pre-3f2a fails");
    let serving = part("2025.1", &[("Ready", "True", ""), job], json!({}));
    assert_eq!(phase_of(Some(&well), Some(&serving), target), "Halted", "although the old pods still serve");
}

#[test]
fn the_stage_is_the_first_that_is_not_done_with_the_cause_that_a_component_tells() {
    let cause = "Job placement-db-sync-pre-3f2a: CrashLoopBackOff: Access denied";
    let blocked = part("2025.1", &[("Ready", "True", "")], json!({"cause": cause}));
    let status = told(Some(&ready("2025.2")), Some(&blocked), "2025.2");
    assert_eq!(
        status["stage"],
        json!({"name": "Placement", "index": 4, "total": 8, "blockedBy": format!("placement: {cause}")})
    );
    assert_eq!(status["release"], json!({"current": "2025.1", "target": "2025.2"}));
    assert_eq!(status["progress"], "1/2");
    assert_eq!(
        status["components"]["placement"],
        json!({"state": "Held", "stage": {"name": "Placement", "index": 4}, "release": "2025.1", "revision": 2, "ready": "1/2", "message": cause})
    );
    assert_eq!(
        status["components"]["keystone"],
        json!({"state": "Ready", "stage": {"name": "Identity", "index": 3}, "release": "2025.2", "revision": 2, "ready": "1/2"})
    );
    assert!(told(Some(&ready("2025.2")), Some(&ready("2025.2")), "2025.2").get("stage").is_none());
}

#[test]
fn what_halts_the_cloud_is_told_before_what_is_only_at_work() {
    let busy = part("2025.1", &[("Ready", "False", "")], json!({"cause": "Job keystone-db-sync runs"}));
    let job = ("JobsSucceeded", "False", "Job placement-db-sync-pre-3f2a fails");
    let failed = part("2025.1", &[("Ready", "True", ""), job], json!({"cause": "Access denied"}));
    let status = told(Some(&busy), Some(&failed), "2025.2");
    assert_eq!(status["phase"], "Halted");
    let blocked =
        json!({"name": "Placement", "index": 4, "total": 8, "blockedBy": "placement: Access denied"});
    assert_eq!(status["stage"], blocked);
    let status = told(Some(&busy), Some(&ready("2025.2")), "2025.2");
    assert_eq!(status["stage"]["blockedBy"], "keystone: Job keystone-db-sync runs");
}

#[test]
fn without_a_cause_the_first_message_of_what_is_not_as_it_should_be_is_told() {
    let refused = part(
        "2025.2",
        &[("Synced", "False", "roles is forbidden"), ("Ready", "False", "DOWN")],
        json!({"cause": ""}),
    );
    let status = told(Some(&refused), None, "2025.2");
    assert_eq!(status["stage"]["blockedBy"], "keystone: roles is forbidden");
    assert_eq!(status["components"]["placement"]["state"], "Waiting");
}

#[test]
fn a_status_that_can_not_be_read_is_as_if_it_were_absent() {
    let odd = part("2025.2", &[("Ready", "True", "")], json!({"workloads": "none"}));
    assert_eq!(told(Some(&odd), None, "2025.2")["components"]["keystone"]["state"], "Ready");
}

#[test]
fn what_was_never_ready_is_installing_even_when_helm_has_nothing_left_to_do() {
    let deployed = json!({"release": {"revision": 1, "status": "deployed"}});
    let down = part("2025.2", &[("Ready", "False", "")], deployed);
    let state = |unfinished| {
        let (resource, target) = (Some(&down), "2025.2".parse().ok());
        ComponentRow { key: "mariadb", stage: Stage::Infrastructure, resource, target, unfinished }.state()
    };
    assert_eq!((state(true), state(false)), (State::Installing, State::Degraded));
}
