//! Neutron trunks: <https://docs.openstack.org/api-ref/network/v2/#trunk-networking>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, Options, Seen, Statuses, Step,
        request::{Method, service::NETWORK},
        requests,
        rest::{
            Rest,
            change::{By, Change},
            requests::Requests,
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A port that brings several networks to one server.
pub struct Trunk;

/// What can be wanted of a trunk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TrunkParameters {
    /// Id of the port that the server has. It must not be in use yet where the cloud can't make trunks of such ports.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true}))]
    pub port_id: Option<String>,
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether the trunk forwards packets. Its ports change only while it does.
    #[schemars(extend("x-os" = {"default": true}))]
    pub admin_state_up: Option<bool>,
    /// Ports of other networks that the server reaches through the trunk, each by a tag; a list replaces all that the trunk has.
    #[schemars(extend("x-os" = {"set": true}), length(max = 1000))]
    pub sub_ports: Option<Vec<SubPort>>,
    /// Project that owns the trunk. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Tags; a list replaces all tags that the trunk has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// A port of a trunk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SubPort {
    /// Id of the port.
    #[schemars(extend("x-os" = {"ref": "network.Port"}))]
    pub port_id: Option<String>,
    /// How the server tells its packets: by a tag (vlan), or as the port's network does (inherit).
    #[schemars(extend("x-os" = {"default": "inherit"}, "enum" = ["inherit", "vlan"]))]
    pub segmentation_type: Option<String>,
    /// Tag of its packets.
    #[schemars(extend("x-os" = {"needs": ["segmentationType=vlan"]}), range(min = 1, max = 4094))]
    pub segmentation_id: Option<u32>,
}

/// What only the cloud says of a trunk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TrunkObservation {
    /// Id of the trunk.
    pub id: String,
    /// ACTIVE, DOWN, BUILD, DEGRADED or ERROR. One whose port nothing uses is DOWN.
    pub status: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for Trunk {
    type Parameters = TrunkParameters;
    type Observation = TrunkObservation;
    const INFO: Info = Info {
        kind: "Trunk",
        plural: "trunks",
        short: "ostrnk",
        about: "A Trunk of OpenStack Neutron brings several networks to a server through one port.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#trunk-networking",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "PORT", field: "portId" }],
        ..Info::of(&NETWORK)
    };
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };
    const STATUSES: Option<Statuses> = Some(Statuses::of("trunk", &["ACTIVE", "DOWN"]));
    const REST: Option<Rest> = Some(Rest::neutron("trunks", "trunk"));
    const CHANGES: Changes<Self> = &[Change::new(&["subPorts"], By::Function(next)).unless(is_down)];

    fn complete(_: &TrunkParameters, body: &mut Map<String, Value>) {
        items(body).for_each(say_type);
    }

    /// Neutron deletes none that is administratively down.
    fn before_delete(key: &Key<'_, TrunkParameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        let down = seen.params.admin_state_up == Some(false);
        down.then(|| requests::<Self>(key).set("admin_state_up", json!(true)))
    }

    /// What was inherited is told as what it is: it is shown as it is wanted.
    fn complete_answer(key: &Key<'_, TrunkParameters>, trunk: &mut Map<String, Value>) {
        for told in items(trunk) {
            let mut wanted = key.params.sub_ports.iter().flatten();
            let wanted = wanted
                .find(|wanted| wanted.port_id.as_deref() == told.get("port_id").and_then(Value::as_str));
            let Some(wanted) = wanted.filter(|wanted| wanted.segmentation_type.as_deref() != Some("vlan"))
            else {
                continue;
            };
            told.insert("segmentation_type".to_owned(), json!(wanted.segmentation_type));
            told.insert("segmentation_id".to_owned(), json!(wanted.segmentation_id));
        }
    }
}

fn items(trunk: &mut Map<String, Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let all = trunk.get_mut("sub_ports").and_then(Value::as_array_mut);
    all.into_iter().flatten().filter_map(Value::as_object_mut)
}

fn is_down(_: &Key<'_, TrunkParameters>, seen: &Seen<'_, Trunk>) -> Option<Step> {
    let why = "subPorts change only while the trunk is up: set spec.forProvider.adminStateUp to true";
    (seen.params.admin_state_up == Some(false)).then(|| Step::Refuse(why.to_owned()))
}

/// Neutron wants the type said.
fn say_type(port: &mut Map<String, Value>) {
    port.entry("segmentation_type").or_insert_with(|| json!("inherit"));
}

/// What must not be there goes first: a tag may be another port's next.
fn next(requests: &Requests<'_>, key: &Key<'_, TrunkParameters>, seen: &Seen<'_, Trunk>) -> Option<Step> {
    let beside = |some: &TrunkParameters, others: &TrunkParameters| {
        let others = others.sub_ports.clone().unwrap_or_default();
        some.sub_ports.iter().flatten().filter(|one| !others.contains(one)).cloned().collect::<Vec<_>>()
    };
    let body = |ports: &[SubPort], whole: bool| {
        let told = |port: &SubPort| match (whole, port.segmentation_id) {
            (false, _) => json!({"port_id": port.port_id}),
            (true, Some(id)) => {
                json!({"port_id": port.port_id, "segmentation_type": port.segmentation_type, "segmentation_id": id})
            }
            (true, None) => json!({"port_id": port.port_id, "segmentation_type": "inherit"}),
        };
        Some(json!({"sub_ports": ports.iter().map(told).collect::<Vec<_>>()}))
    };
    let (surplus, missing) = (beside(&seen.params, key.params), beside(key.params, &seen.params));
    if !surplus.is_empty() {
        return Some(requests.below(Method::Put, "remove_subports", body(&surplus, false)));
    }
    (!missing.is_empty()).then(|| requests.below(Method::Put, "add_subports", body(&missing, true)))
}

#[cfg(test)]
mod tests;
