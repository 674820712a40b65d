//! The command line: `cargo rig …`.

use crate::{
    cache::Cache,
    checks, cloud, demo,
    error::{Error, Result},
    files, forward,
    handle::Rig,
    lifecycle::{self, Settings, Side},
    netns, openstack,
    packages::{self, Origin, Profile},
    paths::Paths,
    preflight, process,
    progress::Progress,
    quickstart, report, trial,
};
use clap::{Parser, Subcommand, ValueEnum};
use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

/// A real Kubernetes, a real Crossplane and a real OpenStack on this machine, in a network namespace of their own.
#[derive(Debug, Parser)]
#[command(name = "cargo rig", bin_name = "cargo rig")]
pub struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Bring it up, as far as it is not up
    Up(Up),
    /// Take it down
    Down {
        /// Its data as well: databases, images, logs
        #[arg(long)]
        purge: bool,
        /// What all rigs of this user share as well: programs, virtual environments, images
        #[arg(long)]
        purge_caches: bool,
    },
    /// Which parts are ready, and what they use
    Status,
    /// Show a log and follow it, or list them
    Logs {
        /// A daemon or a job
        name: Option<String>,
        /// Show the end and return
        #[arg(long)]
        no_follow: bool,
    },
    /// A shell inside, or one command
    Shell {
        /// The command and its arguments
        #[arg(last = true)]
        command: Vec<String>,
    },
    /// Stop a part or a daemon and start it again
    Restart {
        /// As `status` shows it
        name: String,
    },
    /// Stop a part or a daemon; `up` starts it again
    Stop {
        /// As `status` shows it
        name: String,
    },
    /// Push a package (.xpkg), an image archive or an OCI layout to the registry
    Push {
        /// The file or folder
        file: PathBuf,
        /// Under which name: org/name:tag
        name: String,
    },
    /// Build and push the images of OpenStack's services, and make the node ready for their pods
    Images {
        /// Which release of OpenStack
        #[arg(long, default_value = openstack::RELEASE)]
        release: String,
        /// Those of services beyond the core as well, which are of the release that rigs run
        #[arg(long)]
        further: bool,
    },
    /// Package the charts of tests/charts, or of $KUPENSTACK_RIG_CHARTS, push them and put them on the web server
    Charts,
    /// Build packages, and have Crossplane install them on a rig that is up
    Install {
        /// Which; the provider of OpenStack's resources unless given
        #[arg(default_value = packages::PROVIDER)]
        names: Vec<String>,
    },
    /// Build helm and all packages, as they are published
    Packages {
        /// The folder for their files
        #[arg(long)]
        output: PathBuf,
        /// Registry and organisation that all of them are published in: registry.example.org/kupenstack
        #[arg(long)]
        registry: Option<String>,
        /// Version that they are published in: v1.2.3
        #[arg(long)]
        version: Option<String>,
    },
    /// The provider between an API server and a simulated OpenStack: no root, nothing left afterwards
    Try(trial::Options),
    /// From nothing to a network in a real OpenStack, and show it
    Quickstart,
    /// A cloud of one's own in pods, and a server in it, and show it
    Demo {
        /// What
        what: Demo,
    },
    /// Run every check and every test of the project
    Test {
        /// Those as well that bring up OpenStack's components in pods
        #[arg(long)]
        long: bool,
    },
    /// Forward ports of the host's loopback (started by `up`)
    #[command(hide = true)]
    Forward,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Demo {
    /// From one manifest, and a second one from a claim
    Cloud,
}

