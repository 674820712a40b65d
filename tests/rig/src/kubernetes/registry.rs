//! The OCI registry, and the images the cluster cannot do without.
//!
//! It keeps layers on disk but names in memory only: after a start of it, everything is pushed again (layers are found).

use crate::{
    cache::{self, Cache},
    error::Result,
    files, go,
    images::{Entry, Image, Layer},
    kubernetes::{api, config, daemon, environment, state},
    part::{Context, Daemon, Part, Readiness},
    paths::{BRIDGE, Paths},
    process,
    progress::Progress,
};
use async_trait::async_trait;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Its address on the node: a package's name must hold a dot before its first slash, so it cannot be `localhost`.
pub const ADDRESS: &str = "127.0.0.1:5001";
const PORT: u16 = 5001;

/// Its address for pods, and for the node as well.
pub fn bridge_address() -> String {
    format!("{BRIDGE}:{PORT}")
}

/// Seconds that a pod's first container sleeps: as long as can be said.
pub const PAUSE_FOR: &str = "2147483647";

/// `crane registry serve`.
pub struct Registry;

#[async_trait]
impl Part for Registry {
    fn name(&self) -> &'static str {
        "registry"
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        files::make_dir(&state(&cx.paths, "registry"))
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        // On all addresses: all of them are inside the namespace.
        let (listen, folder) =
            (format!("0.0.0.0:{PORT}"), state(&cx.paths, "registry").display().to_string());
        let arguments =
            ["registry", "serve", "--address", &listen, "--disk", &folder].map(str::to_owned).to_vec();
        vec![daemon(cx, self.name(), "crane", arguments)]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        api::healthy(&format!("http://{ADDRESS}/v2/")).await
    }

    async fn settle(&self, cx: &Context) -> Result<()> {
        let pause = pause(cx).await?;
        push(cx, &pause, config::PAUSE).await?;
        let version = go::crossplane_version(&cx.paths.checkout)?;
        let crossplane = crossplane(cx).await?;
        push(cx, &crossplane, &format!("crossplane:{version}")).await?;
        for (name, from) in kept(&cx.paths) {
            push(cx, &from, &name).await?;
        }
        Ok(())
    }

    fn help(&self) -> &'static str {
        "its layers are in the rig's state folder: is the disk full?"
    }
}

async fn push(cx: &Context, from: &Path, name: &str) -> Result<()> {
    let (program, arguments) = push_command(&cx.bin, from, name);
    let cmd = std::iter::once(program).chain(arguments);
    let environment = environment(&cx.paths);
    process::run(&format!("pushing {name}"), cmd, &environment, None, &cx.paths.log("images")).await
}

/// Program and arguments that push a package (`.xpkg`), a chart (`.tgz`), an image archive or an OCI layout as
/// `org/name:tag`. A chart knows its own name and version: of its name here only the folder counts. A package goes as people
/// push one, or, before Crossplane's command is built, as any other archive: without marks on its layers, which Crossplane
/// can do without.
pub fn push_command(bin: &Path, from: &Path, name: &str) -> (String, Vec<String>) {
    let (file, reference) = (from.display().to_string(), format!("{ADDRESS}/{name}"));
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let (program, arguments) = match from.extension().and_then(|end| end.to_str()) {
        Some("xpkg") if bin.join("crossplane").exists() => {
            ("crossplane", words(&["xpkg", "push", "-f", &file, &reference]))
        }
        Some("tgz") => {
            let folder = reference.rsplit_once('/').map_or(ADDRESS, |(folder, _)| folder);
            ("helm", words(&["push", &file, &format!("oci://{folder}"), "--plain-http"]))
        }
        Some(_) | None => ("crane", words(&["push", &file, &reference])),
    };
    (bin.join(program).display().to_string(), arguments)
}

