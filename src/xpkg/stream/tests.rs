use serde_json::json;

use super::*;
use crate::xpkg::{About, Dependency};

/// No strings to one YAML 1.1 reader or another, unless quoted.
const TRAPS: [&str; 22] = [
    "on",
    "NO",
    "y",
    "Yes",
    "off",
    "1_000",
    "1:30",
    "012",
    "0o7",
    "0x1F",
    "0b1",
    "1e3",
    ".5",
    "+1",
    "2025-01-31",
    "~",
    "null",
    "=",
    "<<",
    "",
    "- a",
    "true",
];

fn crd(name: &str, rest: &Value) -> Value {
    let meta = json!({"name": name});
    json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": meta, "spec": rest})
}

#[test]
fn meta_comes_first_and_objects_follow_by_name() {
    let readme = "One\n---\nTwo: on\n".to_owned();
    let meta = Meta::provider("zz", About { readme: readme.clone(), ..About::default() });
    let stream = package_yaml(&meta, &[crd("b", &json!({})), crd("a", &json!({}))]).unwrap();
    let documents: Vec<Value> = serde_saphyr::from_multiple(&stream).unwrap();
    let names: Vec<_> = documents.iter().map(|d| d["metadata"]["name"].clone()).collect();
    assert_eq!(names, ["zz", "a", "b"]);
    assert_eq!(documents[0]["kind"], "Provider");
    assert_eq!(documents[0]["spec"]["capabilities"], json!(["safe-start"]));
    assert_eq!(documents[0]["metadata"]["annotations"]["meta.crossplane.io/readme"], json!(readme));
    assert!(stream.starts_with(SEPARATOR) && stream.ends_with(SEPARATOR));
    // Crossplane cuts the stream at lines that start so, before it reads any YAML.
    assert_eq!(stream.lines().filter(|line| line.starts_with("---")).count(), 4);
}

#[test]
fn a_configuration_names_what_it_needs() {
    let needs = vec![Dependency::new(
        PackageKind::Provider,
        "xpkg.crossplane.io/kupenstack/provider-kupenstack",
        ">=v0.1.0",
    )];
    let yaml = Meta::configuration("c", About::default(), needs).to_yaml().unwrap();
    let read: Value = serde_saphyr::from_str(&yaml).unwrap();
    assert_eq!(read["apiVersion"], "meta.pkg.crossplane.io/v1");
    assert_eq!(read["spec"]["crossplane"]["version"], ">=v2.0.0-0");
    assert_eq!(
        read["spec"]["dependsOn"],
        json!([{
            "apiVersion": "pkg.crossplane.io/v1",
            "kind": "Provider",
            "package": "xpkg.crossplane.io/kupenstack/provider-kupenstack",
            "version": ">=v0.1.0",
        }])
    );
}

#[test]
fn strings_stay_strings_for_a_yaml_1_1_reader() {
    for trap in TRAPS {
        let value = yaml("list", &json!([trap])).unwrap();
        assert!(value.starts_with("- \"") || value.starts_with("- '"), "{value}");
        let key = yaml("map", &json!({trap: 1})).unwrap();
        assert!(key.starts_with('"') || key.starts_with('\''), "{key}");
    }
    let all = json!({"values": TRAPS, "keys": TRAPS.map(|t| json!({t: t})), "numbers": [1, -2, 0.5, 1e30, true, null]});
    let stream = package_yaml(&Meta::provider("p", About::default()), &[crd("a", &all)]).unwrap();
    let documents: Vec<Value> = serde_saphyr::from_multiple(&stream).unwrap();
    assert_eq!(documents[1]["spec"], all);
}
