//! Files, with the path in every error.

use crate::error::{Error, Result};
use rustix::fs::{FlockOperation, flock};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// Names the path in an error of the operating system.
pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error + use<> {
    let path = path.to_path_buf();
    move |source| Error::Io { path, source }
}

/// Makes a folder and those above it.
pub fn make_dir(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(io(path))
}

/// Reads a text file.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(io(path))
}

/// Writes a file whole or not at all, readable by its owner only: half of what the rig writes are secrets.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fresh = path.with_file_name(format!(".{name}.{}", std::process::id()));
    if let Some(folder) = path.parent() {
        make_dir(folder)?;
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)
        .map_err(io(&fresh))?;
    file.write_all(content.as_ref()).map_err(io(&fresh))?;
    fs::rename(&fresh, path).map_err(io(path))
}

/// Writes only when the content differs; says whether it did.
pub fn write_changed(path: &Path, content: &str) -> Result<bool> {
    if fs::read(path).is_ok_and(|old| old == content.as_bytes()) {
        return Ok(false);
    }
    write(path, content).map(|()| true)
}

/// Reads JSON; `None` when there is none or it is not what we write.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Writes JSON, whole or not at all.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<()> {
    let text = serde_json::to_vec_pretty(value).map_err(std::io::Error::from).map_err(io(path))?;
    write(path, text)
}

/// Removes a file or a folder; that there is none is fine.
pub fn remove(path: &Path) -> Result<()> {
    let gone = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(why) => Err(why),
    };
    match gone {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other.map_err(io(path)),
    }
}

/// The last lines of a text file, without reading all of it.
pub fn tail(path: &Path, lines: usize) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(32_768)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let text = read().unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    all.get(all.len().saturating_sub(lines)..).unwrap_or_default().join("\n")
}

/// A lock between processes that ends with its holder, however that ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock if nobody has it.
    pub fn try_take(path: &Path) -> Result<Option<Self>> {
        if let Some(folder) = path.parent() {
            make_dir(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(io(path))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(why) => Err(io(path)(why.into())),
        }
    }

    /// Waits for the lock; `busy` runs once when there is something to wait for.
    pub async fn take(path: PathBuf, busy: impl FnOnce()) -> Result<Self> {
        let mut busy = Some(busy);
        loop {
            if let Some(lock) = Self::try_take(&path)? {
                return Ok(lock);
            }
            if let Some(busy) = busy.take() {
                busy();
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("rig-files-{}-{name}", std::process::id()));
        remove(&path).unwrap();
        path
    }

    #[test]
    fn a_second_taker_does_not_get_the_lock_until_the_first_lets_go() {
        let path = scratch("lock");
        let first = Lock::try_take(&path).unwrap();
        assert!(first.is_some());
        assert!(Lock::try_take(&path).unwrap().is_none());
        drop(first);
        assert!(Lock::try_take(&path).unwrap().is_some());
        remove(&path).unwrap();
    }

    #[test]
    fn the_tail_of_a_file_is_its_last_lines() {
        let path = scratch("tail");
        write(&path, "one\ntwo\nthree\n").unwrap();
        assert_eq!(tail(&path, 2), "two\nthree");
        assert_eq!(tail(&path, 9), "one\ntwo\nthree");
        assert_eq!(tail(&path.with_extension("none"), 9), "");
        remove(&path).unwrap();
    }

    #[test]
    fn an_unchanged_file_is_not_written_again() {
        let path = scratch("same");
        assert!(write_changed(&path, "x").unwrap());
        assert!(!write_changed(&path, "x").unwrap());
        remove(&path).unwrap();
    }
}
