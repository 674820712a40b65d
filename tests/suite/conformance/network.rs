//! Rows of Neutron's kinds: <https://docs.openstack.org/api-ref/network/v2/>

use super::Row;
use serde_json::json;

pub fn row(kind: &'static str, path: &'static str, key: &'static str) -> Row {
    Row::of(kind, "network", path, key)
}

const OFF: &str = "the rig's Neutron has it off";

pub fn rows() -> Vec<Row> {
    [networks(), pools(), routers(), ports(), security_groups()].into_iter().flatten().collect()
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn networks() -> Vec<Row> {
    let network = || row("network.Network", "/networks/{id}", "network");
    let subnet = || row("network.Subnet", "/subnets/{id}", "subnet");
    vec![
        Row {
            created: json!({"name": "web", "description": "Front-end servers [kupenstack:*", "admin_state_up": true, "mtu": 1400,
                "port_security_enabled": true, "tags": ["team-a", "tier-web"]}),
            change: json!({"name": "web-2", "description": "", "adminStateUp": false, "mtu": 1300, "portSecurityEnabled": false,
                "tags": ["b"], "dnsDomain": "example.org.", "qosPolicyId": "@network.QoSPolicy/plain"}),
            changed: json!({"name": "web-2", "description": "[kupenstack:*", "admin_state_up": false, "mtu": 1300,
                "port_security_enabled": false, "tags": ["b"], "dns_domain": "example.org.", "qos_policy_id": "@network.QoSPolicy/plain"}),
            drift: Some((
                "PUT",
                "/networks/{id}",
                json!({"network": {"mtu": 1200, "name": "theirs", "qos_policy_id": null}}),
            )),
            ..network()
        },
        Row {
            created: json!({"name": "dmz", "provider:network_type": "vlan", "provider:segmentation_id": 100, "shared": false}),
            change: json!({"shared": true, "external": true, "isDefault": true, "providerSegmentationId": 101}),
            changed: json!({"shared": true, "router:external": true, "is_default": true, "provider:segmentation_id": 101}),
            ..network().also(
                "dmz",
                "admin",
                &json!({"shared": false, "providerNetworkType": "vlan",
                "providerPhysicalNetwork": "physnet1", "providerSegmentationId": 100}),
            )
        },
        Row {
            created: json!({"name": "web-v4", "cidr": "10.20.0.0/24", "gateway_ip": "10.20.0.1", "enable_dhcp": true,
                "dns_nameservers": ["192.0.2.53", "192.0.2.54"], "ip_version": 4, "tags": ["tier-web"],
                "allocation_pools": [{"start": "10.20.0.64", "end": "10.20.0.200"}],
                "host_routes": [{"destination": "198.51.100.0/24", "nexthop": "10.20.0.254"}]}),
            change: json!({"name": "web-2", "description": "Second", "enableDhcp": false, "dnsNameservers": ["192.0.2.99"],
                "allocationPools": [{"start": "10.20.0.70", "end": "10.20.0.90"}], "hostRoutes": [], "tags": ["x", "y"],
                "serviceTypes": ["network:floatingip"]}),
            changed: json!({"name": "web-2", "description": "Second [kupenstack:*", "enable_dhcp": false,
                "dns_nameservers": ["192.0.2.99"], "allocation_pools": [{"start": "10.20.0.70", "end": "10.20.0.90"}],
                "host_routes": [], "tags": ["x", "y"], "service_types": ["network:floatingip"]}),
            drift: Some((
                "PUT",
                "/subnets/{id}",
                json!({"subnet": {"enable_dhcp": true, "dns_nameservers": []}}),
            )),
            left: &[
                ("dnsPublishFixedIp", OFF),
                ("segmentId", "needs a network of several segments, and hosts on them"),
            ],
            ..subnet()
        },
        Row {
            created: json!({"name": "dmz-v6", "cidr": "fd00:20::/64", "ip_version": 6, "gateway_ip": "fd00:20::"}),
            change: json!({"gatewayIp": "fd00:20:0:0::2"}),
            changed: json!({"gateway_ip": "fd00:20::2"}),
            ..subnet().also(
                "dmz-v6",
                "admin",
                &json!({"networkIdRef": {"name": "dmz"}, "cidr": "FD00:20::/64",
                "allocationPools": [{"start": "fd00:20::10", "end": "fd00:20::ff"}]}),
            )
        },
    ]
}

fn pools() -> Vec<Row> {
    let pool = || row("network.SubnetPool", "/subnetpools/{id}", "subnetpool");
    vec![
        Row {
            // Neighbours are joined.
            created: json!({"name": "tenants", "description": "Ranges for tenants' networks [kupenstack:*", "ip_version": 4,
                "prefixes": ["10.30.0.0/15"], "min_prefixlen": "20", "default_prefixlen": "24", "max_prefixlen": "28",
                "tags": ["tier-web"]}),
            change: json!({"name": "tenants-2", "description": "", "prefixes": ["10.30.0.0/15", "10.40.0.0/16"],
                "minPrefixlen": 21, "defaultPrefixlen": 25, "maxPrefixlen": 29, "defaultQuota": 4096, "tags": ["x"],
                "addressScopeId": "@network.AddressScope/campus"}),
            changed: json!({"name": "tenants-2", "description": "[kupenstack:*", "prefixes": ["10.30.0.0/15", "10.40.0.0/16"],
                "min_prefixlen": "21", "default_prefixlen": "25", "max_prefixlen": "29", "default_quota": 4096, "tags": ["x"],
                "address_scope_id": "@network.AddressScope/campus"}),
            drift: Some((
                "PUT",
                "/subnetpools/{id}",
                json!({"subnetpool": {"name": "theirs", "default_prefixlen": 27}}),
            )),
            ..pool()
        },
        Row {
            created: json!({"name": "everybodys", "ip_version": 6, "prefixes": ["fd00:30::/48"], "shared": true}),
            change: json!({"isDefault": true}),
            changed: json!({"is_default": true}),
            ..pool().also("everybodys", "admin", &json!({"prefixes": ["FD00:30::/48"], "shared": true}))
        },
    ]
}

fn routers() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "web", "description": "Way to the outside [kupenstack:*", "admin_state_up": true, "tags": ["tier-web"]}),
            change: json!({"name": "web-b", "description": "Way out", "adminStateUp": false, "tags": [],
                "externalGatewayInfo": {"qosPolicyId": "@network.QoSPolicy/plain"}}),
            changed: json!({"name": "web-b", "description": "Way out [kupenstack:*", "admin_state_up": false, "tags": [],
                "external_gateway_info": {"network_id": "@network.Network/outside", "qos_policy_id": "@network.QoSPolicy/plain"}}),
            drift: Some((
                "PUT",
                "/routers/{id}",
                json!({"router": {"admin_state_up": true, "name": "theirs"}}),
            )),
            left: &[
                ("distributed", OFF),
                ("ha", OFF),
                ("extraExternalGateways", "only OVN has it"),
                ("enableDefaultRouteBfd", "only OVN has it"),
                ("enableDefaultRouteEcmp", "only OVN has it"),
                ("enableNdpProxy", "needs a gateway with an IPv6 address of an address scope"),
            ],
            ..row("network.Router", "/routers/{id}", "router")
        },
        Row {
            created: json!({"device_owner": "network:router_interface*", "fixed_ips": [{"ip_address": "10.20.0.1"}]}),
            rigged: true,
            ..row("network.RouterInterface", "/ports/{1}", "port")
        },
        Row {
            created: json!({"description": "Public address of the first front-end server [kupenstack:*", "tags": ["tier-web"],
                "fixed_ip_address": "10.20.0.21"}),
            keys: &["address", "addresses"],
            change: json!({"description": "Public", "tags": ["y"], "qosPolicyId": "@network.QoSPolicy/plain", "portId": "@network.Port/other",
                "fixedIpAddress": "10.20.0.32"}),
            changed: json!({"description": "Public [kupenstack:*", "tags": ["y"], "qos_policy_id": "@network.QoSPolicy/plain",
                "port_id": "@network.Port/other", "fixed_ip_address": "10.20.0.32"}),
            drift: Some((
                "PUT",
                "/floatingips/{id}",
                json!({"floatingip": {"description": "theirs", "port_id": null}}),
            )),
            left: &[("distributed", OFF)],
            rigged: true,
            ..row("network.FloatingIP", "/floatingips/{id}", "floatingip")
        },
    ]
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn ports() -> Vec<Row> {
    let port = || Row {
        keys: &["address", "addresses"],
        rigged: true,
        ..row("network.Port", "/ports/{id}", "port")
    };
    let two = |addresses: [&str; 2]| {
        let one = |address: &&str| json!({"subnetIdRef": {"name": "web-v4"}, "ipAddress": address});
        json!({"networkIdRef": {"name": "web"}, "fixedIps": addresses.iter().map(one).collect::<Vec<_>>()})
    };
    vec![
        Row {
            created: json!({"name": "web-1", "fixed_ips": [{"ip_address": "10.20.0.21"}], "tags": ["tier-web"],
                "allowed_address_pairs": [{"ip_address": "10.20.0.100"}],
                "extra_dhcp_opts": [{"opt_name": "bootfile-name", "opt_value": "pxelinux.0"}]}),
            change: json!({"name": "web-b", "description": "Second", "adminStateUp": false, "tags": ["x"],
                "allowedAddressPairs": [{"ipAddress": "10.20.0.101"}], "securityGroupIds": ["@network.SecurityGroup/loose"],
                "extraDhcpOpts": [{"optName": "tftp-server", "optValue": "10.20.0.5"}], "qosPolicyId": "@network.QoSPolicy/plain",
                "dnsName": "web-b", "dnsDomain": "example.org."}),
            changed: json!({"name": "web-b", "description": "Second [kupenstack:*", "admin_state_up": false, "tags": ["x"],
                "allowed_address_pairs": [{"ip_address": "10.20.0.101"}], "security_groups": ["@network.SecurityGroup/loose"],
                "extra_dhcp_opts": [{"opt_name": "tftp-server", "opt_value": "10.20.0.5"}], "qos_policy_id": "@network.QoSPolicy/plain",
                "dns_name": "web-b", "dns_domain": "example.org."}),
            drift: Some((
                "PUT",
                "/ports/{id}",
                json!({"port": {"name": "theirs", "allowed_address_pairs": [], "security_groups": []}}),
            )),
            left: &[
                ("bindingProfile", "only services may set it"),
                ("hints", OFF),
                ("propagateUplinkStatus", OFF),
                ("trusted", OFF),
            ],
            ..port()
        },
        Row {
            created: json!({"name": "other", "fixed_ips": [{"ip_address": "10.20.0.31"}, {"ip_address": "10.20.0.32"}]}),
            ..port().also("other", "default", &two(["10.20.0.31", "10.20.0.32"]))
        },
        Row {
            created: json!({"name": "forwarded", "fixed_ips": [{"ip_address": "10.20.0.41"}, {"ip_address": "10.20.0.42"}]}),
            ..port().also("forwarded", "default", &two(["10.20.0.41", "10.20.0.42"]))
        },
        Row {
            created: json!({"name": "dmz-1", "fixed_ips": [{"ip_address": "fd00:20::10"}], "binding:vif_type": "unbound"}),
            change: json!({"macAddress": "fa:16:3e:12:34:56", "fixedIps": [{"subnetId": "@network.Subnet/dmz-v6", "ipAddress": "fd00:20:0::20"}], "securityGroupIds": [],
                "portSecurityEnabled": false, "deviceId": "thing", "deviceOwner": "test:thing", "bindingVnicType": "direct",
                "numaAffinityPolicy": "required",
                "dataPlaneStatus": "DOWN"}),
            changed: json!({"mac_address": "fa:16:3e:12:34:56", "fixed_ips": [{"ip_address": "fd00:20::20"}], "security_groups": [],
                "port_security_enabled": false, "device_id": "thing", "device_owner": "test:thing", "binding:vnic_type": "direct",
                "numa_affinity_policy": "required",
                "data_plane_status": "DOWN"}),
            ..port().also(
                "dmz-1",
                "admin",
                &json!({"networkIdRef": {"name": "dmz"},
                "fixedIps": [{"subnetIdRef": {"name": "dmz-v6"}, "ipAddress": "fd00:20::10"}]}),
            )
        },
        Row {
            created: json!({"name": "dmz-2", "binding:host_id": "", "status": "DOWN"}),
            change: json!({"bindingHostId": "rig"}),
            changed: json!({"binding:host_id": "rig", "binding:vif_type": "ovs", "status": "ACTIVE"}),
            ..port().also(
                "dmz-2",
                "admin",
                &json!({"networkIdRef": {"name": "dmz"},
                "fixedIps": [{"subnetIdRef": {"name": "dmz-v6"}}]}),
            )
        },
    ]
}

fn security_groups() -> Vec<Row> {
    let group = || row("network.SecurityGroup", "/security-groups/{id}", "security_group");
    vec![
        Row {
            created: json!({"name": "web", "description": "Front-end servers [kupenstack:*", "stateful": true, "tags": ["tier-web"]}),
            change: json!({"name": "web-b", "description": "", "tags": ["c", "d"]}),
            changed: json!({"name": "web-b", "description": "[kupenstack:*", "tags": ["c", "d"]}),
            drift: Some(("PUT", "/security-groups/{id}", json!({"security_group": {"name": "theirs"}}))),
            ..group()
        },
        Row { created: json!({"name": "loose"}), ..group().also("loose", "default", &json!({})) },
        Row {
            created: json!({"name": "stateless", "stateful": true}),
            change: json!({"stateful": false}),
            changed: json!({"stateful": false}),
            ..group().also("stateless", "default", &json!({"stateful": true}))
        },
        Row {
            created: json!({"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "port_range_min": 443, "port_range_max": 443,
                "description": "HTTPS from anywhere [kupenstack:*"}),
            ..row("network.SecurityGroupRule", "/security-group-rules/{id}", "security_group_rule")
        },
    ]
}
