//! The program of the charts' init containers (`tests/rig/entrypoint`): static, so that its image holds nothing else.

use crate::{
    cache::{self, Cache},
    error::Result,
    files::{self, io},
    packages::{self, Profile},
};
use std::path::{Path, PathBuf};

const NAME: &str = "kubernetes-entrypoint";

/// The program, built unless the cache has it.
///
/// # Errors
/// It does not compile.
pub(super) async fn provide(cache: &Cache, checkout: &Path) -> Result<PathBuf> {
    let folder = checkout.join("tests/rig/entrypoint");
    let mut parts =
        vec![files::read(&checkout.join("Cargo.lock"))?, files::read(&folder.join("Cargo.toml"))?];
    for file in sources(&folder.join("src"))? {
        parts.push(files::read(&file)?);
    }
    let build = async |place: &Path| {
        let program = packages::static_program(checkout, NAME, Profile::Release).await?;
        let at = place.join(NAME);
        std::fs::copy(&program, &at).map(drop).map_err(io(&at))
    };
    let place = cache.ensure("entrypoint", &cache::key(parts), NAME, build).await?;
    Ok(place.join(NAME))
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(io(folder))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}
