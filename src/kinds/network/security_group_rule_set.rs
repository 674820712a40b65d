//! Rules of Neutron security groups, as one: <https://docs.openstack.org/api-ref/network/v2/#bulk-create-security-group-rule>
//!
//! Each rule carries the marker of the set that made it. So a set knows its own, and those that others made and keep.

use super::security_group_rule::{Direction, Ethertype};
use crate::kind::{
    Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Seen, Step,
    diff::Diff,
    request::{Answer, Edit, Method, Read, Request, service::NETWORK},
    rest::{Rest, listing::Listing},
    rival::Rival,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sorted::Sorted;

mod sorted;

/// Rules of a security group.
pub struct SecurityGroupRuleSet;

/// What can be wanted of a group's rules: all of them, or some beside others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityGroupRuleSetParameters {
    /// Id of the security group.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "required": true, "immutable": true}))]
    pub security_group_id: Option<String>,
    /// All rules of the group: others that nobody keeps are taken away, those that let all packets out among them. With the
    /// deletion of this resource all of these are.
    #[schemars(extend("x-os" = {"set": true, "excludes": ["additionalRules"]}), length(min = 1, max = 500))]
    pub rules: Option<Vec<SetRule>>,
    /// Rules that the group has beside others. With the deletion of this resource just these are taken away.
    #[schemars(extend("x-os" = {"set": true, "excludes": ["rules"]}), length(min = 1, max = 500))]
    pub additional_rules: Option<Vec<SetRule>>,
}

/// A rule. One that changes is made anew, before the old one is taken away.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SetRule {
    /// Description for people, said when the rule is made. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Which packets it is about, seen from the port. Needed.
    pub direction: Option<Direction>,
    /// Version of IP.
    #[schemars(extend("x-os" = {"default": "IPv4"}))]
    pub ethertype: Option<Ethertype>,
    /// Protocol by name (tcp, udp, icmp, ipv6-icmp, sctp, …) or number, 0 to 255.
    #[schemars(extend("x-os" = {"default": "any"}), length(max = 40))]
    pub protocol: Option<String>,
    /// First port of tcp, udp, dccp, sctp or udplite; the type for ICMP.
    #[schemars(extend("x-os" = {"default": "all"}))]
    pub port_range_min: Option<u16>,
    /// Last port, which may be the first; the code for ICMP.
    #[schemars(extend("x-os" = {"default": "all"}))]
    pub port_range_max: Option<u16>,
    /// Addresses of the other side in CIDR notation.
    #[schemars(extend("x-os" = {"normalise": "cidr", "default": "any", "excludes": ["remoteGroupId", "remoteAddressGroupId"]}), length(max = 64))]
    pub remote_ip_prefix: Option<String>,
    /// Id of the security group that the other side's port must have.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "excludes": ["remoteIpPrefix", "remoteAddressGroupId"]}))]
    pub remote_group_id: Option<String>,
    /// Id of the address group that the other side must be in.
    #[schemars(extend("x-os" = {"ref": "network.AddressGroup", "excludes": ["remoteIpPrefix", "remoteGroupId"]}))]
    pub remote_address_group_id: Option<String>,
}

/// What only the cloud says of a group's rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityGroupRuleSetObservation {
    /// Id of the security group.
    pub id: String,
    /// Ids of the rules that are wanted.
    pub rule_ids: Vec<String>,
    /// Ids of rules that are to go.
    pub surplus_rule_ids: Vec<String>,
    /// Ids of rules that other managed resources made and this one does not want: they are left alone, and stand in the way of a
    /// set of all rules.
    pub foreign_rule_ids: Vec<String>,
}

