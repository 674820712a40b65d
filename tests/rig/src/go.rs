//! The rig's Go programs: built from modules pinned by the committed `go.sum`, kept by content.

use crate::{
    cache::{self, Cache},
    error::{Error, Result},
    files::{self, io},
    process,
    progress::Progress,
};
use std::path::{Path, PathBuf};

/// A Go module of the checkout and the programs built from it.
struct Module {
    /// Where it is in the checkout.
    folder: &'static str,
    /// What people read while it is built.
    what: &'static str,
    /// Counts up when what is kept beside the programs changes.
    revision: u8,
    programs: &'static [Program],
}

struct Program {
    package: &'static str,
    name: &'static str,
    /// Where the program keeps its version, and the module whose version it is.
    stamp: Option<Stamp>,
}

#[derive(Clone, Copy)]
enum Stamp {
    /// Kubernetes refuses skew it cannot judge, so its programs must know what they are.
    Kubernetes,
    /// Without it every version constraint in a package fails. Program and CLI keep it in the same variable.
    Crossplane,
    /// The CLI has a version of its own.
    Cli,
    /// Without it helm takes itself for 4.1 of no patch version, and no check of its version would mean anything.
    Helm,
}

const fn program(package: &'static str, name: &'static str) -> Program {
    Program { package, name, stamp: None }
}

const fn kubernetes(package: &'static str, name: &'static str) -> Program {
    Program { package, name, stamp: Some(Stamp::Kubernetes) }
}

/// In the order they are built: what takes longest first, one after the other, since each uses all cores.
const MODULES: &[Module] = &[
    Module {
        folder: "tests/rig/tools/kubernetes",
        what: "etcd and Kubernetes",
        revision: 1,
        programs: &[
            program("go.etcd.io/etcd/server/v3", "etcd"),
            kubernetes("k8s.io/kubernetes/cmd/kube-apiserver", "kube-apiserver"),
            kubernetes("k8s.io/kubernetes/cmd/kube-controller-manager", "kube-controller-manager"),
            kubernetes("k8s.io/kubernetes/cmd/kube-scheduler", "kube-scheduler"),
            kubernetes("k8s.io/kubernetes/cmd/kubelet", "kubelet"),
            kubernetes("k8s.io/kubernetes/cmd/kube-proxy", "kube-proxy"),
            kubernetes("k8s.io/kubernetes/cmd/kubectl", "kubectl"),
        ],
    },
    Module {
        folder: "tests/rig/tools/crossplane",
        what: "Crossplane and crane",
        revision: 2,
        programs: &[
            Program {
                package: "github.com/crossplane/crossplane/v2/cmd/crossplane",
                name: "crossplane-core",
                stamp: Some(Stamp::Crossplane),
            },
            program("github.com/google/go-containerregistry/cmd/crane", "crane"),
        ],
    },
    Module {
        folder: "tests/rig/tools/dns",
        what: "CoreDNS",
        revision: 1,
        programs: &[program("github.com/coredns/coredns", "coredns")],
    },
    Module {
        folder: "tests/rig/tools/cli",
        what: "the crossplane CLI",
        revision: 1,
        programs: &[Program {
            package: "github.com/crossplane/cli/v2/cmd/crossplane",
            name: "crossplane",
            stamp: Some(Stamp::Cli),
        }],
    },
    HELM_MODULE,
];

/// What packages hold as well: the rig's own helm is the one that is shipped.
const HELM_MODULE: Module = Module {
    folder: "package/helm",
    what: "helm",
    revision: 1,
    programs: &[Program { package: "helm.sh/helm/v4/cmd/helm", name: "helm", stamp: Some(Stamp::Helm) }],
};

/// Crossplane's own files beside its program: CRDs, webhook configurations, chart.
pub const CROSSPLANE_FILES: &str = "crossplane-files";
const CROSSPLANE: &str = "github.com/crossplane/crossplane/v2";
const CLI: &str = "github.com/crossplane/cli/v2";
const KUBERNETES: &str = "k8s.io/kubernetes";
const HELM: &str = "helm.sh/helm/v4";

/// The version of a module that a `go.mod` asks for.
pub fn version<'a>(go_mod: &'a str, module: &str) -> Option<&'a str> {
    go_mod.lines().find_map(|line| {
        let mut words = line.trim().trim_start_matches("require ").split_ascii_whitespace();
        (words.next() == Some(module)).then(|| words.next()).flatten().filter(|word| word.starts_with('v'))
    })
}

/// The version of Crossplane that the rig runs.
pub fn crossplane_version(checkout: &Path) -> Result<String> {
    let file = checkout.join("tests/rig/tools/crossplane/go.mod");
    let text = files::read(&file)?;
    version(&text, CROSSPLANE).map(str::to_owned).ok_or_else(|| Error::Machine {
        what: format!("{} does not name {CROSSPLANE}", file.display()),
        help: "restore the file from version control".to_owned(),
    })
}

