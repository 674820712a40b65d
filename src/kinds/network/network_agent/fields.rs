//! Fields of an agent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be wanted of an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkAgentParameters {
    /// Name of the host, as Neutron has it.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), length(min = 1, max = 255))]
    pub host: Option<String>,
    /// Type of the agent, in Neutron's words: such as DHCP agent, L3 agent, Open vSwitch agent, Metering agent, or
    /// BGP dynamic routing agent. A host has one of each at the most.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), length(min = 1, max = 255))]
    pub agent_type: Option<String>,
    /// Whether Neutron gives it anything to do. One that is disabled stops to serve what it has, unless Neutron's
    /// configuration says otherwise.
    pub admin_state_up: Option<bool>,
    /// Description for people.
    #[schemars(length(max = 255))]
    pub description: Option<String>,
    /// Ids of networks that a DHCP agent serves, beside those that Neutron chooses itself. What is taken off the list
    /// stays with the agent.
    #[schemars(extend("x-os" = {"ref": "network.Network", "set": true, "needs": ["agentType=DHCP agent"]}), length(max = 1000))]
    pub network_ids: Option<Vec<String>>,
    /// Ids of routers that an L3 agent has, beside those that Neutron chooses itself. Neutron refuses one that another
    /// agent has. What is taken off the list stays with the agent.
    #[schemars(extend("x-os" = {"ref": "network.Router", "set": true, "needs": ["agentType=L3 agent"]}), length(max = 1000))]
    pub router_ids: Option<Vec<String>>,
    /// Id of the BGP speaker that a BGP dynamic routing agent has: one at the most, and Neutron refuses another while it
    /// has one. What is taken off the list stays with the agent.
    #[schemars(extend("x-os" = {"ref": "network.BGPSpeaker", "set": true, "needs": ["agentType=BGP dynamic routing agent"]}), length(max = 1))]
    pub bgp_speaker_ids: Option<Vec<String>>,
}

/// What only the cloud says of an agent, but for what changes with each of its reports: their time, and what it counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkAgentObservation {
    /// UUID of the agent.
    pub id: String,
    /// Name of its program.
    pub binary: String,
    /// Whether it reports.
    pub alive: bool,
    /// Availability zone that it is in.
    pub availability_zone: String,
    /// Topic of the messages that it hears.
    pub topic: String,
    /// When it reported for the first time, UTC.
    pub created_at: String,
    /// When it was last started, UTC.
    pub started_at: String,
}
