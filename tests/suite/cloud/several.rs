//! Clouds that meet: charts name their objects alike, so a namespace has room for one.

use super::{
    clouds::{Cloud, claimed},
    stack::{kubectl, pause},
};
use crate::world::rig;
use rig::{lifecycle::block_on, manifests};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// What a release and its pods are made of, with the version of each record and the UID of each object.
fn installed(cloud: &Cloud) -> BTreeMap<String, Value> {
    let of = |kinds: &str, what: &str| -> Vec<(String, Value)> {
        let named = |object: Value| {
            let name = format!("{} {}", object["kind"], object["metadata"]["name"]);
            (name, object["metadata"][what].clone())
        };
        cloud.objects(kinds).into_iter().map(named).collect()
    };
    let records =
        of("secrets", "resourceVersion").into_iter().filter(|(name, _)| name.contains("helm.release"));
    records.chain(of("deployments,statefulsets,pods,services", "uid")).collect()
}

#[test]
fn scenario_18_a_second_cloud_in_a_namespace_is_refused_by_the_releases_that_are_there_and_leaves_them_alone()
{
    let cloud = claimed();
    let (composed, before) = (cloud.composed(), installed(&cloud));
    let mut second = manifests::example(rig(), "claim").unwrap();
    second[0]["metadata"]["name"] = json!("second");
    second[0]["spec"]["release"] = cloud.get()["spec"]["release"].clone();
    second[0]["spec"]["writeConnectionSecretToRef"]["name"] = json!("second-cloud");
    block_on(manifests::apply(rig(), &second)).unwrap();
    let second = Cloud::claim("second");
    second.wait("refused", |second| {
        ["mariadb", "memcached", "rabbitmq"].iter().all(|release| {
            let why = second["status"]["components"][*release]["message"].as_str().unwrap_or_default();
            why.contains(&format!("external resource {release} belongs to component."))
        })
    });
    kubectl(&["delete", "openstackcloudclaim", "second", "-n", cloud.namespace, "--wait=false"]);
    let began = Instant::now();
    while cloud.composed() != composed {
        assert!(began.elapsed() < Duration::from_secs(180), "something of the second one is left");
        pause();
    }
    cloud.ready();
    assert_eq!(installed(&cloud), before);
    assert_eq!(cloud.ask("cloud", "image list -f value"), "", "it answers");
}
