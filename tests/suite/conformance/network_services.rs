//! Rows of what Neutron's service plugins have: VPNs, firewalls, BGP, copies of packets, logs, chains; and of sets.

use super::{Row, network::row};
use serde_json::json;

const ADMIN: &str = "needs administrator's rights";

pub fn rows() -> Vec<Row> {
    [vpns(), connections(), firewalls(), sets(), bgp(), bgp_vpns(), taps(), chains()]
        .into_iter()
        .flatten()
        .collect()
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn vpns() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "site", "description": "This end of the VPN [kupenstack:*", "subnet_id": null,
                "router_id": "@network.Router/site", "external_v4_ip": "203.0.113.*", "status": "ACTIVE"}),
            change: json!({"name": "site-2", "description": "", "adminStateUp": false}),
            changed: json!({"name": "site-2", "description": "[kupenstack:*", "admin_state_up": false}),
            drift: Some(("PUT", "/vpn/vpnservices/{id}", json!({"vpnservice": {"name": "theirs"}}))),
            rigged: true,
            ..row("vpn.VPNService", "/vpn/vpnservices/{id}", "vpnservice")
        },
        Row {
            created: json!({"name": "strong", "description": "As the other site wants it [kupenstack:*", "ike_version": "v2",
                "encryption_algorithm": "aes-256", "auth_algorithm": "sha256", "pfs": "group14",
                "lifetime": {"units": "seconds", "value": 7200}}),
            change: json!({"name": "weak", "description": "", "ikeVersion": "v1", "encryptionAlgorithm": "aes-128-gcm-16",
                "authAlgorithm": "sha512", "pfs": "group31", "phase1NegotiationMode": "aggressive",
                "lifetime": {"value": 60}}),
            changed: json!({"name": "weak", "description": "[kupenstack:*", "ike_version": "v1",
                "encryption_algorithm": "aes-128-gcm-16", "auth_algorithm": "sha512", "pfs": "group31",
                "phase1_negotiation_mode": "aggressive", "lifetime": {"units": "seconds", "value": 60}}),
            drift: Some(("PUT", "/vpn/ikepolicies/{id}", json!({"ikepolicy": {"pfs": "group2"}}))),
            ..row("vpn.IKEPolicy", "/vpn/ikepolicies/{id}", "ikepolicy")
        },
        Row {
            created: json!({"name": "strong", "description": "As the other site wants it [kupenstack:*",
                "transform_protocol": "esp", "encryption_algorithm": "aes-256", "auth_algorithm": "sha256",
                "encapsulation_mode": "tunnel", "pfs": "group14", "lifetime": {"units": "seconds", "value": 3600}}),
            change: json!({"name": "weak", "description": "", "transformProtocol": "ah-esp", "encryptionAlgorithm": "3des",
                "authAlgorithm": "sha1", "encapsulationMode": "transport", "pfs": "group2", "lifetime": {"value": 60}}),
            changed: json!({"name": "weak", "description": "[kupenstack:*", "transform_protocol": "ah-esp",
                "encryption_algorithm": "3des", "auth_algorithm": "sha1", "encapsulation_mode": "transport",
                "pfs": "group2", "lifetime": {"units": "seconds", "value": 60}}),
            drift: Some(("PUT", "/vpn/ipsecpolicies/{id}", json!({"ipsecpolicy": {"pfs": "group5"}}))),
            ..row("vpn.IPsecPolicy", "/vpn/ipsecpolicies/{id}", "ipsecpolicy")
        },
        Row {
            created: json!({"name": "inside", "description": "Subnets of this end [kupenstack:*", "type": "subnet",
                "endpoints": ["@network.Subnet/site-v4"]}),
            change: json!({"name": "inside-2", "description": ""}),
            changed: json!({"name": "inside-2", "description": "[kupenstack:*"}),
            drift: Some(("PUT", "/vpn/endpoint-groups/{id}", json!({"endpoint_group": {"name": "theirs"}}))),
            ..row("vpn.VPNEndpointGroup", "/vpn/endpoint-groups/{id}", "endpoint_group")
        },
    ]
}

