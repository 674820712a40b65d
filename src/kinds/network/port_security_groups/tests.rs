use crate::{
    kind::{
        Found, Goal,
        request::{Answer, Read},
    },
    kinds::tests::asked::{Asked, about},
};
use serde_json::{Value, json};

fn groups(params: Value) -> Asked {
    about("network.PortSecurityGroups", params)
}

fn name(asked: &Asked) -> String {
    let port = json!({"port": {"id": "p", "security_groups": ["a", "b", "c"]}});
    let found = asked.found(&[Answer::Body(port)]);
    let Found::One { external_name, .. } = found else { panic!("{found:?}") };
    external_name
}

#[test]
fn groups_beside_others_are_called_after_themselves_and_all_groups_after_the_port() {
    let more = |ids: &[&str]| json!({"portId": "p", "additionalSecurityGroupIds": ids});
    for (params, want) in [
        (more(&["b", "a"]), "p/a,b"),
        (more(&["c"]), "p/c"),
        (json!({"portId": "p", "securityGroupIds": ["a", "b", "c"]}), "p"),
    ] {
        assert_eq!(name(&groups(params)), want);
    }
    let once = groups(more(&["c"])).named("p");
    assert_eq!(name(&once), "p", "a name stays as it is");
}

#[test]
fn the_port_is_the_first_part_of_the_name() {
    let params = json!({"portId": "p", "additionalSecurityGroupIds": ["c"]});
    let asked = groups(params).named("p/c");
    assert_eq!(asked.reads(), [Read::Get { path: "/ports/p".to_owned() }]);
    let have = json!({"id": "p", "portId": "p", "additionalSecurityGroupIds": ["c"], "allSecurityGroupIds": ["a", "c"]});
    assert!(asked.next(Goal::Vanish, have).contains(" /ports/p"), "the port itself is edited");
}
