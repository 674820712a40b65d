//! Tests that change how the provider or the API server runs. Nothing else is tested meanwhile.

use crate::world::{Namespace, condition, eventually, network, world};
use rig::lifecycle::block_on;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const LEASE: &str = "crossplane-leader-election-provider-kupenstack";
const SYSTEM: &str = "crossplane-system";
/// Looks, a second apart, that find Crossplane's record whole.
const SETTLED: u32 = 15;
/// As long as a pass of Crossplane's over all of a revision's objects takes.
const PASS: Duration = Duration::from_secs(30);
/// Longer than some of them.
const RECORDED: Duration = Duration::from_secs(180);

fn read(arguments: &[&str]) -> Value {
    serde_json::from_str(&world().kubectl(&[arguments, &["-o", "json"]].concat())).unwrap_or_default()
}

/// Pods of the provider that are ready and not being deleted.
fn pods() -> Vec<Value> {
    let label = ["-l", "pkg.crossplane.io/provider=provider-kupenstack"];
    let all = read(&[["get", "pods", "-n", SYSTEM].as_slice(), &label].concat());
    let good = |pod: &&Value| {
        pod["metadata"]["deletionTimestamp"].is_null() && condition(pod, "Ready")["status"] == "True"
    };
    all["items"].as_array().unwrap().iter().filter(good).cloned().collect()
}

fn name(pod: &Value) -> String {
    pod["metadata"]["name"].as_str().unwrap().to_owned()
}

fn restarts(pod: &Value) -> u64 {
    pod["status"]["containerStatuses"][0]["restartCount"].as_u64().unwrap()
}

/// The pod that holds the lease; empty if none does.
fn leader() -> String {
    let lease = read(&["get", "lease", LEASE, "-n", SYSTEM, "--ignore-not-found"]);
    let holder = lease["spec"]["holderIdentity"].as_str().unwrap_or_default();
    holder.rsplit_once('_').map_or_else(String::new, |(pod, _)| pod.to_owned())
}

fn works(ns: &Namespace, name: &str) {
    ns.apply(&network(name, json!({})));
    ns.ready("network", name);
    ns.delete("network", name);
}

/// The active revision whose record of what it established lacks kinds. With 2.4.0 whatever a pass of Crossplane's creates loses
/// its kind, and such a revision is never deactivated; the next pass records it whole.
fn half_recorded() -> Option<Value> {
    let revisions = read(&["get", "providerrevision"]);
    let active = |revision: &&Value| revision["spec"]["desiredState"] == "Active";
    let kind = |object: &Value| object["kind"].as_str().is_some_and(|kind| !kind.is_empty());
    let whole = |revision: &Value| {
        let objects = revision["status"]["objectRefs"].as_array().map_or(&[][..], Vec::as_slice);
        !objects.is_empty() && objects.iter().all(kind)
    };
    revisions["items"].as_array().unwrap().iter().filter(active).find(|one| !whole(one)).cloned()
}

/// Has Crossplane look at a revision again.
fn look_again(revision: &Value) {
    let looked =
        format!("kupenstack.io/looked-at={}", revision["metadata"]["resourceVersion"].as_str().unwrap());
    let _ = world().try_kubectl(&["annotate", "providerrevision", &name(revision), &looked, "--overwrite"]);
}

/// Runs the provider as a DeploymentRuntimeConfig says, until it is dropped.
struct Run;

impl Run {
    fn of(spec: &Value) -> Self {
        let config = json!({"apiVersion": "pkg.crossplane.io/v1beta1", "kind": "DeploymentRuntimeConfig",
            "metadata": {"name": "replicas"}, "spec": {"deploymentTemplate": {"spec": spec}}});
        block_on(rig::packages::apply(&world().rig, "runtime-config", &config)).unwrap();
        Self::refer(&json!({"name": "replicas"})).unwrap();
        Self
    }

