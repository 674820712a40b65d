//! The part of an image that runs: no base image, just the program, the authorities that it trusts, and a place to write.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Architecture, Entry, Error, Layer, Meta, Settings};

/// Where the authorities are, without leading slash.
pub const CA_BUNDLE: &str = "etc/ssl/certs/ca-certificates.crt";

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
    /// Where it goes, without leading slash: `usr/local/bin/kupenstack`. It is the entrypoint, with no arguments.
    pub binary_path: &'a str,
    /// Certificate authorities to trust, PEM.
    pub ca_bundle: &'a [u8],
    /// Further files that the program needs, such as helm; a layer of their own, made only if there are any.
    pub extra: Vec<Entry<'a>>,
}

/// Annotations of the package that registries want as labels of the image.
const LABELS: [(&str, &str); 4] = [
    ("friendly-name.meta.crossplane.io", "org.opencontainers.image.title"),
    ("meta.crossplane.io/source", "org.opencontainers.image.source"),
    ("meta.crossplane.io/license", "org.opencontainers.image.licenses"),
    ("meta.crossplane.io/description", "org.opencontainers.image.description"),
];

/// Layers below the package layer, what changes least first, so that an upgrade pulls little.
pub(super) fn layers(input: &ProviderInput<'_>) -> Result<Vec<Layer>, Error> {
    let mut layers =
        vec![Layer::new([Entry::file(CA_BUNDLE, 0o644, input.ca_bundle), Entry::directory("tmp", 0o1777)])?];
    if !input.extra.is_empty() {
        layers.push(Layer::new(input.extra.iter().cloned())?);
    }
    layers.push(Layer::new([Entry::file(input.binary_path, 0o755, input.binary)])?);
    Ok(layers)
}

/// Runs the program without arguments: Crossplane gives none, and `crossplane composition render` appends its own.
pub(super) fn settings(architecture: Architecture, program: &str, meta: &Meta) -> Settings {
    Settings {
        entrypoint: vec![format!("/{program}")],
        env: vec![
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned(),
            format!("SSL_CERT_FILE=/{CA_BUNDLE}"),
        ],
        labels: labels(meta),
        ..Settings::new(architecture)
    }
}

/// What registries show about the image.
pub(super) fn labels(meta: &Meta) -> BTreeMap<String, String> {
    let annotations = &meta.metadata.annotations;
    LABELS
        .into_iter()
        .filter_map(|(from, to)| Some((to.to_owned(), annotations.get(from)?.clone())))
        .collect()
}
