//! Rows of Neutron's kinds: <https://docs.openstack.org/api-ref/network/v2/>

use super::Row;
use serde_json::json;

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
            change: json!({"name": "web-2", "description": "Second", "gatewayIp": "", "enableDhcp": false,
                "dnsNameservers": ["192.0.2.99"], "allocationPools": [{"start": "10.20.0.20", "end": "10.20.0.30"}],
                "hostRoutes": [], "tags": ["x", "y"], "serviceTypes": ["network:floatingip"]}),
            changed: json!({"name": "web-2", "description": "Second [kupenstack:*", "gateway_ip": null, "enable_dhcp": false,
                "dns_nameservers": ["192.0.2.99"], "allocation_pools": [{"start": "10.20.0.20", "end": "10.20.0.30"}],
                "host_routes": [], "tags": ["x", "y"], "service_types": ["network:floatingip"]}),
            drift: Some((
                "PUT",
                "/subnets/{id}",
                json!({"subnet": {"enable_dhcp": true, "dns_nameservers": []}}),
            )),
            immutable: vec![json!({"cidr": "10.21.0.0/24"}), json!({"networkId": "other"})],
        },
    ]
}
