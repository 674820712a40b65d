//! Passwords that are renewed while the cloud is used.

use super::{
    clouds::{Cloud, whole},
    reconfiguration::generations,
};
use crate::world::{condition, rig};
use rig::{lifecycle::block_on, manifests};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const WORKLOADS: &str = "deployments,statefulsets,daemonsets";

fn password(cloud: &Cloud, key: &str) -> String {
    block_on(manifests::secret(rig(), cloud.namespace, "c1-passwords", key)).unwrap()
}

/// Does the database let somebody in? In its pod, since nobody else has a client.
fn database(cloud: &Cloud, user: &str, password: &str) -> Result<(), String> {
    let script = format!("mariadb -h127.0.0.1 -u'{user}' -p'{password}' -N -e 'SELECT 1'");
    let exec = ["exec", "-n", cloud.namespace, "mariadb-server-0", "--", "sh", "-c", &script];
    block_on(rig().kubectl(&exec)).map(drop).map_err(|why| why.to_string())
}

/// Asks Keystone with other words than the administrator's.
fn identity(cloud: &Cloud, auth_type: &str, words: &Value) -> Result<String, String> {
    let clouds = block_on(manifests::secret(rig(), cloud.namespace, "c1-keystone", "clouds.yaml")).unwrap();
    let mut clouds: Value = serde_json::from_str(&clouds).unwrap();
    let entry = &mut clouds["clouds"]["openstack"];
    let mut auth = json!({"auth_url": entry["auth"]["auth_url"]});
    auth.as_object_mut().unwrap().extend(words.as_object().unwrap().clone());
    (entry["auth"], entry["auth_type"]) = (auth, json!(auth_type));
    let answer = block_on(rig().ask_cloud(&clouds.to_string(), "token issue -f value -c id"));
    answer.map_err(|why| why.to_string())
}

fn service(cloud: &Cloud, user: &str, password: &str) -> Result<String, String> {
    let words = json!({"username": user, "password": password, "user_domain_name": "service", "project_name": "service",
        "project_domain_name": "service"});
    identity(cloud, "password", &words)
}

/// Revision of each component.
fn revisions(cloud: &Cloud) -> Vec<(String, Value)> {
    let all = cloud.get()["status"]["components"].as_object().unwrap().clone();
    all.into_iter().map(|(name, told)| (name, told["revision"].clone())).collect()
}

#[test]
fn renewed_passwords_of_glance_are_used_by_glance_alone_and_the_old_ones_are_refused() {
    let cloud = whole();
    let keys = ["db-glance", "identity-glance"];
    let old = keys.map(|key| password(&cloud, key));
    let (workloads, before) = (generations(cloud.objects(WORKLOADS)), revisions(&cloud));
    // An earlier run may have renewed them.
    let first = cloud.get()["status"]["components"]["glance"]["passwords"]["db-glance"].as_u64().unwrap_or(1);
    let user =
        |generation: u64| if generation == 1 { "glance".to_owned() } else { format!("glance_{generation}") };
    let (former, next) = (user(first), first + 1);
    database(&cloud, &former, &old[0]).unwrap();
    service(&cloud, &former, &old[1]).unwrap();
    let token = cloud.ask("c1-keystone", "token issue -f value -c id");

    cloud.change(json!({"rotation": {"components": {"glance": next}}}));
    cloud.wait("renewed", |told| {
        // Its only pod is replaced, so nobody may listen for a moment; but whoever answers has a password that is good.
        if let Err(why) = cloud.try_ask("c1-keystone", "image list -f value") {
            let nobody = ["Unable to establish connection", "Failed to contact the endpoint"];
            assert!(nobody.iter().any(|words| why.contains(words)), "{why}");
        }
        let glance = cloud.component("glance");
        told["status"]["components"]["glance"]["passwords"]["db-glance"] == next
            && glance["spec"]["forProvider"]["formerAccounts"] == "Remove"
            && ["UpToDate", "JobsSucceeded"].iter().all(|r#type| {
                let found = condition(&glance, r#type);
                found["status"] == "True" && found["observedGeneration"] == glance["metadata"]["generation"]
            })
    });
    cloud.ready();

    let new = keys.map(|key| password(&cloud, key));
    assert!(old.iter().zip(&new).all(|(old, new)| old != new));
    database(&cloud, &user(next), &new[0]).unwrap();
    service(&cloud, &user(next), &new[1]).unwrap();
    for (user, password) in [(&former, &old[0]), (&user(next), &old[0]), (&former, &new[0])] {
        let refused = database(&cloud, user, password).unwrap_err();
        assert!(refused.contains("1045") || refused.contains("Access denied"), "{refused}");
    }
    let refused = service(&cloud, &former, &old[1]).unwrap_err();
    assert!(refused.contains("401"), "{refused}");
    let words = json!({"token": token, "project_name": "admin", "project_domain_name": "default"});
    identity(&cloud, "token", &words).expect("a token that was issued before is still good");

    let after = generations(cloud.objects(WORKLOADS));
    let changed: BTreeSet<_> = after
        .iter()
        .filter(|(name, now)| workloads.get(*name) != Some(now))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(changed, BTreeSet::from(["glance-api"]), "nothing else is restarted");
    let others =
        |all: Vec<(String, Value)>| all.into_iter().filter(|(name, _)| name != "glance").collect::<Vec<_>>();
    assert_eq!(others(revisions(&cloud)), others(before));
}
