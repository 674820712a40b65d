//! `up` and `down`: provisioning outside the namespace, everything else inside.

use crate::{
    ahead::Ahead,
    cache::Cache,
    daemon::{self, Network},
    debian,
    error::{Error, Result},
    files::{self, Lock},
    forward, go, kubernetes, netns, openstack,
    part::{Context, Part},
    paths::Paths,
    preflight, process,
    progress::Progress,
    supervisor::{self, Seconds},
    sweep,
};
use serde::{Deserialize, Serialize};
use std::{
    future::Future,
    path::PathBuf,
    time::{Duration, Instant},
};
use tokio::signal::unix::{SignalKind, signal};

/// Where one half of the rig comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The rig brings it up.
    #[default]
    Own,
    /// A user's own (`$KUBECONFIG`, `$OS_CLOUD`): nothing of it is started here.
    External,
    /// There is none.
    None,
}

/// What a rig consists of; recorded, so that every later command means the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Kubernetes with Crossplane.
    pub kubernetes: Side,
    /// OpenStack.
    pub openstack: Side,
    /// The user's kubeconfig, when Kubernetes is external.
    pub kubeconfig: Option<PathBuf>,
    /// The user's cloud, when OpenStack is external.
    pub cloud: Option<String>,
    /// Which of the Go programs `up` builds.
    #[serde(skip)]
    pub programs: go::Scope,
    /// Folder of the Go programs.
    pub bin: PathBuf,
    /// The OpenStack virtual environment.
    pub venv: PathBuf,
}

impl Settings {
    fn path(paths: &Paths) -> PathBuf {
        paths.state.join("settings.json")
    }

    /// As recorded by the last `up`.
    pub fn read(paths: &Paths) -> Option<Self> {
        files::read_json(&Self::path(paths))
    }

    /// With the half that runs already and is not asked for now: `--only` adds, it takes nothing away.
    fn beside(mut self, before: Option<Self>) -> Self {
        let Some(before) = before else { return self };
        if self.kubernetes == Side::None {
            (self.kubernetes, self.kubeconfig) = (before.kubernetes, before.kubeconfig);
            self.bin = before.bin;
        }
        if self.openstack == Side::None {
            (self.openstack, self.cloud) = (before.openstack, before.cloud);
            self.venv = before.venv;
        }
        self
    }

    /// What parts are given.
    pub fn context(&self, paths: &Paths) -> Context {
        Context { paths: paths.clone(), bin: self.bin.clone(), venv: self.venv.clone() }
    }

    /// The parts the rig brings up.
    pub fn parts(&self) -> Vec<Box<dyn Part>> {
        let mut parts = Vec::new();
        if self.kubernetes == Side::Own {
            parts.extend(kubernetes::parts());
        }
        if self.openstack == Side::Own {
            parts.extend(openstack::parts());
        }
        if !parts.is_empty() {
            parts.push(openstack::web());
        }
        parts
    }
}

/// What `up` did.
#[derive(Debug)]
pub struct Report {
    /// Seconds by part.
    pub parts: Seconds,
    /// Everything before the parts: packages, builds, namespace.
    pub provisioning: Duration,
    /// The whole.
    pub total: Duration,
}

/// A lock of one rig: `up`, `down` and `restart` of the same rig do not meet.
async fn lock(paths: &Paths, progress: &Progress) -> Result<Lock> {
    let busy = || progress.say("waiting for another `cargo rig` of this checkout");
    // Beside the state folder: `down --purge` removes that.
    Lock::take(paths.state.with_extension("lock"), busy).await
}

/// Brings the rig up, as far as it is not up. Moves the calling thread into the rig's namespace.
pub fn up(paths: &Paths, wanted: &Settings, progress: &Progress) -> Result<Report> {
    let begun = Instant::now();
    let (_lock, settings) = block_on(async {
        let lock = lock(paths, progress).await?;
        interruptible(provision(paths, wanted, progress)).await.map(|settings| (lock, settings))
    })?;
    let provisioning = begun.elapsed();
    netns::enter(paths)?;
    let cx = settings.context(paths);
    let parts = settings.parts();
    let parts = block_on(interruptible(supervisor::up(&cx, &parts, progress)))?;
    Ok(Report { parts, provisioning, total: begun.elapsed() })
}

