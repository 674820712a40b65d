//! The rig's network namespace: one bridge, a default route that leads nowhere, no way out.

use crate::{
    clock,
    error::{Error, Result},
    files::{self, io},
    paths::{BRIDGE, Paths},
    process,
};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::{
    fs::File,
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::PathBuf,
};

/// The namespace's handle in the file system.
pub fn handle(paths: &Paths) -> PathBuf {
    PathBuf::from("/run/netns").join(paths.netns())
}

/// Whether it exists. A plain file is what `ip netns` leaves when it is interrupted.
pub fn exists(paths: &Paths) -> bool {
    inode(paths).is_some_and(|ours| {
        // Namespaces live on a file system of their own (nsfs), as does the one of this thread.
        let own = std::fs::metadata("/proc/thread-self/ns/net");
        let file = std::fs::metadata(handle(paths));
        matches!((own, file), (Ok(own), Ok(file)) if own.dev() == file.dev()) && ours != 0
    })
}

/// What tells it from other namespaces.
pub fn inode(paths: &Paths) -> Option<u64> {
    std::fs::metadata(handle(paths)).ok().map(|meta| meta.ino())
}

fn epoch(paths: &Paths) -> PathBuf {
    paths.run().join("epoch")
}

/// When it was made, as Kubernetes writes times: what Kubernetes remembers from before is out of date.
pub fn since(paths: &Paths) -> String {
    files::read(&epoch(paths)).unwrap_or_default()
}

/// Makes it unless it is there, and sets up what is inside. Idempotent.
pub async fn create(paths: &Paths) -> Result<()> {
    let log = paths.log("netns");
    if !exists(paths) {
        files::remove(&handle(paths))?;
        process::run("making the network namespace", ["ip", "netns", "add", &paths.netns()], &[], None, &log)
            .await?;
        files::write(&epoch(paths), clock::rfc3339(clock::now()))?;
    }
    // iptables must see bridged packets, or a pod cannot reach a service whose pod is on the same bridge.
    // Compiled in on some kernels, absent on others: kube-proxy's own check tells when it matters.
    drop(process::run("loading br_netfilter", ["modprobe", "br_netfilter"], &[], None, &log).await);
    let net = format!("--net={}", handle(paths).display());
    process::run(
        "setting up the network namespace",
        ["nsenter", &net, "sh", "-euc", &script()],
        &[],
        None,
        &log,
    )
    .await
}

/// The default route lets host-network pods resolve a route before kube-proxy's DNAT; it ends at the bridge.
fn script() -> String {
    format!(
        "ip link set lo up
         ip link show cni0 >/dev/null 2>&1 || ip link add cni0 type bridge
         ip addr replace {BRIDGE}/16 dev cni0
         ip link set cni0 up
         ip route replace default dev cni0
         sysctl -qw net.ipv4.ip_forward=1
         sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null || true"
    )
}

/// Deletes it. Processes inside keep it alive until they end; nothing new can enter.
pub async fn delete(paths: &Paths) -> Result<()> {
    if exists(paths) {
        let log = paths.log("netns");
        process::run(
            "deleting the network namespace",
            ["ip", "netns", "delete", &paths.netns()],
            &[],
            None,
            &log,
        )
        .await?;
    }
    files::remove(&handle(paths))
}

/// Moves the calling thread into it, and with it all threads and processes that it makes from now on.
pub fn enter(paths: &Paths) -> Result<()> {
    let path = handle(paths);
    if !exists(paths) {
        return Err(Error::Machine {
            what: format!("the rig {} is not up", paths.id),
            help: "run `cargo rig up` first".to_owned(),
        });
    }
    let file = File::open(&path).map_err(io(&path))?;
    move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network))
        .map_err(|why| io(&path)(why.into()))
}
