//! A row and its manifest, in the cluster and in the cloud.

use super::Row;
use crate::world::{Namespace, checkout, condition, eventually, external_name, world};
use kupenstack::{
    kind::{any::AnyKind, shape::Field},
    kinds::KINDS,
};
use serde_json::{Map, Value, json};
use simulator::exchanges::Asked;
use std::{fs, path::Path};

pub struct Case {
    pub row: Row,
    pub kind: &'static dyn AnyKind,
    pub resource: String,
    pub name: String,
    pub manifest: Value,
    /// What else stands in its example.
    pub beside: Vec<Value>,
    /// Its external-name, once it is created.
    pub id: String,
    /// Its `status.atProvider` then.
    pub told: Value,
}

pub fn known(id: &str) -> &'static dyn AnyKind {
    KINDS.iter().find(|kind| kind.id() == id).unwrap_or_else(|| panic!("no kind {id}")).as_ref()
}

pub fn resource(kind: &dyn AnyKind) -> String {
    format!("{}.{}", kind.info().plural, kind.info().api_group())
}

/// The objects of a file, without a namespace.
pub fn objects(path: &Path) -> Vec<Value> {
    let mut objects: Vec<Value> = serde_saphyr::from_multiple(&fs::read_to_string(path).unwrap()).unwrap();
    for object in &mut objects {
        object["metadata"].as_object_mut().unwrap().remove("namespace");
    }
    objects
}

