//! `cargo rig try`: the provider between a Kubernetes API server and a simulated OpenStack, with nothing but Rust and Go,
//! and nothing left of it afterwards.

mod cloud;
mod cluster;
mod folder;
mod ports;
mod provider;
mod remove;
mod screen;
pub mod servers;
mod stage;
mod tour;

use crate::{
    cache::Cache,
    daemon::{self, POLL, Record},
    error::{Error, Result},
    go,
    lifecycle::{self, Side},
    paths::Paths,
    preflight, proc,
    progress::Progress,
};
use clap::ValueEnum;
use cloud::Cloud;
use cluster::Cluster;
use folder::Folder;
use kube::config::Kubeconfig;
use rustix::process::Signal;
use screen::Screen;
use stage::Stage;
use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::signal::unix::{SignalKind, signal};

/// How long builds may take to end when they are asked to.
const BUILD_GRACE: Duration = Duration::from_secs(5);

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct Options {
    /// `external`: the cluster of $KUBECONFIG
    #[arg(long, default_value = "own", value_parser = whose)]
    pub kubernetes: Side,
    /// End when everything is shown
    #[arg(long)]
    pub once: bool,
}

/// A cluster there has to be.
fn whose(text: &str) -> Result<Side, String> {
    match Side::from_str(text, false) {
        Ok(side @ (Side::Own | Side::External)) => Ok(side),
        Ok(Side::None) | Err(_) => Err("own or external".to_owned()),
    }
}

/// Everything that takes part.
struct Trial {
    paths: Paths,
    screen: Screen,
    stage: Stage,
    cluster: Cluster,
    cloud: Cloud,
    program: PathBuf,
}

impl Trial {
    fn start_provider(&self) -> Result<()> {
        provider::start(&self.paths, &self.program, &self.stage)
    }
}

/// Shows it, waits until it is told to stop, and ends and removes everything.
///
/// # Errors
/// Something was not as it is to be, or the user interrupted the tour.
pub fn run(paths: &Paths, options: &Options, progress: &Progress) -> Result<()> {
    lifecycle::block_on(async {
        // Before there is anything to be removed.
        let asked = asked_to_stop();
        let folder = Folder::make(paths)?;
        let (interrupted, shown) = (Cell::new(false), Cell::new(false));
        let leavings = remove::Leavings::default();
        let stop = async {
            asked.await;
            interrupted.set(true);
            end_builds().await;
        };
        let ended = tokio::select! {
            ended = tour(&folder.paths, options, progress, &leavings, &shown) => ended,
            () = stop => Ok(()),
        };
        let ended = match ended {
            _ if interrupted.get() && !shown.get() => Err(Error::GivenUp),
            _ if interrupted.get() => Ok(()),
            ended => ended,
        };
        end_daemons(&folder.paths).await?;
        let removed = leavings.remove().await;
        folder.remove(matches!(ended, Ok(()) | Err(Error::GivenUp)))?;
        if let (Err(_), Err(why)) = (&removed, &ended) {
            eprint!("{}", why.report());
        }
        removed.and(ended)
    })
}

/// From the builds to the end of what is shown; returns when something that has to run ended, or at once if `once`.
async fn tour(
    paths: &Paths,
    options: &Options,
    progress: &Progress,
    leavings: &remove::Leavings,
    shown: &Cell<bool>,
) -> Result<()> {
    let screen = Screen::new();
    screen.say(
        "This cloud is simulated: an OpenStack in memory, held against the real one's answers. \
         With a real one: cargo rig quickstart",
    )?;
    screen.heading("start")?;
    let own = options.kubernetes != Side::External;
    let external = if own { None } else { Some(external(&paths.checkout).await?) };
    let (program, bin) = build(paths, own, progress).await?;
    let cloud = Cloud::start().await?;
    cloud::write(&paths.clouds_yaml(), &cloud)?;
    let (stage, cluster) = match external {
        Some(external) => external,
        None => own_cluster(paths, &bin, progress).await?,
    };
    let trial = Trial { paths: paths.clone(), screen, stage, cluster, cloud, program };
    prepare(&trial, leavings).await?;
    trial.start_provider()?;
    let (api, cloud) = (&trial.cluster.address, trial.cloud.address());
    trial.screen.say(&format!("Kubernetes at {api}, OpenStack at {cloud}, and the provider between them"))?;
    tour::show(&trial).await?;
    trial.screen.say(&format!("\n{:.0} s in all", trial.screen.elapsed().as_secs_f32()))?;
    if options.once {
        return Ok(());
    }
    trial.screen.say(&how_to_go_on(&trial))?;
    shown.set(true);
    watch(&trial).await
}

async fn own_cluster(paths: &Paths, bin: &Path, progress: &Progress) -> Result<(Stage, Cluster)> {
    servers::start(paths, bin, progress).await?;
    let kubeconfig = Kubeconfig::read_from(paths.kubeconfig()).map_err(|why| unreadable(&why))?;
    Ok((Stage::own(&paths.kubeconfig()), Cluster::connect(kubeconfig).await?))
}

