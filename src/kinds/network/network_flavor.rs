//! Neutron flavors: <https://docs.openstack.org/api-ref/network/v2/#networking-flavors-framework-v2-0-current-flavor-service-profile>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, Rights, Seen, Step,
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

/// A choice of who realises routers, VPNs and the like.
pub struct NetworkFlavor;

/// What can be wanted of a network flavor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkFlavorParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// What it is a flavor of, such as L3_ROUTER_NAT or VPN: a type of plugin that the cloud has.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}))]
    pub service_type: Option<String>,
    /// Whether the flavor can be chosen.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enabled: Option<bool>,
    /// Ids of the service profiles; a list replaces all that the flavor has. Neutron uses one of them, not of your choice, and refuses
    /// while that one is disabled: best give one.
    #[schemars(extend("x-os" = {"ref": "network.NetworkServiceProfile", "set": true, "wire": "service_profiles"}))]
    pub service_profile_ids: Option<Vec<String>>,
}

/// What only the cloud says of a network flavor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkFlavorObservation {
    /// Id of the flavor.
    pub id: String,
}

impl Kind for NetworkFlavor {
    type Parameters = NetworkFlavorParameters;
    type Observation = NetworkFlavorObservation;
    const INFO: Info = Info {
        kind: "NetworkFlavor",
        plural: "networkflavors",
        short: "osnetf",
        about: "A NetworkFlavor of OpenStack Neutron lets people choose who realises their routers, VPNs and the like.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#networking-flavors-framework-v2-0-current-flavor-service-profile",
        columns: &[
            Column { name: "NAME", field: "name" },
            Column { name: "SERVICE", field: "serviceType" },
            Column { name: "ENABLED", field: "enabled" },
        ],
        rights: Rights::System,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest { tags: false, ..Rest::neutron("flavors", "flavor") });
    /// Neutron takes them, and forgets them.
    const NOT_IN_CREATE: &[&str] = &["service_profiles"];
    const CHANGES: Changes<Self> = &[Change::new(&["serviceProfileIds"], By::Function(next))];
}

/// Profiles come and go one by one, below the flavor.
fn next(
    requests: &Requests<'_>,
    key: &Key<'_, NetworkFlavorParameters>,
    seen: &Seen<'_, NetworkFlavor>,
) -> Option<Step> {
    let all = |flavor: &NetworkFlavorParameters| flavor.service_profile_ids.clone().unwrap_or_default();
    let (wanted, have) = (all(key.params), all(&seen.params));
    if let Some(missing) = wanted.iter().find(|id| !have.contains(id)) {
        let body = json!({"service_profile": {"id": missing}});
        return Some(requests.below(Method::Post, "service_profiles", Some(body)));
    }
    let surplus = have.iter().find(|id| !wanted.contains(id))?;
    Some(requests.below(Method::Delete, &format!("service_profiles/{surplus}"), None))
}
