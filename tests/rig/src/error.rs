//! One error for the rig: what failed, and what the reader can do about it.

use std::path::{Path, PathBuf};

/// Everything that can go wrong with the rig.
///
/// `Display` says what failed in one line; [`Error::help`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// This machine lacks something the rig needs; nothing was changed.
    #[error("{what}")]
    Machine {
        /// What is missing.
        what: String,
        /// What to do.
        help: String,
    },
    /// A one-off command failed.
    #[error("{what} failed: {why}")]
    Command {
        /// The step, as a person would call it.
        what: String,
        /// The last lines of its output.
        why: String,
        /// Its whole output.
        log: Option<PathBuf>,
    },
    /// A part did not become ready in time, or died.
    #[error("{part} did not come up: {why}")]
    Part {
        /// The part's name.
        part: String,
        /// The last answer of its probe or how it ended.
        why: String,
        /// Its log.
        log: Option<PathBuf>,
        /// What to do.
        help: String,
    },
    /// A file or folder could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A service inside the rig answered something unexpected.
    #[error("{url}: {why}")]
    Http {
        /// What was asked.
        url: String,
        /// What came back.
        why: String,
    },
    /// The user interrupted; what already runs is recorded and goes on running.
    #[error("interrupted")]
    Interrupted,
    /// The user interrupted what keeps nothing: all that it had started is ended, and what it had written removed.
    #[error("interrupted; nothing of it is left")]
    GivenUp,
}

impl Error {
    /// What the reader can do about it.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::Machine { help, .. } | Self::Part { help, .. } => Some(help),
            Self::Interrupted => {
                Some("`cargo rig up` goes on where it was, `cargo rig down` takes away what runs")
            }
            Self::Command { log: Some(_), .. } => Some(
                "nothing half built is kept: mend the cause and run it again; if a registry did not answer, look at the network and its proxy settings first",
            ),
            Self::Command { log: None, .. } => None,
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => Some(
                "the disk is full: free some space (`cargo rig down --purge-caches` frees what all rigs built) and run it again",
            ),
            Self::Io { .. } | Self::GivenUp => None,
            Self::Http { .. } => {
                Some("`cargo rig status` shows which part is down, `cargo rig logs NAME` why")
            }
        }
    }

    /// The log that tells more.
    pub fn log(&self) -> Option<&Path> {
        match self {
            Self::Command { log, .. } | Self::Part { log, .. } => log.as_deref(),
            Self::Machine { .. }
            | Self::Io { .. }
            | Self::Http { .. }
            | Self::Interrupted
            | Self::GivenUp => None,
        }
    }

    /// All a person needs: what failed, the last lines of the right log, what to do.
    pub fn report(&self) -> String {
        let mut text = format!("error: {self}\n");
        if let Some(log) = self.log() {
            // A failed command has its last lines in its message already.
            if matches!(self, Self::Part { .. }) {
                let lines = crate::files::tail(log, 20);
                text += &format!("--- last lines of {}\n{lines}\n---\n", log.display());
            } else {
                text += &format!("log: {}\n", log.display());
            }
        }
        if let Some(help) = self.help() {
            text += &format!("help: {help}\n");
        }
        text
    }
}

/// Shorthand used across the rig.
pub type Result<T, E = Error> = std::result::Result<T, E>;
