mod data;

use super::*;
use crate::kind::{
    Found, Meta, Secrets,
    any::{AnyKey, AnyKind, Erased},
    flow::{Login, Source},
    marker::Marker,
    request::{Answer, Request},
};
use secrecy::ExposeSecret;

const SHA512: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn marker() -> Marker {
    Marker { uid: "u".to_owned(), owner: "o".to_owned() }
}

fn ask<T>(
    params: &Value,
    name: Option<&str>,
    question: impl FnOnce(&(dyn AnyKind + 'static), &AnyKey<'_>) -> T,
) -> T {
    ask_with(params, name, &Secrets::new(), question)
}

fn ask_with<T>(
    params: &Value,
    name: Option<&str>,
    secrets: &Secrets,
    question: impl FnOnce(&(dyn AnyKind + 'static), &AnyKey<'_>) -> T,
) -> T {
    let kind = Erased::<Image>::new();
    let meta = Meta { namespace: "n", name: "web", external_name: name, marker: &marker(), creating: false };
    let params = serde_json::from_value(params.clone()).unwrap();
    question(&kind, &AnyKey { secrets, ..AnyKey::new(&params, meta, kind.shapes().unwrap()) })
}

fn told(step: Step) -> String {
    match step {
        Step::Send(Request { method, path, body, .. }) => {
            format!("{method} {path} {}", body.unwrap_or_default())
        }
        Step::Flow(flow) => {
            let stuck = flow.stuck.map(|free| format!(" or {} {}", free.method, free.path));
            let Request { method, path, content_type, .. } = flow.request;
            let Source { url, packing, login, .. } = flow.source.unwrap();
            let packed = packing.map(|packing| format!(" ({})", packing.name())).unwrap_or_default();
            let login =
                login.map(|Login { user, password }| format!(" as {user}:{}", password.expose_secret()));
            let how = format!("{packed}{}{}", login.unwrap_or_default(), stuck.unwrap_or_default());
            format!("{method} {path} {content_type} from {url}{how}")
        }
        other => format!("{other:?}"),
    }
}

fn next(goal: Goal, params: &Value, body: Value) -> String {
    next_with(goal, params, &Secrets::new(), body)
}

fn next_with(goal: Goal, params: &Value, secrets: &Secrets, body: Value) -> String {
    ask_with(params, Some("i"), secrets, |kind, key| {
        let Found::One { body, .. } =
            kind.parse(key, &[Answer::Body(body.clone()), Answer::Items(vec![])]).unwrap()
        else {
            return "absent".to_owned();
        };
        let observed = kind.observe(&body).unwrap();
        let diff = kind.diff(key.params, &observed).unwrap();
        told(kind.step(goal, key, Some(&observed), &diff).unwrap())
    })
}

fn ready(params: &Value, body: &Value) -> Ready {
    ask(params, Some("i"), |kind, key| {
        let Found::One { body, .. } =
            kind.parse(key, &[Answer::Body(body.clone()), Answer::Items(vec![])]).unwrap()
        else {
            panic!()
        };
        kind.ready(key.params, &kind.observe(&body).unwrap()).unwrap()
    })
}

fn source(more: Value) -> Value {
    let mut source = json!({"url": "https://h/disk.img"});
    source.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"source": source})
}

#[test]
fn the_record_is_created_with_its_properties_beside_the_fields_and_the_marker_among_the_tags() {
    let params = json!({"containerFormat": "bare", "diskFormat": "raw", "minDisk": 1, "osHidden": true, "tags": ["a"],
        "properties": {"os_distro": "x", "gone": ""}, "source": {"url": "http://h/"}});
    let created =
        ask(&params, None, |kind, key| kind.step(Goal::Exist, key, None, &Diff::default()).unwrap());
    let body = json!({"name": "web", "container_format": "bare", "disk_format": "raw", "min_disk": 1,
        "tags": ["a", "[kupenstack:u:o]"], "os_distro": "x"});
    assert_eq!(told(created), format!("POST /images {body}"));
}

#[test]
fn a_lost_create_is_looked_for_by_its_tag() {
    let reads = ask(&json!({}), None, |kind, key| kind.reads(key).unwrap());
    let [Read::List { path, query, keep, .. }] = reads.as_slice() else { panic!("{reads:?}") };
    assert_eq!((path.as_str(), query[0].1.as_str()), ("/images", "[kupenstack:u:o]"));
    assert!(keep.accepts(&json!({"tags": ["a", "[kupenstack:u:o]"]})));
    assert!(!keep.accepts(&json!({"tags": ["a", "[kupenstack:v:o]"]})));
}

#[test]
fn only_texts_that_people_set_are_properties() {
    let body = json!({"id": "i", "status": "active", "name": "n", "os_distro": "x", "locations": [], "self": "/v2/i",
        "os_glance_importing_to_stores": "", "stores": "a", "source": "theirs", "tags": []});
    let seen = ask(&json!({}), Some("i"), |kind, key| {
        let Found::One { body, .. } = kind.parse(key, &[Answer::Body(body)]).unwrap() else { panic!() };
        let observed = kind.observe(&body).unwrap();
        assert!(kind.ready(key.params, &observed).is_ok());
        observed.at_provider
    });
    assert_eq!(seen["properties"], json!({"os_distro": "x", "source": "theirs"}));
}

