//! The examples that users get, as the simulation's managed resources.

use crate::{
    api::reference::Siblings,
    kind::{
        any::AnyKind,
        shape::{Node, Shape},
    },
    kinds::KINDS,
    runtime::base::keys::ObjectKey,
};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha512};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What every image's source has.
pub const IMAGE: &[u8] = b"a simulated disk";

/// A managed resource of an example.
#[derive(Clone)]
pub struct Example {
    /// Its key.
    pub key: ObjectKey,
    /// Its manifest, with a UID of its own.
    pub manifest: Value,
    /// Where it lies in the API server.
    pub path: String,
    /// It stands in its kind's own file.
    pub own: bool,
}

/// The kind of an id.
pub fn kind(id: &str) -> &'static dyn AnyKind {
    KINDS.iter().find(|kind| kind.id() == id).unwrap_or_else(|| panic!("no kind {id}")).as_ref()
}

/// All of them: what stands in `examples/<service>/`, the kind's own first.
pub fn all() -> Vec<Example> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut files: Vec<_> = KINDS.iter().map(|kind| root.join(kind.info().group)).collect();
    files.sort();
    files.dedup();
    let mut files: Vec<_> = files
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    let all = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        let key = file.file_stem().unwrap().to_string_lossy().replace('_', "");
        let manifests = serde_saphyr::from_multiple::<Value>(&text).unwrap().into_iter();
        manifests.filter_map(move |manifest| example(&key, manifest))
    };
    files.iter().flat_map(all).collect()
}

/// The Secrets that they refer to: paths and objects.
pub fn secrets() -> Vec<(String, Value)> {
    let text = include_str!("../../examples/secrets/secrets.yaml");
    let all = serde_saphyr::from_multiple::<Value>(text).unwrap();
    let bytes = |text: &Value| json!(k8s_openapi::ByteString(text.as_str().unwrap().into()));
    let stored = |secret: Value| {
        let given = secret["stringData"].as_object().unwrap().iter();
        let data: Map<_, _> = given.map(|(key, text)| (key.clone(), bytes(text))).collect();
        let name = secret["metadata"]["name"].as_str().unwrap();
        (format!("/api/v1/namespaces/default/secrets/{name}"), json!({ "data": data }))
    };
    all.into_iter().map(stored).collect()
}

/// `None` for what is no managed resource, such as a Secret.
fn example(file: &str, mut manifest: Value) -> Option<Example> {
    let kind = KINDS.iter().find(|kind| {
        kind.info().kind == manifest["kind"] && kind.info().api_version() == manifest["apiVersion"]
    })?;
    let name = manifest["metadata"]["name"].as_str().unwrap().to_owned();
    let uid = format!("uid-of-{}-{name}", kind.id());
    manifest["metadata"]["uid"] = json!(uid);
    manifest["metadata"]["generation"] = json!(1);
    let info = kind.info();
    if let Some(checksum) = manifest.pointer_mut("/spec/forProvider/source/checksum/value") {
        let digest = Sha512::digest(IMAGE);
        *checksum = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    }
    let path = format!("/apis/{}/namespaces/default/{}/{name}", info.api_version(), info.plural);
    let own = info.kind.eq_ignore_ascii_case(file);
    Some(Example {
        key: ObjectKey { kind: kind.id(), namespace: "default".into(), name },
        manifest,
        path,
        own,
    })
}

/// The example of this kind that is written for it: the one in its own file.
pub fn of<'a>(all: &'a [Example], id: &str) -> &'a Example {
    let mine: Vec<_> = all.iter().filter(|example| example.key.kind == id).collect();
    // What has the most to say.
    let said = |example: &&&Example| (example.own, example.manifest["spec"]["forProvider"].to_string().len());
    mine.iter().max_by_key(said).unwrap_or_else(|| panic!("no example of {id}"))
}

/// Kind and name of everything that an example refers to.
pub fn references(example: &Example) -> Vec<(String, String)> {
    let mut found = vec![];
    let shapes = kind(example.key.kind).shapes().unwrap();
    within(&shapes.params, &example.manifest["spec"]["forProvider"], &mut found);
    found
}

fn within(shape: &Shape, fields: &Value, found: &mut Vec<(String, String)>) {
    for field in &shape.fields {
        if let Some(target) = &field.options.r#ref {
            let name = Siblings::of(&field.name, matches!(field.node, Node::List(_))).reference;
            let given = &fields[&name];
            let each = given.as_array().cloned().unwrap_or_else(|| vec![given.clone()]);
            let names = each.iter().filter_map(|reference| reference["name"].as_str());
            found.extend(names.map(|name| (target.clone(), name.to_owned())));
        }
        match (&field.node, &fields[&field.name]) {
            (Node::Object(inner), value @ Value::Object(_)) => within(inner, value, found),
            (Node::List(inner), Value::Array(items)) => {
                if let Node::Object(inner) = inner.as_ref() {
                    items.iter().for_each(|item| within(inner, item, found));
                }
            }
            _ => {}
        }
    }
}
