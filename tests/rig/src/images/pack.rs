//! What goes into a layer, and the tar file of it. The same content makes the same bytes: owners and times are ours.

use crate::{error::Result, files::io};
use std::{
    fs::File,
    io::{BufWriter, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// Numeric user and group of a file in an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owner(pub u32);

/// What goes into a layer; later entries win. Everything is root's and readable by all unless said otherwise.
#[derive(Clone, Debug)]
pub enum Entry<'a> {
    /// A file or folder of this machine at a path of the image; what links lead to is copied.
    Copy(&'a Path, &'a str),
    /// A folder that everybody may write to.
    Scratch(&'a str),
    /// A folder of one user.
    Folder(&'a str, Owner),
    /// A text file with its mode.
    Text(&'a str, String, u32),
    /// A Python virtual environment, made to work at another path.
    Environment(&'a Path, &'a str),
}

/// Writes entries as a tar file.
pub(super) fn write(entries: &[Entry<'_>], to: &Path) -> Result<()> {
    let file = BufWriter::with_capacity(1 << 20, File::create(to).map_err(io(to))?);
    let mut tar = Tar { tar: tar::Builder::new(file), to };
    for entry in entries {
        match entry {
            Entry::Copy(from, at) => tar.copy(from, Path::new(at))?,
            Entry::Scratch(at) => tar.folder(Path::new(at), 0o1777, Owner::default())?,
            Entry::Folder(at, owner) => tar.folder(Path::new(at), 0o755, *owner)?,
            Entry::Text(at, text, mode) => tar.file(Path::new(at), *mode, text.as_bytes())?,
            Entry::Environment(from, at) => tar.environment(from, at)?,
        }
    }
    tar.tar.into_inner().and_then(|mut file| file.flush()).map_err(io(to))
}

struct Tar<'a, W: Write> {
    tar: tar::Builder<W>,
    to: &'a Path,
}

fn header(kind: tar::EntryType, size: u64, mode: u32, owner: Owner) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header.set_uid(owner.0.into());
    header.set_gid(owner.0.into());
    header
}

/// Paths in a tar are relative to its root.
fn relative(at: &Path) -> &Path {
    at.strip_prefix("/").unwrap_or(at)
}

fn names(folder: &Path) -> Result<Vec<std::ffi::OsString>> {
    let entries = std::fs::read_dir(folder).map_err(io(folder))?;
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    Ok(names)
}

impl<W: Write> Tar<'_, W> {
    fn folder(&mut self, at: &Path, mode: u32, owner: Owner) -> Result<()> {
        let mut header = header(tar::EntryType::Directory, 0, mode, owner);
        self.tar.append_data(&mut header, relative(at), std::io::empty()).map_err(io(self.to))
    }

    fn file(&mut self, at: &Path, mode: u32, content: &[u8]) -> Result<()> {
        let mut header = header(tar::EntryType::Regular, content.len() as u64, mode, Owner::default());
        self.tar.append_data(&mut header, relative(at), content).map_err(io(self.to))
    }

    fn link(&mut self, at: &Path, target: &Path) -> Result<()> {
        let mut header = header(tar::EntryType::Symlink, 0, 0o777, Owner::default());
        self.tar.append_link(&mut header, relative(at), target).map_err(io(self.to))
    }

    /// A file, or a folder in the order of names.
    fn copy(&mut self, from: &Path, at: &Path) -> Result<()> {
        let meta = std::fs::metadata(from).map_err(io(from))?;
        if meta.is_dir() {
            self.folder(at, 0o755, Owner::default())?;
            return names(from)?.iter().try_for_each(|name| self.copy(&from.join(name), &at.join(name)));
        }
        let mut header = header(tar::EntryType::Regular, meta.len(), mode(&meta), Owner::default());
        let file = File::open(from).map_err(io(from))?;
        self.tar.append_data(&mut header, relative(at), file).map_err(io(from))
    }

    fn environment(&mut self, from: &Path, at: &str) -> Result<()> {
        let moved = Moved { from: from.display().to_string(), at };
        self.moved(from, Path::new(at), &moved)
    }

    fn moved(&mut self, from: &Path, at: &Path, moved: &Moved<'_>) -> Result<()> {
        if moved.left_out(from) {
            return Ok(());
        }
        let meta = std::fs::symlink_metadata(from).map_err(io(from))?;
        if meta.is_dir() {
            self.folder(at, 0o755, Owner::default())?;
            let mut inner = names(from)?.into_iter();
            return inner.try_for_each(|name| self.moved(&from.join(&name), &at.join(&name), moved));
        }
        if meta.is_symlink() {
            return self.link(at, &std::fs::read_link(from).map_err(io(from))?);
        }
        let content = std::fs::read(from).map_err(io(from))?;
        self.file(at, mode(&meta), &moved.content(from, content))
    }
}

fn mode(meta: &std::fs::Metadata) -> u32 {
    if meta.permissions().mode() & 0o111 == 0 { 0o644 } else { 0o755 }
}

/// A virtual environment on its way to another path.
struct Moved<'a> {
    from: String,
    at: &'a str,
}

/// What only installs packages, and 80 MB that describe the APIs of another vendor's cloud.
const LEFT_OUT: &[&str] = &[
    ".complete",
    ".lock",
    "src",
    "include",
    "bin/uv",
    "bin/uvx",
    "site-packages/uv",
    "site-packages/pip",
    "googleapiclient/discovery_cache/documents",
];

impl Moved<'_> {
    fn left_out(&self, path: &Path) -> bool {
        let inner = path.strip_prefix(&self.from).unwrap_or(path);
        LEFT_OUT
            .iter()
            .any(|end| if end.contains('/') { inner.ends_with(end) } else { inner == Path::new(end) })
    }

    fn content(&self, path: &Path, mut content: Vec<u8>) -> Vec<u8> {
        if path.extension().is_some_and(|end| end == "pyc") {
            forget_time(&mut content);
            return content;
        }
        let script =
            content.starts_with(b"#!") || path.ends_with("pyvenv.cfg") || path.ends_with("bin/activate");
        match String::from_utf8(content) {
            Ok(text) if script => text.replace(&self.from, self.at).into_bytes(),
            Ok(text) => text.into_bytes(),
            Err(binary) => binary.into_bytes(),
        }
    }
}

