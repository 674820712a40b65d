//! The checks. Each runs over all cases at once, so that the cases wait together.

use super::{
    case::{Case, contains, filled},
    table::Table,
};
use crate::world::{Namespace, condition, eventually, external_name, world};
use kupenstack::kind::shape::Field;
use rig::openstack::requests::{self, Request};
use serde_json::{Map, Value, json};

/// A resource that refers to another is created first, and says what it waits for; then the other is created.
pub fn created(ns: &Namespace, cases: &mut Vec<Case>, beside: &[Value], table: &mut Table) {
    let refers = |case: &Case| !case.references().is_empty();
    cases.iter().filter(|case| refers(case)).for_each(|case| ns.apply(&case.manifest));
    for case in cases.iter() {
        if !refers(case) {
            table.beside(case, "waited", "it refers to nothing");
            continue;
        }
        table.check(case, "waited", || {
            ns.wait(&case.resource, &case.name, "waiting", |object| {
                let synced = condition(object, "Synced");
                let why = synced["message"].as_str().unwrap_or_default();
                synced["status"] == "False"
                    && why.contains("cannot resolve references")
                    && case.references().iter().any(|name| why.contains(name))
            });
        });
    }
    beside.iter().for_each(|object| ns.apply(object));
    cases.iter().filter(|case| !refers(case)).for_each(|case| ns.apply(&case.manifest));
    cases.iter().flat_map(|case| &case.beside).for_each(|object| ns.apply(object));
    cases.retain_mut(|case| {
        let mut made = Value::Null;
        table.check(case, "created", || {
            let object = ns.ready(&case.resource, &case.name);
            assert!(object["status"]["atProvider"]["id"].is_string(), "UP-1");
            made = object;
        }) && {
            (case.id, case.told) = (external_name(&made), made["status"]["atProvider"].take());
            table.check(case, "created", || case.has(&filled(ns, &Map::new(), &case.row.created)))
        }
    });
}

pub fn keys(ns: &Namespace, cases: &[Case], table: &mut Table) {
    for case in cases {
        table.check(case, "keys", || {
            let secret = case.manifest["spec"]["writeConnectionSecretToRef"]["name"].as_str().unwrap();
            let data = ns.get("secret", secret)["data"].take();
            let keys: Vec<_> = data.as_object().into_iter().flat_map(Map::keys).collect();
            assert_eq!(keys, case.row.keys);
        });
        if case.row.keys.is_empty() {
            table.beside(case, "keys", "it has no connection keys, and wrote none");
        }
    }
}

fn of_provider(mark: &requests::Mark, pick: impl Fn(&Request) -> bool) -> Vec<Request> {
    let since = requests::since(&world().rig.paths, mark).unwrap();
    since.into_iter().filter(|r| r.agent.starts_with("kupenstack/") && pick(r)).collect()
}

/// Runs alone, so that the logs have no other requests.
pub fn unchanged(ns: &Namespace, cases: &[Case], table: &mut Table) {
    let mark = requests::mark(&world().rig.paths);
    cases.iter().for_each(|case| case.ask(ns, "again"));
    for case in cases {
        table.check(case, "unchanged", || {
            let object = case.looked_at(ns, "again");
            let found = condition(&object, "UpToDate");
            assert_eq!(found["status"], "True", "{found}");
        });
    }
    let written = of_provider(&mark, Request::writes);
    assert!(written.is_empty(), "{written:#?}");
}

pub fn updated(ns: &Namespace, cases: &[Case], others: &Map<String, Value>, table: &mut Table) {
    let changes = cases.iter().filter(|case| case.row.change.is_object());
    let changes: Vec<_> = changes.map(|case| (case, filled(ns, others, &case.row.change))).collect();
    let asked: Vec<_> = changes.iter().map(|(case, change)| case.patch(ns, change)).collect();
    for ((case, _), asked) in changes.iter().zip(asked) {
        table.check(case, "updated", || {
            asked.unwrap();
            case.settled(ns);
            case.has(&filled(ns, others, &case.row.changed));
        });
    }
    for case in cases.iter().filter(|case| !case.row.change.is_object()) {
        let example = case.row.own.is_null();
        let why = if example { "nothing of it can be changed" } else { "as the example of its kind" };
        table.beside(case, "updated", why);
        table.beside(case, "repaired", why);
    }
}

