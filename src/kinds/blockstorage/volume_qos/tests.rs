use crate::{kind::Goal, kinds::tests::asked::about};
use serde_json::json;

#[test]
fn specs_lie_beside_the_name_and_what_is_new_comes_before_what_is_too_much_goes() {
    let wanted = json!({"name": "q", "consumer": "both", "specs": {"a": "1", "b": "2"}});
    let qos = about("blockstorage.VolumeQoS", wanted);
    let body = r#"{"qos_specs":{"a":"1","b":"2","consumer":"both","name":"q"}}"#;
    assert_eq!(qos.creates(), format!("POST /qos-specs {body}"));
    let qos = qos.named("i");
    let next = |consumer: &str, specs| {
        qos.next(Goal::Match, json!({"name": "q", "consumer": consumer, "specs": specs}))
    };
    let put = |body: &str| format!("PUT /qos-specs/i{body}");
    assert_eq!(next("front-end", json!({})), put(r#" {"qos_specs":{"consumer":"both"}}"#));
    assert_eq!(next("both", json!({"a": "1", "c": "3"})), put(r#" {"qos_specs":{"b":"2"}}"#));
    let surplus = json!({"a": "1", "b": "2", "c": "3"});
    assert_eq!(next("both", surplus), put(r#"/delete_keys {"keys":["c"]}"#));
}

#[test]
fn specs_that_are_called_like_fields_are_refused() {
    for field in ["name", "consumer"] {
        let qos = about("blockstorage.VolumeQoS", json!({"specs": {(field): "x"}}));
        assert!(qos.creates().starts_with("Refuse"), "{field}: {}", qos.creates());
        let next = |goal| {
            about("blockstorage.VolumeQoS", json!({"specs": {(field): "x"}}))
                .named("i")
                .next(goal, json!({"specs": {}}))
        };
        assert!(next(Goal::Match).contains(field), "{}", next(Goal::Match));
        assert_eq!(next(Goal::Vanish), "DELETE /qos-specs/i");
    }
}
