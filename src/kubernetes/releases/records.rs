//! Records in the cluster. Creating one is what makes a revision; what a crash leaves is finished from it.

use super::super::{
    api::{Address, ApiServer, Propagation},
    error::Error,
    view::{Kept, View},
};
use crate::release::{
    manifest::{Manifest, ManifestError},
    record::{self, Info, Record, RecordError, Release},
    state::ReleaseStatus,
};
use jiff::Timestamp;
use parking_lot::Mutex;
use serde_json::Value;
use std::{collections::HashMap, sync::Arc};

/// A record, and what is in it.
pub struct Revision {
    /// The record.
    pub record: Record,
    /// Its objects and hooks.
    pub manifest: Manifest,
}

/// Records of one namespace.
pub struct Records {
    api: Arc<ApiServer>,
    view: Arc<View>,
    namespace: String,
    /// The ones that were read last, by name, with the version that they had.
    kept: Mutex<HashMap<String, (String, Arc<Revision>)>>,
}

impl From<RecordError> for Error {
    fn from(error: RecordError) -> Self {
        Self::Form { what: format!("Secret {}", error.name), why: error.lacks.to_owned() }
    }
}

impl From<ManifestError> for Error {
    fn from(error: ManifestError) -> Self {
        Self::Rendering(error.to_string())
    }
}

impl Records {
    /// Through this view.
    pub fn new(api: Arc<ApiServer>, view: Arc<View>, namespace: &str) -> Self {
        Self { api, view, namespace: namespace.to_owned(), kept: Mutex::default() }
    }

    fn address(&self, name: &str) -> Address {
        Address::core("Secret", &self.namespace, name)
    }

    /// The newest record of a release that is deployed, and the newest one last, as the watches tell.
    ///
    /// # Errors
    /// A record can't be read.
    pub async fn seen(&self, release: &str) -> Result<Vec<Arc<Revision>>, Error> {
        let numbered = |(name, kept): (String, Kept)| {
            Some((kept.labels.get("version")?.parse::<i64>().ok()?, name, kept))
        };
        let mut all: Vec<_> = self.listed(release).into_iter().filter_map(numbered).collect();
        all.sort_by_key(|(number, ..)| *number);
        let newest = all.last();
        let is_deployed = |kept: &Kept| kept.labels.get("status").is_some_and(|status| status == "deployed");
        let deployed = all.iter().rev().find(|(_, _, kept)| is_deployed(kept));
        // The newest one last.
        let mut wanted: Vec<_> = deployed.into_iter().chain(newest).collect();
        wanted.dedup_by_key(|(number, ..)| *number);
        let mut found = vec![];
        for (_, name, kept) in &wanted {
            found.extend(self.one(name, &kept.version).await?);
        }
        let names: Vec<_> = wanted.iter().map(|(_, name, _)| name.as_str()).collect();
        let prefix = format!("sh.helm.release.v1.{release}.v");
        self.kept.lock().retain(|name, _| !name.starts_with(&prefix) || names.contains(&name.as_str()));
        Ok(found)
    }

    /// All records of a release as the watches tell, without what is in them.
    pub fn outlines(&self, release: &str) -> Vec<Record> {
        let outline = |kept: &Kept| {
            let label = |key: &str| kept.labels.get(key).map(String::as_str).unwrap_or_default();
            let status = serde_json::from_value(label("status").into()).unwrap_or_default();
            let info = Info { status, ..Info::default() };
            let version = label("version").parse().ok()?;
            let release = Release { name: release.to_owned(), version, info, ..Release::default() };
            Some(Record { release, labels: kept.labels.clone(), ..Record::default() })
        };
        self.listed(release).iter().filter_map(|(_, kept)| outline(kept)).collect()
    }

    /// Secrets that are records of a release.
    fn listed(&self, release: &str) -> Vec<(String, Kept)> {
        let mut all = self.view.objects("v1", "Secret");
        all.retain(|(_, kept)| {
            let is = |key: &str, value: &str| kept.labels.get(key).is_some_and(|found| found == value);
            is("owner", "helm") && is("name", release) && !kept.deleting
        });
        all
    }

    async fn one(&self, name: &str, version: &str) -> Result<Option<Arc<Revision>>, Error> {
        if let Some((known, revision)) = self.kept.lock().get(name)
            && known == version
        {
            return Ok(Some(revision.clone()));
        }
        let Some(secret) = self.api.get(&self.address(name)).await? else { return Ok(None) };
        let revision = Arc::new(read(&secret)?);
        let version = revision.record.resource_version.clone();
        self.kept.lock().insert(name.to_owned(), (version, revision.clone()));
        Ok(Some(revision))
    }

    /// All records of a release as they are now.
    ///
    /// # Errors
    /// The API server refused, or a record can't be read.
    pub async fn history(&self, release: &str) -> Result<Vec<Record>, Error> {
        let found = self.api.list(&self.address(""), &format!("owner=helm,name={release}")).await?;
        found.iter().map(|secret| Ok(Record::from_secret(secret)?)).collect()
    }

    /// The newest record as it is now, which must be one that we wrote.
    ///
    /// # Errors
    /// There is none, or it is somebody else's.
    pub async fn current(&self, release: &str) -> Result<Revision, Error> {
        let Revision { record, manifest } = self.latest(release).await?;
        if !record.is_own() {
            let number = record.release.version;
            return Err(Error::Conflict(format!(
                "revision {number} of release {release} was made by somebody else"
            )));
        }
        Ok(Revision { record, manifest })
    }

    /// The newest record as it is now, whoever wrote it.
    ///
    /// # Errors
    /// There is none.
    pub async fn latest(&self, release: &str) -> Result<Revision, Error> {
        let history = self.history(release).await?;
        let record =
            record::newest(&history).ok_or_else(|| Error::Gone(format!("release {release}")))?.clone();
        Ok(Revision { manifest: record.manifest()?, record })
    }

    /// Writes a new record.
    ///
    /// # Errors
    /// Somebody was quicker (a conflict), or the API server refused.
    pub async fn create(&self, record: &Record) -> Result<(), Error> {
        let made = self.api.create(&self.address(&record.secret_name()), &record.to_secret()?).await?;
        self.view.learn(&made);
        Ok(())
    }

    /// Notes another status of a record, unless it changed meanwhile.
    ///
    /// # Errors
    /// It changed (a conflict), or the API server refused.
    pub async fn note(&self, record: &Record, status: ReleaseStatus, now: Timestamp) -> Result<(), Error> {
        let secret = record.with_status(status, now).to_secret()?;
        let made = self.api.replace(&self.address(&record.secret_name()), &secret).await?;
        self.view.learn(&made);
        Ok(())
    }

    /// Deletes a record.
    ///
    /// # Errors
    /// The API server refused.
    pub async fn delete(&self, record: &Record) -> Result<(), Error> {
        self.view.delete(&self.address(&record.secret_name()), None, Propagation::Background).await
    }
}

fn read(secret: &Value) -> Result<Revision, Error> {
    let record = Record::from_secret(secret)?;
    Ok(Revision { manifest: record.manifest()?, record })
}
