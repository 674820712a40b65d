//! What can go wrong, and why something is not there yet.

use std::path::PathBuf;

/// One line for people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A variable holds nothing that can be understood.
    #[error("{variable}: {why}")]
    Variable {
        /// Its name.
        variable: String,
        /// What is wrong.
        why: String,
    },
    /// A file can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The API server could not be asked.
    #[error("{0}")]
    Request(#[from] reqwest::Error),
    /// The API server refuses an answer.
    #[error("{path}: {status}: {why}")]
    Refused {
        /// What was asked.
        path: String,
        /// The HTTP status.
        status: u16,
        /// Its own words.
        why: String,
    },
    /// It is not there yet.
    #[error("{0}")]
    NotYet(String),
    /// The command can't be started.
    #[error("COMMAND {0}")]
    Command(String),
}
