//! Every kind of the registry, by the same checks, on real services: one table, kind × check.
//!
//! A kind's case is its example and a row (`network.rs` and its neighbours) that says, in the API's own words, what must
//! then be in the cloud. Rows are written from the API reference and not from the kind, so that the two can disagree, and
//! are compared with what openstacksdk sees.

mod compute;
mod identity;
mod network;

use crate::world::{Namespace, checkout, condition, eventually, external_name, world};
use kupenstack::{kind::Info, kinds::KINDS};
use rig::openstack::requests;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write as _, path::Path};

/// What is true of a kind's example in the cloud.
pub struct Row {
    /// `service.Kind`.
    pub kind: &'static str,
    /// Service, as openstacksdk names it.
    pub service: &'static str,
    /// Where one is found: `{id}` is its external-name, other names are of `status.atProvider`.
    pub path: &'static str,
    /// Key of the body; empty if there is none.
    pub key: &'static str,
    /// What the created object has.
    pub created: Value,
    /// Change of `forProvider`: every mutable field.
    pub change: Value,
    /// What the changed object has.
    pub changed: Value,
    /// What somebody does behind our back: method, path, body. Afterwards it is as before.
    pub drift: Option<(&'static str, &'static str, Value)>,
    /// Changes of `forProvider` that are refused at admission.
    pub immutable: Vec<Value>,
}

impl Row {
    /// A kind of which nothing is said yet but where it is found.
    fn of(kind: &'static str, service: &'static str, path: &'static str, key: &'static str) -> Self {
        let (created, change, changed) = (json!({}), Value::Null, Value::Null);
        Self { kind, service, path, key, created, change, changed, drift: None, immutable: vec![] }
    }
}

struct Case {
    row: Row,
    info: &'static Info,
    resource: String,
    name: String,
    manifest: Value,
    /// What else stands in its example.
    beside: Vec<Value>,
    id: String,
    /// Its `status.atProvider`.
    told: Value,
}

const CHECKS: [&str; 7] = ["created", "unchanged", "updated", "refused", "repaired", "observed", "deleted"];

#[derive(Default)]
struct Table(BTreeMap<&'static str, Vec<&'static str>>);

impl Table {
    fn passed(&mut self, case: &Case, check: &'static str) {
        self.0.entry(case.row.kind).or_default().push(check);
    }

    fn text(&self) -> String {
        let mut text = format!("{:28}{}\n", "KIND", CHECKS.map(|check| format!("{check:11}")).concat());
        for (kind, passed) in &self.0 {
            let marks =
                CHECKS.map(|check| format!("{:11}", if passed.contains(&check) { "ok" } else { "-" }));
            writeln!(text, "{kind:28}{}", marks.concat()).unwrap();
        }
        text
    }
}

/// Examples that others need, of kinds that have an example of their own.
const BESIDE: [&str; 2] = ["examples/network/external_network.yaml", "examples/secrets/secrets.yaml"];

fn rows() -> Vec<Row> {
    [identity::rows(), network::rows(), compute::rows()].into_iter().flatten().collect()
}

/// The objects of a file, without a namespace.
fn objects(path: &Path) -> Vec<Value> {
    let path = path.display().to_string();
    let shown = world().kubectl(&["create", "--dry-run=client", "-o", "json", "-f", &path]);
    let mut objects: Vec<Value> =
        serde_json::Deserializer::from_str(&shown).into_iter().map(Result::unwrap).collect();
    for object in &mut objects {
        object["metadata"].as_object_mut().unwrap().remove("namespace");
    }
    objects
}

fn snake(kind: &str) -> String {
    let chars: Vec<char> = kind.chars().collect();
    let mut text = String::new();
    for (at, c) in chars.iter().enumerate() {
        let after_lower = at > 0 && chars[at - 1].is_lowercase();
        let before_lower = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        if at > 0 && c.is_uppercase() && (after_lower || before_lower) {
            text.push('_');
        }
        text.extend(c.to_lowercase());
    }
    text
}

