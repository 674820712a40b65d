//! What scripts of OpenStack-Helm's charts need that ours do without, and Debian has no package of.

use crate::{
    cache::{self, Cache},
    error::Result,
    images::{Entry, Layer},
    process,
};
use std::path::Path;

/// Whose image: the controller that says which database server is the primary one is a Python program there.
pub(super) const PROJECT: &str = "mariadb";
/// What it talks to Kubernetes with. What that needs is in Debian's packages.
const PACKAGE: &str = "pykube-ng==23.6.0";
/// Where Debian's Python finds its module, whatever Python's version.
const AT: &str = "usr/lib/python3/dist-packages/pykube";

/// The layer with it, made unless the cache has it; by the pip of a virtual environment.
pub(super) async fn provide(cache: &Cache, venv: &Path) -> Result<Layer> {
    let key = cache::key([PACKAGE]);
    let log = cache.log("scripts", &key);
    let pip = venv.join("bin/pip").display().to_string();
    let build = async |place: &Path| {
        let to = place.display().to_string();
        let words = [
            &pip,
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--target",
            &to,
            PACKAGE,
        ];
        process::run("install what charts' scripts need", words, &[], None, &log).await
    };
    let place = cache.ensure("scripts", &key, PACKAGE, build).await?;
    let module = place.join("pykube");
    let entries = [Entry::Copy(&module, AT)];
    Layer::provide(cache, "scripts", &cache::key([format!("{entries:?}")]), &entries).await
}
