use super::*;
use crate::release::manifest::Event;

const MANIFEST: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: nova-db-init, labels: {component: db-init}, annotations: {helm.sh/hook: "post-install,post-upgrade", helm.sh/hook-weight: "-5"}}
spec: {backoffLimit: 1000, template: {spec: {serviceAccountName: nova-db-init,
  initContainers: [{name: init, env: [{name: DEPENDENCY_JOBS, value: nova-storage-init}, {name: DEPENDENCY_SERVICE, value: "openstack:mariadb"}]}],
  containers: [
    {name: nova-db-init-0, image: "heat:1", command: [/tmp/db-init.py], args: [x], env: [{name: ROOT_DB_CONNECTION, valueFrom: {secretKeyRef: {name: nova-db-admin, key: DB_CONNECTION}}}]},
    {name: nova-db-init-1, image: "heat:1", command: [/tmp/db-init.py]}]}}}
"#;

fn accounts(former: &[&str]) -> Vec<Accounts> {
    let former = former.iter().map(|user| (*user).to_owned()).collect();
    let users = ["oslo_db", "oslo_db_cell0"].map(|name| format!("endpoints.{name}.auth.nova.username"));
    let messaging = Accounts { job: "nova-rabbit-init".into(), users: vec!["x.y".into()], former: vec![] };
    vec![Accounts { job: "nova-db-init".into(), users: users.into(), former }, messaging]
}

fn values(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn a_job_makes_accounts_beforehand_where_one_of_its_users_is_another() {
    let of =
        |user: &str| values(&json!({"endpoints": {"oslo_db_cell0": {"auth": {"nova": {"username": user}}}}}));
    let (none, second, third) =
        (values(&json!({"endpoints": {"oslo_db": {"port": 1}}})), of("nova_2"), of("nova_3"));
    for (old, new, jobs) in [
        (&none, &none, vec![]),
        (&none, &second, vec!["nova-db-init"]),
        (&second, &second, vec![]),
        (&second, &third, vec!["nova-db-init"]),
    ] {
        assert_eq!(renewed(&accounts(&[]), old, new), jobs, "{new:?} after {old:?}");
    }
}

#[test]
fn a_removal_is_a_hook_that_logs_in_as_the_job_that_makes_accounts() {
    let manifest = Manifest::read(MANIFEST).unwrap();
    assert!(removals(&accounts(&[]), &manifest).is_empty());
    let mut all = removals(&accounts(&["nova", "nova_2"]), &manifest);
    let job = all.pop().unwrap();
    assert!(
        all.is_empty() && is_removal(&job) && !is_removal(manifest.object("Job", "nova-db-init").unwrap())
    );
    let at = |pointer: &str| job.value.pointer(pointer).cloned().unwrap_or_default();
    assert_eq!(job.name(), "nova-db-init-former");
    assert_eq!(at("/metadata/labels"), Value::Null, "nothing waits for it");
    let containers = at("/spec/template/spec/containers");
    assert_eq!(containers.as_array().unwrap().len(), 1);
    assert_eq!(
        (&containers[0]["image"], &containers[0]["command"][0]),
        (&json!("heat:1"), &json!("python3"))
    );
    assert_eq!(containers[0].get("args"), None);
    let env = containers[0]["env"].as_array().unwrap();
    assert_eq!(
        (&env[0]["name"], &env[1]),
        (&json!("ROOT_DB_CONNECTION"), &json!({"name": "FORMER_USERS", "value": "nova nova_2"}))
    );
    assert_eq!(at("/spec/template/spec/serviceAccountName"), "nova-db-init");
    assert_eq!(
        at("/spec/template/spec/initContainers/0/env"),
        json!([{"name": "DEPENDENCY_SERVICE", "value": "openstack:mariadb"}])
    );
    let mut with = manifest.clone();
    with.add(job);
    let hook = with.hook_job("nova-db-init-former").unwrap();
    assert!(hook.runs_at(&[Event::PostUpgrade]) && hook.weight == 1000, "after all others");
    let read = Manifest::read(&hook.object.text).unwrap();
    assert_eq!(
        read.hook_job("nova-db-init-former").unwrap().object.value,
        hook.object.value,
        "a record keeps it"
    );
}

#[test]
fn what_removes_accounts_of_the_messaging_runs_in_an_image_that_has_python() {
    let text = MANIFEST.to_owned()
        + r#"---
apiVersion: batch/v1
kind: Job
metadata: {name: nova-rabbit-init}
spec: {template: {spec: {containers: [{name: rabbit-init, image: "rabbitmq:4-management"}]}}}
"#;
    let account = Accounts { job: "nova-rabbit-init".into(), users: vec![], former: vec!["nova".into()] };
    let all = removals(&[account], &Manifest::read(&text).unwrap());
    assert_eq!(all[0].value.pointer("/spec/template/spec/containers/0/image"), Some(&json!("heat:1")));
}

#[test]
fn what_is_removed_is_part_of_what_is_wanted_and_nothing_where_nothing_is() {
    assert_eq!(removed(&accounts(&[])), "");
    assert_eq!(removed(&accounts(&["nova", "nova_2"])), "nova-db-init: nova nova_2\n");
}
