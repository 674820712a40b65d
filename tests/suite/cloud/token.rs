//! Success is a token, asked with the connection secret.

use super::{
    clouds::{PROVIDER, SYSTEM},
    stack::{COMPONENTS, KEYS, NAMESPACE, RELEASES, kubectl, secret, stack, wait},
};
use crate::world::rig;
use rig::lifecycle::block_on;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

fn helm(arguments: &[&str]) -> Value {
    let words = [arguments, &["-n", NAMESPACE, "-o", "json"]].concat();
    serde_json::from_str(&block_on(rig().run("helm", &words)).unwrap()).unwrap()
}

/// All that anybody may read who may not read Secrets.
fn said() -> String {
    let mut said = kubectl(&["get", "events", "-n", NAMESPACE, "-o", "yaml"]);
    for (kind, name) in COMPONENTS {
        said += &kubectl(&["get", kind, name, "-n", NAMESPACE, "-o", "yaml"]);
    }
    let label = format!("pkg.crossplane.io/provider={PROVIDER}");
    said + &kubectl(&["logs", "-n", SYSTEM, "-l", &label, "--tail=-1"])
}

#[test]
fn components_bring_up_keystone_and_its_connection_secret_gives_a_token() {
    let mut stack = stack();
    let token = block_on(rig().ask_cloud(&secret("keystone")["clouds.yaml"], "token issue -f value -c id"));
    assert!(token.unwrap().trim().len() > 100, "a Fernet token");

    let listed = helm(&["list"]);
    let deployed = listed.as_array().unwrap().iter().filter(|release| release["status"] == "deployed");
    let deployed: BTreeSet<_> = deployed.map(|release| release["name"].as_str().unwrap()).collect();
    assert_eq!(deployed, BTreeSet::from(RELEASES));
    for release in RELEASES {
        assert_eq!(helm(&["status", release])["info"]["status"], "deployed", "{release}");
    }

    let (said, passwords) = (said(), secret("passwords"));
    assert!(said.contains("keystone") && passwords.len() == KEYS.len());
    for (name, password) in passwords {
        assert!(password.len() >= 32 && !said.contains(&password), "{name} is told");
    }

    let (forbidden, asked) = stack.audited();
    assert!(forbidden.is_empty(), "scenario 20: {forbidden:#?}");
    assert!(asked > 0, "everything is done as the deployer");
}

/// Arguments and environment of all processes of these names that are there just now.
pub fn processes(names: &[&str]) -> Vec<String> {
    let all = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let ours = all.filter(|process| {
        let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
        names.contains(&name.trim())
    });
    // A process may be gone by now.
    let text = |process: PathBuf| {
        ["cmdline", "environ"].map(|file| fs::read(process.join(file)).unwrap_or_default())
    };
    ours.map(|process| String::from_utf8_lossy(&text(process).concat()).into_owned()).collect()
}

#[test]
fn no_password_is_in_the_arguments_or_the_environment_of_the_provider_or_helm() {
    let _stack = stack();
    let done = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut seen = BTreeSet::new();
            while !done.load(Ordering::Relaxed) {
                seen.extend(processes(&["kupenstack", "helm"]));
                std::thread::sleep(Duration::from_millis(5));
            }
            seen
        });
        // Other values are rendered.
        for replicas in [2, 1] {
            kubectl(&["scale", "keystone/keystone", "-n", NAMESPACE, &format!("--replicas={replicas}")]);
            wait("Deployment", "keystone-api", "scaled", |object| object["spec"]["replicas"] == replicas);
        }
        done.store(true, Ordering::Relaxed);
        watcher.join().unwrap()
    });
    assert!(seen.iter().any(|process| process.contains("template")), "Helm was seen: {seen:#?}");
    for (name, password) in secret("passwords") {
        assert!(!seen.iter().any(|process| process.contains(&password)), "{name} is told");
    }
}
