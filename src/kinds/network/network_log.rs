//! Logs of Neutron: <https://docs.openstack.org/api-ref/network/v2/#logging>

use super::shared::DESCRIPTION;
use crate::{
    api::crd::Column,
    kind::{Info, Key, Kind, Rights, request::service::NETWORK, rest::Rest},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is written down of packets.
pub struct NetworkLog;

/// What can be wanted of a log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkLogParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// What decides about the packets: security_group, snat or firewall_group, where the cloud can log it.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), length(min = 1, max = 255))]
    pub resource_type: Option<String>,
    /// Id of what decides: of the security group, the router, or the firewall group. Without one all of the project are meant;
    /// snat needs one.
    #[schemars(extend("x-os" = {"immutable": true, "default": "all", "excludes": ["securityGroupId"]}))]
    pub resource_id: Option<String>,
    /// Id of the security group, where that is what decides.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "immutable": true, "excludes": ["resourceId"]}))]
    pub security_group_id: Option<String>,
    /// Id of the port whose packets are meant.
    #[schemars(extend("x-os" = {"ref": "network.Port", "immutable": true, "default": "all"}))]
    pub target_id: Option<String>,
    /// Which packets are logged: those that pass, those that are dropped, or all.
    #[schemars(extend("x-os" = {"immutable": true, "default": "ALL"}, "enum" = ["ACCEPT", "ALL", "DROP"]))]
    pub event: Option<String>,
    /// Whether anything is logged.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enabled: Option<bool>,
    /// Project that owns the log. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of a log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkLogObservation {
    /// Id of the log.
    pub id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for NetworkLog {
    type Parameters = NetworkLogParameters;
    type Observation = NetworkLogObservation;
    const INFO: Info = Info {
        kind: "NetworkLog",
        plural: "networklogs",
        short: "osnlog",
        about: "A NetworkLog lets OpenStack Neutron write down which packets pass and which are dropped.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#logging",
        columns: &[
            Column { name: "TYPE", field: "resourceType" },
            Column { name: "EVENT", field: "event" },
            Column { name: "ENABLED", field: "enabled" },
        ],
        rights: Rights::System,
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "log/logs", tags: false, asks: &["name"], ..Rest::neutron("logs", "log") });

    fn complete(_: &NetworkLogParameters, body: &mut Map<String, Value>) {
        if let Some(group) = body.remove("security_group_id") {
            body.insert("resource_id".to_owned(), group);
        }
    }

    fn complete_answer(_: &Key<'_, NetworkLogParameters>, log: &mut Map<String, Value>) {
        if log.get("resource_type").is_some_and(|kind| kind == "security_group") {
            let group = log.get("resource_id").cloned();
            log.extend(group.map(|group| ("security_group_id".to_owned(), group)));
        }
    }
}
