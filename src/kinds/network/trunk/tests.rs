use super::*;
use crate::kind::{
    Goal, Meta,
    any::{AnyKey, AnyKind, Erased, Observed},
    marker::Marker,
    request::Answer,
};

/// The next request for a trunk that is to be so, and is so.
fn next(goal: Goal, wanted: &Value, have: &Value) -> String {
    let kind = Erased::<Trunk>::new();
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "t", external_name: Some("i"), creating: false, marker: &marker };
    let params = serde_json::from_value(wanted.clone()).unwrap();
    let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
    let kind = &kind as &dyn AnyKind;
    let found = kind.parse(&key, &[Answer::Body(json!({ "trunk": have }))]).unwrap();
    let crate::kind::Found::One { body, .. } = found else { panic!("{found:?}") };
    let observed: Observed = kind.observe(&body).unwrap();
    let diff = kind.diff(&params, &observed).unwrap();
    match kind.step(goal, &key, Some(&observed), &diff).unwrap() {
        Step::Send(request) => {
            format!("{} {} {}", request.method, request.path, request.body.unwrap_or_default())
        }
        Step::Refuse(why) => why,
        other => format!("{other:?}"),
    }
}

fn port(id: &str, tag: u32) -> Value {
    json!({"port_id": id, "segmentation_type": "vlan", "segmentation_id": tag})
}

#[test]
fn ports_that_are_too_much_go_before_others_come_and_what_is_inherited_is_as_it_is_wanted() {
    let wanted = json!({"subPorts": [{"portId": "a", "segmentationType": "vlan", "segmentationId": 1},
        {"portId": "b"}]});
    for (have, sent) in [
        (
            json!([port("a", 2), port("b", 7)]),
            r#"PUT /trunks/i/remove_subports {"sub_ports":[{"port_id":"a"}]}"#,
        ),
        (
            json!([port("b", 7)]),
            r#"PUT /trunks/i/add_subports {"sub_ports":[{"port_id":"a","segmentation_id":1,"segmentation_type":"vlan"}]}"#,
        ),
        (
            json!([port("a", 1)]),
            r#"PUT /trunks/i/add_subports {"sub_ports":[{"port_id":"b","segmentation_type":"inherit"}]}"#,
        ),
        (json!([port("a", 1), port("b", 7)]), "Done"),
    ] {
        let have = json!({"id": "i", "status": "ACTIVE", "admin_state_up": true, "sub_ports": have});
        assert_eq!(next(Goal::Match, &wanted, &have), sent, "{have}");
    }
}

#[test]
fn a_trunk_that_is_down_is_told_to_go_up_before_it_is_changed_or_deleted() {
    let have = json!({"id": "i", "status": "DOWN", "admin_state_up": false, "sub_ports": []});
    let up = r#"PUT /trunks/i {"trunk":{"admin_state_up":true}}"#;
    let wanted = |up: bool| json!({"adminStateUp": up, "subPorts": [{"portId": "a", "segmentationType": "vlan", "segmentationId": 1}]});
    assert_eq!(next(Goal::Match, &wanted(true), &have), up);
    assert!(next(Goal::Match, &wanted(false), &have).contains("set spec.forProvider.adminStateUp"));
    assert_eq!(next(Goal::Vanish, &wanted(false), &have), up);
}
