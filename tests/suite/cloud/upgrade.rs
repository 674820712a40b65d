//! A cloud that a team claims, from one release of OpenStack to the next.

use super::{
    answers::{all_answered, askers, doubled},
    clouds::{Cloud, claimed},
    stack::{kubectl, pause},
};
use rig::openstack;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[test]
fn scenario_02_a_claim_beside_it_gets_a_login_in_its_own_namespace() {
    let cloud = claimed();
    assert!(cloud.ask("cloud", "token issue -f value -c id").len() > 100, "a Fernet token");
    assert_eq!(cloud.ask("cloud", "image list -f value"), "", "it is not the other cloud");
    let services = cloud.ask("cloud", "service list -f value -c Type");
    assert_eq!(services.lines().collect::<BTreeSet<_>>(), BTreeSet::from(["identity", "image"]));
}

/// SQL as MariaDB's administrator, in its pod.
pub fn sql(cloud: &Cloud, statement: &str) -> String {
    let script = format!(
        "mariadb -h127.0.0.1 -u\"$MYSQL_DBADMIN_USERNAME\" -p\"$MYSQL_DBADMIN_PASSWORD\" -N -e \"{statement}\""
    );
    kubectl(&["exec", "-n", cloud.namespace, "mariadb-server-0", "--", "sh", "-c", &script])
}

fn release<'a>(cloud: &'a Value, component: &str) -> &'a Value {
    &cloud["status"]["components"][component]["release"]
}

#[test]
fn scenario_10_an_upgrade_halts_at_a_failing_migration_and_resumes_when_mended_while_apis_answer() {
    let cloud = claimed();
    assert_eq!(
        cloud.get()["spec"]["release"],
        openstack::PREVIOUS_RELEASE,
        "delete the claim of an earlier run"
    );
    // The rig's database has no volume: another image would be a pod without its data.
    let kept = json!({"release": openstack::PREVIOUS_RELEASE});
    cloud.change(json!({"components": {"placement": {"enabled": true}, "mariadb": kept}}));
    cloud.change(json!({"components": doubled()}));
    cloud.wait("with Placement", |cloud| release(cloud, "placement") == openstack::PREVIOUS_RELEASE);
    cloud.ready();
    let grants = "ALL PRIVILEGES ON placement.* ";
    sql(&cloud, &format!("REVOKE {grants} FROM 'placement'@'%'; FLUSH PRIVILEGES"));
    let askers = askers(&cloud);
    cloud.change(json!({"release": openstack::RELEASE}));
    let halted = cloud.wait("halted", |cloud| cloud["status"]["phase"] == "Halted");
    let why = halted["status"]["stage"]["blockedBy"].as_str().unwrap();
    assert!(why.starts_with("placement: ") && why.contains("placement-db-sync-pre-"), "{why}");
    assert_eq!(release(&halted, "keystone"), openstack::RELEASE, "the stage before");
    assert_eq!(release(&halted, "placement"), openstack::PREVIOUS_RELEASE, "its old pods serve");
    for _ in 0..5 {
        pause();
        assert_eq!(cloud.get()["status"]["phase"], "Halted");
    }
    assert!(cloud.ask("cloud", "token issue -f value -c id").len() > 100, "what is done works");

    sql(&cloud, &format!("GRANT {grants} TO 'placement'@'%'; FLUSH PRIVILEGES"));
    cloud.wait("upgraded", |cloud| {
        ["keystone", "placement", "glance"].iter().all(|one| release(cloud, one) == openstack::RELEASE)
    });
    cloud.ready();
    all_answered(askers);
    assert!(cloud.ask("cloud", "token issue -f value -c id").len() > 100, "all of it works");
}
