use super::*;
use crate::kind::{
    Meta,
    any::{AnyKey, AnyKind, Erased},
    marker::Marker,
};

fn ask<T>(
    params: &Value,
    name: Option<&str>,
    question: impl FnOnce(&(dyn AnyKind + 'static), &AnyKey<'_>) -> T,
) -> T {
    let kind = Erased::<VolumeAttachment>::new();
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "n", name: "a", external_name: name, marker: &marker, creating: false };
    let params = serde_json::from_value(params.clone()).unwrap();
    question(&kind, &AnyKey::new(&params, meta, kind.shapes().unwrap()))
}

fn attachment() -> Answer {
    Answer::Body(
        json!({"volumeAttachment": {"id": "v", "serverId": "s", "volumeId": "v", "device": "/dev/vdb",
        "tag": null, "delete_on_termination": false}}),
    )
}

fn volume(status: &str, servers: &[&str]) -> Answer {
    let attachments: Vec<_> = servers
        .iter()
        .map(|server| json!({"server_id": server, "attachment_id": format!("a-{server}")}))
        .collect();
    Answer::Body(json!({"volume": {"status": status, "attachments": attachments}}))
}

fn looked(answers: &[Answer]) -> (Ready, String) {
    ask(&json!({"deleteOnTermination": true}), Some("s/v"), |kind, key| {
        let Found::One { external_name, body } = kind.parse(key, answers).unwrap() else { panic!() };
        assert_eq!(external_name, "s/v");
        let observed = kind.observe(&body).unwrap();
        assert_eq!(observed.at_provider["device"], "/dev/vdb");
        let diff = kind.diff(key.params, &observed).unwrap();
        let step = |goal| match kind.step(goal, key, Some(&observed), &diff).unwrap() {
            Step::Send(Request { method, path, body, .. }) => {
                format!("{method} {path} {}", body.unwrap_or_default())
            }
            other => format!("{other:?}"),
        };
        let change = r#"PUT /servers/s/os-volume_attachments/v {"volumeAttachment":{"delete_on_termination":true,"volumeId":"v"}}"#;
        assert_eq!(step(Goal::Match), change);
        (kind.ready(key.params, &observed).unwrap(), step(Goal::Vanish))
    })
}

#[test]
fn it_is_ready_when_the_volume_says_so_and_it_is_detached_once() {
    let detach = "DELETE /servers/s/os-volume_attachments/v null";
    let wait = r#"Wait("the server to let the volume go")"#;
    for (told, ready, vanish) in [
        (volume("in-use", &["s"]), Ready::Yes, detach),
        (volume("in-use", &["t", "s"]), Ready::Yes, detach),
        (volume("attaching", &["t"]), Ready::Not("volume status is attaching".to_owned()), detach),
        (volume("reserved", &[]), Ready::Not("volume status is reserved".to_owned()), detach),
        (
            volume("error_attaching", &[]),
            Ready::Failed("volume status is error_attaching".to_owned()),
            detach,
        ),
        (volume("detaching", &["s"]), Ready::Yes, wait),
        (Answer::Gone, Ready::Not("the volume can't be seen".to_owned()), detach),
    ] {
        assert_eq!(looked(&[attachment(), told.clone()]), (ready, vanish.to_owned()), "{told:?}");
    }
}

#[test]
fn without_an_attachment_there_is_nothing_whatever_the_volume_says() {
    ask(&json!({}), Some("s/v"), |kind, key| {
        assert_eq!(kind.parse(key, &[Answer::Gone, volume("in-use", &["s"])]).unwrap(), Found::Absent);
    });
    ask(&json!({"serverId": "s"}), None, |kind, key| assert_eq!(kind.reads(key).unwrap(), []));
}

#[test]
fn a_create_is_answered_with_a_name_and_looked_for_by_server_and_volume() {
    let params = json!({"serverId": "s", "volumeId": "v", "tag": "t", "device": "/dev/vdz"});
    ask(&params, None, |kind, key| {
        let Step::Send(create) = kind.step(Goal::Exist, key, None, &Diff::default()).unwrap() else {
            panic!()
        };
        assert_eq!(create.path, "/servers/s/os-volume_attachments");
        let body = json!({"volumeAttachment": {"volumeId": "v", "tag": "t", "device": "/dev/vdz"}});
        assert_eq!(create.body, Some(body));
        assert_eq!(kind.parse(key, &[attachment()]).unwrap(), Found::Named("s/v".to_owned()));
        let Read::Get { path } = &kind.reads(key).unwrap()[0] else { panic!() };
        assert_eq!(path, "/servers/s/os-volume_attachments/v");
    });
}
