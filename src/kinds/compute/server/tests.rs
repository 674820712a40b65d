mod changes;

use super::*;
use crate::kind::{
    Goal, Meta,
    any::{AnyKey, AnyKind, Erased, Observed},
    marker::Marker,
    request::Request,
};

fn parsed(params: &ServerParameters, answers: &[Answer]) -> Result<Found, KindError> {
    let (kind, none) = (Erased::<Server>::new(), Map::new());
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "s", external_name: Some("i"), creating: false, marker: &marker };
    let any = AnyKey::new(&none, meta, kind.shapes().unwrap());
    Server::parse(&Key { params, any: &any }, answers)
}

fn completed(params: ServerParameters, body: Value) -> Value {
    let mut body: Map<String, Value> = serde_json::from_value(body).unwrap();
    Server::complete(&params, &mut body);
    Value::Object(body)
}

#[test]
fn a_server_of_which_no_networks_are_said_gets_those_of_its_project() {
    assert_eq!(completed(ServerParameters::default(), json!({})), json!({"networks": "auto"}));
    let none = ServerParameters { network_mode: Some(NetworkMode::None), ..Default::default() };
    assert_eq!(completed(none.clone(), json!({})), json!({"networks": "none"}));
    assert_eq!(completed(none, json!({"networks": [{"uuid": "n"}]})), json!({"networks": [{"uuid": "n"}]}));
}

#[test]
fn the_source_of_a_disk_follows_from_the_id_that_is_given() {
    let disks = json!({"block_device_mapping_v2": [{"volume_id": "v", "boot_index": 0}, {"destination_type": "local"}]});
    let said = completed(ServerParameters::default(), disks);
    assert_eq!(
        said["block_device_mapping_v2"],
        json!([{"source_type": "volume", "uuid": "v", "destination_type": "volume", "boot_index": 0},
            {"source_type": "blank", "destination_type": "local"}])
    );
}

#[test]
fn an_answer_that_is_only_a_part_of_the_server_just_names_it() {
    let answer = |server: Value| {
        parsed(&ServerParameters::default(), &[Answer::Body(json!({"server": server}))]).unwrap()
    };
    assert_eq!(answer(json!({"id": "i", "adminPass": "x"})), Found::Named("i".to_owned()));
    assert_eq!(answer(json!({"id": "i", "key_name": null, "status": "SOFT_DELETED"})), Found::Absent);
}

#[test]
fn the_flavor_of_a_resize_that_waits_to_be_confirmed_is_not_yet_the_servers() {
    for (status, key) in [("ACTIVE", "flavorRef"), ("VERIFY_RESIZE", "resized_to")] {
        let body = json!({"server": {"id": "i", "key_name": null, "status": status, "flavor": {"id": "f"}}});
        let found = parsed(&ServerParameters::default(), &[Answer::Body(body)]).unwrap();
        let Found::One { body, .. } = found else { panic!("{found:?}") };
        assert_eq!(body[key], "f", "{status}");
        assert_eq!(body.get("flavorRef").is_some(), key == "flavorRef");
    }
}

#[test]
fn what_nova_does_not_tell_is_taken_to_be_as_wanted() {
    let wanted = |zone: &str| ServerParameters {
        availability_zone: Some(zone.to_owned()),
        image_id: Some("img".to_owned()),
        ..Default::default()
    };
    for (zone, told, want) in [
        ("nova", "nova", "nova"),
        ("nova:host", "nova", "nova:host"),
        ("nova", "", "nova"),
        ("nova", "x", "x"),
    ] {
        let server = json!({"id": "i", "status": "ACTIVE", "key_name": null, "image": "", "OS-EXT-AZ:availability_zone": told});
        let found = parsed(&wanted(zone), &[Answer::Body(json!({"server": server}))]).unwrap();
        let Found::One { body, .. } = found else { panic!("{found:?}") };
        assert_eq!(
            (&body["availability_zone"], &body["imageRef"]),
            (&json!(want), &json!("img")),
            "{zone} {told}"
        );
    }
}

#[test]
fn what_nova_says_of_a_server_on_its_shelf_is_that_of_its_shelf() {
    let params = ServerParameters {
        image_id: Some("img".to_owned()),
        disk_config: Some(DiskConfig::Auto),
        ..Default::default()
    };
    for (status, image, disk) in [("SHELVED_OFFLOADED", "img", "AUTO"), ("ACTIVE", "x", "MANUAL")] {
        let server = json!({"id": "i", "key_name": null, "status": status, "image": {"id": "x"},
            "OS-DCF:diskConfig": "MANUAL"});
        let found = parsed(&params, &[Answer::Body(json!({"server": server}))]).unwrap();
        let Found::One { body, .. } = found else { panic!("{found:?}") };
        assert_eq!(
            (&body["imageRef"], &body["OS-DCF:diskConfig"]),
            (&json!(image), &json!(disk)),
            "{status}"
        );
    }
}

#[test]
fn security_groups_are_told_by_name_or_id_as_the_spec_says_them() {
    let params = |groups: &[&str]| ServerParameters {
        security_groups: Some(groups.iter().map(|group| (*group).to_owned()).collect()),
        ..Default::default()
    };
    let server = Answer::Body(json!({"server": {"id": "i", "status": "ACTIVE", "key_name": null,
        "security_groups": [{"name": "web"}, {"name": "web"}, {"name": "db"}]}}));
    let groups =
        Answer::Body(json!({"security_groups": [{"id": "w-1", "name": "web"}, {"id": "d-1", "name": "db"}]}));
    let told = |wanted: &[&str], answers: &[Answer]| match parsed(&params(wanted), answers).unwrap() {
        Found::One { body, .. } => body["security_groups"].clone(),
        other => json!(format!("{other:?}")),
    };
    let more = told(&["w-1"], std::slice::from_ref(&server));
    assert!(more.as_str().unwrap().contains("/servers/i/os-security-groups"), "{more}");
    let both = [server.clone(), groups];
    for (wanted, answers, want) in [
        (&["db", "web"][..], std::slice::from_ref(&server), json!(["db", "web"])),
        (&["w-1", "db"][..], &both[..], json!(["db", "w-1"])),
        (&["x-1"][..], &both[..], json!(["db", "web"])),
    ] {
        assert_eq!(told(wanted, answers), want, "{wanted:?}");
    }
    assert_eq!(parsed(&params(&["w-1"]), &[server, Answer::Gone]).unwrap(), Found::Absent);
}