/// Packages, builds, namespace, forwarder: what happens in the host's namespace.
async fn provision(paths: &Paths, wanted: &Settings, progress: &Progress) -> Result<Settings> {
    let cache = Cache::new(&paths.cache, progress);
    let builds = match wanted.kubernetes {
        Side::Own => go::ahead(&cache, &paths.checkout, wanted.programs, progress)?,
        Side::External | Side::None => Vec::new(),
    };
    preflight::check(paths, wanted, builds.is_empty()).await?;
    progress.ahead(Ahead::new(builds, &wanted.parts(), progress));
    for folder in [paths.run(), paths.logs()] {
        files::make_dir(&folder)?;
    }
    debian::provision(&cache, debian::PACKAGES, progress).await?;
    let mut settings = wanted.clone();
    if wanted.kubernetes == Side::Own {
        settings.bin = go::provision(&cache, &paths.checkout, wanted.programs, progress).await?;
    }
    if wanted.openstack == Side::Own {
        settings.venv = openstack::provision_venv(&cache, paths).await?;
        openstack::provision_databases(&cache, paths, &settings.venv).await?;
    }
    let before = Settings::read(paths).filter(|_| netns::exists(paths));
    files::write_json(&Settings::path(paths), &settings.clone().beside(before))?;
    netns::create(paths).await?;
    daemon::ensure(paths, &forward::daemon(paths)?, Network::Host)?;
    Ok(settings)
}

/// Whether it is in use: its node's kubelet runs.
///
/// # Errors
/// What runs can't be recorded.
pub fn is_up(paths: &Paths) -> Result<bool> {
    Ok(daemon::find(paths, "kubelet")?.is_some())
}

/// Takes the rig down, whatever state it is in; with `purge` its data as well.
pub fn down(paths: &Paths, purge: bool, progress: &Progress) -> Result<()> {
    block_on(async {
        let _lock = lock(paths, progress).await?;
        // Of all parts: an `up` that was killed may have started what the settings do not say.
        let settings = Settings::read(paths).unwrap_or_default();
        let parts = Settings::default().parts();
        // First who would start containers anew, then those: while they watch, the API server does not end.
        daemon::stop(paths, "kubelet", supervisor::GRACE).await?;
        sweep::end_containers(paths).await?;
        supervisor::down(&settings.context(paths), &parts, progress).await?;
        sweep::sweep(paths).await?;
        netns::delete(paths).await?;
        if purge {
            files::remove(&paths.state)?;
        }
        Ok(())
    })
}

/// Ends one daemon of the rig and starts it again, or one of both. Must be called from inside the namespace.
pub async fn restart(paths: &Paths, name: &str, stop: bool, start: bool, progress: &Progress) -> Result<()> {
    let _lock = lock(paths, progress).await?;
    let settings = Settings::read(paths).unwrap_or_default();
    let cx = settings.context(paths);
    let parts = settings.parts();
    let of =
        |part: &&dyn Part| part.name() == name || part.daemons(&cx).iter().any(|daemon| daemon.name == name);
    let part = parts.iter().map(AsRef::as_ref).find(of).ok_or_else(|| unknown(name, &parts))?;
    if stop {
        // A part's name means all of its daemons.
        let all = part.daemons(&cx).into_iter().map(|daemon| daemon.name);
        for daemon in all.filter(|daemon| daemon == name || part.name() == name) {
            daemon::stop(paths, &daemon, part.grace()).await?;
        }
    }
    if start {
        supervisor::bring_up(&cx, part, progress).await?;
    }
    Ok(())
}

fn unknown(name: &str, parts: &[Box<dyn Part>]) -> Error {
    let names: Vec<&str> = parts.iter().map(|part| part.name()).collect();
    Error::Machine {
        what: format!("there is no part {name}"),
        help: format!("these are there: {}", names.join(", ")),
    }
}

/// Removes the shared caches. Go's module cache is its own and stays.
pub async fn purge_caches(paths: &Paths) -> Result<()> {
    // `rm` also removes read-only folders of root, and says which file it could not remove.
    let cmd = ["rm", "-rf", "--one-file-system", &paths.cache.display().to_string()];
    process::output("removing the caches", cmd, &[], None).await.map(drop)
}

/// Runs on this thread: threads of a runtime inherit the namespace of the one that makes them.
pub fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime
        .map_err(|why| Error::Machine {
            what: why.to_string(),
            help: "is the machine out of threads?".to_owned(),
        })?
        .block_on(work)
}

/// Ends early when the user interrupts; one-off commands end with it, daemons go on and are recorded.
pub async fn interruptible<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let asked = async {
        match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
            (Ok(mut int), Ok(mut term)) => tokio::select! { _ = int.recv() => {}, _ = term.recv() => {} },
            // Without handlers the signals end this process, which is as good.
            _ => std::future::pending().await,
        }
    };
    tokio::select! {
        done = work => done,
        () = asked => Err(Error::Interrupted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bringing_up_one_half_leaves_the_other_as_it_was() {
        let both = Settings { venv: "/v".into(), bin: "/old".into(), ..Settings::default() };
        let only = Settings { openstack: Side::None, bin: "/new".into(), ..Settings::default() };
        let merged = only.clone().beside(Some(both));
        assert_eq!((merged.openstack, merged.venv.as_path()), (Side::Own, std::path::Path::new("/v")));
        assert_eq!(merged.bin, PathBuf::from("/new"));
        assert_eq!(only.clone().beside(None), only);
    }
}
