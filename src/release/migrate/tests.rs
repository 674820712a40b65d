use super::*;

const MANIFEST: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: keystone-db-sync, labels: {component: db-sync}, annotations: {helm.sh/hook: "post-install,post-upgrade"}}
spec: {backoffLimit: 1000, template: {spec: {
  initContainers: [{name: init, image: "entrypoint:1", env: [{name: DEPENDENCY_JOBS, value: keystone-db-init},
    {name: DEPENDENCY_JOBS_JSON, value: "[]"}, {name: DEPENDENCY_SERVICE, value: "openstack:mariadb"}]}],
  containers: [{name: sync, image: "keystone:2025.1", envFrom: [{secretRef: {name: foreign}}],
    env: [{name: X, valueFrom: {secretKeyRef: {name: keystone-etc, key: x}}}]}],
  volumes: [{name: etc, secret: {secretName: keystone-etc, defaultMode: 0444}}, {name: bin, configMap: {name: keystone-bin}}]}}}
---
apiVersion: v1
kind: Secret
metadata: {name: keystone-etc, annotations: {helm.sh/hook: pre-install}}
data: {x: YQ==}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: keystone-bin}
data: {sync: exit}
"#;

fn names() -> Vec<String> {
    vec!["keystone-db-sync".to_owned(), "absent".to_owned()]
}

fn read(text: &str) -> Manifest {
    Manifest::read(text).unwrap()
}

fn cloned(text: &str) -> Migration {
    let manifest = read(text);
    clone(manifest.object("Job", "keystone-db-sync").unwrap(), &manifest, "keystone", "openstack")
}

fn due_names(old: &Manifest, new: &Manifest) -> Vec<String> {
    due(old, new, &names(), &[]).into_iter().map(|job| job.name().to_owned()).collect()
}

#[test]
fn a_migration_is_due_only_where_its_image_is_another() {
    let (old, new) = (read(MANIFEST), read(&MANIFEST.replace("2025.1", "2025.2")));
    assert_eq!(due_names(&old, &new), ["keystone-db-sync"]);
    assert_eq!(due_names(&old, &read(&MANIFEST.replace("YQ==", "Yg=="))), Vec::<String>::new(), "an option");
    assert_eq!(
        due_names(&Manifest::default(), &new),
        Vec::<String>::new(),
        "a Job that is new has nothing to migrate"
    );
}

#[test]
fn the_copy_stands_beside_the_old_release_under_names_of_its_own() {
    let migration = cloned(MANIFEST);
    let digest = migration.name.strip_prefix("keystone-db-sync-pre-").unwrap().to_owned();
    assert_eq!((digest.len(), migration.of.as_str()), (8, "keystone-db-sync"));
    let job = &migration.job;
    let labels = json!({LABEL: "keystone"});
    assert_eq!((&job["metadata"]["labels"], &job["metadata"]["namespace"]), (&labels, &json!("openstack")));
    assert_eq!(job["spec"]["backoffLimit"], 1000);
    let annotations = job["metadata"]["annotations"].as_object().unwrap();
    assert_eq!(annotations.keys().collect::<Vec<_>>(), ["kupenstack.io/inputs"], "it is no hook");
    let etc = format!("keystone-etc-pre-{digest}");
    let at = |pointer: &str| job.pointer(pointer).unwrap().clone();
    assert_eq!(at("/spec/template/spec/volumes/0/secret/secretName"), etc);
    assert_eq!(at("/spec/template/spec/volumes/1/configMap/name"), format!("keystone-bin-pre-{digest}"));
    assert_eq!(at("/spec/template/spec/containers/0/env/0/valueFrom/secretKeyRef/name"), etc);
    assert_eq!(
        at("/spec/template/spec/containers/0/envFrom/0/secretRef/name"),
        "foreign",
        "what is not of the release"
    );
    assert_eq!(at("/spec/template/spec/volumes/0/name"), "etc", "volumes keep their names");
    let sources: Vec<_> = migration.sources.iter().map(|source| source["metadata"]["name"].clone()).collect();
    assert_eq!(sources, [json!(format!("keystone-bin-pre-{digest}")), json!(etc)]);
    assert_eq!(migration.sources[1]["data"], json!({"x": "YQ=="}));
    assert!(migration.sources[1].pointer("/metadata/annotations").is_none());
}

#[test]
fn it_waits_for_services_and_not_for_jobs_of_the_release_that_runs() {
    let variables = cloned(MANIFEST).job.pointer("/spec/template/spec/initContainers/0/env").unwrap().clone();
    assert_eq!(variables, json!([{"name": "DEPENDENCY_SERVICE", "value": "openstack:mariadb"}]));
}

#[test]
fn other_inputs_are_another_migration() {
    let manifest = read(MANIFEST);
    let first = cloned(MANIFEST).name;
    assert_eq!(name(manifest.object("Job", "keystone-db-sync").unwrap(), &manifest), first);
    assert_ne!(cloned(&MANIFEST.replace("YQ==", "Yg==")).name, first);
    let long = suffixed(&"a".repeat(62), "-pre-01234567");
    assert_eq!((long.len(), long.ends_with("a-pre-01234567")), (63, true), "it stays a name");
    assert_eq!(suffixed("ab-", "-pre-0"), "ab-pre-0");
}