impl Kind for SecurityGroupRuleSet {
    type Parameters = SecurityGroupRuleSetParameters;
    type Observation = SecurityGroupRuleSetObservation;
    const INFO: Info = Info {
        kind: "SecurityGroupRuleSet",
        plural: "securitygrouprulesets",
        short: "ossgrs",
        about: "A SecurityGroupRuleSet has all rules of a security group of OpenStack Neutron, or some of them. They are made by one request.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#bulk-create-security-group-rule",
        external_name: "the id of the security group; with additionalRules, a slash and the resource's mark behind it",
        marker: MarkerPlace::NaturalKey,
        requires: &[&["rules", "additionalRules"]],
        ..Info::of(&NETWORK)
    };
    const LISTING: Listing = Listing::Of(&GROUPS);
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };

    /// Who has all rules takes away whatever another makes.
    fn rivals(params: &SecurityGroupRuleSetParameters) -> Vec<Rival> {
        let Some(group) = params.security_group_id.as_deref() else { return vec![] };
        let set = |instead| Rival::having("network.SecurityGroupRuleSet", "securityGroupId", group, instead);
        let instead = "say additionalRules here";
        match params.rules {
            Some(_) => vec![
                Rival::having("network.SecurityGroupRule", "securityGroupId", group, instead),
                set(instead).saying("additionalRules"),
            ],
            None => vec![set("say additionalRules there").saying("rules")],
        }
    }

    fn chosen_name(key: &Key<'_, SecurityGroupRuleSetParameters>) -> Option<String> {
        key.params.security_group_id.as_deref().map(|group| named(group, key))
    }

    fn reads(key: &Key<'_, SecurityGroupRuleSetParameters>) -> Vec<Read> {
        group(key).map(|id| Read::Get { path: path(id) }).into_iter().collect()
    }

    /// They are there as long as the group has one of them. While they are made, the group is enough.
    fn parse(key: &Key<'_, SecurityGroupRuleSetParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let Some(Answer::Body(body)) = answers.last() else { return Ok(Found::Absent) };
        let Some(told) = body.get("security_group") else {
            return Ok(group(key).map_or(Found::Absent, |id| Found::Named(named(id, key))));
        };
        let id = told.get("id").and_then(Value::as_str).ok_or(KindError::Missing("id"))?;
        let all = told.get("security_group_rules").and_then(Value::as_array).cloned().unwrap_or_default();
        let mark = key.any.meta.external_name.and_then(|name| Some(name.split_once('/')?.1));
        let looks = looks(key);
        let exact = if looks { mark.is_none() } else { key.params.additional_rules.is_none() };
        let owner = mark.filter(|_| looks).unwrap_or(&key.any.meta.marker.owner);
        let sorted = Sorted::of(&sorted::wanted(key.any), all, exact, owner).seen(looks);
        if sorted.ids.is_empty() && !key.any.meta.creating {
            return Ok(Found::Absent);
        }
        let field = if exact { "rules" } else { "additional_rules" };
        let body = json!({"id": id, "security_group_id": id, field: sorted.shown, "rule_ids": sorted.ids,
            "surplus_rule_ids": sorted.surplus, "foreign_rule_ids": sorted.foreign});
        Ok(Found::One { external_name: named(id, key), body })
    }

    /// What is missing comes before what is too much goes, so that nothing is cut off in between.
    fn step(
        goal: Goal,
        key: &Key<'_, SecurityGroupRuleSetParameters>,
        seen: Option<&Seen<'_, Self>>,
        _: &Diff,
    ) -> Result<Step, KindError> {
        let id = group(key).ok_or(KindError::Missing("securityGroupId"))?;
        let delete = |ids: &[String]| {
            ids.first().map(|id| {
                let path = format!("/security-group-rules/{id}");
                Step::Send(Request::new(&NETWORK, Method::Delete, path, None))
            })
        };
        let step = match (goal, seen) {
            // Nothing but a look: Neutron refuses rules that are there, and which are is to be known first.
            (Goal::Exist, None) => {
                let nothing = Edit { object: "security_group", list: RULES, add: vec![], remove: vec![] };
                Some(Step::Send(Request::edit(&NETWORK, path(id), nothing)))
            }
            (Goal::Exist, Some(_)) if !key.any.meta.creating => None,
            (Goal::Exist | Goal::Match, Some(seen)) => {
                let refused = refusal(key, seen);
                refused.or_else(|| missing(key, seen, id)).or_else(|| delete(&seen.state.surplus_rule_ids))
            }
            (Goal::Vanish, Some(_)) if looks(key) => Some(Step::Leave),
            (Goal::Vanish, Some(seen)) => delete(&seen.state.rule_ids),
            (Goal::Match | Goal::Vanish, None) => None,
        };
        Ok(step.unwrap_or(Step::Done))
    }
}

