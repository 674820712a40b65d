//! An API server in memory, for tests: it creates, reads, lists by label, merges patches, applies and deletes, as far as the
//! runtime and backends rely on it: 409 for an old resourceVersion or an existing name, an object goes with its last finalizer,
//! and generations of workloads count. A watch ends with the first change that it tells, and is begun anew.

mod apply;
mod log;

use crate::simulation::points::{Lost, Points};
use http::{Method, Request, Response};
use kube::{Client, client::Body};
use log::Log;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, io, sync::Arc};

/// The server. Clones share their objects.
#[derive(Clone, Default)]
pub struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    objects: BTreeMap<Place, Value>,
    calls: Vec<String>,
    version: u64,
    log: Log,
    /// Verbs that nobody is allowed.
    denied: Vec<String>,
    /// Answers to give instead, in order: what a call must contain, and the code.
    failures: Vec<(String, u16)>,
    points: Option<Arc<Points>>,
}

/// Where an object lies: API (`/api/v1`, `/apis/group/version`), namespace, plural, name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    api: String,
    plural: String,
    namespace: String,
    name: String,
}

impl Place {
    fn parse(path: &str) -> Self {
        let mut parts = path.trim_matches('/').split('/').map(str::to_owned).collect::<Vec<_>>();
        let api = parts.drain(..if parts[0] == "api" { 2 } else { 3 }).collect::<Vec<_>>().join("/");
        let namespace =
            (parts.len() > 2 && parts[0] == "namespaces").then(|| parts.drain(..2).next_back().unwrap());
        let mut rest = parts.into_iter();
        Self {
            api,
            namespace: namespace.unwrap_or_default(),
            plural: rest.next().unwrap_or_default(),
            name: rest.next().unwrap_or_default(),
        }
    }

    /// Does a collection have what lies there?
    fn covers(&self, at: &Self) -> bool {
        at.api == self.api
            && at.plural == self.plural
            && (self.namespace.is_empty() || at.namespace == self.namespace)
            && (self.name.is_empty() || at.name == self.name)
    }
}

impl State {
    /// Keeps an object, in the version that it says.
    fn keep(&mut self, place: &Place, object: &Value) {
        let word = if self.objects.contains_key(place) { "MODIFIED" } else { "ADDED" };
        self.objects.insert(place.clone(), object.clone());
        self.log.note(self.version, place, word, object);
    }

    /// Takes an object away.
    fn discard(&mut self, place: &Place) -> Option<Value> {
        let object = self.objects.remove(place)?;
        self.version += 1;
        let mut last = object.clone();
        last["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.log.note(self.version, place, "DELETED", &last);
        Some(object)
    }
}

impl Fake {
    /// A client of it.
    pub fn client(&self) -> Client {
        let fake = self.clone();
        self.client_past(move || (fake.0.lock().points.clone().unwrap_or_default(), ""))
    }

    /// A client whose every call passes these points, as a line that begins so.
    pub fn client_of(&self, points: &Arc<Points>, begins: &'static str) -> Client {
        let points = points.clone();
        self.client_past(move || (points.clone(), begins))
    }

