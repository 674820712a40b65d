//! What `kubectl explain` and the reference pages say.

use crate::{
    api::{field::FieldOptions, schema::properties},
    kind::{
        Goal, Meta,
        any::{AnyKey, Observed},
        cloud::CloudInfo,
        marker::Marker,
        sealed::Sealed,
        shape::{Node, Shape},
    },
    kinds::KINDS,
};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Every field of a schema, at whatever depth, with its path.
fn fields(schema: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    for (name, property) in properties(schema) {
        let at = format!("{at}.{name}");
        fields(property, &at, found);
        fields(property.get("items").unwrap_or(&Value::Null), &at, found);
        found.push((at, property.clone()));
    }
}

fn all(schema: &Value, at: &str) -> Vec<(String, Value)> {
    let mut found = vec![];
    fields(schema, at, &mut found);
    found
}

#[test]
fn no_doc_comment_says_by_hand_what_follows_from_the_options() {
    for kind in KINDS.iter() {
        for (at, field) in all(&kind.parameters(), kind.id()) {
            let own = field["description"].as_str().unwrap();
            for said in ["unless set", "Unless set", "Required", "once set", "microversion", "Default"] {
                assert!(!own.contains(said), "{at} says {said:?}: {own}");
            }
        }
        let about = kind.info().about;
        assert!(!about.contains("external-name") && !about.contains("administrator"), "{about}");
    }
}

#[test]
fn a_placeholder_of_several_words_is_one_piece_of_code() {
    let code = crate::generate::docs::code;
    assert_eq!(code("the ids: <router>/<conntrack helper>"), "the ids: `<router>/<conntrack helper>`");
    assert_eq!(code("project/<id>/role/<id>, or with /all"), "`project/<id>/role/<id>`, or with /all");
    assert_eq!(code("id"), "id");
}

#[test]
fn a_status_field_does_not_say_what_setting_it_would_do() {
    for kind in KINDS.iter() {
        let crd = kind.crd().unwrap();
        let status = crd
            .pointer("/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/atProvider")
            .unwrap();
        for (at, field) in all(status, kind.id()) {
            let about = field["description"].as_str().unwrap();
            for said in ["unless set", "Default:", "replaces all", "Required", "Can't be changed", "Needs "] {
                assert!(!about.contains(said), "{at} says {said:?}: {about}");
            }
        }
    }
}

#[test]
fn a_field_that_can_not_be_changed_says_so_and_who_refuses() {
    for kind in KINDS.iter() {
        let crd = kind.crd().unwrap();
        let for_provider = crd
            .pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/forProvider")
            .unwrap();
        let rules = for_provider["x-kubernetes-validations"].to_string();
        for (name, field) in properties(&kind.parameters()) {
            let options = FieldOptions::of(field).unwrap();
            let about = for_provider["properties"][name]["description"].as_str().unwrap();
            assert_eq!(about.contains("Can't be changed once set."), options.immutable, "{name}: {about}");
            assert!(options.immutable || !options.by_provider, "{}.{name} refuses nothing", kind.id());
            let who = if options.by_provider { "this provider does not" } else { "OpenStack can't" };
            let why = format!("{name} can't be changed once it is set: {who} change it");
            assert_eq!(rules.contains(&why), options.immutable, "{}.{name}", kind.id());
        }
    }
}

/// A value for every field: text for scalars that take it.
fn filled(schema: &Value) -> Map<String, Value> {
    fn value(schema: &Value) -> Value {
        let variants = schema.get("enum").and_then(Value::as_array);
        match (variants, schema["type"].as_str()) {
            (Some(variants), _) => variants[0].clone(),
            (None, Some("boolean")) => json!(true),
            (None, Some("integer" | "number")) => json!(1),
            (None, Some("array")) => json!([value(&schema["items"])]),
            (None, Some("object")) => filled(schema).into(),
            (None, _) => json!("x"),
        }
    }
    properties(schema).map(|(name, field)| (name.clone(), value(field))).collect()
}

fn meta(marker: &Marker) -> Meta<'_> {
    Meta { namespace: "a", name: "n", external_name: None, marker, creating: true }
}

