//! Neutron ports: <https://docs.openstack.org/api-ref/network/v2/#ports>

use super::{
    port_parts::{AddressPair, DnsAssignment, ExtraDhcpOption},
    shared::FixedIp,
};
use crate::{
    api::crd::Column,
    kind::{
        ConnectionDetails, Info, Key, Kind, Ready, Seen, Statuses, awaited::Awaited, cloud::CloudInfo,
        request::service::NETWORK, rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Where something is attached to a network.
pub struct Port;

/// What can be wanted of a port.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortParameters {
    /// Id of the network that the port belongs to.
    #[schemars(extend("x-os" = {"ref": "network.Network", "required": true, "immutable": true}))]
    pub network_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether the port forwards packets.
    #[schemars(extend("x-os" = {"default": true}))]
    pub admin_state_up: Option<bool>,
    /// Addresses of the port; none if empty.
    #[schemars(extend("x-os" = {"set": true, "default": "one of each of the network's IP versions"}), length(max = 100))]
    pub fixed_ips: Option<Vec<FixedIp>>,
    /// MAC address. Changing it needs administrator's rights.
    #[schemars(extend("x-os" = {"normalise": "lowercase", "default": "the cloud's choice"}))]
    pub mac_address: Option<String>,
    /// Ids of the port's security groups; none if empty.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "set": true, "wire": "security_groups", "default": "the project's default one", "excludes": ["portSecurityEnabled=false"]}))]
    pub security_group_ids: Option<Vec<String>>,
    /// Whether security groups and anti-spoofing are enforced.
    #[schemars(extend("x-os" = {"default": "the network's choice"}))]
    pub port_security_enabled: Option<bool>,
    /// Addresses that may pass beside the port's own.
    #[schemars(extend("x-os" = {"set": true, "excludes": ["portSecurityEnabled=false"]}))]
    pub allowed_address_pairs: Option<Vec<AddressPair>>,
    /// Options that DHCP tells the port; a list replaces all that the port has.
    #[schemars(extend("x-os" = {"set": true}))]
    pub extra_dhcp_opts: Option<Vec<ExtraDhcpOption>>,
    /// Host name of the port in the network's DNS; empty for none.
    #[schemars(extend("x-os" = {"normalise": "lowercase"}))]
    pub dns_name: Option<String>,
    /// DNS domain of the port, with a dot at its end.
    #[schemars(extend("x-os" = {"normalise": "lowercase", "default": "the network's"}))]
    pub dns_domain: Option<String>,
    /// Id of the QoS policy that applies to the port; none if empty.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "emptyIsNull": true, "default": "the network's"}))]
    pub qos_policy_id: Option<String>,
    /// Id of the device that uses the port. Set by whoever attaches it; best left out.
    #[schemars(length(max = 255))]
    pub device_id: Option<String>,
    /// Kind of the device that uses the port, such as compute:nova. Set by whoever attaches it; best left out.
    #[schemars(length(max = 255))]
    pub device_owner: Option<String>,
    /// How the port is attached: normal, direct, direct-physical, macvtap, virtio-forwarder, vdpa, baremetal,
    /// smart-nic, accelerator-direct, accelerator-direct-physical or remote-managed.
    #[schemars(extend("x-os" = {"wire": "binding:vnic_type", "default": "normal"}))]
    pub binding_vnic_type: Option<String>,
    /// Host on which the port is attached, until a server has the port: Nova says where the server is. Needs
    /// administrator's rights.
    #[schemars(extend("x-os" = {"wire": "binding:host_id"}))]
    pub binding_host_id: Option<String>,
    /// Details for whoever attaches the port, such as an SR-IOV capability. Nova adds its own, so for a server's port
    /// it belongs into initProvider. Needs a service's rights.
    #[schemars(extend("x-os" = {"wire": "binding:profile"}))]
    pub binding_profile: Option<Map<String, Value>>,
    /// Whether an SR-IOV device may change its MAC address and see others' packets. Needs administrator's rights.
    pub trusted: Option<bool>,
    /// NUMA affinity of a device: required, preferred, socket or legacy; empty for the cloud's choice.
    #[schemars(extend("x-os" = {"emptyIsNull": true}))]
    pub numa_affinity_policy: Option<String>,
    /// Name of the Cyborg device profile that the port's accelerator comes from.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub device_profile: Option<String>,
    /// Kind of hardware offload that is asked for, such as switchdev. Needs administrator's rights.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub hardware_offload_type: Option<String>,
    /// Whether the port goes down with its uplink. Older clouds can't change it.
    pub propagate_uplink_status: Option<bool>,
    /// What somebody outside knows of the port's data plane: ACTIVE or DOWN. Neutron fails to clear it. Needs
    /// administrator's rights.
    #[schemars(extend("enum" = ["ACTIVE", "DOWN"]))]
    pub data_plane_status: Option<String>,
    /// Hints for the cloud's back end, such as {"openvswitch": {"other_config": {"tx-steering": "hash"}}}. Needs
    /// administrator's rights.
    pub hints: Option<Map<String, Value>>,
    /// Project that owns the port. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Tags; a list replaces all tags that the port has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// What only the cloud says of a port.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortObservation {
    /// Id of the port.
    pub id: String,
    /// ACTIVE, DOWN, BUILD, ERROR or N/A. A port that nothing uses is DOWN.
    pub status: String,
    /// Names that the port has in DNS.
    pub dns_assignment: Vec<DnsAssignment>,
    /// How the port was attached: unbound, ovs, bridge, binding_failed, …; shown to administrators.
    #[schemars(extend("x-os" = {"wire": "binding:vif_type"}))]
    pub binding_vif_type: String,
    /// Details of how the port was attached; shown to administrators.
    #[schemars(extend("x-os" = {"wire": "binding:vif_details"}))]
    pub binding_vif_details: Map<String, Value>,
    /// When addresses are handed out: immediate, deferred or none.
    pub ip_allocation: String,
    /// Id of the network's QoS policy.
    pub qos_network_policy_id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for Port {
    type Parameters = PortParameters;
    type Observation = PortObservation;
    const INFO: Info = Info {
        kind: "Port",
        plural: "ports",
        short: "osport",
        about: "A Port is where something is attached to a network of OpenStack Neutron.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#ports",
        columns: &[
            Column { name: "STATUS", field: "status" },
            Column { name: "ADDRESS", field: "fixedIps[0].ipAddress" },
        ],
        connection: &["address", "addresses"],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest::neutron("ports", "port"));

    const NOT_IN_CREATE: &[&str] = &["data_plane_status"];

    fn awaits(params: &PortParameters) -> Vec<Awaited> {
        let subnets = super::shared::subnets(params.network_id.as_deref(), params.fixed_ips.as_deref());
        subnets.into_iter().map(|all| all.instead("fixedIps: [] makes a port without addresses")).collect()
    }

    /// Neutron keeps DHCP options that an update leaves out: those that are to go are sent with a null.
    fn complete_update(key: &Key<'_, PortParameters>, seen: &Seen<'_, Self>, port: &mut Map<String, Value>) {
        if let Some(Value::Array(options)) = port.get_mut("extra_dhcp_opts") {
            options.extend(obsolete(&seen.params, key.params));
        }
    }

    /// A server's port moves with it.
    fn left_to_others(seen: &Seen<'_, Self>) -> &'static [&'static str] {
        let owner = seen.params.device_owner.as_deref().unwrap_or_default();
        if owner.starts_with("compute:") { &["bindingHostId"] } else { &[] }
    }

    /// A port that nothing uses yet is down, and can be used.
    fn ready(_: &PortParameters, seen: &Seen<'_, Self>) -> Ready {
        if seen.state.binding_vif_type == "binding_failed" {
            let host = seen.params.binding_host_id.as_deref().unwrap_or_default();
            return Ready::Failed(format!("the port could not be bound on host {host:?}"));
        }
        Statuses::of("port", &["ACTIVE", "DOWN", "N/A"]).ready(&seen.state.status, "")
    }

    fn connection(_: &Key<'_, PortParameters>, seen: &Seen<'_, Self>, _: &CloudInfo) -> ConnectionDetails {
        let fixed = seen.params.fixed_ips.iter().flatten();
        super::shared::addresses(fixed.filter_map(|ip| ip.ip_address.as_deref()))
    }
}

/// DHCP options that are there and not wanted, as an update takes them away.
fn obsolete(seen: &PortParameters, wanted: &PortParameters) -> Vec<Value> {
    let id = |option: &ExtraDhcpOption| (option.opt_name.clone(), option.ip_version.unwrap_or(4));
    let kept: Vec<_> = wanted.extra_dhcp_opts.iter().flatten().map(id).collect();
    let gone = seen.extra_dhcp_opts.iter().flatten().map(id).filter(|id| !kept.contains(id));
    gone.map(|(name, version)| json!({"opt_name": name, "opt_value": null, "ip_version": version})).collect()
}

#[cfg(test)]
mod tests;
