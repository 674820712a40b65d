//! Placement's resource providers of a node. Nova takes them away with its compute service, and leaves them where it can't.

use crate::kind::request::{Keep, Microversion, Read};
use serde_json::Value;
use std::collections::BTreeMap;

/// The oldest microversion of Placement in which providers have parents.
pub const PLACEMENT: Microversion = Microversion(1, 14);

/// The provider of a node itself.
pub fn root(node: &str) -> Read {
    list(vec![], Keep::Host("name", node.to_owned()))
}

/// All that hang on it.
pub fn tree(root: &str) -> Read {
    list(vec![("in_tree".to_owned(), root.to_owned())], Keep::Equals("root_provider_uuid", root.to_owned()))
}

fn list(query: Vec<(String, String)>, keep: Keep) -> Read {
    Read::List { path: "/resource_providers".to_owned(), query, items: "resource_providers", keep }
}

/// Id of one.
pub fn id(item: &Value) -> Option<&str> {
    item.get("uuid")?.as_str()
}

/// Their ids, children before parents: Placement deletes none that has children.
pub fn in_order(items: &[Value]) -> Vec<String> {
    let parents: BTreeMap<&str, &str> =
        items.iter().filter_map(|it| Some((id(it)?, it.get("parent_provider_uuid")?.as_str()?))).collect();
    // No tree is deeper than its members are many.
    let depth = |id: &&str| {
        let mut at = *id;
        (0..items.len())
            .take_while(|_| {
                parents.get(at).is_some_and(|up| {
                    at = *up;
                    true
                })
            })
            .count()
    };
    let mut ids: Vec<&str> = items.iter().filter_map(id).collect();
    ids.sort_by_key(|id| (std::cmp::Reverse(depth(id)), *id));
    ids.into_iter().map(str::to_owned).collect()
}
