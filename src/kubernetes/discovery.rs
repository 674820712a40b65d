//! What the API server calls a kind: the plural in its paths, and whether it lies in namespaces. Asked for once for each
//! group and version.

use parking_lot::Mutex;
use serde_json::Value;
use std::collections::HashMap;

/// A kind as the API server serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `deployments`.
    pub plural: String,
    /// Whether its objects lie in namespaces.
    pub namespaced: bool,
}

impl Resource {
    /// Path of its collection.
    pub fn path(&self, api_version: &str, namespace: &str) -> String {
        let base = Discovery::path(api_version);
        if self.namespaced {
            format!("{base}/namespaces/{namespace}/{}", self.plural)
        } else {
            format!("{base}/{}", self.plural)
        }
    }
}

/// What was learned so far, by `apiVersion` and kind.
#[derive(Default)]
pub struct Discovery(Mutex<HashMap<(String, String), Resource>>);

impl Discovery {
    /// Where the API server lists what a group and version has.
    pub fn path(api_version: &str) -> String {
        let root = if api_version.contains('/') { "apis" } else { "api" };
        format!("/{root}/{api_version}")
    }

    /// A kind that was learned.
    pub fn known(&self, api_version: &str, kind: &str) -> Option<Resource> {
        self.0.lock().get(&(api_version.to_owned(), kind.to_owned())).cloned()
    }

    /// Keeps what an APIResourceList tells, but for subresources.
    pub fn learn(&self, api_version: &str, list: &Value) {
        let mut known = self.0.lock();
        for resource in list.get("resources").and_then(Value::as_array).into_iter().flatten() {
            let text =
                |field: &str| resource.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
            let plural = text("name");
            if !plural.contains('/') {
                let namespaced = resource.get("namespaced").and_then(Value::as_bool).unwrap_or_default();
                known.insert((api_version.to_owned(), text("kind")), Resource { plural, namespaced });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_kind_is_found_by_its_list_and_a_subresource_does_not_count() {
        let discovery = Discovery::default();
        discovery.learn(
            "apps/v1",
            &json!({"resources": [
                {"name": "deployments", "kind": "Deployment", "namespaced": true},
                {"name": "deployments/scale", "kind": "Scale", "namespaced": true},
                {"name": "odd", "kind": "Odd", "namespaced": false},
            ]}),
        );
        let path = |kind: &str| discovery.known("apps/v1", kind).map(|found| found.path("apps/v1", "a"));
        assert_eq!(path("Deployment").unwrap(), "/apis/apps/v1/namespaces/a/deployments");
        assert_eq!(path("Odd").unwrap(), "/apis/apps/v1/odd");
        assert_eq!(path("Scale"), None);
        assert_eq!(Discovery::path("v1"), "/api/v1");
    }
}
