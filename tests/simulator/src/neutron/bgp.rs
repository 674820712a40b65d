//! BGP speakers and peers, and VPNs of BGP.

use super::{neutron, owned};
use crate::{
    call::{Call, Service::Neutron},
    cloud::Cloud,
    collection::{self, Collection},
    reply::{Done, Outcome, Refusal},
    store::text,
};
use serde_json::{Value, json};

pub(super) const SPEAKERS: Collection = Collection {
    fields: || {
        json!({"name": "", "local_as": null, "ip_version": null, "advertise_floating_ip_host_routes": true,
            "advertise_tenant_networks": true, "project_id": "", "tenant_id": ""})
    },
    told: || json!({"peers": [], "networks": []}),
    fixed: &["local_as", "ip_version", "project_id", "tenant_id"],
    admin: true,
    tags: false,
    make: owned,
    ..neutron("bgp-speakers", "bgp_speakers", "bgp_speaker", "Bgp speaker")
};

pub(super) const PEERS: Collection = Collection {
    fields: || {
        json!({"name": "", "peer_ip": "", "remote_as": null, "auth_type": "", "password": null, "project_id": "",
            "tenant_id": ""})
    },
    required: &["peer_ip", "auth_type"],
    fixed: &["peer_ip", "remote_as", "auth_type", "project_id", "tenant_id"],
    admin: true,
    tags: false,
    make: |cloud, call, peer| {
        if text(&peer, "auth_type") == "md5" && text(&peer, "password").is_empty() {
            let why = "A password must be supplied when using auth_type md5.";
            return Err(Refusal::bad("InvalidBgpPeerMd5Authentication", why));
        }
        owned(cloud, call, peer)
    },
    show: |_, _, mut peer| {
        peer.remove("password");
        peer
    },
    ..neutron("bgp-peers", "bgp_peers", "bgp_peer", "Bgp peer")
};

/// `add_bgp_peer`, `remove_gateway_network` and the like.
pub(super) fn edit(cloud: &mut Cloud, call: &Call, id: &str, action: &str) -> Outcome {
    if !call.who.admin {
        return Err(collection::not_found("bgp-speakers", id));
    }
    let mut speaker = cloud.one("bgp-speakers", id)?;
    let peer = action.ends_with("_bgp_peer");
    let (list, field, of) =
        if peer { ("peers", "bgp_peer_id", "bgp-peers") } else { ("networks", "network_id", "networks") };
    let sent = call.body.get(field).and_then(Value::as_str).unwrap_or_default();
    cloud.one(of, sent)?;
    let mut all = speaker.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
    let had = all.iter().any(|have| have == sent);
    all.retain(|have| have != sent);
    if action.starts_with("add_") {
        all.push(json!(sent));
    } else if !had {
        let kind = if peer { "BgpSpeakerPeerNotAssociated" } else { "BgpSpeakerNetworkNotAssociated" };
        return Err(Refusal::new(404, kind, format!("{sent} is not associated with BGP speaker {id}.")));
    }
    speaker.insert(list.to_owned(), Value::Array(all));
    cloud.store.put("bgp-speakers", speaker);
    Ok(Done::new(200, json!({ field: sent })))
}

pub(super) const VPNS: Collection = Collection {
    fields: || {
        json!({"name": "", "type": "l3", "route_targets": [], "import_targets": [], "export_targets": [],
            "route_distinguishers": [], "vni": null, "local_pref": null, "project_id": "", "tenant_id": ""})
    },
    fixed: &["type", "vni", "project_id", "tenant_id"],
    admin: true,
    tags: false,
    make: owned,
    unmake: |cloud, _, vpn| {
        for of in [NETWORKS.path, ROUTERS.path, PORTS.path] {
            for id in super::ids(cloud, of, "bgpvpn_id", text(vpn, "id")) {
                cloud.store.remove(of, &id);
            }
        }
        Ok(true)
    },
    show: |cloud, _, mut vpn| {
        let id = text(&vpn, "id").to_owned();
        for (list, of, field) in [
            ("networks", NETWORKS.path, "network_id"),
            ("routers", ROUTERS.path, "router_id"),
            ("ports", PORTS.path, "port_id"),
        ] {
            let all: Vec<_> =
                cloud.store.having(of, "bgpvpn_id", &id).map(|one| text(one, field).to_owned()).collect();
            vpn.insert(list.to_owned(), json!(all));
        }
        vpn
    },
    ..neutron("bgpvpns", "bgpvpns", "bgpvpn", "BGPVPN")
};

