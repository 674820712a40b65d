//! Facts compared with the names that OpenStack-Helm's own charts have: `tests/charts/record.yaml`.

use super::{Facts, Tell, all, checkout};
use crate::components::{chart::Probe, image::Image};
use serde_json::Value;
use std::{collections::BTreeSet, fs, sync::LazyLock};

pub static RECORD: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(checkout().join("tests/charts/record.yaml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
});

fn of(chart: &str) -> &'static Value {
    RECORD["charts"].get(chart).unwrap_or_else(|| panic!("record.yaml has no {chart}"))
}

/// Has the chart such a value? Of its service's own configuration only the file is known.
fn has(chart: &str, path: &str) -> bool {
    let mut here = &of(chart)["values"];
    let mut parts = path.split('.');
    while let Some(part) = parts.next() {
        match here {
            Value::Object(map) => match map.get(part) {
                Some(inner) => here = inner,
                None => return false,
            },
            Value::Array(list) => {
                let last = parts.next().is_none() || path.starts_with("conf.");
                return last && list.iter().any(|name| name == part);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return false,
        }
    }
    true
}

/// Everything of what facts say that the chart lacks.
fn lacking(facts: &Facts, chart: &str) -> Vec<String> {
    let record = of(chart);
    let mut lacking = vec![];
    let mut want = |there: bool, what: String| {
        if !there {
            lacking.push(format!("{chart}: {what}"));
        }
    };
    let paths = facts.wires().map(|wire| wire.to).chain(facts.replicas.iter().map(|(_, path)| *path));
    for path in paths.chain(facts.set().map(|(path, _)| path)) {
        want(has(chart, path), format!("value {path}"));
    }
    for (role, _) in facts.roles() {
        want(record["images"].get(role).is_some(), format!("image {role}"));
    }
    for job in facts.migrations.iter().chain(facts.awaits_nodes) {
        want(record["jobs"].get(job).is_some(), format!("Job {job}"));
    }
    if let Some(scaled) = facts.scale {
        let kind = &record["workloads"][scaled.workload];
        want(kind == "Deployment" || kind == "StatefulSet", format!("workload {}", scaled.workload));
    }
    for (service, port) in services(facts) {
        let ports = record["services"][service].as_array();
        want(ports.is_some_and(|ports| ports.contains(&port.into())), format!("Service {service}:{port}"));
    }
    for tell in facts.tells {
        if let Tell::Secret { secret, key, .. } = tell {
            let keys = record["secrets"][secret].as_array();
            want(
                keys.is_some_and(|keys| keys.iter().any(|one| one == key)),
                format!("Secret {secret}: {key}"),
            );
        }
    }
    lacking
}

fn services(facts: &Facts) -> Vec<(&'static str, u16)> {
    let asked = match facts.probe {
        Probe::None => None,
        Probe::Http { service, port, .. } | Probe::Tcp { service, port } => Some((service, port)),
    };
    let told = facts.tells.iter().filter_map(|tell| match tell {
        Tell::Service { service, port } | Tell::Url { service, port, .. } => Some((*service, *port)),
        Tell::Secret { .. } | Tell::Given { .. } | Tell::Fixed { .. } => None,
    });
    asked.into_iter().chain(told).collect()
}

#[test]
fn the_record_has_just_the_charts_that_there_are_facts_of() {
    let recorded: BTreeSet<&str> = RECORD["charts"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(recorded, all().map(|(chart, _)| chart).collect());
}

#[test]
fn facts_name_nothing_that_the_chart_does_not_have() {
    let lacking: Vec<_> = all().flat_map(|(chart, facts)| lacking(facts, chart)).collect();
    assert!(lacking.is_empty(), "{lacking:#?}");
}

#[test]
fn what_one_component_sets_of_another_is_a_value_of_its_chart() {
    for (chart, facts) in all() {
        for setting in facts.sets {
            assert!(has(setting.component, setting.path), "{chart}: {}.{}", setting.component, setting.path);
        }
    }
}

/// See `unset` in `values`.
#[test]
fn the_members_of_a_brokers_cluster_are_a_value_of_every_chart_that_uses_one() {
    for (chart, facts) in all() {
        if facts.given.requires.contains(&["messagingConnection"].as_slice()) {
            assert!(has(chart, "endpoints.oslo_messaging.statefulset"), "{chart}");
        }
    }
}

/// Else its pods would stay with the chart's default through an upgrade.
#[test]
fn an_image_that_openstack_helm_names_after_the_release_follows_it() {
    for (chart, facts) in all() {
        let known: BTreeSet<&str> = facts.roles().map(|(role, _)| *role).collect();
        for (role, image) in of(chart)["images"].as_object().unwrap() {
            let tag = image.as_str().and_then(|image| image.split_once(':')).map_or("", |(_, tag)| tag);
            if tag.starts_with("20") && !role.contains("test") {
                assert!(known.contains(role.as_str()), "{chart}: {role} is {image}");
            }
        }
    }
}

/// Images of what runs only where the chart's values turn it on: who does that names the image, in `images.tags`.
const TURNED_ON: [(&str, &str); 6] = [
    ("libvirt", "kubectl"),
    ("mariadb", "mariadb_backup"),
    ("mariadb", "prometheus_create_mysql_user"),
    ("mariadb", "prometheus_mysql_exporter"),
    ("neutron", "netoffload"),
    ("ovn", "vector"),
];

/// Else a pod of a cloud with a vendor's images would have one of somebody else. Tests of charts are never run, and no chart keeps a
/// registry of its own.
#[test]
fn one_registry_is_where_the_images_of_all_that_runs_are_from() {
    let mut left = BTreeSet::from(TURNED_ON);
    for (chart, facts) in all() {
        let known: BTreeSet<&str> = facts.roles().map(|(role, _)| *role).collect();
        for role in of(chart)["images"].as_object().unwrap().keys() {
            let tests = role.split('_').any(|part| part == "test" || part == "tests");
            let never = tests || role == "image_repo_sync";
            let turned_on = left.remove(&(chart, role.as_str()));
            assert!(never || turned_on != known.contains(role.as_str()), "{chart}: {role}");
        }
    }
    assert_eq!(left, BTreeSet::new(), "no chart has them");
}

/// Else a registry that mirrors its images would have to name them anew. Two charts stay with images of long ago.
#[test]
fn an_image_is_called_as_openstack_helm_calls_it() {
    for (chart, facts) in all() {
        for (role, image) in facts.roles() {
            let Some(recorded) = of(chart)["images"][role].as_str() else { continue };
            let name = recorded.split(':').next().unwrap();
            let old = name.starts_with("ubuntu-source-") || (name == "heat" && *image == Image::Client);
            assert!(old || name == image.name(), "{chart}: {role} is {recorded}");
        }
    }
}

#[test]
fn a_path_is_found_by_all_its_parts() {
    for (path, there) in [
        ("endpoints.oslo_db.auth.nova.password", true),
        ("endpoints.oslo_db.auth.nobody.password", false),
        ("endpoints.oslo_db.auth.nova.password.more", false),
        ("manifests.job_db_sync", true),
        ("manifests.job_db", false),
        ("conf.nova.any.option", true),
        ("conf.nowhere.any.option", false),
    ] {
        assert_eq!(has("nova", path), there, "{path}");
    }
}
