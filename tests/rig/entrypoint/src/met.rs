//! Whether one dependency is met.

use crate::{
    cluster::Api,
    dependency::{Dependency, Field, Labelled, Name},
    error::Error,
};
use serde_json::Value;
use std::os::unix::fs::FileTypeExt;

/// Returns when it is met; otherwise the reason, which may be that nobody could be asked.
pub async fn look(api: &impl Api, dependency: &Dependency) -> Result<(), Error> {
    match dependency {
        Dependency::Service(name) => service(api, name).await,
        Dependency::Job(name) => job(api, name).await,
        Dependency::Jobs(jobs) => all_jobs(api, jobs).await,
        Dependency::Pod { pods, same_node } => {
            let node = if *same_node { Some(own_node(api).await?) } else { None };
            ready_pod(api, pods, node.as_deref()).await
        }
        Dependency::DaemonSet(name) => daemon_set(api, name).await,
        Dependency::Container(name) => container(api, name).await,
        Dependency::Socket(path) => socket(path),
        Dependency::CustomResource { api_version, kind, of, fields } => {
            custom_resource(api, api_version, kind, of, fields).await
        }
    }
}

fn not_yet<T>(why: impl Into<String>) -> Result<T, Error> {
    Err(Error::NotYet(why.into()))
}

async fn there(api: &impl Api, path: &str) -> Result<Value, Error> {
    match api.get(path).await? {
        Some(object) => Ok(object),
        None => not_yet("it does not exist"),
    }
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn items<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

async fn service(api: &impl Api, Name { namespace, name }: &Name) -> Result<(), Error> {
    // Not EndpointSlices: the charts' roles allow this one.
    let endpoints = there(api, &format!("/api/v1/namespaces/{namespace}/endpoints/{name}")).await?;
    let ready = items(&endpoints, "/subsets").iter().any(|subset| !items(subset, "/addresses").is_empty());
    if ready { Ok(()) } else { not_yet("it has no ready endpoint") }
}

fn succeeded(job: &Value) -> bool {
    job.pointer("/status/succeeded").and_then(Value::as_u64).unwrap_or(0) > 0
}

async fn job(api: &impl Api, Name { namespace, name }: &Name) -> Result<(), Error> {
    let job = there(api, &format!("/apis/batch/v1/namespaces/{namespace}/jobs/{name}")).await?;
    if succeeded(&job) { Ok(()) } else { not_yet("it has not succeeded yet") }
}

async fn list(api: &impl Api, of: &str, resource: &str, selector: &str) -> Result<Vec<Value>, Error> {
    let found = there(api, &format!("{of}/{resource}?labelSelector={}", encoded(selector))).await?;
    Ok(items(&found, "/items").to_vec())
}

/// For a query; labels hold letters, digits and a few signs.
fn encoded(selector: &str) -> String {
    selector.replace('%', "%25").replace('=', "%3D").replace(',', "%2C").replace('/', "%2F")
}

async fn all_jobs(api: &impl Api, Labelled { namespace, selector }: &Labelled) -> Result<(), Error> {
    let jobs = list(api, &format!("/apis/batch/v1/namespaces/{namespace}"), "jobs", selector).await?;
    if jobs.is_empty() {
        return not_yet("there is none");
    }
    match jobs.iter().find(|job| !succeeded(job)) {
        Some(job) => not_yet(format!("{} has not succeeded yet", text(job, "/metadata/name"))),
        None => Ok(()),
    }
}

async fn own_pod(api: &impl Api) -> Result<Value, Error> {
    there(api, &format!("/api/v1/namespaces/{}/pods/{}", api.namespace(), api.pod()?)).await
}

async fn own_node(api: &impl Api) -> Result<String, Error> {
    own_pod(api).await.map(|pod| text(&pod, "/spec/nodeName").to_owned())
}

fn pod_ready(pod: &Value) -> bool {
    let ready = |one: &&Value| text(one, "/type") == "Ready" && text(one, "/status") == "True";
    items(pod, "/status/conditions").iter().any(|one| ready(&one))
}

async fn ready_pod(
    api: &impl Api,
    Labelled { namespace, selector }: &Labelled,
    node: Option<&str>,
) -> Result<(), Error> {
    let mut pods = list(api, &format!("/api/v1/namespaces/{namespace}"), "pods", selector).await?;
    pods.retain(|pod| node.is_none_or(|node| text(pod, "/spec/nodeName") == node));
    match pods.as_slice() {
        [] => not_yet("there is none"),
        some if some.iter().any(pod_ready) => Ok(()),
        [first, ..] => not_yet(format!("{} is not ready", text(first, "/metadata/name"))),
    }
}

async fn daemon_set(api: &impl Api, Name { namespace, name }: &Name) -> Result<(), Error> {
    let set = there(api, &format!("/apis/apps/v1/namespaces/{namespace}/daemonsets/{name}")).await?;
    let labels = set.pointer("/spec/selector/matchLabels").and_then(Value::as_object);
    let pairs = labels.into_iter().flatten();
    let pairs: Vec<_> =
        pairs.map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect();
    let pods = Labelled { namespace: namespace.clone(), selector: pairs.join(",") };
    ready_pod(api, &pods, Some(&own_node(api).await?)).await
}

async fn container(api: &impl Api, name: &str) -> Result<(), Error> {
    let pod = own_pod(api).await?;
    let found = items(&pod, "/status/containerStatuses").iter().find(|one| text(one, "/name") == name);
    match found.and_then(|one| one.get("ready")?.as_bool()) {
        Some(true) => Ok(()),
        Some(false) => not_yet("it is not ready"),
        None => not_yet("the pod has no such container"),
    }
}

fn socket(path: &str) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(meta) if meta.file_type().is_socket() => Ok(()),
        Ok(_) => not_yet("it is no socket"),
        Err(why) => not_yet(why.to_string()),
    }
}

