//! Kubernetes from its own programs on one node, with Crossplane in it.

pub mod api;
pub mod config;
mod control;
mod crossplane;
mod node;
mod registry;

use crate::{
    part::{Context, Daemon, Part},
    paths::Paths,
};
use std::path::PathBuf;

pub use crossplane::NAMESPACE as CROSSPLANE_NAMESPACE;
pub use registry::{
    ADDRESS as REGISTRY, PAUSE_FOR, bridge_address as registry_on_the_bridge, keep, kept_at, push_command,
};

/// The parts, those that take longest first.
pub fn parts() -> Vec<Box<dyn Part>> {
    vec![
        Box::new(control::Etcd),
        Box::new(node::Containerd),
        Box::new(registry::Registry),
        Box::new(control::ApiServer),
        Box::new(node::Kubelet),
        Box::new(control::ControllerManager),
        Box::new(control::Scheduler),
        Box::new(node::KubeProxy),
        Box::new(node::CoreDns),
        Box::new(crossplane::Crossplane),
    ]
}

/// Folders of Kubernetes in the rig's state.
pub fn state(paths: &Paths, name: &str) -> PathBuf {
    paths.state.join("kubernetes").join(name)
}

/// A daemon from the rig's own programs.
fn daemon(cx: &Context, name: &str, program: &str, arguments: Vec<String>) -> Daemon {
    let mut argv = vec![cx.bin.join(program).display().to_string()];
    argv.extend(arguments);
    Daemon { name: name.to_owned(), argv, ..Daemon::default() }
}

/// Arguments from words and pairs, one per line in the source.
fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

/// The administrator's environment for one-off commands.
pub fn environment(paths: &Paths) -> [(String, String); 1] {
    [("KUBECONFIG".to_owned(), paths.kubeconfig().display().to_string())]
}
