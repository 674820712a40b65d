//! The rig's Go programs: built from modules pinned by the committed `go.sum`, kept by content.

mod modules;

use crate::{
    cache::{self, Cache},
    error::{Error, Result},
    files::{self, io},
    process,
    progress::Progress,
};
use modules::{
    CLI_MODULE, CROSSPLANE, HELM_MODULE, KUBERNETES_MODULE, MODULES, Module, Program, SERVERS_MODULE, ldflags,
};
pub use modules::{Scope, version};
use std::path::{Path, PathBuf};

/// Crossplane's own files beside its program: CRDs, webhook configurations, chart.
pub const CROSSPLANE_FILES: &str = "crossplane-files";

/// The version of Crossplane that the rig runs.
pub fn crossplane_version(checkout: &Path) -> Result<String> {
    let file = checkout.join("tests/rig/tools/crossplane/go.mod");
    let text = files::read(&file)?;
    version(&text, CROSSPLANE).map(str::to_owned).ok_or_else(|| Error::Machine {
        what: format!("{} does not name {CROSSPLANE}", file.display()),
        help: "restore the file from version control".to_owned(),
    })
}

/// A chart in its source has a placeholder for its version; a released one names what it installs.
fn stamp_chart(chart: &str, version: &str) -> String {
    let number = version.trim_start_matches('v');
    let line = |line: &str| match line.split_once(": ") {
        Some((name @ ("version" | "appVersion"), _)) => format!("{name}: {number}\n"),
        Some(_) | None => format!("{line}\n"),
    };
    chart.lines().map(line).collect()
}

struct Source {
    module: &'static Module,
    folder: PathBuf,
    go_mod: String,
    key: String,
}

fn source(checkout: &Path, module: &'static Module) -> Result<Source> {
    let folder = checkout.join(module.folder);
    let go_mod = files::read(&folder.join("go.mod"))?;
    let go_sum = files::read(&folder.join("go.sum"))?;
    let flags =
        module.programs.iter().map(|p| format!("{} {} {}", p.package, p.name, ldflags(p.stamp, &go_mod)));
    let parts = [go_mod.clone(), go_sum, std::env::consts::ARCH.to_owned(), module.revision.to_string()]
        .into_iter()
        .chain(flags);
    let key = cache::key(parts);
    Ok(Source { module, folder, go_mod, key })
}

fn sources(checkout: &Path) -> Result<Vec<Source>> {
    MODULES.iter().map(|module| source(checkout, module)).collect()
}

/// Seconds that the builds of what is missing may take, by the names of their steps: as last time, or as it took where
/// the figures of this file come from.
///
/// # Errors
/// A module's files can't be read.
pub fn ahead(
    cache: &Cache,
    checkout: &Path,
    scope: Scope,
    progress: &Progress,
) -> Result<Vec<(String, f64)>> {
    let mut sources = sources(checkout)?;
    sources.retain(|source| source.module.scope <= scope && !cache.has("go", &source.key));
    let programs = sources.iter().flat_map(|source| source.module.programs);
    let step = |program: &Program| {
        let step = program.step();
        let seconds = progress.last(&step).unwrap_or_else(|| program.seconds.into());
        (step, seconds)
    };
    Ok(programs.map(step).collect())
}

/// Builds what is missing; returns one folder with all programs, of which those beyond the scope may not be there yet.
pub async fn provision(cache: &Cache, checkout: &Path, scope: Scope, progress: &Progress) -> Result<PathBuf> {
    let sources = sources(checkout)?;
    for source in sources.iter().filter(|source| source.module.scope <= scope) {
        provide(cache, source, progress).await?;
    }
    let key = cache::key(sources.iter().map(|source| &source.key));
    cache.ensure("bin", &key, "folder of programs", async |place: &Path| link(cache, &sources, place)).await
}

/// etcd and kube-apiserver, if they are built.
fn built_servers(cache: &Cache, checkout: &Path) -> Result<Option<PathBuf>> {
    for module in [&KUBERNETES_MODULE, &SERVERS_MODULE] {
        let key = source(checkout, module)?.key;
        if cache.has("go", &key) {
            return Ok(Some(cache.place("go", &key)));
        }
    }
    Ok(None)
}

/// Whether etcd and kube-apiserver are built, so that Go itself is not needed for them.
///
/// # Errors
/// The module can't be read.
pub fn has_servers(cache: &Cache, checkout: &Path) -> Result<bool> {
    built_servers(cache, checkout).map(|found| found.is_some())
}

