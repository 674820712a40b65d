//! The record of a release: a Secret in Helm's own format, which makes `helm list`, `get`, `history` and `rollback` work
//! on what we deploy, and what people deployed ours to adopt.

mod release;

pub use release::{Chart, HookRecord, Info, LastRun, Release, hooks};

use super::{
    manifest::{Manifest, ManifestError},
    state::{RecordSeen, ReleaseStatus},
};
use crate::kind::marker::Marker;
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    fmt,
    io::{Read, Write},
};

/// Type of the Secrets.
pub const TYPE: &str = "helm.sh/release.v1";
/// No record is larger than this once it is unpacked: a Secret holds 1 MiB.
const LARGEST: u64 = 64 << 20;
/// Helm waits no longer than this for anything unless it is told to.
const HELM_TIMEOUT: SignedDuration = SignedDuration::from_mins(5);

/// Labels that Helm sets itself.
const SYSTEM: [&str; 6] = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];
const DIGEST: &str = "kupenstack.io/digest";
const REVISION: &str = "kupenstack.io/revision";
const OWNER: &str = "kupenstack.io/owner";
const UID: &str = "kupenstack.io/uid";

/// A record.
#[derive(Clone, Default, PartialEq)]
pub struct Record {
    /// What Helm wrote down.
    pub release: Release,
    /// Labels of the Secret.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Secret.
    pub annotations: Map<String, Value>,
    /// Which version of the Secret was read; empty for one that was not.
    pub resource_version: String,
}

/// A record can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Secret {name} is no record of Helm: {lacks}")]
pub struct RecordError {
    /// Name of the Secret.
    pub name: String,
    /// What is wrong with it.
    pub lacks: &'static str,
}

/// Which managed resource a release belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// Owner of the marker.
    pub owner: String,
    /// UID of the managed resource.
    pub uid: String,
}

/// Records hold values and Secrets.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.secret_name(), self.release.info.status.as_str())
    }
}

/// What a new revision is made of.
pub struct Revision<'a> {
    /// Name of the release.
    pub name: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// The chart.
    pub chart: Chart,
    /// The values.
    pub values: &'a Map<String, Value>,
    /// What they render to.
    pub manifest: &'a Manifest,
    /// Digest of all that the rendering depends on.
    pub digest: &'a str,
    /// Who it belongs to.
    pub owner: &'a Owner,
}

impl Record {
    /// A pending record of the revision after those that there are.
    pub fn pending(revision: Revision<'_>, history: &[Self], now: Timestamp) -> Self {
        let newest = newest(history);
        let version = newest.map_or(1, |record| record.release.version + 1);
        let (status, description) = match newest {
            Some(_) => (ReleaseStatus::PendingUpgrade, "Preparing upgrade"),
            None => (ReleaseStatus::PendingInstall, "Initial install underway"),
        };
        let first = newest.and_then(|record| record.release.info.first_deployed.clone());
        let info = Info {
            first_deployed: first.or_else(|| Some(now.to_string())),
            last_deployed: Some(now.to_string()),
            status,
            description: description.to_owned(),
            other: Map::new(),
        };
        let release = Release {
            name: revision.name.to_owned(),
            namespace: revision.namespace.to_owned(),
            version,
            info,
            chart: revision.chart,
            config: revision.values.clone(),
            manifest: revision.manifest.text(),
            hooks: hooks(revision.manifest),
            apply_method: "ssa".to_owned(),
            other: Map::new(),
        };
        let own = [
            (DIGEST, revision.digest.to_owned()),
            (REVISION, version.to_string()),
            (OWNER, revision.owner.owner.clone()),
            (UID, revision.owner.uid.clone()),
            ("createdAt", now.as_second().to_string()),
        ];
        // People's labels are carried along, as Helm does.
        let carried = newest.into_iter().flat_map(|record| record.labels.clone());
        let mut labels: BTreeMap<String, String> =
            carried.filter(|(key, _)| !SYSTEM.contains(&key.as_str())).collect();
        labels.extend(own.map(|(key, value)| (key.to_owned(), value)));
        Self { release, labels, ..Self::default() }
    }

    /// The same record in another state.
    #[must_use]
    pub fn with_status(&self, status: ReleaseStatus, now: Timestamp) -> Self {
        let mut record = self.clone();
        if status == ReleaseStatus::Deployed {
            let first = self.release.info.status == ReleaseStatus::PendingInstall;
            let description = if first { "Install complete" } else { "Upgrade complete" };
            description.clone_into(&mut record.release.info.description);
        }
        record.release.info.status = status;
        record.labels.insert("modifiedAt".to_owned(), now.as_second().to_string());
        record
    }

    /// Name of the Secret.
    pub fn secret_name(&self) -> String {
        format!("sh.helm.release.v1.{}.v{}", self.release.name, self.release.version)
    }

    /// Digest of all that its rendering depended on. Helm copies labels into the revisions that people make, so it
    /// counts only where the revision is the one that it was written for.
    pub fn digest(&self) -> Option<&str> {
        self.is_own().then(|| self.labels.get(DIGEST).map(String::as_str)).flatten()
    }

    /// Did we make this very revision?
    pub fn is_own(&self) -> bool {
        self.labels.get(REVISION) == Some(&self.release.version.to_string())
    }

    /// Which managed resource the release belongs to.
    pub fn owner(&self) -> Option<Owner> {
        let label = |name: &str| self.labels.get(name).filter(|value| !value.is_empty()).cloned();
        Some(Owner { owner: label(OWNER)?, uid: label(UID)? })
    }

    /// Its objects and hooks.
    ///
    /// # Errors
    /// Somebody wrote it who is not Helm.
    pub fn manifest(&self) -> Result<Manifest, ManifestError> {
        Manifest::read(&self.release.text())
    }

