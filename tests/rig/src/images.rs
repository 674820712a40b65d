//! Container images without a container tool: a root file system in one layer, written as an OCI layout.
//!
//! Layers stay uncompressed: they travel over the loopback only, and packing 100 MB takes longer than sending them.

use crate::{
    cache::hex,
    error::Result,
    files::{self, io},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{Read, Write},
    path::Path,
};

/// What goes into an image.
#[derive(Clone, Debug)]
pub enum Entry<'a> {
    /// A file or folder of this machine at a path of the image, readable by all.
    Copy(&'a Path, &'a str),
    /// A folder that everybody may write to.
    Scratch(&'a str),
}

/// An image's content and how it starts.
#[derive(Clone, Debug)]
pub struct Image<'a> {
    /// Its files.
    pub entries: Vec<Entry<'a>>,
    /// Program and fixed arguments.
    pub entrypoint: Vec<&'a str>,
    /// Numeric user: Kubernetes must see that it is not root.
    pub user: u32,
}

impl Image<'_> {
    /// Writes it as an OCI layout into an empty folder. The same content gives the same bytes.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let blobs = folder.join("blobs/sha256");
        files::make_dir(&blobs)?;
        let tar = folder.join("layer.tar");
        self.pack(&tar)?;
        let (layer, size) = digest(&tar)?;
        std::fs::rename(&tar, blobs.join(&layer)).map_err(io(&tar))?;
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        let config = json!({
            "architecture": architecture, "os": "linux",
            "config": {"Entrypoint": self.entrypoint, "User": self.user.to_string()},
            "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer}")]},
        });
        let config = blob(&blobs, "application/vnd.oci.image.config.v1+json", &config)?;
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": config,
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": format!("sha256:{layer}"), "size": size}],
        });
        let manifest = blob(&blobs, MANIFEST, &manifest)?;
        files::write(
            &folder.join("index.json"),
            json!({"schemaVersion": 2, "manifests": [manifest]}).to_string(),
        )?;
        files::write(&folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)
    }

    fn pack(&self, to: &Path) -> Result<()> {
        let mut tar = tar::Builder::new(File::create(to).map_err(io(to))?);
        for entry in &self.entries {
            match entry {
                Entry::Copy(from, at) => append(&mut tar, from, Path::new(at))?,
                Entry::Scratch(at) => {
                    let mut header = header(tar::EntryType::Directory, 0, 0o1777);
                    tar.append_data(&mut header, at, std::io::empty()).map_err(io(to))?;
                }
            }
        }
        tar.finish().map_err(io(to))
    }
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn header(kind: tar::EntryType, size: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header
}

/// Adds a file, or a folder in the order of names; owners and times are left out on purpose.
fn append<W: Write>(tar: &mut tar::Builder<W>, from: &Path, at: &Path) -> Result<()> {
    let meta = std::fs::metadata(from).map_err(io(from))?;
    if meta.is_dir() {
        tar.append_data(&mut header(tar::EntryType::Directory, 0, 0o755), at, std::io::empty())
            .map_err(io(from))?;
        let entries = std::fs::read_dir(from).map_err(io(from))?;
        let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        return names.iter().try_for_each(|name| append(tar, &from.join(name), &at.join(name)));
    }
    let executable = std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o111 != 0;
    let mut header = header(tar::EntryType::Regular, meta.len(), if executable { 0o755 } else { 0o644 });
    tar.append_data(&mut header, at, File::open(from).map_err(io(from))?).map_err(io(from))
}

fn digest(file: &Path) -> Result<(String, u64)> {
    let mut hash = Sha256::new();
    let mut source = File::open(file).map_err(io(file))?;
    let mut buffer = vec![0; 1 << 20];
    let mut size = 0;
    loop {
        let read = source.read(&mut buffer).map_err(io(file))?;
        if read == 0 {
            return Ok((hex(&hash.finalize()), size));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
        size += read as u64;
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

    #[test]
    fn the_same_content_gives_the_same_image() {
        let root = std::env::temp_dir().join(format!("rig-images-{}", std::process::id()));
        files::remove(&root).unwrap();
        files::write(&root.join("in/b"), "bee").unwrap();
        files::write(&root.join("in/a"), "ay").unwrap();
        let input = root.join("in");
        let image = Image {
            entries: vec![Entry::Copy(&input, "data"), Entry::Scratch("tmp")],
            entrypoint: vec!["/data/a"],
            user: 65_532,
        };
        image.write(&root.join("one")).unwrap();
        image.write(&root.join("two")).unwrap();
        let index = |name: &str| files::read(&root.join(name).join("index.json")).unwrap();
        assert_eq!(index("one"), index("two"));
        assert!(index("one").contains("sha256:"));
        files::remove(&root).unwrap();
    }
}
