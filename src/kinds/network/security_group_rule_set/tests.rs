use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::tests::asked::about,
};
use serde_json::{Value, json};

const KIND: &str = "network.SecurityGroupRuleSet";

/// What is found in a group with these rules.
fn found(params: Value, name: &'static str, rules: Value) -> Found {
    let group = json!({"security_group": {"id": "g", "security_group_rules": rules}});
    about(KIND, params).named(name).found(&[Answer::Body(group)])
}

fn ids(found: Found) -> Value {
    match found {
        Found::One { body, .. } => body["rule_ids"].clone(),
        other => json!(format!("{other:?}")),
    }
}

#[test]
fn who_only_looks_sees_all_rules_of_a_group_or_those_of_the_set_that_has_the_mark() {
    let rule = |id: &str, description: &str| json!({"id": id, "direction": "egress", "ethertype": "IPv4", "description": description});
    let all =
        json!([rule("plain", ""), rule("a", "[kupenstack:u:theirs]"), rule("b", "[kupenstack:u:others]")]);
    assert_eq!(ids(found(json!({}), "g", all.clone())), json!(["plain", "a", "b"]));
    assert_eq!(ids(found(json!({}), "g/theirs", all.clone())), json!(["a"]));
    assert_eq!(found(json!({}), "g", json!([])), Found::Absent);
    assert_eq!(found(json!({}), "g/nobodys", all.clone()), Found::Absent);
    let wants = json!({"additionalRules": [{"direction": "ingress"}]});
    assert_eq!(found(wants, "g/theirs", all), Found::Absent, "who wants some counts his own");
}

#[test]
fn who_only_looks_takes_no_rule_away_whatever_its_policies_say() {
    let goes = |params: Value| {
        about(KIND, params).named("g").next(Goal::Vanish, json!({"id": "g", "ruleIds": ["a"]}))
    };
    assert_eq!(goes(json!({})), "Leave");
    let wants = json!({"rules": [{"direction": "egress"}]});
    assert_eq!(goes(wants), "DELETE /security-group-rules/a");
}
