//! What is made of what the API server and the cloud say.

use crate::node::{
    agents, labels,
    next::{Policy, is_over},
    picture::{Gathered, assemble},
    providers,
    role::Role,
    servers::{self, Way},
    state::{AgentOf, NodeState},
    wanted::{self, Wanted},
};
use jiff::Timestamp;
use serde_json::{Value, json};

const OWNER: &str = "[kupenstack:00000000-0000-4000-8000-000000000001:0123456789abcdef0123]";

fn now() -> Timestamp {
    "2026-11-29T04:00:00Z".parse().unwrap()
}

fn wanted(roles: &[Role], profile: Option<&str>) -> Wanted {
    let labels = wanted::labels(roles, profile);
    Wanted { namespace: "openstack".into(), marker: OWNER.into(), labels, ..Wanted::default() }
}

/// A Node with these labels, of which we applied some.
fn node(labels: &Value, ours: &[&str], owner: Option<&str>) -> Value {
    let fields: serde_json::Map<_, _> = ours.iter().map(|key| (format!("f:{key}"), json!({}))).collect();
    json!({"metadata": {"name": "n1", "labels": labels, "annotations": {(labels::OWNER): owner},
        "managedFields": [{"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:metadata": {"f:labels": {"f:theirs": {}}}}},
            {"manager": labels::MANAGER, "operation": "Apply", "fieldsV1": {"f:metadata": {"f:labels": fields}}}]},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
}

#[test]
fn only_labels_that_we_applied_are_ours_and_only_wanted_ones_are_missed() {
    let wanted = wanted(&[Role::Compute], None);
    let all = json!({"openstack-compute-node": "enabled", "openvswitch": "enabled", "theirs": "x"});
    let ours = ["openstack-compute-node", "openvswitch"];
    let seen = labels::seen(&node(&all, &ours, Some(OWNER)), &wanted);
    assert!(seen.differ.is_empty() && seen.ready, "{seen:?}");
    assert_eq!((seen.labels, seen.roles.as_str()), (ours.map(str::to_owned).to_vec(), "compute"));
    let seen =
        labels::seen(&node(&json!({"openvswitch": "disabled"}), &["openvswitch", "l3-agent"], None), &wanted);
    assert_eq!(seen.differ, ["l3-agent", "openstack-compute-node", "openvswitch", "owner"]);
    let seen = labels::seen(&node(&all, &["openvswitch"], Some(OWNER)), &wanted);
    assert_eq!(seen.differ, ["openstack-compute-node"], "what a person set too is ours as well from now on");
}

#[test]
fn roles_and_a_profile_are_openstack_helms_labels() {
    let labels = wanted::labels(&[Role::Control, Role::Compute], Some("gpu"));
    let names: Vec<_> = labels.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["openstack-compute-node", "openstack-control-plane", "openstack-profile-gpu", "openvswitch"]
    );
    assert!(labels.values().all(|value| value == "enabled") && names.iter().all(|name| !name.contains('/')));
}

#[test]
fn an_apply_names_the_uid_so_that_it_never_makes_a_node() {
    let part = labels::applied("n1", "u", &wanted::labels(&[Role::Compute], None), None);
    assert_eq!((&part["metadata"]["uid"], &part["metadata"]["annotations"]), (&json!("u"), &json!({})));
}

#[test]
fn agents_of_all_three_services_read_alike_and_tell_when_they_fell_silent() {
    let nova = json!({"id": "s", "binary": "nova-compute", "host": "n1", "status": "disabled", "state": "down",
        "updated_at": "2026-11-29T03:00:00.000000", "disabled_reason": "fan"});
    let seen = agents::seen(AgentOf::Nova, &nova);
    assert_eq!((seen.alive, seen.enabled, seen.reason.as_deref()), (false, false, Some("fan")));
    assert_eq!(seen.since.as_deref(), Some("2026-11-29T03:00:00Z"));
    let neutron = json!({"id": "a", "binary": "neutron-l3-agent", "host": "n1", "alive": true,
        "admin_state_up": true, "heartbeat_timestamp": "2026-11-29 03:59:58"});
    let seen = agents::seen(AgentOf::Neutron, &neutron);
    assert_eq!((seen.alive, seen.enabled, seen.since), (true, true, None), "its signs are no news");
    let cinder = json!({"binary": "cinder-volume", "host": "n1@lvm", "status": "enabled", "state": "up"});
    assert_eq!(agents::seen(AgentOf::Cinder, &cinder).id, None);
}

fn gathered<'a>(wanted: &'a Wanted, node: Option<&'a Value>) -> Gathered<'a> {
    Gathered {
        now: now(),
        wanted,
        node,
        pods: vec![],
        daemons: vec![],
        agents: vec![],
        servers: &[],
        migrations: &[],
        providers: &[],
        silent: vec![],
    }
}

