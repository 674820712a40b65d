//! What a pod waits for, as its environment says it.

use crate::error::Error;
use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fmt};

/// An object by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub namespace: String,
    pub name: String,
}

/// Pods or jobs by their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    pub namespace: String,
    /// As the API takes it: a=b,c=d.
    pub selector: String,
}

/// A field of a custom resource, and what it has to be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Field {
    /// Names from outside in, with dots between.
    pub key: String,
    pub value: String,
}

/// One thing that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// A Service with a ready endpoint.
    Service(Name),
    /// A Job that succeeded.
    Job(Name),
    /// All Jobs with these labels; there must be one.
    Jobs(Labelled),
    /// A ready pod, on this pod's node if that is required.
    Pod { pods: Labelled, same_node: bool },
    /// A ready pod of a DaemonSet on this pod's node.
    DaemonSet(Name),
    /// A ready container of this pod.
    Container(String),
    /// A file that is a socket.
    Socket(String),
    /// A custom resource with these fields.
    CustomResource { api_version: String, kind: String, of: Name, fields: Vec<Field> },
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(Name { namespace, name }) => write!(f, "Service {namespace}/{name}"),
            Self::Job(Name { namespace, name }) => write!(f, "Job {namespace}/{name}"),
            Self::Jobs(Labelled { namespace, selector }) => write!(f, "Jobs {namespace}/{selector}"),
            Self::Pod { pods: Labelled { namespace, selector }, same_node } => {
                let node = if *same_node { " on this node" } else { "" };
                write!(f, "Pod {namespace}/{selector}{node}")
            }
            Self::DaemonSet(Name { namespace, name }) => write!(f, "DaemonSet {namespace}/{name}"),
            Self::Container(name) => write!(f, "container {name}"),
            Self::Socket(path) => write!(f, "socket {path}"),
            Self::CustomResource { kind, of: Name { namespace, name }, .. } => {
                write!(f, "{kind} {namespace}/{name}")
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PodJson {
    labels: BTreeMap<String, String>,
    #[serde(default)]
    require_same_node: bool,
    namespace: Option<String>,
}

#[derive(Deserialize)]
struct JobJson {
    name: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    namespace: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CustomResourceJson {
    api_version: String,
    kind: String,
    name: String,
    namespace: Option<String>,
    #[serde(default)]
    fields: Vec<Field>,
}

/// Everything that the environment names, in a fixed order.
pub fn all(variable: impl Fn(&str) -> Option<String>, own: &str) -> Result<Vec<Dependency>, Error> {
    let words = |name: &str| -> Vec<String> {
        let text = variable(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let mut all: Vec<Dependency> = Vec::new();
    all.extend(words("DEPENDENCY_CONTAINER").into_iter().map(Dependency::Container));
    all.extend(words("DEPENDENCY_SOCKET").into_iter().map(Dependency::Socket));
    all.extend(words("DEPENDENCY_DAEMONSET").iter().map(|word| Dependency::DaemonSet(name(word, own))));
    for pod in json::<PodJson>(&variable, "DEPENDENCY_POD_JSON")? {
        let pods = labelled(&pod.labels, pod.namespace, own);
        all.push(Dependency::Pod { pods, same_node: pod.require_same_node });
    }
    all.extend(words("DEPENDENCY_SERVICE").iter().map(|word| Dependency::Service(name(word, own))));
    all.extend(words("DEPENDENCY_JOBS").iter().map(|word| Dependency::Job(name(word, own))));
    for job in json::<JobJson>(&variable, "DEPENDENCY_JOBS_JSON")? {
        all.push(match job.name {
            Some(name) => {
                Dependency::Job(Name { name, namespace: job.namespace.unwrap_or_else(|| own.to_owned()) })
            }
            None => Dependency::Jobs(labelled(&job.labels, job.namespace, own)),
        });
    }
    for one in json::<CustomResourceJson>(&variable, "DEPENDENCY_CUSTOM_RESOURCE")? {
        let of = Name { name: one.name, namespace: one.namespace.unwrap_or_else(|| own.to_owned()) };
        let (api_version, kind, fields) = (one.api_version, one.kind, one.fields);
        all.push(Dependency::CustomResource { api_version, kind, of, fields });
    }
    Ok(all)
}

/// `name`, or `namespace:name`.
fn name(word: &str, own: &str) -> Name {
    let (namespace, name) = word.split_once(':').unwrap_or((own, word));
    Name { namespace: namespace.to_owned(), name: name.to_owned() }
}

fn labelled(labels: &BTreeMap<String, String>, namespace: Option<String>, own: &str) -> Labelled {
    let pairs = labels.iter().map(|(name, value)| format!("{name}={value}"));
    Labelled {
        namespace: namespace.unwrap_or_else(|| own.to_owned()),
        selector: pairs.collect::<Vec<_>>().join(","),
    }
}

fn json<T: DeserializeOwned>(variable: impl Fn(&str) -> Option<String>, name: &str) -> Result<Vec<T>, Error> {
    let text = variable(name).unwrap_or_default();
    // What a chart writes that has nothing to wait for.
    if ["", "null", "\"\""].contains(&text.trim()) {
        return Ok(Vec::new());
    }
    serde_json::from_str(&text)
        .map_err(|why| Error::Variable { variable: name.to_owned(), why: why.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<Vec<Dependency>, Error> {
        let find = |name: &str| variables.iter().find(|(other, _)| *other == name);
        all(|name| find(name).map(|(_, value)| (*value).to_owned()), "openstack")
    }

    #[test]
    fn names_are_of_the_own_namespace_unless_they_say_otherwise() {
        let found = of(&[("DEPENDENCY_SERVICE", "a, other:b,"), ("DEPENDENCY_JOBS", "c")]).unwrap();
        let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["Service openstack/a", "Service other/b", "Job openstack/c"]);
    }

    #[test]
    fn pods_and_jobs_are_found_by_labels_as_json_says() {
        let pods = r#"[{"labels": {"b": "2", "a": "1"}, "requireSameNode": true}]"#;
        let jobs = r#"[{"namespace": "x", "labels": {"c": "3"}}, {"name": "d"}]"#;
        let found = of(&[("DEPENDENCY_POD_JSON", pods), ("DEPENDENCY_JOBS_JSON", jobs)]).unwrap();
        let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["Pod openstack/a=1,b=2 on this node", "Jobs x/c=3", "Job openstack/d"]);
    }

    #[test]
    fn nothing_is_waited_for_where_a_chart_writes_nothing() {
        let nothing =
            [("DEPENDENCY_SERVICE", ""), ("DEPENDENCY_POD_JSON", "null"), ("DEPENDENCY_JOBS_JSON", "[]")];
        assert_eq!(of(&nothing).unwrap(), []);
    }

    #[test]
    fn json_that_cannot_be_read_is_an_error_with_the_name_of_its_variable() {
        let why = of(&[("DEPENDENCY_POD_JSON", "{")]).unwrap_err().to_string();
        assert!(why.starts_with("DEPENDENCY_POD_JSON: "), "{why}");
    }
}