const ASSOCIATIONS: Collection = Collection {
    update: "",
    admin: true,
    make: |cloud, call, association| {
        let vpn = text(&association, "bgpvpn_id");
        let kinds = [
            ("network_id", "networks", NETWORKS.path, "network", "Net"),
            ("router_id", "routers", ROUTERS.path, "router", "Router"),
            ("port_id", "ports", PORTS.path, "port", "Port"),
        ];
        for (field, of, path, what, short) in
            kinds.into_iter().filter(|kind| association.contains_key(kind.0))
        {
            let id = text(&association, field);
            cloud.one(of, id)?;
            if cloud.store.having(path, "bgpvpn_id", vpn).any(|other| text(other, field) == id) {
                let why = format!("{what} {id} is already associated to BGPVPN {vpn}");
                return Err(Refusal::bad(&format!("BGPVPN{short}AssocAlreadyExists"), why));
            }
        }
        owned(cloud, call, association)
    },
    ..Collection::of(Neutron, "", "", "", "")
};

/// Networks in VPNs. Local IPs have associations as well, so these are kept under another name.
pub(super) const NETWORKS: Collection = Collection {
    path: "bgpvpn_network_associations",
    items: "network_associations",
    singular: "network_association",
    noun: "BGPVPN net assoc",
    fields: || json!({"network_id": "", "project_id": "", "tenant_id": ""}),
    required: &["network_id"],
    ..ASSOCIATIONS
};

pub(super) const ROUTERS: Collection = Collection {
    path: "bgpvpn_router_associations",
    items: "router_associations",
    singular: "router_association",
    noun: "BGPVPN router assoc",
    fields: || json!({"router_id": "", "advertise_extra_routes": true, "project_id": "", "tenant_id": ""}),
    required: &["router_id"],
    update: "PUT",
    fixed: &["router_id", "project_id", "tenant_id"],
    ..ASSOCIATIONS
};

/// Local IPs have associations with ports, too.
pub(super) const PORTS: Collection = Collection {
    path: "bgpvpn_port_associations",
    items: "port_associations",
    singular: "port_association",
    noun: "BGPVPN port assoc",
    fields: || json!({"port_id": "", "advertise_fixed_ips": true, "routes": [], "project_id": "", "tenant_id": ""}),
    required: &["port_id"],
    update: "PUT",
    fixed: &["port_id", "project_id", "tenant_id"],
    // An update that says no routes takes all away.
    change: |_, _, old, new| {
        let mut whole = old.clone();
        whole.insert("routes".to_owned(), json!([]));
        whole.extend(new);
        Ok(whole)
    },
    show: |_, _, mut association| {
        let routes = association.get_mut("routes").and_then(Value::as_array_mut);
        for route in routes.into_iter().flatten().filter_map(Value::as_object_mut) {
            route.entry("local_pref").or_insert(Value::Null);
        }
        association
    },
    ..ASSOCIATIONS
};

/// `/bgpvpn` and what is below.
pub(super) fn vpns(cloud: &mut Cloud, call: &mut Call, parts: &[&str]) -> Outcome {
    let [_, id, below, rest @ ..] = parts else { return collection::answer(cloud, call, parts) };
    let of = match *below {
        "network_associations" => NETWORKS.path,
        "router_associations" => ROUTERS.path,
        "port_associations" => PORTS.path,
        _ => return Err(Refusal::no_path()),
    };
    cloud.one("bgpvpns", id)?;
    call.within = vec![("bgpvpn_id", (*id).to_owned())];
    let parts: Vec<_> = std::iter::once(of).chain(rest.iter().copied()).collect();
    collection::answer(cloud, call, &parts)
}
