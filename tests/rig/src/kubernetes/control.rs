//! The control plane: etcd, API server, controller manager, scheduler.

use crate::{
    error::Result,
    files,
    kubernetes::{
        api::{self, Api},
        config, daemon, state, words,
    },
    part::{Context, Daemon, Part, Readiness},
    paths::BRIDGE,
    pki,
};
use async_trait::async_trait;
use std::time::Duration;

/// Kubernetes' database. It need not survive a power cut, so it does not wait for the disk.
pub struct Etcd;

#[async_trait]
impl Part for Etcd {
    fn name(&self) -> &'static str {
        "etcd"
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let mut arguments = words(
            "--listen-client-urls http://127.0.0.1:12379 --advertise-client-urls http://127.0.0.1:12379
             --listen-peer-urls http://127.0.0.1:12380 --unsafe-no-fsync --log-level warn --data-dir",
        );
        arguments.push(state(&cx.paths, "etcd").display().to_string());
        vec![daemon(cx, "etcd", "etcd", arguments)]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        api::healthy("http://127.0.0.1:12379/health").await
    }

    fn help(&self) -> &'static str {
        "if its data is damaged (a full disk, a power cut), `cargo rig down --purge` begins anew"
    }
}

/// The API server. It listens on the bridge: an advertised address cannot be loopback, and pods must reach it.
pub struct ApiServer;

#[async_trait]
impl Part for ApiServer {
    fn name(&self) -> &'static str {
        "kube-apiserver"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["etcd"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        pki::ensure(&cx.paths)?;
        let server = format!("https://{BRIDGE}:6443");
        files::write_changed(&cx.paths.kubeconfig(), &config::kubeconfig(&cx.paths, "admin", &server))?;
        for name in ["kcm", "sched", "kproxy", "kubelet"] {
            let file = state(&cx.paths, &format!("{name}.kubeconfig"));
            files::write_changed(&file, &config::kubeconfig(&cx.paths, name, &server))?;
        }
        files::write_changed(&state(&cx.paths, "audit-policy.yaml"), config::AUDIT_POLICY).map(drop)
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let file = |name: &str| pki::file(&cx.paths, name).display().to_string();
        let mut arguments = words(
            "--secure-port 6443 --etcd-servers http://127.0.0.1:12379
             --service-account-issuer https://kubernetes.default.svc.cluster.local --service-cluster-ip-range 10.96.0.0/16
             --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged=true
             --kubelet-preferred-address-types InternalIP --requestheader-allowed-names front-proxy
             --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group
             --requestheader-extra-headers-prefix X-Remote-Extra- --profiling=false
             --audit-log-maxsize 4096 --audit-log-maxbackup 1",
        );
        let files = [
            ("--client-ca-file", "ca.crt"),
            ("--requestheader-client-ca-file", "ca.crt"),
            ("--tls-cert-file", "apiserver.crt"),
            ("--tls-private-key-file", "apiserver.key"),
            ("--service-account-key-file", "sa.pub"),
            ("--service-account-signing-key-file", "sa.key"),
            ("--kubelet-client-certificate", "apikubelet.crt"),
            ("--kubelet-client-key", "apikubelet.key"),
            ("--proxy-client-cert-file", "front.crt"),
            ("--proxy-client-key-file", "front.key"),
        ];
        arguments.extend(files.iter().flat_map(|(flag, name)| [(*flag).to_owned(), file(name)]));
        let others = [
            ("--bind-address", BRIDGE.to_owned()),
            ("--advertise-address", BRIDGE.to_owned()),
            ("--audit-policy-file", state(&cx.paths, "audit-policy.yaml").display().to_string()),
            ("--audit-log-path", cx.paths.log("audit").display().to_string()),
        ];
        arguments.extend(others.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]));
        vec![daemon(cx, self.name(), "kube-apiserver", arguments)]
    }

    async fn ready(&self, cx: &Context) -> Result<Readiness> {
        Ok(Api::new(&cx.paths)?.healthy("/readyz").await)
    }

    fn grace(&self) -> Duration {
        // It holds nothing, and waits for its watchers as long as it is let.
        Duration::from_secs(2)
    }

    fn help(&self) -> &'static str {
        "read the first error in its log, not the last: it tries for a while before it gives up"
    }
}

/// Controllers: deployments, service accounts, certificates.
pub struct ControllerManager;

#[async_trait]
impl Part for ControllerManager {
    fn name(&self) -> &'static str {
        "kube-controller-manager"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["kube-apiserver"]
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let file = |name: &str| pki::file(&cx.paths, name).display().to_string();
        let mut arguments = clients(cx, "kcm");
        arguments
            .extend(words("--bind-address 127.0.0.1 --use-service-account-credentials --leader-elect=false"));
        let files = [
            ("--service-account-private-key-file", "sa.key"),
            ("--root-ca-file", "ca.crt"),
            ("--cluster-signing-cert-file", "ca.crt"),
            ("--cluster-signing-key-file", "ca.key"),
        ];
        arguments.extend(files.iter().flat_map(|(flag, name)| [(*flag).to_owned(), file(name)]));
        vec![daemon(cx, self.name(), "kube-controller-manager", arguments)]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        api::healthy("https://127.0.0.1:10257/healthz").await
    }

    fn help(&self) -> &'static str {
        "`cargo rig restart kube-controller-manager` starts it anew; nothing is lost by that"
    }
}

/// The scheduler.
pub struct Scheduler;

#[async_trait]
impl Part for Scheduler {
    fn name(&self) -> &'static str {
        "kube-scheduler"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["kube-apiserver"]
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let mut arguments = clients(cx, "sched");
        arguments.extend(words("--bind-address 127.0.0.1 --leader-elect=false"));
        vec![daemon(cx, self.name(), "kube-scheduler", arguments)]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        api::healthy("https://127.0.0.1:10259/healthz").await
    }

    fn help(&self) -> &'static str {
        "`cargo rig restart kube-scheduler` starts it anew; nothing is lost by that"
    }
}

/// The same client for its work, for whom it lets in, and for what they may do.
fn clients(cx: &Context, name: &str) -> Vec<String> {
    let kubeconfig = state(&cx.paths, &format!("{name}.kubeconfig")).display().to_string();
    let flags = ["--kubeconfig", "--authentication-kubeconfig", "--authorization-kubeconfig"];
    flags.iter().flat_map(|flag| [(*flag).to_owned(), kubeconfig.clone()]).collect()
}
