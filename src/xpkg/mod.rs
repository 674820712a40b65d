//! Packages that users install, as bytes: what `crossplane xpkg build` makes. Pure: no files, network or clock.
//!
//! From small to large: [`Layer`] (a tar, gzipped), [`PackageImage`] (layers and their configuration), [`archive`]
//! (the `.xpkg` file), [`Meta`] and [`package_yaml`] (what the package layer says). The same input gives
//! the same bytes, in whatever order it comes, so that a release can be rebuilt and compared.

mod document;
mod error;
mod image;
mod input;
mod layer;
mod meta;
mod package_kind;
mod runtime;
mod stream;
mod tar_entry;

pub mod archive;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use document::yaml;
pub use error::Error;
pub use image::{Architecture, ImageSettings, PackageImage};
pub use input::ProviderInput;
pub use layer::{Digest, Entry, Layer};
pub use meta::{About, Dependency, Meta};
pub use package_kind::PackageKind;
pub use runtime::CA_BUNDLE;
pub use stream::package_yaml;

/// Builds the `.xpkg` file of a provider or function: program and package in one image, which Crossplane both reads and runs.
///
/// # Errors
/// See [`Error`]; the input is wrong.
pub fn provider_package(input: &ProviderInput<'_>) -> Result<Vec<u8>, Error> {
    if input.meta.kind == PackageKind::Configuration {
        return Err(Error::Runtime(input.meta.metadata.name.clone()));
    }
    let settings = runtime::settings(input);
    pack(input.meta, &input.crds, runtime::layers(input)?, settings)
}

/// Builds the `.xpkg` file of a configuration, in which nothing runs.
///
/// # Errors
/// See [`Error`]; the input is wrong.
pub fn configuration_package(meta: &Meta, objects: &[Value]) -> Result<Vec<u8>, Error> {
    if meta.kind != PackageKind::Configuration {
        return Err(Error::NoRuntime(meta.metadata.name.clone()));
    }
    // Crossplane reads a package as linux/amd64, whatever the nodes are.
    let settings = ImageSettings { labels: runtime::labels(meta), ..ImageSettings::new(Architecture::Amd64) };
    pack(meta, objects, Vec::new(), settings)
}

/// Adds the package layer last, as the official CLI does, so that a new release changes only the layers on top.
fn pack(
    meta: &Meta,
    objects: &[Value],
    runtime: Vec<Layer>,
    settings: ImageSettings,
) -> Result<Vec<u8>, Error> {
    let stream = package_yaml(meta, objects)?;
    let base = Layer::new([Entry::file("package.yaml", 0o644, stream.as_bytes())])?;
    let mut out = Vec::new();
    archive::write(&PackageImage::new(runtime, base, settings)?, &mut out)?;
    Ok(out)
}
