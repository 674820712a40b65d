//! Neutron quotas: <https://docs.openstack.org/api-ref/network/v2/#quotas-extension-quotas>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, Options, Rights, Seen,
        request::service::NETWORK,
        rest::{Rest, listing::Listing},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// How much of the network a project may have.
pub struct NetworkQuota;

/// What can be wanted of a project's limits; -1 for none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkQuotaParameters {
    /// Id of the project.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "immutable": true}))]
    pub project_id: Option<String>,
    /// Most networks.
    #[schemars(range(min = -1))]
    pub network: Option<i32>,
    /// Most subnets.
    #[schemars(range(min = -1))]
    pub subnet: Option<i32>,
    /// Most subnet pools.
    #[schemars(range(min = -1))]
    pub subnetpool: Option<i32>,
    /// Most ports.
    #[schemars(range(min = -1))]
    pub port: Option<i32>,
    /// Most routers.
    #[schemars(range(min = -1))]
    pub router: Option<i32>,
    /// Most floating IPs.
    #[schemars(range(min = -1))]
    pub floatingip: Option<i32>,
    /// Most security groups.
    #[schemars(range(min = -1))]
    pub security_group: Option<i32>,
    /// Most rules of security groups.
    #[schemars(range(min = -1))]
    pub security_group_rule: Option<i32>,
    /// Most RBAC policies.
    #[schemars(range(min = -1))]
    pub rbac_policy: Option<i32>,
    /// Most trunks.
    #[schemars(range(min = -1))]
    pub trunk: Option<i32>,
    /// Whether a limit below what the project has already is accepted, with which it can make nothing more. Older clouds accept it
    /// in any case.
    #[schemars(extend("x-os" = {"createOnly": true, "default": false}))]
    pub force: Option<bool>,
}

/// What only the cloud says of a project's limits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkQuotaObservation {
    /// Id of the project.
    pub id: String,
}

impl Kind for NetworkQuota {
    type Parameters = NetworkQuotaParameters;
    type Observation = NetworkQuotaObservation;
    const INFO: Info = Info {
        kind: "NetworkQuota",
        plural: "networkquotas",
        short: "osnetq",
        about: "A NetworkQuota says how much of the network a project of OpenStack may have. What it does not say stays as it is; deleting it resets all limits of the project, also those that others set.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#quotas-extension-quotas",
        columns: &[
            Column { name: "NETWORKS", field: "network" },
            Column { name: "PORTS", field: "port" },
            Column { name: "FLOATING-IPS", field: "floatingip" },
        ],
        external_name: "the id of the project",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        requires: &[&[
            "network",
            "subnet",
            "subnetpool",
            "port",
            "router",
            "floatingip",
            "securityGroup",
            "securityGroupRule",
            "rbacPolicy",
            "trunk",
        ]],
        ..Info::of(&NETWORK)
    };
    const OPTIONS: Options = Options { singleton: true, ..Options::USUAL };
    const REST: Option<Rest> = Some(Rest { path: "quotas", ..Rest::plain("quotas", "quota") });
    /// Only what differs from the cloud's defaults is listed.
    const LISTING: Listing = Listing::None;

    fn chosen_name(key: &Key<'_, NetworkQuotaParameters>) -> Option<String> {
        key.params.project_id.clone()
    }

    /// They do not say whose they are.
    fn complete_answer(key: &Key<'_, NetworkQuotaParameters>, quota: &mut Map<String, Value>) {
        let project = key.any.meta.external_name.map(str::to_owned).or_else(|| Self::chosen_name(key));
        quota.extend(["id", "project_id"].map(|name| (name.to_owned(), json!(project))));
    }

    fn complete_update(
        key: &Key<'_, NetworkQuotaParameters>,
        _: &Seen<'_, Self>,
        quota: &mut Map<String, Value>,
    ) {
        quota.extend(key.params.force.map(|force| ("force".to_owned(), json!(force))));
    }
}
