//! QoS policies and their rules.

use super::{ids, in_use, neutron, own};
use crate::{
    call::{Call, Service::Neutron},
    cloud::Cloud,
    collection::{self, Collection},
    reply::Outcome,
    store::{Object, text},
};
use serde_json::{Value, json};

/// Where its policies are kept: Keystone has some, too.
const STORED: &str = "qos-policies";

pub(super) const POLICIES: Collection = Collection {
    fields: || json!({"name": "", "description": "", "shared": false, "is_default": false, "project_id": "", "tenant_id": ""}),
    told: || json!({"rules": []}),
    fixed: &["project_id", "tenant_id"],
    admin: true,
    make: own,
    unmake,
    show: show_policy,
    ..neutron(STORED, "policies", "policy", "Qos policy")
};

/// Rules: collection, one of it, and its type.
const TYPES: [(&str, &str); 5] = [
    ("bandwidth_limit_rules", "bandwidth_limit"),
    ("dscp_marking_rules", "dscp_marking"),
    ("minimum_bandwidth_rules", "minimum_bandwidth"),
    ("packet_rate_limit_rules", "packet_rate_limit"),
    ("minimum_packet_rate_rules", "minimum_packet_rate"),
];

const fn rules(
    path: &'static str,
    singular: &'static str,
    required: &'static [&'static str],
    fields: fn() -> Value,
) -> Collection {
    let plain = Collection::of(Neutron, path, path, singular, "Qos rule");
    Collection { fields, required, admin: true, show: show_rule, ..plain }
}

pub(super) const RULES: [Collection; 5] = [
    Collection {
        make: |cloud, _, rule| single(cloud, "bandwidth_limit_rules", rule),
        ..rules(
            "bandwidth_limit_rules",
            "bandwidth_limit_rule",
            &["max_kbps"],
            || json!({"max_kbps": 0, "max_burst_kbps": 0, "direction": "egress"}),
        )
    },
    Collection {
        make: |cloud, _, rule| single(cloud, "dscp_marking_rules", rule),
        ..rules("dscp_marking_rules", "dscp_marking_rule", &["dscp_mark"], || json!({"dscp_mark": 0}))
    },
    Collection {
        make: |cloud, _, rule| single(cloud, "minimum_bandwidth_rules", rule),
        ..rules(
            "minimum_bandwidth_rules",
            "minimum_bandwidth_rule",
            &["min_kbps"],
            || json!({"min_kbps": 0, "direction": "egress"}),
        )
    },
    Collection {
        make: |cloud, _, rule| single(cloud, "packet_rate_limit_rules", rule),
        ..rules(
            "packet_rate_limit_rules",
            "packet_rate_limit_rule",
            &["max_kpps"],
            || json!({"max_kpps": 0, "max_burst_kpps": 0, "direction": "egress"}),
        )
    },
    Collection {
        make: |cloud, _, rule| single(cloud, "minimum_packet_rate_rules", rule),
        ..rules(
            "minimum_packet_rate_rules",
            "minimum_packet_rate_rule",
            &["min_kpps"],
            || json!({"min_kpps": 0, "direction": "egress"}),
        )
    },
];

/// What lies below `/qos`.
pub(super) fn answer(cloud: &mut Cloud, call: &mut Call, parts: &[&str]) -> Outcome {
    let mut parts = parts.to_vec();
    parts.iter_mut().take(1).filter(|first| **first == "policies").for_each(|first| *first = STORED);
    let parts = parts.as_slice();
    if let [STORED, policy, path, ..] = parts
        && TYPES.iter().any(|(known, _)| known == path)
    {
        cloud.one(STORED, policy)?;
        call.within = vec![("qos_policy_id", (*policy).to_owned())];
        return collection::answer(cloud, call, parts.get(2..).unwrap_or_default());
    }
    collection::answer(cloud, call, parts)
}

/// A policy has one rule of each type and direction.
fn single(cloud: &mut Cloud, path: &str, rule: Object) -> Outcome<Object> {
    let policy = text(&rule, "qos_policy_id");
    let mut all = cloud.store.having(path, "qos_policy_id", policy);
    if let Some(twin) = all.find(|other| other.get("direction") == rule.get("direction")) {
        let (kind, twin) = (path.trim_end_matches("_rules"), text(twin, "id"));
        let why =
            format!("Rule {kind} conflicts with rule {twin} which already exists in QoS Policy {policy}.");
        return Err(in_use("QoSRulesConflict", why));
    }
    Ok(rule)
}

fn show_rule(_: &Cloud, _: &Call, mut rule: Object) -> Object {
    rule.remove("qos_policy_id");
    rule
}

fn show_policy(cloud: &Cloud, _: &Call, mut policy: Object) -> Object {
    let id = text(&policy, "id").to_owned();
    let typed = |rule: &Object, kind: &str| {
        let mut rule = rule.clone();
        rule.insert("type".to_owned(), json!(kind));
        rule
    };
    let all = TYPES.iter().flat_map(|(path, kind)| {
        cloud.store.having(path, "qos_policy_id", &id).map(|rule| typed(rule, kind)).collect::<Vec<_>>()
    });
    policy.insert("rules".to_owned(), all.collect());
    policy
}

/// Whoever uses a policy holds it; its rules go with it.
fn unmake(cloud: &mut Cloud, _: &Call, policy: &Object) -> Outcome<bool> {
    let id = text(policy, "id");
    for (collection, what) in [("networks", "network"), ("ports", "port"), ("floatingips", "floatingip")] {
        if let Some(user) = ids(cloud, collection, "qos_policy_id", id).first() {
            return Err(in_use("QosPolicyInUse", format!("QoS Policy {id} is used by {what} {user}.")));
        }
    }
    for (path, _) in TYPES {
        for rule in ids(cloud, path, "qos_policy_id", id) {
            cloud.store.remove(path, &rule);
        }
    }
    Ok(true)
}