fn case(row: Row) -> Case {
    let info = KINDS.iter().find(|kind| kind.id() == row.kind).unwrap().info();
    let path =
        checkout().join("examples").join(info.service.group).join(format!("{}.yaml", snake(info.kind)));
    let mut all = objects(&path);
    let (manifest, beside) = (all.remove(0), all);
    assert_eq!(manifest["kind"], info.kind, "{}", path.display());
    let name = manifest["metadata"]["name"].as_str().unwrap().to_owned();
    let resource = format!("{}.{}", info.plural, info.service.api_group());
    Case { row, info, resource, name, manifest, beside, id: String::new(), told: Value::Null }
}

/// Everything that is wanted is there; lists may be in another order.
fn contains(real: &Value, wanted: &Value) -> bool {
    match (real, wanted) {
        (Value::Object(real), Value::Object(wanted)) => {
            wanted.iter().all(|(key, value)| contains(real.get(key).unwrap_or(&Value::Null), value))
        }
        (Value::Array(real), Value::Array(wanted)) => {
            real.len() == wanted.len() && wanted.iter().all(|w| real.iter().any(|r| contains(r, w)))
        }
        (Value::String(real), Value::String(wanted)) if wanted.ends_with('*') => {
            real.starts_with(wanted.trim_end_matches('*'))
        }
        (real, wanted) => real == wanted,
    }
}

impl Case {
    fn real(&self) -> (u16, Value) {
        let (status, mut body) =
            world().ask_admin(self.row.service, "GET", &self.at(self.row.path), Value::Null);
        (status, if self.row.key.is_empty() { body } else { body[self.row.key].take() })
    }

    /// `{id}` is the external-name, `{1}` its second part, `{userId}` what the status tells.
    fn at(&self, path: &str) -> String {
        let told = self.told.as_object().into_iter().flatten();
        let told = told.filter_map(|(name, value)| Some((name.clone(), value.as_str()?)));
        let parts = self.id.split('/').enumerate().map(|(at, part)| (at.to_string(), part));
        parts.chain(told).fold(path.replace("{id}", &self.id), |path, (name, value)| {
            path.replace(&format!("{{{name}}}"), value)
        })
    }

    fn has(&self, wanted: &Value) {
        let (status, body) = self.real();
        assert!(
            (200..300).contains(&status) && contains(&body, wanted),
            "{}: wanted {wanted:#}, got {status} {body:#}",
            self.row.kind
        );
    }

    fn refresh(&self, ns: &Namespace, token: &str) -> Value {
        let ask = json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": token}}});
        ns.patch(&self.resource, &self.name, &ask).unwrap();
        ns.wait(&self.resource, &self.name, "looked at", |o| o["status"]["lastHandledReconcileAt"] == token)
    }
}

#[test]
fn conformance_of_every_kind() {
    let ns = world().namespace("conformance");
    let mut cases: Vec<Case> = rows().into_iter().map(case).collect();
    let mut table = Table::default();
    BESIDE.iter().flat_map(|path| objects(&checkout().join(path))).for_each(|object| ns.apply(&object));
    cases.iter().for_each(|case| ns.apply(&case.manifest));
    cases.iter().flat_map(|case| &case.beside).for_each(|object| ns.apply(object));
    for case in &mut cases {
        let object = ns.ready(&case.resource, &case.name);
        assert!(object["status"]["atProvider"]["id"].is_string(), "UP-1 {}", case.row.kind);
        case.id = external_name(&object);
        case.told = object["status"]["atProvider"].clone();
        case.has(&case.row.created);
        table.passed(case, "created");
    }
    unchanged(&ns, &cases, &mut table);
    for case in &cases {
        updated_and_repaired(&ns, case, &mut table);
        observed(&ns, case, &mut table);
    }
    deleted(&ns, &cases, &mut table);
    println!("{}", table.text());
}

/// Run by itself, so that nobody else's requests are in the logs.
fn unchanged(ns: &Namespace, cases: &[Case], table: &mut Table) {
    let mark = requests::mark(&world().rig.paths);
    for case in cases {
        let object = case.refresh(ns, "again");
        assert_eq!(
            condition(&object, "UpToDate")["status"],
            "True",
            "{}: {}",
            case.row.kind,
            condition(&object, "UpToDate")
        );
    }
    let since = requests::since(&world().rig.paths, &mark).unwrap();
    let written: Vec<_> = since.iter().filter(|r| r.agent.starts_with("kupenstack/") && r.writes()).collect();
    assert!(written.is_empty(), "{written:#?}");
    cases.iter().for_each(|case| table.passed(case, "unchanged"));
}

