//! Rows of Neutron's further kinds: <https://docs.openstack.org/api-ref/network/v2/>

use super::{Row, network::row};
use serde_json::{Value, json};

pub fn rows() -> Vec<Row> {
    [qos(), minimums(), groups(), parts(), forwardings(), operators(), agents()]
        .into_iter()
        .flatten()
        .collect()
}

fn qos() -> Vec<Row> {
    let policy = || row("network.QoSPolicy", "/qos/policies/{id}", "policy");
    let plain = json!({"description": "Nothing", "shared": true});
    vec![
        Row {
            created: json!({"name": "gold", "description": "What paying customers get [kupenstack:*", "shared": true,
                "is_default": false, "tags": ["tier-web"]}),
            change: json!({"name": "silver", "description": "", "shared": false, "tags": ["b"]}),
            changed: json!({"name": "silver", "description": "[kupenstack:*", "shared": false, "tags": ["b"]}),
            drift: Some(("PUT", "/qos/policies/{id}", json!({"policy": {"name": "theirs", "shared": true}}))),
            left: &[("isDefault", "all other networks of the project would have it")],
            ..policy()
        },
        Row { created: json!({"name": "plain", "rules": []}), ..policy().also("plain", "admin", &plain) },
        Row {
            created: json!({"max_kbps": 100_000, "max_burst_kbps": 80000, "direction": "egress"}),
            change: json!({"maxKbps": 50000, "maxBurstKbps": 0, "direction": "ingress"}),
            changed: json!({"max_kbps": 50000, "max_burst_kbps": 0, "direction": "ingress"}),
            drift: Some((
                "PUT",
                "/qos/policies/{0}/bandwidth_limit_rules/{1}",
                json!({"bandwidth_limit_rule": {"max_kbps": 60000}}),
            )),
            ..row(
                "network.QoSBandwidthLimitRule",
                "/qos/policies/{0}/bandwidth_limit_rules/{1}",
                "bandwidth_limit_rule",
            )
        },
        Row {
            created: json!({"dscp_mark": 26}),
            change: json!({"dscpMark": 8}),
            changed: json!({"dscp_mark": 8}),
            drift: Some((
                "PUT",
                "/qos/policies/{0}/dscp_marking_rules/{1}",
                json!({"dscp_marking_rule": {"dscp_mark": 0}}),
            )),
            ..row(
                "network.QoSDSCPMarkingRule",
                "/qos/policies/{0}/dscp_marking_rules/{1}",
                "dscp_marking_rule",
            )
        },
    ]
}

/// The rules of a QoS policy that promise something, and those that count packets.
fn minimums() -> Vec<Row> {
    vec![
        Row {
            created: json!({"min_kbps": 1000, "direction": "egress"}),
            change: json!({"minKbps": 2000, "direction": "ingress"}),
            changed: json!({"min_kbps": 2000, "direction": "ingress"}),
            drift: Some((
                "PUT",
                "/qos/policies/{0}/minimum_bandwidth_rules/{1}",
                json!({"minimum_bandwidth_rule": {"min_kbps": 1}}),
            )),
            ..row(
                "network.QoSMinimumBandwidthRule",
                "/qos/policies/{0}/minimum_bandwidth_rules/{1}",
                "minimum_bandwidth_rule",
            )
        },
        Row {
            created: json!({"max_kpps": 1000, "max_burst_kpps": 100, "direction": "ingress"}),
            change: json!({"maxKpps": 500, "maxBurstKpps": 0, "direction": "egress"}),
            changed: json!({"max_kpps": 500, "max_burst_kpps": 0, "direction": "egress"}),
            drift: Some((
                "PUT",
                "/qos/policies/{0}/packet_rate_limit_rules/{1}",
                json!({"packet_rate_limit_rule": {"max_kpps": 1}}),
            )),
            ..row(
                "network.QoSPacketRateLimitRule",
                "/qos/policies/{0}/packet_rate_limit_rules/{1}",
                "packet_rate_limit_rule",
            )
        },
        Row {
            created: json!({"min_kpps": 10, "direction": "any"}),
            change: json!({"minKpps": 5, "direction": "egress"}),
            changed: json!({"min_kpps": 5, "direction": "egress"}),
            drift: Some((
                "PUT",
                "/qos/policies/{0}/minimum_packet_rate_rules/{1}",
                json!({"minimum_packet_rate_rule": {"min_kpps": 1}}),
            )),
            ..row(
                "network.QoSMinimumPacketRateRule",
                "/qos/policies/{0}/minimum_packet_rate_rules/{1}",
                "minimum_packet_rate_rule",
            )
        },
    ]
}

