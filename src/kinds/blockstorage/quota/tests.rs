use crate::{
    kind::{Found, Goal, request::Answer},
    kinds::tests::asked::about,
};
use serde_json::json;

#[test]
fn limits_of_types_stand_beside_the_others_on_the_wire_and_the_owner_is_told() {
    let wanted = json!({"projectId": "p", "volumes": 3, "volumeTypeLimits": {"volumes_fast": 1}});
    let quota = about("blockstorage.BlockStorageQuota", wanted);
    let told =
        json!({"quota_set": {"volumes": 3, "volumes_fast": 2, "gigabytes_fast": -1, "backup_gigabytes": 5}});
    let Found::One { external_name, body } = quota.found(&[Answer::Body(told)]) else { panic!() };
    assert_eq!((external_name.as_str(), &body["project_id"]), ("p", &json!("p")));
    assert_eq!(body["volume_type_limits"], json!({"volumes_fast": 2, "gigabytes_fast": -1}));
    let seen = json!({"id": "p", "projectId": "p", "volumes": 3, "volumeTypeLimits": {"volumes_fast": 2}});
    let put = r#"PUT /os-quota-sets/p {"quota_set":{"volumes_fast":1}}"#;
    let quota = quota.named("p");
    assert_eq!(quota.next(Goal::Match, seen.clone()), put);
    assert_eq!(quota.next(Goal::Vanish, seen), "DELETE /os-quota-sets/p");
}

#[test]
fn a_class_has_a_name_and_is_never_deleted() {
    let class = about("blockstorage.BlockStorageQuotaClass", json!({"volumes": 3}));
    let told = json!({"quota_class_set": {"volumes": 3}});
    let Found::One { external_name, .. } = class.found(&[Answer::Body(told)]) else { panic!() };
    assert_eq!(external_name, "default");
    assert_eq!(class.named("default").next(Goal::Vanish, json!({"id": "default"})), "Done");
}