const GROUPS: Rest = Rest { path: "security-groups", ..Rest::neutron("security_groups", "security_group") };
const RULES: &str = "security_group_rules";

fn path(group: &str) -> String {
    format!("/security-groups/{group}")
}

/// Whoever keeps a rule would make it anew.
fn refusal(
    key: &Key<'_, SecurityGroupRuleSetParameters>,
    seen: &Seen<'_, SecurityGroupRuleSet>,
) -> Option<Step> {
    let foreign = &seen.state.foreign_rule_ids;
    (key.params.rules.is_some() && !foreign.is_empty()).then(|| {
        let ids = foreign.join(", ");
        Step::Refuse(format!(
            "the security group has rules that other managed resources made ({ids}): delete those, or say additionalRules"
        ))
    })
}

/// One request for all that are not there.
fn missing(
    key: &Key<'_, SecurityGroupRuleSetParameters>,
    seen: &Seen<'_, SecurityGroupRuleSet>,
    group: &str,
) -> Option<Step> {
    let fields = ["rules", "additionalRules"];
    let shown = fields.iter().find_map(|field| seen.any.at_provider.get(*field)?.as_array());
    let wanted = fields.iter().find_map(|field| key.any.params.get(*field)?.as_array())?;
    let there = |rule: &Value| shown.is_some_and(|shown| shown.iter().any(|told| sorted::same(rule, told)));
    let absent: Vec<_> = wanted.iter().map(|rule| !there(rule)).collect();
    let marked = |mut rule: Map<String, Value>| {
        let text = rule.get("description").and_then(Value::as_str).unwrap_or_default();
        let text = key.any.meta.marker.append_to(text);
        rule.extend([
            ("description".to_owned(), json!(text)),
            ("security_group_id".to_owned(), json!(group)),
        ]);
        Value::Object(rule)
    };
    let rules = sorted::wanted(key.any).into_iter().zip(absent).filter(|(_, absent)| *absent);
    let rules: Vec<_> = rules.map(|(rule, _)| marked(rule)).collect();
    let body = || json!({ RULES: rules });
    let request = || Request::new(&NETWORK, Method::Post, "/security-group-rules", Some(body()));
    (!rules.is_empty()).then(|| Step::Send(request()))
}

/// Does it only look, and want no rules in particular?
fn looks(key: &Key<'_, SecurityGroupRuleSetParameters>) -> bool {
    key.params.rules.is_none() && key.params.additional_rules.is_none()
}

/// The external-name's, or else what the parameters say.
fn group<'a>(key: &Key<'a, SecurityGroupRuleSetParameters>) -> Option<&'a str> {
    let name = key.any.meta.external_name.or(key.params.security_group_id.as_deref())?;
    name.split('/').next()
}

/// Several resources may each have rules of one group beside others': they are no rivals.
fn named(group: &str, key: &Key<'_, SecurityGroupRuleSetParameters>) -> String {
    let new = || match key.params.additional_rules {
        Some(_) => format!("{group}/{}", key.any.meta.marker.owner),
        None => group.to_owned(),
    };
    key.any.meta.external_name.map_or_else(new, str::to_owned)
}

#[cfg(test)]
mod tests;
