//! The OCI registry, and the images the cluster cannot do without.
//!
//! It keeps layers on disk but names in memory only: after a start of it, everything is pushed again (layers are found).

use crate::{
    cache::{self, Cache},
    error::Result,
    files, go,
    images::{Entry, Image},
    kubernetes::{api, config, daemon, environment, state},
    part::{Context, Daemon, Part, Readiness},
    paths::Paths,
    process,
    progress::Progress,
};
use async_trait::async_trait;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Its address: a package's name must hold a dot before its first slash, so it cannot be `localhost`.
pub const ADDRESS: &str = "127.0.0.1:5001";

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
        let mut arguments = ["registry", "serve", "--address", ADDRESS, "--disk"].map(str::to_owned).to_vec();
        arguments.push(state(&cx.paths, "registry").display().to_string());
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
    let (program, arguments) = push_command(from, name);
    let cmd = std::iter::once(cx.bin.join(program).display().to_string()).chain(arguments);
    let environment = environment(&cx.paths);
    process::run(&format!("pushing {name}"), cmd, &environment, None, &cx.paths.log("images")).await
}

/// Program and arguments that push a package (`.xpkg`), an image archive or an OCI layout as `org/name:tag`.
pub fn push_command(from: &Path, name: &str) -> (&'static str, Vec<String>) {
    let (file, reference) = (from.display().to_string(), format!("{ADDRESS}/{name}"));
    if from.extension().is_some_and(|end| end == "xpkg") {
        return ("crossplane", ["xpkg", "push", "-f", &file, &reference].map(str::to_owned).to_vec());
    }
    ("crane", ["push", &file, &reference].map(str::to_owned).to_vec())
}

/// Keeps a copy of what was pushed under a name, so that it is there after the registry was started again.
pub async fn keep(paths: &Paths, from: &Path, name: &str) -> Result<()> {
    let folder = state(paths, "pushed");
    files::make_dir(&folder)?;
    let ending = from.extension().map_or(String::new(), |end| format!(".{}", end.to_string_lossy()));
    let copy = folder.join(format!("{}{ending}", cache::key([name])));
    files::remove(&copy)?;
    let cmd = ["cp", "-r", "--reflink=auto", &from.display().to_string(), &copy.display().to_string()];
    process::output(&format!("keeping {name}"), cmd, &[], None).await?;
    let mut all = kept(paths);
    all.insert(name.to_owned(), copy);
    files::write_json(&folder.join("names.json"), &all)
}

fn kept(paths: &Paths) -> BTreeMap<String, PathBuf> {
    files::read_json(&state(paths, "pushed").join("names.json")).unwrap_or_default()
}

async fn pause(cx: &Context) -> Result<PathBuf> {
    let busybox = Path::new("/bin/busybox");
    let image = Image {
        entries: vec![Entry::Copy(busybox, "busybox")],
        entrypoint: vec!["/busybox", "sleep", PAUSE_FOR],
        user: 65_532,
    };
    let content = std::fs::read(busybox).map_err(files::io(busybox))?;
    build(cx, "pause", &cache::key([content.as_slice(), format!("{image:?}").as_bytes()]), &image).await
}

async fn crossplane(cx: &Context) -> Result<PathBuf> {
    // The folder of programs has its content in its name; what it links to has as well.
    let program = std::fs::canonicalize(cx.bin.join("crossplane-core")).map_err(files::io(&cx.bin))?;
    let files = cx.bin.join(go::CROSSPLANE_FILES);
    let (crds, webhooks) = (files.join("crds"), files.join("webhookconfigurations"));
    let certificates = Path::new("/etc/ssl/certs/ca-certificates.crt");
    let image = Image {
        entries: vec![
            Entry::Copy(&program, "usr/local/bin/crossplane"),
            Entry::Copy(&crds, "crds"),
            Entry::Copy(&webhooks, "webhookconfigurations"),
            Entry::Copy(certificates, "etc/ssl/certs/ca-certificates.crt"),
            Entry::Scratch("tmp"),
        ],
        entrypoint: vec!["/usr/local/bin/crossplane"],
        user: 65_532,
    };
    build(cx, "crossplane", &cache::key([program.display().to_string(), format!("{image:?}")]), &image).await
}

async fn build(cx: &Context, name: &str, key: &str, image: &Image<'_>) -> Result<PathBuf> {
    let cache = Cache::new(&cx.paths.cache, &Progress::quiet());
    let build = async |place: &Path| image.write(place);
    cache.ensure("images", &format!("{name}-{key}"), &format!("image {name}"), build).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_pushed_as_packages_and_everything_else_as_images() {
        assert_eq!(push_command(Path::new("a.xpkg"), "o/n:1").0, "crossplane");
        assert_eq!(push_command(Path::new("a.tar"), "o/n:1").0, "crane");
        assert_eq!(push_command(Path::new("layout"), "o/n:1").1, ["push", "layout", "127.0.0.1:5001/o/n:1"]);
    }
}
