//! The package: what Crossplane made from it, what the official CLI says of it, and that every build is the same.

use crate::world::{checkout, condition, world};
use rig::{lifecycle::block_on, packages::Profile};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{fs, io::Read, path::Path, process::Command};

fn object(arguments: &[&str]) -> Value {
    serde_json::from_str(&world().kubectl(&[arguments, &["-o", "json"]].concat())).unwrap()
}

#[test]
fn run_1_crossplane_installs_it_and_runs_it_without_arguments_and_not_as_root() {
    let provider = object(&["get", "provider.pkg.crossplane.io", "provider-kupenstack"]);
    for r#type in ["Installed", "Healthy"] {
        assert_eq!(condition(&provider, r#type)["status"], "True", "{provider:#}");
    }
    let pods = object(&[
        "get",
        "pods",
        "-n",
        "crossplane-system",
        "-l",
        "pkg.crossplane.io/provider=provider-kupenstack",
    ]);
    let running: Vec<_> = pods["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["metadata"]["deletionTimestamp"].is_null())
        .collect();
    assert_eq!(running.len(), 1);
    let container = &running[0]["spec"]["containers"][0];
    assert_eq!(container["image"].as_str().unwrap(), world().reference, "just what we built");
    assert!(
        container["args"].is_null() && container["command"].is_null(),
        "RUN-1: it starts without arguments"
    );
    assert_eq!(container["securityContext"]["runAsNonRoot"], true);
}

/// Files of an archive by name; layers are archives themselves.
fn unpacked(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![];
    for entry in tar::Archive::new(archive).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().display().to_string();
        let mut bytes = vec![];
        entry.read_to_end(&mut bytes).unwrap();
        files.push((path, bytes));
    }
    files
}

#[test]
fn run_6_the_image_is_small_has_no_shell_and_runs_one_static_program_not_as_root() {
    let package = fs::read(&world().package).unwrap();
    assert!(package.len() <= 30 << 20, "{} bytes", package.len());
    let files = unpacked(&package);
    let manifest = files.iter().find(|(name, _)| name == "manifest.json").unwrap();
    let manifest: Value = serde_json::from_slice(&manifest.1).unwrap();
    let file = |name: &Value| &files.iter().find(|(file, _)| name == file.as_str()).unwrap().1;
    let config: Value = serde_json::from_slice(file(&manifest[0]["Config"])).unwrap();
    assert_eq!(config["config"]["User"], "65532:65532");
    assert_eq!(config["config"]["Entrypoint"], json!(["/usr/local/bin/kupenstack"]));
    let mut inside = vec![];
    for layer in manifest[0]["Layers"].as_array().unwrap() {
        let mut bytes = vec![];
        flate2::read::GzDecoder::new(file(layer).as_slice()).read_to_end(&mut bytes).unwrap();
        inside.extend(unpacked(&bytes));
    }
    let names: Vec<_> =
        inside.iter().filter(|(_, bytes)| !bytes.is_empty()).map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["etc/ssl/certs/ca-certificates.crt", "usr/local/bin/kupenstack", "package.yaml"]);
    let program = &inside.iter().find(|(name, _)| name.ends_with("bin/kupenstack")).unwrap().1;
    assert!(program.starts_with(b"\x7fELF"));
    let loader = b"/lib64/ld-linux";
    assert!(!program.windows(loader.len()).any(|part| part == loader), "it needs no dynamic loader");
}

#[test]
fn gate_1_every_kind_becomes_a_managed_resource_definition_and_starts_once_it_is_there() {
    for crd in fs::read_dir(checkout().join("crds")).unwrap() {
        let text = fs::read_to_string(crd.unwrap().path()).unwrap();
        let name = text.lines().find_map(|line| line.strip_prefix("  name: ")).unwrap().to_owned();
        if name.ends_with(".network.kupenstack.io") {
            let definition = object(&["get", "managedresourcedefinition", &name]);
            assert_eq!(definition["spec"]["state"], "Active");
            assert_eq!(condition(&definition, "Established")["status"], "True", "{definition:#}");
        }
    }
}

#[test]
fn the_official_cli_reads_it_and_finds_our_examples_valid() {
    let folder = std::env::temp_dir().join(format!("kupenstack-cli-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let shown = |path: &Path| path.display().to_string();
    let cache = shown(&folder.join("cache"));
    for examples in ["identity", "network", "compute", "blockstorage", "image", "quickstart"] {
        let (crds, examples) =
            (shown(&checkout().join("crds")), shown(&checkout().join("examples").join(examples)));
        // The CLI wants a package for Crossplane's own schemas, which no example of ours uses: any package does.
        let arguments = [
            "resource",
            "validate",
            &crds,
            &examples,
            "--error-on-missing-schemas",
            "--cache-dir",
            &cache,
            "--crossplane-image",
            &world().reference,
        ];
        let said = block_on(world().rig.crossplane(&arguments)).unwrap();
        assert!(said.contains("0 missing schemas") && said.contains("0 failure"), "{said}");
    }
    let extracted = shown(&folder.join("package.gz"));
    block_on(world().rig.crossplane(&[
        "xpkg",
        "extract",
        "--from-xpkg",
        &shown(&world().package),
        "-o",
        &extracted,
    ]))
    .unwrap();
    assert!(fs::metadata(&extracted).unwrap().len() > 1000);
    fs::remove_dir_all(&folder).unwrap();
}

/// In a copy of the checkout at another path, with the dependencies that are built already.
#[test]
fn another_checkout_at_another_path_gives_the_same_package() {
    let copy = std::env::temp_dir().join(format!("kupenstack-copy-{}", std::process::id()));
    let run = |program: &str, arguments: &[&str], folder: &Path| {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(folder)
            .env_remove("CARGO_TARGET_DIR")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output.stdout
    };
    let files = run("git", &["ls-files", "-co", "--exclude-standard", "-z"], checkout());
    for file in files.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let file = std::str::from_utf8(file).unwrap();
        if checkout().join(file).exists() {
            fs::create_dir_all(copy.join(file).parent().unwrap()).unwrap();
            let from = checkout().join(file);
            match fs::read_link(&from) {
                Ok(target) => std::os::unix::fs::symlink(target, copy.join(file)).unwrap(),
                Err(_) => fs::copy(&from, copy.join(file)).map(drop).unwrap(),
            }
        }
    }
    let target = world().package.parent().unwrap();
    fs::create_dir_all(copy.join("target")).unwrap();
    for built in ["release", "x86_64-unknown-linux-gnu"] {
        run("cp", &["-a", &target.join(built).display().to_string(), "target/"], &copy);
    }
    let again = block_on(rig::provider::package(&copy, Profile::Release)).unwrap();
    let digest = |path: &Path| Sha256::digest(fs::read(path).unwrap());
    let (ours, theirs) = (digest(&world().package), digest(&again));
    fs::remove_dir_all(&copy).unwrap();
    assert_eq!(ours, theirs);
}
