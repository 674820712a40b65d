//! VPNs.

use super::{in_use, neutron, owned};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{Collection, merged},
    reply::{Outcome, Refusal},
    store::{Object, text},
};
use http::Method;
use serde_json::{Value, json};

pub(super) const SERVICES: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "router_id": "", "subnet_id": null, "flavor_id": null, "admin_state_up": true,
            "project_id": "", "tenant_id": ""})
    },
    told: || json!({"status": "ACTIVE", "external_v6_ip": null}),
    required: &["router_id"],
    fixed: &["router_id", "subnet_id", "flavor_id", "project_id", "tenant_id"],
    refers: &[("router_id", "routers"), ("subnet_id", "subnets")],
    tags: false,
    make: |cloud, call, service| {
        let mut service = owned(cloud, call, service)?;
        let router = cloud.one("routers", text(&service, "router_id"))?;
        let gateway = router.get("external_gateway_info").cloned().unwrap_or_default();
        if gateway.is_null() {
            let why = format!("Router {} has no external network gateway set", text(&router, "id"));
            return Err(Refusal::bad("RouterIsNotExternal", why));
        }
        let address = gateway.pointer("/external_fixed_ips/0/ip_address").cloned();
        service.insert("external_v4_ip".to_owned(), address.unwrap_or_default());
        Ok(service)
    },
    unmake: |cloud, _, service| {
        let id = text(service, "id");
        if cloud.store.having("ipsec-site-connections", "vpnservice_id", id).next().is_some() {
            return Err(in_use("VPNServiceInUse", format!("VPNService {id} is still in use")));
        }
        Ok(true)
    },
    show: pending,
    ..neutron("vpnservices", "vpnservices", "vpnservice", "VPNService")
};

/// Only the answer to a create says that the rest is to come.
fn pending(_: &Cloud, call: &Call, mut object: Object) -> Object {
    if call.method == Method::POST {
        object.insert("status".to_owned(), json!("PENDING_CREATE"));
        if object.contains_key("external_v4_ip") {
            object.insert("external_v4_ip".to_owned(), Value::Null);
        }
    }
    object
}

const POLICY: Collection = Collection {
    fixed: &["project_id", "tenant_id"],
    tags: false,
    make: |cloud, call, policy| {
        let policy = owned(cloud, call, policy)?;
        Ok(timed(&json!({"units": "seconds", "value": 3600}), policy))
    },
    ..neutron("", "", "", "")
};

/// What is left out of a lifetime stays as it is.
fn timed(before: &Value, mut policy: Object) -> Object {
    let said = policy.get("lifetime").cloned().unwrap_or_default();
    let mut whole = before.as_object().cloned().unwrap_or_default();
    whole.extend(said.as_object().cloned().unwrap_or_default());
    policy.insert("lifetime".to_owned(), Value::Object(whole));
    policy
}

fn changed(
    cloud: &Cloud,
    (field, kind, noun): (&str, &str, &str),
    old: &Object,
    new: Object,
) -> Outcome<Object> {
    free(cloud, (field, kind, noun), old)?;
    let before = old.get("lifetime").cloned().unwrap_or_default();
    Ok(timed(&before, merged(old, new)))
}

fn free(cloud: &Cloud, (field, kind, noun): (&str, &str, &str), policy: &Object) -> Outcome<()> {
    let id = text(policy, "id");
    match cloud.store.having("ipsec-site-connections", field, id).next() {
        None => Ok(()),
        Some(_) => {
            let why = format!(
                "{noun} {id} is in use by existing IPsecSiteConnection and can't be updated or deleted"
            );
            Err(in_use(kind, why))
        }
    }
}

const IKE: (&str, &str, &str) = ("ikepolicy_id", "IKEPolicyInUse", "IKEPolicy");
const IPSEC: (&str, &str, &str) = ("ipsecpolicy_id", "IPsecPolicyInUse", "IPsecPolicy");

pub(super) const IKE_POLICIES: Collection = Collection {
    path: "ikepolicies",
    items: "ikepolicies",
    singular: "ikepolicy",
    noun: "IKEPolicy",
    fields: || {
        json!({"name": "", "description": "", "auth_algorithm": "sha1", "encryption_algorithm": "aes-128",
            "phase1_negotiation_mode": "main", "ike_version": "v1", "lifetime": {}, "pfs": "group5",
            "project_id": "", "tenant_id": ""})
    },
    change: |cloud, _, old, new| changed(cloud, IKE, old, new),
    unmake: |cloud, _, policy| free(cloud, IKE, policy).map(|()| true),
    ..POLICY
};