/// Builds etcd and kube-apiserver alone; returns their folder.
///
/// # Errors
/// They do not build.
pub async fn servers(cache: &Cache, checkout: &Path, progress: &Progress) -> Result<PathBuf> {
    match built_servers(cache, checkout)? {
        Some(folder) => Ok(folder),
        None => provide(cache, &source(checkout, &SERVERS_MODULE)?, progress).await,
    }
}

/// Builds helm alone, for packages; returns the program.
///
/// # Errors
/// It does not build.
pub async fn helm(cache: &Cache, checkout: &Path, progress: &Progress) -> Result<PathBuf> {
    alone(cache, checkout, &HELM_MODULE, "helm", progress).await
}

/// Builds Crossplane's command alone, to show what it says; returns the program.
///
/// # Errors
/// It does not build.
pub async fn cli(cache: &Cache, checkout: &Path, progress: &Progress) -> Result<PathBuf> {
    alone(cache, checkout, &CLI_MODULE, "crossplane", progress).await
}

async fn alone(
    cache: &Cache,
    checkout: &Path,
    module: &'static Module,
    program: &str,
    progress: &Progress,
) -> Result<PathBuf> {
    let source = source(checkout, module)?;
    provide(cache, &source, progress).await.map(|folder| folder.join(program))
}

async fn provide(cache: &Cache, source: &Source, progress: &Progress) -> Result<PathBuf> {
    let log = cache.log("go", &source.key);
    let build = async |place: &Path| build(source, place, &log, progress).await;
    cache.ensure("go", &source.key, source.module.what, build).await
}

async fn build(source: &Source, place: &Path, log: &Path, progress: &Progress) -> Result<()> {
    // Go does not always remove its own temporary folder when it is interrupted.
    let work = place.join(".work");
    files::make_dir(&work)?;
    let temporary = work.display().to_string();
    let env = [("CGO_ENABLED", "0"), ("GOWORK", "off"), ("GOTMPDIR", &temporary)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    for program in source.module.programs {
        let step = progress.step(&program.step(), &format!("building {}", program.name));
        let out = place.join(program.name).display().to_string();
        let flags = ldflags(program.stamp, &source.go_mod);
        let cmd =
            ["go", "build", "-trimpath", "-mod=readonly", "-ldflags", &flags, "-o", &out, program.package];
        process::run(&format!("building {}", program.name), cmd, &env, Some(&source.folder), log).await?;
        step.done();
    }
    if source.module.holds_crossplane() {
        copy_crossplane_files(source, place, &env).await?;
    }
    files::remove(&work)
}

/// From the module itself, so that program, CRDs and chart are of one version.
async fn copy_crossplane_files(source: &Source, place: &Path, env: &[(String, String)]) -> Result<()> {
    let cmd = ["go", "list", "-m", "-f", "{{.Dir}}", CROSSPLANE];
    let module = process::output("finding Crossplane's module", cmd, env, Some(&source.folder)).await?;
    let cluster = Path::new(module.trim()).join("cluster");
    let to = place.join(CROSSPLANE_FILES);
    files::make_dir(&to)?;
    for name in ["crds", "webhookconfigurations", "charts/crossplane"] {
        let from = cluster.join(name).display().to_string();
        // Go's module cache is read-only; copies must not be, or the cache could not be purged.
        let cmd = ["cp", "-r", "--no-preserve=mode", &from, &to.display().to_string()];
        process::output("copying Crossplane's files", cmd, &[], None).await?;
    }
    let chart = to.join("crossplane/Chart.yaml");
    let version = version(&source.go_mod, CROSSPLANE).unwrap_or("v0.0.0");
    files::write(&chart, stamp_chart(&files::read(&chart)?, version))
}

/// To where each program is or will be: the folder is the same before and after the last of them is built.
fn link(cache: &Cache, sources: &[Source], place: &Path) -> Result<()> {
    for source in sources {
        let folder = cache.place("go", &source.key);
        let programs = source.module.programs.iter().map(|program| program.name);
        let files = source.module.holds_crossplane().then_some(CROSSPLANE_FILES);
        for name in programs.chain(files) {
            let at = place.join(name);
            std::os::unix::fs::symlink(folder.join(name), &at).map_err(io(&at))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_names_the_version_that_it_installs() {
        let chart = "name: x\nversion: 0.0.1\nappVersion: 0.0.1\nkubeVersion: '>=1'\n";
        assert_eq!(
            stamp_chart(chart, "v2.4.0"),
            "name: x\nversion: 2.4.0\nappVersion: 2.4.0\nkubeVersion: '>=1'\n"
        );
    }
}
