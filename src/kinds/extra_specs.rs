//! Extra specs of flavors and volume types: a resource of their own below the object, set by name and deleted one by one.

use crate::kind::{
    Info, Step,
    request::{Method, Request},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Free keys and values.
pub type ExtraSpecs = BTreeMap<String, String>;

/// The next request that brings the extra specs below `path` to what is wanted.
pub fn step(info: &Info, path: &str, wanted: &ExtraSpecs, have: &ExtraSpecs) -> Step {
    let send = |method, path: String, body: Option<Value>| {
        let request = Request::new(info.service, method, path, body);
        Step::Send(Request { microversion: info.microversion, ..request })
    };
    let changed: ExtraSpecs = wanted
        .iter()
        .filter(|(key, value)| have.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if !changed.is_empty() {
        return send(Method::Post, path.to_owned(), Some(json!({"extra_specs": changed})));
    }
    match have.keys().find(|key| !wanted.contains_key(*key)) {
        Some(key) => send(Method::Delete, format!("{path}/{key}"), None),
        None => Step::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kind::Kind, kinds::compute::flavor::Flavor};

    fn said(wanted: &[(&str, &str)], have: &[(&str, &str)]) -> String {
        let specs = |pairs: &[(&str, &str)]| -> ExtraSpecs {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        match step(&Flavor::INFO, "/x", &specs(wanted), &specs(have)) {
            Step::Send(Request { method, path, body: Some(body), .. }) => format!("{method} {path} {body}"),
            Step::Send(Request { method, path, .. }) => format!("{method} {path}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_changed_is_set_at_once_and_what_is_too_much_goes_one_by_one() {
        let have = [("keep", "1"), ("old", "1"), ("older", "1")];
        assert_eq!(
            said(&[("keep", "2"), ("new", "1")], &have),
            r#"POST /x {"extra_specs":{"keep":"2","new":"1"}}"#
        );
        assert_eq!(said(&[("keep", "1")], &have), "DELETE /x/old");
        assert_eq!(said(&[("keep", "1")], &have[..1]), "Done");
    }
}
