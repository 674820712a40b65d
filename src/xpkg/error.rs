//! What can be wrong with the input of a package. All of it is found while building, and only a change of the input mends it.

use std::io;

use super::Kind;

/// Why a package could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path in a layer is absolute, empty, or has empty, `.` or `..` components.
    #[error("a layer can not hold this path, it must be relative and plain: {0:?}")]
    Path(String),
    /// Two entries of one layer share a path, or one lies below another that is no directory.
    #[error("two entries of a layer claim one path: {0:?}")]
    Clash(String),
    /// A tar entry could not be written, for instance because its path is too long for the format.
    #[error("can not write tar entry {path:?}: {source}")]
    Tar {
        /// The entry.
        path: String,
        /// What the writer said.
        source: io::Error,
    },
    /// Compressing or finishing an archive failed.
    #[error("can not write archive: {0}")]
    Write(#[from] io::Error),
    /// The image configuration or manifest could not be encoded.
    #[error("can not encode image configuration: {0}")]
    Json(#[from] serde_json::Error),
    /// An object could not be written as YAML.
    #[error("can not encode {object} as YAML: {source}")]
    Yaml {
        /// Which.
        object: String,
        /// What the encoder said.
        source: serde_saphyr::SerializeError,
    },
    /// An object has no apiVersion, kind or metadata.name.
    #[error("object number {0} of the package lacks apiVersion, kind or metadata.name")]
    Nameless(usize),
    /// One object is there twice.
    #[error("the package holds an object twice: {0}")]
    Twice(String),
    /// Crossplane refuses such an object in such a package.
    #[error("a {package:?} package may not hold this object: {object}")]
    Foreign {
        /// Kind of the package.
        package: Kind,
        /// The object.
        object: String,
    },
    /// A configuration was given a program to run.
    #[error("a configuration has nothing to run: {0}")]
    Runtime(String),
    /// A provider or function came without its program.
    #[error("a provider or function needs its program: {0}")]
    NoRuntime(String),
}
