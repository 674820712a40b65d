//! Neutron RBAC policies: <https://docs.openstack.org/api-ref/network/v2/#rbac-policies>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, MarkerPlace, plain_reads,
        request::{Keep, Read, service::NETWORK},
        rest::{Rest, wire},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What another project may do with an object.
pub struct NetworkRbacPolicy;

/// What can be wanted of an RBAC policy. It is about one object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkRbacPolicyParameters {
    /// What the other project may do: access_as_shared, which is to use the object, or, of a network, access_as_external, which is
    /// to have gateways and floating IPs there.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}, "enum" = ["access_as_external", "access_as_shared"]))]
    pub action: Option<String>,
    /// Id of the network.
    #[schemars(extend("x-os" = {"ref": "network.Network", "immutable": true, "excludes": ["qosPolicyId", "securityGroupId", "addressScopeId", "addressGroupId", "subnetpoolId", "bgpvpnId"]}))]
    pub network_id: Option<String>,
    /// Id of the QoS policy.
    #[schemars(extend("x-os" = {"ref": "network.QoSPolicy", "immutable": true, "excludes": ["networkId", "securityGroupId", "addressScopeId", "addressGroupId", "subnetpoolId", "bgpvpnId"]}))]
    pub qos_policy_id: Option<String>,
    /// Id of the security group.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "immutable": true, "excludes": ["networkId", "qosPolicyId", "addressScopeId", "addressGroupId", "subnetpoolId", "bgpvpnId"]}))]
    pub security_group_id: Option<String>,
    /// Id of the address scope.
    #[schemars(extend("x-os" = {"ref": "network.AddressScope", "immutable": true, "excludes": ["networkId", "qosPolicyId", "securityGroupId", "addressGroupId", "subnetpoolId", "bgpvpnId"]}))]
    pub address_scope_id: Option<String>,
    /// Id of the address group.
    #[schemars(extend("x-os" = {"ref": "network.AddressGroup", "immutable": true, "excludes": ["networkId", "qosPolicyId", "securityGroupId", "addressScopeId", "subnetpoolId", "bgpvpnId"]}))]
    pub address_group_id: Option<String>,
    /// Id of the subnet pool.
    #[schemars(extend("x-os" = {"ref": "network.SubnetPool", "immutable": true, "excludes": ["networkId", "qosPolicyId", "securityGroupId", "addressScopeId", "addressGroupId", "bgpvpnId"]}))]
    pub subnetpool_id: Option<String>,
    /// Id of the BGP VPN.
    #[schemars(extend("x-os" = {"ref": "bgpvpn.BGPVPN", "immutable": true, "excludes": ["networkId", "qosPolicyId", "securityGroupId", "addressScopeId", "addressGroupId", "subnetpoolId"]}))]
    pub bgpvpn_id: Option<String>,
    /// Id of the project that may do it; `*` for every project, which needs administrator's rights. Leave `shared` (with
    /// access_as_external: `external`) of the object's own resource out: it says the same, and both would undo each other.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "required": true, "wire": "target_tenant"}))]
    pub target_project_id: Option<String>,
    /// Project that owns the policy. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an RBAC policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkRbacPolicyObservation {
    /// Id of the policy.
    pub id: String,
    /// Type of the object that it is about.
    pub object_type: String,
    /// Id of the object that it is about.
    pub object_id: String,
}

/// Fields that name an object, and what Neutron calls its type.
const OBJECTS: [(&str, &str); 7] = [
    ("network_id", "network"),
    ("qos_policy_id", "qos_policy"),
    ("security_group_id", "security_group"),
    ("address_scope_id", "address_scope"),
    ("address_group_id", "address_group"),
    ("subnetpool_id", "subnetpool"),
    ("bgpvpn_id", "bgpvpn"),
];

impl Kind for NetworkRbacPolicy {
    type Parameters = NetworkRbacPolicyParameters;
    type Observation = NetworkRbacPolicyObservation;
    const INFO: Info = Info {
        kind: "NetworkRBACPolicy",
        plural: "networkrbacpolicies",
        short: "osrbac",
        about: "A NetworkRBACPolicy lets another project use an object of OpenStack Neutron.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#rbac-policies",
        columns: &[
            Column { name: "TYPE", field: "objectType" },
            Column { name: "ACTION", field: "action" },
            Column { name: "TARGET", field: "targetProjectId" },
        ],
        marker: MarkerPlace::NaturalKey,
        requires: &[&[
            "networkId",
            "qosPolicyId",
            "securityGroupId",
            "addressScopeId",
            "addressGroupId",
            "subnetpoolId",
            "bgpvpnId",
        ]],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "rbac-policies", ..Rest::plain("rbac_policies", "rbac_policy") });

    /// Neutron has no two that say the same.
    fn reads(key: &Key<'_, NetworkRbacPolicyParameters>) -> Vec<Read> {
        let mut reads = plain_reads::<Self>(key);
        if let Some(Read::List { keep, .. }) = reads.first_mut() {
            let mut said = wire::encode(&key.any.shapes.params, key.any.params);
            said.extend(object(&said));
            let fields = ["action", "target_tenant", "object_type", "object_id"];
            *keep = Keep::Like(fields.map(|name| (name, said.remove(name).unwrap_or_default())).into());
        }
        reads
    }

    fn complete(_: &NetworkRbacPolicyParameters, body: &mut Map<String, Value>) {
        let about = object(body);
        body.retain(|name, _| OBJECTS.iter().all(|(field, _)| field != name));
        body.extend(about);
    }

    fn complete_answer(_: &Key<'_, NetworkRbacPolicyParameters>, policy: &mut Map<String, Value>) {
        let about =
            OBJECTS.iter().find(|(_, kind)| policy.get("object_type").is_some_and(|told| told == kind));
        let id = policy.get("object_id").cloned();
        policy.extend(about.and_then(|(field, _)| Some(((*field).to_owned(), id?))));
    }
}

/// Type and id of the object that is named.
fn object(fields: &Map<String, Value>) -> Map<String, Value> {
    let named = OBJECTS.iter().find_map(|(field, kind)| Some((*kind, fields.get(*field)?.clone())));
    let pair = |(kind, id)| [("object_type".to_owned(), json!(kind)), ("object_id".to_owned(), id)];
    named.map(pair).into_iter().flatten().collect()
}
