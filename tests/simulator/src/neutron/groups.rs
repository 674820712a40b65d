//! Address scopes and address groups, and who else may use objects.

use super::{in_use, neutron, own, owned};
use crate::{
    address::Range,
    call::Call,
    cloud::Cloud,
    collection::{self, Collection, merged},
    reply::{Done, Outcome, Refusal},
    store::{Object, text, truth},
};
use serde_json::{Value, json};

pub(super) const SCOPES: Collection = Collection {
    fields: || json!({"name": "", "ip_version": 0, "shared": false, "project_id": "", "tenant_id": ""}),
    required: &["ip_version"],
    fixed: &["ip_version", "project_id", "tenant_id"],
    tags: false,
    make: owned,
    change: |_, _, old, new| {
        if truth(old, "shared") && new.get("shared").is_some_and(|shared| shared == false) {
            let why = format!(
                "Unable to update address scope {}: Shared address scope can't be unshared.",
                text(old, "id")
            );
            return Err(Refusal::bad("AddressScopeUpdateError", why));
        }
        Ok(merged(old, new))
    },
    unmake: |cloud, _, scope| {
        let id = text(scope, "id");
        if cloud.store.having("subnetpools", "address_scope_id", id).next().is_some() {
            let why = format!(
                "Unable to complete operation on address scope {id}. There are one or more subnet pools in use on the address scope."
            );
            return Err(in_use("AddressScopeInUse", why));
        }
        Ok(true)
    },
    ..neutron("address-scopes", "address_scopes", "address_scope", "Address scope")
};

pub(super) const GROUPS: Collection = Collection {
    fields: || json!({"name": "", "description": "", "addresses": [], "project_id": "", "tenant_id": ""}),
    fixed: &["addresses", "project_id", "tenant_id"],
    tags: false,
    make: |cloud, call, group| {
        let mut group = own(cloud, call, group)?;
        let all = ranges(group.get("addresses"))?;
        group.insert("addresses".to_owned(), json!(all));
        group.remove("tags");
        Ok(group)
    },
    unmake: |cloud, _, group| {
        let id = text(group, "id");
        if cloud.store.having("security-group-rules", "remote_address_group_id", id).next().is_some() {
            return Err(in_use(
                "AddressGroupInUse",
                format!("Address group {id} is in use on one or more security group rules"),
            ));
        }
        Ok(true)
    },
    ..neutron("address-groups", "address_groups", "address_group", "Address group")
};

/// Ranges without host bits.
fn ranges(addresses: Option<&Value>) -> Outcome<Vec<String>> {
    let all = addresses.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let plain = |text: &str| {
        let range = Range::parse(text).zip(text.split_once('/'));
        let why = || format!("Invalid input for addresses. Reason: '{text}' is not a valid IP subnet.");
        range
            .map(|(range, (_, length))| format!("{}/{length}", range.address(range.first)))
            .ok_or_else(|| Refusal::bad("HTTPBadRequest: address of no range", why()))
    };
    all.map(plain).collect()
}

/// `add_addresses` and `remove_addresses`.
pub(super) fn edit(cloud: &mut Cloud, call: &Call, id: &str, action: &str) -> Outcome {
    let mut group = cloud.one("address-groups", id)?;
    if !GROUPS.visible(call, &group) {
        return Err(collection::not_found("address-groups", id));
    }
    let sent = ranges(call.body.get("addresses"))?;
    let mut have = ranges(group.get("addresses"))?;
    let adds = action == "add_addresses";
    let wrong: Vec<_> = sent.iter().filter(|one| have.contains(one) == adds).cloned().collect();
    let wrong = wrong.join(", ");
    match (wrong.is_empty(), adds) {
        (false, true) => {
            let why = format!("Addresses {wrong} already exist in the address group {id}");
            return Err(Refusal::bad("AddressesAlreadyExist", why));
        }
        (false, false) => {
            return Err(Refusal::new(
                404,
                "AddressesNotFound",
                format!("Addresses {wrong} not found in the address group {id}"),
            ));
        }
        (true, true) => have.extend(sent),
        (true, false) => have.retain(|one| !sent.contains(one)),
    }
    group.insert("addresses".to_owned(), json!(have));
    collection::touch(cloud, &mut group);
    cloud.store.put("address-groups", group.clone());
    Ok(Done::new(200, json!({ "address_group": group })))
}

pub(super) const RBAC: Collection = Collection {
    fields: || json!({"object_type": null, "object_id": "", "action": "", "target_tenant": "", "project_id": "", "tenant_id": ""}),
    required: &["object_id", "action", "target_tenant"],
    fixed: &["object_type", "object_id", "action", "project_id", "tenant_id"],
    tags: false,
    make: |cloud, call, policy| {
        let policy = owned(cloud, call, policy)?;
        let fields = ["object_type", "object_id", "action", "target_tenant"];
        let same = |other: &Object| fields.iter().all(|field| other.get(*field) == policy.get(*field));
        if cloud.store.all("rbac-policies").any(same) {
            return Err(in_use(
                "DuplicateRbacPolicy",
                "An RBAC policy already exists with those values.".to_owned(),
            ));
        }
        Ok(policy)
    },
    ..neutron("rbac-policies", "rbac_policies", "rbac_policy", "Rbac policy")
};