fn updated_and_repaired(ns: &Namespace, case: &Case, table: &mut Table) {
    let Row { change, changed, drift, immutable, .. } = &case.row;
    if change.is_object() {
        ns.patch(&case.resource, &case.name, &json!({"spec": {"forProvider": change}})).unwrap();
        eventually(&format!("{} is updated", case.row.kind), || {
            let object = ns.ready(&case.resource, &case.name);
            condition(&object, "UpToDate")["status"] == "True"
        });
        case.has(changed);
        table.passed(case, "updated");
    }
    for change in immutable {
        let why =
            ns.patch(&case.resource, &case.name, &json!({"spec": {"forProvider": change}})).unwrap_err();
        assert!(why.contains("can't be changed once it is set"), "{}: {why}", case.row.kind);
        table.passed(case, "refused");
    }
    if let Some((method, path, body)) = drift {
        let (status, said) = world().ask_admin(case.row.service, method, &case.at(path), body.clone());
        assert!(status < 300, "{}: {status} {said}", case.row.kind);
        case.refresh(ns, "drift");
        eventually(&format!("{} is repaired", case.row.kind), || contains(&case.real().1, changed));
        table.passed(case, "repaired");
    }
}

fn observed(ns: &Namespace, case: &Case, table: &mut Table) {
    let name = format!("{}-seen", case.name);
    let config = case.manifest["spec"]["providerConfigRef"].clone();
    let mut manifest = json!({"apiVersion": case.info.api_version(), "kind": case.info.kind,
        "metadata": {"name": name, "annotations": {"crossplane.io/external-name": case.id}},
        "spec": {"forProvider": {}, "managementPolicies": ["Observe"]}});
    if config.is_object() {
        manifest["spec"]["providerConfigRef"] = config;
    }
    ns.apply(&manifest);
    let (seen, own) = (ns.ready(&case.resource, &name), ns.get(&case.resource, &case.name));
    // Values may be of another moment; who only looks must learn as much.
    let (seen, own) = (&seen["status"]["atProvider"], &own["status"]["atProvider"]);
    assert_eq!(seen["id"], own["id"], "{}", case.row.kind);
    let missing: Vec<_> = own.as_object().unwrap().keys().filter(|key| seen.get(key).is_none()).collect();
    assert!(missing.is_empty(), "{}: {missing:?}", case.row.kind);
    ns.delete(&case.resource, &name);
    assert!((200..300).contains(&case.real().0), "{} outlives who only looks", case.row.kind);
    table.passed(case, "observed");
}

/// All at once, in whatever order: each waits for what uses it.
fn deleted(ns: &Namespace, cases: &[Case], table: &mut Table) {
    world().kubectl(&["delete", "managed", "--all", "-n", &ns.name, "--wait=false"]);
    for case in cases {
        ns.wait(&case.resource, &case.name, "gone", Value::is_null);
        assert_eq!(case.real().0, 404, "{}", case.row.kind);
        table.passed(case, "deleted");
    }
}

#[test]
fn every_kind_has_a_row_and_an_example() {
    let rows = rows();
    for kind in KINDS.iter() {
        let info = kind.info();
        assert!(
            rows.iter().any(|row| row.kind == kind.id()),
            "{} has no row in tests/suite/conformance",
            kind.id()
        );
        let example = format!("examples/{}/{}.yaml", info.service.group, snake(info.kind));
        assert!(checkout().join(&example).exists(), "{example} is missing");
    }
    assert_eq!(rows.len(), KINDS.len());
}

#[test]
fn a_kinds_snake_case_name_is_what_people_would_write() {
    for (kind, want) in [
        ("Network", "network"),
        ("RouterInterface", "router_interface"),
        ("FloatingIP", "floating_ip"),
        ("QoSPolicy", "qo_s_policy"),
    ] {
        assert_eq!(snake(kind), want);
    }
}
