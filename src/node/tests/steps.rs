//! The steps, as a table: from what is seen to what is done.

use crate::{
    kind::{Goal, Ready},
    node::{
        health,
        next::{Next, Policy, is_over, next},
        state::{AgentOf, AgentSeen, NodeSeen, NodeState, PodSeen, Remedy, ServerSeen},
    },
};

fn agent(of: AgentOf, binary: &str) -> AgentSeen {
    AgentSeen {
        of,
        id: Some(binary.to_owned()).filter(|_| of != AgentOf::Cinder),
        binary: binary.to_owned(),
        host: "n1".to_owned(),
        alive: true,
        enabled: true,
        ..AgentSeen::default()
    }
}

fn server(name: &str, status: &str) -> ServerSeen {
    let (id, name, status) = (name.to_owned(), name.to_owned(), status.to_owned());
    ServerSeen { id, name, status, ..ServerSeen::default() }
}

/// A node of a cloud that works.
fn works() -> NodeState {
    let kubernetes = NodeSeen { ready: true, labels: vec!["openvswitch".into()], ..NodeSeen::default() };
    let agents = vec![
        agent(AgentOf::Nova, "nova-compute"),
        agent(AgentOf::Neutron, "neutron-openvswitch-agent"),
        agent(AgentOf::Cinder, "cinder-volume"),
    ];
    NodeState { kubernetes: Some(kubernetes), agents, ..NodeState::default() }
}

fn with(servers: Vec<ServerSeen>) -> NodeState {
    NodeState { server_count: i64::try_from(servers.len()).unwrap(), servers, ..works() }
}

/// The same with Nova's service disabled for this reason.
fn off(mut state: NodeState, reason: &str) -> NodeState {
    (state.agents[0].enabled, state.agents[0].reason) = (false, Some(reason.to_owned()));
    state
}

fn without_labels(mut state: NodeState) -> NodeState {
    state.kubernetes.as_mut().unwrap().labels.clear();
    state
}

const KEEP: Policy = Policy { disabled: false, drain: false, force: false, concurrency: 1 };
const DISABLED: Policy = Policy { disabled: true, ..KEEP };
const DRAIN: Policy = Policy { drain: true, concurrency: 2, ..KEEP };
const FORCE: Policy = Policy { force: true, ..KEEP };

fn id(text: &str) -> String {
    text.to_owned()
}

#[test]
fn a_node_is_labelled_before_anything_is_said_to_nova() {
    let mut state = works();
    state.kubernetes.as_mut().unwrap().differ = vec!["openvswitch".into()];
    assert_eq!(next(Goal::Match, &state, &DISABLED), Next::Label);
    assert_eq!(health::drift(&state, &DISABLED), ["labels[openvswitch]"]);
    assert_eq!(next(Goal::Match, &works(), &KEEP), Next::Done);
    assert!(health::drift(&works(), &KEEP).is_empty());
}

#[test]
fn a_service_is_disabled_with_a_reason_and_enabled_again_only_if_the_reason_is_ours() {
    let ours = Next::Disable(id("nova-compute"), "kupenstack: the OpenstackNode says disabled");
    assert_eq!(next(Goal::Match, &works(), &DISABLED), ours);
    assert_eq!(health::drift(&works(), &DISABLED), ["disabled"]);
    let ours = off(works(), "kupenstack: the OpenstackNode says disabled");
    assert_eq!(next(Goal::Match, &ours, &DISABLED), Next::Done);
    assert_eq!(next(Goal::Match, &ours, &KEEP), Next::Enable(id("nova-compute")));
    for theirs in ["fan broken", "AUTO: Connection to libvirt lost"] {
        assert_eq!(next(Goal::Match, &off(works(), theirs), &KEEP), Next::Done, "{theirs}");
    }
}

#[test]
fn servers_leave_by_the_way_that_their_status_allows_and_no_more_at_once_than_is_wanted() {
    let step = |servers: Vec<ServerSeen>| next(Goal::Match, &off(with(servers), "kupenstack: x"), &DRAIN);
    let disable = Next::Disable(id("nova-compute"), "kupenstack: the OpenstackNode is being drained");
    assert_eq!(next(Goal::Match, &with(vec![server("a", "ACTIVE")]), &DRAIN), disable, "first no new ones");
    assert_eq!(step(vec![server("a", "ACTIVE")]), Next::MoveLive(id("a")));
    assert_eq!(step(vec![server("a", "PAUSED")]), Next::MoveLive(id("a")));
    assert_eq!(step(vec![server("a", "SHUTOFF")]), Next::MoveCold(id("a")));
    assert_eq!(step(vec![server("a", "SHELVED")]), Next::Offload(id("a")));
    let moving = |name: &str| server(name, "MIGRATING");
    assert_eq!(step(vec![moving("a"), server("b", "ACTIVE")]), Next::MoveLive(id("b")));
    let full = step(vec![moving("a"), moving("b"), server("c", "ACTIVE")]);
    assert_eq!(full, Next::Wait("a, b to leave; 3 in all".to_owned()));
    let busy = ServerSeen { task: Some("rebooting".into()), ..server("a", "REBOOT") };
    assert_eq!(step(vec![busy]), Next::Wait("Nova, which is at work on servers of it".to_owned()));
    assert_eq!(step(vec![]), Next::Done);
    let moved = NodeState { moved: vec![id("s")], ..off(works(), "kupenstack: x") };
    assert_eq!(next(Goal::Match, &moved, &DRAIN), Next::Confirm(id("s")));
}

