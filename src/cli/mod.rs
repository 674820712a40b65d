//! The command line: without arguments the provider runs, which is how Crossplane starts it.

mod command_result;
mod components;
mod confined;
mod function;
mod package;
mod process;
mod provider;

use clap::{Parser, Subcommand};
use command_result::CommandResult;
use std::{path::PathBuf, process::ExitCode};

/// OpenStack as Kubernetes resources: a Crossplane provider and its tools.
#[derive(Debug, Parser)]
#[command(name = "kupenstack", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    provider: provider::Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Reconciles managed resources; what Crossplane runs (the default).
    Provider(provider::Options),
    /// Composes clouds; what Crossplane runs as a composition function.
    Function(function::Options),
    /// Writes everything that is derived from the kinds: CRDs, package metadata, docs.
    Generate {
        /// Only tell what is not up to date, and fail if something is.
        #[arg(long)]
        check: bool,
        /// The checkout.
        #[arg(long, default_value = ".")]
        root: PathBuf,
    },
    /// Makes a package, an .xpkg file that Crossplane installs.
    Package(package::Options),
    /// Reconciles components and generated secrets, as Helm releases of this cluster.
    Components(components::Options),
    /// Becomes another program, with limits on what it may use.
    #[command(hide = true)]
    Confined(confined::Options),
}

/// Parses the arguments and runs the command.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command.unwrap_or(Command::Provider(cli.provider)) {
        Command::Provider(options) => provider::run(&options),
        Command::Function(options) => function::run(&options),
        Command::Generate { check: true, root } => report_drift(&root),
        Command::Generate { check: false, root } => generate(&root),
        Command::Package(options) => package::run(&options),
        Command::Components(options) => components::run(&options),
        Command::Confined(options) => confined::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn generate(root: &std::path::Path) -> CommandResult {
    for path in crate::generate::write(root)? {
        println!("{}", path.display());
    }
    Ok(())
}

fn report_drift(root: &std::path::Path) -> CommandResult {
    let drifted = crate::generate::drift(root)?;
    if drifted.is_empty() {
        return Ok(());
    }
    let list: Vec<_> = drifted.iter().map(|path| path.display().to_string()).collect();
    Err(format!("not up to date, run `kupenstack generate` and commit: {}", list.join(", ")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_1_every_package_starts_the_program_with_words_that_it_knows() {
        for package in crate::generate::packages() {
            let words = std::iter::once("kupenstack").chain(package.command);
            assert!(Cli::try_parse_from(words).is_ok(), "{}", package.name());
        }
    }

    #[test]
    fn the_deployment_without_crossplane_has_options_that_the_program_knows() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/package/standalone.yaml");
        let text = std::fs::read_to_string(file).unwrap();
        let objects: Vec<serde_json::Value> = serde_saphyr::from_multiple(&text).unwrap();
        let deployment = objects.iter().find(|object| object["kind"] == "Deployment").unwrap();
        let container = &deployment["spec"]["template"]["spec"]["containers"][0];
        let words = container["args"].as_array().unwrap().iter().map(|word| word.as_str().unwrap());
        assert!(Cli::try_parse_from(std::iter::once("kupenstack").chain(words)).is_ok());
        // Named by the addresses that it serves unless told otherwise.
        let port = |name: &str| {
            let ports = container["ports"].as_array().unwrap();
            ports.iter().find(|port| port["name"] == name).unwrap()["containerPort"].as_u64().unwrap()
        };
        let usual = Cli::try_parse_from(["kupenstack"]).unwrap().provider;
        assert_eq!([port("metrics"), port("health")], provider::ports(&usual).map(u64::from));
    }
}