#[test]
fn the_connection_keys_of_a_kind_are_those_that_it_publishes() {
    let text = || Some("x".to_owned());
    let cloud = CloudInfo {
        auth_url: "http://x".to_owned(),
        region: text(),
        project_id: text(),
        user_id: text(),
        ca_bundle: text(),
    };
    let marker = Marker { uid: "u".into(), owner: "o".into() };
    for kind in KINDS.iter() {
        let params = filled(&kind.parameters());
        let crd = kind.crd().unwrap();
        let status = crd
            .pointer("/spec/versions/0/schema/openAPIV3Schema/properties/status/properties/atProvider")
            .unwrap();
        let mut at_provider = filled(status);
        at_provider.extend(params.clone());
        let shapes = kind.shapes().unwrap();
        let secret = |field: &crate::kind::shape::Field| field.options.secret.is_some();
        let secrets = shapes.params.fields.iter().filter(|field| secret(field));
        let secrets = secrets.map(|field| (field.wire.clone(), "s".into())).collect();
        let mut key = AnyKey::new(&params, meta(&marker), shapes);
        key.secrets = &secrets;
        let sealed = kind.options().seals.iter().map(|(_, key)| ((*key).to_owned(), "s".into()));
        let observed = Observed { at_provider, sealed: Sealed(sealed.collect()), ..Observed::default() };
        let published = kind.connection(&key, &observed, &cloud).unwrap();
        let mut published: BTreeSet<_> = published.keys().map(String::as_str).collect();
        if shapes.params.fields.iter().any(|f| f.options.mint == Some(crate::api::field::Make::SshKey)) {
            published.extend(["ssh-privatekey", "ssh-publickey"]);
        }
        assert_eq!(published, kind.info().connection.iter().copied().collect(), "{}", kind.id());
    }
}

/// Paths of the fields that need a newer microversion than their kind does, as a message names them, and that version.
fn newer(shape: &Shape, at: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    for field in &shape.fields {
        let at = format!("{at}{}", field.name);
        found.extend(field.options.since.clone().map(|since| (at.clone(), since)));
        match &field.node {
            Node::Object(shape) => found.extend(newer(shape, &format!("{at}."))),
            Node::List(items) => {
                if let Node::Object(shape) = items.as_ref() {
                    found.extend(newer(shape, &format!("{at}[].")));
                }
            }
            Node::Leaf | Node::Map => {}
        }
    }
    found
}

/// A value for the one field at a path.
fn only(path: &str, schema: &Value) -> Map<String, Value> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let name = first.trim_end_matches("[]");
    let inner = &schema["properties"][name];
    let value = match (rest, first.ends_with("[]")) {
        ("", _) => filled(schema)[name].clone(),
        (rest, true) => json!([only(rest, &inner["items"])]),
        (rest, false) => only(rest, inner).into(),
    };
    Map::from_iter([(name.to_owned(), value)])
}

#[test]
fn a_create_with_a_newer_field_asks_for_the_microversion_that_the_docs_name() {
    let marker = Marker { uid: "u".into(), owner: "o".into() };
    let mut tried = 0;
    for kind in KINDS.iter() {
        let shapes = kind.shapes().unwrap();
        for (path, since) in newer(&shapes.params, "") {
            let mut params = only(&path, &kind.parameters());
            let ids = shapes.params.fields.iter().filter(|f| f.options.required && f.options.r#ref.is_some());
            params.extend(ids.map(|field| (field.name.clone(), json!("x"))));
            let key = AnyKey::new(&params, meta(&marker), shapes);
            let step = kind.step(Goal::Exist, &key, None, &Default::default()).unwrap();
            let crate::kind::Step::Send(request) = step else { panic!("{path}: {step:?}") };
            assert_eq!(request.microversion.unwrap().to_string(), since, "{path}");
            assert_eq!(request.because.as_deref(), Some(path.as_str()), "{} {request:?}", kind.id());
            tried += 1;
        }
    }
    assert!(tried > 0);
}

#[test]
fn every_link_between_pages_leads_to_a_page() {
    fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { pages(&path, found) } else { found.push(path) }
        }
    }
    let mut all = vec![];
    pages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("package/docs"), &mut all);
    for page in all {
        let text = std::fs::read_to_string(&page).unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| !link.starts_with("http")) {
            let file = link.split('#').next().unwrap();
            assert!(page.parent().unwrap().join(file).exists(), "{}: {link}", page.display());
        }
    }
}