pub(super) const IPSEC_POLICIES: Collection = Collection {
    path: "ipsecpolicies",
    items: "ipsecpolicies",
    singular: "ipsecpolicy",
    noun: "IPsecPolicy",
    fields: || {
        json!({"name": "", "description": "", "transform_protocol": "esp", "auth_algorithm": "sha1",
            "encryption_algorithm": "aes-128", "encapsulation_mode": "tunnel", "lifetime": {}, "pfs": "group5",
            "project_id": "", "tenant_id": ""})
    },
    change: |cloud, _, old, new| changed(cloud, IPSEC, old, new),
    unmake: |cloud, _, policy| free(cloud, IPSEC, policy).map(|()| true),
    ..POLICY
};

pub(super) const GROUPS: Collection = Collection {
    fields: || json!({"name": "", "description": "", "type": "", "endpoints": [], "project_id": "", "tenant_id": ""}),
    required: &["type"],
    fixed: &["type", "endpoints", "project_id", "tenant_id"],
    tags: false,
    make: owned,
    unmake: |cloud, _, group| {
        let id = text(group, "id");
        let ends = ["local_ep_group_id", "peer_ep_group_id"];
        let mut all = cloud.store.all("ipsec-site-connections");
        if all.any(|connection| ends.iter().any(|end| text(connection, end) == id)) {
            let why = format!("Endpoint group {id} is in use and cannot be deleted");
            return Err(Refusal::bad("EndpointGroupInUse", why));
        }
        Ok(true)
    },
    ..neutron("endpoint-groups", "endpoint_groups", "endpoint_group", "VPN endpoint group")
};

pub(super) const CONNECTIONS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "vpnservice_id": "", "ikepolicy_id": "", "ipsecpolicy_id": "",
            "peer_address": "", "peer_id": "", "local_id": "", "peer_cidrs": [], "local_ep_group_id": null,
            "peer_ep_group_id": null, "psk": "", "initiator": "bi-directional", "mtu": 1500, "dpd": {},
            "admin_state_up": true, "project_id": "", "tenant_id": ""})
    },
    told: || json!({"status": "ACTIVE", "auth_mode": "psk", "route_mode": "static"}),
    required: &["vpnservice_id", "ikepolicy_id", "ipsecpolicy_id", "peer_address", "peer_id", "psk"],
    fixed: &["vpnservice_id", "ikepolicy_id", "ipsecpolicy_id", "project_id", "tenant_id"],
    refers: &[
        ("vpnservice_id", "vpnservices"),
        ("ikepolicy_id", "ikepolicies"),
        ("ipsecpolicy_id", "ipsecpolicies"),
        ("local_ep_group_id", "endpoint-groups"),
        ("peer_ep_group_id", "endpoint-groups"),
    ],
    tags: false,
    make: |cloud, call, connection| {
        let usual = json!({"action": "hold", "interval": 30, "timeout": 120});
        let connection = owned(cloud, call, connection)?;
        watched(cloud, &usual, connection)
    },
    change: |cloud, _, old, new| {
        let before = old.get("dpd").cloned().unwrap_or_default();
        watched(cloud, &before, merged(old, new))
    },
    show: pending,
    ..neutron(
        "ipsec-site-connections",
        "ipsec_site_connections",
        "ipsec_site_connection",
        "IPsec site connection",
    )
};

/// What is left out of `dpd` stays as it is; and one end is a subnet, or both are groups.
fn watched(cloud: &Cloud, before: &Value, mut connection: Object) -> Outcome<Object> {
    let said = connection.get("dpd").cloned().unwrap_or_default();
    let mut whole = before.as_object().cloned().unwrap_or_default();
    whole.extend(said.as_object().cloned().unwrap_or_default());
    connection.insert("dpd".to_owned(), Value::Object(whole));
    let service = cloud.one("vpnservices", text(&connection, "vpnservice_id"))?;
    let groups = ["local_ep_group_id", "peer_ep_group_id"].map(|end| !text(&connection, end).is_empty());
    if text(&service, "subnet_id").is_empty() && groups.contains(&false) {
        let why = "Missing endpoint group for IPSec site-to-site connection";
        return Err(Refusal::bad("MissingRequiredEndpointGroup", why));
    }
    Ok(connection)
}
