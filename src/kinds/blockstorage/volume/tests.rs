use super::*;
use crate::kind::{
    Found, Goal, Meta,
    any::{AnyKey, AnyKind, Erased, Observed},
    marker::Marker,
    request::{Answer, Request},
};

fn ask<T>(params: &Value, question: impl FnOnce(&Erased<Volume>, &AnyKey<'_>) -> T) -> T {
    let kind = Erased::<Volume>::new();
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "v", external_name: Some("i"), marker: &marker, creating: false };
    let params = serde_json::from_value(params.clone()).unwrap();
    question(&kind, &AnyKey::new(&params, meta, kind.shapes().unwrap()))
}

fn parsed(params: &Value, answers: &[Answer]) -> Found {
    ask(params, |kind, key| kind.parse(key, answers).unwrap())
}

fn next(params: &Value, seen: &Value) -> String {
    towards(Goal::Match, params, seen)
}

fn towards(goal: Goal, params: &Value, seen: &Value) -> String {
    let at_provider = serde_json::from_value(seen.clone()).unwrap();
    let observed = Observed {
        at_provider,
        marker: Some(Marker { uid: "u".to_owned(), owner: "o".to_owned() }),
        ..Observed::default()
    };
    let step = ask(params, |kind, key| {
        let diff = (kind as &dyn AnyKind).diff(key.params, &observed).unwrap();
        kind.step(goal, key, Some(&observed), &diff).unwrap()
    });
    match step {
        Step::Send(Request { method, path, body: Some(body), .. }) => format!("{method} {path} {body}"),
        Step::Send(Request { method, path, query, .. }) => format!("{method} {path} {query:?}"),
        other => format!("{other:?}"),
    }
}

fn volume(fields: Value) -> Answer {
    let mut volume = json!({"id": "i", "status": "available", "volume_type": "fast", "volume_type_id": "f-1", "bootable": "true"});
    let Value::Object(fields) = fields else { panic!() };
    volume.as_object_mut().unwrap().extend(fields);
    Answer::Body(json!({"volume": volume}))
}

#[test]
fn the_type_is_told_by_name_or_id_as_the_spec_says_it_and_cinders_own_flags_are_no_metadata() {
    let metadata = json!({"metadata": {"a": "b", "readonly": "True", "attached_mode": "rw"}});
    for (wanted, told) in [("fast", "fast"), ("f-1", "f-1"), ("slow", "fast")] {
        let found = parsed(&json!({"volumeType": wanted}), &[volume(metadata.clone())]);
        let Found::One { body, .. } = found else { panic!("{found:?}") };
        assert_eq!(body["volume_type"], told);
        assert_eq!(
            (&body["metadata"], &body["readonly"], &body["bootable"]),
            (&json!({"a": "b"}), &json!(true), &json!(true))
        );
    }
}

#[test]
fn cinders_messages_are_read_for_a_volume_that_failed_and_the_newest_tells_why() {
    let broken = volume(json!({"status": "error_extending"}));
    assert_eq!(
        parsed(&json!({}), std::slice::from_ref(&broken)),
        Found::More(vec![(super::super::shared::MESSAGES.list)("i")])
    );
    let told = |at: &str, text: &str| json!({"created_at": at, "user_message": text});
    let told = Answer::Items(vec![told("2026-02", "no space"), told("2026-01", "old")]);
    let found = parsed(&json!({}), &[broken, told]);
    let Found::One { body, .. } = found else { panic!("{found:?}") };
    assert_eq!(body["fault"], "no space");
}

