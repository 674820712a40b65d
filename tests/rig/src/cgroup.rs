//! The rig's own control group: pods of two rigs do not meet, and what is in it is certainly the rig's.

use crate::{
    error::Result,
    files::{self, io},
    paths::Paths,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

const ROOT: &str = "/sys/fs/cgroup";

/// Its folders: one per controller in version 1, one in all in version 2.
fn folders(paths: &Paths) -> Vec<PathBuf> {
    let root = Path::new(ROOT);
    if root.join("cgroup.controllers").exists() {
        return vec![root.join(paths.netns())];
    }
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    // Controllers that share a hierarchy are links to it.
    let mounted = entries.map(|entry| entry.path()).filter(|path| path.is_dir() && !path.is_symlink());
    mounted.filter(|path| path.join("cgroup.procs").exists()).map(|path| path.join(paths.netns())).collect()
}

/// Makes it; the kubelet refuses a root that is not there.
pub fn make(paths: &Paths) -> Result<()> {
    let all = folders(paths);
    if let [only] = all.as_slice()
        && only.parent().is_some_and(|root| root.join("cgroup.controllers").exists())
    {
        let file = Path::new(ROOT).join("cgroup.subtree_control");
        // Where they are on already, or may not be switched, the kubelet says what it lacks.
        let _ = fs::write(file, "+cpu +memory +pids +cpuset");
    }
    for folder in &all {
        files::make_dir(folder)?;
        fill_cpuset(folder)?;
        weigh(folder)?;
    }
    Ok(())
}

/// All pods together would weigh as much as one process outside, and a cloud's services are in pods.
fn weigh(folder: &Path) -> Result<()> {
    // The name of each version, and eight times its usual value.
    for (name, weight) in [("cpu.shares", "8192"), ("cpu.weight", "800")] {
        let file = folder.join(name);
        if file.exists() {
            fs::write(&file, weight).map_err(io(&file))?;
        }
    }
    Ok(())
}

/// In version 1 nothing can join a group whose processors are not named.
fn fill_cpuset(folder: &Path) -> Result<()> {
    for name in ["cpuset.cpus", "cpuset.mems"] {
        let (own, parents) = (folder.join(name), folder.parent().map(|parent| parent.join(name)));
        let Some(parents) = parents.filter(|parents| parents.exists() && own.exists()) else { continue };
        if fs::read_to_string(&own).is_ok_and(|text| text.trim().is_empty()) {
            fs::write(&own, files::read(&parents)?).map_err(io(&own))?;
        }
    }
    Ok(())
}

/// Removes it and all below it; a group that still has processes stays.
pub fn remove(paths: &Paths) {
    folders(paths).iter().for_each(|folder| remove_below(folder));
}

fn remove_below(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).for_each(|path| remove_below(&path));
    // Files of a group vanish with it; `remove_dir` is all it takes.
    drop(fs::remove_dir(folder));
}