fn connections() -> Vec<Row> {
    vec![Row {
        created: json!({"name": "branch", "description": "To the branch office [kupenstack:*", "peer_address": "198.51.100.7",
            "peer_id": "198.51.100.7", "psk": "change-me-on-both-ends", "initiator": "bi-directional", "mtu": 1400,
            "dpd": {"action": "restart", "interval": 20, "timeout": 60}, "status": "ACTIVE",
            "local_ep_group_id": "@vpn.VPNEndpointGroup/inside", "peer_ep_group_id": "@vpn.VPNEndpointGroup/branch"}),
        change: json!({"name": "branch-2", "description": "", "peerAddress": "198.51.100.8", "peerId": "branch.example.org",
            "localId": "site.example.org", "pskSecretRef": {"name": "branch-vpn", "key": "next-psk"},
            "initiator": "response-only", "mtu": 1300, "dpd": {"timeout": 90}, "adminStateUp": false}),
        changed: json!({"name": "branch-2", "description": "[kupenstack:*", "peer_address": "198.51.100.8",
            "peer_id": "branch.example.org", "local_id": "site.example.org", "psk": "changed-on-both-ends",
            "initiator": "response-only", "mtu": 1300, "admin_state_up": false,
            "dpd": {"action": "restart", "interval": 20, "timeout": 90}}),
        drift: Some((
            "PUT",
            "/vpn/ipsec-site-connections/{id}",
            json!({"ipsec_site_connection": {"mtu": 1280, "dpd": {"action": "hold"}}}),
        )),
        left: &[
            ("peerCidrs", "the example's VPN service has no subnet"),
            ("localEpGroupId", "another group would be the same in another name"),
            ("peerEpGroupId", "another group would be the same in another name"),
        ],
        rigged: true,
        ..row("vpn.IPsecSiteConnection", "/vpn/ipsec-site-connections/{id}", "ipsec_site_connection")
    }]
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn firewalls() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "https", "description": "HTTPS from anywhere [kupenstack:*", "action": "allow",
                "protocol": "tcp", "ip_version": 4, "destination_port": "443"}),
            change: json!({"name": "https-2", "description": "", "action": "deny", "protocol": "udp", "ipVersion": 6,
                "sourceIpAddress": "2001:db8:1::/48", "destinationIpAddress": "2001:db8:2::7", "sourcePort": "1024:65535",
                "destinationPort": "", "enabled": false}),
            changed: json!({"name": "https-2", "description": "[kupenstack:*", "action": "deny", "protocol": "udp",
                "ip_version": 6, "source_ip_address": "2001:db8:1::/48", "destination_ip_address": "2001:db8:2::7",
                "source_port": "1024:65535", "destination_port": null, "enabled": false}),
            drift: Some((
                "PUT",
                "/fwaas/firewall_rules/{id}",
                json!({"firewall_rule": {"action": "reject", "enabled": true}}),
            )),
            left: &[
                ("shared", ADMIN),
                ("sourceFirewallGroupId", "the group would need the rule, and the rule the group"),
                ("destinationFirewallGroupId", "the group would need the rule, and the rule the group"),
            ],
            ..row("firewall.FirewallRule", "/fwaas/firewall_rules/{id}", "firewall_rule")
        },
        Row {
            created: json!({"name": "web", "description": "What reaches the web [kupenstack:*",
                "firewall_rules": ["@firewall.FirewallRule/https", "@firewall.FirewallRule/no-telnet"]}),
            change: json!({"name": "web-2", "description": "",
                "firewallRuleIds": ["@firewall.FirewallRule/no-telnet"]}),
            changed: json!({"name": "web-2", "description": "[kupenstack:*",
                "firewall_rules": ["@firewall.FirewallRule/no-telnet"]}),
            drift: Some((
                "PUT",
                "/fwaas/firewall_policies/{id}",
                json!({"firewall_policy": {"firewall_rules": []}}),
            )),
            left: &[("shared", ADMIN), ("audited", "the changes of its rules take it away meanwhile")],
            ..row("firewall.FirewallPolicy", "/fwaas/firewall_policies/{id}", "firewall_policy")
        },
        Row {
            created: json!({"name": "web", "description": "Before the router's inner port [kupenstack:*", "status": "ACTIVE",
                "ports": ["@network.Port/dmz-router"],
                "ingress_firewall_policy_id": "@firewall.FirewallPolicy/web"}),
            change: json!({"name": "web-2", "description": "", "adminStateUp": false, "portIds": [],
                "ingressFirewallPolicyId": "", "egressFirewallPolicyId": "@firewall.FirewallPolicy/web"}),
            changed: json!({"name": "web-2", "description": "[kupenstack:*", "admin_state_up": false, "ports": [],
                "ingress_firewall_policy_id": null,
                "egress_firewall_policy_id": "@firewall.FirewallPolicy/web"}),
            drift: Some((
                "PUT",
                "/fwaas/firewall_groups/{id}",
                json!({"firewall_group": {"egress_firewall_policy_id": null}}),
            )),
            left: &[("shared", ADMIN)],
            rigged: true,
            ..row("firewall.FirewallGroup", "/fwaas/firewall_groups/{id}", "firewall_group")
        },
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn sets() -> Vec<Row> {
    let rules =
        || row("network.SecurityGroupRuleSet", "/security-groups/{securityGroupId}", "security_group");
    vec![
        Row {
            created: json!({"routes": [{"destination": "198.51.100.0/24", "nexthop": "10.63.0.254"},
                {"destination": "192.0.2.0/24", "nexthop": "10.63.0.253"}]}),
            change: json!({"routes": [{"destination": "198.51.100.0/24", "nexthop": "10.63.0.252"}]}),
            changed: json!({"routes": [{"destination": "198.51.100.0/24", "nexthop": "10.63.0.252"}]}),
            drift: Some((
                "PUT",
                "/routers/{id}",
                json!({"router": {"routes": [{"destination": "198.18.0.0/24", "nexthop": "10.63.0.250"}]}}),
            )),
            after: json!({"routes": []}),
            ..row("network.RouterRouteSet", "/routers/{id}", "router")
        },
        Row {
            created: json!({"security_group_rules": [
                {"direction": "ingress", "protocol": "tcp", "port_range_min": 5432, "port_range_max": 5432,
                    "remote_group_id": "@network.SecurityGroup/web",
                    "description": "PostgreSQL from the front-end servers [kupenstack:*"},
                {"direction": "egress", "ethertype": "IPv4", "protocol": null}]}),
            change: json!({"rules": [{"direction": "ingress", "protocol": "icmp"}]}),
            changed: json!({"security_group_rules": [{"direction": "ingress", "protocol": "icmp"}]}),
            drift: Some((
                "POST",
                "/security-group-rules",
                json!({"security_group_rule": {"security_group_id": "{id}", "direction": "egress"}}),
            )),
            after: json!({"security_group_rules": []}),
            by_owner: true,
            ..rules()
        },
        Row {
            created: json!({"security_group_rules": [{"direction": "ingress", "port_range_min": 22},
                {"direction": "egress", "ethertype": "IPv4"}, {"direction": "egress", "ethertype": "IPv6"}]}),
            change: json!({"additionalRules": [{"direction": "ingress", "protocol": "udp"}]}),
            changed: json!({"security_group_rules": [{"direction": "ingress", "protocol": "udp"},
                {"direction": "egress", "ethertype": "IPv4"}, {"direction": "egress", "ethertype": "IPv6"}]}),
            after: json!({"security_group_rules": [{"direction": "egress"}, {"direction": "egress"}]}),
            ..rules().also(
                "ssh",
                "default",
                &json!({"securityGroupIdRef": {"name": "ssh"}, "additionalRules": [
                    {"direction": "ingress", "protocol": "tcp", "portRangeMin": 22, "portRangeMax": 22}]}),
            )
        },
    ]
}