#[test]
fn every_power_state_is_reached_from_every_other() {
    let statuses = ["ACTIVE", "SHUTOFF", "PAUSED", "SUSPENDED", "SHELVED", "SHELVED_OFFLOADED"];
    let after = |action: &str, status| match action {
        "os-start" | "unpause" | "resume" | "unshelve" => "ACTIVE",
        "os-stop" => "SHUTOFF",
        "pause" => "PAUSED",
        "suspend" => "SUSPENDED",
        "shelve" => "SHELVED",
        "shelveOffload" => "SHELVED_OFFLOADED",
        _ => status,
    };
    let wanted = [
        PowerState::Active,
        PowerState::Shutoff,
        PowerState::Paused,
        PowerState::Suspended,
        PowerState::Shelved,
        PowerState::ShelvedOffloaded,
    ];
    for (wanted, goal) in wanted.into_iter().zip(statuses) {
        for from in statuses {
            let mut status = from;
            for _ in 0..3 {
                status = change::towards(wanted, status).map_or(status, |action| after(action, status));
            }
            // The cloud may have taken it off its host already.
            let there = status == goal || (goal, status) == ("SHELVED", "SHELVED_OFFLOADED");
            assert!(there, "from {from} to {goal}: {status}");
        }
    }
}

#[test]
fn the_create_says_the_microversion_that_its_fields_need_and_the_hints_beside_the_server() {
    let sent = |params: Value| {
        let kind = Erased::<Server>::new();
        let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
        let meta = Meta { namespace: "n", name: "s", external_name: None, creating: true, marker: &marker };
        let params = serde_json::from_value(params).unwrap();
        let key = AnyKey::new(&params, meta, AnyKind::shapes(&kind).unwrap());
        let step = AnyKind::step(&kind, Goal::Exist, &key, None, &Default::default()).unwrap();
        let Step::Send(request) = step else { panic!("{step:?}") };
        (request.microversion, request.body.unwrap())
    };
    let hints = json!({"schedulerHints": {"group": "g", "additionalProperties": {"odd": "1"}}});
    let (version, body) = sent(hints);
    assert_eq!(version, Some(Microversion(2, 52)));
    assert_eq!(body["os:scheduler_hints"], json!({"group": "g", "odd": "1"}));
    assert_eq!(body["server"].get("scheduler_hints"), None);
    let typed = json!({"blockDeviceMappings": [{"volumeType": "fast"}]});
    assert_eq!(sent(typed.clone()).0, Some(Microversion(2, 67)));
    let existing = json!({"blockDeviceMappings": [{"volumeId": "v"}]});
    assert_eq!(
        sent(existing).0,
        Some(Microversion(2, 60)),
        "the volume may be one that several servers have"
    );
    let mut named = typed;
    named["hostname"] = json!("h");
    assert_eq!(sent(named).0, Some(Microversion(2, 90)));
}

#[test]
fn a_server_that_the_spec_locks_is_unlocked_for_changes_but_not_to_be_deleted() {
    let next = |goal: Goal, wanted: Value, locked: bool, tags: &[&str]| {
        let kind = Erased::<Server>::new();
        let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
        let meta =
            Meta { namespace: "n", name: "s", external_name: Some("i"), creating: false, marker: &marker };
        let have = json!({"status": "ACTIVE", "powerState": "active", "locked": locked, "tags": tags});
        let observed = Observed { at_provider: serde_json::from_value(have).unwrap(), ..Observed::default() };
        let params = serde_json::from_value(wanted).unwrap();
        let shapes = AnyKind::shapes(&kind).unwrap();
        let diff = crate::kind::diff::diff(&shapes.params, &params, &observed.at_provider);
        let key = AnyKey::new(&params, meta, shapes);
        match AnyKind::step(&kind, goal, &key, Some(&observed), &diff).unwrap() {
            Step::Send(Request { method, body, .. }) => format!("{method} {}", body.unwrap_or_default()),
            other => format!("{other:?}"),
        }
    };
    let wanted = |locked: bool| json!({"locked": locked, "tags": ["a"]});
    for (locked, is_locked, tags, sent) in [
        (true, true, &[][..], r#"POST {"unlock":null}"#),
        (true, false, &[], r#"PUT {"tags":["a"]}"#),
        (true, false, &["a"], r#"POST {"lock":null}"#),
        (true, true, &["a"], "Done"),
        (false, true, &["a"], r#"POST {"unlock":null}"#),
    ] {
        assert_eq!(next(Goal::Match, wanted(locked), is_locked, tags), sent, "{locked} {is_locked} {tags:?}");
    }
    assert_eq!(next(Goal::Match, json!({"tags": ["a"]}), true, &[]), r#"PUT {"tags":["a"]}"#, "not managed");
    assert!(next(Goal::Vanish, wanted(true), true, &["a"]).contains("locked to false"));
    assert_eq!(next(Goal::Vanish, wanted(false), true, &["a"]), r#"POST {"unlock":null}"#);
    assert_eq!(next(Goal::Vanish, wanted(true), false, &["a"]), "DELETE null");
}
