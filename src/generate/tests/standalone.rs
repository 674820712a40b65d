//! What runs without Crossplane.

use crate::generate::{Content, Package, packages, standalone};
use serde_json::Value;

fn provider() -> (Package, Vec<Value>) {
    let package = packages().into_iter().find(|package| package.standalone).unwrap();
    let Content::Provider(provider) = &package.content else { panic!("only a provider runs alone") };
    let objects = standalone::objects(&package, provider).unwrap();
    (package, objects)
}

fn the<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let mut all = objects.iter().filter(|object| object["kind"] == kind);
    let found = all.next().unwrap();
    assert!(all.next().is_none(), "one {kind}");
    found
}

#[test]
fn it_holds_just_the_crds_of_the_package_and_one_of_everything_that_runs_it() {
    let (package, objects) = provider();
    let crds: Vec<_> = objects.iter().filter(|o| o["kind"] == "CustomResourceDefinition").cloned().collect();
    assert_eq!(crds, package.objects(&crate::generate::Origin::default()).unwrap());
    let kinds = ["Namespace", "ServiceAccount", "ClusterRoleBinding", "Deployment", "Service"];
    let namespace = &the(&objects, "Namespace")["metadata"]["name"];
    for kind in kinds.into_iter().skip(1).filter(|kind| *kind != "ClusterRoleBinding") {
        assert_eq!(&the(&objects, kind)["metadata"]["namespace"], namespace, "{kind}");
    }
    assert_eq!(objects.len(), crds.len() + kinds.len() + 3, "and three ClusterRoles");
}

#[test]
fn the_pod_has_the_rights_of_the_provider_and_the_service_finds_it() {
    let (package, objects) = provider();
    let (binding, account) = (the(&objects, "ClusterRoleBinding"), the(&objects, "ServiceAccount"));
    let role = objects.iter().find(|o| o["kind"] == "ClusterRole" && o["metadata"]["name"] == package.name());
    assert_eq!(binding["roleRef"]["name"], role.unwrap()["metadata"]["name"]);
    for field in ["name", "namespace"] {
        assert_eq!(binding["subjects"][0][field], account["metadata"][field]);
    }
    let deployment = &the(&objects, "Deployment")["spec"];
    let pod = &deployment["template"]["spec"];
    assert_eq!(pod["serviceAccountName"], account["metadata"]["name"]);
    let labels = &deployment["template"]["metadata"]["labels"];
    let service = &the(&objects, "Service")["spec"];
    assert!(&deployment["selector"]["matchLabels"] == labels && &service["selector"] == labels);
    let ports = pod["containers"][0]["ports"].as_array().unwrap();
    let named = |name: &Value| ports.iter().any(|port| port["name"] == *name);
    assert!(named(&service["ports"][0]["targetPort"]));
    for probe in ["livenessProbe", "readinessProbe"] {
        assert!(named(&pod["containers"][0][probe]["httpGet"]["port"]), "{probe}");
    }
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
}

#[test]
fn who_may_edit_or_view_a_namespace_may_do_so_with_every_kind() {
    let (_, objects) = provider();
    let role = |end: &str| {
        let name = |object: &&Value| object["metadata"]["name"].as_str().unwrap().ends_with(end);
        objects.iter().find(|o| o["kind"] == "ClusterRole" && name(o)).unwrap()
    };
    let aggregated = |role: &Value, into: &str| {
        role["metadata"]["labels"][format!("rbac.authorization.k8s.io/aggregate-to-{into}")] == "true"
    };
    let (edit, view) = (role("-edit"), role("-view"));
    assert!(aggregated(edit, "edit") && aggregated(edit, "admin") && !aggregated(edit, "view"));
    assert!(aggregated(view, "view"));
    for crd in objects.iter().filter(|object| object["kind"] == "CustomResourceDefinition") {
        let (group, plural) = (&crd["spec"]["group"], &crd["spec"]["names"]["plural"]);
        for role in [edit, view] {
            let holds = |rule: &&Value| {
                rule["apiGroups"][0] == *group && rule["resources"].as_array().unwrap().contains(plural)
            };
            assert!(role["rules"].as_array().unwrap().iter().any(|rule| holds(&rule)), "{group} {plural}");
        }
    }
}