fn groups() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "campus", "ip_version": 4, "shared": false}),
            change: json!({"name": "campus-2"}),
            changed: json!({"name": "campus-2"}),
            drift: Some(("PUT", "/address-scopes/{id}", json!({"address_scope": {"name": "theirs"}}))),
            left: &[("shared", "needs administrator's rights, and can't be taken back")],
            ..row("network.AddressScope", "/address-scopes/{id}", "address_scope")
        },
        Row {
            created: json!({"name": "partners", "description": "Where partners come from [kupenstack:*",
                "addresses": ["192.0.2.0/24", "2001:db8:7::/48"]}),
            change: json!({"name": "friends", "description": "", "addresses": ["192.0.2.9/24", "198.51.100.0/24"]}),
            changed: json!({"name": "friends", "description": "[kupenstack:*",
                "addresses": ["192.0.2.0/24", "198.51.100.0/24"]}),
            drift: Some((
                "PUT",
                "/address-groups/{id}/remove_addresses",
                json!({"addresses": ["192.0.2.0/24"]}),
            )),
            ..row("network.AddressGroup", "/address-groups/{id}", "address_group")
        },
        Row {
            created: json!({"object_type": "network", "object_id": "@network.Network/web", "action": "access_as_shared",
                "target_tenant": "@identity.Project/shop"}),
            change: json!({"targetProjectId": "@identity.Project/shop-staging"}),
            changed: json!({"target_tenant": "@identity.Project/shop-staging"}),
            drift: Some((
                "PUT",
                "/rbac-policies/{id}",
                json!({"rbac_policy": {"target_tenant": "00000000000000000000000000000001"}}),
            )),
            ..row("network.NetworkRBACPolicy", "/rbac-policies/{id}", "rbac_policy")
        },
        Row {
            created: json!({"network": 10, "subnet": 20, "port": 200, "router": 2, "floatingip": 5, "security_group": 20}),
            change: json!({"network": 1, "subnet": 2, "subnetpool": 3, "port": 4, "router": 5, "floatingip": 6,
                "securityGroup": 7, "securityGroupRule": 8, "rbacPolicy": 9, "trunk": 10}),
            changed: json!({"network": 1, "subnet": 2, "subnetpool": 3, "port": 4, "router": 5, "floatingip": 6,
                "security_group": 7, "security_group_rule": 8, "rbac_policy": 9, "trunk": 10}),
            drift: Some(("PUT", "/quotas/{id}", json!({"quota": {"network": 9}}))),
            after: json!({"network": -1}),
            ..row("network.NetworkQuota", "/quotas/{id}", "quota")
        },
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn parts() -> Vec<Row> {
    vec![
        Row {
            created: json!({"routes": [{"destination": "198.51.100.0/24", "nexthop": "10.20.0.254"}]}),
            after: json!({"routes": []}),
            ..row("network.RouterRoute", "/routers/{0}", "router")
        },
        Row {
            created: json!({"host_routes": [{"destination": "198.51.100.0/24", "nexthop": "10.21.0.254"}]}),
            after: json!({"host_routes": []}),
            ..row("network.SubnetRoute", "/subnets/{0}", "subnet")
        },
        Row {
            created: json!({"port_id": "@network.Port/web-3", "fixed_ip_address": "10.20.0.23"}),
            change: json!({"portId": "@network.Port/other", "fixedIpAddress": "10.20.0.31"}),
            changed: json!({"port_id": "@network.Port/other", "fixed_ip_address": "10.20.0.31"}),
            drift: Some(("PUT", "/floatingips/{id}", json!({"floatingip": {"port_id": null}}))),
            after: json!({"port_id": null}),
            ..row("network.FloatingIPAssociation", "/floatingips/{id}", "floatingip")
        },
        Row {
            created: json!({"security_groups": ["@network.SecurityGroup/web", "@network.SecurityGroup/ssh"]}),
            change: json!({"securityGroupIds": ["@network.SecurityGroup/ssh"]}),
            changed: json!({"security_groups": ["@network.SecurityGroup/ssh"]}),
            drift: Some(("PUT", "/ports/{id}", json!({"port": {"security_groups": []}}))),
            after: json!({"security_groups": []}),
            ..row("network.PortSecurityGroups", "/ports/{id}", "port")
        },
        Row {
            created: json!({"name": "vnf", "description": "Brings two networks to one server [kupenstack:*", "admin_state_up": true,
                "sub_ports": [{"port_id": "@network.Port/vnf-inner", "segmentation_type": "vlan", "segmentation_id": 101}],
                "tags": ["tier-web"]}),
            change: json!({"name": "vnf-2", "description": "", "tags": ["b"],
                "subPorts": [{"portId": "@network.Port/vnf-inner", "segmentationType": "vlan", "segmentationId": 102}]}),
            changed: json!({"name": "vnf-2", "description": "[kupenstack:*", "tags": ["b"],
                "sub_ports": [{"port_id": "@network.Port/vnf-inner", "segmentation_id": 102}]}),
            drift: Some(("PUT", "/trunks/{id}", json!({"trunk": {"name": "theirs"}}))),
            ..row("network.Trunk", "/trunks/{id}", "trunk")
        },
        Row {
            created: json!({"admin_state_up": true}),
            change: json!({"adminStateUp": false}),
            changed: json!({"admin_state_up": false}),
            ..row("network.Trunk", "/trunks/{id}", "trunk").also(
                "closed",
                "default",
                &json!({"portIdRef": {"name": "web-4"}, "adminStateUp": true}),
            )
        },
        Row {
            created: json!({"protocol": "udp", "port": 69, "helper": "tftp"}),
            change: json!({"protocol": "tcp", "port": 21, "helper": "ftp"}),
            changed: json!({"protocol": "tcp", "port": 21, "helper": "ftp"}),
            drift: Some((
                "PUT",
                "/routers/{0}/conntrack_helpers/{1}",
                json!({"conntrack_helper": {"port": 2121}}),
            )),
            ..row("network.ConntrackHelper", "/routers/{0}/conntrack_helpers/{1}", "conntrack_helper")
        },
        Row {
            created: json!({"name": "cache", "description": "The nearest cache [kupenstack:*", "ip_mode": "translate"}),
            change: json!({"name": "cache-2", "description": ""}),
            changed: json!({"name": "cache-2", "description": "[kupenstack:*"}),
            drift: Some(("PUT", "/local_ips/{id}", json!({"local_ip": {"name": "theirs"}}))),
            ..row("network.LocalIP", "/local_ips/{id}", "local_ip")
        },
        Row {
            created: json!({"fixed_ip": "10.20.0.25"}),
            ..row("network.LocalIPAssociation", "/local_ips/{0}/port_associations/{1}", "port_association")
        },
        Row {
            created: json!({"name": "api", "description": "The API, from anywhere [kupenstack:*", "ip_address": "fd00:60:*"}),
            change: json!({"name": "api-2", "description": ""}),
            changed: json!({"name": "api-2", "description": "[kupenstack:*"}),
            drift: Some(("PUT", "/ndp_proxies/{id}", json!({"ndp_proxy": {"name": "theirs"}}))),
            ..row("network.NDPProxy", "/ndp_proxies/{id}", "ndp_proxy")
        },
    ]
}