fn nova(state: &str, at: &str) -> Value {
    json!({"id": "s", "binary": "nova-compute", "host": "n1", "status": "enabled", "state": state, "updated_at": at})
}

#[test]
fn a_node_that_is_gone_is_abandoned_only_after_ten_minutes_of_silence() {
    let wanted = wanted(&[Role::Compute], None);
    let state = |service: &Value| {
        let agents = vec![agents::seen(AgentOf::Nova, service)];
        assemble(Gathered { agents, ..gathered(&wanted, None) })
    };
    for (service, abandoned) in [
        (nova("up", "2026-11-29T03:59:59"), false),
        (nova("down", "2026-11-29T03:51:00"), false),
        (nova("down", "2026-11-29T03:49:00"), true),
    ] {
        let state = state(&service);
        let over = is_over(&state, &Policy::default());
        assert_eq!((state.status.as_str(), state.abandoned, over), ("Gone", abandoned, false));
    }
    assert!(is_over(&assemble(gathered(&wanted, None)), &Policy::default()));
}

#[test]
fn the_status_is_one_word() {
    let labels = json!({"openstack-compute-node": "enabled", "openvswitch": "enabled"});
    let node = node(&labels, &["openstack-compute-node", "openvswitch"], Some(OWNER));
    let mut wanted = wanted(&[Role::Compute], None);
    let word = |wanted: &Wanted, service: Value, servers: &[Value]| {
        let agents = vec![agents::seen(AgentOf::Nova, &service)];
        assemble(Gathered { agents, servers, ..gathered(wanted, Some(&node)) }).status
    };
    let up = || nova("up", "2026-11-29T03:59:59");
    assert_eq!(word(&wanted, up(), &[]), "Ready");
    assert_eq!(word(&wanted, nova("down", "2026-11-29T03:00:00"), &[]), "Degraded");
    let mut off = up();
    off["status"] = json!("disabled");
    assert_eq!(word(&wanted, off, &[]), "Disabled");
    wanted.drain = true;
    let server = [json!({"id": "a", "name": "a", "status": "ACTIVE"})];
    assert_eq!(
        (word(&wanted, up(), &server), word(&wanted, up(), &[])),
        ("Draining".into(), "Drained".into())
    );
}

#[test]
fn failures_of_the_last_hour_count_and_moves_that_wait_for_their_end_are_found() {
    let migration = |id: &str, status: &str, r#type: &str, at: &str| json!({"instance_uuid": id, "status": status, "migration_type": r#type, "updated_at": at});
    let migrations = [
        migration("a", "error", "live-migration", "2026-11-29T03:30:00"),
        migration("a", "failed", "live-migration", "2026-11-29T03:40:00"),
        migration("a", "error", "live-migration", "2026-11-29T02:30:00"),
        migration("b", "finished", "migration", "2026-11-29T03:40:00"),
        migration("c", "finished", "resize", "2026-11-29T03:40:00"),
        migration("d", "confirmed", "migration", "2026-11-29T03:40:00"),
    ];
    let seen = servers::seen(&json!({"id": "a", "name": "web", "status": "ACTIVE"}), &migrations, now());
    assert_eq!((seen.failures, seen.way(), seen.can_go()), (2, Way::Live, true));
    assert_eq!(servers::moved(&migrations), ["b"], "a resize is its owner's to confirm");
}

#[test]
fn children_of_a_resource_provider_go_before_their_parents() {
    let item = |id: &str, parent: Option<&str>| json!({"uuid": id, "parent_provider_uuid": parent});
    let items = [item("root", None), item("b", Some("a")), item("a", Some("root")), item("c", Some("root"))];
    assert_eq!(providers::in_order(&items), ["b", "a", "c", "root"]);
    let odd = [item("x", Some("y")), item("y", Some("x"))];
    assert_eq!(providers::in_order(&odd).len(), 2, "a circle ends, too");
}

#[test]
fn a_state_survives_the_wire() {
    let wanted = wanted(&[Role::Compute], None);
    let agents = vec![agents::seen(AgentOf::Nova, &nova("down", "2026-11-29T03:00:00"))];
    let mut state = assemble(Gathered { agents, ..gathered(&wanted, Some(&node(&json!({}), &[], None))) });
    let shape = crate::kind::shape::Shape::of(&crate::api::schema::of::<NodeState>()).unwrap();
    let read = crate::kind::rest::wire::decode(&shape, &state.to_wire().unwrap());
    let read: NodeState = serde_json::from_value(Value::Object(read)).unwrap();
    state.kubernetes.as_mut().unwrap().roles.clear();
    assert_eq!(read, state);
}
