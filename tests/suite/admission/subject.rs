//! The kinds of all packages, each with its schema and an object that is accepted.

use super::sample::sample;
use crate::world::checkout;
use kupenstack::generate::{Origin, packages};
use serde_json::{Value, json};
use std::{fs, path::Path};

pub struct Subject {
    pub kind: String,
    pub group: String,
    /// Its definition: of a custom resource, or of a composite one.
    pub definition: Value,
    /// Its schema.
    pub root: Value,
    pub example: Value,
}

/// All of them.
pub fn subjects() -> Vec<Subject> {
    let mut examples = vec![];
    read(&checkout().join("examples"), &mut examples);
    let objects = packages().into_iter().flat_map(|package| package.objects(&Origin::default()).unwrap());
    objects.flat_map(|definition| of(&definition, &examples)).collect()
}

fn read(folder: &Path, found: &mut Vec<Value>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, found);
        } else if path.extension().is_some_and(|end| end == "yaml") {
            let objects: Vec<Value> =
                serde_saphyr::from_multiple(&fs::read_to_string(&path).unwrap()).unwrap();
            found.extend(objects);
        }
    }
}

/// One, or two where there are claims.
fn of(definition: &Value, examples: &[Value]) -> Vec<Subject> {
    let spec = &definition["spec"];
    let version = &spec["versions"][0];
    let one = |names: &Value| {
        let kind = names["kind"].as_str()?.to_owned();
        let group = spec["group"].as_str()?.to_owned();
        let root = version["schema"]["openAPIV3Schema"].clone();
        let api = format!("{group}/{}", version["name"].as_str()?);
        let example = example(&api, &kind, &root, examples);
        Some(Subject { kind, group, definition: definition.clone(), root, example })
    };
    [&spec["names"], &spec["claimNames"]].into_iter().filter_map(one).collect()
}

fn example(api: &str, kind: &str, root: &Value, examples: &[Value]) -> Value {
    // What is only looked for lacks what a create needs.
    let whole = |one: &&Value| one["spec"]["import"].is_null();
    let found = |kind: &str| {
        let of_kind = examples.iter().filter(|one| one["apiVersion"] == api && one["kind"] == kind);
        of_kind.clone().find(whole).or_else(|| of_kind.clone().next()).cloned()
    };
    let mut example = match kind {
        // What is behind a claim has no example of its own.
        "XOpenStackCloud" => found("OpenStackCloudClaim"),
        _ => found(kind),
    }
    .unwrap_or_else(|| sample(root));
    example["apiVersion"] = json!(api);
    example["kind"] = json!(kind);
    // Nothing is done about what is really made.
    example["metadata"] = json!({"name": "bad", "annotations": {"crossplane.io/paused": "true"}});
    if let (Some(spec), "XOpenStackCloud") = (example["spec"].as_object_mut(), kind) {
        // A claim's is in its own namespace.
        spec.remove("writeConnectionSecretToRef");
    }
    if (api, kind) == ("kupenstack.io/v1alpha1", "ProviderConfig") {
        example["spec"]["credentials"]["secretRef"] = json!({"name": "mine"});
    }
    example
}
