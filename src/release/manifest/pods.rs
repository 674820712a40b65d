//! What a pod template uses: images, and the ConfigMaps and Secrets that it mounts or takes variables from.

use serde_json::Value;
use std::collections::BTreeSet;

/// A ConfigMap or Secret: kind and name.
pub type Source = (&'static str, String);

fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn containers(template: &Value) -> impl Iterator<Item = &Value> {
    let spec = template.get("spec").unwrap_or(&Value::Null);
    items(spec, "initContainers").chain(items(spec, "containers"))
}

/// The images of a pod template.
pub fn images(template: &Value) -> BTreeSet<String> {
    containers(template).filter_map(|container| Some(container.get("image")?.as_str()?.to_owned())).collect()
}

/// The ConfigMaps and Secrets that a pod template mounts or takes variables from.
pub fn sources(template: &Value) -> BTreeSet<Source> {
    let spec = template.get("spec").unwrap_or(&Value::Null);
    let mounted = items(spec, "volumes").flat_map(|volume| {
        let projected = volume.get("projected").into_iter().flat_map(|all| items(all, "sources"));
        std::iter::once(volume).chain(projected).flat_map(|source| {
            [
                named(source, "/secret/secretName", "Secret"),
                named(source, "/secret/name", "Secret"),
                named(source, "/configMap/name", "ConfigMap"),
            ]
        })
    });
    let variables = containers(template).flat_map(|container| {
        let one = items(container, "env").flat_map(|variable| {
            [
                named(variable, "/valueFrom/secretKeyRef/name", "Secret"),
                named(variable, "/valueFrom/configMapKeyRef/name", "ConfigMap"),
            ]
        });
        let all = items(container, "envFrom").flat_map(|variables| {
            [
                named(variables, "/secretRef/name", "Secret"),
                named(variables, "/configMapRef/name", "ConfigMap"),
            ]
        });
        one.chain(all)
    });
    mounted.chain(variables).flatten().collect()
}

fn named(value: &Value, pointer: &str, kind: &'static str) -> Option<Source> {
    Some((kind, value.pointer(pointer)?.as_str()?.to_owned()))
}

/// Every place of a pod template that names a ConfigMap or Secret is given another name.
pub fn rename_sources(template: &mut Value, rename: &dyn Fn(&str, &str) -> Option<String>) {
    let pointers = [
        ("/secret/secretName", "Secret"),
        ("/secret/name", "Secret"),
        ("/configMap/name", "ConfigMap"),
        ("/valueFrom/secretKeyRef/name", "Secret"),
        ("/valueFrom/configMapKeyRef/name", "ConfigMap"),
        ("/secretRef/name", "Secret"),
        ("/configMapRef/name", "ConfigMap"),
    ];
    match template {
        Value::Object(_) => {
            for (pointer, kind) in pointers {
                let Some(name) = template.pointer_mut(pointer) else { continue };
                if let Some(other) = name.as_str().and_then(|name| rename(kind, name)) {
                    *name = Value::String(other);
                }
            }
            let fields = template.as_object_mut().into_iter().flat_map(|fields| fields.values_mut());
            fields.for_each(|field| rename_sources(field, rename));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename_sources(item, rename)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
