//! Neutron default security group rules: <https://docs.openstack.org/api-ref/network/v2/#security-group-default-rules>

use super::security_group_rule::{Direction, Ethertype, spell};
use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, Rights,
        request::service::NETWORK,
        rest::{Rest, Update},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A rule that new security groups have.
pub struct DefaultSecurityGroupRule;

/// What can be wanted of a rule: nothing of it can be changed once it exists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DefaultSecurityGroupRuleParameters {
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION), extend("x-os" = {"immutable": true}))]
    pub description: Option<String>,
    /// Which packets it is about, seen from the port.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub direction: Option<Direction>,
    /// Version of IP.
    #[schemars(extend("x-os" = {"immutable": true, "default": "IPv4"}))]
    pub ethertype: Option<Ethertype>,
    /// Protocol by name (tcp, udp, icmp, ipv6-icmp, sctp, …) or number, 0 to 255.
    #[schemars(extend("x-os" = {"immutable": true, "default": "any"}))]
    pub protocol: Option<String>,
    /// First port of tcp, udp, dccp, sctp or udplite; the type for ICMP.
    #[schemars(extend("x-os" = {"immutable": true, "default": "all"}))]
    pub port_range_min: Option<u16>,
    /// Last port, which may be the first; the code for ICMP.
    #[schemars(extend("x-os" = {"immutable": true, "default": "all"}))]
    pub port_range_max: Option<u16>,
    /// Addresses of the other side in CIDR notation.
    #[schemars(extend("x-os" = {"immutable": true, "normalise": "cidr", "default": "any", "excludes": ["remoteGroupId", "remoteAddressGroupId"]}))]
    pub remote_ip_prefix: Option<String>,
    /// Id of the security group that the other side's port must have; PARENT for the group that the rule is in.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "immutable": true, "excludes": ["remoteIpPrefix", "remoteAddressGroupId"]}))]
    pub remote_group_id: Option<String>,
    /// Id of the address group that the other side must be in.
    #[schemars(extend("x-os" = {"ref": "network.AddressGroup", "immutable": true, "excludes": ["remoteIpPrefix", "remoteGroupId"]}))]
    pub remote_address_group_id: Option<String>,
    /// Whether new projects' default groups have the rule.
    #[schemars(extend("x-os" = {"immutable": true, "default": false}))]
    pub used_in_default_sg: Option<bool>,
    /// Whether all other new groups have the rule.
    #[schemars(extend("x-os" = {"immutable": true, "default": true}))]
    pub used_in_non_default_sg: Option<bool>,
}

/// What only the cloud says of a rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DefaultSecurityGroupRuleObservation {
    /// Id of the rule.
    pub id: String,
}

impl Kind for DefaultSecurityGroupRule {
    type Parameters = DefaultSecurityGroupRuleParameters;
    type Observation = DefaultSecurityGroupRuleObservation;
    const INFO: Info = Info {
        kind: "DefaultSecurityGroupRule",
        plural: "defaultsecuritygrouprules",
        short: "osdsgr",
        about: "A DefaultSecurityGroupRule is a rule that new security groups of OpenStack Neutron have. Groups that exist already are not changed.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#security-group-default-rules",
        columns: &[
            Column { name: "DIRECTION", field: "direction" },
            Column { name: "PROTOCOL", field: "protocol" },
            Column { name: "PORT", field: "portRangeMin" },
        ],
        rights: Rights::System,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "default-security-group-rules",
        update: Update::None,
        tags: false,
        ..Rest::neutron("default_security_group_rules", "default_security_group_rule")
    });

    /// Neutron wants both said.
    fn complete(_: &DefaultSecurityGroupRuleParameters, body: &mut Map<String, Value>) {
        body.entry("used_in_default_sg").or_insert_with(|| json!(false));
        body.entry("used_in_non_default_sg").or_insert_with(|| json!(true));
    }

    fn complete_answer(key: &Key<'_, Self::Parameters>, rule: &mut Map<String, Value>) {
        spell(key.params.protocol.as_deref(), rule);
    }
}
