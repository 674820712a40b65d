//! `kupenstack package`: files in, one .xpkg file out.

use super::command_result::CommandResult;
use crate::{
    generate::{Content, Origin, Package, packages},
    xpkg::{self, Architecture, Entry, Meta, ProviderInput},
};
use clap::{Args, ValueEnum};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

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
    /// Which package.
    #[arg(long, default_value = "provider-kupenstack")]
    package: String,
    /// A further file that the package holds, by its path in the image: usr/local/bin/helm=FILE.
    #[arg(long, value_parser = path_and_file)]
    extra: Vec<(String, PathBuf)>,
    /// Registry and folder that all packages of this release are published in, for the one that needs the others.
    #[arg(long)]
    registry: Option<String>,
    /// Version that they are published in: v1.2.3.
    #[arg(long)]
    version: Option<String>,
    /// Where to write the package; the package's name with the ending .xpkg unless given.
    #[arg(long, short)]
    output: Option<PathBuf>,
}

fn path_and_file(text: &str) -> Result<(String, PathBuf), String> {
    let (path, file) = text.split_once('=').ok_or_else(|| format!("{text:?} is not PATH=FILE"))?;
    Ok((path.to_owned(), file.into()))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Machine {
    Amd64,
    Arm64,
}

pub(super) fn run(options: &Options) -> CommandResult {
    let package = chosen(&options.package)?;
    let output = options.output.clone().unwrap_or_else(|| format!("{}.xpkg", options.package).into());
    let usual = Origin::default();
    let origin = Origin {
        registry: options.registry.clone().unwrap_or(usual.registry),
        version: options.version.clone().unwrap_or(usual.version),
    };
    let (meta, objects) = (package.meta(&origin), package.objects(&origin)?);
    let archive = match package.content {
        Content::Configuration => {
            extra_files(&package, &options.extra)?;
            xpkg::configuration_package(&meta, &objects)?
        }
        Content::Provider(_) | Content::Function => runnable(options, &package, &meta, objects)?,
    };
    fs::write(&output, &archive).map_err(|error| format!("{}: {error}", output.display()))?;
    println!("{}: {} bytes", output.display(), archive.len());
    Ok(())
}

fn runnable(
    options: &Options,
    package: &Package,
    meta: &Meta,
    objects: Vec<Value>,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let binary = match &options.binary {
        Some(path) => contents(path)?,
        None => contents(&std::env::current_exe()?)?,
    };
    let extra = extra_files(package, &options.extra)?;
    Ok(xpkg::provider_package(&ProviderInput {
        meta,
        crds: objects,
        architecture: match options.architecture {
            Machine::Amd64 => Architecture::Amd64,
            Machine::Arm64 => Architecture::Arm64,
        },
        binary: &binary,
        binary_path: "usr/local/bin/kupenstack",
        command: package.command,
        ca_bundle: &contents(&options.ca_bundle)?,
        extra: extra.iter().map(|(path, bytes)| Entry::file(*path, 0o755, bytes)).collect(),
    })?)
}

fn contents(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn chosen(name: &str) -> Result<Package, String> {
    let names: Vec<_> = packages().iter().map(Package::name).collect();
    let found = packages().into_iter().find(|package| package.name() == name);
    found.ok_or_else(|| format!("no package {name:?}: there are {}", names.join(", ")))
}

/// What the package holds beside the program: just the files that it names.
fn extra_files<'a>(
    package: &Package,
    given: &'a [(String, PathBuf)],
) -> Result<Vec<(&'a str, Vec<u8>)>, String> {
    let missing = package.extra.iter().find(|path| !given.iter().any(|(other, _)| other == *path));
    if let Some(path) = missing {
        return Err(format!("{} holds {path}: give it by --extra {path}=FILE", package.name()));
    }
    let read = |(path, file): &'a (String, PathBuf)| {
        if package.extra.contains(&path.as_str()) {
            return Ok((path.as_str(), contents(file)?));
        }
        Err(format!("{} holds no {path}", package.name()))
    };
    given.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_holds_just_the_further_files_that_it_names() {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let helm = ["usr/local/bin/helm"];
        let mut package = chosen("provider-kupenstack").unwrap();
        package.extra = &["usr/local/bin/helm"];
        let given = [(helm[0].to_owned(), file.clone())];
        let held = extra_files(&package, &given).unwrap();
        assert_eq!((held[0].0, held[0].1.len()), (helm[0], fs::read(&file).unwrap().len()));
        assert!(extra_files(&package, &[]).unwrap_err().ends_with("--extra usr/local/bin/helm=FILE"));
        let more = [given[0].clone(), ("etc/passwd".to_owned(), file)];
        assert_eq!(extra_files(&package, &more).unwrap_err(), "provider-kupenstack holds no etc/passwd");
    }

    #[test]
    fn a_package_that_does_not_exist_is_refused_with_the_ones_that_do() {
        let why = chosen("provider-x").err().unwrap();
        assert!(why.starts_with("no package \"provider-x\": there are provider-kupenstack, "), "{why}");
    }
}