pub fn refused(ns: &Namespace, cases: &[Case], table: &mut Table) {
    for case in cases {
        let change = case.immutable(&ns.get(&case.resource, &case.name));
        if change.is_empty() {
            table.beside(case, "refused", "it sets nothing immutable");
            continue;
        }
        table.check(case, "refused", || {
            let why = case.patch(ns, &Value::Object(change.clone())).unwrap_err();
            for field in change.keys() {
                assert!(why.contains(&format!("{field} can't be changed once it is set")), "{field}: {why}");
            }
        });
    }
}

pub fn repaired(ns: &Namespace, cases: &[Case], others: &Map<String, Value>, table: &mut Table) {
    let drifts = || cases.iter().filter_map(|case| Some((case, case.row.drift.as_ref()?)));
    let done: Vec<_> = drifts()
        .map(|(case, (method, path, body))| {
            let body = serde_json::from_str(&case.at(&body.to_string())).unwrap();
            case.asked(method, path, body)
        })
        .collect();
    drifts().for_each(|(case, _)| case.ask(ns, "drift"));
    for ((case, _), (status, said)) in drifts().zip(done) {
        table.check(case, "repaired", || {
            assert!(status < 300, "{status} {said}");
            let wanted = filled(ns, others, &case.row.changed);
            eventually(&format!("{} is repaired", case.label()), || contains(&case.real().1, &wanted));
        });
    }
    for case in cases.iter().filter(|case| case.row.change.is_object() && case.row.drift.is_none()) {
        table.beside(case, "repaired", "as the example of its kind");
    }
}

/// Is it told only to who uses it: at the microversion that brought it, or by a request of its own? A volume's type has its id from
/// 3.63 on, and of what an agent has only what is named is looked at.
fn depends_on_use(case: &Case, field: &str) -> bool {
    let shapes = case.kind.shapes().unwrap();
    let named = |field: &Field| case.row.kind == "network.NetworkAgent" && field.options.set;
    field == "volumeTypeId"
        || shapes.state.field(field).is_some_and(|field| field.options.apart)
        || shapes
            .params
            .field(field)
            .is_some_and(|field| field.options.since.is_some() || field.options.apart || named(field))
}

pub fn observed(ns: &Namespace, cases: &[Case], table: &mut Table) {
    let name = |case: &Case| format!("{}-seen", case.name);
    for case in cases {
        let mut manifest = json!({"apiVersion": case.manifest["apiVersion"], "kind": case.manifest["kind"],
            "metadata": {"name": name(case), "annotations": {"crossplane.io/external-name": case.id}},
            "spec": {"forProvider": {}, "managementPolicies": ["Observe"]}});
        let config = &case.manifest["spec"]["providerConfigRef"];
        if config.is_object() {
            manifest["spec"]["providerConfigRef"] = config.clone();
        }
        ns.apply(&manifest);
    }
    for case in cases {
        table.check(case, "observed", || {
            let own = ns.get(&case.resource, &case.name)["status"]["atProvider"].take();
            // Ready is what nobody wanted otherwise; this one wants nothing, and a server that is off is off. Values may be of
            // another moment, and a list of some seconds ago may answer first, but an observer must come to see the same fields.
            ns.wait(&case.resource, &name(case), "observed", |object| {
                let seen = &object["status"]["atProvider"];
                let lacks = |key: &String| seen.get(key).is_none() && !depends_on_use(case, key);
                condition(object, "Synced")["status"] == "True"
                    && seen["id"] == own["id"]
                    && !own.as_object().unwrap().keys().any(lacks)
            });
            ns.delete(&case.resource, &name(case));
            assert!((200..300).contains(&case.real().0), "it outlives who only looks");
        });
    }
}

