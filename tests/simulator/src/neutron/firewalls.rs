//! Firewalls.

use super::{in_use, neutron, own};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{Collection, merged},
    reply::{Outcome, Refusal},
    store::{Object, text, truth},
};
use serde_json::{Value, json};

pub(super) const RULES: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "action": "deny", "protocol": null, "ip_version": 4,
            "source_ip_address": null, "destination_ip_address": null, "source_port": null, "destination_port": null,
            "source_firewall_group_id": null, "destination_firewall_group_id": null, "enabled": true, "shared": false,
            "project_id": "", "tenant_id": ""})
    },
    fixed: &["project_id", "tenant_id"],
    tags: false,
    make: own,
    unmake: |cloud, _, rule| {
        let id = text(rule, "id");
        if cloud.store.all("firewall_policies").any(|policy| holds(policy, "firewall_rules", id)) {
            return Err(in_use("FirewallRuleInUse", format!("Firewall rule {id} is being used.")));
        }
        Ok(true)
    },
    show: |cloud, _, mut rule| {
        let id = text(&rule, "id").to_owned();
        let policies = cloud.store.all("firewall_policies");
        let policies = policies.filter(|policy| holds(policy, "firewall_rules", &id));
        let policies: Vec<_> = policies.map(|policy| text(policy, "id")).collect();
        let told = if policies.is_empty() { Value::Null } else { json!(policies) };
        rule.insert("firewall_policy_id".to_owned(), told);
        rule
    },
    ..neutron("firewall_rules", "firewall_rules", "firewall_rule", "Firewall rule")
};

fn holds(object: &Object, list: &str, id: &str) -> bool {
    object.get(list).and_then(Value::as_array).into_iter().flatten().any(|have| have == id)
}

pub(super) const POLICIES: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "firewall_rules": [], "audited": false, "shared": false, "project_id": "",
            "tenant_id": ""})
    },
    fixed: &["project_id", "tenant_id"],
    tags: false,
    make: own,
    // What somebody checked is no more what it was.
    change: |_, _, old, mut new| {
        new.entry("audited").or_insert(json!(false));
        Ok(merged(old, new))
    },
    unmake: |cloud, _, policy| {
        let id = text(policy, "id");
        let ways = ["ingress_firewall_policy_id", "egress_firewall_policy_id"];
        let mut groups = cloud.store.all("firewall_groups");
        if groups.any(|group| ways.iter().any(|way| text(group, way) == id)) {
            return Err(in_use("FirewallPolicyInUse", format!("Firewall policy {id} is being used.")));
        }
        Ok(true)
    },
    ..neutron("firewall_policies", "firewall_policies", "firewall_policy", "Firewall policy")
};

pub(super) const GROUPS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "ports": [], "ingress_firewall_policy_id": null,
            "egress_firewall_policy_id": null, "admin_state_up": true, "shared": false, "project_id": "",
            "tenant_id": ""})
    },
    fixed: &["project_id", "tenant_id"],
    tags: false,
    refers: &[
        ("ingress_firewall_policy_id", "firewall_policies"),
        ("egress_firewall_policy_id", "firewall_policies"),
    ],
    make: |cloud, call, group| {
        let group = own(cloud, call, group)?;
        settled(cloud, group)
    },
    change: |cloud, _: &Call, old, new| settled(cloud, merged(old, new)),
    unmake: |_, _, group| match ports(group).is_empty() {
        true => Ok(true),
        false => {
            let why = format!("Firewall group {} is still active.", text(group, "id"));
            Err(in_use("FirewallGroupInUse", why))
        }
    },
    ..neutron("firewall_groups", "firewall_groups", "firewall_group", "Firewall group")
};

fn ports(group: &Object) -> Vec<&str> {
    group.get("ports").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Its ports are routers' or servers', and what follows from them.
fn settled(cloud: &Cloud, mut group: Object) -> Outcome<Object> {
    for port in ports(&group) {
        let found = cloud.one("ports", port)?;
        if text(&found, "device_owner") != "network:router_interface" {
            let why = format!("Firewall Group Port {port} is invalid.");
            return Err(Refusal::conflict("FirewallGroupPortInvalid", why));
        }
    }
    let status = match (truth(&group, "admin_state_up"), ports(&group).is_empty()) {
        (false, _) => "DOWN",
        (true, true) => "INACTIVE",
        (true, false) => "ACTIVE",
    };
    group.insert("status".to_owned(), json!(status));
    Ok(group)
}