    /// When it was last changed.
    pub fn updated(&self) -> Option<Timestamp> {
        let label = |name: &str| Timestamp::from_second(self.labels.get(name)?.parse().ok()?).ok();
        label("modifiedAt").or_else(|| label("createdAt"))
    }

    /// Until when a person's Helm may be at work on it; none if none is.
    pub fn busy_until(&self) -> Option<Timestamp> {
        let status = self.release.info.status;
        let under_way = status.is_pending() || status == ReleaseStatus::Uninstalling;
        self.updated().filter(|_| under_way && !self.is_own())?.checked_add(HELM_TIMEOUT).ok()
    }

    /// As a status shows it.
    pub fn seen(&self, now: Timestamp) -> RecordSeen {
        let status = self.release.info.status;
        RecordSeen {
            name: self.release.name.clone(),
            namespace: self.release.namespace.clone(),
            revision: self.release.version,
            status,
            deployed: (status == ReleaseStatus::Deployed).then_some(self.release.version),
            marker: self.owner().map(|Owner { owner, uid }| Marker { uid, owner }.text()),
            updated: self.updated().map(|updated| updated.to_string()),
            busy: self.busy_until().is_some_and(|until| now < until),
        }
    }

    /// The Secret, as the API server takes it.
    ///
    /// # Errors
    /// Never in practice: packing happens in memory.
    pub fn to_secret(&self) -> Result<Value, RecordError> {
        let name = self.secret_name();
        let packed =
            pack(&self.release).ok_or(RecordError { name: name.clone(), lacks: "it can't be packed" })?;
        let mut labels = self.labels.clone();
        let helm = [
            ("name", self.release.name.clone()),
            ("owner", "helm".to_owned()),
            ("status", self.release.info.status.as_str().to_owned()),
            ("version", self.release.version.to_string()),
        ];
        labels.extend(helm.map(|(key, value)| (key.to_owned(), value)));
        let mut metadata = Map::from_iter([
            ("name".to_owned(), json!(name)),
            ("namespace".to_owned(), json!(self.release.namespace)),
            ("labels".to_owned(), json!(labels)),
        ]);
        if !self.annotations.is_empty() {
            metadata.insert("annotations".to_owned(), json!(self.annotations));
        }
        if !self.resource_version.is_empty() {
            metadata.insert("resourceVersion".to_owned(), json!(self.resource_version));
        }
        Ok(
            json!({"apiVersion": "v1", "kind": "Secret", "type": TYPE, "metadata": metadata, "data": {"release": packed}}),
        )
    }

    /// Reads the Secret of a record.
    ///
    /// # Errors
    /// Somebody wrote it who is not Helm.
    pub fn from_secret(secret: &Value) -> Result<Self, RecordError> {
        let text = |pointer: &str| secret.pointer(pointer).and_then(Value::as_str);
        let name = text("/metadata/name").unwrap_or_default();
        let fail = |lacks| RecordError { name: name.to_owned(), lacks };
        let packed = text("/data/release").ok_or_else(|| fail("it has no data release"))?;
        let labels = secret.pointer("/metadata/labels").and_then(Value::as_object).into_iter().flatten();
        let mut release = unpack(packed).map_err(fail)?;
        if release.namespace.is_empty() {
            text("/metadata/namespace").unwrap_or_default().clone_into(&mut release.namespace);
        }
        Ok(Self {
            release,
            labels: labels
                .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
                .collect(),
            annotations: secret
                .pointer("/metadata/annotations")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
            resource_version: text("/metadata/resourceVersion").unwrap_or_default().to_owned(),
        })
    }
}

/// base64(base64(gzip(JSON))): Helm's own, and the API's for every Secret.
fn pack(release: &Release) -> Option<String> {
    let mut gzip = GzEncoder::new(vec![], Compression::best());
    gzip.write_all(&serde_json::to_vec(release).ok()?).ok()?;
    Some(BASE64_STANDARD.encode(BASE64_STANDARD.encode(gzip.finish().ok()?)))
}

fn unpack(text: &str) -> Result<Release, &'static str> {
    let inner = BASE64_STANDARD.decode(text).map_err(|_| "its data is no base64")?;
    let bytes = BASE64_STANDARD.decode(inner).map_err(|_| "its release is no base64")?;
    // Helm's oldest records are not compressed.
    let json = if bytes.starts_with(&[0x1f, 0x8b, 0x08]) {
        let mut all = vec![];
        GzDecoder::new(&bytes[..])
            .take(LARGEST)
            .read_to_end(&mut all)
            .map_err(|_| "its release is no gzip")?;
        all
    } else {
        bytes
    };
    serde_json::from_slice(&json).map_err(|_| "its release is not in Helm's format")
}

/// The newest of some records.
pub fn newest(records: &[Record]) -> Option<&Record> {
    records.iter().max_by_key(|record| record.release.version)
}

/// The newest of those that are deployed.
pub fn deployed(records: &[Record]) -> Option<&Record> {
    let deployed = records.iter().filter(|record| record.release.info.status == ReleaseStatus::Deployed);
    deployed.max_by_key(|record| record.release.version)
}

/// Records beyond the newest so many, oldest first; what is deployed stays, as Helm has it. 0 keeps all.
pub fn surplus(records: &[Record], history: usize) -> Vec<&Record> {
    let kept = deployed(records).map(|record| record.release.version);
    let mut all: Vec<_> = records.iter().collect();
    all.sort_by_key(|record| record.release.version);
    let excess = if history == 0 { 0 } else { all.len().saturating_sub(history) };
    all.into_iter().filter(|record| Some(record.release.version) != kept).take(excess).collect()
}

#[cfg(test)]
mod tests;