/// Released and imported again by its id alone: another resource, the same object.
pub fn imported(ns: &Namespace, cases: &[Case], table: &mut Table) {
    let keep = json!({"spec": {"managementPolicies": ["Observe", "Create", "Update", "LateInitialize"]}});
    let left: Vec<Value> = cases.iter().map(|case| ns.get(&case.resource, &case.name)).collect();
    for case in cases {
        ns.patch(&case.resource, &case.name, &keep).unwrap();
        ns.ask_to_delete(&case.resource, &case.name);
    }
    let gone = |case: &Case| drop(ns.wait(&case.resource, &case.name, "let go of", Value::is_null));
    cases.iter().for_each(gone);
    let mark = requests::mark(&world().rig.paths);
    for (case, object) in cases.iter().zip(&left) {
        let mut manifest = case.manifest.clone();
        manifest["metadata"]["annotations"] = json!({"crossplane.io/external-name": case.id});
        manifest["spec"] = object["spec"].clone();
        ns.apply(&manifest);
    }
    for (case, object) in cases.iter().zip(&left) {
        table.check(case, "imported", || {
            let now = case.settled(ns);
            assert_ne!(now["metadata"]["uid"], object["metadata"]["uid"]);
            assert_eq!(now["status"]["atProvider"]["id"], object["status"]["atProvider"]["id"]);
        });
    }
    let made = of_provider(&mark, |r| r.writes() && matches!(r.method.as_str(), "POST" | "DELETE"));
    let (actions, made): (Vec<_>, Vec<_>) = made.into_iter().partition(|r| r.route.ends_with("/action"));
    assert!(made.is_empty(), "{made:#?}");
    // A password that nobody can read is set again.
    let secrets =
        cases.iter().filter(|case| case.manifest.to_string().contains("adminPassSecretRef")).count();
    assert!(actions.len() <= secrets, "{actions:#?}");
}

/// What the spec protects from deletion says so, and stays until it is released.
pub fn guarded(ns: &Namespace, cases: &[Case], table: &mut Table) {
    let guards = || cases.iter().filter(|case| case.row.guard.is_object());
    guards().for_each(|case| case.patch(ns, &case.row.guard).unwrap());
    for case in guards() {
        table.check(case, "guarded", || {
            case.settled(ns);
            case.has(&case.row.guard);
            ns.ask_to_delete(&case.resource, &case.name);
            ns.wait(&case.resource, &case.name, "guarded", |object| {
                let why = condition(object, "Synced")["message"].as_str().unwrap_or_default();
                why.contains("to let it be deleted")
            });
        });
    }
    for case in cases.iter().filter(|case| !case.row.guard.is_object()) {
        table.beside(case, "guarded", "it can't be protected, or the example of its kind is");
    }
}

fn released(guard: &Value) -> Value {
    match guard {
        Value::Bool(set) => json!(!set),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), released(value))).collect(),
        other => other.clone(),
    }
}

/// All at once, in any order: each waits for what uses it.
pub fn deleted(ns: &Namespace, cases: &[Case], table: &mut Table) {
    // Else kubectl goes on with what it found when it first looked, perhaps before all kinds were there.
    world().kubectl(&["api-resources", "--cached=false", "--categories=managed", "-o", "name"]);
    world().kubectl(&["delete", "managed", "--all", "-n", &ns.name, "--wait=false"]);
    // Only now: what lives in a deleted domain would be created again.
    let guarded = cases.iter().filter(|case| case.row.guard.is_object());
    guarded.for_each(|case| case.patch(ns, &released(&case.row.guard)).unwrap());
    for case in cases {
        table.check(case, "deleted", || {
            ns.wait(&case.resource, &case.name, "gone", Value::is_null);
            let ((status, body), after) = (case.real(), &case.row.after);
            let gone = status == 404 || (!after.is_null() && contains(&body, after));
            assert!(case.row.stays || gone, "{status} {body}");
        });
    }
}
