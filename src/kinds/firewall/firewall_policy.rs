//! Policies of Neutron's firewalls: <https://docs.openstack.org/api-ref/network/v2/#fwaas-v2-0-current-fwaas-firewall-groups-firewall-policies-firewall-rules>

use super::shared;
use crate::{
    api::crd::Column,
    kind::{Info, Kind, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rules of a firewall, in order.
pub struct FirewallPolicy;

/// What can be wanted of a firewall policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FirewallPolicyParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Ids of the rules. The first that is about a packet decides; one that no rule is about is dropped. A list replaces all that
    /// the policy has.
    #[schemars(extend("x-os" = {"ref": "firewall.FirewallRule", "wire": "firewall_rules"}), length(max = 1000))]
    pub firewall_rule_ids: Option<Vec<String>>,
    /// Whether the policy counts as checked by somebody. Neutron forgets it with every change of the policy or of a rule; as long
    /// as it is set here, it is said again.
    #[schemars(extend("x-os" = {"default": false}))]
    pub audited: Option<bool>,
    /// Whether every project can use the policy. Needs administrator's rights.
    #[schemars(extend("x-os" = {"default": false}))]
    pub shared: Option<bool>,
    /// Project that owns the policy. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a firewall policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FirewallPolicyObservation {
    /// Id of the policy.
    pub id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for FirewallPolicy {
    type Parameters = FirewallPolicyParameters;
    type Observation = FirewallPolicyObservation;
    const INFO: Info = Info {
        group: "firewall",
        kind: "FirewallPolicy",
        plural: "firewallpolicies",
        short: "osfwp",
        about: "A FirewallPolicy has rules of a firewall of OpenStack Neutron, in order.",
        docs: shared::DOCS,
        columns: &[
            Column { name: "NAME", field: "name" },
            Column { name: "SHARED", field: "shared" },
            Column { name: "AUDITED", field: "audited" },
        ],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "fwaas/firewall_policies",
        tags: false,
        ..Rest::neutron("firewall_policies", "firewall_policy")
    });
}
