//! Documents behind addresses: fetched like charts, compared with their checksums, and read as YAML of a kind. Nothing of them is
//! carried out. What was fetched once is kept by its checksum, so that a poll costs no request.

use super::error::Error;
use crate::{
    kind::{
        flow::{Algorithm, Checksum, Source},
        request::Answer,
        sealed::Sealed,
    },
    release::yaml,
    source::{self, Sources},
};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::time::timeout;

/// Most bytes of a file.
const LARGEST: usize = 1 << 20;
/// Most bytes of what a status shows of it: aliases of YAML may repeat a part many times.
const MOST_TOLD: usize = 256 << 10;
/// Most documents that are kept.
const KEPT: usize = 32;
/// Most names that are remembered as forgotten, until their managed resources are gone as well.
const FORGOTTEN: usize = 1000;
/// Longest fetch.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Wanted {
    url: Option<String>,
    sha256: Option<String>,
    api_version: String,
    kind: String,
}

impl Wanted {
    /// Reads the body of a request or a comparison.
    ///
    /// # Errors
    /// It has an unexpected form.
    pub fn read(body: &Value) -> Result<Self, Error> {
        let form = |error: serde_json::Error| Error::Form {
            what: "what is wanted of a document".to_owned(),
            why: error.to_string(),
        };
        serde_json::from_value(body.clone()).map_err(form)
    }

    /// Its host: the rest of an address may hold a signature.
    fn host(&self) -> String {
        let url = self.url.as_deref().and_then(|url| url::Url::parse(url).ok());
        url.and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| "without an address".to_owned())
    }

    fn unusable(&self, why: impl Into<String>) -> Error {
        Error::Document { host: self.host(), why: why.into() }
    }
}

/// What is told of a document.
#[derive(Debug, PartialEq)]
struct Document {
    spec: Value,
    nulls: Vec<String>,
}

/// Documents that were fetched.
#[derive(Debug)]
pub struct Documents {
    sources: Sources,
    kept: Mutex<VecDeque<(Wanted, Arc<Document>)>>,
    forgotten: Mutex<VecDeque<String>>,
}

impl Documents {
    /// Fetched from where these may be.
    pub fn new(sources: Sources) -> Self {
        Self { sources, kept: Mutex::default(), forgotten: Mutex::default() }
    }

    /// What a document is, unless it was forgotten.
    ///
    /// # Errors
    /// It can't be fetched, or is not what it should be.
    pub async fn compare(&self, namespace: &str, name: &str, wanted: &Wanted) -> Result<Answer, Error> {
        if self.forgotten.lock().contains(&key(namespace, name)) {
            return Ok(Answer::Gone);
        }
        let document = self.get(wanted).await?;
        let body = json!({"id": name, "digest": wanted.sha256.as_ref().map(|digits| digits.to_lowercase()),
            "spec": document.spec, "nulls": document.nulls});
        Ok(Answer::Compared { body, sealed: Sealed::default() })
    }

    /// Begins with a document: one that was forgotten is known again.
    ///
    /// # Errors
    /// It can't be fetched, or is not what it should be.
    pub async fn begin(&self, namespace: &str, name: &str, wanted: &Wanted) -> Result<Value, Error> {
        self.get(wanted).await?;
        self.forgotten.lock().retain(|other| *other != key(namespace, name));
        Ok(json!({"id": name}))
    }

    /// Forgets a document. There is nothing to delete, but what is deleted has to be gone when it is looked at again.
    pub fn forget(&self, namespace: &str, name: &str) {
        let mut forgotten = self.forgotten.lock();
        forgotten.push_back(key(namespace, name));
        while forgotten.len() > FORGOTTEN {
            forgotten.pop_front();
        }
    }

    async fn get(&self, wanted: &Wanted) -> Result<Arc<Document>, Error> {
        if let Some((_, known)) = self.kept.lock().iter().find(|(other, _)| other == wanted) {
            return Ok(known.clone());
        }
        let document = Arc::new(read(wanted, &self.fetch(wanted).await?)?);
        let mut kept = self.kept.lock();
        kept.push_back((wanted.clone(), document.clone()));
        while kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(document)
    }

    async fn fetch(&self, wanted: &Wanted) -> Result<Vec<u8>, Error> {
        let (Some(url), Some(value)) = (wanted.url.clone(), wanted.sha256.clone()) else {
            return Err(wanted.unusable("url and sha256 are both needed"));
        };
        let checksum = Some(Checksum { algorithm: Algorithm::Sha256, value });
        let source = Source { url, checksum, ..Source::default() };
        let late = |_| source::Error::Stalled { host: wanted.host(), seconds: PATIENCE.as_secs() };
        let fetched = timeout(PATIENCE, self.sources.fetch(&source, LARGEST)).await.map_err(late).flatten();
        fetched.map_err(|source| Error::Source { what: "document".to_owned(), source })
    }
}

fn key(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

/// Reads a file that has the right checksum. No message quotes it.
fn read(wanted: &Wanted, bytes: &[u8]) -> Result<Document, Error> {
    let text = std::str::from_utf8(bytes).map_err(|_| wanted.unusable("it is no text"))?;
    let document = yaml::read(text).map_err(|place| wanted.unusable(place.to_string()))?;
    let says = |field: &str| document.get(field).and_then(Value::as_str).unwrap_or_default();
    let (api_version, kind) = (says("apiVersion"), says("kind"));
    if (api_version, kind) != (&*wanted.api_version, &*wanted.kind) {
        return Err(wanted.unusable(format!(
            "it is no {} of {}, which apiVersion and kind have to say",
            wanted.kind, wanted.api_version
        )));
    }
    let spec = match document.get("spec") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(spec)) => spec.clone(),
        Some(_) => return Err(wanted.unusable("its spec is no object")),
    };
    let mut nulls = vec![];
    let spec = without_nulls(Value::Object(spec), "", &mut nulls);
    let told = spec.to_string().len() + nulls.iter().map(String::len).sum::<usize>();
    if told > MOST_TOLD {
        return Err(wanted.unusable(format!("it has more than {} KiB", MOST_TOLD >> 10)));
    }
    Ok(Document { spec, nulls })
}

/// Nulls of maps stand apart, since the patch by which a status is written takes them for removals.
fn without_nulls(value: Value, here: &str, nulls: &mut Vec<String>) -> Value {
    let Value::Object(map) = value else { return value };
    let kept = map.into_iter().filter_map(|(name, value)| {
        // RFC 6901
        let here = format!("{here}/{}", name.replace('~', "~0").replace('/', "~1"));
        if value.is_null() {
            nulls.push(here);
            return None;
        }
        Some((name, without_nulls(value, &here, nulls)))
    });
    Value::Object(kept.collect())
}

#[cfg(test)]
pub(crate) mod tests;
