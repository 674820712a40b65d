//! Chains of profiles through the API server, and KupenStack's own file.

use super::*;
use sha2::{Digest, Sha256};

const BASE: &str = include_str!("../../../../examples/cloud/base.yaml");
const CHAIN: &str = include_str!("../../../../examples/cloud/chain.yaml");

/// What `RemoteProfile`s that were composed say when they have read `base.yaml`.
fn fetched(mut asked: RunFunctionRequest) -> RunFunctionRequest {
    let wanted = run(asked.clone()).desired.unwrap().resources;
    for (name, wanted) in wanted {
        let mut part = Value::Object(convert::to_json(wanted.resource.unwrap()));
        assert_eq!(part["kind"], "RemoteProfile");
        let digest = part["spec"]["forProvider"]["sha256"].clone();
        part["status"] = json!({"conditions": [{"type": "Ready", "status": "True"}],
            "atProvider": {"digest": digest, "spec": yaml(BASE)["spec"], "nulls": []}});
        asked.observed.as_mut().unwrap().resources.insert(name, resource(part));
    }
    asked
}

/// A profile as it stands in the API server after it was resolved.
fn stored(mut profile: Value, response: &RunFunctionResponse) -> Value {
    profile["status"] = status(response);
    let condition = &response.conditions[0];
    let status = if condition.status == i32::from(Status::ConditionTrue) { "True" } else { "False" };
    profile["status"]["conditions"] =
        json!([{"type": "Resolved", "status": status, "message": condition.message}]);
    profile
}

#[test]
fn the_chain_of_the_examples_names_the_file_that_lies_beside_it() {
    let digest: String = Sha256::digest(BASE).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(documents(CHAIN)[0]["spec"]["fromSha256"], json!(digest));
}

#[test]
fn scenario_12_the_chain_of_the_examples_is_resolved_from_an_address_to_another_namespace() {
    let [laboratory, debugging] = <[Value; 2]>::try_from(documents(CHAIN)).unwrap();
    let first = run(request(laboratory.clone()));
    let condition = &first.conditions[0];
    assert_eq!((condition.r#type.as_str(), condition.reason.as_str()), ("Resolved", "RemoteProfilePending"));
    assert_eq!((composed(&first).len(), first.results.len()), (1, 0), "a moment is no event");

    let response = run(fetched(request(laboratory.clone())));
    let origin = "https://profiles.example.org/base.yaml";
    let told = status(&response);
    assert_eq!(told["parents"], json!([origin]));
    assert_eq!(told["effectiveConfiguration"]["nova"]["replicas"], json!({"osapi": 1, "conductor": 1}));
    assert_eq!(told["provenance"]["keystone.conf.keystone.token.expiration"], origin);
    assert_eq!(response.desired.clone().unwrap().composite.unwrap().ready, i32::from(Ready::True));
    assert_eq!(composed(&response).len(), 1, "it stays composed");

    let laboratory = stored(laboratory, &response);
    let response = run(look_up(request(debugging.clone()), std::slice::from_ref(&laboratory)));
    let told = status(&response);
    assert_eq!(told["parents"], json!(["openstack/laboratory", origin]));
    let nova = &told["effectiveConfiguration"]["nova"];
    assert_eq!(nova["conf"]["nova"], json!({"DEFAULT": {"debug": true}, "libvirt": {"virt_type": "qemu"}}));
    assert_eq!(nova["unset"], json!(["conf.nova.libvirt.cpu_mode"]));
    let origins = &told["provenance"];
    assert_eq!(origins["nova.replicas.osapi"], "openstack/laboratory");
    assert_eq!(origins["nova.conf.nova.libvirt.cpu_mode"], "team-a/debugging");
    assert_eq!(origins["nova.conf.nova.libvirt.virt_type"], origin);

    let mut private = laboratory;
    private["metadata"]["annotations"] = json!({});
    let response = run(look_up(request(debugging), &[private]));
    assert_eq!(response.conditions[0].reason, "ProfileNotFound");
}

#[test]
fn what_reads_an_address_stays_composed_while_a_further_parent_is_looked_up() {
    let mut profile = documents(CHAIN).remove(0);
    profile["metadata"]["name"] = "p".into();
    let mut asked = fetched(request(profile));
    let part = asked.observed.as_mut().unwrap().resources.values_mut().next().unwrap();
    let mut object = Value::Object(convert::to_json(part.resource.clone().unwrap()));
    object["status"]["atProvider"]["spec"]["from"] = "root".into();
    *part = resource(object);
    let first = run(asked.clone());
    assert_eq!((composed(&first).len(), first.conditions.len()), (1, 0));
    assert!(first.requirements.unwrap().resources.contains_key("profile/openstack/root"));
    let root = json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "OpenStackCloudConfigurationProfile",
        "metadata": {"name": "root", "namespace": "openstack"}, "spec": {}});
    let root = stored(root.clone(), &run(request(root)));
    let told = status(&run(look_up(asked, &[root])));
    assert_eq!(told["parents"], json!(["https://profiles.example.org/base.yaml", "openstack/root"]));
}

/// KupenStack's own file in the namespace of its profile.
fn file() -> Value {
    let mut file = yaml(include_str!("../../../../examples/cloud/kupenstack.yaml"));
    file["metadata"]["namespace"] = "default".into();
    file
}

fn defaults() -> Value {
    let install = documents(include_str!("../../../../examples/cloud/install.yaml"));
    install.into_iter().find(|object| object["kind"] == "EnvironmentConfig").unwrap()
}

#[test]
fn kupenstacks_own_file_asks_for_the_defaults_and_becomes_a_cloud() {
    let first = run(request(file()));
    assert!(first.conditions.is_empty() && composed(&first).is_empty());
    let selector = &first.requirements.unwrap().resources["defaults"];
    assert_eq!((selector.kind.as_str(), selector.namespace.clone()), ("EnvironmentConfig", None));

    let response = run(look_up(request(file()), &[defaults()]));
    assert_eq!(response.conditions[0].status, i32::from(Status::ConditionTrue), "{:?}", response.conditions);
    let cloud = response.desired.unwrap().resources["cloud"].resource.clone().unwrap();
    let cloud = Value::Object(convert::to_json(cloud));
    assert_eq!(
        (&cloud["kind"], &cloud["metadata"]["name"]),
        (&json!("OpenStackCloud"), &json!("configfile"))
    );
    let spec: CloudSpec = serde_json::from_value(cloud["spec"].clone()).unwrap();
    assert_eq!(
        (spec.release.as_str(), spec.profiles[0].name.as_str(), spec.nodes.len()),
        ("2025.2", "occp", 2)
    );
    assert!(spec.chart.contains_key("oci") && spec.images.contains_key("registry"));

    let response = run(look_up(request(file()), &[]));
    assert_eq!(response.conditions[0].reason, "MissingDefaults");
    assert!(response.desired.unwrap().resources.is_empty());
}
