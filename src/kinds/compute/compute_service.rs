//! Nova's service on a host: <https://docs.openstack.org/api-ref/compute/#compute-services-os-services>
//!
//! That is nova-compute: Nova refuses a change of any other.

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Ready, Rights, Seen, Step,
        diff::Diff,
        request::{Answer, Keep, Method, Microversion, Read, Request, service::COMPUTE},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What runs servers on a host.
pub struct ComputeService;

/// What can be wanted of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ComputeServiceParameters {
    /// Name of the host, as Nova has it.
    #[schemars(extend("x-os" = {"required": true, "immutable": true}), length(min = 1, max = 255))]
    pub host: Option<String>,
    /// Whether the scheduler uses it for new servers; those that run there stay.
    pub status: Option<ComputeServiceStatus>,
    /// Why it is disabled, for people.
    #[schemars(extend("x-os" = {"needs": ["status=disabled"]}), length(min = 1, max = 255))]
    pub disabled_reason: Option<String>,
    /// Whether it counts as down whatever it reports, so that its servers can be evacuated. Only for a host that is
    /// known to be off.
    pub forced_down: Option<bool>,
}

/// Whether the scheduler uses a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ComputeServiceStatus {
    /// It does.
    Enabled,
    /// It does not.
    Disabled,
}

/// What only the cloud says of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ComputeServiceObservation {
    /// UUID of the service.
    pub id: String,
    /// up or down: whether it reports.
    pub state: String,
    /// Availability zone of the host.
    pub zone: String,
}

impl Kind for ComputeService {
    type Parameters = ComputeServiceParameters;
    type Observation = ComputeServiceObservation;
    const INFO: Info = Info {
        kind: "ComputeService",
        plural: "computeservices",
        short: "oscsvc",
        about: "A ComputeService is what runs servers of OpenStack Nova on a host: nova-compute, to enable, disable or force down. It comes and goes with the host, and stays as it is when the managed resource is deleted.",
        docs: "https://docs.openstack.org/api-ref/compute/#compute-services-os-services",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "STATE", field: "state" }],
        // By UUIDs, which several cells need.
        microversion: Some(Microversion(2, 53)),
        external_name: "the name of the host",
        rights: Rights::System,
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&COMPUTE)
    };
    const OPTIONS: Options = Options { singleton: true, ..Options::USUAL };

    fn chosen_name(key: &Key<'_, ComputeServiceParameters>) -> Option<String> {
        key.params.host.clone()
    }

    /// There is no look at one alone.
    fn reads(key: &Key<'_, ComputeServiceParameters>) -> Vec<Read> {
        let keep = |host| Keep::Like(vec![("binary", json!("nova-compute")), ("host", json!(host))]);
        let list =
            |keep| Read::List { path: "/os-services".to_owned(), query: vec![], items: "services", keep };
        name(key).map(keep).map(list).into_iter().collect()
    }

    fn parse(key: &Key<'_, ComputeServiceParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let told = match answers.last() {
            Some(Answer::Items(items)) => items.first(),
            Some(Answer::Body(body) | Answer::Compared { body, .. }) => {
                Some(body.get("service").ok_or(KindError::Missing("service"))?)
            }
            Some(Answer::Gone) | None => None,
        };
        let found = |(external_name, body)| Found::One { external_name, body };
        Ok(name(key).zip(told.cloned()).map_or(Found::Absent, found))
    }

    fn step(
        goal: Goal,
        key: &Key<'_, ComputeServiceParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let differs = |name: &str| diff.fields.iter().any(|field| field == name);
        let Some(seen) = seen.filter(|_| goal == Goal::Match) else { return Ok(Step::Done) };
        let ComputeServiceParameters { status, disabled_reason, forced_down, .. } = key.params;
        let mut body = Map::new();
        // A reason is refused without the status.
        if differs("status") || differs("disabledReason") {
            body.insert("status".to_owned(), json!(status));
            body.extend(disabled_reason.as_ref().map(|why| ("disabled_reason".to_owned(), json!(why))));
        }
        if differs("forcedDown") {
            body.insert("forced_down".to_owned(), json!(forced_down));
        }
        let (path, empty) = (format!("/os-services/{}", seen.state.id), body.is_empty());
        let request = Request::new(&COMPUTE, Method::Put, path, Some(Value::Object(body)));
        let microversion = Self::INFO.microversion;
        Ok(if empty { Step::Done } else { Step::Send(Request { microversion, ..request }) })
    }

    fn ready(_: &ComputeServiceParameters, seen: &Seen<'_, Self>) -> Ready {
        let forced = seen.params.forced_down == Some(true);
        if forced || seen.state.state == "up" {
            Ready::Yes
        } else {
            Ready::Not(format!("the service reports nothing: its state is {}", seen.state.state))
        }
    }
}

/// The external-name, or else the one that the parameters choose.
fn name(key: &Key<'_, ComputeServiceParameters>) -> Option<String> {
    key.any.meta.external_name.map(str::to_owned).or_else(|| ComputeService::chosen_name(key))
}

#[cfg(test)]
mod tests;