/// Flags of the linker. `-s -w` leaves out what only a debugger reads: a third of a gigabyte over all programs.
fn ldflags(stamp: Option<Stamp>, go_mod: &str) -> String {
    let stamps = match stamp {
        None => String::new(),
        Some(Stamp::Kubernetes) => {
            let version = version(go_mod, KUBERNETES).unwrap_or("v0.0.0");
            let mut numbers = version.trim_start_matches('v').split('.');
            let (major, minor) = (numbers.next().unwrap_or("0"), numbers.next().unwrap_or("0"));
            let at = "-X k8s.io/component-base/version";
            format!(" {at}.gitVersion={version} {at}.gitMajor={major} {at}.gitMinor={minor}")
        }
        Some(Stamp::Crossplane) => crossplane_stamp(version(go_mod, CROSSPLANE)),
        Some(Stamp::Cli) => crossplane_stamp(version(go_mod, CLI)),
        Some(Stamp::Helm) => {
            format!(" -X {HELM}/internal/version.version={}", version(go_mod, HELM).unwrap_or("v0.0.0"))
        }
    };
    format!("-s -w{stamps}")
}

fn crossplane_stamp(version: Option<&str>) -> String {
    let version = version.unwrap_or("v0.0.0");
    format!(" -X github.com/crossplane/crossplane-runtime/v2/pkg/version.version={version}")
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

/// Whether every program is built already, so that Go itself is not needed.
pub fn built(cache: &Cache, checkout: &Path) -> Result<bool> {
    Ok(sources(checkout)?.iter().all(|source| cache.has("go", &source.key)))
}

/// Builds what is missing; returns one folder with all programs.
pub async fn provision(cache: &Cache, checkout: &Path, progress: &Progress) -> Result<PathBuf> {
    let sources = sources(checkout)?;
    let mut folders = Vec::new();
    for source in &sources {
        folders.push(provide(cache, source, progress).await?);
    }
    let key = cache::key(sources.iter().map(|source| &source.key));
    cache.ensure("bin", &key, "folder of programs", async |place: &Path| link(&folders, place)).await
}

/// Builds helm alone, for packages; returns the program.
///
/// # Errors
/// It does not build.
pub async fn helm(cache: &Cache, checkout: &Path, progress: &Progress) -> Result<PathBuf> {
    let source = source(checkout, &HELM_MODULE)?;
    provide(cache, &source, progress).await.map(|folder| folder.join("helm"))
}

async fn provide(cache: &Cache, source: &Source, progress: &Progress) -> Result<PathBuf> {
    let log = cache.log("go", &source.key);
    let build = async |place: &Path| build(source, place, &log, progress).await;
    cache.ensure("go", &source.key, source.module.what, build).await
}

async fn build(source: &Source, place: &Path, log: &Path, progress: &Progress) -> Result<()> {
    let env =
        [("CGO_ENABLED", "0"), ("GOWORK", "off")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    for program in source.module.programs {
        let step = progress.step(&format!("build {}", program.name), &format!("building {}", program.name));
        let out = place.join(program.name).display().to_string();
        let flags = ldflags(program.stamp, &source.go_mod);
        let cmd =
            ["go", "build", "-trimpath", "-mod=readonly", "-ldflags", &flags, "-o", &out, program.package];
        process::run(&format!("building {}", program.name), cmd, &env, Some(&source.folder), log).await?;
        step.done();
    }
    if source.module.programs.iter().any(|program| program.name == "crossplane-core") {
        copy_crossplane_files(source, place, &env).await?;
    }
    Ok(())
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

fn link(folders: &[PathBuf], place: &Path) -> Result<()> {
    for folder in folders {
        let entries = std::fs::read_dir(folder).map_err(io(folder))?;
        for entry in entries.flatten().filter(|entry| entry.file_name() != ".complete") {
            let at = place.join(entry.file_name());
            std::os::unix::fs::symlink(entry.path(), &at).map_err(io(&at))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GO_MOD: &str = "module x\n\nrequire k8s.io/kubernetes v1.36.3\n\nrequire (\n\tgithub.com/crossplane/crossplane/v2 v2.4.0 // indirect\n)\nreplace k8s.io/api => k8s.io/api v0.36.3\n";

    #[test]
    fn versions_come_from_go_mod() {
        assert_eq!(version(GO_MOD, KUBERNETES), Some("v1.36.3"));
        assert_eq!(version(GO_MOD, CROSSPLANE), Some("v2.4.0"));
        assert_eq!(version(GO_MOD, "k8s.io/api"), None);
    }

    #[test]
    fn a_chart_names_the_version_that_it_installs() {
        let chart = "name: x\nversion: 0.0.1\nappVersion: 0.0.1\nkubeVersion: '>=1'\n";
        assert_eq!(
            stamp_chart(chart, "v2.4.0"),
            "name: x\nversion: 2.4.0\nappVersion: 2.4.0\nkubeVersion: '>=1'\n"
        );
    }

    #[test]
    fn programs_that_ask_for_their_version_are_told() {
        assert!(
            ldflags(Some(Stamp::Kubernetes), GO_MOD)
                .ends_with("gitMajor=1 -X k8s.io/component-base/version.gitMinor=36")
        );
        assert!(ldflags(Some(Stamp::Crossplane), GO_MOD).ends_with("version.version=v2.4.0"));
        assert!(
            ldflags(Some(Stamp::Helm), "\thelm.sh/helm/v4 v4.1.4 // indirect")
                .ends_with("helm.sh/helm/v4/internal/version.version=v4.1.4")
        );
        assert_eq!(ldflags(None, GO_MOD), "-s -w");
    }
}
