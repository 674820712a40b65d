use super::*;
use serde_json::json;

#[test]
fn the_external_name_is_the_address_in_the_order_of_its_parts() {
    for (name, path) in [
        ("project/p/user/u/role/r", "/projects/p/users/u/roles/r"),
        ("domain/d/group/g/role/r", "/domains/d/groups/g/roles/r"),
        ("system/user/u/role/r", "/system/users/u/roles/r"),
        (
            "project/p/group/g/role/r/inherited",
            "/OS-INHERIT/projects/p/groups/g/roles/r/inherited_to_projects",
        ),
        ("domain/d/user/u/role/r/inherited", "/OS-INHERIT/domains/d/users/u/roles/r/inherited_to_projects"),
    ] {
        let grant = Grant::of_name(name).unwrap();
        assert_eq!((grant.name().as_str(), grant.path().as_str()), (name, path));
    }
    let wrong = "r project/p/user/u/role/ project//user/u/role/r project/p/user/u/role/r/x project/p/role/r/user/u \
        system/user/u/role/r/inherited system/all/user/u/role/r";
    for name in wrong.split_whitespace() {
        assert_eq!(Grant::of_name(name), None, "{name}");
    }
}

#[test]
fn parameters_mean_an_assignment_only_with_one_scope_and_one_actor() {
    for (params, name) in [
        (json!({"projectId": "p", "userId": "u"}), Some("project/p/user/u/role/r")),
        (
            json!({"domainId": "d", "groupId": "g", "inherited": true}),
            Some("domain/d/group/g/role/r/inherited"),
        ),
        (json!({"system": true, "userId": "u", "inherited": false}), Some("system/user/u/role/r")),
        (json!({"projectId": "p", "domainId": "", "userId": "u"}), Some("project/p/user/u/role/r")),
        (json!({"projectId": "p", "domainId": "d", "userId": "u"}), None),
        (json!({"projectId": "p", "system": true, "userId": "u"}), None),
        (json!({"projectId": "p", "userId": "u", "groupId": "g"}), None),
        (json!({"system": true, "userId": "u", "inherited": true}), None),
        (json!({"system": false, "userId": "u"}), None),
        (json!({"projectId": "p"}), None),
        (json!({"projectId": "p/users/x", "userId": "u"}), None),
    ] {
        let mut params: RoleAssignmentParameters = serde_json::from_value(params).unwrap();
        params.role_id = Some("r".to_owned());
        assert_eq!(wanted_by(&params).map(|grant| grant.name()).as_deref(), name, "{params:?}");
    }
}
