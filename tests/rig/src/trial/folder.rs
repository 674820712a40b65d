//! The folder of one run. It is removed at its end; of a run that was killed, by the next one.

use crate::{
    daemon::{self, Record},
    error::Result,
    files::{self, io},
    paths::Paths,
    proc,
};
use rustix::process::Signal;
use std::{
    fs::DirBuilder,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::Path,
};

/// In front of the process id.
const NAME: &str = "kupenstack-try-";

/// A folder of this run's own.
pub(super) struct Folder {
    /// In which everything is of this run, but for the checkout and the caches.
    pub(super) paths: Paths,
}

impl Folder {
    /// Makes it, among the machine's temporary files.
    pub(super) fn make(paths: &Paths) -> Result<Self> {
        let root = std::env::temp_dir();
        sweep(&root, paths);
        let pid = std::process::id();
        let state = root.join(format!("{NAME}{pid}"));
        // Keys and a password lie in it.
        DirBuilder::new().mode(0o700).create(&state).map_err(io(&state))?;
        Ok(Self { paths: Paths { id: format!("try-{pid}"), state, ..paths.clone() } })
    }

    /// Removes it; of a run that failed, all but the logs.
    pub(super) fn remove(self, all: bool) -> Result<()> {
        let state = &self.paths.state;
        if all || !self.paths.logs().exists() {
            return files::remove(state);
        }
        for entry in std::fs::read_dir(state).map_err(io(state))?.flatten() {
            if entry.path() != self.paths.logs() {
                files::remove(&entry.path())?;
            }
        }
        eprintln!("the logs are kept: {}", self.paths.logs().display());
        Ok(())
    }
}

/// What runs left that could not end by themselves: what they started, and their folders.
fn sweep(root: &Path, paths: &Paths) {
    let own = rustix::process::geteuid().as_raw();
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.strip_prefix(NAME)?.parse::<i32>().ok());
        let Some(pid) = pid else { continue };
        let ours = entry.metadata().is_ok_and(|meta| meta.is_dir() && meta.uid() == own);
        if ours && pid.unsigned_abs() == std::process::id() {
            drop(files::remove(&entry.path()));
        }
        // What a failed run keeps has no records.
        let state = Paths { id: format!("try-{pid}"), state: entry.path(), ..paths.clone() };
        if !ours || !state.run().exists() || proc::stat(pid).is_some() {
            continue;
        }
        for record in Record::all(&state).iter().filter(|record| record.runs()) {
            daemon::session(record.pid).iter().for_each(|stat| daemon::signal(stat.pid, Signal::KILL));
        }
        // If it can't be removed now, then by the next one.
        drop(files::remove(&entry.path()));
    }
}