    fn refer(config: &Value) -> Result<String, String> {
        let (began, mut in_a_row, mut looked) = (Instant::now(), 0, None::<Instant>);
        // What Crossplane recorded right may be overwritten while it still makes the CRDs.
        while in_a_row < SETTLED && began.elapsed() < RECORDED {
            in_a_row = match half_recorded() {
                None => in_a_row + 1,
                Some(revision) => {
                    // A pass that finds its revision changed meanwhile records nothing.
                    if looked.is_none_or(|last| last.elapsed() > PASS) {
                        look_again(&revision);
                        looked = Some(Instant::now());
                    }
                    0
                }
            };
            std::thread::sleep(Duration::from_secs(1));
        }
        let patch = json!({"spec": {"runtimeConfigRef": config}}).to_string();
        let target = ["patch", "provider.pkg.crossplane.io", "provider-kupenstack", "--type=merge", "-p"];
        world().try_kubectl(&[target.as_slice(), &[&patch]].concat())
    }
}

impl Drop for Run {
    /// Crossplane needs the config to remove what it made from it.
    fn drop(&mut self) {
        let _ = Self::refer(&json!({"name": "default"}));
        let began = Instant::now();
        while pods().len() != 1 && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_secs(1));
        }
        let _ = world().try_kubectl(&["delete", "deploymentruntimeconfig", "replicas", "--wait=false"]);
    }
}

#[test]
fn gate_7_rt_6_run_2_and_5_of_two_replicas_without_a_writable_root_one_works_and_the_other_takes_over() {
    let ns = world().namespace("replicas");
    let secure = json!({"runAsNonRoot": true, "runAsUser": 2000, "runAsGroup": 2000, "privileged": false,
        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true});
    let run = Run::of(&json!({"replicas": 2, "selector": {}, "template": {"spec": {"containers": [
        {"name": "package-runtime", "args": ["--leader-election"], "securityContext": secure}]}}}));
    let elected = |pod: &Value| pod["spec"]["containers"][0]["args"][0] == "--leader-election";
    eventually("two replicas run", || pods().len() == 2 && pods().iter().all(elected));
    eventually("one leads", || pods().iter().any(|pod| name(pod) == leader()));
    for pod in pods() {
        let log = world().kubectl(&["logs", &name(&pod), "-n", SYSTEM]);
        let leads = name(&pod) == leader();
        assert_eq!(log.contains("\"started\""), leads, "GATE-7: who does not lead watches nothing: {log}");
    }
    works(&ns, "first");

    let (before, began) = (leader(), Instant::now());
    world().kubectl(&["delete", "pod", &before, "-n", SYSTEM, "--wait=false"]);
    eventually("the other one leads", || !leader().is_empty() && leader() != before);
    assert!(began.elapsed() < Duration::from_secs(40), "RUN-5: the lease was given up, not left to run out");
    works(&ns, "second");

    eventually("two replicas run", || pods().len() == 2);
    let (before, stolen) = (leader(), json!({"spec": {"holderIdentity": "somebody_else"}}).to_string());
    let count = |who: &str| pods().iter().find(|pod| name(pod) == who).map(restarts);
    world().kubectl(&["patch", "lease", LEASE, "-n", SYSTEM, "--type=merge", "-p", &stolen]);
    eventually("who lost the lease starts over", || count(&before) == Some(1));
    eventually("one leads again", || pods().iter().any(|pod| name(pod) == leader()));
    works(&ns, "third");

    drop(run);
    eventually("all is as before", || pods().len() == 1 && !pods().iter().any(elected));
    works(&ns, "fourth");
}

#[test]
fn the_provider_goes_on_by_itself_when_the_api_server_was_restarted() {
    let ns = world().namespace("restart");
    ns.apply(&network("before", json!({"mtu": 1400})));
    ns.ready("network", "before");
    let seen = || pods().iter().map(|pod| (name(pod), restarts(pod))).collect::<Vec<_>>();
    let before = seen();
    block_on(world().rig.restart("kube-apiserver")).unwrap();
    let began = Instant::now();
    ns.apply(&network("after", json!({})));
    ns.patch("network", "before", &json!({"spec": {"forProvider": {"mtu": 1300}}})).unwrap();
    ns.ready("network", "after");
    let changed = ns.wait("network", "before", "changed", |o| o["status"]["atProvider"]["mtu"] == 1300);
    assert_eq!(condition(&changed, "Synced")["status"], "True");
    assert!(began.elapsed() < Duration::from_secs(90), "watches are taken up again within a minute");
    assert_eq!(seen(), before, "by itself: the pod was not restarted");
    ns.delete("network", "before");
    ns.delete("network", "after");
}
