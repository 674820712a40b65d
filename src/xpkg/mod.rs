//! Packages that users install, as bytes: what `crossplane xpkg build` makes. Pure: no files, network or clock.
//!
//! From small to large: [`Layer`] (a tar, gzipped), [`Image`] (layers and their configuration), [`archive`]
//! (the `.xpkg` file), [`Meta`] and [`package_yaml`] (what the package layer says). The same input gives
//! the same bytes, in whatever order it comes, so that a release can be rebuilt and compared.

mod error;
mod image;
mod layer;
mod meta;
mod runtime;
mod stream;
mod tar_entry;

pub mod archive;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use error::Error;
pub use image::{Architecture, Image, Settings};
pub use layer::{Digest, Entry, Layer};
pub use meta::{About, Dependency, Kind, Meta};
pub use runtime::CA_BUNDLE;
pub use stream::{document as yaml, package_yaml};

/// What a provider's package is made of. A function's package is made the same way, with the CRDs of its inputs.
pub struct ProviderInput<'a> {
    /// The provider or function; a configuration is refused.
    pub meta: &'a Meta,
    /// Objects to install: CRDs; for a provider also webhook configurations.
    pub crds: Vec<Value>,
    /// Processor of `binary` and `extra`.
    pub architecture: Architecture,
    /// The program, statically linked: the image holds no libraries.
    pub binary: &'a [u8],
    /// Its path, without a leading slash: `usr/local/bin/kupenstack`. It is the entrypoint, with no arguments.
    pub binary_path: &'a str,
    /// Certificate authorities to trust, PEM.
    pub ca_bundle: &'a [u8],
    /// Further files that the program needs, such as helm; if there are any, they get a layer of their own.
    pub extra: Vec<Entry<'a>>,
}

/// Builds the `.xpkg` file of a provider or function: program and package in one image, which Crossplane both reads and runs.
///
/// # Errors
/// See [`Error`]; the input is wrong.
pub fn provider_package(input: &ProviderInput<'_>) -> Result<Vec<u8>, Error> {
    if input.meta.kind == Kind::Configuration {
        return Err(Error::Runtime(input.meta.metadata.name.clone()));
    }
    let settings = runtime::settings(input.architecture, input.binary_path, input.meta);
    pack(input.meta, &input.crds, runtime::layers(input)?, settings)
}

/// Builds the `.xpkg` file of a configuration, in which nothing runs.
///
/// # Errors
/// See [`Error`]; the input is wrong.
pub fn configuration_package(meta: &Meta, objects: &[Value]) -> Result<Vec<u8>, Error> {
    if meta.kind != Kind::Configuration {
        return Err(Error::NoRuntime(meta.metadata.name.clone()));
    }
    // Crossplane reads a package as linux/amd64, whatever the nodes are.
    let settings = Settings { labels: runtime::labels(meta), ..Settings::new(Architecture::Amd64) };
    pack(meta, objects, Vec::new(), settings)
}

/// Adds the package layer last, as the official CLI does, so that a new release changes only the layers on top.
fn pack(meta: &Meta, objects: &[Value], runtime: Vec<Layer>, settings: Settings) -> Result<Vec<u8>, Error> {
    let stream = package_yaml(meta, objects)?;
    let base = Layer::new([Entry::file("package.yaml", 0o644, stream.as_bytes())])?;
    let mut out = Vec::new();
    archive::write(&Image::new(runtime, base, settings)?, &mut out)?;
    Ok(out)
}
