//! The charts of `tests/charts`, packaged and offered in all ways that a component can name one: from the registry, and
//! as a file or a repository on the rig's web server.

use crate::{
    cache::{self, Cache},
    error::{Error, Result},
    files::{self, io},
    handle::Rig,
    kubernetes, openstack, process,
    progress::Progress,
};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// A chart that pods and providers can fetch.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The packaged chart in the cache.
    pub file: PathBuf,
    /// Where it is in the registry, without a tag.
    pub oci: String,
    /// Where it is on the web server, which is also a chart repository.
    pub url: String,
}

/// The organisation in the registry.
const ORGANISATION: &str = "charts";

/// Packages the charts that the cache lacks, pushes all, and puts them on the web server.
///
/// # Errors
/// Helm refuses a chart, or the registry does not take it.
pub async fn charts(rig: &Rig, progress: &Progress) -> Result<Vec<Chart>> {
    let folder = rig.paths.checkout.join("tests/charts");
    let cache = Cache::new(&rig.paths.cache, progress);
    let web = openstack::web_root(&rig.paths).join(ORGANISATION);
    files::make_dir(&web)?;
    let mut all = Vec::new();
    for name in names(&folder)? {
        let file = package(&cache, &rig.settings.bin, &folder, &name).await?;
        let version = version(&file, &name)?;
        rig.push_image(&file, &format!("{ORGANISATION}/{name}:{version}")).await?;
        let file_name = format!("{name}-{version}.tgz");
        let at = web.join(&file_name);
        fs::copy(&file, &at).map_err(io(&at))?;
        all.push(Chart {
            oci: format!("oci://{}/{ORGANISATION}/{name}", kubernetes::registry_on_the_bridge()),
            url: openstack::web_url(&format!("{ORGANISATION}/{file_name}")),
            name,
            version,
            file,
        });
    }
    let helm = rig.settings.bin.join("helm").display().to_string();
    let (folder, url) = (web.display().to_string(), openstack::web_url(ORGANISATION));
    process::output("helm repo index", [&helm, "repo", "index", &folder, "--url", &url], &[], None).await?;
    Ok(all)
}

/// Folders with a chart that can be installed: a library's templates are for the others.
fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let entry = entry.map_err(io(folder))?;
        let chart = fs::read_to_string(entry.path().join("Chart.yaml")).unwrap_or_default();
        if !chart.is_empty() && !chart.lines().any(|line| line.trim() == "type: library") {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// From a copy in which times are fixed, since a chart that is packaged again must have the digest that it had: a
/// provider refuses other bytes under the same version. The library is a link in each chart, and is copied with it.
async fn package(cache: &Cache, bin: &Path, folder: &Path, name: &str) -> Result<PathBuf> {
    let from = folder.join(name);
    let mut key = vec![bin.display().to_string().into_bytes()];
    for file in tree(&from)? {
        key.push(file.display().to_string().into_bytes());
        key.push(fs::read(from.join(&file)).map_err(io(&file))?);
    }
    let build = async |place: &Path| {
        let copy = place.join("source");
        copy_tree(&from, &copy.join(name))?;
        let (helm, source) = (bin.join("helm").display().to_string(), copy.join(name).display().to_string());
        let to = place.display().to_string();
        process::output(&format!("helm package {name}"), [&helm, "package", &source, "-d", &to], &[], None)
            .await?;
        files::remove(&copy)
    };
    let key = format!("{name}-{}", cache::key(key));
    let place = cache.ensure("charts", &key, &format!("chart {name}"), build).await?;
    let packaged = fs::read_dir(&place).map_err(io(&place))?.flatten().map(|entry| entry.path());
    packaged.into_iter().find(|path| path.extension().is_some_and(|end| end == "tgz")).ok_or_else(|| {
        Error::Machine {
            what: format!("{} holds no chart", place.display()),
            help: "remove the folder: the chart is packaged anew".to_owned(),
        }
    })
}

/// Helm names the file after chart and version.
fn version(file: &Path, name: &str) -> Result<String> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let version = stem.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
    version.map(str::to_owned).ok_or_else(|| Error::Machine {
        what: format!("the chart in {name} calls itself {stem}"),
        help: "a chart's folder has its name".to_owned(),
    })
}

/// The files of a folder, relative to it, in order; links are followed.
fn tree(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let path = entry.map_err(io(folder))?.path();
        if path.is_dir() {
            let name = PathBuf::from(path.file_name().unwrap_or_default());
            found.extend(tree(&path)?.into_iter().map(|inner| name.join(inner)));
        } else if path.is_file() {
            found.push(PathBuf::from(path.file_name().unwrap_or_default()));
        }
    }
    found.sort();
    Ok(found)
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    for file in tree(from)? {
        let at = to.join(&file);
        files::make_dir(at.parent().unwrap_or(to))?;
        fs::copy(from.join(&file), &at).map_err(io(&at))?;
        let open = File::options().write(true).open(&at).map_err(io(&at))?;
        open.set_modified(SystemTime::UNIX_EPOCH + DAY).map_err(io(&at))?;
    }
    Ok(())
}

/// Not the epoch itself, which helm takes for no time.
const DAY: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_no_chart_to_install_and_nor_is_a_folder_without_a_chart() {
        let root = std::env::temp_dir().join(format!("rig-charts-{}", std::process::id()));
        files::write(&root.join("nova/Chart.yaml"), "name: nova\n").unwrap();
        files::write(&root.join("toolkit/Chart.yaml"), "name: toolkit\ntype: library\n").unwrap();
        files::write(&root.join("values/nova.yaml"), "").unwrap();
        assert_eq!(names(&root).unwrap(), ["nova"]);
        files::remove(&root).unwrap();
    }

    #[test]
    fn the_version_is_what_helm_named_the_file_after() {
        assert_eq!(version(Path::new("/c/nova-2026.1.0.tgz"), "nova").unwrap(), "2026.1.0");
        assert!(version(Path::new("/c/other-1.tgz"), "nova").is_err());
    }
}
