//! What is built once on a machine: kept by content, never seen half-built.

use crate::{
    error::Result,
    files::{self, Lock, io},
    progress::Progress,
};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The user's cache, shared by all rigs of the machine.
#[derive(Clone, Debug)]
pub struct Cache {
    /// Its folder.
    pub root: PathBuf,
    progress: Progress,
}

/// A folder that goes unless it got another name by then: who gives up a build, or fails, leaves nothing of it.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = files::remove(&self.0);
    }
}

/// A key over everything that decides what is built: 16 hex digits of a hash over the parts and their lengths.
pub fn key<T: AsRef<[u8]>>(parts: impl IntoIterator<Item = T>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        // With its length, so that no two lists of parts run into the same bytes.
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize()).chars().take(16).collect()
}

/// Bytes in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Cache {
    /// The cache in a folder; it is made when something is put into it.
    pub fn new(root: &Path, progress: &Progress) -> Self {
        Self { root: root.to_path_buf(), progress: progress.clone() }
    }

    /// Where a thing lies once it is whole.
    pub fn place(&self, kind: &str, key: &str) -> PathBuf {
        self.root.join(kind).join(key)
    }

    /// Whether a thing is there, whole.
    pub fn has(&self, kind: &str, key: &str) -> bool {
        self.place(kind, key).join(".complete").exists()
    }

    /// The folder of `kind` and `key`, built by `build` into a temporary folder unless it is there.
    /// `what` is what people read while it is built ("kube-apiserver and friends").
    pub async fn ensure(
        &self,
        kind: &str,
        key: &str,
        what: &str,
        build: impl AsyncFnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let place = self.place(kind, key);
        let Some(_lock) = self.missing(kind, key, what).await? else {
            return Ok(place);
        };
        let fresh = Unfinished(self.root.join(format!("tmp-{kind}-{key}")));
        files::remove(&fresh.0)?;
        files::remove(&place)?;
        self.build(kind, what, &fresh.0, build).await?;
        files::make_dir(place.parent().unwrap_or(&self.root))?;
        std::fs::rename(&fresh.0, &place).map_err(io(&place))?;
        Ok(place)
    }

    /// As [`Cache::ensure`], for what cannot be moved once built (a Python virtual environment):
    /// built where it stays, and wiped first unless it was finished.
    pub async fn ensure_in_place(
        &self,
        kind: &str,
        key: &str,
        what: &str,
        build: impl AsyncFnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let place = self.place(kind, key);
        let Some(_lock) = self.missing(kind, key, what).await? else {
            return Ok(place);
        };
        files::remove(&place)?;
        self.build(kind, what, &place, build).await?;
        Ok(place)
    }

    /// The log of what is built for `kind` and `key`; it outlives a failed build.
    pub fn log(&self, kind: &str, key: &str) -> PathBuf {
        self.root.join("log").join(format!("{kind}-{key}.log"))
    }

    /// The right to build, or nothing when it is there already.
    async fn missing(&self, kind: &str, key: &str, what: &str) -> Result<Option<Lock>> {
        if self.has(kind, key) {
            return Ok(None);
        }
        let busy = || self.progress.say(&format!("waiting for another rig that is building {what}"));
        let lock = Lock::take(self.root.join("locks").join(format!("{kind}-{key}")), busy).await?;
        // The other one may have finished it meanwhile.
        Ok((!self.has(kind, key)).then_some(lock))
    }

    async fn build(
        &self,
        kind: &str,
        what: &str,
        place: &Path,
        build: impl AsyncFnOnce(&Path) -> Result<()>,
    ) -> Result<()> {
        let step = self.progress.step(&format!("build {kind} {what}"), what);
        files::make_dir(place)?;
        build(place).await?;
        files::write(&place.join(".complete"), "")?;
        step.done();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use std::time::Duration;

    #[test]
    fn a_key_changes_with_every_part_and_with_where_parts_end() {
        assert_eq!(key(["a", "b"]), key(["a", "b"]));
        assert_ne!(key(["a", "b"]), key(["ab"]));
        assert_ne!(key(["a", "b"]), key(["b", "a"]));
        assert_eq!(key(["a"]).len(), 16);
    }

    #[tokio::test]
    async fn a_thing_is_built_once_and_a_failed_build_leaves_nothing() {
        let root = std::env::temp_dir().join(format!("rig-cache-{}", std::process::id()));
        files::remove(&root).unwrap();
        let cache = Cache::new(&root, &Progress::quiet());
        let failed = cache.ensure("k", "1", "it", async |_: &Path| Err(Error::Interrupted)).await;
        assert!(failed.is_err());
        assert!(!cache.has("k", "1"));
        let endless = async |at: &Path| {
            files::write(&at.join("half"), "x")?;
            std::future::pending().await
        };
        let given_up = tokio::time::timeout(Duration::from_millis(10), cache.ensure("k", "1", "it", endless));
        assert!(given_up.await.is_err());
        let left: Vec<_> =
            std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["locks"], "of a failed build and one that was given up");
        let place =
            cache.ensure("k", "1", "it", async |at: &Path| files::write(&at.join("f"), "x")).await.unwrap();
        assert_eq!(files::read(&place.join("f")).unwrap(), "x");
        let again = cache.ensure("k", "1", "it", async |_: &Path| Err(Error::Interrupted)).await.unwrap();
        assert_eq!(again, place);
        files::remove(&root).unwrap();
    }
}
