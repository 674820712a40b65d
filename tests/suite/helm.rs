//! The provider's own way to run Helm, with the real one: confined, and without a cluster.

use crate::world::{checkout, rig};
use kupenstack::kubernetes::helm::{Helm, Program, Template};
use rig::lifecycle::block_on;
use std::{fs, path::PathBuf};

fn helm() -> PathBuf {
    let environment = rig().environment();
    let (_, path) = environment.iter().find(|(name, _)| name == "PATH").unwrap();
    let mut all = std::env::split_paths(path).map(|folder| folder.join("helm"));
    all.find(|file| file.is_file()).unwrap()
}

/// Pins what the chart would make at random.
const VALUES: &str = r#"{"endpoints": {"oslo_cache": {"auth": {"memcache_secret_key": "k"}}}}"#;

#[test]
fn the_largest_chart_renders_confined_as_it_does_unconfined() {
    let home = std::env::temp_dir().join(format!("kupenstack-helm-suite-{}", std::process::id()));
    fs::create_dir_all(&home).unwrap();
    let (folder, place) = (checkout().join("tests/charts"), home.display().to_string());
    let chart = folder.join("nova").display().to_string();
    block_on(rig().run("helm", &["package", &chart, "-d", &place])).unwrap();
    let packaged = home.join("nova-2026.1.0.tgz");
    let rendered = block_on(async {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_kupenstack"));
        let helm = Program::find(helm(), program, home.clone()).await.unwrap();
        let (values, kube_version) = (VALUES.into(), "v1.36.3");
        let template =
            Template { release: "nova", namespace: "n", chart: &packaged, values: &values, kube_version };
        Ok(helm.template(&template).await.unwrap())
    })
    .unwrap();
    let packaged = packaged.display().to_string();
    let pinned = "endpoints.oslo_cache.auth.memcache_secret_key=k";
    let plain = ["template", "nova", &packaged, "-n", "n", "--kube-version", "v1.36.3", "--set", pinned];
    let plain = block_on(rig().run("helm", &plain)).unwrap();
    assert!(rendered.trim() == plain.trim(), "the confined one differs");
    fs::remove_dir_all(home).unwrap();
}
