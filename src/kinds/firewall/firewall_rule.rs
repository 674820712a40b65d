//! Rules of Neutron's firewalls: <https://docs.openstack.org/api-ref/network/v2/#fwaas-v2-0-current-fwaas-firewall-groups-firewall-policies-firewall-rules>

use super::shared;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a firewall does with some packets.
pub struct FirewallRule;

/// What can be wanted of a firewall rule. It is about packets that have all that it says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FirewallRuleParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = shared::DESCRIPTION))]
    pub description: Option<String>,
    /// What is done with the packets: allow them, drop them (deny), or drop them and tell the sender (reject).
    #[schemars(extend("x-os" = {"default": "deny"}, "enum" = ["allow", "deny", "reject"]))]
    pub action: Option<String>,
    /// Protocol by name (tcp, udp, icmp, …) or number; empty for any.
    #[schemars(extend("x-os" = {"emptyIsNull": true, "normalise": "lowercase", "default": "any"}), length(max = 40))]
    pub protocol: Option<String>,
    /// Version of IP.
    #[schemars(extend("x-os" = {"default": 4}, "enum" = [4, 6]))]
    pub ip_version: Option<u8>,
    /// Address or range of addresses that the packets come from; empty for any.
    #[schemars(extend("x-os" = {"emptyIsNull": true, "default": "any"}))]
    pub source_ip_address: Option<String>,
    /// Address or range of addresses that the packets go to; empty for any.
    #[schemars(extend("x-os" = {"emptyIsNull": true, "default": "any"}))]
    pub destination_ip_address: Option<String>,
    /// Port, or first and last port as 8000:8999, that the packets come from; empty for any. Of TCP and UDP.
    #[schemars(extend("x-os" = {"emptyIsNull": true, "default": "any"}), regex(pattern = r"^([0-9]{1,5}(:[0-9]{1,5})?)?$"))]
    pub source_port: Option<String>,
    /// Port, or first and last port as 8000:8999, that the packets go to; empty for any. Of TCP and UDP.
    #[schemars(extend("x-os" = {"emptyIsNull": true, "default": "any"}), regex(pattern = r"^([0-9]{1,5}(:[0-9]{1,5})?)?$"))]
    pub destination_port: Option<String>,
    /// Id of the firewall group that has the port that the packets come from.
    #[schemars(extend("x-os" = {"ref": "firewall.FirewallGroup", "default": "any"}))]
    pub source_firewall_group_id: Option<String>,
    /// Id of the firewall group that has the port that the packets go to.
    #[schemars(extend("x-os" = {"ref": "firewall.FirewallGroup", "default": "any"}))]
    pub destination_firewall_group_id: Option<String>,
    /// Whether the rule is heeded.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enabled: Option<bool>,
    /// Whether every project can use the rule. Needs administrator's rights.
    #[schemars(extend("x-os" = {"default": false}))]
    pub shared: Option<bool>,
    /// Project that owns the rule. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a firewall rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FirewallRuleObservation {
    /// Id of the rule.
    pub id: String,
    /// Ids of the policies that have the rule.
    #[schemars(extend("x-os" = {"wire": "firewall_policy_id"}))]
    pub firewall_policy_ids: Vec<String>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for FirewallRule {
    type Parameters = FirewallRuleParameters;
    type Observation = FirewallRuleObservation;
    const INFO: Info = Info {
        group: "firewall",
        kind: "FirewallRule",
        plural: "firewallrules",
        short: "osfwr",
        about: "A FirewallRule says what a firewall of OpenStack Neutron does with some packets. A FirewallPolicy orders rules.",
        docs: shared::DOCS,
        columns: &[
            Column { name: "ACTION", field: "action" },
            Column { name: "PROTOCOL", field: "protocol" },
            Column { name: "PORT", field: "destinationPort" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "fwaas/firewall_rules",
        tags: false,
        ..Rest::neutron("firewall_rules", "firewall_rule")
    });
}
