//! One layer of an image: a tar whose bytes depend on nothing but its entries, gzipped the same way each time.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

use data_encoding::HEXLOWER;
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};

use super::{
    Error,
    tar_entry::{self, Body},
};

/// Gzip's "unknown operating system", so that the header does not depend on where it was made.
const GZIP_OS_UNKNOWN: u8 = 255;

/// A SHA-256 digest, written `sha256:…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 64 hex digits, without the algorithm.
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

/// An entry of a layer. It belongs to root and is dated 1970.
#[derive(Clone)]
pub struct Entry<'a> {
    path: String,
    mode: u32,
    body: Body<'a>,
}

impl<'a> Entry<'a> {
    /// A file; paths are relative to the root: `usr/bin/x`.
    pub fn file(path: impl Into<String>, mode: u32, bytes: &'a [u8]) -> Self {
        Self { path: path.into(), mode, body: Body::File(bytes) }
    }

    /// A directory. Needed only where its mode matters: missing parents are added, with mode 0755.
    pub fn directory(path: impl Into<String>, mode: u32) -> Self {
        Self { path: path.into(), mode, body: Body::Directory }
    }

    /// A symbolic link.
    pub fn symlink(path: impl Into<String>, target: &'a str) -> Self {
        Self { path: path.into(), mode: 0o777, body: Body::Link(target) }
    }
}

/// A finished layer.
pub struct Layer {
    /// Digest of the tar, by which the image configuration names the layer.
    pub diff_id: Digest,
    /// Digest of the compressed bytes, by which a registry names it.
    pub digest: Digest,
    /// The compressed bytes.
    pub bytes: Vec<u8>,
}

impl Layer {
    /// Packs the entries, in whatever order they come.
    pub fn new<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Result<Self, Error> {
        let mut tar = tar::Builder::new(Vec::new());
        for (path, (mode, body)) in arrange(entries)? {
            tar_entry::append(&mut tar, &path, mode, &body)?;
        }
        let tar = tar.into_inner()?;
        let mut gzip = GzBuilder::new()
            .mtime(0)
            .operating_system(GZIP_OS_UNKNOWN)
            // Built once, pulled often.
            .write(Vec::new(), Compression::best());
        gzip.write_all(&tar)?;
        let bytes = gzip.finish()?;
        Ok(Self { diff_id: Digest::of(&tar), digest: Digest::of(&bytes), bytes })
    }
}

type Tree<'a> = BTreeMap<String, (u32, Body<'a>)>;

/// Sorts by path, which also puts every parent before its children, and adds the parents that are missing.
fn arrange<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Result<Tree<'a>, Error> {
    let mut tree = Tree::new();
    for entry in entries {
        check(&entry.path)?;
        if tree.insert(entry.path.clone(), (entry.mode, entry.body)).is_some() {
            return Err(Error::Clash(entry.path));
        }
    }
    let paths: Vec<String> = tree.keys().cloned().collect();
    for path in paths {
        for (end, _) in path.match_indices('/') {
            let parent = path.get(..end).unwrap_or_default();
            let (_, body) = tree.entry(parent.to_owned()).or_insert((0o755, Body::Directory));
            if !matches!(body, Body::Directory) {
                return Err(Error::Clash(path));
            }
        }
    }
    Ok(tree)
}

/// Accepts only paths that every unpacker understands alike.
fn check(path: &str) -> Result<(), Error> {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', '\0']);
    if path.split('/').all(plain) { Ok(()) } else { Err(Error::Path(path.to_owned())) }
}
