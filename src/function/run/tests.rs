//! Single calls; clouds over several ones are in `history`, chains of profiles in `profiles`, whole answers in `golden`.

mod golden;
mod history;
mod nodes;
mod profiles;

use super::*;
use crate::function::convert;
use crate::function::protocol::{
    Ready, RequestMeta, Resource, Resources, Severity, State, Status, Target, resource_selector::Match,
};
use serde_json::json;
use std::collections::BTreeMap;

fn resource(object: Value) -> Resource {
    Resource {
        resource: Some(convert::to_struct(object.as_object().unwrap().clone())),
        ..Resource::default()
    }
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

fn request(composite: Value) -> RunFunctionRequest {
    RunFunctionRequest {
        meta: Some(RequestMeta { tag: "t1".to_owned(), capabilities: vec![] }),
        observed: Some(State { composite: Some(resource(composite)), resources: BTreeMap::new() }),
        ..RunFunctionRequest::default()
    }
}

fn cloud_of_the_examples() -> Value {
    yaml(include_str!("../../../examples/cloud/cloud.yaml"))
}

fn profile_of_the_examples() -> Value {
    yaml(include_str!("../../../examples/cloud/profile.yaml"))
}

/// Answers what was required by objects of these names.
fn look_up(mut request: RunFunctionRequest, objects: &[Value]) -> RunFunctionRequest {
    let response = run(request.clone());
    for (key, selector) in response.requirements.unwrap_or_default().resources {
        let Some(Match::MatchName(name)) = selector.r#match else { panic!("by name") };
        let namespace = selector.namespace.map_or(Value::Null, Value::from);
        let wanted = |object: &&Value| {
            object["metadata"]["name"] == name && object["metadata"]["namespace"] == namespace
        };
        let items = objects.iter().filter(wanted).cloned().map(resource).collect();
        request.required_resources.insert(key, Resources { items });
    }
    request
}

fn status(response: &RunFunctionResponse) -> Value {
    let composite = response.desired.clone().unwrap().composite.unwrap().resource.unwrap();
    Value::Object(convert::to_json(composite))["status"].clone()
}

fn composed(response: &RunFunctionResponse) -> Vec<String> {
    response.desired.clone().unwrap().resources.into_keys().collect()
}

/// The profile of the examples with the status that this function gives it.
fn resolved_profile() -> Value {
    let mut profile = profile_of_the_examples();
    let response = run(request(profile.clone()));
    profile["status"] = status(&response);
    profile["status"]["conditions"] = json!([{"type": "Resolved", "status": "True"}]);
    profile
}

#[test]
fn a_response_begins_with_what_earlier_functions_want_and_bears_the_tag() {
    let mut asked = request(cloud_of_the_examples());
    let theirs = resource(json!({"apiVersion": "v1", "kind": "ConfigMap"}));
    asked.desired =
        Some(State { composite: None, resources: BTreeMap::from([("theirs".to_owned(), theirs.clone())]) });
    asked.context = Some(convert::to_struct(json!({"a": 1}).as_object().unwrap().clone()));
    let response = run(asked.clone());
    assert_eq!(response.desired.clone().unwrap().resources["theirs"], theirs);
    assert_eq!(response.context, asked.context);
    let meta = response.meta.unwrap();
    assert_eq!((meta.tag.as_str(), meta.ttl.unwrap().seconds), ("t1", 60));
}

#[test]
fn requirements_are_the_same_at_every_call_and_nothing_is_fatal_before_they_are_looked_up() {
    let mut asked = request(cloud_of_the_examples());
    let part = json!({"apiVersion": "component.kupenstack.io/v1alpha1", "kind": "Nova", "metadata": {"name": "n"}, "spec": {"forProvider": {}}});
    asked.observed.as_mut().unwrap().resources.insert("nova".to_owned(), resource(part));
    let first = run(asked.clone());
    assert!(first.results.is_empty() && first.conditions.is_empty());
    assert_eq!(composed(&first), ["nova"], "and nothing is taken out of what is wanted");
    let second = run(look_up(asked.clone(), &[resolved_profile()]));
    assert_eq!(second.requirements, first.requirements);
    assert_eq!(
        run(look_up(asked.clone(), &[resolved_profile()])),
        second,
        "equal requests get equal responses"
    );
    let selector = &first.requirements.unwrap().resources["profile/openstack/occp"];
    assert_eq!(selector.api_version, "cluster.kupenstack.io/v1alpha1");
    assert_eq!(selector.kind, "OpenStackCloudConfigurationProfile");
}

#[test]
fn a_profile_that_is_missing_is_named_in_a_condition_and_once_in_an_event() {
    let asked = look_up(request(cloud_of_the_examples()), &[]);
    let response = run(asked.clone());
    let condition = &response.conditions[0];
    assert_eq!((condition.r#type.as_str(), condition.reason.as_str()), ("Accepted", "ProfileNotFound"));
    assert_eq!(condition.status, i32::from(Status::ConditionFalse));
    assert_eq!(condition.target, Some(Target::CompositeAndClaim.into()));
    let message = condition.message.clone().unwrap();
    assert!(message.starts_with("profile openstack/occp: there is none"), "{message}");
    assert_eq!(response.results[0].severity, i32::from(Severity::Warning));
    assert_eq!(response.desired.unwrap().composite.unwrap().ready, i32::from(Ready::False));

    let mut told = cloud_of_the_examples();
    told["status"] = json!({"conditions": [{"type": "Accepted", "status": "False", "message": message}]});
    let again = run(look_up(request(told), &[]));
    assert_eq!((again.results.len(), again.conditions.len()), (0, 1), "what was said is no event any more");
}

#[test]
fn a_profile_tells_what_it_comes_to() {
    let profile = resolved_profile();
    let status = &profile["status"];
    assert_eq!(status["effectiveConfiguration"]["nova"]["replicas"]["apiMetadata"], 1);
    assert_eq!(
        status["effectiveConfiguration"]["nova"]["replicas"]["apiMetadata"].to_string(),
        "1",
        "an integer"
    );
    assert_eq!(status["provenance"]["keystone.replicas.api"], "openstack/occp");
    assert_eq!(status["ignored"][0], "glance.replicas.registry");
    let response = run(request(profile));
    assert_eq!(response.conditions[0].r#type, "Resolved");
    assert_eq!(response.desired.unwrap().composite.unwrap().ready, i32::from(Ready::True));
}

#[test]
fn a_profile_with_a_parent_asks_for_it() {
    let mut child = profile_of_the_examples();
    child["metadata"]["name"] = "child".into();
    child["spec"] = json!({"from": "occp", "crossplane": {"compositionRef": {"name": "x"}}, "nova": {"replicas": {"osapi": 3}}});
    let response = run(look_up(request(child), &[resolved_profile()]));
    let status = status(&response);
    assert_eq!(
        status["effectiveConfiguration"]["nova"]["replicas"],
        json!({"osapi": 3, "conductor": 1, "apiMetadata": 1})
    );
    assert_eq!(status["parents"], json!(["openstack/occp"]));
    assert_eq!(response.conditions[0].status, i32::from(Status::ConditionTrue));
}

#[test]
fn a_claimed_cloud_is_installed_where_its_claim_is_and_bears_its_name() {
    let mut claimed = yaml(include_str!("../../../examples/cloud/claim.yaml"));
    claimed["kind"] = "XOpenStackCloud".into();
    claimed["spec"]["claimRef"] = json!({"namespace": "team-a", "name": "c2", "kind": "OpenStackCloudClaim"});
    claimed["metadata"] = json!({"name": "c2-x7z"});
    let mut asked = request(claimed.clone());
    let keystone = Resource {
        connection_details: BTreeMap::from([("clouds.yaml".to_owned(), b"clouds: {}".to_vec())]),
        ..resource(
            json!({"kind": "Keystone", "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
        )
    };
    asked.observed.as_mut().unwrap().resources.insert("keystone".to_owned(), keystone);
    let desired = run(asked).desired.unwrap();
    let passwords = Value::Object(convert::to_json(desired.resources["passwords"].resource.clone().unwrap()));
    assert_eq!(passwords["metadata"]["namespace"], "team-a");
    assert_eq!(passwords["spec"]["writeConnectionSecretToRef"]["name"], "c2-passwords");
    assert_eq!(desired.composite.unwrap().connection_details["clouds.yaml"], b"clouds: {}");

    claimed["spec"].as_object_mut().unwrap().remove("claimRef");
    assert_eq!(run(request(claimed)).conditions[0].reason, "Unclaimed");
}

#[test]
fn a_cloud_that_halts_is_an_event_with_the_cause() {
    let mut cloud = cloud_of_the_examples();
    cloud["spec"].as_object_mut().unwrap().remove("profiles");
    let conditions = json!([{"type": "Ready", "status": "False"}, {"type": "JobsSucceeded", "status": "False", "message": "Job mariadb-x fails"}]);
    let part = |object: Value| resource(json!({"metadata": {"name": "m"}, "spec": {}, "status": object}));
    let look = |cloud: &Value| {
        let mut asked = request(cloud.clone());
        let parts = &mut asked.observed.as_mut().unwrap().resources;
        parts.insert(
            "passwords".to_owned(),
            part(json!({"conditions": [{"type": "Ready", "status": "True"}]})),
        );
        parts.insert("mariadb".to_owned(), part(json!({"conditions": conditions})));
        run(asked)
    };
    let response = look(&cloud);
    let events: Vec<_> = response.results.iter().map(|result| result.message.as_str()).collect();
    assert_eq!(events, ["mariadb: Job mariadb-x fails"]);
    cloud["status"] = status(&response);
    assert_eq!(look(&cloud).results, []);
}

#[test]
fn what_can_not_be_understood_at_all_is_fatal_so_that_nothing_is_deleted() {
    for (composite, why) in [
        (
            json!({"apiVersion": "example.org/v1", "kind": "OpenStackCloud"}),
            "this function composes OpenStackCloud",
        ),
        (
            json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "Other"}),
            "this function composes OpenStackCloud",
        ),
        (
            json!({"apiVersion": "cluster.kupenstack.io/v1alpha1", "kind": "OpenStackCloud", "spec": {"release": 5}}),
            "spec: ",
        ),
    ] {
        let response = run(request(composite));
        let result = &response.results[0];
        assert_eq!(result.severity, i32::from(Severity::Fatal));
        assert!(result.message.starts_with(why), "{}", result.message);
    }
    assert_eq!(run(RunFunctionRequest::default()).results.len(), 1);
}

/// Documents of a file.
fn documents(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(text).unwrap()
}
