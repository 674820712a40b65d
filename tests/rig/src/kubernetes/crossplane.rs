//! Crossplane, installed with helm from the chart of its own module; its pods show that the node really runs pods.

use crate::{
    cache,
    error::Result,
    files, go,
    kubernetes::{api::Api, environment, registry, state},
    netns,
    part::{Context, Daemon, Part, Readiness},
    process,
};
use async_trait::async_trait;
use serde_json::Value;
use std::{path::Path, time::Duration};

/// Crossplane and its RBAC manager.
pub struct Crossplane;

/// The namespace it lives in.
pub const NAMESPACE: &str = "crossplane-system";
const DEPLOYMENTS: [&str; 2] = ["crossplane", "crossplane-rbac-manager"];

#[async_trait]
impl Part for Crossplane {
    fn name(&self) -> &'static str {
        "crossplane"
    }

    fn needs(&self) -> &'static [&'static str] {
        // Not the kubelet: helm's work is done while the node comes up.
        &["kube-apiserver", "registry"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        let cmd = helm(cx)?;
        let stamp = state(&cx.paths, "crossplane.installed");
        let wanted = cache::key(&cmd);
        if files::read(&stamp).is_ok_and(|made| made == wanted) && installed(cx).await? {
            return Ok(());
        }
        process::run(
            "helm upgrade --install crossplane",
            cmd,
            &environment(&cx.paths),
            None,
            &cx.paths.log("helm"),
        )
        .await?;
        files::write(&stamp, wanted)
    }

    fn daemons(&self, _: &Context) -> Vec<Daemon> {
        Vec::new()
    }

    async fn ready(&self, cx: &Context) -> Result<Readiness> {
        let api = Api::new(&cx.paths)?;
        for name in DEPLOYMENTS {
            let path = format!("/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}");
            if let Readiness::Waiting(why) = available(name, api.get(&path).await?.as_ref()) {
                return Ok(Readiness::Waiting(why));
            }
        }
        // The database may remember pods that ran before the last `down`.
        let pods = api.get(&format!("/api/v1/namespaces/{NAMESPACE}/pods")).await?;
        Ok(fresh(pods.as_ref(), &netns::since(&cx.paths)))
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(180)
    }

    fn help(&self) -> &'static str {
        "see `cargo rig shell -- kubectl -n crossplane-system get pods,events`, and `cargo rig logs kubelet`"
    }
}

/// `hostNetwork`, so that the package manager reaches the registry on the loopback.
fn helm(cx: &Context) -> Result<Vec<String>> {
    let chart = cx.bin.join(go::CROSSPLANE_FILES).join("crossplane");
    let version = go::crossplane_version(&cx.paths.checkout)?;
    let sets = [
        format!("image.repository={}/crossplane", registry::ADDRESS),
        format!("image.tag={version}"),
        "hostNetwork=true".to_owned(),
        "dnsPolicy=ClusterFirstWithHostNet".to_owned(),
        // There is one of each, and after a hard stop the next one would wait a minute for the lease.
        "leaderElection=false".to_owned(),
        "rbacManager.leaderElection=false".to_owned(),
    ];
    let program = cx.bin.join("helm").display().to_string();
    let mut cmd =
        vec![program, "upgrade".to_owned(), "--install".to_owned(), "crossplane".to_owned(), real(&chart)];
    cmd.extend(["-n", NAMESPACE, "--create-namespace"].map(str::to_owned));
    cmd.extend(sets.into_iter().flat_map(|set| ["--set".to_owned(), set]));
    Ok(cmd)
}

/// Helm takes a link to a chart for a chart without files.
fn real(path: &Path) -> String {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()).display().to_string()
}

async fn installed(cx: &Context) -> Result<bool> {
    let api = Api::new(&cx.paths)?;
    for name in DEPLOYMENTS {
        if api.get(&format!("/apis/apps/v1/namespaces/{NAMESPACE}/deployments/{name}")).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a deployment's condition says Available, for the deployment as it was last changed.
fn available(name: &str, deployment: Option<&Value>) -> Readiness {
    let at = |path: &str| deployment.and_then(|one| one.pointer(path));
    let seen = at("/status/observedGeneration") == at("/metadata/generation");
    let conditions = at("/status/conditions").and_then(Value::as_array);
    let condition =
        conditions.and_then(|all| all.iter().find(|one| one.get("type") == Some(&"Available".into())));
    match condition.and_then(|one| one.get("status")?.as_str()) {
        Some("True") if seen => Readiness::Ready,
        _ => Readiness::Waiting(format!("deployment {name} is not available yet")),
    }
}

/// Whether all containers were started since a time, and are ready.
fn fresh(pods: Option<&Value>, since: &str) -> Readiness {
    let items = pods.and_then(|pods| pods.get("items")?.as_array()).map(Vec::as_slice).unwrap_or_default();
    let containers =
        items.iter().filter_map(|pod| pod.pointer("/status/containerStatuses")?.as_array()).flatten();
    let stale = |one: &&Value| {
        let started = one.pointer("/state/running/startedAt").and_then(Value::as_str);
        started.is_none_or(|at| at < since) || one.get("ready") != Some(&true.into())
    };
    let name = |one: &Value| one.get("name").and_then(Value::as_str).unwrap_or("a container").to_owned();
    match containers.clone().find(stale) {
        Some(one) => Readiness::Waiting(format!("{} is not ready since the node was started", name(one))),
        None if items.is_empty() => Readiness::Waiting("there are no pods yet".to_owned()),
        None => Readiness::Ready,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pods_from_before_the_last_down_are_not_ready() {
        let pods = json!({"items": [{"status": {"containerStatuses": [
            {"name": "crossplane", "ready": true, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]}}]});
        assert!(matches!(fresh(Some(&pods), "2026-01-01T00:00:01Z"), Readiness::Waiting(_)));
        assert_eq!(fresh(Some(&pods), "2026-01-01T00:00:00Z"), Readiness::Ready);
        assert!(matches!(fresh(None, ""), Readiness::Waiting(_)));
    }

    #[test]
    fn a_deployment_is_available_only_as_last_changed() {
        let one = |observed: u64| {
            json!({"metadata": {"generation": 2}, "status": {"observedGeneration": observed,
            "conditions": [{"type": "Available", "status": "True"}]}})
        };
        assert_eq!(available("d", Some(&one(2))), Readiness::Ready);
        assert!(matches!(available("d", Some(&one(1))), Readiness::Waiting(_)));
        assert!(matches!(available("d", None), Readiness::Waiting(_)));
    }
}
