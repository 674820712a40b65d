//! What a deleted cloud leaves, where its database has a volume: with the data kept the next cloud of the same name goes on with them,
//! and with the data deleted nothing is left.

use super::{
    clouds::{Cloud, installed},
    stack::{apply, kubectl, pause},
};
use crate::world::rig;
use rig::{cloud::ChartSource, manifests};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

const NAMESPACE: &str = "leftovers";
const NAME: &str = "c3";
/// All that a Keystone needs.
const COMPONENTS: [&str; 4] = ["mariadb", "rabbitmq", "memcached", "keystone"];
const OFF: [&str; 4] = ["placement", "glance", "neutron", "nova"];
/// What serves, and what it was made by.
const SERVING: &str = "deployments,statefulsets,daemonsets,jobs,cronjobs,services,pods";
/// What holds data, and what they were written with.
const KEPT: &str = "persistentvolumeclaims,secrets";
const PATIENCE: Duration = Duration::from_secs(180);

/// A folder of this machine as a volume, gone with the test.
struct Volume(PathBuf);

impl Volume {
    fn make() -> Self {
        let folder = std::env::temp_dir().join(format!("kupenstack-volume-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        apply(&json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": NAMESPACE},
            "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": NAMESPACE,
                "persistentVolumeReclaimPolicy": "Retain", "hostPath": {"path": folder, "type": "Directory"}}}));
        Self(folder)
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        kubectl(&["delete", "persistentvolume", NAMESPACE, "--ignore-not-found", "--wait=false"]);
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Keystone and what it stands on, on that volume.
fn manifest() -> Value {
    let mut cloud = manifests::example(rig(), "cloud").unwrap().remove(0);
    cloud["metadata"] = json!({"name": NAME, "namespace": NAMESPACE});
    let spec = cloud["spec"].as_object_mut().unwrap();
    spec.remove("profiles");
    // They are another cloud's.
    spec.remove("nodes");
    spec.insert("providerConfigRef".to_owned(), json!({"kind": "ProviderConfig", "name": "default"}));
    let components = &mut cloud["spec"]["components"];
    for component in OFF {
        components[component] = json!({"enabled": false});
    }
    let volume = json!({"enabled": true, "class_name": NAMESPACE, "size": "1Gi"});
    let rig = ChartSource::of(&rig().paths).unwrap().values("mariadb").unwrap();
    let mut values: Value = serde_saphyr::from_str(&rig).unwrap();
    values["volume"] = volume;
    components["mariadb"] = json!({"replicas": {"server": 1}, "valuesText": values.to_string()});
    cloud
}

/// UID of each object by kind and name, without what Kubernetes itself keeps in a namespace.
fn uids(cloud: &Cloud, kinds: &str) -> BTreeMap<String, Value> {
    let objects = cloud.objects(kinds).into_iter().map(|object| {
        let name =
            format!("{} {}", object["kind"].as_str().unwrap(), object["metadata"]["name"].as_str().unwrap());
        (name, object["metadata"]["uid"].clone())
    });
    objects.filter(|(name, _)| name != "ConfigMap kube-root-ca.crt").collect()
}

/// Deletes it, and waits until nothing that serves is left.
fn delete(cloud: &Cloud) {
    kubectl(&["delete", "openstackcloud", NAME, "-n", NAMESPACE, "--timeout=300s"]);
    let began = Instant::now();
    while !uids(cloud, SERVING).is_empty() {
        assert!(began.elapsed() < PATIENCE, "still there: {:#?}", uids(cloud, SERVING));
        pause();
    }
}

/// Policies of the components, once all have what the cloud says.
fn data_are(cloud: &Cloud, policy: &str) {
    cloud.wait("to be deleted with its data", |_| {
        COMPONENTS.iter().all(|kind| cloud.component(kind)["spec"]["forProvider"]["policy"]["data"] == policy)
    });
}

#[test]
fn scenario_15_a_cloud_of_the_same_name_goes_on_with_kept_data_and_nothing_is_left_of_deleted_ones() {
    installed();
    manifests::team(rig(), NAMESPACE).unwrap().iter().for_each(apply);
    let _volume = Volume::make();
    let cloud = Cloud::of("openstackcloud", NAME, NAMESPACE);
    let secret = format!("{NAME}-keystone");
    apply(&manifest());
    cloud.ready();
    cloud.ask(&secret, "project create kept -f value -c id");
    cloud.ask(&secret, "credential create --type cert admin kept-credential");
    let before = uids(&cloud, KEPT);

    delete(&cloud);
    let kept = uids(&cloud, KEPT);
    for (name, uid) in &kept {
        assert_eq!(before.get(name), Some(uid), "{name} was there before");
    }
    let named: Vec<_> = kept.keys().map(String::as_str).collect();
    assert!(named.iter().any(|name| name.starts_with("PersistentVolumeClaim ")), "{named:?}");
    for secret in ["keystone-fernet-keys", "keystone-credential-keys"] {
        assert!(named.contains(&format!("Secret {secret}").as_str()), "{named:?}");
    }
    assert!(!named.iter().any(|name| name.starts_with("Secret sh.helm.release")), "{named:?}");

    apply(&manifest());
    cloud.ready();
    let projects = cloud.ask(&secret, "project list -f value -c Name");
    assert!(projects.lines().any(|name| name == "kept"), "the database is the one of before: {projects}");
    let credentials = cloud.ask(&secret, "credential list -f value -c Data");
    assert_eq!(credentials, "kept-credential", "read with the keys of before");
    let now = uids(&cloud, KEPT);
    assert!(kept.iter().all(|(name, uid)| now.get(name) == Some(uid)), "nothing that was kept is made anew");

    cloud.change(json!({"deletion": {"data": "Delete"}}));
    data_are(&cloud, "Delete");
    delete(&cloud);
    let left = uids(&cloud, &format!("{KEPT},configmaps"));
    assert_eq!(left, BTreeMap::new(), "neither data nor what they were written with");
}
