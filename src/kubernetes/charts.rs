//! Charts: fetched from a registry, a repository, an address or a mounted folder, and kept by digest. A version is resolved once;
//! other bytes under a version that was used already are refused, since whoever can replace a chart could do anything to the cluster. May use
//! `archive`.

mod archive;

use super::error::Error;
use crate::{
    kind::flow::{Algorithm, Checksum, Source},
    source::{self, Reference, Sources},
};
use data_encoding::HEXLOWER;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::OnceCell;

/// Media type of a chart in an OCI registry: <https://helm.sh/docs/topics/registries/>
const MEDIA: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
/// Most bytes of one chart.
const LARGEST: usize = 16 << 20;
/// Most bytes of all charts that are kept.
const MOST: usize = 64 << 20;
/// Most bytes of a repository's index.
const INDEX: usize = 32 << 20;

/// Which chart is wanted, as `forProvider.chart` says it. One of `oci`, `repository` and `url`, or none for the mounted folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
pub struct ChartSpec {
    /// `oci://HOST/PATH`, the chart's name included.
    pub oci: Option<String>,
    /// Address of a repository, below which `index.yaml` lies.
    pub repository: Option<String>,
    /// Address of a packaged chart; needs `sha256`.
    pub url: Option<String>,
    /// What is at `url`.
    pub sha256: Option<String>,
    /// The chart's name, for a repository and the folder.
    pub name: Option<String>,
    /// Its exact version.
    pub version: Option<String>,
    /// The digest that it must have, `sha256:…`: of the packaged chart, or of an OCI manifest.
    pub digest: Option<String>,
}

impl ChartSpec {
    /// How the spec names it, for messages.
    pub fn text(&self) -> String {
        let place = [&self.oci, &self.repository, &self.url].into_iter().find_map(Clone::clone);
        let parts = [place, self.name.clone().filter(|_| self.oci.is_none()), self.version.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn unusable(&self, why: impl Into<String>) -> Error {
        Error::Chart { chart: self.text(), why: why.into() }
    }

    fn unreadable(&self, source: source::Error) -> Error {
        Error::Source { what: format!("chart {}", self.text()), source }
    }

    fn required<'a>(&self, what: &'a Option<String>, name: &str) -> Result<&'a str, Error> {
        what.as_deref()
            .filter(|text| !text.is_empty())
            .ok_or_else(|| self.unusable(format!("{name} is missing")))
    }
}

/// A chart at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// The `.tgz` file.
    pub path: PathBuf,
    /// Digest of the packaged chart, `sha256:…`.
    pub digest: String,
    /// Digest of the OCI manifest that it came by, if it did.
    pub manifest: Option<String>,
    /// `Chart.yaml`.
    pub metadata: Value,
    /// `values.yaml`.
    pub values: Value,
    /// Whether templates ask what the cluster can do.
    pub capabilities: bool,
}

impl Chart {
    /// A text of `Chart.yaml`.
    pub fn text(&self, field: &str) -> Option<String> {
        self.metadata.get(field).and_then(Value::as_str).map(str::to_owned)
    }
}

/// A chart that a release was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Its version.
    pub version: String,
    /// Its digest.
    pub digest: String,
}

type Slot = Arc<OnceCell<Arc<Chart>>>;

/// Charts that were resolved, and their files.
pub struct Charts {
    sources: Sources,
    mounted: Option<PathBuf>,
    folder: PathBuf,
    slots: Mutex<HashMap<ChartSpec, Slot>>,
}

impl Charts {
    /// `folder` is one that only we use; `mounted` holds packaged charts, `NAME-VERSION.tgz`.
    pub fn new(sources: Sources, mounted: Option<PathBuf>, folder: PathBuf) -> Self {
        Self { sources, mounted, folder, slots: Mutex::default() }
    }

    /// The chart. `used` is what the release was made from last.
    ///
    /// # Errors
    /// It can't be had, is no chart, or is not what it should be.
    pub async fn get(&self, spec: &ChartSpec, used: Option<&Used>) -> Result<Arc<Chart>, Error> {
        let slot = self.slots.lock().entry(spec.clone()).or_default().clone();
        let chart = slot.get_or_try_init(|| self.resolve(spec)).await?;
        self.restore(spec, chart).await?;
        let replaced = used.is_some_and(|used| {
            chart.text("version").as_ref() == Some(&used.version) && chart.digest != used.digest
        });
        if replaced && spec.digest.is_none() && spec.sha256.is_none() {
            return Err(spec.unusable(format!(
                "there are other data under this version than the release was made from; to take them, set digest: {}",
                chart.digest
            )));
        }
        Ok(chart.clone())
    }

    async fn resolve(&self, spec: &ChartSpec) -> Result<Arc<Chart>, Error> {
        let (bytes, manifest) = self.bytes(spec).await?;
        let hex = HEXLOWER.encode(&Sha256::digest(&bytes));
        let digest = format!("sha256:{hex}");
        let named = |wanted: &String| *wanted == digest || Some(wanted) == manifest.as_ref();
        if spec.digest.as_ref().is_some_and(|wanted| !named(wanted)) {
            return Err(spec.unusable(format!("has the digest {digest}, not the one that is wanted")));
        }
        let content = archive::read(&bytes).map_err(|why| spec.unusable(why))?;
        let path = self.folder.join(format!("{hex}.tgz"));
        self.keep(&path, &bytes)?;
        let archive::Content { metadata, values, capabilities } = content;
        Ok(Arc::new(Chart { path, digest, manifest, metadata, values, capabilities }))
    }

