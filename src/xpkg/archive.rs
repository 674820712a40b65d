//! The `.xpkg` file: one image in the form of `docker save`, as `crossplane xpkg push` and `docker load` read it.

use std::collections::BTreeSet;
use std::io::Write;

use serde::Serialize;

use super::{
    Error, PackageImage,
    tar_entry::{self, Body},
};

/// An image in the archive's manifest, with `docker save`'s field names.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ManifestItem {
    config: String,
    repo_tags: [String; 0],
    layers: Vec<String>,
}

/// Writes the archive: configuration, layers, then the manifest that names them, in the official CLI's order and spelling.
pub fn write(image: &PackageImage, out: impl Write) -> Result<(), Error> {
    let mut tar = tar::Builder::new(out);
    let config = image.id().to_string();
    append(&mut tar, &config, &image.config)?;

    let mut written = BTreeSet::new();
    let mut layers = Vec::new();
    for layer in &image.layers {
        // Without `sha256:`, since GNU tar takes what is before a colon for the name of a host.
        let name = format!("{}.tar.gz", layer.digest.hex());
        if written.insert(layer.digest) {
            append(&mut tar, &name, &layer.bytes)?;
        }
        layers.push(name);
    }
    let manifest = serde_json::to_vec(&[ManifestItem { config, repo_tags: [], layers }])?;
    append(&mut tar, "manifest.json", &manifest)?;
    tar.into_inner()?.flush()?;
    Ok(())
}

fn append(tar: &mut tar::Builder<impl Write>, path: &str, bytes: &[u8]) -> Result<(), Error> {
    tar_entry::append(tar, path, 0o644, &Body::File(bytes))
}
