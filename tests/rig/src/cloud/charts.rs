//! The charts of `tests/charts`, or those in place of them, packaged and offered in all ways that a component can name one: from the registry, and
//! as a file or a repository on the rig's web server.

use super::chart_source::{ChartSource, libraries};
use crate::{
    cache::{self, Cache},
    error::{Error, Result},
    files::{self, io},
    handle::Rig,
    openstack, process,
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

/// Packages the charts that the cache lacks, pushes all, and puts them on the web server.
///
/// # Errors
/// Helm refuses a chart, or the registry does not take it.
pub async fn charts(rig: &Rig, progress: &Progress) -> Result<Vec<Chart>> {
    let source = ChartSource::of(&rig.paths)?;
    let organisation = source.organisation;
    let cache = Cache::new(&rig.paths.cache, progress);
    let web = openstack::web_root(&rig.paths).join(organisation);
    files::make_dir(&web)?;
    let mut all = Vec::new();
    for name in source.names()? {
        let file = package(&cache, &rig.settings.bin, &source.folder, &name).await?;
        let version = version(&file, &name)?;
        rig.push_image(&file, &format!("{organisation}/{name}:{version}")).await?;
        let file_name = format!("{name}-{version}.tgz");
        let at = web.join(&file_name);
        fs::copy(&file, &at).map_err(io(&at))?;
        all.push(Chart {
            oci: source.oci(&name),
            url: openstack::web_url(&format!("{organisation}/{file_name}")),
            name,
            version,
            file,
        });
    }
    let helm = rig.settings.bin.join("helm").display().to_string();
    let (folder, url) = (web.display().to_string(), openstack::web_url(organisation));
    process::output("helm repo index", [&helm, "repo", "index", &folder, "--url", &url], &[], None).await?;
    Ok(all)
}

/// From a copy in which times are fixed, since a chart that is packaged again must have the digest that it had: a
/// provider refuses other bytes under the same version. The library is a link in each of our charts, and is copied with
/// it; where a chart names one that lies beside it, that is copied into it, so that helm has nothing to fetch.
async fn package(cache: &Cache, bin: &Path, folder: &Path, name: &str) -> Result<PathBuf> {
    let from = folder.join(name);
    let parts = parts(&from, name)?;
    let mut key = vec![bin.display().to_string().into_bytes()];
    for (file, at) in &parts {
        key.push(at.display().to_string().into_bytes());
        key.push(fs::read(file).map_err(io(file))?);
    }
    let build = async |place: &Path| {
        let copy = place.join("source");
        copy_all(&parts, &copy)?;
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

/// Files of a chart with the libraries that lie beside it, and where they go.
fn parts(chart: &Path, name: &str) -> Result<Vec<(PathBuf, PathBuf)>> {
    let libraries = libraries(chart)?;
    // What somebody's helm put there for the same libraries.
    let fetched =
        |file: &Path| !libraries.is_empty() && (file.starts_with("charts") || file.ends_with("Chart.lock"));
    let mut all = Vec::new();
    for file in tree(chart)?.into_iter().filter(|file| !fetched(file)) {
        all.push((chart.join(&file), Path::new(name).join(file)));
    }
    for (library, folder) in &libraries {
        let at = Path::new(name).join("charts").join(library);
        all.extend(tree(folder)?.into_iter().map(|file| (folder.join(&file), at.join(file))));
    }
    Ok(all)
}

fn copy_all(parts: &[(PathBuf, PathBuf)], to: &Path) -> Result<()> {
    for (file, at) in parts {
        let at = to.join(at);
        files::make_dir(at.parent().unwrap_or(to))?;
        fs::copy(file, &at).map_err(io(&at))?;
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
    fn a_library_beside_a_chart_is_packaged_into_it_in_place_of_what_was_fetched() {
        let root = std::env::temp_dir().join(format!("rig-parts-{}", std::process::id()));
        let chart =
            "name: nova\ndependencies: [{name: helm-toolkit, repository: 'file://../helm-toolkit'}]\n";
        files::write(&root.join("nova/Chart.yaml"), chart).unwrap();
        files::write(&root.join("nova/Chart.lock"), "").unwrap();
        files::write(&root.join("nova/charts/helm-toolkit-1.tgz"), "").unwrap();
        files::write(&root.join("helm-toolkit/Chart.yaml"), "name: helm-toolkit\n").unwrap();
        let at: Vec<_> = parts(&root.join("nova"), "nova").unwrap().into_iter().map(|(_, at)| at).collect();
        assert_eq!(at, ["nova/Chart.yaml", "nova/charts/helm-toolkit/Chart.yaml"].map(PathBuf::from));
        files::remove(&root).unwrap();
    }

    #[test]
    fn the_version_is_what_helm_named_the_file_after() {
        assert_eq!(version(Path::new("/c/nova-2026.1.0.tgz"), "nova").unwrap(), "2026.1.0");
        assert!(version(Path::new("/c/other-1.tgz"), "nova").is_err());
    }
}