#[test]
fn one_action_at_a_time_and_none_while_the_volume_is_at_work() {
    let wanted = json!({"name": "b", "size": 2, "volumeType": "slow", "migrationPolicy": "on-demand"});
    let have =
        |name, size, status| json!({"name": name, "size": size, "volumeType": "fast", "status": status});
    assert_eq!(next(&wanted, &have("a", 1, "extending")), r#"PUT /volumes/i {"volume":{"name":"b"}}"#);
    assert_eq!(
        next(&wanted, &have("b", 1, "in-use")),
        r#"POST /volumes/i/action {"os-extend":{"new_size":2}}"#
    );
    assert_eq!(next(&wanted, &have("b", 1, "extending")), r#"Wait("the volume, which is extending")"#);
    assert_eq!(
        next(&wanted, &have("b", 2, "available")),
        r#"POST /volumes/i/action {"os-retype":{"migration_policy":"on-demand","new_type":"slow"}}"#
    );
    let right = json!({"name": "b", "size": 2, "volumeType": "fast"});
    assert!(next(&right, &have("b", 3, "available")).contains("can't shrink"));
}

#[test]
fn the_marker_stays_in_the_metadata_and_does_not_enter_the_description() {
    let have = json!({"description": "a", "metadata": {"a": "b"}, "status": "available"});
    assert_eq!(next(&json!({"description": "b"}), &have), r#"PUT /volumes/i {"volume":{"description":"b"}}"#);
    assert_eq!(
        next(&json!({"metadata": {}}), &have),
        r#"PUT /volumes/i {"volume":{"metadata":{"kupenstack":"[kupenstack:u:o]"}}}"#
    );
}

#[test]
fn snapshots_go_with_a_volume_only_if_the_spec_says_so_and_once_nobody_uses_it() {
    let cascade = json!({"cascadeDelete": true});
    let vanish = |params: &Value, seen: &Value| towards(Goal::Vanish, params, seen);
    let free = json!({"status": "available"});
    assert_eq!(vanish(&cascade, &free), r#"DELETE /volumes/i [("cascade", "true")]"#);
    for plain in [json!({}), json!({"cascadeDelete": false})] {
        assert_eq!(vanish(&plain, &free), "DELETE /volumes/i []");
    }
    assert_eq!(vanish(&cascade, &json!({"status": "deleting"})), r#"Wait("the volume's deletion")"#);
    let used = json!({"status": "in-use", "attachments": [{"serverId": "s"}]});
    assert_eq!(vanish(&cascade, &used), r#"Wait("server s to let the volume go")"#);
    let by_nobodys = json!({"status": "reserved", "attachments": [{"attachmentId": "a", "serverId": ""}]});
    assert_eq!(vanish(&cascade, &by_nobodys), r#"Wait("attachment a to let the volume go")"#);
    let grouped = json!({"status": "available", "id": "i", "groupId": "g"});
    assert_eq!(vanish(&cascade, &grouped), r#"PUT /groups/g {"group":{"remove_volumes":"i"}}"#);
}

#[test]
fn what_a_server_takes_as_from_an_image_is_set_at_once_and_taken_away_one_by_one() {
    let image = json!({"volume_image_metadata": {"image_id": "im", "size": "1", "hw_disk_bus": "scsi", "os_type": "linux"}});
    let Found::One { body, .. } = parsed(&json!({}), &[volume(image)]) else { panic!() };
    assert_eq!(
        body["image_metadata"],
        json!({"hw_disk_bus": "scsi", "os_type": "linux"}),
        "not what tells the image"
    );
    let Found::One { body, .. } = parsed(&json!({}), &[volume(json!({}))]) else { panic!() };
    assert_eq!(body["image_metadata"], json!({}));

    let seen = |have: Value| json!({"id": "i", "status": "available", "imageMetadata": have});
    let wanted = json!({"imageMetadata": {"hw_disk_bus": "virtio", "new": "1"}});
    assert_eq!(
        next(&wanted, &seen(json!({"hw_disk_bus": "scsi", "os_type": "linux"}))),
        r#"POST /volumes/i/action {"os-set_image_metadata":{"metadata":{"hw_disk_bus":"virtio","new":"1"}}}"#
    );
    assert_eq!(
        next(&wanted, &seen(json!({"hw_disk_bus": "virtio", "new": "1", "os_type": "linux"}))),
        r#"POST /volumes/i/action {"os-unset_image_metadata":{"key":"os_type"}}"#
    );
    assert_eq!(next(&wanted, &seen(wanted["imageMetadata"].clone())), "Done");
}

#[test]
fn a_deletion_says_with_what_and_whether_in_spite_of_the_status() {
    let goes =
        |params: Value| towards(Goal::Vanish, &params, &json!({"id": "i", "status": "error_deleting"}));
    assert_eq!(goes(json!({"forceDelete": true})), r#"DELETE /volumes/i [("force", "true")]"#);
    let both = json!({"cascadeDelete": true, "forceDelete": true});
    assert_eq!(goes(both), r#"DELETE /volumes/i [("cascade", "true"), ("force", "true")]"#);
    assert_eq!(goes(json!({"forceDelete": false})), "DELETE /volumes/i []");
}
