use crate::{
    kind::{
        Found, Goal,
        request::{Answer, Read},
    },
    kinds::tests::asked::{Asked, about},
};
use serde_json::json;

fn acceptance() -> Asked {
    about("blockstorage.VolumeTransferAcceptance", json!({"transferId": "t", "volumeId": "v"}))
}

#[test]
fn it_is_there_once_the_volume_is_in_the_own_project_and_no_longer_on_offer() {
    assert_eq!(acceptance().reads(), [Read::Get { path: "/volumes/v".to_owned() }]);
    let found = |project: &str, status: &str| {
        let volume =
            json!({"id": "v", "name": "n", "status": status, "os-vol-tenant-attr:tenant_id": project});
        acceptance().found(&[Answer::Body(json!({ "volume": volume }))])
    };
    let body = json!({"id": "v", "volume_id": "v", "volume_name": "n", "volume_status": "available"});
    assert_eq!(found("own", "available"), Found::One { external_name: "v".to_owned(), body });
    assert_eq!(found("own", "awaiting-transfer"), Found::Absent);
    assert_eq!(found("other", "available"), Found::Absent, "which an administrator sees");
    assert_eq!(acceptance().found(&[Answer::Gone]), Found::Absent);
}

#[test]
fn it_is_made_by_one_request_and_its_end_leaves_the_volume_alone() {
    assert_eq!(acceptance().creates(), r#"POST /volume-transfers/t/accept {"accept":{}}"#);
    let answer = json!({"transfer": {"id": "t", "volume_id": "v"}});
    assert_eq!(acceptance().found(&[Answer::Body(answer)]), Found::Named("v".to_owned()));
    let next = |goal| acceptance().named("v").next(goal, json!({"id": "v", "volumeId": "v"}));
    assert_eq!([next(Goal::Exist), next(Goal::Match), next(Goal::Vanish)], ["Done", "Done", "Leave"]);
}
