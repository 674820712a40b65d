//! What waits for somebody, and how the status says so.

use super::*;

#[test]
fn manual_changes_wait_for_who_approves_of_just_what_is_wanted_and_stay_approved_while_it_is_carried_out() {
    let held = spec(json!({"changes": "Manual"}));
    let mut running = parts(Stage::Compute, "2025.2");
    change(
        &mut running,
        "nova",
        "/status/atProvider/plan",
        json!({"restarts": ["nova-api-osapi"], "jobs": [], "removed": []}),
    );
    let look = |parts: &ComposedResources, approved: Option<&str>| {
        let composed = super::super::compose(&CloudInput {
            name: "c1",
            namespace: "ns",
            spec: &held,
            profiles: vec![],
            nodes: NodesInput::default(),
            resources: parts,
            told: Map::new(),
            approved,
        });
        let policies = composed.resources["nova"].object["spec"]["managementPolicies"].clone();
        (policies, composed.status["plan"].clone())
    };
    let (policies, plan) = look(&running, None);
    assert_eq!(policies, json!(["Observe", "Create", "Delete", "LateInitialize"]));
    assert_eq!(plan["changes"], json!([{"component": "nova", "restarts": ["nova-api-osapi"]}]));
    let digest = plan["digest"].as_str().unwrap();
    assert_eq!(look(&running, Some("another")).0, policies);
    assert_eq!(look(&running, Some(digest)).0, Value::Null);
    change(&mut running, "nova", "/status/atProvider/plan", json!({}));
    assert_eq!(look(&running, Some(digest)).1["digest"], digest, "while it is carried out the digest stays");
}

#[test]
fn a_further_change_needs_a_further_approval_and_the_status_says_how() {
    let mut running = parts(Stage::Compute, "2025.2");
    let told = json!({"values": ["debug"], "restarts": ["nova-api-osapi"]});
    change(&mut running, "nova", "/status/atProvider/plan", told);
    let look = |changes: &Value, approved: Option<&str>| {
        let claim = ClaimReference { namespace: "ns".to_owned(), name: "c1".to_owned() };
        let spec = CloudSpec { claim_ref: Some(claim), ..spec(changes.clone()) };
        let composed = super::super::compose(&CloudInput {
            name: "c1",
            namespace: "ns",
            spec: &spec,
            profiles: vec![],
            nodes: NodesInput::default(),
            resources: &running,
            told: Map::new(),
            approved,
        });
        let held = composed.resources["nova"].object["spec"].get("managementPolicies").is_some();
        (held, composed.status["plan"].clone())
    };
    let wanted =
        |debug: bool| json!({"changes": "Manual", "components": {"nova": {"values": {"debug": debug}}}});
    let (held, plan) = look(&wanted(true), None);
    let digest = plan["digest"].as_str().unwrap().to_owned();
    assert!(held && plan["approved"] == false);
    assert_eq!(
        plan["approve"],
        format!(
            "kubectl annotate openstackcloudclaim c1 -n ns --overwrite cluster.kupenstack.io/approve={digest}"
        )
    );
    assert_eq!(plan["changes"][0]["values"], json!(["debug"]));
    assert!(plan["pending"].as_array().unwrap().contains(&json!("nova")), "it was not asked for that yet");

    let (held, plan) = look(&wanted(true), Some(&digest));
    assert!(!held && plan["approved"] == true && plan.get("approve").is_none());
    let (held, plan) = look(&wanted(false), Some(&digest));
    assert!(held && plan["approved"] == false && plan["digest"] != *digest);
    for more in
        [json!({"release": "2026.1"}), json!({"images": {"registry": "other"}}), json!({"components": {}})]
    {
        let mut changed = wanted(true);
        changed.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert!(look(&changed, Some(&digest)).0, "{more}");
    }
}
