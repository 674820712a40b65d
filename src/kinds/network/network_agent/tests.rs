use crate::{
    kind::{
        Found, Goal, Ready,
        any::Observed,
        request::{Answer, Keep, Read},
    },
    kinds::{
        KINDS,
        tests::asked::{Asked, about},
    },
};
use serde_json::{Value, json};

const KIND: &str = "network.NetworkAgent";

fn dhcp(more: Value) -> Asked {
    let mut wanted = json!({"host": "h", "agentType": "DHCP agent"});
    wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    about(KIND, wanted).named("h/DHCP agent")
}

fn listed() -> Answer {
    Answer::Items(vec![json!({"id": "i", "host": "h", "agent_type": "DHCP agent"})])
}

fn one(found: Found) -> Value {
    let Found::One { external_name, body } = found else { panic!("{found:?}") };
    assert_eq!(external_name, "h/DHCP agent");
    body
}

#[test]
fn it_is_found_by_its_host_and_type_whether_it_has_a_name_or_not() {
    let by_spec = about(KIND, json!({"host": "h", "agentType": "DHCP agent"}));
    let by_name = about(KIND, json!({})).named("h/DHCP agent");
    for asked in [by_spec, by_name] {
        let reads = asked.reads();
        let [Read::List { path, query, keep: Keep::Like(fields), .. }] = reads.as_slice() else {
            panic!("{reads:?}")
        };
        assert_eq!(path, "/agents");
        let plain = |(field, value): &(String, String)| format!("{field}={value}");
        assert_eq!(query.iter().map(plain).collect::<Vec<_>>(), ["host=h", "agent_type=DHCP agent"]);
        assert_eq!(fields, &[("host", json!("h")), ("agent_type", json!("DHCP agent"))]);
        assert_eq!(one(asked.found(&[listed()]))["id"], "i");
        assert_eq!(asked.found(&[Answer::Items(vec![])]), Found::Absent);
    }
}

#[test]
fn of_what_it_has_only_what_the_spec_names_is_read_and_told() {
    let agent = dhcp(json!({"networkIds": ["b", "a"], "routerIds": []}));
    let read = Read::Get { path: "/agents/i/dhcp-networks".to_owned() };
    assert_eq!(agent.found(&[listed()]), Found::More(vec![read]));
    let networks = Answer::Body(json!({"networks": [{"id": "theirs"}, {"id": "a"}]}));
    assert_eq!(one(agent.found(&[listed(), networks]))["network_ids"], json!(["a"]));
    assert_eq!(one(agent.found(&[listed(), Answer::Gone]))["network_ids"], json!([]));
    assert_eq!(one(dhcp(json!({})).found(&[listed()])).get("network_ids"), None);
}

#[test]
fn what_it_lacks_is_given_one_by_one_and_what_others_gave_it_stays() {
    let agent = dhcp(json!({"networkIds": ["b", "a"]}));
    let next = |goal, networks| agent.next(goal, json!({"id": "i", "networkIds": networks}));
    let give = |id: &str| format!(r#"POST /agents/i/dhcp-networks {{"network_id":"{id}"}}"#);
    assert_eq!(next(Goal::Match, json!([])), give("b"));
    assert_eq!(next(Goal::Match, json!(["b"])), give("a"));
    assert_eq!(next(Goal::Match, json!(["a", "b"])), "Done");
    assert_eq!(next(Goal::Vanish, json!(["a"])), "Done");
    let none = dhcp(json!({"networkIds": []}));
    assert_eq!(none.next(Goal::Match, json!({"id": "i"})), "Done");
    for (field, below, one) in
        [("routerIds", "l3-routers", "router_id"), ("bgpSpeakerIds", "bgp-drinstances", "bgp_speaker_id")]
    {
        let step = dhcp(json!({field: ["x"]})).next(Goal::Match, json!({"id": "i"}));
        assert_eq!(step, format!("POST /agents/i/{below} {}", json!({one: "x"})));
    }
}

#[test]
fn it_is_enabled_before_it_is_given_anything_and_disabled_after() {
    let put = |body: &str| format!(r#"PUT /agents/i {{"agent":{body}}}"#);
    let next = |up: bool, was: bool, description: &str| {
        let agent = dhcp(json!({"adminStateUp": up, "description": "d", "networkIds": ["a"]}));
        agent.next(Goal::Match, json!({"id": "i", "adminStateUp": was, "description": description}))
    };
    assert_eq!(next(true, false, ""), put(r#"{"admin_state_up":true,"description":"d"}"#));
    assert_eq!(next(true, true, "old"), put(r#"{"description":"d"}"#));
    assert!(next(true, true, "d").starts_with("POST "));
    assert!(next(false, true, "old").starts_with("POST "));
    let given = dhcp(json!({"adminStateUp": false, "networkIds": ["a"]}));
    let seen = json!({"id": "i", "adminStateUp": true, "networkIds": ["a"]});
    assert_eq!(given.next(Goal::Match, seen), put(r#"{"admin_state_up":false}"#));
}

#[test]
fn it_is_ready_while_it_reports_and_is_enabled_unless_it_is_to_be_disabled() {
    let kind = KINDS.iter().find(|kind| kind.id() == KIND).unwrap();
    let ready = |wanted: Value, alive: bool, up: bool| {
        let at_provider = json!({"id": "i", "alive": alive, "adminStateUp": up});
        let at_provider = serde_json::from_value(at_provider).unwrap();
        let observed = Observed { at_provider, ..Observed::default() };
        kind.ready(wanted.as_object().unwrap(), &observed).unwrap()
    };
    let not = |why: &str| Ready::Not(why.to_owned());
    assert_eq!(ready(json!({}), true, true), Ready::Yes);
    assert_eq!(ready(json!({"adminStateUp": false}), true, false), Ready::Yes);
    assert_eq!(ready(json!({}), true, false), not("the agent is disabled: its adminStateUp is false"));
    let silent = ready(json!({"adminStateUp": false}), false, false);
    assert_eq!(silent, not("the agent reports nothing: it is not alive"));
}
