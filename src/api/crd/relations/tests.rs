//! Rules, as the API server gets them.

use super::*;

fn schema() -> Value {
    let id =
        |target: &str, other: &str| json!({"type": "string", "x-os": {"ref": target, "excludes": [other]}});
    json!({"properties": {
        "userId": id("identity.User", "groupId"),
        "groupId": id("identity.IdentityGroup", "userId"),
        "system": {"type": "boolean", "x-os": {"excludes": ["inherited"]}},
        "inherited": {"type": "boolean"},
        "groups": {"type": "array", "items": {"type": "string"}, "x-os": {"excludes": ["secured=false"]}},
        "secured": {"type": "boolean"},
        "rules": {"type": "object", "x-os": {"needs": ["policy=anti-affinity"]}, "properties": {}},
        "policy": {"type": "string"},
    }})
}

fn told(rules: &[Value]) -> Vec<(&str, &str)> {
    rules.iter().map(|rule| (rule["message"].as_str().unwrap(), rule["rule"].as_str().unwrap())).collect()
}

#[test]
fn what_is_excluded_or_needed_is_a_rule_whatever_way_it_is_set_and_in_both_places() {
    let (forever, once) = ("self.forProvider", "self.initProvider");
    let both = |set: &dyn Fn(&str) -> String| {
        format!("{} || (has(self.initProvider) && ({}))", set(forever), set(once))
    };
    let id = |name: &'static str| {
        both(&move |at| format!("has({at}.{name}) || has({at}.{name}Ref) || has({at}.{name}Selector)"))
    };
    let flag = |name: &'static str| both(&move |at| format!("(has({at}.{name}) && {at}.{name})"));
    let groups = both(&|at| format!("(has({at}.groups) ? size({at}.groups) > 0 : (false))"));
    let unsecured = both(&|at| format!("(has({at}.secured) && {at}.secured == false)"));
    let policy = both(&|at| format!("(has({at}.policy) && {at}.policy == 'anti-affinity')"));
    let rules = of_spec(&schema(), &[]).unwrap();
    let wanted = [
        ("groupId excludes userId", format!("!({}) || !({})", id("groupId"), id("userId"))),
        ("groups excludes secured false", format!("!({groups}) || !({unsecured})")),
        (
            "rules needs policy anti-affinity",
            format!("!({}) || {policy}", both(&|at| format!("has({at}.rules)"))),
        ),
        ("system excludes inherited", format!("!({}) || !({})", flag("system"), flag("inherited"))),
    ];
    let wanted: Vec<_> = wanted.iter().map(|(message, rule)| (*message, rule.as_str())).collect();
    assert_eq!(told(&rules), wanted);
}

#[test]
fn a_secret_can_only_stand_in_one_place() {
    let secret = json!({"properties": {"a": {"type": "object", "x-os": {"excludes": ["b"]}}, "b": {"type": "string"}}});
    let rules = of_spec(&secret, &["a".to_owned()]).unwrap();
    assert!(rules[0]["rule"].as_str().unwrap().starts_with("!(has(self.forProvider.a)) || "), "{rules:?}");
}

#[test]
fn objects_below_the_top_have_rules_of_their_own() {
    let role = json!({"type": "object", "properties": {
        "roleId": {"type": "string", "x-os": {"ref": "identity.IdentityRole", "excludes": ["name"], "orElse": ["name"]}},
        "name": {"type": "string"}}});
    let mut schema = json!({"properties": {"roles": {"type": "array", "items": role}}});
    below(&mut schema).unwrap();
    assert!(schema.get(VALIDATIONS).is_none());
    let rules =
        schema.pointer("/properties/roles/items/x-kubernetes-validations").unwrap().as_array().unwrap();
    let id = "has(self.roleId) || has(self.roleIdRef) || has(self.roleIdSelector)";
    let excludes = format!("!({id}) || !(has(self.name))");
    let one = format!("{id} || has(self.name)");
    assert_eq!(
        told(rules),
        [("roleId excludes name", excludes.as_str()), ("one of roleId, name must be set", one.as_str())]
    );
}

#[test]
fn a_field_that_is_not_there_is_an_error_in_the_kinds_file() {
    let schema = json!({"properties": {"a": {"type": "string", "x-os": {"excludes": ["missing"]}}}});
    assert!(of_spec(&schema, &[]).unwrap_err().to_string().contains("no field missing"));
}

#[test]
fn people_are_told_the_same() {
    let text = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    let options = FieldOptions {
        excludes: text(&["a", "b", "c=false"]),
        needs: text(&["d", "e=f"]),
        ..FieldOptions::default()
    };
    let said = ["Excludes a and b.", "Not with c false.", "Needs d.", "Only with e f."];
    assert_eq!(sentences(&options), said);
}
