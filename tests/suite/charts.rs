//! The test charts keep OpenStack-Helm's contract: names, labels, hooks and waiting, as the product meets them elsewhere.

mod contracts;

pub use contracts::CONTRACTS;

use crate::world::{checkout, rig, world};
use rig::lifecycle::block_on;
use serde_json::Value;
use std::collections::BTreeSet;

/// All objects of a chart with the rig's values and further arguments of helm.
pub fn rendered(chart: &str, arguments: &[&str]) -> Vec<Value> {
    serde_saphyr::from_multiple(&manifest(chart, arguments)).unwrap()
}

fn manifest(chart: &str, arguments: &[&str]) -> String {
    let folder = checkout().join("tests/charts");
    let [place, values] = [folder.join(chart), folder.join(format!("values/{chart}.yaml"))];
    let [place, values] = [place, values].map(|path| path.display().to_string());
    let words =
        [&["template", chart, &place, "--namespace", "openstack", "--values", &values], arguments].concat();
    block_on(rig().run("helm", &words)).unwrap()
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap()
}

fn of<'a>(objects: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    objects.iter().filter(move |object| object["kind"] == kind)
}

fn hook(object: &Value) -> Option<&str> {
    object["metadata"]["annotations"]["helm.sh/hook"].as_str()
}

/// Every pod's specification, with the name of what makes the pod.
fn pods(objects: &[Value]) -> Vec<(String, &Value)> {
    let paths = ["/spec/template/spec", "/spec/jobTemplate/spec/template/spec"];
    let spec = |object: &'_ Value| paths.iter().find(|path| object.pointer(path).is_some()).copied();
    let found = objects.iter().filter_map(|object| Some((object, spec(object)?)));
    found.map(|(object, path)| (name(object).to_owned(), object.pointer(path).unwrap())).collect()
}

/// Files of the chart's configuration, as text.
fn configuration(objects: &[Value], chart: &str, file: &str) -> String {
    let secret = of(objects, "Secret").find(|secret| name(secret) == format!("{chart}-etc")).unwrap();
    let bytes = serde_json::from_value::<k8s_openapi::ByteString>(secret["data"][file].clone()).unwrap();
    String::from_utf8(bytes.0).unwrap()
}

#[test]
fn each_chart_renders_the_names_and_ports_of_openstack_helm() {
    for contract in &CONTRACTS {
        let objects = rendered(contract.chart, &[]);
        let kinds = ["DaemonSet", "Deployment", "StatefulSet"];
        let workloads: BTreeSet<_> = kinds
            .iter()
            .flat_map(|kind| of(&objects, kind).map(move |object| format!("{kind} {}", name(object))))
            .collect();
        assert_eq!(workloads, contract.workloads.iter().map(ToString::to_string).collect());
        let port = |service: &Value| service["spec"]["ports"][0]["port"].as_u64().unwrap();
        let services: BTreeSet<_> = of(&objects, "Service").map(|one| (name(one), port(one))).collect();
        let wanted = contract.services.iter().map(|(name, port)| (*name, u64::from(*port)));
        assert_eq!(services, wanted.collect());
        let secrets: BTreeSet<_> = of(&objects, "Secret").map(name).collect();
        for secret in contract.secrets {
            assert!(secrets.contains(secret), "{} lacks the Secret {secret}", contract.chart);
        }
    }
}

#[test]
fn jobs_are_hooks_with_openstack_helms_weights_or_plain_as_there() {
    for contract in &CONTRACTS {
        let objects = rendered(contract.chart, &[]);
        let (hooks, plain): (Vec<_>, Vec<_>) = of(&objects, "Job").partition(|job| hook(job).is_some());
        let weight = |job: &Value| {
            job["metadata"]["annotations"]["helm.sh/hook-weight"].as_str().unwrap_or("0").to_owned()
        };
        let found: BTreeSet<_> = hooks.iter().map(|job| (name(job), weight(job))).collect();
        assert_eq!(found, contract.hooks.iter().map(|(name, weight)| (*name, weight.to_string())).collect());
        let plain: BTreeSet<_> = plain.into_iter().map(name).collect();
        assert_eq!(plain, contract.plain_jobs.iter().copied().collect());
        for job in hooks {
            let (events, restart) = match name(job) {
                "keystone-credential-cleanup" => ("pre-delete", "Never"),
                _ => ("post-install,post-upgrade", "OnFailure"),
            };
            assert_eq!(hook(job), Some(events));
            assert_eq!(job["spec"]["template"]["spec"]["restartPolicy"], restart, "{}", name(job));
        }
        let users = of(&objects, "Job").find(|job| name(job) == format!("{}-ks-user", contract.chart));
        let users = users.map(|job| job["spec"]["template"]["spec"]["containers"].as_array().unwrap());
        let users: Vec<_> = users.into_iter().flatten().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(users, contract.users);
    }
}

