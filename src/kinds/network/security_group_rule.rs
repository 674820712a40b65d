//! Neutron security group rules: <https://docs.openstack.org/api-ref/network/v2/#security-group-rules-security-group-rules>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, Options,
        request::service::NETWORK,
        rest::{Rest, Update},
        rival::Rival,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Packets that a security group lets through.
pub struct SecurityGroupRule;

/// What can be wanted of a rule: nothing of it can be changed once it exists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityGroupRuleParameters {
    /// Id of the security group that the rule belongs to.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "required": true, "immutable": true}))]
    pub security_group_id: Option<String>,
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
    /// Id of the security group that the other side's port must have.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "immutable": true, "excludes": ["remoteIpPrefix", "remoteAddressGroupId"]}))]
    pub remote_group_id: Option<String>,
    /// Id of the address group that the other side must be in.
    #[schemars(extend("x-os" = {"ref": "network.AddressGroup", "immutable": true, "excludes": ["remoteIpPrefix", "remoteGroupId"]}))]
    pub remote_address_group_id: Option<String>,
    /// Project that owns the rule. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// Which way packets go, seen from the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the port.
    Ingress,
    /// From the port.
    Egress,
}

/// Versions of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "their names say it")]
pub enum Ethertype {
    IPv4,
    IPv6,
}

/// What only the cloud says of a rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityGroupRuleObservation {
    /// Id of the rule.
    pub id: String,
    /// The other side's addresses, host bits cleared.
    pub normalized_cidr: String,
    /// Whether the rule is in a project's default security group.
    pub belongs_to_default_sg: bool,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for SecurityGroupRule {
    type Parameters = SecurityGroupRuleParameters;
    type Observation = SecurityGroupRuleObservation;
    const INFO: Info = Info {
        kind: "SecurityGroupRule",
        plural: "securitygrouprules",
        short: "ossgr",
        about: "A SecurityGroupRule says which packets a security group of OpenStack Neutron lets through.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#security-group-rules-security-group-rules",
        columns: &[
            Column { name: "DIRECTION", field: "direction" },
            Column { name: "PROTOCOL", field: "protocol" },
            Column { name: "PORT", field: "portRangeMin" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "security-group-rules",
        update: Update::None,
        tags: false,
        ..Rest::neutron("security_group_rules", "security_group_rule")
    });

    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };

    /// A set of all rules takes others away.
    fn rivals(params: &SecurityGroupRuleParameters) -> Vec<Rival> {
        let instead = "make it a set of additionalRules";
        let set = |id| Rival::having("network.SecurityGroupRuleSet", "securityGroupId", id, instead);
        params.security_group_id.as_deref().map(|id| set(id).saying("rules")).into_iter().collect()
    }

    fn complete_answer(key: &Key<'_, Self::Parameters>, rule: &mut Map<String, Value>) {
        spell(key.params.protocol.as_deref(), rule);
    }
}

/// A protocol has several spellings, and any protocol is none: what is wanted is shown as it was spelt.
pub(super) fn spell(wanted: Option<&str>, rule: &mut Map<String, Value>) {
    if let Some(want) = wanted {
        let six = rule.get("ethertype").is_some_and(|ethertype| ethertype == "IPv6");
        let have = rule.get("protocol").and_then(Value::as_str).unwrap_or_default();
        if number(want, six) == number(have, six) {
            rule.insert("protocol".to_owned(), json!(want));
        }
    }
}

/// Names of protocols that Neutron knows, and their numbers.
const PROTOCOLS: &[(&str, &str)] = &[
    ("any", ""),
    ("hopopt", "0"),
    ("ip", "0"),
    ("icmp", "1"),
    ("igmp", "2"),
    ("ipip", "4"),
    ("tcp", "6"),
    ("egp", "8"),
    ("udp", "17"),
    ("dccp", "33"),
    ("ipv6-encap", "41"),
    ("ipv6-route", "43"),
    ("ipv6-frag", "44"),
    ("rsvp", "46"),
    ("gre", "47"),
    ("esp", "50"),
    ("ah", "51"),
    ("icmpv6", "58"),
    ("ipv6-icmp", "58"),
    ("ipv6-nonxt", "59"),
    ("ipv6-opts", "60"),
    ("ospf", "89"),
    ("vrrp", "112"),
    ("pgm", "113"),
    ("sctp", "132"),
    ("udplite", "136"),
];

/// Number of a protocol by name or number. In an IPv6 rule, ICMP is ICMPv6.
pub(super) fn number(protocol: &str, six: bool) -> String {
    let name = protocol.to_lowercase();
    let known = PROTOCOLS.iter().find(|(known, _)| *known == name);
    match known.map_or(name.as_str(), |(_, number)| number) {
        "1" if six => "58".to_owned(),
        number => number.to_owned(),
    }
}

#[cfg(test)]
mod tests;