pub fn snake(kind: &str) -> String {
    let chars: Vec<char> = kind.replace("QoS", "Qos").replace("IPsec", "Ipsec").chars().collect();
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

/// Everything that is wanted is there; lists may be in another order.
pub fn contains(real: &Value, wanted: &Value) -> bool {
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

/// Names that references below this value give.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (field, value) in fields {
                let many = value.as_array().into_iter().flatten();
                let refers = field.ends_with("Ref") || field.ends_with("Refs");
                if refers && !field.ends_with("SecretRef") {
                    let all = many.chain(std::iter::once(value));
                    found.extend(all.filter_map(|one| one["name"].as_str()).map(|name| format!("{name:?}")));
                } else {
                    references(value, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

impl Case {
    pub fn of(row: Row) -> Self {
        let kind = known(row.kind);
        let info = kind.info();
        let (mut manifest, beside) = if row.own.is_null() {
            let path = checkout().join(format!("examples/{}/{}.yaml", info.group, snake(info.kind)));
            let mut all = objects(&path);
            (all.remove(0), all)
        } else {
            let (version, metadata) = (info.api_version(), json!({"name": row.name}));
            let own =
                json!({"apiVersion": version, "kind": info.kind, "metadata": metadata, "spec": row.own});
            (own, vec![])
        };
        assert_eq!(manifest["kind"], info.kind);
        for (field, value) in row.instead.as_object().into_iter().flatten() {
            manifest["spec"]["forProvider"][field] = value.clone();
        }
        let name = manifest["metadata"]["name"].as_str().unwrap().to_owned();
        if manifest["spec"]["writeConnectionSecretToRef"].is_null() {
            let secret = format!("{}-{name}", info.kind.to_lowercase());
            manifest["spec"]["writeConnectionSecretToRef"] = json!({"name": secret});
        }
        Self {
            row,
            kind,
            resource: resource(kind),
            name,
            manifest,
            beside,
            id: String::new(),
            told: Value::Null,
        }
    }

    pub fn label(&self) -> String {
        if self.row.own.is_null() {
            self.row.kind.to_owned()
        } else {
            format!("{} {}", self.row.kind, self.row.name)
        }
    }

    /// Names that the manifest refers to.
    pub fn references(&self) -> Vec<String> {
        let mut found = vec![];
        references(&self.manifest["spec"]["forProvider"], &mut found);
        found
    }

    pub fn real(&self) -> (u16, Value) {
        let (status, mut body) = self.asked("GET", self.row.path, Value::Null);
        (status, if self.row.key.is_empty() { body } else { body[self.row.key].take() })
    }

    /// Asks its service, by others than the provider.
    pub fn asked(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let who = if self.row.by_owner { "demo" } else { "admin" }.to_owned();
        let (service, method, path) = (self.row.service.to_owned(), method.to_owned(), self.at(path));
        world().answer(&Asked { who, service, method, path, body, ..Asked::default() })
    }

    /// `{id}` is the external-name, `{1}` its second part, `{userId}` what the status tells, `{told}` the id that it tells.
    pub fn at(&self, path: &str) -> String {
        let told = self.told.as_object().into_iter().flatten();
        let told = told.filter_map(|(name, value)| Some((name.clone(), value.as_str()?)));
        let parts = self.id.split('/').enumerate().map(|(at, part)| (at.to_string(), part));
        let named = parts.chain(told);
        let told = self.told["id"].as_str().unwrap_or_default();
        named.fold(path.replace("{id}", &self.id).replace("{told}", told), |path, (name, value)| {
            path.replace(&format!("{{{name}}}"), value)
        })
    }

    pub fn has(&self, wanted: &Value) {
        let (status, body) = self.real();
        assert!(
            (200..300).contains(&status) && contains(&body, wanted),
            "wanted {wanted}, got {status} {body}"
        );
    }

    pub fn patch(&self, ns: &Namespace, for_provider: &Value) -> Result<(), String> {
        ns.patch(&self.resource, &self.name, &json!({"spec": {"forProvider": for_provider}}))
    }

    /// Ready, and nothing differs any more.
    pub fn settled(&self, ns: &Namespace) -> Value {
        let mut object = Value::Null;
        eventually(&format!("{} is up to date", self.label()), || {
            object = ns.ready(&self.resource, &self.name);
            condition(&object, "UpToDate")["status"] == "True"
        });
        object
    }

    pub fn ask(&self, ns: &Namespace, token: &str) {
        let ask = json!({"metadata": {"annotations": {"crossplane.io/reconcile-requested-at": token}}});
        ns.patch(&self.resource, &self.name, &ask).unwrap();
    }

    pub fn looked_at(&self, ns: &Namespace, token: &str) -> Value {
        ns.wait(&self.resource, &self.name, "looked at", |o| o["status"]["lastHandledReconcileAt"] == token)
    }

    /// Immutable fields that are set, each with another value that the schema allows.
    pub fn immutable(&self, object: &Value) -> Map<String, Value> {
        let crd = self.kind.crd().unwrap();
        let place =
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/forProvider/properties";
        let (schemas, set) = (crd.pointer(place).unwrap(), &object["spec"]["forProvider"]);
        let fields = self.kind.shapes().unwrap().params.fields.iter();
        let set = fields.filter(|field| field.options.immutable && set.get(&field.name).is_some());
        set.map(|Field { name, .. }| {
            (name.clone(), other(&schemas[name], &object["spec"]["forProvider"][name]))
        })
        .collect()
    }
}

fn other(schema: &Value, value: &Value) -> Value {
    // A time stays one.
    if let (Some(_), Some(time)) = (schema["pattern"].as_str(), value.as_str().filter(|s| s.contains("99"))) {
        return json!(time.replace("99", "98"));
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().find(|other| *other != value).unwrap().clone();
    }
    match value {
        Value::Bool(set) => json!(!set),
        Value::Number(number) => number.as_f64().map_or(Value::Null, |n| json!(n.trunc() as i64 + 1)),
        Value::String(text) => json!(format!("{text}x")),
        Value::Array(items) if !items.is_empty() => json!([]),
        Value::Null | Value::Array(_) | Value::Object(_) => Value::Null,
    }
}

/// Values that are only known now: `@service.Kind/name` is that resource's external-name, `@name` an id in `others`.
pub fn filled(ns: &Namespace, others: &Map<String, Value>, value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), filled(ns, others, value))).collect()
        }
        Value::Array(items) => items.iter().map(|item| filled(ns, others, item)).collect(),
        Value::String(text) => match text.strip_prefix('@').map(|at| (at, at.split_once('/'))) {
            Some((_, Some((kind, name)))) => json!(external_name(&ns.get(&resource(known(kind)), name))),
            Some((other, None)) => others[other].clone(),
            None => value.clone(),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}
