//! Other names for cluster-scoped roles, so that several clouds fit one cluster.

use super::object::Object;
use crate::release::yaml;
use serde_json::Value;
use std::collections::BTreeSet;

/// Puts `-suffix` behind the names of ClusterRoles and their bindings, and follows them where they are referred to.
/// Roles that are not of this manifest, such as `view`, keep their names.
pub(super) fn roles(objects: &mut [&mut Object], suffix: &str) {
    let roles = objects.iter().filter(|object| object.kind() == "ClusterRole");
    let roles: BTreeSet<String> = roles.map(|object| object.name().to_owned()).collect();
    for object in objects {
        let own = ["ClusterRole", "ClusterRoleBinding"].contains(&object.kind());
        let role = object.value.pointer("/roleRef");
        let refers = role.is_some_and(|role| {
            role["kind"] == "ClusterRole" && role["name"].as_str().is_some_and(|name| roles.contains(name))
        });
        let places = [(own, "/metadata/name"), (refers, "/roleRef/name")];
        let places =
            places.iter().filter(|(renamed, _)| *renamed).filter(|(_, at)| append(object, at, suffix));
        if places.count() > 0 {
            object.text = yaml::write(&object.value).trim_end().to_owned();
        }
    }
}

fn append(object: &mut Object, pointer: &str, suffix: &str) -> bool {
    match object.value.pointer_mut(pointer) {
        Some(Value::String(name)) => {
            name.push('-');
            name.push_str(suffix);
            true
        }
        Some(_) | None => false,
    }
}
