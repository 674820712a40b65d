//! Neutron security groups: <https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups>

use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, Seen, Step,
        diff::Diff,
        marker, plain_step,
        request::{Method, Request, service::NETWORK},
        rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A set of rules that ports filter packets by.
pub struct SecurityGroup;

/// What can be wanted of a security group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityGroupParameters {
    /// Name in OpenStack; any but `default`.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Whether answers to allowed packets are allowed too. Can't change while ports use the group.
    #[schemars(extend("x-os" = {"default": true}))]
    pub stateful: Option<bool>,
    /// Whether the rules that Neutron puts into a new group, which let all packets out, are deleted as part of its
    /// creation. Of no effect on a group that exists already.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true, "byProvider": true, "default": false}))]
    pub delete_default_rules: Option<bool>,
    /// Project that owns the security group. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
    /// Tags; a list replaces all tags that the security group has.
    #[schemars(extend("x-os" = {"set": true}), inner(length(min = 1, max = 255)))]
    pub tags: Option<Vec<String>>,
}

/// What only the cloud says of a security group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityGroupObservation {
    /// Id of the security group.
    pub id: String,
    /// Rules that the group has, whoever made them.
    pub security_group_rules: Vec<ObservedRule>,
    /// Whether the group is shared with other projects.
    pub shared: bool,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

/// A rule that the group has. What it leaves out is not restricted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ObservedRule {
    /// Id of the rule.
    pub id: String,
    /// Description for people.
    pub description: String,
    /// Whether a SecurityGroupRule of this or another installation of the provider made it.
    pub managed: bool,
    /// ingress or egress.
    pub direction: String,
    /// IPv4 or IPv6.
    pub ethertype: String,
    /// Protocol, by name or number.
    pub protocol: String,
    /// First port, or ICMP type.
    pub port_range_min: u16,
    /// Last port, or ICMP code.
    pub port_range_max: u16,
    /// Range of the other side's addresses.
    pub remote_ip_prefix: String,
    /// Security group of the other side.
    pub remote_group_id: String,
    /// Address group of the other side.
    pub remote_address_group_id: String,
}

impl ObservedRule {
    /// Lets everything out, and no resource of ours wants it.
    fn is_default(&self) -> bool {
        let restricts =
            [&self.protocol, &self.remote_ip_prefix, &self.remote_group_id, &self.remote_address_group_id];
        self.direction == "egress" && !self.managed && restricts.iter().all(|text| text.is_empty())
    }
}

impl Kind for SecurityGroup {
    type Parameters = SecurityGroupParameters;
    type Observation = SecurityGroupObservation;
    const INFO: Info = Info {
        kind: "SecurityGroup",
        plural: "securitygroups",
        short: "ossg",
        about: "A SecurityGroup is a set of rules of OpenStack Neutron that ports filter packets by.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#security-groups-security-groups",
        columns: &[Column { name: "NAME", field: "name" }, Column { name: "STATEFUL", field: "stateful" }],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> =
        Some(Rest { path: "security-groups", ..Rest::neutron("security_groups", "security_group") });

    fn complete_answer(_: &Key<'_, SecurityGroupParameters>, group: &mut Map<String, Value>) {
        let rules = group.get_mut("security_group_rules").and_then(Value::as_array_mut);
        for rule in rules.into_iter().flatten().filter_map(Value::as_object_mut) {
            let managed = marker::take(rule).is_some();
            rule.insert("managed".to_owned(), json!(managed));
        }
    }

    fn complete(_: &SecurityGroupParameters, body: &mut Map<String, Value>) {
        body.remove("delete_default_rules");
    }

    /// Later, a rule that lets all packets out is somebody's wish.
    fn step(
        goal: Goal,
        key: &Key<'_, SecurityGroupParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let unwanted = key.any.meta.creating && key.params.delete_default_rules == Some(true);
        let rules = seen.map(|seen| seen.state.security_group_rules.as_slice()).unwrap_or_default();
        Ok(match rules.iter().find(|rule| unwanted && goal == Goal::Exist && rule.is_default()) {
            Some(rule) => {
                let path = format!("/security-group-rules/{}", rule.id);
                Step::Send(Request::new(&NETWORK, Method::Delete, path, None))
            }
            None => plain_step::<Self>(goal, key, seen, diff),
        })
    }
}
