//! What is wanted of a release, as a comparison or a request says it.

use super::super::{charts::ChartSpec, error::Error};
use crate::{
    kind::{marker, request::Request, sealed::Desired},
    release::{facts::Facts, record::Owner, values::Values},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

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

/// Choices.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Whether data goes with the release: `Retain` or `Delete`.
    pub data: String,
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
    /// Reads it.
    ///
    /// # Errors
    /// It has an unexpected form.
    pub fn of(desired: &Desired) -> Result<Self, Error> {
        let (body, values) = (desired.body.clone(), &desired.sealed);
        let body: Body = serde_json::from_value(body).map_err(|error| form(&error.to_string()))?;
        let (_, marker) = marker::split(&body.marker);
        let owner = marker.map(|marker| Owner { owner: marker.owner, uid: marker.uid }).unwrap_or_default();
        let Body { chart, suffix, problem, facts, policy, .. } = body;
        let suffix = suffix.unwrap_or_default();
        let text = values.clone();
        let values = Values::from_text(text.expose_secret()).map_err(|error| form(&error.to_string()))?;
        Ok(Self { chart, problem, suffix, owner, facts, policy, values, text })
    }
}

/// What a request wants, as a comparison would say it.
///
/// # Errors
/// It has no values.
pub fn desired(request: &Request) -> Result<Desired, Error> {
    let sealed = request.secrets.get(VALUES).ok_or_else(|| form("it has no values"))?.clone();
    Ok(Desired { body: request.body.clone().unwrap_or_default(), sealed })
}

fn form(why: &str) -> Error {
    Error::Form { what: "what is wanted of a release".to_owned(), why: why.to_owned() }
}
