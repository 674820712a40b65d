//! Packages that users install, as bytes: what `crossplane xpkg build` makes, without files, network or clock.
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

/// What a provider package is made of. A function is packed the same way, its objects being the CRDs of its inputs.
pub struct ProviderInput<'a> {
    /// Who it is; a configuration is refused.
    pub meta: &'a Meta,
    /// Objects to install: CRDs; for a provider also webhook configurations.
    pub crds: Vec<Value>,
    /// What `binary` and `extra` run on.
    pub architecture: Architecture,
    /// The program, statically linked, since the image holds no libraries.
    pub binary: &'a [u8],
    /// Where it goes, without leading slash: `usr/local/bin/kupenstack`. It is the entrypoint.
    pub binary_path: &'a str,
    /// Word that it is always started with, where one program is several packages.
    pub command: Option<&'a str>,
    /// Certificate authorities to trust, PEM.
    pub ca_bundle: &'a [u8],
    /// Further files that the program needs, such as helm; a layer of their own, made only if there are any.
    pub extra: Vec<Entry<'a>>,
}

/// The `.xpkg` file of a provider or function: the program and its package in one image, which Crossplane both reads and runs.
pub fn provider_package(input: &ProviderInput<'_>) -> Result<Vec<u8>, Error> {
    if input.meta.kind == Kind::Configuration {
        return Err(Error::Runtime(input.meta.metadata.name.clone()));
    }
    let settings = runtime::settings(input);
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
