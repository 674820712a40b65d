//! Success is a token, asked with the connection secret.

use super::stack::{COMPONENTS, NAMESPACE, PROVIDER, RELEASES, SYSTEM, kubectl, secret, stack};
use crate::world::rig;
use rig::lifecycle::block_on;
use serde_json::Value;
use std::{collections::BTreeSet, fs};

/// The official client, which has nothing but the connection secret and the cluster's own names.
fn token() -> String {
    let folder = std::env::temp_dir().join(format!("kupenstack-cloud-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let [clouds, names] = ["clouds.yaml", "resolv.conf"].map(|file| folder.join(file).display().to_string());
    fs::write(&clouds, &secret("keystone")["clouds.yaml"]).unwrap();
    let text = kubectl(&["get", "node", "rig", "-o", "jsonpath={.status.addresses[0].address}"]);
    fs::write(&names, format!("nameserver {text}\n")).unwrap();
    let script = format!(
        "mount --bind {names} /etc/resolv.conf && OS_CLIENT_CONFIG_FILE={clouds} OS_CLOUD=openstack \
         exec openstack token issue -f value -c id"
    );
    let token = block_on(rig().run("unshare", &["--mount", "sh", "-c", &script])).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    token.trim().to_owned()
}

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
    assert!(token().len() > 100, "a Fernet token");

    let listed = helm(&["list"]);
    let deployed = listed.as_array().unwrap().iter().filter(|release| release["status"] == "deployed");
    let deployed: BTreeSet<_> = deployed.map(|release| release["name"].as_str().unwrap()).collect();
    assert_eq!(deployed, BTreeSet::from(RELEASES));
    for release in RELEASES {
        assert_eq!(helm(&["status", release])["info"]["status"], "deployed", "{release}");
    }

    let (said, passwords) = (said(), secret("passwords"));
    assert!(said.contains("keystone") && passwords.len() == 11);
    for (name, password) in passwords {
        assert!(password.len() >= 32 && !said.contains(&password), "{name} is told");
    }

    let (forbidden, asked) = stack.audited();
    assert!(forbidden.is_empty(), "scenario 20: {forbidden:#?}");
    assert!(asked > 0, "everything is done as the deployer");
}
