//! Security groups of a Neutron port that somebody else keeps: <https://docs.openstack.org/api-ref/network/v2/#update-port>

use crate::kind::{
    Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Seen, Step,
    diff::Diff,
    request::{Answer, Edit, Method, Read, Request, service::NETWORK},
    rest::{Rest, listing::Listing},
    rival::Rival,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Security groups of a port that somebody else keeps.
pub struct PortSecurityGroups;

/// What can be wanted of a port's security groups: all of them, or some beside others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortSecurityGroupsParameters {
    /// Id of the port.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "immutable": true}))]
    pub port_id: Option<String>,
    /// Ids of all security groups of the port: others are taken away. With the deletion of this resource all are.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "set": true, "excludes": ["additionalSecurityGroupIds"]}), length(min = 1))]
    pub security_group_ids: Option<Vec<String>>,
    /// Ids of security groups that the port has beside others. With the deletion of this resource just these are taken away.
    #[schemars(extend("x-os" = {"ref": "network.SecurityGroup", "set": true, "immutable": true, "byProvider": true, "excludes": ["securityGroupIds"]}), length(min = 1, max = 1000))]
    pub additional_security_group_ids: Option<Vec<String>>,
}

/// What only the cloud says of a port's security groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PortSecurityGroupsObservation {
    /// Id of the port.
    pub id: String,
    /// Ids of all security groups of the port, whoever wants them.
    #[schemars(extend("x-os" = {"set": true}))]
    pub all_security_group_ids: Vec<String>,
}

impl Kind for PortSecurityGroups {
    type Parameters = PortSecurityGroupsParameters;
    type Observation = PortSecurityGroupsObservation;
    const INFO: Info = Info {
        kind: "PortSecurityGroups",
        plural: "portsecuritygroups",
        short: "ospsgs",
        about: "PortSecurityGroups are the security groups of a port of OpenStack Neutron that somebody else keeps, such as one that Nova made. Leave securityGroupIds of its Port out.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#update-port",
        external_name: "the id of the port; with additionalSecurityGroupIds followed by theirs: <port>/<group>,<group>",
        marker: MarkerPlace::NaturalKey,
        requires: &[&["securityGroupIds", "additionalSecurityGroupIds"]],
        ..Info::of(&NETWORK)
    };
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };
    const LISTING: Listing = Listing::Of(&Rest::neutron("ports", "port"));

    fn rivals(params: &PortSecurityGroupsParameters) -> Vec<Rival> {
        let Some(port) = params.port_id.as_deref() else { return vec![] };
        let groups = |instead| Rival::having("network.PortSecurityGroups", "portId", port, instead);
        let others = match params.security_group_ids {
            Some(_) => groups("say additionalSecurityGroupIds here").saying("additionalSecurityGroupIds"),
            None => groups("say additionalSecurityGroupIds there").saying("securityGroupIds"),
        };
        let port = Rival::named("network.Port", port, "leave its securityGroupIds out");
        vec![port.saying("securityGroupIds"), others]
    }

    fn chosen_name(key: &Key<'_, PortSecurityGroupsParameters>) -> Option<String> {
        let more = key.params.additional_security_group_ids.as_ref();
        key.params.port_id.as_deref().map(|port| named(port, more))
    }

    fn reads(key: &Key<'_, PortSecurityGroupsParameters>) -> Vec<Read> {
        port(key).map(|id| Read::Get { path: format!("/ports/{id}") }).into_iter().collect()
    }

    /// They are there as long as the port has one of them.
    fn parse(key: &Key<'_, PortSecurityGroupsParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let Some(Answer::Body(body)) = answers.last() else { return Ok(Found::Absent) };
        let port = body.get("port").ok_or(KindError::Missing("port"))?;
        let id = port.get("id").and_then(Value::as_str).ok_or(KindError::Missing("id"))?;
        let all = port.get("security_groups").and_then(Value::as_array).into_iter().flatten();
        let all: Vec<_> = all.filter_map(Value::as_str).collect();
        let more = key.params.additional_security_group_ids.as_ref();
        if !more.map_or(!all.is_empty(), |more| more.iter().any(|one| all.contains(&one.as_str()))) {
            return Ok(Found::Absent);
        }
        let exact = Some(&all).filter(|_| more.is_none());
        let body = json!({"id": id, "port_id": id, "all_security_group_ids": all, "security_group_ids": exact,
            "additional_security_group_ids": more});
        let external_name = key.any.meta.external_name.map_or_else(|| named(id, more), str::to_owned);
        Ok(Found::One { external_name, body })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, PortSecurityGroupsParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let id = port(key).ok_or(KindError::Missing("portId"))?;
        let path = format!("/ports/{id}");
        let groups = |all: &[String]| all.iter().map(|id| json!(id)).collect::<Vec<_>>();
        let edit = |add, remove| {
            let edit = Edit { object: "port", list: "security_groups", add, remove };
            Step::Send(Request::edit(&NETWORK, path.as_str(), edit))
        };
        let set = |all: &[String]| {
            let body = json!({"port": {"security_groups": all}});
            Step::Send(Request::new(&NETWORK, Method::Put, path.as_str(), Some(body)))
        };
        let PortSecurityGroupsParameters { security_group_ids, additional_security_group_ids, .. } =
            key.params;
        let wanted = security_group_ids.as_deref().unwrap_or_default();
        Ok(match (goal, seen, additional_security_group_ids) {
            (Goal::Exist, None, Some(more)) => edit(groups(more), vec![]),
            (Goal::Match, Some(_), Some(more)) if !diff.is_empty() => edit(groups(more), vec![]),
            (Goal::Vanish, Some(_), Some(more)) => edit(vec![], groups(more)),
            (Goal::Exist, None, None) => set(wanted),
            (Goal::Match, Some(_), None) if !diff.is_empty() => set(wanted),
            (Goal::Vanish, Some(_), None) => set(&[]),
            (Goal::Exist, Some(_), _) | (Goal::Match, ..) | (Goal::Vanish, None, _) => Step::Done,
        })
    }

    fn drift(key: &Key<'_, PortSecurityGroupsParameters>, seen: &Seen<'_, Self>) -> Vec<String> {
        let more = key.params.additional_security_group_ids.iter().flatten();
        let lacks = more.into_iter().any(|one| !seen.state.all_security_group_ids.contains(one));
        lacks.then(|| "additionalSecurityGroupIds".to_owned()).into_iter().collect()
    }
}

/// The external-name's, or else what the parameters say.
fn port<'a>(key: &Key<'a, PortSecurityGroupsParameters>) -> Option<&'a str> {
    let name = key.any.meta.external_name.or(key.params.port_id.as_deref())?;
    name.split('/').next()
}

/// Several resources may each have groups of one port beside others': they are no rivals.
fn named(port: &str, more: Option<&Vec<String>>) -> String {
    let Some(more) = more else { return port.to_owned() };
    let more: BTreeSet<_> = more.iter().map(String::as_str).collect();
    format!("{port}/{}", more.into_iter().collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests;
