use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::{KINDS, tests::asked::about},
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

const KIND: &str = "blockstorage.BlockStorageAttachment";

fn connected() -> Value {
    json!({"volumeId": "v", "mode": "ro",
        "connector": {"host": "h", "nvmeHostid": "n", "systemUuid": "u", "additionalProperties": {"site": "a"}}})
}

const CONNECTOR: &str = r#"{"host":"h","nvme_hostid":"n","site":"a","system uuid":"u"}"#;

#[test]
fn a_create_says_what_answers_call_otherwise() {
    let made = format!(
        r#"POST /attachments {{"attachment":{{"connector":{CONNECTOR},"mode":"ro","volume_uuid":"v"}}}}"#
    );
    assert_eq!(about(KIND, connected()).creates(), made);
    let reserved = about(KIND, json!({"volumeId": "v", "instanceId": "i", "complete": false})).creates();
    assert_eq!(reserved, r#"POST /attachments {"attachment":{"instance_uuid":"i","volume_uuid":"v"}}"#);
}

#[test]
fn one_that_is_only_reserved_is_connected_and_then_done_unless_somebody_else_says_so() {
    let next = |params: Value, status: &str| {
        about(KIND, params).named("a").next(Goal::Exist, json!({"id": "a", "status": status}))
    };
    let put = format!(r#"PUT /attachments/a {{"attachment":{{"connector":{CONNECTOR}}}}}"#);
    assert_eq!(next(connected(), "reserved"), put);
    assert_eq!(next(connected(), "attaching"), r#"POST /attachments/a/action {"os-complete":null}"#);
    assert_eq!(next(connected(), "attached"), "Done");
    assert_eq!(next(json!({"volumeId": "v"}), "reserved"), "Done", "nothing is known of a host");
    let mut others = connected();
    others["complete"] = json!(false);
    assert_eq!(next(others, "attaching"), "Done");
}

#[test]
fn the_answer_to_a_create_says_the_status_of_the_moment_before() {
    let found = |info: Value| {
        let body = json!({"id": "a", "status": "reserved", "attach_mode": "null", "connection_info": info});
        match about(KIND, connected()).found(&[Answer::Body(json!({ "attachment": body }))]) {
            Found::One { body, .. } => body,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(found(json!({}))["status"], "reserved");
    let told = found(json!({"driver_volume_type": "iscsi"}));
    assert_eq!((&told["status"], &told["driver_volume_type"]), (&json!("attaching"), &json!("iscsi")));
    assert!(told.get("attach_mode").is_none(), "nobody said any");
}

#[test]
fn how_the_volume_is_reached_is_told_to_the_connection_secret_alone() {
    let kind = KINDS.iter().find(|kind| kind.id() == KIND).unwrap();
    let info = json!({"driver_volume_type": "iscsi", "auth_password": "hunter2"});
    let observed = kind.observe(&json!({"id": "a", "connection_info": info})).unwrap();
    assert!(!format!("{observed:?}").contains("hunter2"), "{observed:?}");
    let told: Value = serde_json::from_str(observed.sealed.0["connection-info"].expose_secret()).unwrap();
    assert_eq!(told, info);
}
