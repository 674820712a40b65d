//! What is left of a rig when its daemons have ended, or were killed: containers, mounts, control groups, sockets.
//!
//! Everything here is found by what can only be this rig's: its control group, its socket, its mark, its state folder.

use crate::{
    cgroup, cloud,
    daemon::{self, MARK, POLL},
    error::{Error, Result},
    files,
    kubernetes::{PAUSE_FOR, state},
    paths::Paths,
    proc::{self, Stat},
    supervisor::GRACE,
};
use rustix::{
    mount::{UnmountFlags, unmount},
    process::Signal,
};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Processes that carry the mark of one of the rig's daemons.
pub fn marked(paths: &Paths) -> Vec<Stat> {
    let prefix = format!("{}/", paths.id);
    let ours = |stat: &Stat| proc::variable(stat.pid, MARK).is_some_and(|mark| mark.starts_with(&prefix));
    proc::all().into_iter().filter(ours).collect()
}

/// Containers and their shims.
fn containers(paths: &Paths) -> Vec<Stat> {
    let group = paths.netns();
    let ours = |stat: &Stat| proc::in_cgroup(stat.pid, &group) || daemon::is_shim(paths, stat.pid);
    proc::all().into_iter().filter(ours).collect()
}

/// Everything that is the rig's: daemons and their children, shims, containers.
pub fn processes(paths: &Paths) -> Vec<Stat> {
    let mut all = containers(paths);
    all.extend(marked(paths));
    all.sort_by_key(|stat| stat.pid);
    all.dedup();
    all
}

/// Ends and removes all of it. Nothing here waits for anything but the kernel.
pub async fn sweep(paths: &Paths) -> Result<()> {
    end(|| processes(paths)).await?;
    cloud::unshare_node(paths)?;
    unmount_all(paths)?;
    remove_sockets(paths);
    remove_traces(paths);
    cgroup::remove(paths);
    // Like what lies in /run on other machines: a container runtime must not find it after a boot.
    for name in ["containerd-run", "runc-run", "addresses"] {
        files::remove(&state(paths, name))?;
    }
    files::remove(&paths.run())
}

/// How long containers have to give up what they hold: leases, connections.
const PARTING: Duration = Duration::from_secs(3);

/// Ends all containers, while the API server still listens; the kubelet must have ended before.
pub async fn end_containers(paths: &Paths) -> Result<()> {
    // Not the container that only holds a pod's namespaces: it does not listen to signals.
    let holds = |pid| proc::argv(pid).last().is_some_and(|last| last == PAUSE_FOR);
    let working = || {
        let all = containers(paths).into_iter();
        all.filter(|stat| !daemon::is_shim(paths, stat.pid) && !holds(stat.pid)).collect::<Vec<_>>()
    };
    working().iter().for_each(|stat| daemon::signal(stat.pid, Signal::TERM));
    let end_of_parting = Instant::now() + PARTING;
    while !working().is_empty() && Instant::now() < end_of_parting {
        tokio::time::sleep(POLL / 4).await;
    }
    end(|| containers(paths)).await
}

async fn end(which: impl Fn() -> Vec<Stat>) -> Result<()> {
    let end = Instant::now() + GRACE;
    loop {
        let left = which();
        if left.is_empty() {
            return Ok(());
        }
        left.iter().for_each(|stat| daemon::signal(stat.pid, Signal::KILL));
        if Instant::now() > end {
            let pids: Vec<String> = left.iter().map(|stat| stat.pid.to_string()).collect();
            return Err(Error::Machine {
                what: format!("processes of the rig do not end: {}", pids.join(" ")),
                help: "they hang in the kernel; see `ps -o pid,stat,wchan,cmd -p PID`, then run `cargo rig down` again".to_owned(),
            });
        }
        tokio::time::sleep(POLL / 4).await;
    }
}

/// Mount points at or below a folder, the innermost and latest first.
pub fn mounts_below(mountinfo: &str, folder: &Path) -> Vec<PathBuf> {
    let targets = mountinfo.lines().filter_map(|line| line.split_ascii_whitespace().nth(4));
    let mut found: Vec<PathBuf> = targets.map(unescape).filter(|target| target.starts_with(folder)).collect();
    found.reverse();
    found
}

/// The kernel writes blanks in paths as octal numbers.
fn unescape(text: &str) -> PathBuf {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, plain)| text.replace(code, plain))
        .into()
}

fn unmount_all(paths: &Paths) -> Result<()> {
    let table = files::read(Path::new("/proc/self/mountinfo"))?;
    for target in mounts_below(&table, &paths.state) {
        // Detached: what still looks into it keeps it until it ends, but the folder is free.
        match unmount(&target, UnmountFlags::DETACH) {
            Ok(()) | Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOENT) => {}
            Err(why) => return Err(files::io(&target)(why.into())),
        }
    }
    Ok(())
}

/// Shims have their sockets beside those of other container runtimes, and note where in their bundles.
fn remove_sockets(paths: &Paths) {
    let tasks = state(paths, "containerd-run").join("io.containerd.runtime.v2.task/k8s.io");
    for bundle in std::fs::read_dir(tasks).into_iter().flatten().flatten() {
        let address = files::read(&bundle.path().join("address")).unwrap_or_default();
        if let Some(socket) =
            address.trim().strip_prefix("unix://").filter(|path| path.starts_with("/run/containerd/s/"))
        {
            // A socket without a process behind it: in nobody's way if it stays.
            drop(files::remove(Path::new(socket)));
        }
    }
}

/// What the kubelet and CNI leave in folders of the machine that cannot be configured.
fn remove_traces(paths: &Paths) {
    let entries =
        |folder: &str| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let into_ours = |path: &PathBuf| std::fs::read_link(path).is_ok_and(|to| to.starts_with(&paths.state));
    let prefix = format!("{}-", paths.netns());
    let of_ours =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix));
    let results: Vec<PathBuf> = entries("/var/lib/cni/results").filter(of_ours).collect();
    // Loopbacks are filed under the same container, but not under the network's name.
    let loopback = |path: &PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let container = name.strip_prefix(&prefix)?.strip_suffix("-eth0")?;
        Some(path.with_file_name(format!("cni-loopback-{container}-lo")))
    };
    let loopbacks: Vec<PathBuf> = results.iter().filter_map(loopback).collect();
    for path in entries("/var/log/containers").filter(into_ours).chain(results).chain(loopbacks) {
        // Small, and in nobody's way if they stay.
        drop(files::remove(&path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_mounts_come_before_outer_ones_and_those_of_others_not_at_all() {
        let table = "1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / /s/a rw - tmpfs a rw\n3 2 0:3 / /s/a/b\\040c rw - tmpfs a rw\n4 1 0:4 / /sx rw - tmpfs a rw\n";
        assert_eq!(mounts_below(table, Path::new("/s")), [PathBuf::from("/s/a/b c"), PathBuf::from("/s/a")]);
    }
}