/// The cluster of `$KUBECONFIG`, looked at before anything is built, and again when something is about to be made there.
async fn external(checkout: &Path) -> Result<(Stage, Cluster)> {
    let files = preflight::variable("KUBECONFIG")?;
    // The provider reads them in another folder than this one.
    let absolute: Vec<_> =
        std::env::split_paths(&files).filter_map(|file| std::path::absolute(file).ok()).collect();
    let files = std::env::join_paths(absolute).unwrap_or_default();
    let kubeconfig = Kubeconfig::from_env().map_err(|why| unreadable(&why))?.unwrap_or_default();
    let cluster = Cluster::connect(kubeconfig).await?;
    let stage = Stage::guest(files.to_string_lossy().into_owned());
    let (configs, _) = stage.quickstart(checkout, "")?;
    stage.check(&cluster, &stage::crds(checkout)?, &configs).await?;
    Ok((stage, cluster))
}

fn unreadable(why: &dyn std::fmt::Display) -> Error {
    Error::Machine {
        what: format!("the kubeconfig can't be read: {why}"),
        help: "see $KUBECONFIG".to_owned(),
    }
}

/// Side by side: where one waits for a single core, the other goes on. A cluster that is there needs no Go program.
async fn build(paths: &Paths, own: bool, progress: &Progress) -> Result<(PathBuf, PathBuf)> {
    let cache = Cache::new(&paths.cache, progress);
    if own {
        preflight::for_servers(&cache, paths).await?;
    }
    let servers = async {
        match own {
            true => go::servers(&cache, &paths.checkout, progress).await,
            false => Ok(PathBuf::new()),
        }
    };
    tokio::try_join!(provider::build(paths, progress), servers)
}

/// CRDs, namespace and credentials; what is left in somebody's cluster is noted before it is made.
async fn prepare(trial: &Trial, leavings: &remove::Leavings) -> Result<()> {
    let (checkout, cluster) = (&trial.paths.checkout, &trial.cluster);
    let mut crds = stage::crds(checkout)?;
    let (configs, _) = trial.stage.quickstart(checkout, &trial.cloud.image())?;
    if trial.stage.external {
        let all = crds;
        crds = trial.stage.check(cluster, &all, &configs).await?;
        leavings.note(cluster, &trial.stage, &all, &crds, configs);
    }
    let [namespace, secret] = trial.stage.credentials(&trial.cloud);
    cluster.apply(&namespace).await?;
    cluster.apply(&secret).await?;
    cluster.install(&crds).await
}

/// Until one of the programs ends, which none should.
async fn watch(trial: &Trial) -> Result<()> {
    let records = Record::all(&trial.paths);
    loop {
        if let Some(ended) = records.iter().find(|record| !record.runs() && record.name != provider::NAME) {
            return Err(ended_by_itself(trial, &ended.name));
        }
        if daemon::find(&trial.paths, provider::NAME)?.is_none() {
            return Err(ended_by_itself(trial, provider::NAME));
        }
        tokio::time::sleep(POLL).await;
    }
}

fn ended_by_itself(trial: &Trial, name: &str) -> Error {
    let (part, log) = (name.to_owned(), Some(trial.paths.log(name)));
    Error::Part { part, why: "it has ended".to_owned(), log, help: "see its log".to_owned() }
}

fn how_to_go_on(trial: &Trial) -> String {
    let (stage, clouds, logs) = (&trial.stage, trial.paths.clouds_yaml(), trial.paths.logs());
    let (kubeconfig, namespace) = (&stage.kubeconfig, &stage.namespace);
    let example = "examples/network/security_group.yaml";
    let apply = match stage.external {
        false => format!("kubectl apply -f {example}"),
        true => format!("sed 's/namespace: .*/namespace: {namespace}/' {example} | kubectl apply -f -"),
    };
    format!(
        "\n== go on, in another terminal\n\
         export KUBECONFIG={kubeconfig}\n\
         kubectl get openstack -n {namespace}\n\
         {apply}\n\
         export OS_CLIENT_CONFIG_FILE={} OS_CLOUD=demo    # for an openstack command of yours\n\
         logs: {}\n\
         Ctrl-C ends all of it and leaves nothing",
        clouds.display(),
        logs.display()
    )
}

/// Ends when a signal asks for it; from the call on, none of them ends this process.
fn asked_to_stop() -> impl Future<Output = ()> {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let all = kinds.map(signal);
    async move {
        let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = all else {
            // Without handlers the signals end this process.
            return std::future::pending().await;
        };
        tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} _ = hangup.recv() => {} }
    }
}

/// Compilers of this session: they remove their temporary files when they are asked to end.
async fn end_builds() {
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    let session = proc::stat(own).map_or(own, |stat| stat.session);
    let builds = || proc::descendants(own).into_iter().filter(move |stat| stat.session == session);
    let mut all: Vec<_> = builds().collect();
    all.iter().for_each(|stat| daemon::signal(stat.pid, Signal::INT));
    let began = Instant::now();
    loop {
        all.retain(|stat| proc::stat(stat.pid).is_some_and(|now| now.runs() && now.start == stat.start));
        if all.is_empty() {
            return;
        }
        if began.elapsed() > BUILD_GRACE {
            all.iter().for_each(|stat| daemon::signal(stat.pid, Signal::KILL));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// First who asks, then who is asked.
async fn end_daemons(paths: &Paths) -> Result<()> {
    daemon::stop(paths, provider::NAME, servers::GRACE).await?;
    servers::stop(paths).await
}
