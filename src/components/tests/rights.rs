//! The deployer's roles, compared with what OpenStack-Helm's charts make and grant.

use super::{all, checkout, record::RECORD};
use crate::components::setting::Literal;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs};

/// Group, resource and verb.
type Right = (String, String, String);
const CHANGES: [&str; 6] = ["create", "delete", "get", "list", "patch", "watch"];
/// What nobody applies: a test of Helm's, and what facts switch off.
const NOT_APPLIED: [&str; 2] = ["v1 Pod", "apiextensions.k8s.io/v1 CustomResourceDefinition"];

fn texts(rule: &Value, field: &str) -> Vec<String> {
    rule[field].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Rights of a rule, whose groups stand under this name.
fn rights(rule: &Value, groups: &str) -> Vec<Right> {
    let (groups, resources, verbs) = (texts(rule, groups), texts(rule, "resources"), texts(rule, "verbs"));
    let with = |group: &String, resource: &String| {
        let (group, resource) = (group.clone(), resource.clone());
        verbs.iter().map(move |verb| (group.clone(), resource.clone(), verb.clone())).collect::<Vec<_>>()
    };
    groups.iter().flat_map(|group| resources.iter().flat_map(move |resource| with(group, resource))).collect()
}

/// What it takes to make the objects and to grant what they grant, in the namespace or in the whole cluster.
fn needed(cluster: bool) -> BTreeSet<Right> {
    let mut found = BTreeSet::new();
    for record in RECORD["charts"].as_object().unwrap().values() {
        for made in texts(record, "makes").iter().filter(|made| !NOT_APPLIED.contains(&made.as_str())) {
            let (version, kind) = made.split_once(' ').unwrap();
            if kind.starts_with("Cluster") == cluster {
                let group = version.split_once('/').map_or("", |(group, _)| group);
                let resource = format!("{}s", kind.to_lowercase());
                found.extend(CHANGES.map(|verb| (group.to_owned(), resource.clone(), verb.to_owned())));
            }
        }
        let rules = record["grants"].as_array().unwrap().iter().filter(|rule| rule["cluster"] == cluster);
        found.extend(rules.flat_map(|rule| rights(rule, "groups")));
    }
    found
}

/// What the two roles hold: in the namespace, in the cluster.
fn held() -> [BTreeSet<Right>; 2] {
    let text = fs::read_to_string(checkout().join("package/components/deployer.yaml")).unwrap();
    let roles: Vec<Value> = serde_saphyr::from_multiple(&text).unwrap();
    let of = |role: &Value| {
        let rules = role["rules"].as_array().unwrap().iter();
        rules.flat_map(|rule| rights(rule, "apiGroups")).collect()
    };
    [of(&roles[0]), of(&roles[1])]
}

#[test]
fn the_deployer_holds_what_openstack_helms_charts_make_and_grant() {
    for (held, cluster) in held().iter().zip([false, true]) {
        let lacking: Vec<_> = needed(cluster).difference(held).cloned().collect();
        assert!(lacking.is_empty(), "cluster {cluster}: {lacking:?}");
    }
}

#[test]
fn the_deployer_changes_nothing_that_no_chart_makes_or_grants_but_pods_of_silent_agents() {
    let restarts = vec![(String::new(), "pods".to_owned(), "delete".to_owned())];
    for ((held, cluster), allowed) in held().into_iter().zip([false, true]).zip([restarts, vec![]]) {
        let mut more: Vec<_> = held.difference(&needed(cluster)).cloned().collect();
        more.retain(|(_, _, verb)| !["get", "list", "watch"].contains(&verb.as_str()));
        assert_eq!(more, allowed, "cluster {cluster}");
    }
}

#[test]
fn custom_resource_definitions_are_made_by_charts_alone_that_do_not_make_them_here() {
    for (chart, facts) in all() {
        let makes = &RECORD["charts"][chart]["makes"];
        if makes.as_array().unwrap().contains(&json!(NOT_APPLIED[1])) {
            let off = |(path, to): (_, Literal)| path == "manifests.crds" && to.value() == json!(false);
            assert!(facts.set().any(off), "{chart}");
        }
    }
}
