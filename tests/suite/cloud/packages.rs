//! The packages of a newer version, under clouds that run.

use super::{
    clouds::{Cloud, PROVIDER, STAGES, SYSTEM, claimed},
    stack::{kubectl, pause},
    token::processes,
};
use crate::world::{checkout, condition, rig};
use rig::{
    cache::Cache,
    lifecycle::block_on,
    packages::{self, Package, Profile},
    progress::Progress,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// The packages of which something runs that clouds depend on.
const REPLACED: [&str; 2] = [PROVIDER, "function-kupenstack"];
/// What is looked at of clouds. Pods and Jobs are another when they are made anew, and so are Secrets.
const OBJECTS: &str = "deployments,statefulsets,daemonsets,jobs,pods,secrets";

fn listed(kinds: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(&kubectl(&["get", kinds, "-A", "-o", "json"])).unwrap();
    all["items"].as_array().unwrap().clone()
}

/// UID and generation of all that clouds are made of, wherever there is a release of Helm's.
fn state() -> BTreeMap<String, String> {
    let namespace = |object: &Value| object["metadata"]["namespace"].as_str().unwrap().to_owned();
    let objects = listed(OBJECTS);
    let records = objects.iter().filter(|object| object["type"] == "helm.sh/release.v1");
    // Crossplane itself is a release of Helm's too.
    let clouds: BTreeSet<String> = records.map(namespace).filter(|one| one != SYSTEM).collect();
    let kinds = STAGES.concat().into_iter().chain(["generatedsecret"]);
    let kinds: Vec<_> = kinds.map(|kind| format!("{kind}.component.kupenstack.io")).collect();
    let components = listed(&kinds.join(","));
    let ours = objects.iter().chain(&components).filter(|object| clouds.contains(&namespace(object)));
    ours.map(|object| {
        let metadata = &object["metadata"];
        let name = format!("{} {} {}", object["kind"], namespace(object), metadata["name"]);
        // A pod's containers can be started anew without another pod.
        let restarts = object["status"]["containerStatuses"].as_array().into_iter().flatten();
        let restarts: i64 = restarts.filter_map(|one| one["restartCount"].as_i64()).sum();
        (name, format!("{} {} {restarts}", metadata["uid"], metadata["generation"]))
    })
    .collect()
}

/// A program that is another one by its bytes, and does the same: what stands behind a program's end is not read.
fn newer(program: &Path, folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let copy = folder.join("kupenstack");
    fs::copy(program, &copy).unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(&copy).unwrap();
    file.write_all(b"a newer version").unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    copy
}

/// Packs and installs the packages with a program, and waits until nothing else runs.
fn replaced(all: &[Package], program: &Path, output: &Path) {
    let progress = Progress::quiet();
    let cache = Cache::new(&rig().paths.cache, &progress);
    let origin = packages::on_the_rig();
    let packed = packages::pack(all, program, checkout(), &cache, output, &origin, &progress);
    for (package, file) in all.iter().zip(block_on(packed).unwrap()) {
        let reference = block_on(packages::install(rig(), package, &file)).unwrap();
        runs_alone(&package.name, &reference);
    }
}

/// Waits until all pods of a package run this image.
fn runs_alone(package: &str, reference: &str) {
    let began = Instant::now();
    loop {
        let pods = kubectl(&["get", "pods", "-n", SYSTEM, "-o", "json"]);
        let pods: Value = serde_json::from_str(&pods).unwrap();
        let images =
            pods["items"].as_array().unwrap().iter().map(|pod| &pod["spec"]["containers"][0]["image"]);
        let images: BTreeSet<_> =
            images.filter_map(Value::as_str).filter(|image| image.contains(package)).collect();
        if images == BTreeSet::from([reference]) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{package} runs as {images:?}");
        pause();
    }
}

/// Has everything looked at by whoever runs now: components at once, and the cloud by a word that is refused and taken back.
fn looked_at(cloud: &Cloud, token: &str) {
    let kinds: Vec<_> =
        STAGES.concat().into_iter().map(|kind| format!("{kind}.component.kupenstack.io")).collect();
    let annotation = format!("crossplane.io/reconcile-requested-at={token}");
    let kinds = kinds.join(",");
    kubectl(&["annotate", &kinds, "--all", "-n", cloud.namespace, "--overwrite", &annotation]);
    let began = Instant::now();
    while !cloud.objects(&kinds).iter().all(|one| one["status"]["lastHandledReconcileAt"] == token) {
        assert!(began.elapsed() < Duration::from_secs(120), "not all were looked at");
        pause();
    }
    cloud.change(json!({"components": {"cindr": {"enabled": true}}}));
    cloud.wait("refused", |cloud| condition(cloud, "Accepted")["status"] == "False");
    cloud.change(json!({"components": {"cindr": null}}));
    cloud.ready();
}

/// Whether the test is over; it also is when it failed.
#[derive(Default)]
struct Done(AtomicBool);

struct End<'a>(&'a Done);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn scenario_22_packages_of_a_newer_version_take_over_running_clouds_and_render_and_make_nothing_anew() {
    let cloud = claimed();
    let mut all = packages::all(checkout()).unwrap();
    all.retain(|package| REPLACED.contains(&package.name.as_str()));
    assert_eq!(all.len(), REPLACED.len());
    let program = block_on(packages::static_program(checkout(), "kupenstack", Profile::Release)).unwrap();
    let folder = std::env::temp_dir().join(format!("kupenstack-newer-{}", std::process::id()));
    let before = state();
    assert!(before.len() > 30, "{before:#?}");
    let done = Done::default();
    let rendered = std::thread::scope(|scope| {
        let end = End(&done);
        let watcher = scope.spawn(|| {
            let mut seen = BTreeSet::new();
            while !done.0.load(Ordering::Relaxed) {
                // A provider that starts asks for Helm's version by a template, too.
                seen.extend(processes(&["helm"]).into_iter().filter(|helm| helm.contains("\0template\0")));
                std::thread::sleep(Duration::from_millis(5));
            }
            seen
        });
        // There, and back again, which is no different.
        for (program, version) in [(newer(&program, &folder), "newer"), (program.clone(), "older")] {
            replaced(&all, &program, &folder.join(version));
            looked_at(&cloud, &format!("{version}-{}", std::process::id()));
            let after = state();
            let changed = |(name, _): &(&String, _)| after.get(*name) != before.get(*name);
            let changed: Vec<_> = before.iter().chain(&after).filter(changed).collect();
            assert!(changed.is_empty(), "before and after the {version} one: {changed:#?}");
        }
        drop(end);
        watcher.join().unwrap()
    });
    fs::remove_dir_all(&folder).unwrap();
    assert!(rendered.is_empty(), "Helm had nothing to do: {rendered:#?}");
}
