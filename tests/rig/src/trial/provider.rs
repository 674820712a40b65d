//! The provider as a process of this machine.

use super::stage::Stage;
use crate::{
    daemon::{self, Network},
    error::Result,
    packages,
    part::Daemon,
    paths::Paths,
    process,
    progress::Progress,
};
use rustix::process::Signal;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// Its name among the daemons.
pub(super) const NAME: &str = "provider";
/// How often it compares everything with the cloud.
pub(super) const POLL: &str = "2s";
/// By which programs find a proxy. Nothing here is asked through one.
const PROXIES: [&str; 4] = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

/// Compiles it as cargo does by default: that takes least time.
pub(super) async fn build(paths: &Paths, progress: &Progress) -> Result<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let step = progress.step("try build provider", "building the provider");
    let command = [&cargo, "build", "--locked", "--package", "kupenstack", "--bin", "kupenstack"];
    let log = paths.log("build-provider");
    process::run("building the provider", command, &[], Some(&paths.checkout), &log).await?;
    step.done();
    Ok(packages::target(&paths.checkout).join("debug").join("kupenstack"))
}

/// Starts it.
pub(super) fn start(paths: &Paths, program: &Path, stage: &Stage) -> Result<()> {
    let flags = [
        ("--cloud-addresses", "loopback"),
        ("--allow-image-sources", "127.0.0.0/8"),
        ("--poll", POLL),
        // Free ones: nobody asks there.
        ("--metrics-bind-address", "127.0.0.1:0"),
        ("--health-probe-bind-addr", "127.0.0.1:0"),
    ];
    let mut argv = vec![program.display().to_string()];
    argv.extend(flags.iter().flat_map(|(flag, value)| [(*flag).to_owned(), (*value).to_owned()]));
    let env = environment(&stage.kubeconfig, &stage.system, stage.external);
    let daemon = Daemon { name: NAME.to_owned(), argv, env, cwd: None };
    daemon::ensure(paths, &daemon, Network::Host).map(drop)
}

/// With a user's kubeconfig, what its programs that log in may need as well.
fn environment(kubeconfig: &str, namespace: &str, external: bool) -> Vec<(String, String)> {
    let own = [("KUBECONFIG", kubeconfig), ("POD_NAMESPACE", namespace)];
    let all = std::env::vars_os().filter(|_| external);
    let all = all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let ours: Vec<_> = all.filter(|(name, _)| !PROXIES.contains(&name.to_lowercase().as_str())).collect();
    ours.into_iter().chain(own.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

/// Kills it, as a node that loses its power does.
pub(super) async fn kill(paths: &Paths) -> Result<()> {
    if let Some(record) = daemon::find(paths, NAME)? {
        daemon::signal(record.pid, Signal::KILL);
        while record.runs() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    Ok(())
}