fn bgp() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "edge", "local_as": 64512, "ip_version": 4, "advertise_floating_ip_host_routes": true,
                "peers": ["@network.BGPPeer/upstream"], "networks": ["@network.Network/outside"]}),
            change: json!({"name": "edge-2", "advertiseFloatingIpHostRoutes": false, "advertiseTenantNetworks": false,
                "peerIds": [], "networkIds": []}),
            changed: json!({"name": "edge-2", "advertise_floating_ip_host_routes": false,
                "advertise_tenant_networks": false, "peers": [], "networks": []}),
            drift: Some((
                "PUT",
                "/bgp-speakers/{id}",
                json!({"bgp_speaker": {"advertise_tenant_networks": true}}),
            )),
            ..row("network.BGPSpeaker", "/bgp-speakers/{id}", "bgp_speaker")
        },
        Row {
            created: json!({"name": "upstream", "peer_ip": "203.0.113.254", "remote_as": 64513, "auth_type": "md5"}),
            change: json!({"name": "upstream-2", "passwordSecretRef": {"name": "upstream-bgp", "key": "next-password"}}),
            changed: json!({"name": "upstream-2"}),
            drift: Some(("PUT", "/bgp-peers/{id}", json!({"bgp_peer": {"name": "theirs"}}))),
            ..row("network.BGPPeer", "/bgp-peers/{id}", "bgp_peer")
        },
    ]
}