fn forwardings() -> Vec<Row> {
    let forwarding =
        || row("network.PortForwarding", "/floatingips/{0}/port_forwardings/{1}", "port_forwarding");
    // Each of another protocol: of two that have ranges, Neutron takes the lack of a single port for the same port, and
    // changes neither.
    let ranges = |name, protocol, (port, address): (&str, &str), [inside, outside]: [&str; 2]| {
        let fields = json!({"floatingIpIdRef": {"name": "shared"}, "internalPortIdRef": {"name": port}, "internalIpAddress": address,
            "internalPortRange": inside, "externalPortRange": outside, "protocol": protocol});
        let created = json!({"internal_ip_address": address, "internal_port_range": inside, "external_port_range": outside});
        Row { created, ..forwarding().also(name, "default", &fields) }
    };
    vec![
        Row {
            created: json!({"internal_port_id": "@network.Port/web-2", "internal_ip_address": "10.20.0.22",
                "internal_port": 8443, "external_port": 443, "protocol": "tcp",
                "description": "HTTPS of the second front-end server [kupenstack:*"}),
            change: json!({"description": "", "internalPort": 8444, "externalPort": 444, "protocol": "udp",
                "internalPortId": "@network.Port/web-5", "internalIpAddress": "10.20.0.25"}),
            changed: json!({"description": "[kupenstack:*", "internal_port": 8444, "external_port": 444, "protocol": "udp",
                "internal_port_id": "@network.Port/web-5", "internal_ip_address": "10.20.0.25"}),
            drift: Some((
                "PUT",
                "/floatingips/{0}/port_forwardings/{1}",
                json!({"port_forwarding": {"internal_port": 1}}),
            )),
            ..forwarding()
        },
        Row {
            change: json!({"internalPortRange": "9010:9014", "externalPortRange": "9110:9114"}),
            changed: json!({"internal_port_range": "9010:9014", "external_port_range": "9110:9114"}),
            ..ranges("ranges", "tcp", ("web-2", "10.20.0.22"), ["9000:9004", "9100:9104"])
        },
        Row {
            change: json!({"internalPortRange": "9030:9034"}),
            changed: json!({"internal_port_range": "9030:9034", "external_port_range": "9120:9124"}),
            ..ranges("inner-range", "udp", ("web-2", "10.20.0.22"), ["9020:9024", "9120:9124"])
        },
        Row {
            change: json!({"internalIpAddress": "10.20.0.42"}),
            changed: json!({"internal_ip_address": "10.20.0.42", "internal_port_range": "9000:9004"}),
            ..ranges("inner-address", "sctp", ("forwarded", "10.20.0.41"), ["9000:9004", "9130:9134"])
        },
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn operators() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "rack-2", "description": "Second rack [kupenstack:*", "network_type": "vlan",
                "physical_network": "physnet2", "segmentation_id": 202}),
            change: json!({"name": "rack-3", "description": ""}),
            changed: json!({"name": "rack-3", "description": "[kupenstack:*"}),
            drift: Some(("PUT", "/segments/{id}", json!({"segment": {"name": "theirs"}}))),
            ..row("network.Segment", "/segments/{id}", "segment")
        },
        Row {
            created: json!({"name": "campus", "description": "VLANs of the campus [kupenstack:*", "shared": true,
                "network_type": "vlan", "physical_network": "physnet2", "minimum": 1000, "maximum": 1999,
                "tags": ["tier-web"]}),
            change: json!({"name": "campus-2", "description": "", "minimum": 1100, "maximum": 1200, "tags": []}),
            changed: json!({"name": "campus-2", "description": "[kupenstack:*", "minimum": 1100, "maximum": 1200, "tags": []}),
            drift: Some((
                "PUT",
                "/network_segment_ranges/{id}",
                json!({"network_segment_range": {"maximum": 1300}}),
            )),
            ..row("network.SegmentRange", "/network_segment_ranges/{id}", "network_segment_range")
        },
        Row {
            // Groups of other rows are made meanwhile.
            instead: json!({"usedInDefaultSg": true, "usedInNonDefaultSg": false}),
            created: json!({"direction": "ingress", "ethertype": "IPv4", "protocol": "icmp", "remote_ip_prefix": "192.0.2.0/24",
                "description": "Monitoring may ping [kupenstack:*", "used_in_default_sg": true,
                "used_in_non_default_sg": false}),
            ..row(
                "network.DefaultSecurityGroupRule",
                "/default-security-group-rules/{id}",
                "default_security_group_rule",
            )
        },
        Row {
            created: json!({"name": "outside", "description": "What leaves the cloud [kupenstack:*", "shared": false}),
            ..row("network.MeteringLabel", "/metering/metering-labels/{id}", "metering_label")
        },
        Row {
            created: json!({"direction": "egress", "destination_ip_prefix": "0.0.0.0/0", "excluded": false}),
            ..row("network.MeteringLabelRule", "/metering/metering-label-rules/{id}", "metering_label_rule")
        },
        Row {
            created: json!({"name": "plain-router", "description": "Routers as they come [kupenstack:*",
                "service_type": "L3_ROUTER_NAT", "enabled": true,
                "service_profiles": ["@network.NetworkServiceProfile/plain"]}),
            change: json!({"name": "plain-2", "description": "", "enabled": false, "serviceProfileIds": []}),
            changed: json!({"name": "plain-2", "description": "[kupenstack:*", "enabled": false, "service_profiles": []}),
            drift: Some(("PUT", "/flavors/{id}", json!({"flavor": {"enabled": true}}))),
            ..row("network.NetworkFlavor", "/flavors/{id}", "flavor")
        },
        Row {
            created: json!({"description": "Routers in hardware [kupenstack:*", "metainfo": "{\"hardware\": true}",
                "enabled": true}),
            change: json!({"description": "", "metainfo": "{}", "enabled": false}),
            changed: json!({"description": "[kupenstack:*", "metainfo": "{}", "enabled": false}),
            drift: Some(("PUT", "/service_profiles/{id}", json!({"service_profile": {"enabled": true}}))),
            left: &[("driver", "the rig has no provider of a service with one")],
            ..row("network.NetworkServiceProfile", "/service_profiles/{id}", "service_profile")
        },
    ]
}

