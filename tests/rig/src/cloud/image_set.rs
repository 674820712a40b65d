//! The images of one release: one root file system and one virtual environment under all of them, so that each project
//! adds a few kilobytes, and a node pulls the rest once.

use super::{
    chart_source::ChartSource,
    entrypoint,
    projects::{Base, Project, Set},
    root, scripts,
};
use crate::{
    cache::{self, Cache},
    error::Result,
    handle::Rig,
    images::{Entry, Image, Layer, Owner},
    kubernetes,
    openstack::RELEASE,
    paths::Paths,
    preflight,
    progress::Progress,
};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

/// The organisation in the registry.
const ORGANISATION: &str = "openstack";
/// What follows the release in a tag: the images' builder.
pub const DISTRIBUTION: &str = "rig";
/// Where the virtual environment is in an image.
const ENVIRONMENT: &str = "/var/lib/openstack";
const PATH: &str = "/var/lib/openstack/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Where pods pull images from, as `images.registry` of a cloud has it.
pub fn registry() -> String {
    format!("{}/{ORGANISATION}", kubernetes::registry_on_the_bridge())
}

/// The name of a project's image for pods.
pub fn reference(project: &str, release: &str) -> String {
    format!("{}/{}", kubernetes::registry_on_the_bridge(), name(project, release))
}

fn name(project: &str, release: &str) -> String {
    format!("{ORGANISATION}/{project}:{release}-{DISTRIBUTION}")
}

/// Builds the images of a release's core services unless the cache has them, and pushes them; returns their names for
/// pods. Must be called outside the rig's namespace: from inside, neither Debian nor the package index is reached.
///
/// # Errors
/// Something can't be built or pushed.
pub async fn images(rig: &Rig, release: &str, progress: &Progress) -> Result<Vec<String>> {
    pushed(rig, Set::Core, release, progress).await
}

/// The same of services beyond the core, which are of the release that rigs run.
///
/// # Errors
/// Something can't be built or pushed.
pub async fn further_images(rig: &Rig, progress: &Progress) -> Result<Vec<String>> {
    pushed(rig, Set::Further, RELEASE, progress).await
}

async fn pushed(rig: &Rig, set: Set, release: &str, progress: &Progress) -> Result<Vec<String>> {
    preflight::space(&rig.paths, preflight::IMAGES_GIB)?;
    let built = build(&rig.paths, set, release, progress).await?;
    let step = progress.step("push images of OpenStack's services", "pushing images");
    let mut references = Vec::new();
    for (project, layout) in built {
        let name = name(project.name, release);
        let before = kubernetes::kept_at(&rig.paths, &name);
        rig.push_image(&layout, &name).await?;
        let reference = reference(project.name, release);
        if before.is_some_and(|before| before != layout) {
            forget(rig, &reference).await?;
        }
        references.push(reference);
    }
    step.done();
    Ok(references)
}

/// Has the node pull an image again: its name is the same, and charts let a node keep what it has under a name.
async fn forget(rig: &Rig, reference: &str) -> Result<()> {
    let socket = rig.paths.run().join("containerd.sock").display().to_string();
    let words = ["--address", &socket, "--namespace", "k8s.io", "images", "remove", reference];
    rig.run("ctr", &words).await.map(drop)
}

async fn build(
    paths: &Paths,
    set: Set,
    release: &str,
    progress: &Progress,
) -> Result<Vec<(&'static Project, PathBuf)>> {
    let cache = Cache::new(&paths.cache, progress);
    // First, so that an unknown release is refused before anything is built.
    let venv = set.environment(&cache, paths, release).await?;
    let debian = root::provide(&cache, progress).await?;
    let environment = environment(&cache, &venv).await?;
    let program = entrypoint::provide(&cache, &paths.checkout).await?;
    let foreign = ChartSource::of(paths)?.foreign;
    let mut built = Vec::new();
    for project in set.projects() {
        let own = own_layer(&cache, project, &venv, &program).await?;
        let mut layers = match project.base {
            Base::Nothing => vec![own],
            Base::Debian => vec![debian.clone(), own],
            Base::OpenStack => vec![debian.clone(), environment.clone(), own],
        };
        if foreign && project.name == scripts::PROJECT {
            layers.push(scripts::provide(&cache, &venv).await?);
        }
        let image = Image {
            layers: &layers,
            entrypoint: &[],
            environment: &[("PATH", PATH), ("LC_ALL", "C.UTF-8")],
            user: project.user.1,
        };
        built.push((project, image.provide(&cache, project.name).await?));
    }
    Ok(built)
}

async fn environment(cache: &Cache, venv: &Path) -> Result<Layer> {
    let entries = [Entry::Environment(venv, ENVIRONMENT)];
    // The folder has its content in its name.
    let key = cache::key([format!("{entries:?}{REVISION}")]);
    Layer::provide(cache, "openstack", &key, &entries).await
}

/// Counts up when the same virtual environment is packed in another way.
const REVISION: u8 = 1;

async fn own_layer(cache: &Cache, project: &Project, venv: &Path, program: &Path) -> Result<Layer> {
    // What a package brings beside its code: routes, policies, definitions.
    let (etc, at) = (venv.join("etc").join(project.name), format!("etc/{}", project.name));
    let mut entries = Vec::new();
    if project.base == Base::Nothing {
        entries.push(Entry::Copy(program, "usr/local/bin/kubernetes-entrypoint"));
    } else {
        entries.extend(accounts(project.user));
    }
    if etc.is_dir() {
        entries.push(Entry::Copy(&etc, &at));
    }
    entries.extend(project.folders.iter().map(|at| Entry::Folder(at, Owner(project.user.1))));
    let key = cache::key([format!("{entries:?}")]);
    Layer::provide(cache, project.name, &key, &entries).await
}

/// The own user first, for programs that look for a name by its number; then the owners of packages' files.
fn accounts((name, id): (&str, u32)) -> [Entry<'static>; 3] {
    let others = [("root", 0), ("www-data", 33), ("nobody", 65_534)];
    let all = std::iter::once((name, id)).chain(others.into_iter().filter(|(other, _)| *other != name));
    let (mut passwd, mut group, mut shadow) = (String::new(), String::new(), String::new());
    for (name, id) in all {
        let home = if id == 0 { "/root".to_owned() } else { format!("/var/lib/{name}") };
        // Writing to a String does not fail.
        let _ = writeln!(passwd, "{name}:x:{id}:{id}::{home}:/bin/bash");
        let _ = writeln!(group, "{name}:x:{id}:");
        let _ = writeln!(shadow, "{name}:*:20000:0:99999:7:::");
    }
    [
        Entry::Text("etc/passwd", passwd, 0o644),
        Entry::Text("etc/group", group, 0o644),
        Entry::Text("etc/shadow", shadow, 0o600),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_finds_its_own_user_first_and_no_name_twice() {
        let [Entry::Text("etc/passwd", passwd, 0o644), ..] = accounts(("nova", 42_424)) else { panic!() };
        assert!(passwd.starts_with("nova:x:42424:42424::/var/lib/nova:/bin/bash\nroot:x:0:0:"));
        let [Entry::Text(_, passwd, _), ..] = accounts(("nobody", 65_534)) else { panic!() };
        assert_eq!(passwd.lines().filter(|line| line.starts_with("nobody:")).count(), 1);
    }

    #[test]
    fn images_are_named_as_a_cloud_with_this_registry_and_distribution_asks_for_them() {
        assert_eq!(reference("nova", "2025.2"), "10.85.0.1:5001/openstack/nova:2025.2-rig");
        assert_eq!(registry(), "10.85.0.1:5001/openstack");
    }
}
