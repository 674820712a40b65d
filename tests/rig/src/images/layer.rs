//! One layer of an image, packed once and shared by all images over it.

use super::pack::{self, Entry};
use crate::{
    cache::{Cache, hex},
    error::{Error, Result},
    files::{self, io},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// A tar file in the cache, and what it is known by.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The file.
    pub tar: PathBuf,
    /// SHA-256 of its bytes in lower-case hex.
    pub digest: String,
    /// Its bytes.
    pub size: u64,
}

/// What is noted beside the tar, so that a gigabyte is not read again to know its digest.
#[derive(Serialize, Deserialize)]
struct Note {
    digest: String,
    size: u64,
}

const TAR: &str = "layer.tar";
const NOTE: &str = "layer.json";

impl Layer {
    /// A layer of these entries. `key` names everything that decides their content.
    ///
    /// # Errors
    /// A file can't be read, or the cache can't be written.
    pub async fn provide(cache: &Cache, name: &str, key: &str, entries: &[Entry<'_>]) -> Result<Self> {
        Self::made(cache, name, key, async |tar: &Path| pack::write(entries, tar)).await
    }

    /// A layer whose tar file is written by `make`.
    ///
    /// # Errors
    /// What `make` reports, or the cache can't be written.
    pub async fn made(
        cache: &Cache,
        name: &str,
        key: &str,
        make: impl AsyncFnOnce(&Path) -> Result<()>,
    ) -> Result<Self> {
        let build = async |place: &Path| {
            let tar = place.join(TAR);
            make(&tar).await?;
            files::write_json(&place.join(NOTE), &note(&tar)?)
        };
        let place = cache.ensure("layers", &format!("{name}-{key}"), &format!("layer {name}"), build).await?;
        let note: Note = files::read_json(&place.join(NOTE)).ok_or_else(|| Error::Machine {
            what: format!("{} is not what was written there", place.join(NOTE).display()),
            help: format!("remove {}: it is made anew", place.display()),
        })?;
        Ok(Self { tar: place.join(TAR), digest: note.digest, size: note.size })
    }
}

fn note(file: &Path) -> Result<Note> {
    let mut hash = Sha256::new();
    let mut source = File::open(file).map_err(io(file))?;
    let mut buffer = vec![0; 1 << 20];
    let mut size = 0;
    loop {
        let read = source.read(&mut buffer).map_err(io(file))?;
        if read == 0 {
            return Ok(Note { digest: hex(&hash.finalize()), size });
        }
        hash.update(buffer.get(..read).unwrap_or_default());
        size += read as u64;
    }
}
