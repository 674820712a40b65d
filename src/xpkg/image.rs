//! An image: layers, and the configuration that says how to run them.
//!
//! Configuration in Docker's form, which registries, Docker and containerd take as the OCI's own.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Digest, Error, Layer};

/// Annotation by which Crossplane finds the layer to read.
const MARK: &str = "io.crossplane.xpkg";
/// Its value on the layer that holds `package.yaml`.
const BASE: &str = "base";

/// Processors that images are made for, with Go's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// x86-64.
    Amd64,
    /// 64-bit ARM.
    Arm64,
}

/// How the image is labelled and run.
pub struct ImageSettings {
    /// Processor.
    pub architecture: Architecture,
    /// The program and its fixed arguments; empty if nothing is to run.
    pub entrypoint: Vec<String>,
    /// Environment, `NAME=value`.
    pub env: Vec<String>,
    /// Labels of the image, beside the one that marks the package layer.
    pub labels: BTreeMap<String, String>,
}

impl ImageSettings {
    /// An image for this processor, with nothing to run.
    pub fn new(architecture: Architecture) -> Self {
        Self { architecture, entrypoint: Vec::new(), env: Vec::new(), labels: BTreeMap::new() }
    }
}

/// A finished image.
pub struct PackageImage {
    /// The configuration, JSON, byte for byte as it is digested.
    pub config: Vec<u8>,
    /// All layers, the package layer last.
    pub layers: Vec<Layer>,
}

impl PackageImage {
    /// Puts the package layer `base` on top of the others and marks it as the only one.
    ///
    /// The archive format has no annotations of layers: a label `io.crossplane.xpkg:<digest>` takes their place, which
    /// `crossplane xpkg push` turns into an annotation.
    pub fn new(mut layers: Vec<Layer>, base: Layer, settings: ImageSettings) -> Result<Self, Error> {
        let ImageSettings { architecture, entrypoint, env, mut labels } = settings;
        labels.insert(format!("{MARK}:{}", base.digest), BASE.to_owned());
        layers.push(base);
        let config = serde_json::to_vec(&ImageConfig {
            architecture,
            created: "1970-01-01T00:00:00Z",
            os: "linux",
            rootfs: RootFs {
                kind: "layers",
                diff_ids: layers.iter().map(|l| l.diff_id.to_string()).collect(),
            },
            config: Run {
                entrypoint,
                env,
                labels,
                // A number: of a name, Kubernetes can't verify that it isn't root. Crossplane sets 2000 anyway.
                user: "65532:65532",
                working_dir: "/",
            },
        })?;
        Ok(Self { config, layers })
    }

    /// Digest of the configuration, which Docker calls the image ID.
    pub fn id(&self) -> Digest {
        Digest::of(&self.config)
    }
}

// Fields in the order of Go's registry library, which writes the configuration anew when it is pushed: so our bytes, and
// with them the image ID, stay as they are.
#[derive(Serialize)]
struct ImageConfig {
    architecture: Architecture,
    created: &'static str,
    os: &'static str,
    rootfs: RootFs,
    config: Run,
}

#[derive(Serialize)]
struct RootFs {
    #[serde(rename = "type")]
    kind: &'static str,
    diff_ids: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Run {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entrypoint: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    env: Vec<String>,
    labels: BTreeMap<String, String>,
    user: &'static str,
    working_dir: &'static str,
}
