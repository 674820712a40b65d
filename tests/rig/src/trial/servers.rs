//! etcd and kube-apiserver on free ports of the loopback. There is no kubelet, so nothing needs an address of its own.

use super::ports::at_free_ports;
use crate::{
    daemon::{self, Network},
    error::{Error, Result},
    files,
    kubernetes::{api, config},
    part::{Daemon, Readiness},
    paths::Paths,
    pki,
    progress::Progress,
};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const ETCD: &str = "etcd";
const API_SERVER: &str = "kube-apiserver";
const PATIENCE: Duration = Duration::from_secs(90);
/// How long one may take to end by itself: nothing of what it holds is needed any more.
pub(super) const GRACE: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// What Go's programs say when somebody listens already.
const TAKEN: &str = "address already in use";
/// An advertised address can't be the loopback's. This one is for documentation: nobody has it, and nobody asks for it.
const ADVERTISED: &str = "192.0.2.1";

/// Starts them from a folder of programs, and writes an administrator's kubeconfig; returns the API server's address.
///
/// # Errors
/// One of them does not come up.
pub async fn start(paths: &Paths, bin: &Path, progress: &Progress) -> Result<String> {
    let step = progress.step("try etcd", ETCD);
    let etcd = at_free_ports(2, async |ports| {
        let address = format!("http://127.0.0.1:{}", ports.first().copied().unwrap_or_default());
        let peers = format!("http://127.0.0.1:{}", ports.last().copied().unwrap_or_default());
        let health = format!("{address}/health");
        let up = serves(paths, &etcd(paths, bin, &address, &peers), &health).await?;
        Ok(up.then_some(address))
    });
    let etcd = etcd.await?;
    step.done();
    let step = progress.step("try kube-apiserver", API_SERVER);
    pki::ensure(paths)?;
    let server = at_free_ports(1, async |ports| {
        let port = ports.first().copied().unwrap_or_default();
        let address = format!("https://127.0.0.1:{port}");
        let health = format!("{address}/readyz");
        let up = serves(paths, &api_server(paths, bin, port, &etcd), &health).await?;
        Ok(up.then_some(address))
    });
    let server = server.await?;
    files::write(&paths.kubeconfig(), config::kubeconfig(paths, "admin", &server))?;
    step.done();
    Ok(server)
}

/// Ends them: first who asks, then who is asked.
///
/// # Errors
/// A record can't be removed.
pub async fn stop(paths: &Paths) -> Result<()> {
    for name in [API_SERVER, ETCD] {
        daemon::stop(paths, name, GRACE).await?;
    }
    Ok(())
}

fn etcd(paths: &Paths, bin: &Path, address: &str, peers: &str) -> Daemon {
    let data = paths.state.join("etcd").display().to_string();
    let flags = [
        ("--data-dir", data.as_str()),
        ("--listen-client-urls", address),
        ("--advertise-client-urls", address),
        ("--listen-peer-urls", peers),
        ("--initial-advertise-peer-urls", peers),
        ("--initial-cluster", &format!("default={peers}")),
        ("--log-level", "warn"),
    ];
    program(bin, ETCD, &["--unsafe-no-fsync"], &flags)
}

fn api_server(paths: &Paths, bin: &Path, port: u16, etcd: &str) -> Daemon {
    let file = |name: &str| pki::file(paths, name).display().to_string();
    let (ca, certificate, key) = (file("ca.crt"), file("apiserver.crt"), file("apiserver.key"));
    let flags = [
        ("--bind-address", "127.0.0.1"),
        ("--secure-port", &port.to_string()),
        ("--advertise-address", ADVERTISED),
        ("--endpoint-reconciler-type", "none"),
        ("--etcd-servers", etcd),
        ("--service-account-issuer", "https://kubernetes.default.svc.cluster.local"),
        ("--service-cluster-ip-range", "10.96.0.0/16"),
        ("--authorization-mode", "RBAC"),
        ("--client-ca-file", &ca),
        ("--tls-cert-file", &certificate),
        ("--tls-private-key-file", &key),
        ("--service-account-key-file", &file("sa.pub")),
        ("--service-account-signing-key-file", &file("sa.key")),
    ];
    program(bin, API_SERVER, &["--profiling=false"], &flags)
}

fn program(bin: &Path, name: &str, words: &[&str], flags: &[(&str, &str)]) -> Daemon {
    let mut argv = vec![bin.join(name).display().to_string()];
    argv.extend(words.iter().map(|word| (*word).to_owned()));
    argv.extend(flags.iter().flat_map(|(flag, value)| [(*flag).to_owned(), (*value).to_owned()]));
    Daemon { name: name.to_owned(), argv, ..Daemon::default() }
}

/// Starts a daemon and waits until its health endpoint says yes; no if somebody else has its port.
async fn serves(paths: &Paths, daemon: &Daemon, health: &str) -> Result<bool> {
    let log = paths.log(&daemon.name);
    // What another attempt said there says nothing about this one.
    files::remove(&log)?;
    let mut running = daemon::ensure(paths, daemon, Network::Host)?;
    let began = Instant::now();
    let failed = |why: String| Error::Part {
        part: daemon.name.clone(),
        why,
        log: Some(log.clone()),
        help: "the first error in its log says most".to_owned(),
    };
    loop {
        if let Some(how) = running.ended() {
            let taken = files::read(&log).is_ok_and(|text| text.contains(TAKEN));
            return if taken { Ok(false) } else { Err(failed(how)) };
        }
        match api::healthy(health).await? {
            Readiness::Ready => return Ok(true),
            Readiness::Waiting(why) if began.elapsed() > PATIENCE => return Err(failed(why)),
            Readiness::Waiting(_) => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
}