async fn custom_resource(
    api: &impl Api,
    api_version: &str,
    kind: &str,
    Name { namespace, name }: &Name,
    fields: &[Field],
) -> Result<(), Error> {
    let group = if api_version.contains('/') { "/apis" } else { "/api" };
    let known = there(api, &format!("{group}/{api_version}")).await?;
    let plain = |one: &&Value| text(one, "/kind") == kind && !text(one, "/name").contains('/');
    let Some(resource) = items(&known, "/resources").iter().find(plain) else {
        return not_yet(format!("{api_version} has no kind {kind}"));
    };
    let plural = text(resource, "/name");
    let object = there(api, &format!("{group}/{api_version}/namespaces/{namespace}/{plural}/{name}")).await?;
    for Field { key, value } in fields {
        let found = object.pointer(&format!("/{}", key.replace('.', "/")));
        let found = found.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        if found.as_ref() != Some(value) {
            return not_yet(format!("{key} is {}, not {value}", found.as_deref().unwrap_or("not set")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    struct Fake(BTreeMap<String, Value>);

    impl Api for Fake {
        async fn get(&self, path: &str) -> Result<Option<Value>, Error> {
            Ok(self.0.get(path).cloned())
        }
        fn pod(&self) -> Result<&str, Error> {
            Ok("me")
        }
        fn namespace(&self) -> &str {
            "n"
        }
    }

    async fn found(dependency: &Dependency, objects: &[(&str, Value)]) -> Result<(), String> {
        let objects = objects.iter().map(|(path, value)| ((*path).to_owned(), value.clone()));
        look(&Fake(objects.collect()), dependency).await.map_err(|why| why.to_string())
    }

    fn named(name: &str) -> Name {
        Name { namespace: "n".to_owned(), name: name.to_owned() }
    }

    fn pod(name: &str, node: &str, ready: &str) -> Value {
        json!({"metadata": {"name": name}, "spec": {"nodeName": node},
            "status": {"conditions": [{"type": "Ready", "status": ready}]}})
    }

    #[tokio::test]
    async fn a_service_counts_once_it_has_a_ready_endpoint() {
        let (service, path) = (Dependency::Service(named("s")), "/api/v1/namespaces/n/endpoints/s");
        assert_eq!(found(&service, &[]).await, Err("it does not exist".to_owned()));
        let unready = json!({"subsets": [{"notReadyAddresses": [{"ip": "1"}]}]});
        assert_eq!(found(&service, &[(path, unready)]).await, Err("it has no ready endpoint".to_owned()));
        let ready = json!({"subsets": [{"addresses": [{"ip": "1"}]}]});
        assert_eq!(found(&service, &[(path, ready)]).await, Ok(()));
    }

    #[tokio::test]
    async fn a_job_counts_once_it_succeeded_and_jobs_by_labels_only_all_together() {
        let (job, path) = (Dependency::Job(named("j")), "/apis/batch/v1/namespaces/n/jobs/j");
        assert!(found(&job, &[(path, json!({"status": {"failed": 3}}))]).await.is_err());
        assert_eq!(found(&job, &[(path, json!({"status": {"succeeded": 1}}))]).await, Ok(()));
        let jobs = Dependency::Jobs(Labelled { namespace: "n".to_owned(), selector: "a=b".to_owned() });
        let path = "/apis/batch/v1/namespaces/n/jobs?labelSelector=a%3Db";
        let list = |second: u64| {
            json!({"items": [{"status": {"succeeded": 1}},
                {"metadata": {"name": "two"}, "status": {"succeeded": second}}]})
        };
        assert_eq!(found(&jobs, &[(path, list(0))]).await, Err("two has not succeeded yet".to_owned()));
        assert_eq!(found(&jobs, &[(path, list(1))]).await, Ok(()));
        assert_eq!(found(&jobs, &[(path, json!({"items": []}))]).await, Err("there is none".to_owned()));
    }

    #[tokio::test]
    async fn a_pod_on_another_node_does_not_count_where_the_same_is_required() {
        let pods = Labelled { namespace: "n".to_owned(), selector: "a=b".to_owned() };
        let (own, path) = ("/api/v1/namespaces/n/pods/me", "/api/v1/namespaces/n/pods?labelSelector=a%3Db");
        let objects = [
            (own, pod("me", "here", "False")),
            (path, json!({"items": [pod("far", "there", "True"), pod("near", "here", "False")]})),
        ];
        let anywhere = Dependency::Pod { pods: pods.clone(), same_node: false };
        assert_eq!(found(&anywhere, &objects).await, Ok(()));
        let here = Dependency::Pod { pods, same_node: true };
        assert_eq!(found(&here, &objects).await, Err("near is not ready".to_owned()));
    }

    #[tokio::test]
    async fn a_daemon_set_counts_by_its_pod_on_this_node() {
        let set = json!({"spec": {"selector": {"matchLabels": {"a": "b"}}}});
        let objects = |ready: &str| {
            [
                ("/apis/apps/v1/namespaces/n/daemonsets/d", set.clone()),
                ("/api/v1/namespaces/n/pods/me", pod("me", "here", "False")),
                (
                    "/api/v1/namespaces/n/pods?labelSelector=a%3Db",
                    json!({"items": [pod("near", "here", ready)]}),
                ),
            ]
        };
        assert!(found(&Dependency::DaemonSet(named("d")), &objects("False")).await.is_err());
        assert_eq!(found(&Dependency::DaemonSet(named("d")), &objects("True")).await, Ok(()));
    }

    #[tokio::test]
    async fn a_custom_resource_counts_by_its_fields() {
        let dependency = Dependency::CustomResource {
            api_version: "x.org/v1".to_owned(),
            kind: "Thing".to_owned(),
            of: named("t"),
            fields: vec![Field { key: "status.phase".to_owned(), value: "Ready".to_owned() }],
        };
        let resources = json!({"resources": [{"name": "things/status", "kind": "Thing"}, {"name": "things", "kind": "Thing"}]});
        let objects = |phase: &str| {
            [
                ("/apis/x.org/v1", resources.clone()),
                ("/apis/x.org/v1/namespaces/n/things/t", json!({"status": {"phase": phase}})),
            ]
        };
        let why = found(&dependency, &objects("Busy")).await.unwrap_err();
        assert_eq!(why, "status.phase is Busy, not Ready");
        assert_eq!(found(&dependency, &objects("Ready")).await, Ok(()));
    }

    #[tokio::test]
    async fn a_container_of_the_own_pod_counts_once_it_is_ready() {
        let path = "/api/v1/namespaces/n/pods/me";
        let own = |ready: bool| json!({"status": {"containerStatuses": [{"name": "c", "ready": ready}]}});
        let dependency = Dependency::Container("c".to_owned());
        assert_eq!(found(&dependency, &[(path, own(false))]).await, Err("it is not ready".to_owned()));
        assert_eq!(found(&dependency, &[(path, own(true))]).await, Ok(()));
    }
}
