//! Container images without a container tool: layers packed as tar files, written as OCI layouts and kept by content.
//!
//! Layers stay uncompressed: they travel inside one machine, and packing 100 MB takes longer than sending them.

mod layer;
mod pack;

pub use self::{
    layer::Layer,
    pack::{Entry, Owner},
};
use crate::{
    cache::{self, Cache, hex},
    error::Result,
    files::{self, io},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// An image: its layers, lowest first, and how it starts.
#[derive(Clone, Debug)]
pub struct Image<'a> {
    /// Its files.
    pub layers: &'a [Layer],
    /// Program and fixed arguments.
    pub entrypoint: &'a [&'a str],
    /// Variables of every process in it.
    pub environment: &'a [(&'a str, &'a str)],
    /// Numeric user: Kubernetes must see that it is not root.
    pub user: u32,
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

impl Image<'_> {
    /// The image as an OCI layout in the cache.
    ///
    /// # Errors
    /// The cache can't be written, or a layer is gone from it.
    pub async fn provide(&self, cache: &Cache, name: &str) -> Result<PathBuf> {
        let key = cache::key([self.config().to_string()]);
        let build = async |place: &Path| self.write(place);
        cache.ensure("images", &format!("{name}-{key}"), &format!("image {name}"), build).await
    }

    /// Writes it as an OCI layout into an empty folder. The same layers give the same bytes.
    fn write(&self, folder: &Path) -> Result<()> {
        let blobs = folder.join("blobs/sha256");
        files::make_dir(&blobs)?;
        for layer in self.layers {
            let blob = blobs.join(&layer.digest);
            // Layers are large and shared, and lie in the same cache.
            std::fs::hard_link(&layer.tar, &blob).map_err(io(&blob))?;
        }
        let config = blob(&blobs, "application/vnd.oci.image.config.v1+json", &self.config())?;
        let layer = |layer: &Layer| json!({"mediaType": LAYER, "digest": format!("sha256:{}", layer.digest), "size": layer.size});
        let layers: Vec<Value> = self.layers.iter().map(layer).collect();
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
        let manifest = blob(&blobs, MANIFEST, &manifest)?;
        files::write(
            &folder.join("index.json"),
            json!({"schemaVersion": 2, "manifests": [manifest]}).to_string(),
        )?;
        files::write(&folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)
    }

    fn config(&self) -> Value {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        let variables = self.environment.iter().map(|(name, value)| format!("{name}={value}"));
        let digests = self.layers.iter().map(|layer| format!("sha256:{}", layer.digest));
        json!({
            "architecture": architecture, "os": "linux",
            "config": {
                "Entrypoint": self.entrypoint,
                "Env": variables.collect::<Vec<_>>(),
                "User": self.user.to_string(),
            },
            "rootfs": {"type": "layers", "diff_ids": digests.collect::<Vec<_>>()},
        })
    }
}

/// Writes JSON as a blob and returns its descriptor.
fn blob(blobs: &Path, media_type: &str, content: &Value) -> Result<Value> {
    let text = content.to_string();
    let digest = hex(&Sha256::digest(text.as_bytes()));
    files::write(&blobs.join(&digest), &text)?;
    Ok(json!({"mediaType": media_type, "digest": format!("sha256:{digest}"), "size": text.len()}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Progress;

    #[tokio::test]
    async fn the_same_content_gives_the_same_image_and_another_start_another_one() {
        let root = std::env::temp_dir().join(format!("rig-images-{}", std::process::id()));
        files::remove(&root).unwrap();
        files::write(&root.join("in/b"), "bee").unwrap();
        files::write(&root.join("in/a"), "ay").unwrap();
        let input = root.join("in");
        let mut indexes = Vec::new();
        for (folder, entrypoint) in [("one", "/data/a"), ("two", "/data/a"), ("three", "/data/b")] {
            let cache = Cache::new(&root.join(folder), &Progress::quiet());
            let entries = [Entry::Copy(&input, "data"), Entry::Scratch("tmp")];
            let layer = Layer::provide(&cache, "data", "1", &entries).await.unwrap();
            let image = Image { layers: &[layer], entrypoint: &[entrypoint], environment: &[], user: 65_532 };
            let place = image.provide(&cache, "data").await.unwrap();
            indexes.push(files::read(&place.join("index.json")).unwrap());
        }
        assert_eq!(indexes[0], indexes[1]);
        assert_ne!(indexes[0], indexes[2]);
        assert!(indexes[0].contains("sha256:"));
        files::remove(&root).unwrap();
    }
}
