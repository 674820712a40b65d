//! The rules of a group, by whose they are.

use super::super::security_group_rule::number;
use crate::kind::{any::AnyKey, marker, normalise, rest::wire};
use serde_json::{Map, Value};

/// The rules of a group, by whose they are.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sorted {
    /// Those that are the set's or should not be: what is wanted as it is wanted.
    pub(super) shown: Vec<Value>,
    /// Ids of those that are wanted.
    pub(super) ids: Vec<String>,
    /// Ids of those that must go.
    pub(super) surplus: Vec<String>,
    /// Ids of those that somebody else keeps.
    pub(super) foreign: Vec<String>,
}

impl Sorted {
    /// Of these rules, where such are wanted by this owner: as all that there are, or beside others.
    pub(super) fn of(wanted: &[Map<String, Value>], all: Vec<Value>, exact: bool, owner: &str) -> Self {
        let mut sorted = Self::default();
        for rule in all {
            let Value::Object(mut rule) = rule else { continue };
            let id = rule.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
            let marker = marker::take(&mut rule);
            let (mine, kept) = (marker.as_ref().is_some_and(|m| m.owner == owner), marker.is_some());
            let rule = Value::Object(rule);
            let found = wanted.iter().map(|rule| Value::Object(rule.clone())).find(|one| same(one, &rule));
            match found {
                Some(wanted) if mine || !kept => {
                    sorted.shown.push(wanted);
                    sorted.ids.push(id);
                }
                Some(wanted) => sorted.shown.push(wanted),
                None if mine || (exact && !kept) => {
                    sorted.shown.push(rule);
                    sorted.surplus.push(id);
                }
                None if exact => {
                    sorted.shown.push(rule);
                    sorted.foreign.push(id);
                }
                None => {}
            }
        }
        sorted
    }

    /// For who wants none in particular, and only looks, all are what is there.
    pub(super) fn seen(self, looks: bool) -> Self {
        if !looks {
            return self;
        }
        let ids = [self.ids, self.surplus, self.foreign].concat();
        Self { shown: self.shown, ids, ..Self::default() }
    }
}

/// Those that are wanted, as the API says them.
pub(super) fn wanted(key: &AnyKey<'_>) -> Vec<Map<String, Value>> {
    let said = wire::encode(&key.shapes.params, key.params);
    let all = ["additional_rules", "rules"].iter().find_map(|field| said.get(*field)?.as_array().cloned());
    all.into_iter().flatten().filter_map(|rule| rule.as_object().cloned()).collect()
}

/// Do both let the same packets through? Names are the API's or the spec's.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    form(one) == form(other)
}

fn form(rule: &Value) -> [String; 8] {
    let said = |names: [&str; 2]| match names.iter().find_map(|name| rule.get(*name)) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) | None => String::new(),
    };
    let ethertype = said(["ethertype"; 2]);
    let six = ethertype == "IPv6";
    [
        said(["direction"; 2]),
        if six { ethertype } else { "IPv4".to_owned() },
        number(&said(["protocol"; 2]), six),
        said(["port_range_min", "portRangeMin"]),
        said(["port_range_max", "portRangeMax"]),
        normalise::cidr(&said(["remote_ip_prefix", "remoteIpPrefix"])),
        said(["remote_group_id", "remoteGroupId"]),
        said(["remote_address_group_id", "remoteAddressGroupId"]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sorted(exact: bool) -> Sorted {
        let rule = |id: &str, port: u16, description: &str| {
            json!({"id": id, "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "port_range_min": port,
                "port_range_max": port, "remote_ip_prefix": "10.0.0.0/8", "description": description})
        };
        let marker = |owner: &str| format!("x [kupenstack:u:{owner}]");
        let all = vec![
            rule("mine", 443, &marker("me")),
            rule("old", 80, &marker("me")),
            rule("theirs", 22, &marker("they")),
            rule("nobodys", 25, "by hand"),
        ];
        let wanted = json!({"direction": "ingress", "protocol": "6", "port_range_min": 443, "port_range_max": 443,
            "remote_ip_prefix": "10.1.2.3/8"});
        Sorted::of(&[wanted.as_object().unwrap().clone()], all, exact, "me")
    }

    #[test]
    fn a_rule_is_known_in_every_spelling_and_shown_as_it_is_wanted() {
        let sorted = sorted(false);
        assert_eq!(sorted.ids, ["mine"]);
        assert_eq!(sorted.shown[0]["protocol"], "6");
    }

    #[test]
    fn a_set_beside_others_takes_only_its_own_away() {
        let sorted = sorted(false);
        assert_eq!(
            (sorted.surplus, sorted.foreign.len(), sorted.shown.len()),
            (vec!["old".to_owned()], 0, 2)
        );
    }

    #[test]
    fn a_set_of_all_takes_nobodys_away_and_leaves_those_that_somebody_else_keeps() {
        let sorted = sorted(true);
        assert_eq!(sorted.surplus, ["old", "nobodys"]);
        assert_eq!(sorted.foreign, ["theirs"]);
        assert_eq!(sorted.shown.len(), 4, "all that differs is seen");
    }
}
