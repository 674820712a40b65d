//! Groups of Neutron's firewalls: <https://docs.openstack.org/api-ref/network/v2/#fwaas-v2-0-current-fwaas-firewall-groups-firewall-policies-firewall-rules>

use super::shared;
use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, Ready, Seen, Statuses, Step,
        awaited::Awaited,
        request::service::NETWORK,
        requests,
        rest::{
            Rest,
            change::{By, Change},
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Ports that a firewall stands before.
pub struct FirewallGroup;

/// What can be wanted of a firewall group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FirewallGroupParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Ids of the ports: those of routers' interfaces, or of servers where the cloud can do that. A port can be in one group; a list
    /// replaces all that the group has.
    #[schemars(extend("x-os" = {"ref": "network.Port", "set": true, "wire": "ports"}), length(max = 1000))]
    pub port_ids: Option<Vec<String>>,
    /// Id of the policy for packets that come to the ports; empty for none, which lets none in.
    #[schemars(extend("x-os" = {"ref": "firewall.FirewallPolicy"}))]
    pub ingress_firewall_policy_id: Option<String>,
    /// Id of the policy for packets that leave the ports; empty for none, which lets none out.
    #[schemars(extend("x-os" = {"ref": "firewall.FirewallPolicy"}))]
    pub egress_firewall_policy_id: Option<String>,
    /// Whether packets pass. A group that is down drops all.
    #[schemars(extend("x-os" = {"default": true}))]
    pub admin_state_up: Option<bool>,
    /// Whether every project can use the group. Needs administrator's rights.
    #[schemars(extend("x-os" = {"default": false}))]
    pub shared: Option<bool>,
    /// Project that owns the group. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a firewall group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FirewallGroupObservation {
    /// Id of the group.
    pub id: String,
    /// ACTIVE, INACTIVE without ports or policies, DOWN, PENDING_CREATE, PENDING_UPDATE, PENDING_DELETE or ERROR.
    pub status: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for FirewallGroup {
    type Parameters = FirewallGroupParameters;
    type Observation = FirewallGroupObservation;
    const INFO: Info = Info {
        group: "firewall",
        kind: "FirewallGroup",
        plural: "firewallgroups",
        short: "osfwg",
        about: "A FirewallGroup has ports that a firewall of OpenStack Neutron stands before, and its policies.",
        docs: shared::DOCS,
        columns: &[Column { name: "NAME", field: "name" }, Column { name: "STATUS", field: "status" }],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "fwaas/firewall_groups",
        tags: false,
        ..Rest::neutron("firewall_groups", "firewall_group")
    });
    const CHANGES: Changes<Self> = &[Change::new(FIELDS, By::Update)];

    /// Neutron takes no port that no router or server has.
    fn awaits(params: &FirewallGroupParameters) -> Vec<Awaited> {
        let ports = params.port_ids.iter().flatten();
        ports.map(|port| Awaited::having("network.RouterInterface", "portId", port)).collect()
    }

    fn ready(params: &FirewallGroupParameters, seen: &Seen<'_, Self>) -> Ready {
        let usable: &[&str] = match params.admin_state_up {
            Some(false) => &["ACTIVE", "INACTIVE", "DOWN"],
            None | Some(true) => &["ACTIVE", "INACTIVE"],
        };
        statuses(usable).ready(&seen.state.status, "")
    }

    fn busy(seen: &Seen<'_, Self>) -> Option<Step> {
        statuses(&[]).wait(seen.any)
    }

    /// Neutron deletes none that has ports.
    fn before_delete(key: &Key<'_, FirewallGroupParameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        let has = seen.params.port_ids.as_ref().is_some_and(|ports| !ports.is_empty());
        has.then(|| Self::busy(seen).unwrap_or_else(|| requests::<Self>(key).set("ports", json!([]))))
    }
}

/// All that one update changes.
const FIELDS: &[&str] = &[
    "name",
    "description",
    "portIds",
    "ingressFirewallPolicyId",
    "egressFirewallPolicyId",
    "adminStateUp",
    "shared",
];

const fn statuses(usable: &'static [&'static str]) -> Statuses {
    let busy = |status: &str| status.starts_with("PENDING_");
    Statuses { busy, ..Statuses::of("firewall group", usable) }
}