fn bgp_vpns() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "backbone", "type": "l3", "route_targets": ["64512:1"], "import_targets": ["64512:2"],
                "export_targets": ["64512:3"], "route_distinguishers": ["64512:4"]}),
            change: json!({"name": "backbone-2", "routeTargets": ["64512:9"], "importTargets": [],
                "exportTargets": ["64512:3", "64512:5"], "routeDistinguishers": [], "localPref": 200}),
            changed: json!({"name": "backbone-2", "route_targets": ["64512:9"], "import_targets": [],
                "export_targets": ["64512:3", "64512:5"], "route_distinguishers": [], "local_pref": 200}),
            drift: Some(("PUT", "/bgpvpn/bgpvpns/{id}", json!({"bgpvpn": {"route_targets": ["64512:7"]}}))),
            ..row("bgpvpn.BGPVPN", "/bgpvpn/bgpvpns/{id}", "bgpvpn")
        },
        Row {
            created: json!({"network_id": "@network.Network/backbone"}),
            ..row(
                "bgpvpn.BGPVPNNetworkAssociation",
                "/bgpvpn/bgpvpns/{0}/network_associations/{1}",
                "network_association",
            )
        },
        Row {
            created: json!({"router_id": "@network.Router/backbone"}),
            change: json!({"advertiseExtraRoutes": false}),
            changed: json!({"advertise_extra_routes": false}),
            drift: Some((
                "PUT",
                "/bgpvpn/bgpvpns/{0}/router_associations/{1}",
                json!({"router_association": {"advertise_extra_routes": true}}),
            )),
            ..row(
                "bgpvpn.BGPVPNRouterAssociation",
                "/bgpvpn/bgpvpns/{0}/router_associations/{1}",
                "router_association",
            )
        },
        Row {
            created: json!({"port_id": "@network.Port/backbone-gateway", "advertise_fixed_ips": true,
                "routes": [{"type": "prefix", "prefix": "10.79.0.0/24", "local_pref": 50}]}),
            change: json!({"advertiseFixedIps": false, "routes": [{"prefix": "10.79.1.0/24"}, {"prefix": "2001:db8::/48"}]}),
            changed: json!({"advertise_fixed_ips": false, "routes": [{"type": "prefix", "prefix": "10.79.1.0/24"},
                {"type": "prefix", "prefix": "2001:db8::/48"}]}),
            drift: Some((
                "PUT",
                "/bgpvpn/bgpvpns/{0}/port_associations/{1}",
                json!({"port_association": {"advertise_fixed_ips": true}}),
            )),
            ..row(
                "bgpvpn.BGPVPNPortAssociation",
                "/bgpvpn/bgpvpns/{0}/port_associations/{1}",
                "port_association",
            )
        },
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn taps() -> Vec<Row> {
    let texts = || json!({"name": "renamed", "description": ""});
    let renamed = || json!({"name": "renamed", "description": "[kupenstack:*"});
    vec![
        Row {
            created: json!({"name": "probe", "description": "The intrusion detection's port [kupenstack:*",
                "port_id": "@network.Port/probe", "status": "ACTIVE"}),
            change: texts(),
            changed: renamed(),
            drift: Some(("PUT", "/taas/tap_services/{id}", json!({"tap_service": {"name": "theirs"}}))),
            rigged: true,
            ..row("network.TapService", "/taas/tap_services/{id}", "tap_service")
        },
        Row {
            created: json!({"name": "web-in", "source_port": "@network.Port/tapped", "direction": "IN", "vlan_filter": "1-5,9",
                "description": "What reaches the first front-end server [kupenstack:*", "status": "ACTIVE"}),
            change: texts(),
            changed: renamed(),
            drift: Some(("PUT", "/taas/tap_flows/{id}", json!({"tap_flow": {"name": "theirs"}}))),
            rigged: true,
            ..row("network.TapFlow", "/taas/tap_flows/{id}", "tap_flow")
        },
        Row {
            created: json!({"name": "web-all", "description": "To the recorder outside [kupenstack:*", "mirror_type": "gre",
                "remote_ip": "192.0.2.77", "directions": {"IN": 101, "OUT": 102}}),
            change: texts(),
            changed: renamed(),
            drift: Some(("PUT", "/taas/tap_mirrors/{id}", json!({"tap_mirror": {"name": "theirs"}}))),
            ..row("network.TapMirror", "/taas/tap_mirrors/{id}", "tap_mirror")
        },
        Row {
            created: json!({"name": "web-drops", "description": "What the security group drops [kupenstack:*",
                "resource_type": "security_group", "resource_id": "@network.SecurityGroup/web", "event": "DROP"}),
            change: json!({"name": "renamed", "description": "", "enabled": false}),
            changed: json!({"name": "renamed", "description": "[kupenstack:*", "enabled": false}),
            drift: Some(("PUT", "/log/logs/{id}", json!({"log": {"enabled": true}}))),
            ..row("network.NetworkLog", "/log/logs/{id}", "log")
        },
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn chains() -> Vec<Row> {
    let texts = || json!({"name": "renamed", "description": ""});
    let renamed = || json!({"name": "renamed", "description": "[kupenstack:*"});
    vec![
        Row {
            created: json!({"name": "inspection", "description": "Through the firewall [kupenstack:*",
                "ingress": "@network.Port/inspection-in", "egress": "@network.Port/inspection-out",
                "service_function_parameters": {"correlation": null, "weight": 2}}),
            change: texts(),
            changed: renamed(),
            drift: Some(("PUT", "/sfc/port_pairs/{id}", json!({"port_pair": {"name": "theirs"}}))),
            ..row("network.PortPair", "/sfc/port_pairs/{id}", "port_pair")
        },
        Row {
            created: json!({"name": "inspection", "description": "Firewalls that translate addresses [kupenstack:*",
                "port_pairs": ["@network.PortPair/inspection"], "tap_enabled": false,
                "port_pair_group_parameters": {"lb_fields": ["ip_src", "ip_dst"], "ppg_n_tuple_mapping": {
                    "ingress_n_tuple": {"source_ip_prefix": "10.20.0.0/24"},
                    "egress_n_tuple": {"source_ip_prefix": "203.0.113.0/24"}}}}),
            change: json!({"name": "renamed", "description": "", "portPairIds": []}),
            changed: json!({"name": "renamed", "description": "[kupenstack:*", "port_pairs": []}),
            drift: Some((
                "PUT",
                "/sfc/port_pair_groups/{id}",
                json!({"port_pair_group": {"name": "theirs"}}),
            )),
            ..row("network.PortPairGroup", "/sfc/port_pair_groups/{id}", "port_pair_group")
        },
        Row {
            // Chains of a project are about different packets, and people try the examples there too.
            instead: json!({"sourceIpPrefix": "10.20.1.0/24"}),
            created: json!({"name": "web-requests", "description": "What the first front-end server asks outside [kupenstack:*",
                "ethertype": "IPv4", "protocol": "tcp", "source_ip_prefix": "10.20.1.0/24", "destination_ip_prefix": null,
                "source_port_range_min": null, "destination_port_range_min": 80, "destination_port_range_max": 443,
                "logical_source_port": "@network.Port/classified", "logical_destination_port": null}),
            change: texts(),
            changed: renamed(),
            drift: Some((
                "PUT",
                "/sfc/flow_classifiers/{id}",
                json!({"flow_classifier": {"name": "theirs"}}),
            )),
            ..row("network.FlowClassifier", "/sfc/flow_classifiers/{id}", "flow_classifier")
        },
        Row {
            created: json!({"name": "web-inspected", "description": "Past the firewalls, and counted [kupenstack:*",
                "port_pair_groups": ["@network.PortPairGroup/inspection", "@network.PortPairGroup/counting"],
                "flow_classifiers": ["@network.FlowClassifier/web-requests"],
                "chain_parameters": {"correlation": "mpls", "symmetric": true}}),
            change: json!({"name": "renamed", "description": "", "flowClassifierIds": [],
                "portPairGroupIds": ["@network.PortPairGroup/counting"]}),
            changed: json!({"name": "renamed", "description": "[kupenstack:*", "flow_classifiers": [],
                "port_pair_groups": ["@network.PortPairGroup/counting"]}),
            drift: Some(("PUT", "/sfc/port_chains/{id}", json!({"port_chain": {"name": "theirs"}}))),
            ..row("network.PortChain", "/sfc/port_chains/{id}", "port_chain")
        },
    ]
}
