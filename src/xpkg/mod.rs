//! Packages that users install, as bytes: what `crossplane xpkg build` makes, without files, network or clock.
//!
//! From small to large: [`Layer`] (a tar, gzipped), [`Image`] (layers and their configuration), [`archive`]
//! (the `.xpkg` file), [`Meta`] and [`package_yaml`] (what the package layer says). The same input gives
//! the same bytes, in whatever order it comes, so that a release can be rebuilt and compared.

mod document;
mod error;
mod image;
mod kind;
mod layer;
mod meta;
mod runtime;
mod stream;
mod tar_entry;

pub mod archive;

#[cfg(test)]
mod tests;

use serde_json::Value;

pub use document::document as yaml;
pub use error::Error;
pub use image::{Architecture, Image, Settings};
pub use kind::Kind;
pub use layer::{Digest, Entry, Layer};
pub use meta::{About, Dependency, Meta};
pub use runtime::{CA_BUNDLE, ProviderInput};
pub use stream::package_yaml;

/// The `.xpkg` file of a provider or function: the program and its package in one image, which Crossplane both reads and runs.
pub fn provider_package(input: &ProviderInput<'_>) -> Result<Vec<u8>, Error> {
    if input.meta.kind == Kind::Configuration {
        return Err(Error::Runtime(input.meta.metadata.name.clone()));
    }
    let settings = runtime::settings(input.architecture, input.binary_path, input.meta);
    pack(input.meta, &input.crds, runtime::layers(input)?, settings)
}

/// The `.xpkg` file of a configuration: nothing in it runs.
pub fn configuration_package(meta: &Meta, objects: &[Value]) -> Result<Vec<u8>, Error> {
    if meta.kind != Kind::Configuration {
        return Err(Error::NoRuntime(meta.metadata.name.clone()));
    }
    // Crossplane asks an index for linux/amd64 to read a package, whatever the nodes are.
    let settings = Settings { labels: runtime::labels(meta), ..Settings::new(Architecture::Amd64) };
    pack(meta, objects, Vec::new(), settings)
}

/// Adds the package layer last, where the official CLI appends it: a new release changes only what is above.
fn pack(meta: &Meta, objects: &[Value], runtime: Vec<Layer>, settings: Settings) -> Result<Vec<u8>, Error> {
    let stream = package_yaml(meta, objects)?;
    let base = Layer::new([Entry::file("package.yaml", 0o644, stream.as_bytes())])?;
    let mut out = Vec::new();
    archive::write(&Image::new(runtime, base, settings)?, &mut out)?;
    Ok(out)
}