/// Agents that are there for this alone; what they have is told below them.
fn agents() -> Vec<Row> {
    let agent = |path, key| Row { rigged: true, stays: true, ..row("network.NetworkAgent", path, key) };
    // What is taken off a list stays with the agent.
    let given = |path, key, id: &str, field: &str, named: (&'static str, Value)| Row {
        created: json!([{ "id": id }]),
        change: json!({ field: [] }),
        changed: json!([{ "id": id }]),
        ..agent(path, key).also(named.0, "admin", &named.1)
    };
    vec![
        Row {
            instead: json!({"host": "rig"}),
            created: json!({"host": "rig", "agent_type": "DHCP agent", "admin_state_up": true, "description": "Serves the lab",
                "alive": true}),
            change: json!({"adminStateUp": false, "description": ""}),
            changed: json!({"admin_state_up": false, "description": ""}),
            drift: Some((
                "PUT",
                "/agents/{told}",
                json!({"agent": {"admin_state_up": true, "description": "theirs"}}),
            )),
            ..agent("/agents/{told}", "agent")
        },
        given(
            "/agents/{told}/dhcp-networks",
            "networks",
            "@network.Network/lab",
            "networkIds",
            ("dhcp", json!({"host": "rig-2", "agentType": "DHCP agent", "networkIdRefs": [{"name": "lab"}]})),
        ),
        given(
            "/agents/{told}/l3-routers",
            "routers",
            "@network.Router/backbone",
            "routerIds",
            ("l3", json!({"host": "rig", "agentType": "L3 agent", "routerIdRefs": [{"name": "backbone"}]})),
        ),
        given(
            "/agents/{told}/bgp-drinstances",
            "bgp_speakers",
            "@network.BGPSpeaker/edge",
            "bgpSpeakerIds",
            (
                "dr",
                json!({"host": "rig", "agentType": "BGP dynamic routing agent", "bgpSpeakerIdRefs": [{"name": "edge"}]}),
            ),
        ),
    ]
}
