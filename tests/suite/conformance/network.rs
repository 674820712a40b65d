//! Rows of Neutron's kinds: <https://docs.openstack.org/api-ref/network/v2/>

use super::Row;
use serde_json::json;

fn row(kind: &'static str, path: &'static str, key: &'static str) -> Row {
    Row::of(kind, "network", path, key)
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub fn rows() -> Vec<Row> {
    vec![
        Row {
            kind: "network.Network",
            service: "network",
            path: "/networks/{id}",
            key: "network",
            created: json!({"name": "web", "description": "Front-end servers [kupenstack:*", "admin_state_up": true, "mtu": 1400,
                "port_security_enabled": true, "tags": ["team-a", "tier-web"]}),
            change: json!({"name": "web-2", "description": "", "adminStateUp": false, "mtu": 1300,
                "portSecurityEnabled": false, "tags": ["b"], "dnsDomain": "example.org."}),
            changed: json!({"name": "web-2", "description": "[kupenstack:*", "admin_state_up": false, "mtu": 1300,
                "port_security_enabled": false, "tags": ["b"], "dns_domain": "example.org."}),
            drift: Some(("PUT", "/networks/{id}", json!({"network": {"mtu": 1200, "name": "theirs"}}))),
            immutable: vec![],
            instead: json!({}),
        },
        Row {
            kind: "network.Subnet",
            service: "network",
            path: "/subnets/{id}",
            key: "subnet",
            created: json!({"name": "web-v4", "cidr": "10.20.0.0/24", "gateway_ip": "10.20.0.1", "enable_dhcp": true,
                "dns_nameservers": ["192.0.2.53", "192.0.2.54"], "ip_version": 4, "tags": ["tier-web"],
                "allocation_pools": [{"start": "10.20.0.10", "end": "10.20.0.200"}],
                "host_routes": [{"destination": "198.51.100.0/24", "nexthop": "10.20.0.254"}]}),
            change: json!({"name": "web-2", "description": "Second", "enableDhcp": false,
                "dnsNameservers": ["192.0.2.99"], "allocationPools": [{"start": "10.20.0.20", "end": "10.20.0.30"}],
                "hostRoutes": [], "tags": ["x", "y"], "serviceTypes": ["network:floatingip"]}),
            changed: json!({"name": "web-2", "description": "Second [kupenstack:*", "enable_dhcp": false,
                "dns_nameservers": ["192.0.2.99"], "allocation_pools": [{"start": "10.20.0.20", "end": "10.20.0.30"}],
                "host_routes": [], "tags": ["x", "y"], "service_types": ["network:floatingip"]}),
            drift: Some((
                "PUT",
                "/subnets/{id}",
                json!({"subnet": {"enable_dhcp": true, "dns_nameservers": []}}),
            )),
            immutable: vec![json!({"cidr": "10.21.0.0/24"}), json!({"networkId": "other"})],
            instead: json!({}),
        },
        Row {
            created: json!({"name": "web", "description": "Front-end servers [kupenstack:*", "stateful": true, "tags": ["tier-web"]}),
            change: json!({"name": "web-b", "description": "", "tags": ["c", "d"]}),
            changed: json!({"name": "web-b", "description": "[kupenstack:*", "tags": ["c", "d"]}),
            drift: Some(("PUT", "/security-groups/{id}", json!({"security_group": {"name": "theirs"}}))),
            ..row("network.SecurityGroup", "/security-groups/{id}", "security_group")
        },
        Row {
            created: json!({"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "port_range_min": 443, "port_range_max": 443,
                "description": "HTTPS from anywhere [kupenstack:*"}),
            immutable: vec![json!({"portRangeMin": 80}), json!({"direction": "egress"})],
            ..row("network.SecurityGroupRule", "/security-group-rules/{id}", "security_group_rule")
        },
        Row {
            created: json!({"name": "web", "description": "Way to the outside [kupenstack:*", "admin_state_up": true, "tags": ["tier-web"]}),
            change: json!({"name": "web-b", "description": "Way out", "tags": []}),
            changed: json!({"name": "web-b", "description": "Way out [kupenstack:*", "tags": []}),
            drift: Some(("PUT", "/routers/{id}", json!({"router": {"admin_state_up": false}}))),
            ..row("network.Router", "/routers/{id}", "router")
        },
        Row {
            created: json!({"device_owner": "network:router_interface*", "fixed_ips": [{"ip_address": "10.20.0.1"}]}),
            immutable: vec![json!({"subnetId": "other"})],
            ..row("network.RouterInterface", "/ports/{1}", "port")
        },
        Row {
            created: json!({"name": "web-1", "fixed_ips": [{"ip_address": "10.20.0.21"}], "tags": ["tier-web"],
                "allowed_address_pairs": [{"ip_address": "10.20.0.100"}],
                "extra_dhcp_opts": [{"opt_name": "bootfile-name", "opt_value": "pxelinux.0"}]}),
            change: json!({"name": "web-b", "description": "Second", "adminStateUp": false, "tags": ["x"],
                "allowedAddressPairs": [{"ipAddress": "10.20.0.101"}]}),
            changed: json!({"name": "web-b", "description": "Second [kupenstack:*", "admin_state_up": false, "tags": ["x"],
                "allowed_address_pairs": [{"ip_address": "10.20.0.101"}]}),
            drift: Some((
                "PUT",
                "/ports/{id}",
                json!({"port": {"name": "theirs", "allowed_address_pairs": []}}),
            )),
            immutable: vec![json!({"networkId": "other"})],
            ..row("network.Port", "/ports/{id}", "port")
        },
        Row {
            created: json!({"description": "Public address of the first front-end server [kupenstack:*", "tags": ["tier-web"],
                "fixed_ip_address": "10.20.0.21"}),
            change: json!({"description": "Public", "tags": ["y"]}),
            changed: json!({"description": "Public [kupenstack:*", "tags": ["y"]}),
            drift: Some(("PUT", "/floatingips/{id}", json!({"floatingip": {"description": "theirs"}}))),
            immutable: vec![json!({"floatingNetworkId": "other"})],
            ..row("network.FloatingIP", "/floatingips/{id}", "floatingip")
        },
    ]
}