    fn client_past(
        &self,
        points: impl Fn() -> (Arc<Points>, &'static str) + Send + Sync + 'static,
    ) -> Client {
        let (fake, points) = (self.clone(), Arc::new(points));
        let service = tower::service_fn(move |request: Request<Body>| {
            let (fake, points) = (fake.clone(), points.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = body.collect_bytes().await.unwrap();
                let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
                let (points, begins) = points();
                if query.contains("watch=") {
                    let told = fake.watch(&points, path, query).await;
                    return Ok(Response::new(Body::from(told.into_bytes())));
                }
                // What comes before the watch of one object is no point either.
                if parameter(query, "fieldSelector").is_some() {
                    let list = listed(&mut fake.0.lock(), &named(path, query), query);
                    return Ok(Response::new(Body::from(serde_json::to_vec(&list).unwrap())));
                }
                let line = format!("{begins}{} {path}", parts.method);
                let answered =
                    points.exchange(&line, || fake.answer(&parts.method, path, query, &body)).await;
                let (code, answer) = match answered {
                    Ok(answer) => answer,
                    Err(Lost::Cut | Lost::Instead(_)) => {
                        return Err(io::Error::from(io::ErrorKind::ConnectionReset));
                    }
                    Err(Lost::Refused(code)) => status(code, "Injected"),
                };
                let body = Body::from(serde_json::to_vec(&answer).unwrap());
                Ok(Response::builder().status(code).body(body).unwrap())
            }
        });
        Client::new(service, "default")
    }

    /// The next changes since the version that a watch names, as its lines. A watch is no point of its own: what it would
    /// miss, the list that comes before it tells.
    async fn watch(&self, points: &Points, path: &str, query: &str) -> String {
        let (place, labels) = (named(path, query), selector(query));
        let since = parameter(query, "resourceVersion").and_then(|text| text.parse().ok()).unwrap_or(0);
        loop {
            let changed = {
                let state = self.0.lock();
                let told = state.log.since(since, |at, object| place.covers(at) && labels.accept(object));
                if !told.is_empty() && !points.is_dead() {
                    return told;
                }
                state.log.changed()
            };
            changed.await;
        }
    }

    /// Every call passes these points from now on.
    pub fn pass(&self, points: &Arc<Points>) {
        self.0.lock().points = Some(points.clone());
    }

    /// A server of its own with the same objects.
    pub fn copy(&self) -> Self {
        let State { objects, version, .. } = &*self.0.lock();
        let state = State { objects: objects.clone(), version: *version, ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Puts an object at a path.
    pub fn put(&self, path: &str, mut object: Value) {
        let mut state = self.0.lock();
        let place = Place::parse(path);
        state.version += 1;
        merge(
            &mut object,
            &json!({"metadata": {"name": place.name, "resourceVersion": state.version.to_string()}}),
        );
        if !place.namespace.is_empty() {
            merge(&mut object, &json!({"metadata": {"namespace": place.namespace}}));
        }
        apply::count(&place.api, state.objects.get(&place), &mut object);
        state.keep(&place, &object);
    }

    /// The object at a path.
    pub fn get(&self, path: &str) -> Option<Value> {
        self.0.lock().objects.get(&Place::parse(path)).cloned()
    }

    /// All objects of a collection.
    pub fn list(&self, path: &str) -> Vec<Value> {
        list(&self.0.lock(), &Place::parse(path), "")
    }

    /// All objects but those of one plural.
    pub fn all_but(&self, plural: &str) -> Vec<Value> {
        let state = self.0.lock();
        state.objects.iter().filter(|(at, _)| at.plural != plural).map(|(_, object)| object.clone()).collect()
    }

    /// Takes an object away.
    pub fn remove(&self, path: &str) {
        self.0.lock().discard(&Place::parse(path));
    }

    /// Is put back to an earlier state, as by a restore of etcd: the same objects in versions that begin anew.
    pub fn restore(&self) {
        let mut state = self.0.lock();
        let objects = std::mem::take(&mut state.objects);
        (state.version, state.log) = (0, Log::default());
        for (place, mut object) in objects {
            state.version += 1;
            object["metadata"]["resourceVersion"] = json!(state.version.to_string());
            state.objects.insert(place, object);
        }
    }

    /// The next call whose line (`GET /api/...`) contains this is answered with this code.
    pub fn fail(&self, call: &str, code: u16) {
        self.0.lock().failures.push((call.to_owned(), code));
    }

    /// Every review of access to this verb is answered by no.
    pub fn deny(&self, verb: &str) {
        self.0.lock().denied.push(verb.to_owned());
    }

    /// The calls since the last question: verb and path.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().calls)
    }

    fn answer(&self, method: &Method, path: &str, query: &str, body: &[u8]) -> (u16, Value) {
        let mut state = self.0.lock();
        let line = format!("{method} {path}");
        let failure = state.failures.iter().position(|(call, _)| line.contains(call));
        state.calls.push(line);
        if let Some(at) = failure {
            return status(state.failures.remove(at).1, "Injected");
        }
        if path == "/version" {
            return (200, json!({"gitVersion": "v1.36.3", "major": "1", "minor": "36"}));
        }
        let mut place = Place::parse(path);
        match *method {
            Method::GET if place.plural.is_empty() => (200, apply::discovered(&place.api)),
            Method::GET if place.name.is_empty() => (200, listed(&mut state, &place, query)),
            Method::GET => state.objects.get(&place).map_or(status(404, "NotFound"), |o| (200, o.clone())),
            Method::POST if place.plural == "selfsubjectrulesreviews" => {
                let rules = json!([{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]);
                (201, json!({"status": {"resourceRules": rules, "incomplete": false}}))
            }
            Method::POST if place.plural == "selfsubjectaccessreviews" => {
                let mut review: Value = serde_json::from_slice(body).unwrap();
                let denied = |verb: &String| review["spec"]["resourceAttributes"]["verb"] == **verb;
                review["status"] = json!({"allowed": !state.denied.iter().any(denied)});
                (201, review)
            }
            Method::POST => {
                let mut object: Value = serde_json::from_slice(body).unwrap();
                object["metadata"]["name"].as_str().unwrap().clone_into(&mut place.name);
                if state.objects.contains_key(&place) {
                    return status(409, "AlreadyExists");
                }
                state.version += 1;
                if object["metadata"]["uid"].is_null() {
                    object["metadata"]["uid"] = json!(format!("uid-{}", state.version));
                }
                let meta = json!({"metadata": {"resourceVersion": state.version.to_string(), "namespace": place.namespace}});
                merge(&mut object, &meta);
                apply::count(&place.api, None, &mut object);
                state.keep(&place, &object);
                (201, object)
            }
            Method::PUT => replace(&mut state, &place, serde_json::from_slice(body).unwrap()),
            Method::DELETE => delete(&mut state, &place, &serde_json::from_slice(body).unwrap_or_default()),
            Method::PATCH if query.contains("force=true") => {
                apply(&mut state, &place, &serde_json::from_slice(body).unwrap(), query)
            }
            Method::PATCH => patch(&mut state, &place, &serde_json::from_slice(body).unwrap()),
            _ => status(405, "MethodNotAllowed"),
        }
    }
}

fn apply(state: &mut State, place: &Place, patch: &Value, query: &str) -> (u16, Value) {
    let (before, dry_run) = (state.objects.get(place).cloned(), query.contains("dryRun=All"));
    let uid = &patch["metadata"]["uid"];
    if !uid.is_null() && before.as_ref().is_none_or(|before| before["metadata"]["uid"] != *uid) {
        return status(409, "Conflict");
    }
    let mut object = match parameter(query, "fieldManager") {
        Some(manager) if manager != "helm" => apply::applied_part(before.as_ref(), patch, &manager),
        _ => apply::applied(before.as_ref(), patch),
    };
    if before.as_ref() == Some(&object) {
        return (200, object);
    }
    let version = state.version + 1;
    let uid =
        before.as_ref().map_or_else(|| json!(format!("uid-{version}")), |old| old["metadata"]["uid"].clone());
    let meta = json!({"metadata": {"uid": uid, "resourceVersion": version.to_string(), "name": place.name}});
    merge(&mut object, &meta);
    apply::count(&place.api, before.as_ref(), &mut object);
    if !dry_run {
        state.version = version;
        state.keep(place, &object);
    }
    (if before.is_some() { 200 } else { 201 }, object)
}

fn replace(state: &mut State, place: &Place, mut object: Value) -> (u16, Value) {
    let Some(before) = state.objects.get(place) else { return status(404, "NotFound") };
    let version = &object["metadata"]["resourceVersion"];
    if !version.is_null() && *version != before["metadata"]["resourceVersion"] {
        return status(409, "Conflict");
    }
    state.version += 1;
    let uid = before["metadata"]["uid"].clone();
    merge(&mut object, &json!({"metadata": {"uid": uid, "resourceVersion": state.version.to_string()}}));
    state.keep(place, &object);
    (200, object)
}

fn delete(state: &mut State, place: &Place, options: &Value) -> (u16, Value) {
    let Some(object) = state.objects.get(place) else { return status(404, "NotFound") };
    let wanted = &options["preconditions"]["uid"];
    if !wanted.is_null() && *wanted != object["metadata"]["uid"] {
        return status(409, "Conflict");
    }
    (200, state.discard(place).unwrap_or_default())
}

fn patch(state: &mut State, place: &Place, patch: &Value) -> (u16, Value) {
    let Some(mut object) = state.objects.get(place).cloned() else { return status(404, "NotFound") };
    let version = &patch["metadata"]["resourceVersion"];
    if !version.is_null() && *version != object["metadata"]["resourceVersion"] {
        return status(409, "Conflict");
    }
    merge(&mut object, patch);
    state.version += 1;
    object["metadata"]["resourceVersion"] = json!(state.version.to_string());
    let meta = &object["metadata"];
    if !meta["deletionTimestamp"].is_null() && meta["finalizers"].as_array().is_none_or(Vec::is_empty) {
        state.discard(place);
    } else {
        state.keep(place, &object);
    }
    (200, object)
}

/// A collection, or what lies at one place of it.
fn named(path: &str, query: &str) -> Place {
    let name = parameter(query, "fieldSelector");
    let name = name.and_then(|field| field.strip_prefix("metadata.name=").map(str::to_owned));
    Place { name: name.unwrap_or_default(), ..Place::parse(path) }
}

fn listed(state: &mut State, place: &Place, query: &str) -> Value {
    // Version 0 would mean any.
    state.version = state.version.max(1);
    let (items, version) = (list(state, place, query), state.version.to_string());
    json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": version}, "items": items})
}

fn list(state: &State, place: &Place, query: &str) -> Vec<Value> {
    let labels = selector(query);
    state
        .objects
        .iter()
        .filter(|(at, object)| place.covers(at) && labels.accept(object))
        .map(|(_, object)| object.clone())
        .collect()
}

/// Labels that are asked for.
struct Labels(String);

impl Labels {
    fn accept(&self, object: &Value) -> bool {
        let mut terms = self.0.split(',').filter_map(|term| term.split_once('='));
        terms.all(|(key, value)| object["metadata"]["labels"][key] == value)
    }
}

fn selector(query: &str) -> Labels {
    Labels(parameter(query, "labelSelector").unwrap_or_default())
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let all = url::form_urlencoded::parse(query.as_bytes());
    all.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).next()
}

fn status(code: u16, reason: &str) -> (u16, Value) {
    (
        code,
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code, "reason": reason, "message": reason}),
    )
}

/// RFC 7396.
fn merge(object: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        object.clone_from(patch);
        return;
    };
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let object = object.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            object.remove(key);
        } else {
            merge(object.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}
