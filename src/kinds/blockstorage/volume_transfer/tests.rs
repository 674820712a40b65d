use crate::{
    kind::{
        Found, Goal,
        request::{Answer, Read},
    },
    kinds::tests::asked::{Asked, about},
};
use serde_json::json;

fn transfer() -> Asked {
    about("blockstorage.VolumeTransfer", json!({"volumeId": "v", "name": "n"})).named("t")
}

#[test]
fn one_that_is_gone_was_accepted_if_the_volume_is_no_longer_the_projects() {
    let volume =
        |project: &str| Answer::Body(json!({"volume": {"id": "v", "os-vol-tenant-attr:tenant_id": project}}));
    let read = Read::Get { path: "/volumes/v".to_owned() };
    assert_eq!(transfer().found(&[Answer::Gone]), Found::More(vec![read]));
    assert_eq!(transfer().found(&[Answer::Gone, volume("own")]), Found::Absent, "taken back by somebody");
    for told in [Answer::Gone, volume("other")] {
        let body = json!({"id": "t", "volume_id": "v", "accepted": true});
        let accepted = Found::One { external_name: "t".to_owned(), body };
        assert_eq!(transfer().found(&[Answer::Gone, told]), accepted);
    }
}

#[test]
fn an_accepted_one_is_left_as_it_is_and_any_other_taken_back() {
    let end = |accepted| transfer().next(Goal::Vanish, json!({"id": "t", "accepted": accepted}));
    assert_eq!(end(true), "Leave");
    assert_eq!(end(false), "DELETE /volume-transfers/t");
}

#[test]
fn one_whose_key_was_lost_with_the_answer_to_its_create_is_taken_back() {
    let next = |asked: Asked, accepted| asked.next(Goal::Exist, json!({"id": "t", "accepted": accepted}));
    assert_eq!(next(transfer().creating(), false), "DELETE /volume-transfers/t");
    assert_eq!(next(transfer(), false), "Done", "whose key was told");
    assert_eq!(next(transfer().creating(), true), "Done", "whose key somebody had");
}
