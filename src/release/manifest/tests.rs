use super::*;
use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use serde_json::json;

const TEXT: &str = r#"---
# Source: keystone/templates/deployment-api.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: keystone-api
spec:
  template:
    spec:
      initContainers: [{name: init, image: "entrypoint:1"}]
      containers:
      - name: keystone-api
        image: "keystone:2025.2"
        env: [{name: OS_PASSWORD, valueFrom: {secretKeyRef: {name: keystone-keystone-admin, key: OS_PASSWORD}}}]
        envFrom: [{configMapRef: {name: more}}]
      volumes:
      - {name: etc, secret: {secretName: keystone-etc, defaultMode: 0444}}
      - name: all
        projected: {sources: [{configMap: {name: keystone-bin}}, {secret: {name: tls}}]}
      - {name: tmp, emptyDir: {}}
---
# Source: keystone/templates/secret-etc.yaml
apiVersion: v1
kind: Secret
metadata: {name: keystone-etc, annotations: {"helm.sh/resource-policy": keep}}
data: {keystone.conf: cG9ydCA9IDUwMDAK}
---
# Source: keystone/templates/empty.yaml
# nothing here
---
# Source: keystone/templates/job-db-sync.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: keystone-db-sync
  annotations:
    helm.sh/hook: post-install, post-upgrade
    helm.sh/hook-weight: "-4"
    helm.sh/hook-delete-policy: before-hook-creation
spec: {template: {spec: {containers: [{name: sync, image: "keystone:2025.2"}]}}}
---
# Source: keystone/templates/pod-test.yaml
apiVersion: v1
kind: Pod
metadata: {name: keystone-test, annotations: {"helm.sh/hook": test-success}}
"#;

fn names(manifest: &Manifest) -> Vec<String> {
    manifest.objects.iter().map(|object| object.identity("").to_string()).collect()
}

fn refused(text: &str) -> String {
    Manifest::parse(text, "openstack").unwrap_err().to_string()
}

#[test]
fn objects_come_in_helms_order_and_hooks_apart_from_them() {
    let manifest = Manifest::parse(TEXT, "openstack").unwrap();
    assert_eq!(names(&manifest), ["Secret/keystone-etc", "Deployment/keystone-api"]);
    let [test, job] = &manifest.hooks[..] else { panic!("{:?}", manifest.hooks) };
    assert_eq!((job.weight, job.delete_policies.len()), (-4, 1));
    assert_eq!(job.events, [Event::PostInstall, Event::PostUpgrade]);
    assert!(job.is_job() && job.runs_at(&[Event::PostUpgrade]) && !job.runs_at(&[Event::PreDelete]));
    assert_eq!(test.events, [Event::Test]);
    assert_eq!(manifest.object("Secret", "keystone-etc").map(Object::is_kept), Some(true));
    assert_eq!(manifest.object("Deployment", "keystone-api").map(Object::is_kept), Some(false));
}

#[test]
fn kinds_that_helm_does_not_know_come_last_by_name_and_equal_ones_keep_their_order() {
    let object =
        |kind: &str, name: &str| format!("---\napiVersion: x/v1\nkind: {kind}\nmetadata: {{name: {name}}}\n");
    let text = [
        object("Zebra", "z"),
        object("Certificate", "b"),
        object("Certificate", "a"),
        object("Service", "s"),
        object("Namespace", "ns"),
    ];
    let manifest = Manifest::read(&text.concat()).unwrap();
    assert_eq!(names(&manifest), ["Namespace/ns", "Service/s", "Certificate/b", "Certificate/a", "Zebra/z"]);
}

