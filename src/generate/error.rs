//! Why something could not be generated.

use crate::{kind::KindError, xpkg};
use std::path::PathBuf;

/// Generating failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A kind's file is wrong.
    #[error("kind {kind}: {source}")]
    Kind {
        /// Which kind.
        kind: String,
        /// What is wrong.
        source: KindError,
    },
    /// A document can't be written.
    #[error(transparent)]
    Document(#[from] xpkg::Error),
    /// A file can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
