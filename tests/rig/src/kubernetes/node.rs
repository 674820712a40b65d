//! The node: containerd, kubelet, kube-proxy, and the cluster's DNS.

use crate::{
    cgroup, daemon,
    error::Result,
    files,
    kubernetes::{
        api::{self, Api},
        config, daemon as own, registry_on_the_bridge, state,
    },
    part::{Context, Daemon, Part, Readiness},
    paths::BRIDGE,
};
use async_trait::async_trait;
use serde_json::Value;
use std::time::Duration;
use tokio::net::UnixStream;

/// Runs containers; Debian's, with the rig's own configuration and socket.
pub struct Containerd;

#[async_trait]
impl Part for Containerd {
    fn name(&self) -> &'static str {
        "containerd"
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        files::make_dir(&cx.paths.run())?;
        files::write_changed(&state(&cx.paths, "cni").join("10-rig.conflist"), &config::cni(&cx.paths))?;
        let hosts = state(&cx.paths, "registries").join(registry_on_the_bridge()).join("hosts.toml");
        files::write_changed(&hosts, &config::registry_host())?;
        files::write_changed(&state(&cx.paths, "containerd.toml"), &config::containerd(&cx.paths)).map(drop)
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let config = state(&cx.paths, "containerd.toml").display().to_string();
        let argv = vec!["/usr/bin/containerd".to_owned(), "-c".to_owned(), config];
        vec![Daemon { name: self.name().to_owned(), argv, ..Daemon::default() }]
    }

    async fn ready(&self, cx: &Context) -> Result<Readiness> {
        let socket = cx.paths.run().join("containerd.sock");
        Ok(UnixStream::connect(&socket)
            .await
            .map_or_else(|why| Readiness::Waiting(why.to_string()), |_| Readiness::Ready))
    }

    fn help(&self) -> &'static str {
        "look for `failed to load plugin` in its log; overlayfs and CAP_SYS_ADMIN are what it needs"
    }
}

/// Runs pods.
pub struct Kubelet;

#[async_trait]
impl Part for Kubelet {
    fn name(&self) -> &'static str {
        "kubelet"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["kube-apiserver", "containerd", "registry"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        cgroup::make(&cx.paths)?;
        files::write_changed(&state(&cx.paths, "resolv.conf"), &format!("nameserver {BRIDGE}\n"))?;
        files::write_changed(&state(&cx.paths, "kubelet.yaml"), &config::kubelet(&cx.paths)).map(drop)
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let at = |name: &str| state(&cx.paths, name).display().to_string();
        let pairs = [
            ("--config", at("kubelet.yaml")),
            ("--kubeconfig", at("kubelet.kubeconfig")),
            ("--hostname-override", "rig".to_owned()),
            ("--node-ip", BRIDGE.to_owned()),
            ("--root-dir", at("kubelet")),
            ("--cert-dir", at("kubelet-pki")),
            ("--v", "1".to_owned()),
        ];
        let arguments = pairs.into_iter().map(|(flag, value)| format!("{flag}={value}")).collect();
        vec![own(cx, self.name(), "kubelet", arguments)]
    }

    async fn ready(&self, cx: &Context) -> Result<Readiness> {
        // The database may remember a node that was ready before the last `down`.
        let since = daemon::find(&cx.paths, self.name())?
            .map_or(String::new(), |record| crate::clock::rfc3339(record.begun));
        let node = Api::new(&cx.paths)?.get("/api/v1/nodes/rig").await?;
        Ok(node_ready(node.as_ref(), &since))
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }

    fn help(&self) -> &'static str {
        "the kubelet does not run pods here; its log names the reason: control groups, mounts or the container runtime"
    }
}

/// Whether a node says it is ready, and said so lately.
fn node_ready(node: Option<&Value>, since: &str) -> Readiness {
    let conditions = node.and_then(|node| node.pointer("/status/conditions")?.as_array());
    let ready = conditions.and_then(|all| all.iter().find(|one| one.get("type") == Some(&"Ready".into())));
    let text = |name: &str| ready.and_then(|ready| ready.get(name)?.as_str()).unwrap_or_default();
    match (text("status"), text("lastHeartbeatTime")) {
        ("", _) => Readiness::Waiting("the node is not registered yet".to_owned()),
        ("True", at) if at >= since => Readiness::Ready,
        ("True", _) => Readiness::Waiting("the node has not reported since it was started".to_owned()),
        (_, _) => Readiness::Waiting(text("message").to_owned()),
    }
}

/// Service addresses, through iptables of the rig's namespace.
pub struct KubeProxy;

#[async_trait]
impl Part for KubeProxy {
    fn name(&self) -> &'static str {
        "kube-proxy"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["kube-apiserver"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        files::write_changed(&state(&cx.paths, "kproxy.yaml"), &config::kube_proxy(&cx.paths)).map(drop)
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let config = format!("--config={}", state(&cx.paths, "kproxy.yaml").display());
        vec![own(cx, self.name(), "kube-proxy", vec![config])]
    }

    async fn ready(&self, cx: &Context) -> Result<Readiness> {
        // The API server makes this binding at its first start; without it kube-proxy sees no services.
        let binding = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/system:node-proxier";
        if Api::new(&cx.paths)?.get(binding).await?.is_none() {
            return Ok(Readiness::Waiting("the binding system:node-proxier is not there yet".to_owned()));
        }
        api::healthy("http://127.0.0.1:10256/livez").await
    }

    fn help(&self) -> &'static str {
        "it needs iptables inside the namespace: does `cargo rig shell -- iptables -t nat -L` work?"
    }
}

/// The cluster's DNS, a process on the bridge's address.
pub struct CoreDns;

#[async_trait]
impl Part for CoreDns {
    fn name(&self) -> &'static str {
        "coredns"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["kube-apiserver"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        files::write_changed(&state(&cx.paths, "Corefile"), &config::corefile(&cx.paths)).map(drop)
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let mut arguments = vec!["-conf".to_owned(), state(&cx.paths, "Corefile").display().to_string()];
        arguments.extend(["-dns.port", "53"].map(str::to_owned));
        vec![own(cx, self.name(), "coredns", arguments)]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        api::healthy("http://127.0.0.1:8181/ready").await
    }

    fn help(&self) -> &'static str {
        "it needs port 53 of the bridge to itself, and serves what it reads from kube-apiserver: see `cargo rig status`"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn node(status: &str, at: &str) -> Value {
        json!({"status": {"conditions": [{"type": "Ready", "status": status, "lastHeartbeatTime": at, "message": "no network"}]}})
    }

    #[test]
    fn a_node_that_was_ready_before_the_kubelet_was_started_is_not_ready() {
        let since = "2026-01-02T00:00:00Z";
        assert!(matches!(
            node_ready(Some(&node("True", "2026-01-01T23:59:59Z")), since),
            Readiness::Waiting(_)
        ));
        assert_eq!(node_ready(Some(&node("True", "2026-01-02T00:00:01Z")), since), Readiness::Ready);
    }

    #[test]
    fn a_node_that_is_not_ready_says_why() {
        assert_eq!(node_ready(Some(&node("False", "")), ""), Readiness::Waiting("no network".to_owned()));
        assert!(matches!(node_ready(None, ""), Readiness::Waiting(_)));
    }
}