#[derive(Debug, clap::Args)]
struct Up {
    /// One half only
    #[arg(long)]
    only: Option<Half>,
    /// `external`: the cluster of $KUBECONFIG
    #[arg(long, default_value = "own")]
    kubernetes: Side,
    /// `external`: the cloud $OS_CLOUD
    #[arg(long, default_value = "own")]
    openstack: Side,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Half {
    Kubernetes,
    Openstack,
}

impl Up {
    fn settings(&self) -> Result<Settings> {
        let unless = |half, side| if self.only.is_some_and(|only| only != half) { Side::None } else { side };
        let kubernetes = unless(Half::Kubernetes, self.kubernetes);
        let openstack = unless(Half::Openstack, self.openstack);
        let wanted = |side, name: &str| match side {
            Side::External => preflight::variable(name).map(Some),
            Side::Own | Side::None => Ok(None),
        };
        let kubeconfig = wanted(kubernetes, "KUBECONFIG")?.map(PathBuf::from);
        let cloud = wanted(openstack, "OS_CLOUD")?;
        Ok(Settings { kubernetes, openstack, kubeconfig, cloud, ..Settings::default() })
    }
}

/// Does what the command line says. Called on the main thread before any other exists.
pub fn main(cli: &Cli) -> Result<()> {
    let here = std::env::current_dir().map_err(files::io(Path::new(".")))?;
    let paths = Paths::around(&here)?;
    let progress = Progress::new(&paths.cache);
    match &cli.command {
        Task::Up(up) => {
            let settings = up.settings()?;
            let report = lifecycle::up(&paths, &settings, &progress)?;
            println!("{}", report::after_up(&paths, &settings, &report, &progress));
            Ok(())
        }
        Task::Down { purge, purge_caches } => {
            lifecycle::down(&paths, *purge, &progress)?;
            if *purge_caches {
                lifecycle::block_on(lifecycle::purge_caches(&paths))?;
            }
            println!("the rig {} is down", paths.id);
            Ok(())
        }
        Task::Status => status(&paths),
        Task::Logs { name, no_follow } => logs(&paths, name.as_deref(), !no_follow),
        Task::Shell { command } => shell(&paths, command),
        Task::Restart { name } => again(&paths, name, true, &progress),
        Task::Stop { name } => again(&paths, name, false, &progress),
        Task::Push { file, name } => {
            let rig = Rig::attach(&paths.checkout)?;
            println!("{}", lifecycle::block_on(rig.push_image(file, name))?);
            Ok(())
        }
        Task::Install { names } => lifecycle::block_on(install(&paths, names, &progress)),
        Task::Packages { output, registry, version } => {
            let origin = Origin { registry: registry.clone(), version: version.clone() };
            let all = packages::all(&paths.checkout)?;
            let cache = Cache::new(&paths.cache, &progress);
            let build =
                packages::build(&all, &paths.checkout, &cache, output, &origin, Profile::Release, &progress);
            for file in lifecycle::block_on(build)? {
                println!("{}", file.display());
            }
            Ok(())
        }
        Task::Images { release, further } => {
            lifecycle::block_on(images(&paths, release, *further, &progress))
        }
        Task::Charts => {
            let rig = Rig::attach(&paths.checkout)?;
            for chart in lifecycle::block_on(rig.charts(&progress))? {
                println!("{} {}  {}", chart.oci, chart.version, chart.url);
            }
            Ok(())
        }
        Task::Try(options) => trial::run(&paths, options, &progress),
        Task::Quickstart => quickstart::run(&paths, &progress),
        Task::Demo { what: Demo::Cloud } => lifecycle::block_on(demo::cloud(&paths, &progress)),
        Task::Test { long } => checks::run(&paths, *long, &progress),
        Task::Forward => forward::run(&paths),
    }
}

async fn images(paths: &Paths, release: &str, further: bool, progress: &Progress) -> Result<()> {
    let rig = Rig::attach(&paths.checkout)?;
    let mut names = rig.cloud_images(release, progress).await?;
    if further {
        names.extend(rig.further_images(progress).await?);
    }
    cloud::label_node(&rig, cloud::LABELS).await?;
    println!("{}", names.join("\n"));
    Ok(())
}

/// Into the rig's registry, where a package that needs others looks for them.
async fn install(paths: &Paths, names: &[String], progress: &Progress) -> Result<()> {
    let rig = Rig::attach(&paths.checkout)?;
    let wanted = packages::named(&paths.checkout, names)?;
    let output = packages::target(&paths.checkout);
    let cache = Cache::new(&paths.cache, progress);
    let files = packages::build(
        &wanted,
        &paths.checkout,
        &cache,
        &output,
        &packages::on_the_rig(),
        Profile::Release,
        progress,
    )
    .await?;
    for (package, file) in wanted.iter().zip(files) {
        println!("{}", packages::install(&rig, package, &file).await?);
    }
    Ok(())
}

fn status(paths: &Paths) -> Result<()> {
    let rig = Rig::attach(&paths.checkout)?;
    rig.enter()?;
    let lines = lifecycle::block_on(async { Ok(report::status(&rig.settings, paths).await) })?;
    print!("{}", report::table(paths, &lines));
    print!("{}", report::how_to_go_on(paths, &rig.settings));
    Ok(())
}

fn again(paths: &Paths, name: &str, start: bool, progress: &Progress) -> Result<()> {
    netns::enter(paths)?;
    lifecycle::block_on(lifecycle::restart(paths, name, true, start, progress))
}

fn logs(paths: &Paths, name: Option<&str>, follow: bool) -> Result<()> {
    let Some(name) = name else {
        let entries = std::fs::read_dir(paths.logs()).map_err(files::io(&paths.logs()))?;
        let mut names: Vec<_> = entries.flatten().map(|entry| entry.path().display().to_string()).collect();
        names.sort();
        println!("{}", names.join("\n"));
        return Ok(());
    };
    let log = paths.log(name);
    if !log.exists() {
        let help = "`cargo rig logs` without a name lists them".to_owned();
        return Err(Error::Machine { what: format!("there is no log of {name}"), help });
    }
    let mut command = Command::new("tail");
    command.args(["-n", "200"]).args(follow.then_some("-F")).arg(log);
    Err(replaced_by(command))
}

/// Inside the namespace, with both halves' credentials and programs.
fn shell(paths: &Paths, command: &[String]) -> Result<()> {
    let rig = Rig::attach(&paths.checkout)?;
    if !rig.inside().is_empty() {
        rig.enter()?;
    }
    let own = std::env::var("SHELL").unwrap_or_else(|_| "/bin/sh".to_owned());
    let words = if command.is_empty() { std::slice::from_ref(&own) } else { command };
    let (program, arguments) = words.split_first().unwrap_or((&own, &[]));
    let mut command = Command::new(program);
    command.args(arguments).envs(rig.environment());
    Err(replaced_by(command))
}

/// Becomes another program; returns only when that fails.
fn replaced_by(mut command: Command) -> Error {
    let why = command.exec();
    let what = command.get_program().to_string_lossy().into_owned();
    Error::Command {
        what,
        why: format!(
            "{why} (with PATH {})",
            std::env::var("PATH").unwrap_or_else(|_| process::SYSTEM_PATH.to_owned())
        ),
        log: None,
    }
}
