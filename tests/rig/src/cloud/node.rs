//! The rig's node, as charts of OpenStack expect one: labels that say what may run on it, and folders that a container
//! may mount something into for others to see.

use crate::{
    error::Result,
    files::{self, io},
    handle::Rig,
    paths::Paths,
};
use rustix::{
    io::Errno,
    mount::{MountPropagationFlags, UnmountFlags, mount_bind, mount_change, unmount},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What charts select nodes by.
const LABELS: &[&str] = &["openstack-control-plane", "openstack-compute-node", "openvswitch"];
/// Folders of the machine that nova-compute and libvirt mount into.
const SHARED: &[&str] = &["/var/lib/nova", "/var/lib/libvirt"];

/// Labels the node and makes the folders shared mounts. Idempotent.
///
/// # Errors
/// There is no node, or a folder can't be mounted.
pub async fn prepare(rig: &Rig) -> Result<()> {
    let labels: Vec<String> = LABELS.iter().map(|label| format!("{label}=enabled")).collect();
    let mut words = vec!["label", "node", "rig", "--overwrite"];
    words.extend(labels.iter().map(String::as_str));
    rig.kubectl(&words).await?;
    SHARED.iter().try_for_each(|folder| share(&rig.paths, Path::new(folder)))
}

/// Over the machine's own folder, whose content stays out of it; a second rig beside this one uses what is there.
fn share(paths: &Paths, at: &Path) -> Result<()> {
    if mounted(at)?.is_some() {
        return Ok(());
    }
    let from = own(paths).join(at.file_name().unwrap_or_default());
    files::make_dir(&from)?;
    files::make_dir(at)?;
    mount_bind(&from, at).map_err(|why| io(at)(why.into()))?;
    mount_change(at, MountPropagationFlags::SHARED).map_err(|why| io(at)(why.into()))
}

fn own(paths: &Paths) -> PathBuf {
    paths.state.join("node")
}

/// What of its file system is mounted at a folder, if anything is.
fn mounted(at: &Path) -> Result<Option<PathBuf>> {
    let table = files::read(Path::new("/proc/self/mountinfo"))?;
    Ok(root_of(&table, at))
}

/// [Fields](https://docs.kernel.org/filesystems/proc.html#proc-pid-mountinfo-information-about-mounts): the fourth is the
/// root of the mount in its file system, the fifth the mount point.
fn root_of(mountinfo: &str, at: &Path) -> Option<PathBuf> {
    let mut fields = mountinfo.lines().rev().map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
    let latest = fields.find(|fields| fields.get(4).is_some_and(|point| Path::new(point) == at))?;
    latest.get(3).map(PathBuf::from)
}

/// Takes the mounts of this rig away, and folders that are empty without them.
///
/// # Errors
/// A folder can't be unmounted.
pub fn release(paths: &Paths) -> Result<()> {
    for at in SHARED.iter().map(Path::new) {
        let ours = own(paths).join(at.file_name().unwrap_or_default());
        // Where the state is on a file system of its own, the root is only the end of the path.
        let own_mount = |root: &PathBuf| ours.ends_with(root.strip_prefix("/").unwrap_or(root));
        if !mounted(at)?.as_ref().is_some_and(own_mount) {
            continue;
        }
        match unmount(at, UnmountFlags::DETACH) {
            Ok(()) | Err(Errno::INVAL | Errno::NOENT) => {}
            Err(why) => return Err(io(at)(why.into())),
        }
        // It stays where the machine had something in it.
        drop(fs::remove_dir(at));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_mount_at_a_folder_counts() {
        let table = "1 0 0:1 / / rw - ext4 a rw\n2 1 0:1 /s/one/node/nova /var/lib/nova rw - ext4 a rw\n\
            3 2 0:1 /s/two/node/nova /var/lib/nova rw shared:1 - ext4 a rw\n";
        assert_eq!(root_of(table, Path::new("/var/lib/nova")), Some("/s/two/node/nova".into()));
        assert_eq!(root_of(table, Path::new("/var/lib")), None);
    }
}