#[test]
fn all_that_differs_is_one_patch_and_unnamed_properties_stay() {
    let params = json!({"name": "b", "tags": ["x"], "osHidden": true,
        "properties": {"new": "1", "same": "s", "other": "2", "old/er": "", "absent": ""}});
    let body = json!({"id": "i", "status": "active", "name": "a", "tags": ["y", "[kupenstack:u:o]"], "os_hidden": false,
        "same": "s", "other": "1", "old/er": "1", "theirs": "t"});
    let patch = json!([
        {"op": "replace", "path": "/name", "value": "b"},
        {"op": "replace", "path": "/os_hidden", "value": true},
        {"op": "replace", "path": "/tags", "value": ["x", "[kupenstack:u:o]"]},
        {"op": "add", "path": "/new", "value": "1"},
        {"op": "remove", "path": "/old~1er"},
        {"op": "add", "path": "/other", "value": "2"},
    ]);
    assert_eq!(next(Goal::Match, &params, body), format!("PATCH /images/i {patch}"));
}

#[test]
fn a_protected_image_goes_only_when_the_spec_says_that_it_may() {
    let body = |protected| json!({"id": "i", "status": "active", "protected": protected});
    let unprotect = r#"PATCH /images/i [{"op":"replace","path":"/protected","value":false}]"#;
    for (wanted, has, want) in [
        (json!({}), false, "DELETE /images/i null"),
        (json!({"protected": true}), false, "DELETE /images/i null"),
        (json!({"protected": false}), true, unprotect),
    ] {
        assert_eq!(next(Goal::Vanish, &wanted, body(has)), want, "{wanted}");
    }
    for wanted in [json!({}), json!({"protected": true})] {
        assert!(next(Goal::Vanish, &wanted, body(true)).contains("set spec.forProvider.protected to false"));
    }
    assert_eq!(next(Goal::Vanish, &json!({}), json!({"id": "i", "status": "pending_delete"})), "absent");
}

#[test]
fn an_import_that_failed_says_why_in_glances_words() {
    let body = json!({"id": "i", "status": "queued", "os_glance_failed_import": "file"});
    ask(&source(json!({"method": "webDownload"})), Some("i"), |kind, key| {
        let found = kind.parse(key, &[Answer::Body(body.clone())]).unwrap();
        assert_eq!(found, Found::More(vec![failures("i")]));
        let task = |at: &str, says: &str| json!({"created_at": at, "message": says});
        let tasks = Answer::Items(vec![task("2026-01", "old"), task("2026-02", " no such file ")]);
        let Found::One { body, .. } = kind.parse(key, &[Answer::Body(body.clone()), tasks]).unwrap() else {
            panic!()
        };
        let ready = kind.ready(key.params, &kind.observe(&body).unwrap()).unwrap();
        assert_eq!(ready, Ready::Failed("the image's import failed: no such file".to_owned()));
    });
}

#[test]
fn an_image_is_ready_when_it_is_active_and_its_data_are_the_wanted_ones() {
    let sha512 = json!({"algorithm": "sha512", "value": SHA512.to_uppercase()});
    let sha256 = json!({"algorithm": "sha256", "value": &SHA512[..64]});
    let active = json!({"id": "i", "status": "active", "os_hash_algo": "sha512", "os_hash_value": SHA512, "checksum": "m"});
    let other = json!({"id": "i", "status": "active", "os_hash_algo": "sha512", "os_hash_value": "0", "checksum": "m"});
    for (params, body, want) in [
        (source(json!({"checksum": sha512})), &active, Ready::Yes),
        (source(json!({"checksum": sha256})), &active, Ready::Yes),
        (source(json!({"checksum": sha512, "decompress": "gzip"})), &other, Ready::Yes),
        (json!({}), &active, Ready::Yes),
    ] {
        assert_eq!(ready(&params, body), want, "{params}");
    }
    for (params, body, says) in [
        (source(json!({"checksum": sha512})), &other, "are not those of source.checksum"),
        (
            source(json!({"checksum": sha256, "method": "webDownload"})),
            &active,
            "this cloud tells sha512 and md5 only",
        ),
        (json!({}), &json!({"id": "i", "status": "killed"}), "killed"),
        (json!({}), &json!({"id": "i", "status": "deactivated"}), "deactivated"),
    ] {
        let Ready::Failed(why) = ready(&params, body) else { panic!("{params}") };
        assert!(why.contains(says), "{why}");
    }
    for status in ["queued", "saving", "importing", "uploading"] {
        assert!(
            matches!(ready(&json!({}), &json!({"id": "i", "status": status})), Ready::Not(_)),
            "{status}"
        );
    }
}
