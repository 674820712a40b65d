//! When the pod of a silent agent is made anew, and when not.

use crate::node::{
    agents::{self, is_pod_of},
    labels,
    picture::{Gathered, assemble},
    remedy::{self, Daemon, Restarts},
    state::{AgentOf, AgentSeen, NodeState, Remedy},
    wanted::Wanted,
};
use jiff::Timestamp;
use serde_json::{Value, json};

const OLD: &str = "2026-11-28T04:00:00Z";

fn now() -> Timestamp {
    "2026-11-29T04:00:00Z".parse().unwrap()
}

fn node(restarts: &Value) -> Value {
    json!({"metadata": {"name": "n1", "annotations": {(labels::OWNER): "x", (remedy::ANNOTATION): restarts.to_string()}},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
}

fn compute(host: &str, state: &str, at: &str) -> AgentSeen {
    let item = json!({"id": host, "binary": "nova-compute", "host": host, "status": "enabled", "state": state, "updated_at": at});
    agents::seen(AgentOf::Nova, &item)
}

fn daemon(runs_since: Option<&str>) -> Daemon {
    let name = "nova-compute-default-x".to_owned();
    Daemon { name, runs_since: runs_since.map(str::to_owned), leaves: false }
}

fn assembled(node: &Value, agents: Vec<AgentSeen>, daemon: Daemon) -> NodeState {
    let wanted = Wanted { works: true, ..Wanted::default() };
    assemble(Gathered {
        now: now(),
        wanted: &wanted,
        node: Some(node),
        pods: vec![],
        daemons: vec![daemon],
        agents,
        servers: &[],
        migrations: &[],
        providers: &[],
        silent: vec![],
    })
}

/// What is done about nova-compute, silent since then, whose pod runs since then, after these restarts.
fn remedy(silent: &str, runs_since: Option<&str>, restarts: &Value) -> Remedy {
    let agents = vec![compute("n1", "down", silent)];
    assembled(&node(restarts), agents, daemon(runs_since)).agents[0].remedy
}

#[test]
fn a_pod_is_made_anew_once_its_agent_was_silent_and_it_itself_has_run_for_three_minutes() {
    let never = json!({});
    for (silent, runs_since, wanted) in [
        ("2026-11-29T03:58:00", Some(OLD), Remedy::None),
        ("2026-11-29T03:56:00", Some(OLD), Remedy::Restart),
        ("2026-11-29T03:56:00", Some("2026-11-29T03:58:00Z"), Remedy::None),
        ("2026-11-29T03:56:00", None, Remedy::None),
    ] {
        assert_eq!(remedy(silent, runs_since, &never), wanted, "{silent} {runs_since:?}");
    }
}

#[test]
fn pauses_grow_and_after_three_times_within_a_day_it_is_given_up() {
    for (count, last, wanted) in [
        (1, "2026-11-29T03:55:00Z", Remedy::Later),
        (1, "2026-11-29T03:54:00Z", Remedy::Restart),
        (2, "2026-11-29T03:49:00Z", Remedy::Later),
        (2, "2026-11-29T03:48:00Z", Remedy::Restart),
        (3, "2026-11-29T03:48:00Z", Remedy::GivenUp),
        (3, "2026-11-28T05:00:00Z", Remedy::GivenUp),
        (3, "2026-11-28T03:00:00Z", Remedy::Restart),
    ] {
        let restarts = json!({"nova-compute": {"count": count, "last": last}});
        assert_eq!(remedy("2026-11-29T03:00:00", Some(OLD), &restarts), wanted, "{count} {last}");
        let young = remedy("2026-11-29T03:00:00", Some("2026-11-29T03:59:00Z"), &restarts);
        assert!(matches!(young, Remedy::Later | Remedy::None), "it has time to answer");
    }
}

#[test]
fn what_lives_or_was_renamed_or_has_no_pod_that_stays_is_left_alone() {
    let none = node(&json!({}));
    let old = || daemon(Some(OLD));
    let state = assembled(&none, vec![compute("n1", "up", "2026-11-29T03:59:59")], old());
    assert_eq!(
        (state.agents[0].remedy, state.agents[0].pod.as_deref()),
        (Remedy::None, Some("nova-compute-default-x"))
    );
    let renamed = vec![
        compute("n1", "down", "2026-11-20T03:00:00"),
        compute("n1.example.org", "up", "2026-11-29T03:59:59"),
    ];
    let state = assembled(&none, renamed, old());
    assert!(state.agents.iter().all(|agent| agent.remedy == Remedy::None));
    let silent = || vec![compute("n1", "down", "2026-11-29T03:00:00")];
    let state = assembled(&none, silent(), Daemon { leaves: true, ..old() });
    assert_eq!((state.agents[0].remedy, &state.agents[0].pod), (Remedy::None, &None));
    let outage = vec![AgentSeen { outage: true, ..silent().remove(0) }];
    assert_eq!(assembled(&none, outage, old()).agents[0].remedy, Remedy::None);
}

#[test]
fn the_cause_is_a_common_one_only_if_two_others_that_are_to_work_are_silent_and_none_lives() {
    let (up, down) = (|host| compute(host, "up", OLD), |host| compute(host, "down", OLD));
    let off = AgentSeen { enabled: false, ..down("n4") };
    assert!(!remedy::is_outage(&[]));
    assert!(!remedy::is_outage(&[down("n2"), off.clone()]));
    assert!(!remedy::is_outage(&[down("n2"), up("n3"), down("n5")]));
    assert!(remedy::is_outage(&[down("n2"), down("n3"), off]));
}

#[test]
fn restarts_are_counted_in_an_annotation_that_forgets_what_is_a_day_old() {
    let text = json!({"a": {"count": 2, "last": "2026-11-29T03:00:00Z"}, "b": {"count": 9, "last": "2026-11-01T03:00:00Z"}});
    let after = Restarts::of(&node(&text)).with("a", now()).with("c", now());
    let part = after.applied("n1", "u");
    let told: Value =
        serde_json::from_str(part["metadata"]["annotations"][remedy::ANNOTATION].as_str().unwrap()).unwrap();
    let last = "2026-11-29T04:00:00Z";
    assert_eq!(told, json!({"a": {"count": 3, "last": last}, "c": {"count": 1, "last": last}}));
    assert_eq!(part["metadata"]["uid"], "u", "an apply never makes a Node");
    assert_eq!(Restarts::default().applied("n1", "u")["metadata"]["annotations"], json!({}));
    assert!(Restarts::of(&node(&json!("scribbled"))).is_empty());
}

#[test]
fn pods_are_known_by_the_names_of_openstack_helms_daemonsets() {
    for (pod, binary, own) in [
        ("nova-compute-default-x", "nova-compute", true),
        ("nova-computer-x", "nova-compute", false),
        ("neutron-ovs-agent-default-x", "neutron-openvswitch-agent", true),
        ("neutron-l3-agent-default-x", "neutron-dhcp-agent", false),
    ] {
        assert_eq!(is_pod_of(pod, binary), own, "{pod} {binary}");
    }
}
