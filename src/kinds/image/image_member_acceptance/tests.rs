use crate::{
    kind::{Goal, request::Read},
    kinds::tests::asked::about,
};
use serde_json::json;

#[test]
fn it_is_the_own_projects_answer_unless_another_is_named_and_its_end_leaves_it_open() {
    let own = about("image.ImageMemberAcceptance", json!({"imageId": "i", "status": "accepted"}));
    assert_eq!(own.reads(), [Read::Get { path: "/images/i/members/own".to_owned() }]);
    let other = about("image.ImageMemberAcceptance", json!({"imageId": "i", "memberId": "p"}));
    assert_eq!(other.reads(), [Read::Get { path: "/images/i/members/p".to_owned() }]);
    let own = own.named("i/own");
    let next =
        |goal, status: &str| own.next(goal, json!({"imageId": "i", "memberId": "own", "status": status}));
    assert_eq!(next(Goal::Match, "pending"), r#"PUT /images/i/members/own {"status":"accepted"}"#);
    assert_eq!(next(Goal::Vanish, "accepted"), r#"PUT /images/i/members/own {"status":"pending"}"#);
    assert_eq!(next(Goal::Vanish, "pending"), "Done");
}