#[test]
fn a_hook_for_an_event_that_helm_does_not_know_is_left_alone() {
    let text =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {helm.sh/hook: \"crd-install\"}}\n";
    assert_eq!(Manifest::read(text).unwrap(), Manifest::default());
}

#[test]
fn the_text_of_a_record_reads_back_as_the_objects_it_was_made_of() {
    let manifest = Manifest::parse(TEXT, "openstack").unwrap();
    let text = manifest.text();
    assert!(
        text.starts_with("---\n# Source: keystone/templates/secret-etc.yaml\napiVersion: v1\nkind: Secret\n")
    );
    let read = Manifest::read(&text).unwrap();
    assert_eq!(read.objects, manifest.objects);
    assert_eq!(
        manifest.differing(&read),
        ["Job/keystone-db-sync", "Pod/keystone-test"],
        "hooks are kept apart"
    );
}

#[test]
fn a_pod_template_says_its_images_and_what_it_mounts_or_takes_variables_from() {
    let manifest = Manifest::parse(TEXT, "openstack").unwrap();
    let images: Vec<_> = manifest.images().into_iter().collect();
    assert_eq!(images, ["entrypoint:1", "keystone:2025.2"]);
    let template = manifest.object("Deployment", "keystone-api").and_then(Object::pod_template).unwrap();
    let found: Vec<_> = sources(template).into_iter().map(|(kind, name)| format!("{kind}/{name}")).collect();
    let want = [
        "ConfigMap/keystone-bin",
        "ConfigMap/more",
        "Secret/keystone-etc",
        "Secret/keystone-keystone-admin",
        "Secret/tls",
    ];
    assert_eq!(found, want);
    assert_eq!(template.pointer("/spec/volumes/0/secret/defaultMode"), Some(&json!(0o444)));
}

#[test]
fn go_s_words_for_a_wrong_format_are_refused_in_text_and_within_secrets() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {port: \"%!f(json.Number= )\"}\n";
    assert_eq!(refused(text), "ConfigMap/c has %! in its text: the chart formats a value of the wrong type");
    let inside = BASE64.encode(b"port = %!f(json.Number= )");
    let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\ndata: {{conf: {inside}}}\n");
    assert!(refused(&text).starts_with("Secret/s has %!"));
}

#[test]
fn two_documents_of_one_identity_are_refused_whatever_the_version_of_their_group() {
    let object = |version: &str| format!("---\napiVersion: {version}\nkind: Job\nmetadata: {{name: j}}\n");
    assert_eq!(refused(&[object("batch/v1"), object("batch/v1beta1")].concat()), "Job/j is rendered twice");
    assert!(Manifest::parse(&[object("batch/v1"), object("other/v1")].concat(), "openstack").is_ok());
}

#[test]
fn objects_of_other_namespaces_are_refused_but_cluster_scoped_ones_are_not() {
    let object = |kind: &str, namespace: &str| {
        format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: a, namespace: {namespace}}}\n")
    };
    assert!(refused(&object("Secret", "kube-system")).starts_with("Secret/a is of namespace kube-system"));
    for (kind, namespace) in [("Secret", "openstack"), ("ClusterRole", "kube-system"), ("StorageClass", "x")]
    {
        assert!(Manifest::parse(&object(kind, namespace), "openstack").is_ok(), "{kind}");
    }
    let read = Manifest::read(&object("ClusterRole", "x")).unwrap();
    assert_eq!(read.objects[0].identity("openstack").namespace, None);
}

#[test]
fn what_is_no_object_is_refused_by_its_template() {
    let error = refused("---\n# Source: a/templates/b.yaml\napiVersion: v1\nkind: Secret\n");
    assert_eq!(error, "a/templates/b.yaml renders to an object without a name");
    let error = refused("---\n# Source: a/templates/b.yaml\npassword: [hunter2\n");
    assert!(
        error.starts_with("a/templates/b.yaml renders to what is not valid YAML")
            && !error.contains("hunter2")
    );
}

#[test]
fn only_roles_of_the_release_itself_are_renamed_and_followed() {
    let text = r"
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: nova-bootstrap}
rules: [{apiGroups: [''], resources: [nodes], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: nova-bootstrap}
roleRef: {kind: ClusterRole, name: nova-bootstrap, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: own}
roleRef: {kind: ClusterRole, name: nova-bootstrap}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: viewers}
roleRef: {kind: ClusterRole, name: view}
";
    let manifest = Manifest::renamed(text, "openstack", "openstack").unwrap();
    let want = [
        "ClusterRole/nova-bootstrap-openstack",
        "ClusterRoleBinding/nova-bootstrap-openstack",
        "ClusterRoleBinding/viewers-openstack",
        "RoleBinding/own",
    ];
    assert_eq!(names(&manifest), want);
    let role = |at: usize| manifest.objects[at].value["roleRef"]["name"].clone();
    assert_eq!([role(1), role(2), role(3)], ["nova-bootstrap-openstack", "view", "nova-bootstrap-openstack"]);
    assert_eq!(Manifest::read(&manifest.text()).unwrap(), manifest, "the text says the new names");
    assert_eq!(Manifest::parse(text, "openstack").unwrap().objects[0].name(), "nova-bootstrap");
}

#[test]
fn two_renders_that_differ_name_the_objects() {
    let one = Manifest::parse(TEXT, "openstack").unwrap();
    let other = Manifest::parse(&TEXT.replace("cG9ydCA9IDUwMDAK", "cG9ydCA9IDUwMDEK"), "openstack").unwrap();
    assert_eq!(one.differing(&other), ["Secret/keystone-etc"]);
    assert_eq!(one.differing(&one), Vec::<String>::new());
    assert_eq!(
        format!("{:?}", one.objects),
        "[Secret/keystone-etc, Deployment/keystone-api]",
        "and nothing in it"
    );
}
