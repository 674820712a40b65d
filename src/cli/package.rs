//! `kupenstack package`: files in, one .xpkg file out.

use super::outcome::Outcome;
use crate::{
    generate,
    xpkg::{self, Architecture, ProviderInput},
};
use clap::{Args, ValueEnum};
use std::{fs, path::PathBuf};

/// What to pack.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The statically linked program; this one unless given.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Certificate authorities to trust, PEM.
    #[arg(long, default_value = "/etc/ssl/certs/ca-certificates.crt")]
    ca_bundle: PathBuf,
    /// What the program runs on.
    #[arg(long, value_enum, default_value = "amd64")]
    architecture: Machine,
    /// Where to write the package.
    #[arg(long, short, default_value = "provider-kupenstack.xpkg")]
    output: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Machine {
    Amd64,
    Arm64,
}

pub(super) fn run(options: &Options) -> Outcome {
    let named = |path: &PathBuf| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let binary = match &options.binary {
        Some(path) => named(path)?,
        None => named(&std::env::current_exe()?)?,
    };
    let package = xpkg::provider_package(&ProviderInput {
        meta: &generate::provider_meta(),
        crds: generate::crds()?,
        architecture: match options.architecture {
            Machine::Amd64 => Architecture::Amd64,
            Machine::Arm64 => Architecture::Arm64,
        },
        binary: &binary,
        binary_path: "usr/local/bin/kupenstack",
        ca_bundle: &named(&options.ca_bundle)?,
        extra: vec![],
    })?;
    fs::write(&options.output, &package).map_err(|error| format!("{}: {error}", options.output.display()))?;
    println!("{}: {} bytes", options.output.display(), package.len());
    Ok(())
}
