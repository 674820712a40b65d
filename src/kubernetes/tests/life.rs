//! A release from its first record to its last trace.

use super::*;
use secrecy::ExposeSecret;

const INSTALLED: [&str; 6] = [
    "Record",
    "Prepare(Secret/keystone-fernet-keys)",
    "Apply",
    "Job(keystone-db-init)",
    "Job(keystone-db-sync)",
    "Settle",
];

#[tokio::test(start_paused = true)]
async fn a_release_is_installed_step_by_step_and_then_rests() {
    let bed = Bed::new("installed").await;
    assert_eq!(bed.reach(Goal::Exist).await, INSTALLED);
    assert_eq!(bed.records(), ["1 deployed"]);
    let service = bed.object("services/keystone-api").unwrap();
    assert_eq!(service["metadata"]["labels"]["app.kubernetes.io/managed-by"], "Helm");
    let mark =
        |name: &str| service["metadata"]["annotations"][format!("meta.helm.sh/release-{name}")].clone();
    assert_eq!((mark("name"), mark("namespace")), (json!("keystone"), json!("cloud")));
    assert_eq!(bed.helm.runs.load(Ordering::SeqCst), 2, "rendered twice, and never again");
    bed.state().await;
    bed.server.calls();
    let state = bed.state().await.unwrap();
    assert!(state.current && next(Goal::Match, &state, &bed.policy) == Next::Done);
    let watched = |call: &String| call.starts_with("GET ") && call.split('/').count() < 8;
    let asked: Vec<_> = bed.server.calls().into_iter().filter(|call| !watched(call)).collect();
    assert!(asked.is_empty(), "an idle release was asked for: {asked:?}");
}

#[tokio::test(start_paused = true)]
async fn connection_details_come_from_rendered_secrets_and_only_sealed() {
    let bed = Bed::new("details").await;
    let tell = |secret: &str, key: &str, detail: &str| (secret.to_owned(), key.to_owned(), detail.to_owned());
    bed.facts.lock().tells = vec![tell("keystone-keystone-admin", "OS_PASSWORD", "password")];
    bed.reach(Goal::Exist).await;
    let Answer::Compared { body, sealed } = bed.compare(RELEASE).await.unwrap() else { panic!() };
    assert_eq!(sealed.0["password"].expose_secret(), "hunter2");
    assert!(!body.to_string().contains("hunter2") && !body.to_string().contains("aHVudGVyMg"));
    assert_eq!(body["release"]["revision"], 1);
}

#[tokio::test(start_paused = true)]
async fn a_release_goes_and_what_is_kept_stays_unless_the_policy_says_otherwise() {
    let mut bed = Bed::new("goes").await;
    bed.reach(Goal::Exist).await;
    let claim = "/api/v1/namespaces/cloud/persistentvolumeclaims/other";
    bed.server.put(claim, json!({}));
    assert_eq!(bed.reach(Goal::Vanish).await, ["Remove", "Sweep"]);
    assert!(bed.object("services/keystone-api").is_none() && bed.records().is_empty());
    assert!(bed.server.list("/apis/batch/v1/namespaces/cloud/jobs").is_empty(), "hook Jobs are swept");
    assert!(bed.object("secrets/keystone-fernet-keys").is_some(), "keys outlive the release");
    bed.policy.data = Data::Delete;
    assert_eq!(bed.reach(Goal::Exist).await.len(), 5, "the keys are there already");
    assert_eq!(bed.reach(Goal::Vanish).await, ["Remove", "Sweep"]);
    assert!(bed.object("secrets/keystone-fernet-keys").is_none());
    assert!(bed.server.get(claim).is_some(), "a claim of somebody else");
}

/// A StatefulSet whose pods write down how far they are, in a ConfigMap of no manifest.
const STATEFUL: &str = r#"---
# Source: keystone/templates/statefulset.yaml
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {application: db}}
  template:
    metadata: {labels: {application: db}}
    spec: {containers: [{name: db, image: "db:1", env: [{name: STATE_CONFIGMAP, value: db-state}]}]}
  volumeClaimTemplates: [{metadata: {name: data}}]
"#;

#[tokio::test(start_paused = true)]
async fn what_pods_wrote_down_of_their_data_goes_with_the_data_and_where_there_are_none_with_the_release() {
    let state = "/api/v1/namespaces/cloud/configmaps/db-state";
    let claim = "/api/v1/namespaces/cloud/persistentvolumeclaims/data-db-0";
    for (claims, data, stays) in
        [(true, Data::Retain, true), (true, Data::Delete, false), (false, Data::Retain, false)]
    {
        let mut bed = Bed::new(&format!("writes-{claims}-{stays}")).await;
        bed.renders(&format!("{KEYSTONE}{STATEFUL}"));
        bed.policy.data = data;
        bed.reach(Goal::Exist).await;
        bed.server.put(state, json!({}));
        bed.server.put("/api/v1/namespaces/cloud/configmaps/other", json!({}));
        if claims {
            bed.server.put(claim, json!({}));
        }
        bed.reach(Goal::Vanish).await;
        assert_eq!(bed.server.get(state).is_some(), stays, "claims: {claims}, stays: {stays}");
        assert_eq!(bed.server.get(claim).is_some(), stays);
        assert!(bed.object("configmaps/other").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn the_object_of_another_is_left_alone_when_a_release_goes() {
    let bed = Bed::new("others").await;
    bed.reach(Goal::Exist).await;
    let mut service = bed.object("services/keystone-api").unwrap();
    service["metadata"]["annotations"]["meta.helm.sh/release-name"] = json!("other");
    bed.server.put("/api/v1/namespaces/cloud/services/keystone-api", service);
    assert_eq!(bed.reach(Goal::Vanish).await, ["Remove", "Sweep"]);
    assert!(bed.object("services/keystone-api").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_watch_wakes_when_something_of_the_release_changes() {
    let bed = Bed::new("wakes").await;
    bed.reach(Goal::Exist).await;
    bed.state().await;
    let seen = crate::kind::rest::listing::Look { fingerprint: 0, at: tokio::time::Instant::now() };
    tokio::time::advance(Duration::from_millis(1)).await;
    let waker = std::task::Waker::noop();
    let watch = |path: &str| bed.cloud.watch_compared(path, seen, waker.clone()).unwrap();
    let (own, other) = (watch(RELEASE), watch("/namespaces/cloud/releases/glance"));
    bed.server.remove("/apis/apps/v1/namespaces/cloud/deployments/keystone-api");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!own.unchanged(None));
    drop((own, other));
    assert!(bed.cloud.watch_compared("/apis/apps/v1", seen, waker.clone()).is_none());
}
