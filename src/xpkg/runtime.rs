//! The part of an image that runs: no base image, only the program, the certificate authorities that it trusts, and a
//! directory to write to.

use std::collections::BTreeMap;

use super::{Entry, Error, ImageSettings, Layer, Meta, ProviderInput};

/// Path of the certificate authorities, without a leading slash.
pub const CA_BUNDLE: &str = "etc/ssl/certs/ca-certificates.crt";

/// Annotations of the package, and the labels of the image by which registries show them.
const LABELS: [(&str, &str); 4] = [
    ("friendly-name.meta.crossplane.io", "org.opencontainers.image.title"),
    ("meta.crossplane.io/source", "org.opencontainers.image.source"),
    ("meta.crossplane.io/license", "org.opencontainers.image.licenses"),
    ("meta.crossplane.io/description", "org.opencontainers.image.description"),
];

/// Layers below the package layer. What changes least is first, so that an upgrade pulls little.
pub(super) fn layers(input: &ProviderInput<'_>) -> Result<Vec<Layer>, Error> {
    let mut layers =
        vec![Layer::new([Entry::file(CA_BUNDLE, 0o644, input.ca_bundle), Entry::directory("tmp", 0o1777)])?];
    if !input.extra.is_empty() {
        layers.push(Layer::new(input.extra.iter().cloned())?);
    }
    layers.push(Layer::new([Entry::file(input.binary_path, 0o755, input.binary)])?);
    Ok(layers)
}

/// Runs the program with no more arguments than its command: Crossplane adds none, and `crossplane composition render`
/// appends its own.
pub(super) fn settings(input: &ProviderInput<'_>) -> ImageSettings {
    let command = input.command.map(str::to_owned);
    ImageSettings {
        entrypoint: [format!("/{}", input.binary_path)].into_iter().chain(command).collect(),
        env: vec![
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned(),
            format!("SSL_CERT_FILE=/{CA_BUNDLE}"),
        ],
        labels: labels(input.meta),
        ..ImageSettings::new(input.architecture)
    }
}

/// Labels of the image, which registries show.
pub(super) fn labels(meta: &Meta) -> BTreeMap<String, String> {
    let annotations = &meta.metadata.annotations;
    LABELS
        .into_iter()
        .filter_map(|(from, to)| Some((to.to_owned(), annotations.get(from)?.clone())))
        .collect()
}
