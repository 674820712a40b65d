//! The rig's node, as charts of OpenStack expect one.

use super::chart_source::ChartSource;
use crate::{
    error::{Error, Result},
    files::{self, io},
    handle::Rig,
    kubernetes,
    paths::Paths,
};
use rustix::mount::{MountPropagationFlags, UnmountFlags, mount_bind, mount_change, unmount};
use std::path::{Path, PathBuf};

/// What charts select nodes by, with the value `enabled`.
pub const LABELS: &[&str] = &["openstack-control-plane", "openstack-compute-node", "openvswitch"];

/// Folders of the node that OpenStack-Helm's agents of hypervisors share mounts with.
const SHARED: [&str; 2] = ["/var/lib/nova", "/var/lib/libvirt"];

/// Name of the node.
pub const NAME: &str = "rig";

/// Shares the node's mounts where charts that want that are to run. Idempotent.
///
/// # Errors
/// Something else is mounted there.
pub fn prepare(rig: &Rig) -> Result<()> {
    if ChartSource::of(&rig.paths)?.foreign {
        SHARED.iter().try_for_each(|at| share(&rig.paths, Path::new(at)))?;
    }
    Ok(())
}

/// Labels the node by hand, as clouds need it that do not name their nodes. Idempotent.
///
/// # Errors
/// There is no node.
pub async fn label(rig: &Rig, labels: &[&str]) -> Result<()> {
    let labels: Vec<String> = labels.iter().map(|label| format!("{label}=enabled")).collect();
    let words = ["label", "node", NAME, "--overwrite"].into_iter().chain(labels.iter().map(String::as_str));
    rig.kubectl(&words.collect::<Vec<_>>()).await.map(drop)
}

/// Mounts a folder of the rig's state there, so that what its pods write is gone with the rig.
fn share(paths: &Paths, at: &Path) -> Result<()> {
    let table = files::read(Path::new("/proc/self/mountinfo"))?;
    match mounted(&table, at) {
        Some(root) if root.ends_with(own(paths, at)) => return Ok(()),
        Some(_) => {
            return Err(Error::Machine {
                what: format!(
                    "something is mounted at {}, which the node would share with pods",
                    at.display()
                ),
                help: "another rig may run charts of OpenStack-Helm: end it, or unmount that".to_owned(),
            });
        }
        None => {}
    }
    let folder = kubernetes::state(paths, "node").join(at.file_name().unwrap_or_default());
    files::make_dir(&folder)?;
    files::make_dir(at)?;
    mount_bind(&folder, at).map_err(|why| io(at)(why.into()))?;
    mount_change(at, MountPropagationFlags::SHARED).map_err(|why| io(at)(why.into()))
}

/// Takes those mounts away again.
///
/// # Errors
/// The kernel refuses.
pub fn unshare(paths: &Paths) -> Result<()> {
    let table = files::read(Path::new("/proc/self/mountinfo"))?;
    for at in SHARED.map(Path::new) {
        if mounted(&table, at).is_some_and(|root| root.ends_with(own(paths, at))) {
            unmount(at, UnmountFlags::DETACH).map_err(|why| io(at)(why.into()))?;
        }
    }
    Ok(())
}

/// The end of the path of a rig's folder, which no other rig has.
fn own(paths: &Paths, at: &Path) -> PathBuf {
    let folder = kubernetes::state(paths, "node").join(at.file_name().unwrap_or_default());
    let base = paths.state.parent().unwrap_or(&paths.state);
    folder.strip_prefix(base).unwrap_or(&folder).to_path_buf()
}

/// What is mounted at a place: its path in its own file system. The latest, which covers the others.
fn mounted(mountinfo: &str, at: &Path) -> Option<PathBuf> {
    let fields = mountinfo.lines().map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
    let mut there = fields.filter(|fields| fields.get(4).is_some_and(|target| Path::new(target) == at));
    there.next_back()?.get(3).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_of_another_rig_is_not_taken_for_this_ones() {
        let paths = |id: &str| Paths {
            id: id.to_owned(),
            checkout: PathBuf::new(),
            cache: PathBuf::new(),
            state: Path::new("/home/me/.local/state/kupenstack-rig").join(id),
        };
        let table = "27 1 254:0 / / rw - ext4 /dev/vda rw\n\
            28 27 254:0 /me/.local/state/kupenstack-rig/one/kubernetes/node/nova /var/lib/nova rw shared:1 - ext4 /dev/vda rw\n";
        let at = Path::new("/var/lib/nova");
        let root = mounted(table, at).unwrap();
        assert!(
            root.ends_with(own(&paths("one"), at)),
            "even where the state is on a file system of its own"
        );
        assert!(!root.ends_with(own(&paths("two"), at)));
        assert_eq!(mounted(table, Path::new("/var/lib/libvirt")), None);
    }
}
