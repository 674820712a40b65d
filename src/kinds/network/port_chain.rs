//! Port chains of service function chaining: <https://docs.openstack.org/api-ref/network/v2/#service-function-chaining>

use super::shared::DESCRIPTION;
use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, Seen, Step,
        request::service::NETWORK,
        rest::{
            Rest,
            change::{By, Change},
            requests::Requests,
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The way of packets through service functions.
pub struct PortChain;

/// What can be wanted of a port chain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortChainParameters {
    /// Ids of the groups of port pairs that packets pass, in this order; a list replaces all that the chain has. Neutron leaves a
    /// group that stays in the place that it had: one whose place changes is out of the chain for a moment. Where no group can
    /// be out, such as when two swap their places, the change is refused.
    #[schemars(extend("x-os" = {"ref": "network.PortPairGroup", "required": true, "wire": "port_pair_groups"}), length(min = 1, max = 100))]
    pub port_pair_group_ids: Option<Vec<String>>,
    /// Ids of the flow classifiers that say which packets go through the chain; a list replaces all that it has. A flow classifier
    /// is in one chain at most, and may not be about packets of another chain.
    #[schemars(extend("x-os" = {"ref": "network.FlowClassifier", "set": true, "wire": "flow_classifiers"}), length(max = 1000))]
    pub flow_classifier_ids: Option<Vec<String>>,
    /// How packets go through the chain.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub chain_parameters: Option<ChainParameters>,
    /// Number of the chain in packets' headers. No two chains of a cloud have the same.
    #[schemars(extend("x-os" = {"immutable": true, "default": "the lowest one that is free"}), range(min = 1, max = 65535))]
    pub chain_id: Option<u32>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Project that owns the chain. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// How packets go through a chain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ChainParameters {
    /// Header that keeps packets of one chain apart from those of another.
    #[schemars(extend("x-os" = {"immutable": true, "default": "mpls"}, "enum" = ["mpls", "nsh"]))]
    pub correlation: Option<String>,
    /// Whether answers go the same way back.
    #[schemars(extend("x-os" = {"immutable": true, "default": false}))]
    pub symmetric: Option<bool>,
}

/// What only the cloud says of a port chain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortChainObservation {
    /// Id of the chain.
    pub id: String,
}

impl Kind for PortChain {
    type Parameters = PortChainParameters;
    type Observation = PortChainObservation;
    const INFO: Info = Info {
        kind: "PortChain",
        plural: "portchains",
        short: "ospchn",
        about: "A PortChain of OpenStack Neutron leads packets that flow classifiers name through groups of service functions, in order.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#service-function-chaining",
        columns: &[Column { name: "NAME", field: "name" }, Column { name: "NUMBER", field: "chainId" }],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "sfc/port_chains",
        tags: false,
        asks: &["name"],
        ..Rest::neutron("port_chains", "port_chain")
    });
    const CHANGES: Changes<Self> = &[Change::new(&["portPairGroupIds"], By::Function(groups))];
}

/// Neutron gives a place only to groups that the chain did not have, each the one that it has in the list, and tells the list as it
/// was sent. So groups that are to be in another place go first, and are put back by the next request. A chain is never empty.
fn groups(
    requests: &Requests<'_>,
    key: &Key<'_, PortChainParameters>,
    seen: &Seen<'_, PortChain>,
) -> Option<Step> {
    let all = |chain: &'_ PortChainParameters| chain.port_pair_group_ids.clone().unwrap_or_default();
    let (wanted, have) = (all(key.params), all(&seen.params));
    let stay = wanted.iter().zip(&have).take_while(|(wanted, have)| wanted == have).count();
    let (front, behind) = (have.get(..stay)?, have.get(stay..)?);
    let lasting: Vec<_> = match behind.iter().any(|id| wanted.contains(id)) {
        false => wanted,
        true if front.is_empty() => have.into_iter().filter(|id| !wanted.contains(id)).collect(),
        true => front.to_vec(),
    };
    Some(match lasting.is_empty() {
        true => Step::Refuse(
            "Neutron can't change the order of just these groups: leave one out first, or delete this resource and create it \
             anew"
            .to_owned(),
        ),
        false => requests.set("port_pair_groups", json!(lasting)),
    })
}

#[cfg(test)]
mod tests;
