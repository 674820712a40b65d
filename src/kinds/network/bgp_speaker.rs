//! BGP speakers of Neutron: <https://docs.openstack.org/api-ref/network/v2/#bgp-dynamic-routing>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, MarkerPlace, Rights, Seen, Step,
        request::{Method, service::NETWORK},
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

/// What tells routers outside the ways in.
pub struct BgpSpeaker;

/// What can be wanted of a BGP speaker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpSpeakerParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Number of the autonomous system that it speaks for.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), range(min = 1, max = 4294967295u32))]
    pub local_as: Option<u32>,
    /// Version of IP of what it advertises.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}, "enum" = [4, 6]))]
    pub ip_version: Option<u8>,
    /// Whether it advertises floating IPs.
    #[schemars(extend("x-os" = {"default": true}))]
    pub advertise_floating_ip_host_routes: Option<bool>,
    /// Whether it advertises projects' networks that share an address scope with the gateway's network.
    #[schemars(extend("x-os" = {"default": true}))]
    pub advertise_tenant_networks: Option<bool>,
    /// Ids of the peers that it tells; a list replaces all that it has.
    #[schemars(extend("x-os" = {"ref": "network.BGPPeer", "set": true, "wire": "peers"}), length(max = 100))]
    pub peer_ids: Option<Vec<String>>,
    /// Ids of the external networks of which it advertises the ways in; a list replaces all that it has.
    #[schemars(extend("x-os" = {"ref": "network.Network", "set": true, "wire": "networks"}), length(max = 100))]
    pub network_ids: Option<Vec<String>>,
    /// Project that owns the speaker.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a BGP speaker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct BgpSpeakerObservation {
    /// Id of the speaker.
    pub id: String,
}

impl Kind for BgpSpeaker {
    type Parameters = BgpSpeakerParameters;
    type Observation = BgpSpeakerObservation;
    const INFO: Info = Info {
        kind: "BGPSpeaker",
        plural: "bgpspeakers",
        short: "osbgps",
        about: "A BGPSpeaker of OpenStack Neutron tells routers outside the ways to addresses inside.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#bgp-dynamic-routing",
        columns: &[
            Column { name: "NAME", field: "name" },
            Column { name: "AS", field: "localAs" },
            Column { name: "IP-VERSION", field: "ipVersion" },
        ],
        rights: Rights::System,
        marker: MarkerPlace::None,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "bgp-speakers", asks: &["name"], ..Rest::plain("bgp_speakers", "bgp_speaker") });
    const NOT_IN_CREATE: &[&str] = &["peers", "networks"];
    const CHANGES: Changes<Self> = &[
        Change::new(&["networkIds"], By::Function(networks)),
        Change::new(&["peerIds"], By::Function(peers)),
    ];
}

fn networks(
    requests: &Requests<'_>,
    key: &Key<'_, BgpSpeakerParameters>,
    seen: &Seen<'_, BgpSpeaker>,
) -> Option<Step> {
    let (wanted, have) = (&key.params.network_ids, &seen.params.network_ids);
    one_by_one(requests, ("gateway_network", "network_id"), wanted.as_deref(), have.as_deref())
}

fn peers(
    requests: &Requests<'_>,
    key: &Key<'_, BgpSpeakerParameters>,
    seen: &Seen<'_, BgpSpeaker>,
) -> Option<Step> {
    let (wanted, have) = (&key.params.peer_ids, &seen.params.peer_ids);
    one_by_one(requests, ("bgp_peer", "bgp_peer_id"), wanted.as_deref(), have.as_deref())
}

/// What must not be there goes first: another peer may have its address.
fn one_by_one(
    requests: &Requests<'_>,
    (what, field): (&str, &str),
    wanted: Option<&[String]>,
    have: Option<&[String]>,
) -> Option<Step> {
    let (wanted, have) = (wanted.unwrap_or_default(), have.unwrap_or_default());
    let send = |verb: &str, id: &String| {
        requests.below(Method::Put, &format!("{verb}_{what}"), Some(json!({ field: id })))
    };
    let surplus = have.iter().find(|id| !wanted.contains(id)).map(|id| send("remove", id));
    surplus.or_else(|| wanted.iter().find(|id| !have.contains(id)).map(|id| send("add", id)))
}
