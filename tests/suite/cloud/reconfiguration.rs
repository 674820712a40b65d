//! What a change of a running cloud does, and what it leaves alone.

use super::{
    clouds::{Cloud, claimed, whole},
    stack,
};
use crate::world::rig;
use rig::{cloud::PROJECTS, kubernetes::REGISTRY, lifecycle::block_on, openstack::RELEASE};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::{Duration, Instant},
};

fn texts(values: &Value) -> BTreeSet<&str> {
    values.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Generation of every workload.
pub fn generations(workloads: Vec<Value>) -> BTreeMap<String, Value> {
    let one = |object: Value| {
        (object["metadata"]["name"].as_str().unwrap().to_owned(), object["metadata"]["generation"].clone())
    };
    workloads.into_iter().map(one).collect()
}

#[test]
fn scenario_07_an_option_of_one_service_restarts_just_what_the_approved_plan_names() {
    let cloud = whole();
    let workloads = "deployments,statefulsets,daemonsets";
    let before = generations(cloud.objects(workloads));
    let revision = |kind: &str| cloud.component(kind)["status"]["atProvider"]["release"]["revision"].as_u64();
    let first = revision("placement").unwrap();
    let on =
        &cloud.get()["spec"]["components"]["placement"]["values"]["conf"]["placement"]["DEFAULT"]["debug"];
    let option = json!({"conf": {"placement": {"DEFAULT": {"debug": *on != true}}}});
    cloud.change(json!({"changes": "Manual", "components": {"placement": {"values": option}}}));
    let held = cloud.wait("planning", |cloud| cloud["status"]["plan"]["changes"][0].is_object());
    let plan = &held["status"]["plan"];
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1, "{plan:#}");
    let change = &plan["changes"][0];
    assert_eq!(change["component"], "placement");
    assert_eq!(texts(&change["restarts"]), BTreeSet::from(["placement-api"]), "{change}");
    assert_eq!((revision("placement"), generations(cloud.objects(workloads))), (Some(first), before.clone()));

    cloud.approve(plan["digest"].as_str().unwrap());
    cloud.wait("changed", |_| revision("placement") == Some(first + 1));
    cloud.ready();
    let after = generations(cloud.objects(workloads));
    let changed = after.iter().filter(|(name, now)| before.get(*name) != Some(now)).map(|(name, _)| &**name);
    assert_eq!(changed.collect::<BTreeSet<_>>(), texts(&change["restarts"]));
    cloud.change(json!({"changes": "Automatic"}));
    cloud.ready();
}

/// Image and UID of the Jobs that are no hooks, whose templates can't be changed.
fn plain_jobs(cloud: &Cloud) -> Vec<(String, String)> {
    let mut jobs = cloud.objects("jobs");
    jobs.retain(|job| {
        ["nova-bootstrap", "nova-cell-setup"].iter().any(|name| job["metadata"]["name"] == *name)
    });
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let image = |job: &Value| text(&job["spec"]["template"]["spec"]["containers"][0]["image"]);
    jobs.iter().map(|job| (image(job), text(&job["metadata"]["uid"]))).collect()
}

#[test]
fn scenario_06_nova_with_other_images_makes_its_plain_jobs_anew_and_keeps_its_servers() {
    let cloud = whole();
    let crane = rig().settings.bin.join("crane").display().to_string();
    for project in PROJECTS {
        let image = format!("{REGISTRY}/openstack/{}:{RELEASE}-rig", project.name);
        block_on(rig().run(&crane, &["tag", &image, &format!("{RELEASE}-other")])).unwrap();
    }
    // Made by scenario 1, which comes before.
    let servers = cloud.ask("c1-keystone", "server list -f value -c ID -c Status");
    for (distribution, tag) in [(json!("other"), "2025.2-other"), (Value::Null, "2025.2-rig")] {
        let before = plain_jobs(&cloud);
        assert!(before.len() == 2 && before.iter().all(|(image, _)| !image.ends_with(tag)), "{before:?}");
        cloud.change(json!({"components": {"nova": {"images": {"distribution": distribution}}}}));
        cloud.wait("with other Jobs", |_| {
            let now = plain_jobs(&cloud);
            now.len() == 2
                && now
                    .iter()
                    .all(|(image, uid)| image.ends_with(tag) && before.iter().all(|(_, old)| uid != old))
        });
        cloud.ready();
        assert_eq!(cloud.ask("c1-keystone", "server list -f value -c ID -c Status"), servers);
    }
}

/// Processes of this name.
fn running(name: &str) -> usize {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let names = all.map(|entry| fs::read_to_string(entry.path().join("comm")).unwrap_or_default());
    names.filter(|found| found.trim() == name).count()
}

#[test]
fn scenario_17_components_that_rest_cost_no_helm_nothing_as_their_account_and_at_a_poll_their_secrets() {
    drop((whole(), claimed(), stack::stack()));
    // What the last test did comes to rest.
    std::thread::sleep(Duration::from_secs(20));
    let (mut audit, began) = (rig().audit(), Instant::now());
    while began.elapsed() < Duration::from_secs(70) {
        assert_eq!(running("helm"), 0);
        std::thread::sleep(Duration::from_millis(5));
    }
    let ours =
        |user: &str| user.ends_with(":kupenstack-components") || user.ends_with(":kupenstack-deployer");
    let mut asked = audit.events().unwrap();
    // What a ProviderConfig is looked at with is its own, once a minute.
    let login = |uri: &str| uri == "/version" || uri.ends_with("/selfsubjectrulesreviews");
    asked.retain(|event| ours(&event.user) && event.verb != "watch" && event.resource != "leases");
    asked.retain(|event| !login(&event.uri));
    // The provider itself asks twice a minute whether the API server was put back, however many components there are.
    asked.retain(|event| !(event.verb == "list" && event.uri.ends_with("providerconfigs?&limit=1")));
    assert!(!asked.is_empty(), "polls are seen");
    asked.retain(|event| {
        let polled = event.resource == "secrets" || event.resource.ends_with("providerconfigs");
        !(event.verb == "get" && event.user.ends_with(":kupenstack-components") && polled)
    });
    // A node is looked at whatever its watch tells, since OpenStack tells nothing by itself.
    asked.retain(|event| !(event.verb == "get" && event.uri == "/api/v1/nodes/rig"));
    let asked: Vec<_> =
        asked.iter().map(|event| format!("{} {} {}", event.user, event.verb, event.uri)).collect();
    assert_eq!(asked, Vec::<String>::new());
}
