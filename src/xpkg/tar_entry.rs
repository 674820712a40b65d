//! One way to write tar entries, for layers and for archives: owned by root, dated 1970, plain ustar, as Go writes them.

use std::io::Write;

use tar::{Builder, EntryType, Header};

use super::Error;

/// What a tar entry is, and what it holds.
#[derive(Clone, Copy)]
pub(super) enum Body<'a> {
    /// A regular file and its bytes.
    File(&'a [u8]),
    /// A directory.
    Directory,
    /// A symbolic link and its target.
    Link(&'a str),
}

/// Appends one entry. Its bytes depend on nothing but the arguments.
pub(super) fn append(
    tar: &mut Builder<impl Write>,
    path: &str,
    mode: u32,
    body: &Body<'_>,
) -> Result<(), Error> {
    try_append(tar, path, mode, body).map_err(|source| Error::Tar { path: path.to_owned(), source })
}

fn try_append(tar: &mut Builder<impl Write>, path: &str, mode: u32, body: &Body<'_>) -> std::io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_mode(mode);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    let bytes: &[u8] = match body {
        Body::File(bytes) => {
            header.set_path(path)?;
            header.set_entry_type(EntryType::Regular);
            bytes
        }
        Body::Directory => {
            header.set_path(format!("{path}/"))?;
            header.set_entry_type(EntryType::Directory);
            &[]
        }
        Body::Link(target) => {
            header.set_path(path)?;
            header.set_entry_type(EntryType::Symlink);
            // Literal: an absolute target is fine in an image.
            header.set_link_name_literal(target)?;
            &[]
        }
    };
    header.set_size(bytes.len() as u64);
    header.set_cksum();
    tar.append(&header, bytes)
}