/// Python takes compiled code for outdated unless it names the time of its source; in a layer all times are zero.
/// [Layout](https://peps.python.org/pep-0552/): magic number, flags, time, size of the source, four bytes each.
fn forget_time(compiled: &mut [u8]) {
    if compiled.get(4..8) == Some(&[0; 4])
        && let Some(time) = compiled.get_mut(8..12)
    {
        time.fill(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;
    use std::{collections::BTreeMap, io::Read};

    fn packed(entries: &[Entry<'_>], name: &str) -> BTreeMap<String, (tar::EntryType, u32, u64, Vec<u8>)> {
        let file = std::env::temp_dir().join(format!("rig-pack-{}-{name}.tar", std::process::id()));
        write(entries, &file).unwrap();
        let mut archive = tar::Archive::new(File::open(&file).unwrap());
        let mut found = BTreeMap::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let (path, header) = (entry.path().unwrap().display().to_string(), entry.header().clone());
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            assert_eq!(header.mtime().unwrap(), 0, "{path}");
            found.insert(
                path.trim_end_matches('/').to_owned(),
                (header.entry_type(), header.mode().unwrap(), header.uid().unwrap(), content),
            );
        }
        files::remove(&file).unwrap();
        found
    }

    #[test]
    fn folders_have_their_user_and_text_its_mode() {
        let all = packed(
            &[
                Entry::Folder("/var/lib/x", Owner(42_424)),
                Entry::Scratch("tmp"),
                Entry::Text("etc/shadow", "x".to_owned(), 0o600),
            ],
            "owners",
        );
        assert_eq!(all["var/lib/x"], (tar::EntryType::Directory, 0o755, 42_424, vec![]));
        assert_eq!(all["tmp"].1, 0o1777);
        assert_eq!(all["etc/shadow"], (tar::EntryType::Regular, 0o600, 0, b"x".to_vec()));
    }

    #[test]
    fn a_virtual_environment_names_the_place_where_it_will_be_and_its_compiled_code_stays_valid() {
        let from = std::env::temp_dir().join(format!("rig-pack-venv-{}", std::process::id()));
        let home = from.display().to_string();
        let script = |at: &str| format!("#!{at}/bin/python\nimport x\n");
        files::write(&from.join("bin/x"), script(&home)).unwrap();
        files::write(&from.join("bin/uv"), "").unwrap();
        files::write(&from.join("pyvenv.cfg"), format!("command = python3 -m venv {home}\n")).unwrap();
        files::write(&from.join("lib/x.pyc"), [1, 2, 3, 4, 0, 0, 0, 0, 9, 9, 9, 9, 5, 0, 0, 0, 7]).unwrap();
        files::write(&from.join("lib/hashed.pyc"), [1, 2, 3, 4, 1, 0, 0, 0, 9, 9, 9, 9]).unwrap();
        std::os::unix::fs::symlink("/usr/bin/python3", from.join("bin/python")).unwrap();
        let all = packed(&[Entry::Environment(&from, "/var/lib/openstack")], "venv");
        files::remove(&from).unwrap();
        let content = |path: &str| all[&format!("var/lib/openstack/{path}")].3.clone();
        assert_eq!(content("bin/x"), script("/var/lib/openstack").into_bytes());
        assert_eq!(content("pyvenv.cfg"), b"command = python3 -m venv /var/lib/openstack\n");
        assert_eq!(content("lib/x.pyc"), [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 7]);
        assert_eq!(content("lib/hashed.pyc"), [1, 2, 3, 4, 1, 0, 0, 0, 9, 9, 9, 9]);
        assert_eq!(all["var/lib/openstack/bin/python"].0, tar::EntryType::Symlink);
        assert!(!all.contains_key("var/lib/openstack/bin/uv"));
    }
}
