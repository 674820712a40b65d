//! What is wanted of a release, as a comparison or a request says it.

use super::super::{charts::ChartSpec, error::Error, probe::ProbeSpec};
use crate::{
    kind::{marker, request::Request, sealed::Desired},
    release::{record::Owner, values::Values},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

/// Where a request has the values document.
const VALUES: &str = "/values";

/// What may be seen of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Body {
    chart: ChartSpec,
    suffix: Option<String>,
    marker: String,
    problem: Option<String>,
    facts: Facts,
    policy: Policy,
}

/// What is known of the chart beside its text.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Jobs that run before an update, on copies.
    pub migrations: Vec<String>,
    /// Jobs that wait for the first compute node.
    pub awaits_nodes: Vec<String>,
    /// What is asked whether it answers.
    pub probe: Option<ProbeSpec>,
    /// Connection details, and where they are found.
    pub tells: Vec<Tell>,
    /// OpenStack release of the images.
    pub openstack_release: Option<String>,
}

/// A connection detail in a Secret of the release.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Tell {
    /// Name of the Secret.
    pub secret: String,
    /// Key of its data.
    pub key: String,
    /// Name of the detail.
    pub detail: String,
}

/// Choices.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Revisions that are kept.
    pub max_history: usize,
    /// Seconds of being unready after which it is stalled.
    pub patience: u64,
    /// Whether data goes with the release: `Retain` or `Delete`.
    pub data: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self { max_history: 5, patience: 45 * 60, data: String::new() }
    }
}

/// What is wanted of a release.
pub struct Wanted {
    /// Its chart.
    pub chart: ChartSpec,
    /// Why there can be no values, if so.
    pub problem: Option<String>,
    /// Added to the names of cluster-scoped roles.
    pub suffix: String,
    /// Who it belongs to.
    pub owner: Owner,
    /// What is known of the chart.
    pub facts: Facts,
    /// Choices.
    pub policy: Policy,
    /// The values.
    pub values: Values,
    /// The same as text, which Helm reads.
    pub text: SecretString,
}

impl Wanted {
    /// Reads what a comparison says.
    ///
    /// # Errors
    /// It has an unexpected form.
    pub fn of(desired: &Desired) -> Result<Self, Error> {
        Self::read(&desired.body, &desired.sealed)
    }

    /// Reads what a request says, whose values stand beside its body.
    ///
    /// # Errors
    /// It has an unexpected form.
    pub fn of_request(request: &Request) -> Result<Self, Error> {
        let values = request.secrets.get(VALUES).ok_or_else(|| form("it has no values"))?;
        Self::read(request.body.as_ref().unwrap_or(&Value::Null), values)
    }

    fn read(body: &Value, values: &SecretString) -> Result<Self, Error> {
        let body: Body = serde_json::from_value(body.clone()).map_err(|error| form(&error.to_string()))?;
        let (_, marker) = marker::split(&body.marker);
        let owner = marker.map(|marker| Owner { owner: marker.owner, uid: marker.uid }).unwrap_or_default();
        let Body { chart, suffix, problem, facts, policy, .. } = body;
        let suffix = suffix.unwrap_or_default();
        let text = values.clone();
        let values = Values::from_text(text.expose_secret()).map_err(|error| form(&error.to_string()))?;
        Ok(Self { chart, problem, suffix, owner, facts, policy, values, text })
    }

}

fn form(why: &str) -> Error {
    Error::Form { what: "what is wanted of a release".to_owned(), why: why.to_owned() }
}
