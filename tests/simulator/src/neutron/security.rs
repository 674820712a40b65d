//! Security groups and their rules.

use super::{ids, in_use, neutron, own, stamps};
use crate::{
    address::Range,
    call::Call,
    cloud::Cloud,
    collection::{self, Collection},
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

pub(super) const GROUPS: Collection = Collection {
    fields: || json!({"name": "", "description": "", "stateful": true, "project_id": "", "tenant_id": ""}),
    told: || json!({"shared": false}),
    fixed: &["project_id", "tenant_id"],
    make: |cloud, call, group| {
        let group = own(cloud, call, group)?;
        ways_out(cloud, &group);
        Ok(group)
    },
    unmake: unmake_group,
    show: show_group,
    ..neutron("security-groups", "security_groups", "security_group", "Security group")
};

pub(super) const RULES: Collection = Collection {
    fields: || {
        json!({"security_group_id": "", "description": "", "direction": null, "ethertype": "IPv4", "protocol": null,
            "port_range_min": null, "port_range_max": null, "remote_ip_prefix": null, "remote_group_id": null,
            "remote_address_group_id": null, "project_id": "", "tenant_id": ""})
    },
    required: &["direction", "security_group_id"],
    refers: &[("security_group_id", "security-groups"), ("remote_group_id", "security-groups")],
    update: "",
    make: make_rule,
    ..neutron("security-group-rules", "security_group_rules", "security_group_rule", "Security group rule")
};

/// A project's default group, which is there as soon as anybody looks.
pub(crate) fn default_group(cloud: &mut Cloud, project: Option<String>) -> Option<String> {
    let project = project?;
    let mut all = cloud.store.having("security-groups", "project_id", &project);
    if let Some(group) = all.find(|group| text(group, "name") == "default") {
        return Some(text(group, "id").to_owned());
    }
    let id = cloud.uuid();
    let fields = json!({"name": "default", "description": "Default security group"});
    let mut group = GROUPS.complete(id.clone(), object(fields));
    group.extend(stamps(cloud, &project));
    ways_out(cloud, &group);
    for ethertype in ["IPv4", "IPv6"] {
        add_rule(
            cloud,
            &group,
            json!({"direction": "ingress", "ethertype": ethertype, "remote_group_id": id}),
        );
    }
    cloud.store.put("security-groups", group);
    Some(id)
}

/// Every group lets everything out.
fn ways_out(cloud: &mut Cloud, group: &Object) {
    for ethertype in ["IPv4", "IPv6"] {
        add_rule(cloud, group, json!({"direction": "egress", "ethertype": ethertype}));
    }
}

fn add_rule(cloud: &mut Cloud, group: &Object, fields: Value) {
    let mut rule = RULES.complete(cloud.uuid(), object(fields));
    rule.extend(stamps(cloud, text(group, "project_id")));
    rule.insert("security_group_id".to_owned(), json!(text(group, "id")));
    rule.extend(derived(&rule, text(group, "name") == "default"));
    cloud.store.put("security-group-rules", rule);
}

fn derived(rule: &Object, default: bool) -> [(String, Value); 2] {
    let prefix = text(rule, "remote_ip_prefix");
    let length = prefix.split_once('/').map(|(_, length)| length);
    let plain = Range::parse(prefix)
        .zip(length)
        .map(|(range, length)| format!("{}/{length}", range.address(range.first)));
    [("normalized_cidr".to_owned(), json!(plain)), ("belongs_to_default_sg".to_owned(), json!(default))]
}

/// Several rules by one request: all, or none.
pub(super) fn bulk(cloud: &mut Cloud, call: &mut Call) -> Outcome {
    let sent = call.body.get(RULES.items).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut made = vec![];
    for rule in sent {
        call.body = json!({ RULES.singular: rule });
        match collection::answer(cloud, call, &[RULES.path]) {
            Ok(done) => made.push(done.body.get(RULES.singular).cloned().unwrap_or_default()),
            Err(why) => {
                let ids = made.iter().filter_map(|rule: &Value| rule.get("id")?.as_str());
                for id in ids {
                    cloud.store.remove(RULES.path, id);
                }
                return Err(why);
            }
        }
    }
    Ok(Done::new(201, json!({ RULES.items: made })))
}

fn make_rule(cloud: &mut Cloud, call: &Call, rule: Object) -> Outcome<Object> {
    let mut rule = own(cloud, call, rule)?;
    let group = cloud.one("security-groups", text(&rule, "security_group_id"))?;
    let said = [
        "direction",
        "ethertype",
        "protocol",
        "port_range_min",
        "port_range_max",
        "remote_ip_prefix",
        "remote_group_id",
    ];
    let same = |other: &&Object| said.iter().all(|field| rule.get(*field) == other.get(*field));
    let mut others = cloud.store.having("security-group-rules", "security_group_id", text(&group, "id"));
    if let Some(twin) = others.find(same) {
        let why = format!("Security group rule already exists. Rule id is {}.", text(twin, "id"));
        return Err(in_use("SecurityGroupRuleExists", why));
    }
    rule.extend(derived(&rule, text(&group, "name") == "default"));
    Ok(rule)
}

fn unmake_group(cloud: &mut Cloud, call: &Call, group: &Object) -> Outcome<bool> {
    let id = text(group, "id");
    let used = |port: &Object| {
        port.get("security_groups")
            .and_then(Value::as_array)
            .is_some_and(|all| all.iter().any(|have| have == id))
    };
    if cloud.store.all("ports").any(used) {
        return Err(in_use("SecurityGroupInUse", format!("Security Group {id} in use.")));
    }
    if text(group, "name") == "default" && !call.who.admin {
        let why = format!("Insufficient rights for removing default security group {id}.");
        return Err(Refusal::new(409, "SecurityGroupCannotRemoveDefault", why));
    }
    for rule in ids(cloud, "security-group-rules", "security_group_id", id) {
        cloud.store.remove("security-group-rules", &rule);
    }
    Ok(true)
}

fn show_group(cloud: &Cloud, _: &Call, mut group: Object) -> Object {
    let id = text(&group, "id").to_owned();
    let rules: Vec<_> =
        cloud.store.having("security-group-rules", "security_group_id", &id).cloned().collect();
    group.insert("security_group_rules".to_owned(), json!(rules));
    group
}