#[test]
fn what_can_not_be_moved_is_told_by_name_and_reason() {
    let tired = ServerSeen { failures: 3, ..server("db", "ACTIVE") };
    let state = off(with(vec![server("web", "ERROR"), tired]), "kupenstack: x");
    let why = "servers that can't be moved: web (ERROR), db (moving it failed 3 times within the hour): move or delete them";
    assert_eq!(next(Goal::Match, &state, &DRAIN), Next::Refuse(why.to_owned()));
    assert_eq!(health::drift(&state, &DRAIN), ["maintenance.mode"]);
}

#[test]
fn a_node_with_servers_is_not_let_go_unless_it_is_drained_or_forced() {
    let six: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(|name| server(name, "ACTIVE")).into();
    let state = off(with(six), "kupenstack: x");
    let Next::Refuse(why) = next(Goal::Vanish, &state, &KEEP) else { panic!("it goes") };
    assert!(why.starts_with("servers are on it: a, b, c, d, e and 1 more: set maintenance.mode"), "{why}");
    assert_eq!(next(Goal::Vanish, &state, &DRAIN), Next::MoveLive(id("a")));
    assert_eq!(next(Goal::Vanish, &state, &FORCE), Next::Unlabel);
    let stuck = off(with(vec![server("a", "ERROR")]), "kupenstack: x");
    let Next::Refuse(why) = next(Goal::Vanish, &stuck, &DRAIN) else { panic!("it goes") };
    assert!(why.contains("a (ERROR)") && why.ends_with("let the node go without them"), "{why}");
    assert_eq!(next(Goal::Vanish, &stuck, &Policy { force: true, ..DRAIN }), Next::Unlabel);
}

#[test]
fn a_node_leaves_in_this_order() {
    let mut state = works();
    state.daemons = vec!["nova-compute-x".into()];
    let mut steps = vec![];
    for _ in 0..20 {
        let step = next(Goal::Vanish, &state, &KEEP);
        match &step {
            Next::Disable(..) => state = off(state, "kupenstack: x"),
            Next::Unlabel => state = without_labels(state),
            Next::Wait(what) => {
                assert_eq!(what, "its agents' pods to leave: nova-compute-x");
                state.daemons.clear();
            }
            Next::DeleteService(_) => {
                state.agents.retain(|agent| agent.of != AgentOf::Nova);
                state.providers = vec![id("child"), id("root")];
            }
            Next::DeleteProvider(_) => drop(state.providers.remove(0)),
            Next::DeleteAgent(_) => state.agents.retain(|agent| agent.of != AgentOf::Neutron),
            Next::DisableVolumes(..) => state.agents[0].enabled = false,
            Next::Release => state.kubernetes = None,
            Next::Done => break,
            other => panic!("{other:?}"),
        }
        let text = format!("{step:?}");
        steps.push(text.split('(').next().unwrap().to_owned());
    }
    let wanted = [
        "Disable",
        "Unlabel",
        "Wait",
        "DeleteService",
        "DeleteProvider",
        "DeleteProvider",
        "DeleteAgent",
        "DisableVolumes",
        "Release",
    ];
    assert_eq!(steps, wanted);
    assert!(is_over(&state, &KEEP), "Cinder keeps its services, and that holds nothing up");
}

#[test]
fn with_force_nova_keeps_the_service_of_a_node_with_servers_and_the_rest_goes() {
    let state = without_labels(off(with(vec![server("a", "ACTIVE")]), "kupenstack: x"));
    assert_eq!(next(Goal::Vanish, &state, &FORCE), Next::DeleteAgent(id("neutron-openvswitch-agent")));
}

#[test]
fn a_service_that_does_not_answer_holds_a_deletion_up_unless_it_is_forced() {
    let silent = NodeState { silent: vec!["compute API does not answer".into()], ..works() };
    let Next::Wait(what) = next(Goal::Vanish, &silent, &KEEP) else { panic!("it goes") };
    assert!(what.ends_with("unless maintenance.force is set: compute API does not answer"), "{what}");
    assert!(matches!(next(Goal::Vanish, &silent, &FORCE), Next::Disable(..)));
    assert_eq!(next(Goal::Match, &silent, &KEEP), Next::Done, "what is there stays as it is");
}

