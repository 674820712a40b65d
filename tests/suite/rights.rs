//! The deployer's roles, compared with what the test charts render. With OpenStack-Helm's own they are compared beside the facts.

use crate::suite::charts::{CONTRACTS, rendered};
use crate::world::checkout;
use serde_json::Value;
use std::{collections::BTreeSet, fs};

/// Group, resource and verb.
type Right = (String, String, String);
const CHANGES: [&str; 6] = ["create", "delete", "get", "list", "patch", "watch"];

fn texts(rule: &Value, field: &str) -> Vec<String> {
    let all = rule[field].as_array().unwrap();
    all.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn rights<'a>(roles: impl Iterator<Item = &'a Value>) -> BTreeSet<Right> {
    let mut found = BTreeSet::new();
    for rule in roles.flat_map(|role| role["rules"].as_array().unwrap()) {
        for group in texts(rule, "apiGroups") {
            for resource in texts(rule, "resources") {
                let rights =
                    texts(rule, "verbs").into_iter().map(|verb| (group.clone(), resource.clone(), verb));
                found.extend(rights);
            }
        }
    }
    found
}

fn deployer() -> Vec<Value> {
    let text = fs::read_to_string(checkout().join("package/components/deployer.yaml")).unwrap();
    serde_saphyr::from_multiple(&text).unwrap()
}

/// What it takes to make the objects and to grant what they grant.
fn needed(objects: &[Value], cluster: bool) -> BTreeSet<Right> {
    let wide = |object: &&Value| object["kind"].as_str().unwrap().starts_with("Cluster") == cluster;
    // A test of Helm's, which nobody applies.
    let applied = |object: &&Value| object["kind"] != "Pod";
    let mut found = BTreeSet::new();
    for object in objects.iter().filter(wide).filter(applied) {
        let version = object["apiVersion"].as_str().unwrap();
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let resource = format!("{}s", object["kind"].as_str().unwrap().to_lowercase());
        found.extend(CHANGES.map(|verb| (group.to_owned(), resource.clone(), verb.to_owned())));
    }
    let roles = objects.iter().filter(wide).filter(|object| object["rules"].is_array());
    found.extend(rights(roles));
    found
}

#[test]
fn the_deployer_holds_what_the_test_charts_make_and_grant() {
    let objects: Vec<_> = CONTRACTS.iter().flat_map(|contract| rendered(contract.chart, &[])).collect();
    let roles = deployer();
    for (role, cluster) in roles.iter().zip([false, true]) {
        let held = rights([role].into_iter());
        let lacking: Vec<_> = needed(&objects, cluster).difference(&held).cloned().collect();
        assert!(lacking.is_empty(), "{}: {lacking:?}", role["metadata"]["name"]);
    }
}
