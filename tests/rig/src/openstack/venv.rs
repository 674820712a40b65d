//! The virtual environment with the services of a release: from the Python package index, under the
//! release's constraints, with the rig's own drivers and two small patches.

use super::release::{CURRENT, Release, SETUPTOOLS, further};
use crate::{
    cache::{self, Cache},
    error::{Error, Result},
    files::{self, io},
    paths::Paths,
    process,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Debian's own interpreter: another `python3` in front of it in `PATH` may lack venv or be too old.
pub(super) const PYTHON: &str = "/usr/bin/python3";
const OLDEST_PYTHON: &str = "3.11";
const UV: &str = "uv==0.13.8";

/// Text in an installed file that is replaced: file, before, after.
///
/// oslo.messaging looks for the reply of each RPC call every 0.5 s (bug 2035113), and making a server
/// takes about ten of them. A local patch to a dependency: figures of the rig are not another cloud's.
const PATCH: (&str, &str, &str) = (
    "oslo_messaging/_drivers/amqpdriver.py",
    "                time.sleep(0.5)\n",
    "                time.sleep(0.005)\n",
);

/// Nova imports virt drivers from `nova.virt` only.
const VIRT_MODULE: (&str, &str) =
    ("nova/virt/rig.py", "from rig_drivers.compute import RigDriver  # noqa: F401\n");

/// Everything that decides what is installed.
#[derive(Debug)]
struct Recipe {
    constraints: PathBuf,
    drivers: PathBuf,
    packages: Vec<&'static str>,
    python: String,
}

/// The virtual environment of a release's core services, for images.
///
/// # Errors
/// The release is not known here, or can't be installed.
pub async fn provision_release(cache: &Cache, paths: &Paths, release: &str) -> Result<PathBuf> {
    let release = Release::named(release)?;
    provision(cache, paths, release, release.core(), "OpenStack's services").await
}

/// The virtual environment of the core services, built unless the cache has it.
pub async fn provision_venv(cache: &Cache, paths: &Paths) -> Result<PathBuf> {
    provision_release(cache, paths, CURRENT.name).await
}

/// The virtual environment of services beyond the core, for images.
///
/// # Errors
/// They can't be installed.
pub async fn provision_further(cache: &Cache, paths: &Paths) -> Result<PathBuf> {
    provision(cache, paths, &CURRENT, further(), "OpenStack's further services").await
}

async fn provision(
    cache: &Cache,
    paths: &Paths,
    release: &Release,
    packages: Vec<&'static str>,
    what: &str,
) -> Result<PathBuf> {
    let recipe = Recipe {
        constraints: release.constraints(paths),
        drivers: paths.checkout.join("tests/rig/drivers"),
        packages,
        python: python().await?,
    };
    let (key, what) = (recipe.key()?, format!("{what}, release {}", release.name));
    let log = cache.log("venv", &key);
    cache.ensure_in_place("venv", &key, &what, async |at: &Path| recipe.build(at, &log).await).await
}

/// A key over the services' versions alone: databases stay as they are when only a driver changes.
pub(super) fn release_key(paths: &Paths) -> Result<String> {
    Ok(cache::key([files::read(&CURRENT.constraints(paths))?, CURRENT.core().join(" ")]))
}

async fn python() -> Result<String> {
    let ask = [PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"];
    let help =
        || format!("install Python {OLDEST_PYTHON} or later with its venv module (Debian: python3-venv)");
    let version = process::output("ask Python's version", ask, &[], None).await;
    let version = version.map_err(|why| Error::Machine { what: format!("{PYTHON}: {why}"), help: help() })?;
    let number =
        |text: &str| text.trim().split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>();
    if number(&version) < number(OLDEST_PYTHON) {
        return Err(Error::Machine { what: format!("{PYTHON} is {}", version.trim()), help: help() });
    }
    Ok(version.trim().to_owned())
}

impl Recipe {
    fn key(&self) -> Result<String> {
        let mut parts = vec![files::read(&self.constraints)?, self.packages.join(" "), self.python.clone()];
        parts.extend([UV.to_owned(), format!("{PATCH:?}{VIRT_MODULE:?}")]);
        for path in self.sources()? {
            parts.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
            parts.push(files::read(&path)?);
        }
        Ok(cache::key(parts))
    }

    /// The files of the drivers' package, sorted.
    fn sources(&self) -> Result<Vec<PathBuf>> {
        let package = self.drivers.join("rig_drivers");
        let mut paths = vec![self.drivers.join("pyproject.toml")];
        for entry in fs::read_dir(&package).map_err(io(&package))? {
            paths.push(entry.map_err(io(&package))?.path());
        }
        paths.retain(|path| path.extension().is_some_and(|end| end == "py" || end == "toml"));
        paths.sort();
        Ok(paths)
    }

    async fn build(&self, at: &Path, log: &Path) -> Result<()> {
        let program = |name: &str| at.join("bin").join(name).display().to_string();
        let place = at.display().to_string();
        process::run("make a virtual environment", [PYTHON, "-m", "venv", &place], &[], None, log).await?;
        let pip = [&program("pip"), "install", "--quiet", "--disable-pip-version-check", UV];
        process::run("install uv", pip, &[], None, log).await?;
        let (uv, constraints) = (program("uv"), self.constraints.display().to_string());
        let build = at.join("src/build-constraints.txt");
        files::write(&build, SETUPTOOLS)?;
        let build = build.display().to_string();
        let mut services = vec![uv.as_str(), "pip", "install", "--quiet"];
        services.extend(["--constraint", &constraints, "--build-constraints", &build]);
        services.extend(&self.packages);
        let env = [("VIRTUAL_ENV", place.as_str()), ("UV_LINK_MODE", "copy")];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        process::run("install OpenStack's services", services, &env, None, log).await?;
        self.add_drivers(at, &uv, &env, log).await?;
        let library = site_packages(at)?;
        self.patch(&library)?;
        // Some packages bring templates that are no Python; what can be compiled is.
        let compile =
            [&program("python"), "-m", "compileall", "-q", "-j", "0", &library.display().to_string()];
        drop(process::run("byte-compile", compile, &[], None, log).await);
        Ok(())
    }

    /// From a copy: setuptools would leave its own folders in the checkout.
    async fn add_drivers(&self, at: &Path, uv: &str, env: &[(String, String)], log: &Path) -> Result<()> {
        let copy = at.join("src/rig-drivers");
        for path in self.sources()? {
            let inner = path.strip_prefix(&self.drivers).unwrap_or(&path);
            files::write(&copy.join(inner), files::read(&path)?)?;
        }
        let place = copy.display().to_string();
        let words = [uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", &place];
        process::run("install the rig's drivers", words, env, None, log).await
    }

    fn patch(&self, library: &Path) -> Result<()> {
        let (file, before, after) = PATCH;
        let path = library.join(file);
        files::write(
            &path,
            replaced(&files::read(&path)?, before, after).ok_or_else(|| {
                broken(format!(
                    "{} no longer holds {:?}: see whether the patch is still needed",
                    path.display(),
                    before.trim()
                ))
            })?,
        )?;
        let (module, text) = VIRT_MODULE;
        let nova = self.packages.iter().any(|package| package.starts_with("nova=="));
        if nova { files::write(&library.join(module), text) } else { Ok(()) }
    }
}

fn site_packages(at: &Path) -> Result<PathBuf> {
    let lib = at.join("lib");
    for entry in fs::read_dir(&lib).map_err(io(&lib))? {
        let place = entry.map_err(io(&lib))?.path().join("site-packages");
        if place.is_dir() {
            return Ok(place);
        }
    }
    Err(broken(format!("no site-packages under {}", lib.display())))
}

/// The text with its one occurrence of `before` replaced.
fn replaced(text: &str, before: &str, after: &str) -> Option<String> {
    (text.matches(before).count() == 1).then(|| text.replace(before, after))
}

fn broken(why: String) -> Error {
    Error::Command { what: "patch OpenStack".to_owned(), why, log: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_that_finds_its_text_nowhere_or_twice_is_not_made() {
        assert_eq!(replaced("a b c", "b", "x").as_deref(), Some("a x c"));
        assert_eq!(replaced("a c", "b", "x"), None);
        assert_eq!(replaced("b b", "b", "x"), None);
    }
}