/// Remembers what was pushed under a name, so that it is there after the registry was started again: a copy of it, or
/// where it lies in the cache.
pub async fn keep(paths: &Paths, from: &Path, name: &str) -> Result<()> {
    let folder = state(paths, "pushed");
    files::make_dir(&folder)?;
    let kept_at = if from.starts_with(&paths.cache) {
        from.to_path_buf()
    } else {
        let ending = from.extension().map_or(String::new(), |end| format!(".{}", end.to_string_lossy()));
        let copy = folder.join(format!("{}{ending}", cache::key([name])));
        files::remove(&copy)?;
        let cmd = ["cp", "-r", "--reflink=auto", &from.display().to_string(), &copy.display().to_string()];
        process::output(&format!("keeping {name}"), cmd, &[], None).await?;
        copy
    };
    let mut all = kept(paths);
    all.insert(name.to_owned(), kept_at);
    files::write_json(&folder.join("names.json"), &all)
}

/// Where what was pushed last under a name lies.
pub fn kept_at(paths: &Paths, name: &str) -> Option<PathBuf> {
    kept(paths).remove(name)
}

/// What was pushed and can be pushed again: a cache may have been purged meanwhile.
fn kept(paths: &Paths) -> BTreeMap<String, PathBuf> {
    let mut all: BTreeMap<String, PathBuf> =
        files::read_json(&state(paths, "pushed").join("names.json")).unwrap_or_default();
    all.retain(|_, at| at.exists());
    all
}

async fn pause(cx: &Context) -> Result<PathBuf> {
    let busybox = Path::new("/bin/busybox");
    let content = std::fs::read(busybox).map_err(files::io(busybox))?;
    let entries = [Entry::Copy(busybox, "busybox")];
    let entrypoint = ["/busybox", "sleep", PAUSE_FOR];
    build(cx, "pause", &cache::key([content]), &entries, &entrypoint).await
}

async fn crossplane(cx: &Context) -> Result<PathBuf> {
    // The folder of programs has its content in its name; what it links to has as well.
    let program = std::fs::canonicalize(cx.bin.join("crossplane-core")).map_err(files::io(&cx.bin))?;
    let files = cx.bin.join(go::CROSSPLANE_FILES);
    let (crds, webhooks) = (files.join("crds"), files.join("webhookconfigurations"));
    let certificates = Path::new("/etc/ssl/certs/ca-certificates.crt");
    let entries = [
        Entry::Copy(&program, "usr/local/bin/crossplane"),
        Entry::Copy(&crds, "crds"),
        Entry::Copy(&webhooks, "webhookconfigurations"),
        Entry::Copy(certificates, "etc/ssl/certs/ca-certificates.crt"),
        Entry::Scratch("tmp"),
    ];
    let key = cache::key([program.display().to_string(), format!("{entries:?}")]);
    build(cx, "crossplane", &key, &entries, &["/usr/local/bin/crossplane"]).await
}

async fn build(
    cx: &Context,
    name: &str,
    key: &str,
    entries: &[Entry<'_>],
    entrypoint: &[&str],
) -> Result<PathBuf> {
    let cache = Cache::new(&cx.paths.cache, &Progress::quiet());
    let layer = Layer::provide(&cache, name, key, entries).await?;
    Image { layers: &[layer], entrypoint, environment: &[], user: 65_532 }.provide(&cache, name).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_pushed_as_packages_charts_as_charts_and_everything_else_as_images() {
        let bin = std::env::temp_dir().join(format!("rig-push-{}", std::process::id()));
        files::make_dir(&bin).unwrap();
        let push = |from: &str| push_command(&bin, Path::new(from), "o/n:1");
        let by = |from: &str| push(from).0.rsplit('/').next().unwrap().to_owned();
        assert_eq!(by("a.xpkg"), "crane", "Crossplane's command may be built last");
        files::write(&bin.join("crossplane"), "").unwrap();
        assert_eq!(by("a.xpkg"), "crossplane");
        assert_eq!(
            (by("a-1.tgz").as_str(), push("a-1.tgz").1[2].as_str()),
            ("helm", "oci://127.0.0.1:5001/o")
        );
        assert_eq!(by("a.tar"), "crane");
        assert_eq!(push("layout").1, ["push", "layout", "127.0.0.1:5001/o/n:1"]);
        files::remove(&bin).unwrap();
    }
}