    /// Fetches a file again that made room for others.
    async fn restore(&self, spec: &ChartSpec, chart: &Chart) -> Result<(), Error> {
        if chart.path.exists() {
            return Ok(());
        }
        let (bytes, _) = self.bytes(spec).await?;
        if format!("sha256:{}", HEXLOWER.encode(&Sha256::digest(&bytes))) != chart.digest {
            return Err(spec.unusable(format!("is no longer the one with the digest {}", chart.digest)));
        }
        self.keep(&chart.path, &bytes)
    }

    async fn bytes(&self, spec: &ChartSpec) -> Result<(Vec<u8>, Option<String>), Error> {
        let failed = |source: source::Error| spec.unreadable(source);
        if let Some(oci) = &spec.oci {
            let tag = match &spec.version {
                // What can't stand in a tag is written so by Helm.
                Some(version) => version.replace('+', "_"),
                None => spec.required(&spec.digest, "version")?.to_owned(),
            };
            let reference: Reference = oci.parse().map_err(failed)?;
            let artifact = self.sources.pull(&reference, &tag, MEDIA, LARGEST).await.map_err(failed)?;
            return Ok((artifact.bytes, Some(artifact.digest)));
        }
        let source = match (&spec.url, &spec.repository) {
            (Some(url), _) => {
                let value = spec.required(&spec.sha256, "sha256")?.to_owned();
                let checksum = Some(Checksum { algorithm: Algorithm::Sha256, value });
                Source { url: url.clone(), checksum, ..Source::default() }
            }
            (None, Some(repository)) => self.indexed(spec, repository).await?,
            (None, None) => return Ok((self.mounted_file(spec)?, None)),
        };
        Ok((self.sources.fetch(&source, LARGEST).await.map_err(failed)?, None))
    }

    /// Where a repository's index says that the version is: <https://helm.sh/docs/topics/chart_repository/#the-index-file>
    async fn indexed(&self, spec: &ChartSpec, repository: &str) -> Result<Source, Error> {
        let (name, version) = (spec.required(&spec.name, "name")?, spec.required(&spec.version, "version")?);
        let base = format!("{}/", repository.trim_end_matches('/'));
        let source = Source { url: format!("{base}index.yaml"), ..Source::default() };
        let bytes = self.sources.fetch(&source, INDEX).await;
        let bytes = bytes.map_err(|source| spec.unreadable(source))?;
        let index: Value =
            serde_saphyr::from_slice(&bytes).map_err(|_| spec.unusable("index.yaml is no YAML"))?;
        let versions = index.get("entries").and_then(|entries| entries.get(name)).and_then(Value::as_array);
        let versions = versions.ok_or_else(|| spec.unusable("the repository has no chart of this name"))?;
        let is = |entry: &&Value| entry.get("version").and_then(Value::as_str) == Some(version);
        let entry =
            versions.iter().find(is).ok_or_else(|| spec.unusable("the repository has no such version"))?;
        let first = entry.get("urls").and_then(|urls| urls.get(0)).and_then(Value::as_str);
        let join = |url: &str| url::Url::parse(&base).ok()?.join(url).ok();
        let url = first.and_then(join).ok_or_else(|| spec.unusable("the repository has no address of it"))?;
        let sha256 =
            entry.get("digest").and_then(Value::as_str).map(|text| text.trim_start_matches("sha256:"));
        let checksum = sha256.map(|value| Checksum { algorithm: Algorithm::Sha256, value: value.to_owned() });
        Ok(Source { url: url.into(), checksum, ..Source::default() })
    }

    fn mounted_file(&self, spec: &ChartSpec) -> Result<Vec<u8>, Error> {
        let (name, version) = (spec.required(&spec.name, "name")?, spec.required(&spec.version, "version")?);
        let folder = self.mounted.as_ref();
        let folder = folder
            .ok_or_else(|| spec.unusable("set oci, repository or url: no folder of charts is mounted"))?;
        let file = format!("{name}-{version}.tgz");
        if file.contains(['/', '\\']) {
            return Err(spec.unusable("has a slash in its name or version"));
        }
        fs::read(folder.join(&file)).map_err(|error| spec.unusable(format!("{file}: {error}")))
    }

    /// Writes a file, whole or not at all, and removes the oldest ones that no longer fit.
    fn keep(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let io = |source| Error::Io { action: "keep a chart", source };
        fs::create_dir_all(&self.folder).map_err(io)?;
        let mut files = vec![];
        for entry in fs::read_dir(&self.folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let known = entry.metadata().map_err(io)?;
            files.push((known.modified().map_err(io)?, known.len(), entry.path()));
        }
        files.sort();
        let mut total = files.iter().map(|(_, length, _)| length).sum::<u64>() + bytes.len() as u64;
        for (_, length, old) in files {
            if total <= MOST as u64 {
                break;
            }
            fs::remove_file(old).map_err(io)?;
            total -= length;
        }
        let part = path.with_extension("part");
        fs::write(&part, bytes).and_then(|()| fs::rename(&part, path)).map_err(io)
    }
}

#[cfg(test)]
pub(crate) mod tests;
