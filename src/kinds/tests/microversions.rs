//! Which microversions looks are made with: as old as what is asked for allows, so that older clouds are served.

use crate::{
    kind::{Goal, Meta, Step, any::AnyKey, diff::Diff, marker::Marker},
    kinds::KINDS,
};
use serde_json::{Map, Value, json};

#[test]
fn a_look_asks_for_no_newer_microversion_than_the_fields_in_use_need() {
    let type_id = "7c7b7f0e-3b0f-4d53-8a4e-1d2a3b4c5d6e";
    for (id, params, version) in [
        ("compute.Server", json!({"hostname": "h"}), Some("2.46")),
        ("compute.Flavor", json!({"swap": 0, "description": "d", "extraSpecs": {"a": "b"}}), Some("2.61")),
        ("compute.VolumeAttachment", json!({"device": "/dev/vdb"}), Some("2.60")),
        ("compute.VolumeAttachment", json!({"tag": "t"}), Some("2.70")),
        ("compute.VolumeAttachment", json!({"tag": "t", "deleteOnTermination": true}), Some("2.79")),
        ("blockstorage.Volume", json!({"size": 1}), Some("3.42")),
        ("blockstorage.Volume", json!({"size": 1, "volumeType": "fast"}), Some("3.42")),
        ("blockstorage.Volume", json!({"size": 1, "volumeType": type_id}), Some("3.63")),
        ("blockstorage.Volume", json!({"backupId": "b"}), Some("3.42")),
        ("network.Port", json!({"name": "p"}), None),
    ] {
        let kind = KINDS.iter().find(|kind| kind.id() == id).unwrap();
        let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
        let meta = Meta { namespace: "n", name: "s", external_name: None, creating: true, marker: &marker };
        let params: Map<String, Value> = serde_json::from_value(params).unwrap();
        let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
        let asked = kind.looks_with(&key).unwrap().map(|version| version.to_string());
        assert_eq!(asked.as_deref(), version, "{id} {params:?}");
    }
}

#[test]
fn a_change_is_answered_as_fully_as_a_look() {
    let kind = KINDS.iter().find(|kind| kind.id() == "blockstorage.Volume").unwrap();
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "s", external_name: None, creating: true, marker: &marker };
    let params = json!({"size": 1, "volumeType": "7c7b7f0e-3b0f-4d53-8a4e-1d2a3b4c5d6e"});
    let params: Map<String, Value> = serde_json::from_value(params).unwrap();
    let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
    let Step::Send(request) = kind.step(Goal::Exist, &key, None, &Diff::default()).unwrap() else { panic!() };
    assert_eq!(
        request.microversion,
        kind.looks_with(&key).unwrap(),
        "else the type would differ, and be changed"
    );
}
