//! Programs that check the tree, installed once and kept by version.

use crate::{cache::Cache, error::Result, process, progress::Progress};
use std::path::{Path, PathBuf};

const DENY: &str = "0.20.2";
const TYPOS: &str = "1.52.0";

/// Where they are.
pub struct Tools {
    /// Licences, bans and sources of dependencies.
    pub deny: PathBuf,
    /// Spelling.
    pub typos: PathBuf,
}

/// Installs what is missing.
pub async fn provide(root: &Path, progress: &Progress) -> Result<Tools> {
    let cache = Cache::new(root, progress);
    let log = cache.log("cargo-deny", DENY);
    let deny =
        cache.ensure("cargo-deny", DENY, "cargo-deny", async |folder: &Path| cargo_deny(folder, &log).await);
    let deny = deny.await?;
    let log = cache.log("typos", TYPOS);
    let typos =
        cache.ensure_in_place("typos", TYPOS, "typos", async |folder: &Path| typos(folder, &log).await);
    Ok(Tools { deny: deny.join("bin/cargo-deny"), typos: typos.await?.join("bin/typos") })
}

async fn cargo_deny(folder: &Path, log: &Path) -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let root = folder.display().to_string();
    let command = [&cargo, "install", "--locked", "--root", &root, "--version", DENY, "cargo-deny"];
    // It runs for a second: that it builds in half the time is worth more than that it is quick.
    let quick = [("CARGO_PROFILE_RELEASE_LTO", "off"), ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")];
    let quick = quick.map(|(name, value)| (name.to_owned(), value.to_owned()));
    process::run("cargo install cargo-deny", command, &quick, None, log).await
}

async fn typos(folder: &Path, log: &Path) -> Result<()> {
    let venv = folder.display().to_string();
    process::run("python3 -m venv", ["python3", "-m", "venv", &venv], &[], None, log).await?;
    let pip = folder.join("bin/pip").display().to_string();
    let wanted = format!("typos=={TYPOS}");
    let command = [&pip, "install", "--quiet", "--disable-pip-version-check", &wanted];
    process::run("pip install typos", command, &[], None, log).await
}
