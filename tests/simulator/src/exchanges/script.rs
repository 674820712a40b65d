//! Exchanges as people write them.

use serde_json::Value;
use std::collections::BTreeMap;

/// The scripts. They are played one after the other.
const SCRIPTS: [&str; 8] = [
    include_str!("identity.txt"),
    include_str!("network.txt"),
    include_str!("volume.txt"),
    include_str!("compute.txt"),
    include_str!("image.txt"),
    include_str!("storage.txt"),
    include_str!("hosts.txt"),
    include_str!("placement.txt"),
];

/// What the services are asked with, unless a line says otherwise: what openstacksdk is told for the conformance suite.
const VERSIONS: [(&str, &str); 3] = [("compute", "2.90"), ("block_storage", "3.70"), ("placement", "1.39")];

/// An exchange.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// As it is written.
    pub line: String,
    /// Are the real services asked too?
    pub verified: bool,
    /// Does the answer come after a while?
    pub eventually: bool,
    /// What to keep of the answer: names, and JSON pointers.
    pub keep: Vec<(String, String)>,
    asked: Asked,
    status: u16,
    expected: Value,
}

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `demo` or `admin`.
    pub who: String,
    /// As openstacksdk names it.
    pub service: String,
    /// Microversion.
    pub version: Option<String>,
    /// Method.
    pub method: String,
    /// Path below the versioned endpoint.
    pub path: String,
    /// Body; null if there is none.
    pub body: Value,
}

/// All of them.
///
/// # Errors
/// A line that can't be read.
pub fn exchanges() -> Result<Vec<Exchange>, String> {
    let lines = SCRIPTS.iter().flat_map(|script| script.lines()).map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| Exchange::read(line).ok_or_else(|| format!("this line can't be read: {line}")))
        .collect()
}

impl Exchange {
    fn read(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("? ");
        let arrow = if line.contains(" ~> ") { " ~> " } else { " => " };
        let (question, answer) = rest.unwrap_or(line).split_once(arrow)?;
        let mut words = question.trim().splitn(5, ' ');
        let (who, service, method, path) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let body = words.next().map_or(Some(Value::Null), |body| serde_json::from_str(body).ok())?;
        let (service, version) =
            service.split_once('@').map_or((service, None), |(service, v)| (service, Some(v)));
        let usual = || VERSIONS.iter().find(|(name, _)| *name == service).map(|(_, version)| *version);
        let asked = Asked {
            who: who.to_owned(),
            service: service.to_owned(),
            version: version.or_else(usual).map(str::to_owned),
            method: method.to_owned(),
            path: path.to_owned(),
            body,
        };
        let (status, rest_of) = answer.trim().split_once(' ').unwrap_or((answer.trim(), ""));
        let mut values = serde_json::Deserializer::from_str(rest_of).into_iter::<Value>();
        let (expected, behind) = match rest_of.starts_with('{') {
            true => (values.next()?.ok()?, values.byte_offset()),
            false => (Value::Null, 0),
        };
        let names = rest_of.get(behind..)?.split_whitespace().map(|word| word.split_once('='));
        let keep = names.map(|pair| pair.map(|(name, pointer)| (name.to_owned(), pointer.to_owned())));
        Some(Self {
            line: line.to_owned(),
            verified: rest.is_none(),
            eventually: arrow == " ~> ",
            keep: keep.collect::<Option<_>>()?,
            asked,
            status: status.parse().ok()?,
            expected,
        })
    }

    /// The question, with the values of its names.
    pub(super) fn asked(&self, names: &BTreeMap<String, String>) -> Asked {
        let Asked { path, body, .. } = &self.asked;
        Asked { path: filled(path, names), body: filled_in(body, names), ..self.asked.clone() }
    }

    /// Is this the answer?
    pub(super) fn accepts(&self, names: &BTreeMap<String, String>, status: u16, body: &Value) -> bool {
        status == self.status && contains(body, &filled_in(&self.expected, names))
    }
}

fn filled(text: &str, names: &BTreeMap<String, String>) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn filled_in(value: &Value, names: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => Value::String(filled(text, names)),
        Value::Array(items) => items.iter().map(|item| filled_in(item, names)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), filled_in(value, names))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Everything that is expected is there.
fn contains(real: &Value, expected: &Value) -> bool {
    match (real, expected) {
        (_, Value::Null) => true,
        (Value::Object(real), Value::Object(expected)) => {
            expected.iter().all(|(key, expected)| match real.get(key) {
                Some(Value::Null) | None => expected.is_null(),
                Some(real) => !expected.is_null() && contains(real, expected),
            })
        }
        (Value::Array(real), Value::Array(expected)) => {
            let more = Value::from("...");
            let wanted: Vec<_> = expected.iter().filter(|item| **item != more).collect();
            let enough = wanted.len() < expected.len() || real.len() == wanted.len();
            enough && wanted.iter().all(|wanted| real.iter().any(|have| contains(have, wanted)))
        }
        (Value::String(real), Value::String(expected)) => {
            expected.strip_suffix('*').map_or(real == expected, |start| real.starts_with(start))
        }
        (real, expected) => real == expected,
    }
}