#[test]
fn every_pod_waits_by_the_entrypoint_for_jobs_of_its_own_chart_and_runs_images_of_the_values() {
    for contract in &CONTRACTS {
        let objects = rendered(contract.chart, &[]);
        let values =
            std::fs::read_to_string(checkout().join(format!("tests/charts/{}/values.yaml", contract.chart)));
        let values: Value = serde_saphyr::from_str(&values.unwrap()).unwrap();
        let tags: Vec<_> = values["images"]["tags"].as_object().unwrap().values().collect();
        let jobs: BTreeSet<_> = of(&objects, "Job").map(name).collect();
        for (owner, pod) in pods(&objects) {
            let init = &pod["initContainers"][0];
            assert_eq!(
                (&init["name"], &init["command"][0]),
                (&"init".into(), &"kubernetes-entrypoint".into()),
                "{owner}"
            );
            let variable = |name: &str| {
                let all = init["env"].as_array().unwrap();
                all.iter().find(|one| one["name"] == name).unwrap()["value"].as_str().unwrap()
            };
            for job in variable("DEPENDENCY_JOBS").split(',').filter(|job| !job.is_empty()) {
                assert!(jobs.contains(job), "{owner} waits for {job}");
            }
            for service in variable("DEPENDENCY_SERVICE").split(',').filter(|service| !service.is_empty()) {
                assert!(service.starts_with("openstack:"), "{owner} waits for {service}");
            }
            let containers = ["initContainers", "containers"].map(|key| pod[key].as_array().unwrap());
            for container in containers.into_iter().flatten() {
                assert!(tags.contains(&&container["image"]), "{owner}: {}", container["image"]);
            }
        }
    }
}

#[test]
fn the_key_secrets_are_empty_and_made_once() {
    let objects = rendered("keystone", &[]);
    for secret in ["keystone-fernet-keys", "keystone-credential-keys"] {
        let secret = of(&objects, "Secret").find(|one| name(one) == secret).unwrap();
        assert_eq!(hook(secret), Some("pre-install"));
        assert_eq!(secret["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
        assert_eq!(secret["data"], serde_json::json!({}));
    }
}

#[test]
fn only_the_key_of_the_cache_makes_two_renders_differ() {
    let pinned = ["--set", "endpoints.oslo_cache.auth.memcache_secret_key=pinned"];
    for contract in &CONTRACTS {
        assert_eq!(
            rendered(contract.chart, &pinned),
            rendered(contract.chart, &pinned),
            "{}",
            contract.chart
        );
    }
    assert_ne!(rendered("placement", &[]), rendered("placement", &[]));
}

#[test]
fn a_null_takes_an_option_away_that_is_filled_in_else() {
    let file =
        |arguments: &[&str]| configuration(&rendered("keystone", arguments), "keystone", "keystone.conf");
    let line =
        "connection = mysql+pymysql://keystone:password@mariadb.openstack.svc.cluster.local:3306/keystone\n";
    assert!(file(&[]).contains(line));
    assert!(!file(&["--set", "conf.keystone.database.connection=null"]).contains("\nconnection = "));
    assert!(file(&["--set", "conf.keystone.database.connection=own"]).contains("\nconnection = own\n"));
}

#[test]
fn a_changed_option_changes_the_hash_of_the_pods_that_mount_it() {
    let hashes = |arguments: &[&str]| {
        let pinned = ["--set", "endpoints.oslo_cache.auth.memcache_secret_key=pinned"];
        let objects = rendered("nova", &[&pinned, arguments].concat());
        let hash = |object: &Value| object["spec"]["template"]["metadata"]["annotations"].clone();
        ["Deployment", "DaemonSet"].map(|kind| of(&objects, kind).map(hash).collect::<Vec<_>>()).concat()
    };
    let (before, after) = (hashes(&[]), hashes(&["--set", "conf.nova.DEFAULT.debug=true"]));
    assert!(before.iter().zip(&after).all(|(before, after)| before != after), "{before:?}");
    assert_eq!(before, hashes(&["--set", "pod.replicas.osapi=2"]));
}

#[test]
fn scenario_19_the_api_server_takes_each_object_of_each_chart() {
    let ns = world().namespace("charts");
    for contract in &CONTRACTS {
        // As Helm wrote it, since modes of files are octal there. Pods of `helm test` name accounts that are made with them.
        let file = std::env::temp_dir().join(format!("{}-{}.yaml", ns.name, contract.chart));
        std::fs::write(&file, manifest(contract.chart, &["--skip-tests"])).unwrap();
        let file = file.display().to_string();
        let words = ["apply", "--server-side", "--dry-run=server", "-n", &ns.name, "-f", &file];
        let taken = world().try_kubectl(&words);
        std::fs::remove_file(&file).unwrap();
        taken.unwrap_or_else(|refused| panic!("{}: {refused}", contract.chart));
    }
}
