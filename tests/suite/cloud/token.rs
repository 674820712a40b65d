//! Success is a token, asked with the connection secret.

use super::{
    clouds::{PROVIDER, SYSTEM},
    stack::{COMPONENTS, KEYS, NAMESPACE, RELEASES, kubectl, secret, stack},
};
use crate::world::rig;
use rig::lifecycle::block_on;
use serde_json::Value;
use std::collections::BTreeSet;

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
