//! Neutron floating IPs: <https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips>

use crate::{
    api::crd::Column,
    kind::{
        ConnectionDetails, Goal, Info, Key, Kind, KindError, Seen, Statuses, Step, awaited::Awaited,
        cloud::CloudInfo, diff::Diff, plain_step, request::service::NETWORK, rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// An outer address that leads to a port.
pub struct FloatingIp;

/// What can be wanted of a floating IP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FloatingIpParameters {
    /// Id of the external network that the address comes from.
    #[schemars(extend("x-os" = {"ref": "network.Network", "required": true, "immutable": true}))]
    pub floating_network_id: Option<String>,
    /// Id of the subnet that the address comes from.
    #[schemars(extend("x-os" = {"ref": "network.Subnet", "createOnly": true, "immutable": true, "default": "any of the network's"}))]
    pub subnet_id: Option<String>,
    /// Ids of subnets that the address may come from: of the first one that has an address left.
    #[schemars(extend("x-os" = {"ref": "network.Subnet", "createOnly": true, "immutable": true, "excludes": ["subnetId"]}), length(min = 1, max = 100))]
    pub subnet_ids: Option<Vec<String>>,
    /// The address. Needs administrator's rights.
    #[schemars(extend("x-os" = {"normalise": "ip", "immutable": true, "default": "the cloud's choice"}))]
    pub floating_ip_address: Option<String>,
    /// Id of the port that the address leads to; empty for none. A router must join its subnet and the external network.
    #[schemars(extend("x-os" = {"ref": "network.Port", "emptyIsNull": true, "untilReady": true}))]
    pub port_id: Option<String>,
    /// Which of the port's addresses it leads to. Needed where the port has several IPv4 addresses.
    #[schemars(extend("x-os" = {"normalise": "ip"}))]
    pub fixed_ip_address: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Host name of the address in DNS.
    #[schemars(extend("x-os" = {"normalise": "lowercase", "immutable": true, "needs": ["dnsDomain"]}))]
    pub dns_name: Option<String>,
    /// DNS domain of the address, with a dot at its end.
    #[schemars(extend("x-os" = {"normalise": "lowercase", "immutable": true, "needs": ["dnsName"]}))]
    pub dns_domain: Option<String>,
    /// Id of the QoS policy that applies to the address; empty for none.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "emptyIsNull": true}))]
    pub qos_policy_id: Option<String>,
    /// Whether the compute node of the port serves the address, where the cloud lets one choose.
    pub distributed: Option<bool>,
    /// Project that owns the address. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Tags; a list replaces all tags that the floating IP has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// What only the cloud says of a floating IP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FloatingIpObservation {
    /// Id of the floating IP.
    pub id: String,
    /// ACTIVE, DOWN or ERROR. One that leads to no port is DOWN.
    pub status: String,
    /// Id of the router that serves it.
    pub router_id: String,
    /// Id of the network's QoS policy.
    pub qos_network_policy_id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for FloatingIp {
    type Parameters = FloatingIpParameters;
    type Observation = FloatingIpObservation;
    const INFO: Info = Info {
        kind: "FloatingIP",
        plural: "floatingips",
        short: "osfip",
        about: "A FloatingIP is an outer address of OpenStack Neutron that leads to a port.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#floating-ips-floatingips",
        columns: &[
            Column { name: "STATUS", field: "status" },
            Column { name: "ADDRESS", field: "floatingIpAddress" },
            Column { name: "FIXED", field: "fixedIpAddress" },
        ],
        connection: &["address", "addresses"],
        ..Info::of(&NETWORK)
    };
    const STATUSES: Option<Statuses> = Some(Statuses::of("floating IP", &["ACTIVE", "DOWN"]));
    const REST: Option<Rest> = Some(Rest::neutron("floatingips", "floatingip"));
    const NOT_IN_CREATE: &[&str] = &["subnet_ids"];

    /// The way from the port to the outside, and addresses outside.
    fn awaits(params: &FloatingIpParameters) -> Vec<Awaited> {
        let any = params.subnet_id.is_none() && params.subnet_ids.is_none();
        let outside = params.floating_network_id.as_deref().filter(|_| any);
        let mut all = super::shared::subnets(outside, None);
        all.extend(super::shared::way_out(params.port_id.as_deref()));
        all
    }

    fn step(
        goal: Goal,
        key: &Key<'_, FloatingIpParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let subnets = key.params.subnet_ids.as_deref().filter(|_| goal == Goal::Exist && seen.is_none());
        let step = plain_step::<Self>(goal, key, seen, diff);
        Ok(match subnets {
            Some(subnets) => super::shared::from_one_of(subnets, step, "/floatingip", |subnet| {
                ("subnet_id", json!(subnet))
            }),
            None => step,
        })
    }

    fn complete_update(
        key: &Key<'_, FloatingIpParameters>,
        seen: &Seen<'_, Self>,
        address: &mut Map<String, Value>,
    ) {
        associate(address, key.params, &seen.params);
    }

    /// One that leads nowhere yet is down, and is ours all the same.
    fn connection(
        _: &Key<'_, FloatingIpParameters>,
        seen: &Seen<'_, Self>,
        _: &CloudInfo,
    ) -> ConnectionDetails {
        super::shared::addresses(seen.params.floating_ip_address.as_deref().into_iter())
    }
}

/// Neutron takes a port and its address only together, and chooses anew with every update that does not say them:
/// what stays is said too.
fn associate(body: &mut Map<String, Value>, wanted: &FloatingIpParameters, seen: &FloatingIpParameters) {
    let given = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let port = match body.get("port_id") {
        Some(port) => port.as_str().map(str::to_owned),
        None => given(&wanted.port_id).or_else(|| given(&seen.port_id)),
    };
    let Some(port) = port else { return };
    let stays = seen.port_id.as_ref() == Some(&port);
    let address = given(&wanted.fixed_ip_address).or_else(|| given(&seen.fixed_ip_address).filter(|_| stays));
    body.insert("port_id".to_owned(), json!(port));
    body.extend(address.map(|address| ("fixed_ip_address".to_owned(), json!(address))));
}

#[cfg(test)]
mod tests;