#[test]
fn a_node_that_is_gone_is_not_over_while_a_service_can_not_be_asked() {
    let gone = NodeState { abandoned: true, ..NodeState::default() };
    assert!(is_over(&gone, &KEEP));
    let silent = NodeState { silent: vec!["compute API does not answer".into()], ..gone };
    assert!(!is_over(&silent, &KEEP) && is_over(&silent, &FORCE));
    assert!(matches!(next(Goal::Match, &silent, &KEEP), Next::Wait(_)), "it waits, whatever is wanted");
}

#[test]
fn a_node_that_went_behind_our_back_is_cleaned_up_once_its_agents_are_silent() {
    let gone = NodeState { kubernetes: None, ..works() };
    assert!(matches!(next(Goal::Match, &gone, &KEEP), Next::Wait(_)));
    assert_eq!(health::drift(&gone, &KEEP), ["node"]);
    let gone = NodeState { abandoned: true, ..off(gone, "x") };
    assert_eq!(next(Goal::Match, &gone, &KEEP), Next::DeleteService(id("nova-compute")));
    let servers = NodeState { servers: vec![server("a", "ACTIVE")], server_count: 1, ..gone };
    assert!(matches!(next(Goal::Match, &servers, &KEEP), Next::Refuse(_)));
}

#[test]
fn a_silent_agent_is_told_by_name_host_and_time_with_what_its_pod_says_and_what_was_done() {
    assert_eq!(health::ready(&works()), Ready::Yes);
    let mut state = works();
    (state.agents[1].alive, state.agents[1].since) = (false, Some("2026-11-29T03:12:00Z".into()));
    let told = |state: &NodeState, wanted: &str| {
        let Ready::Not(why) = health::ready(state) else { panic!("ready") };
        let begin = "neutron-openvswitch-agent on n1 gives no sign of life since 2026-11-29T03:12:00Z; ";
        assert_eq!(why, format!("{begin}{wanted}"));
        assert_eq!(health::conditions(state)[0].message.as_deref(), Some(why.as_str()));
    };
    told(&state, "it has no pod there");
    state.agents[1].pod = Some("neutron-ovs-agent-default-x".into());
    told(&state, "its pod neutron-ovs-agent-default-x runs");
    (state.agents[1].remedy, state.agents[1].restarts) = (Remedy::Later, 1);
    state.agents[1].restarted = Some("2026-11-29T03:15:00Z".into());
    let once = "its pod was made anew once, the last time at 2026-11-29T03:15:00Z";
    told(&state, &format!("its pod neutron-ovs-agent-default-x runs; {once}"));
    let message = "CrashLoopBackOff: back-off".to_owned();
    state.pods = vec![PodSeen { name: "neutron-ovs-agent-default-x".into(), message }];
    told(&state, &format!("pod neutron-ovs-agent-default-x: CrashLoopBackOff: back-off; {once}"));
    state.agents[1].enabled = false;
    assert_eq!(health::ready(&state), Ready::Yes, "one that is to do nothing may be silent");
    state.kubernetes = None;
    assert_eq!(health::ready(&state), Ready::Not("Kubernetes has no such Node".to_owned()));
}

#[test]
fn a_silent_agents_pod_is_made_anew_after_all_else_and_one_that_nothing_helps_is_named() {
    let mut state = works();
    (state.agents[0].alive, state.agents[0].remedy) = (false, Remedy::Restart);
    state.agents[0].pod = Some("nova-compute-default-x".into());
    assert_eq!(
        next(Goal::Match, &state, &DISABLED),
        Next::Disable(id("nova-compute"), "kupenstack: the OpenstackNode says disabled")
    );
    let restart = Next::Restart(id("nova-compute"), id("nova-compute-default-x"));
    assert_eq!(next(Goal::Match, &state, &KEEP), restart);
    assert_eq!(health::drift(&state, &KEEP), ["agents[nova-compute]"]);
    assert!(matches!(next(Goal::Vanish, &state, &KEEP), Next::Disable(..)), "what leaves is not mended");
    (state.agents[0].remedy, state.agents[0].restarts) = (Remedy::GivenUp, 3);
    let Next::GiveUp(agent, why) = next(Goal::Match, &state, &KEEP) else { panic!("it goes on") };
    assert!(
        agent == "nova-compute" && why.ends_with("that did not help: a person has to look at it"),
        "{why}"
    );
    assert_eq!(health::drift(&state, &KEEP), ["agents[nova-compute]"]);
    (state.agents[1].alive, state.agents[1].remedy) = (false, Remedy::Restart);
    state.agents[1].pod = Some("neutron-ovs-agent-default-x".into());
    assert!(matches!(next(Goal::Match, &state, &KEEP), Next::Restart(..)), "another's turn comes first");
}
