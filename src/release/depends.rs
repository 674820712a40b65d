//! What a pod's init container waits for, as `kubernetes-entrypoint` reads it from its environment.
//! <https://github.com/airshipit/kubernetes-entrypoint>

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Labels.
pub type Labels = BTreeMap<String, String>;

/// One thing that must be there before a pod goes on. Only what is in the pod's own namespace can be followed.
#[derive(Clone, Debug, PartialEq)]
pub enum Dependency {
    /// A Service with a ready endpoint.
    Service(String),
    /// A Job that has completed, by name.
    Job(String),
    /// Jobs with these labels that have all completed.
    Jobs(Labels),
    /// A ready pod with these labels.
    Pod {
        /// Its labels.
        labels: Labels,
        /// Must it be on the node of the one that waits?
        same_node: bool,
    },
    /// A DaemonSet with a ready pod on the same node.
    DaemonSet(String),
    /// What is only named: a custom resource, a file, a socket, or what is in another namespace.
    Other(String),
}

/// One entry of the variables whose value is JSON.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Entry {
    kind: String,
    name: String,
    namespace: Option<String>,
    labels: Labels,
    require_same_node: bool,
}

/// What a container of a pod in this namespace waits for; nothing for one that is no `kubernetes-entrypoint`.
pub fn of(container: &Value, namespace: &str) -> Vec<Dependency> {
    let variables = container.get("env").and_then(Value::as_array).into_iter().flatten();
    let plain =
        variables.filter_map(|entry| Some((entry.get("name")?.as_str()?, entry.get("value")?.as_str()?)));
    plain.flat_map(|(name, value)| variable(name, value, namespace)).collect()
}

fn variable(name: &str, value: &str, here: &str) -> Vec<Dependency> {
    match name {
        "DEPENDENCY_SERVICE" => list(value, here, "Service", Dependency::Service),
        "DEPENDENCY_JOBS" => list(value, here, "Job", Dependency::Job),
        "DEPENDENCY_DAEMONSET" => list(value, here, "DaemonSet", Dependency::DaemonSet),
        "DEPENDENCY_JOBS_JSON" => entries(value, here, "Job", |entry| {
            if entry.name.is_empty() { Dependency::Jobs(entry.labels) } else { Dependency::Job(entry.name) }
        }),
        "DEPENDENCY_POD_JSON" => entries(value, here, "pod", |entry| Dependency::Pod {
            labels: entry.labels,
            same_node: entry.require_same_node,
        }),
        "DEPENDENCY_CUSTOM_RESOURCE" => {
            entries(value, here, "", |entry| Dependency::Other(format!("{} {}", entry.kind, entry.name)))
        }
        "DEPENDENCY_CONFIG" | "DEPENDENCY_SOCKET" => value
            .split(',')
            .filter(|path| !path.is_empty())
            .map(|path| Dependency::Other(path.to_owned()))
            .collect(),
        _ => vec![],
    }
}

/// `name,namespace:name`.
fn list(value: &str, here: &str, kind: &str, make: fn(String) -> Dependency) -> Vec<Dependency> {
    let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
    items
        .map(|item| match item.split_once(':') {
            Some((namespace, name)) if namespace != here => elsewhere(kind, name, namespace),
            Some((_, name)) => make(name.to_owned()),
            None => make(item.to_owned()),
        })
        .collect()
}

fn entries(value: &str, here: &str, kind: &str, make: impl Fn(Entry) -> Dependency) -> Vec<Dependency> {
    // What can't be read is not waited for by us; the container says so itself.
    let entries: Vec<Entry> = serde_json::from_str(value).unwrap_or_default();
    entries
        .into_iter()
        .map(|entry| {
            match entry.namespace.clone().filter(|namespace| !namespace.is_empty() && namespace != here) {
                Some(namespace) if !kind.is_empty() => elsewhere(kind, &entry.name, &namespace),
                Some(_) | None => make(entry),
            }
        })
        .collect()
}

fn elsewhere(kind: &str, name: &str, namespace: &str) -> Dependency {
    Dependency::Other(format!("{kind} {name} in namespace {namespace}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn waits(name: &str, value: &str) -> Vec<Dependency> {
        of(
            &json!({"env": [{"name": "POD_NAME", "valueFrom": {}}, {"name": name, "value": value}]}),
            "openstack",
        )
    }

    fn labels(key: &str, value: &str) -> Labels {
        Labels::from([(key.to_owned(), value.to_owned())])
    }

    #[test]
    fn services_and_jobs_are_lists_of_names_whose_namespace_may_be_said() {
        let own = |name: &str| Dependency::Service(name.to_owned());
        let found = waits("DEPENDENCY_SERVICE", "openstack:mariadb,memcached,ceph:ceph-mon");
        let elsewhere = Dependency::Other("Service ceph-mon in namespace ceph".to_owned());
        assert_eq!(found, [own("mariadb"), own("memcached"), elsewhere]);
        let jobs = waits("DEPENDENCY_JOBS", "keystone-db-sync,keystone-fernet-setup");
        assert_eq!(jobs.len(), 2);
        assert_eq!(waits("DEPENDENCY_JOBS", ""), []);
    }

    #[test]
    fn jobs_and_pods_are_told_as_json_by_labels_or_names() {
        let found = waits("DEPENDENCY_JOBS_JSON", r#"[{"labels":{"application":"neutron"}},{"name":"a"}]"#);
        assert_eq!(
            found,
            [Dependency::Jobs(labels("application", "neutron")), Dependency::Job("a".to_owned())]
        );
        let found =
            waits("DEPENDENCY_POD_JSON", r#"[{"labels":{"application":"libvirt"},"requireSameNode":true}]"#);
        assert_eq!(found, [Dependency::Pod { labels: labels("application", "libvirt"), same_node: true }]);
        assert_eq!(waits("DEPENDENCY_POD_JSON", ""), []);
    }

    #[test]
    fn custom_resources_and_files_are_named() {
        let found =
            waits("DEPENDENCY_CUSTOM_RESOURCE", r#"[{"kind":"Grant","name":"keystone","namespace":"x"}]"#);
        assert_eq!(found, [Dependency::Other("Grant keystone".to_owned())]);
        assert_eq!(waits("DEPENDENCY_CONFIG", "/etc/a"), [Dependency::Other("/etc/a".to_owned())]);
        assert_eq!(waits("PATH", "/bin"), []);
    }
}
