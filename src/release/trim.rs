//! Kubernetes objects, trimmed to what a view keeps of them.

use super::{
    depends::{self, Labels},
    view::{Container, Job, Pod, Slice, Termination, Workload},
};
use serde_json::Value;

/// Annotation of a Job: digest of the inputs that it was made from.
pub const INPUTS: &str = "kupenstack.io/inputs";

fn text(object: &Value, pointer: &str) -> Option<String> {
    object.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}

fn number(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

fn truth(object: &Value, pointer: &str) -> bool {
    object.pointer(pointer).and_then(Value::as_bool).unwrap_or_default()
}

fn items<'a>(object: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    object.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn labels(object: &Value, pointer: &str) -> Labels {
    let map = object.pointer(pointer).and_then(Value::as_object).into_iter().flatten();
    map.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

fn name(object: &Value) -> String {
    text(object, "/metadata/name").unwrap_or_default()
}

fn deleting(object: &Value) -> bool {
    object.pointer("/metadata/deletionTimestamp").is_some()
}

/// The condition of a type.
fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    items(object, "/status/conditions").find(|condition| condition["type"] == kind)
}

/// A pod.
pub fn pod(object: &Value) -> Pod {
    let namespace = text(object, "/metadata/namespace").unwrap_or_default();
    let controller = items(object, "/metadata/ownerReferences").find(|owner| truth(owner, "/controller"));
    let scheduled = condition(object, "PodScheduled").filter(|condition| condition["status"] == "False");
    let containers = |spec: &str, status: &str| -> Vec<Container> {
        let of = |name: &Value| items(object, status).find(|status| status["name"] == *name);
        items(object, spec).map(|spec| container(spec, of(&spec["name"]), &namespace)).collect()
    };
    Pod {
        name: name(object),
        labels: labels(object, "/metadata/labels"),
        node: text(object, "/spec/nodeName"),
        owner: controller.and_then(|owner| Some((text(owner, "/kind")?, text(owner, "/name")?))),
        phase: text(object, "/status/phase").unwrap_or_default(),
        unschedulable: scheduled.map(|condition| text(condition, "/message").unwrap_or_default()),
        ready: condition(object, "Ready").is_some_and(|condition| condition["status"] == "True"),
        deleting: deleting(object),
        runs_since: runs_since(object),
        init: containers("/spec/initContainers", "/status/initContainerStatuses"),
        containers: containers("/spec/containers", "/status/containerStatuses"),
    }
}

/// Times of one form in UTC are in order as texts.
fn runs_since(object: &Value) -> Option<String> {
    let wanted = items(object, "/spec/containers").count();
    let started: Vec<_> = items(object, "/status/containerStatuses")
        .filter_map(|status| text(status, "/state/running/startedAt"))
        .collect();
    (started.len() == wanted).then_some(started)?.into_iter().max()
}

fn container(spec: &Value, status: Option<&Value>, namespace: &str) -> Container {
    let status = status.unwrap_or(&Value::Null);
    let waiting = status.pointer("/state/waiting");
    Container {
        name: text(spec, "/name").unwrap_or_default(),
        waits_for: depends::of(spec, namespace),
        running: status.pointer("/state/running").is_some(),
        ready: truth(status, "/ready"),
        waiting: waiting.map(|waiting| {
            (text(waiting, "/reason").unwrap_or_default(), text(waiting, "/message").unwrap_or_default())
        }),
        ended: status.pointer("/state/terminated").map(termination),
        ended_before: status.pointer("/lastState/terminated").map(termination),
        restarts: number(status, "/restartCount").unwrap_or_default(),
    }
}

fn termination(state: &Value) -> Termination {
    Termination {
        code: number(state, "/exitCode").unwrap_or_default(),
        reason: text(state, "/reason").unwrap_or_default(),
        message: text(state, "/message").unwrap_or_default(),
    }
}

/// A Job.
pub fn job(object: &Value) -> Job {
    let holds = |kind: &str| condition(object, kind).filter(|condition| condition["status"] == "True");
    Job {
        name: name(object),
        labels: labels(object, "/metadata/labels"),
        inputs: object
            .pointer("/metadata/annotations")
            .and_then(|all| all.get(INPUTS)?.as_str().map(str::to_owned)),
        created: text(object, "/metadata/creationTimestamp"),
        complete: holds("Complete").is_some(),
        failed: holds("Failed").map(|condition| text(condition, "/message").unwrap_or_default()),
        deleting: deleting(object),
    }
}

/// A Deployment, StatefulSet or DaemonSet, whose kind is told apart from the object since lists leave it out.
pub fn workload(kind: &str, object: &Value) -> Workload {
    let status = |field: &str| number(object, &format!("/status/{field}")).unwrap_or_default();
    // What a controller has not looked at yet says nothing about the new template.
    let seen = status("observedGeneration") >= number(object, "/metadata/generation").unwrap_or_default();
    let (desired, ready, updated) = if kind == "DaemonSet" {
        (status("desiredNumberScheduled"), status("numberReady"), status("updatedNumberScheduled"))
    } else {
        (number(object, "/spec/replicas").unwrap_or(1), status("readyReplicas"), status("updatedReplicas"))
    };
    // Pods that are replaced only when they are deleted are as new as anybody wants them.
    let on_delete = ["/spec/updateStrategy/type", "/spec/strategy/type"]
        .iter()
        .any(|pointer| text(object, pointer).as_deref() == Some("OnDelete"));
    let others = if kind == "DaemonSet" { 0 } else { status("replicas") - updated };
    Workload {
        replaced: seen && others <= 0 && updated >= desired && ready >= desired,
        kind: kind.to_owned(),
        name: name(object),
        selector: labels(object, "/spec/selector/matchLabels"),
        desired,
        ready,
        updated: match (seen, on_delete) {
            (false, _) => 0,
            (true, true) => desired,
            (true, false) => updated,
        },
    }
}

/// An EndpointSlice.
pub fn slice(object: &Value) -> Slice {
    // Unknown means ready, as the API says.
    let ready =
        |endpoint: &Value| endpoint.pointer("/conditions/ready").and_then(Value::as_bool).unwrap_or(true);
    let pods = items(object, "/endpoints").filter_map(|endpoint| {
        let target = endpoint.get("targetRef").filter(|target| target["kind"] == "Pod")?;
        Some((text(target, "/name")?, ready(endpoint)))
    });
    Slice {
        service: object
            .pointer("/metadata/labels/kubernetes.io~1service-name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        pods: pods.collect(),
        ready: items(object, "/endpoints").any(ready),
    }
}

#[cfg(test)]
mod tests;
