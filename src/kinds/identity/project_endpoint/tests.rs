use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::identity::tests::Asked,
};
use serde_json::{Value, json};

fn asked(external_name: Option<&'static str>, params: Value) -> Asked {
    Asked { kind: "identity.ProjectEndpoint", external_name, params }
}

#[test]
fn it_is_of_an_endpoint_or_of_a_group_and_each_has_its_address() {
    let (endpoint, group) =
        ("/OS-EP-FILTER/projects/p/endpoints/e", "/OS-EP-FILTER/endpoint_groups/g/projects/p");
    for (params, name, path) in [
        (json!({"projectId": "p", "endpointId": "e"}), "project/p/endpoint/e", endpoint),
        (json!({"projectId": "p", "endpointGroupId": "g"}), "project/p/endpointgroup/g", group),
    ] {
        let it = asked(None, params);
        assert_eq!(it.said(Goal::Exist, None), format!("PUT {path}"));
        let Found::One { external_name, body } = it.parse(Answer::Body(Value::Null)) else {
            panic!("{name}")
        };
        assert_eq!(external_name, name);
        assert_eq!(asked(Some(name), json!({})).said(Goal::Vanish, Some(body)), format!("DELETE {path}"));
    }
    let told = json!({"project_endpoint_group": {"project_id": "p", "endpoint_group_id": "g"}});
    let it = asked(Some("project/p/endpointgroup/g"), json!({}));
    assert!(matches!(it.parse(Answer::Body(told)), Found::One { .. }));
}

#[test]
fn both_or_neither_mean_nothing() {
    for params in
        [json!({"projectId": "p"}), json!({"projectId": "p", "endpointId": "e", "endpointGroupId": "g"})]
    {
        assert_eq!(asked(None, params).reads(), "[]");
    }
}
