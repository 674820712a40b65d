//! The whole cloud: what it holds, its clock, its ids, and the way of a call to who answers it.

use crate::{
    call::{Call, SERVICES, Service},
    cinder, collection, glance, keystone,
    keystone::tokens::Token,
    neutron, nova, placement,
    reply::{self, Done, Outcome, Refusal},
    store::{Object, Store, text},
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, header};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Something that will have happened by a certain time.
type Task = fn(&mut Cloud, &str);

/// An OpenStack.
#[derive(Clone, Debug)]
pub struct Cloud {
    base: String,
    seed: u64,
    counter: u64,
    requests: u64,
    pub(crate) now: i64,
    pub(crate) page: usize,
    pub(crate) tokens: BTreeMap<String, Token>,
    pub(crate) store: Store,
    /// Servers that are gone, of which a list of what changed tells.
    pub(crate) deleted_servers: Vec<Object>,
    agenda: BTreeMap<(i64, u64), (Task, String)>,
    behaviours: BTreeSet<String>,
}

impl Cloud {
    /// A cloud whose catalog's addresses begin with `base`. Equal seeds give equal ids.
    pub fn new(base: impl Into<String>, seed: u64) -> Self {
        let mut cloud = Self {
            base: base.into(),
            seed,
            counter: 0,
            requests: 0,
            now: 0,
            page: 1000,
            tokens: BTreeMap::new(),
            store: Store::default(),
            deleted_servers: vec![],
            agenda: BTreeMap::new(),
            behaviours: BTreeSet::new(),
        };
        keystone::furnish(&mut cloud);
        cinder::furnish(&mut cloud);
        neutron::furnish(&mut cloud);
        nova::furnish(&mut cloud);
        cloud
    }

    /// The most items that a page of a list has.
    #[must_use]
    pub fn with_pages_of(mut self, page: usize) -> Self {
        self.page = page;
        self
    }

    /// Answers one request, at a time in seconds since the epoch.
    pub fn answer(&mut self, request: &Request<Bytes>, now: i64) -> Response<Bytes> {
        self.advance(now);
        self.requests += 1;
        let Some(mut call) = Call::read(request) else {
            return reply::response(Service::Keystone, Err(Refusal::no_path()), self.requests);
        };
        let before = (call.method != Method::GET).then(|| (self.store.clone(), self.agenda.clone()));
        let outcome = self.route(&mut call);
        // What is refused leaves no trace.
        if let (Err(_), Some((store, agenda))) = (&outcome, before) {
            (self.store, self.agenda) = (store, agenda);
        }
        self.behaviours.insert(match &outcome {
            Ok(done) => behaviour(&call, done.status),
            Err(refusal) => refusal.kind.clone(),
        });
        let mut response = reply::response(call.service, outcome, self.requests);
        response.headers_mut().extend(self.date());
        response
    }

    /// Now, as HTTP writes it.
    fn date(&self) -> Option<(HeaderName, HeaderValue)> {
        let now = jiff::Timestamp::from_second(self.now).ok()?;
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        Some((header::DATE, HeaderValue::from_str(&date).ok()?))
    }

    /// What it did so far: requests by their form (`PUT routers/*/add_router_interface 200`), and kinds of refusals.
    pub fn behaviours(&self) -> &BTreeSet<String> {
        &self.behaviours
    }

    /// What is in each collection: its name, and its objects.
    pub fn content(&self) -> BTreeMap<String, Vec<Value>> {
        let all = self.store.collections();
        all.map(|(name, objects)| (name.to_owned(), objects.cloned().map(Value::Object).collect())).collect()
    }

    /// Changes every object of a collection behind everybody's back; says whether there was any.
    pub fn overwrite(&mut self, collection: &str, fields: &Value) -> bool {
        let ids: Vec<_> = self.store.all(collection).map(|object| text(object, "id").to_owned()).collect();
        for id in &ids {
            let found = self.store.get_mut(collection, id);
            found
                .into_iter()
                .for_each(|object| object.extend(fields.as_object().cloned().unwrap_or_default()));
        }
        !ids.is_empty()
    }

    fn route(&mut self, call: &mut Call) -> Outcome {
        if call.path.len() < 2 {
            return self.versions(call);
        }
        if let Some(outcome) = keystone::tokens::open(self, call) {
            return outcome;
        }
        call.who = keystone::tokens::who(self, call)?;
        let special = match call.service {
            Service::Keystone => keystone::special(self, call),
            Service::Neutron => neutron::special(self, call),
            Service::Nova => nova::special(self, call),
            Service::Cinder => cinder::special(self, call),
            Service::Glance => glance::special(self, call),
            Service::Placement => placement::special(self, call),
        };
        special.unwrap_or_else(|| collection::answer(self, call, &call.parts()))
    }

    fn versions(&self, call: &Call) -> Outcome {
        let (name, id, path) = match call.service {
            Service::Keystone => ("identity", "v3.14", "v3"),
            Service::Neutron => ("network", "v2.0", "v2.0"),
            Service::Nova => ("compute", "v2.1", "v2.1"),
            Service::Cinder => ("volume", "v3.0", "v3"),
            Service::Glance => ("image", "v2.17", "v2"),
            Service::Placement => ("placement", "v1.0", ""),
        };
        let link = json!([{"rel": "self", "href": format!("{}/{name}/{path}/", self.base)}]);
        let version = match call.service {
            Service::Placement => {
                json!({"id": id, "status": "CURRENT", "max_version": "1.39", "min_version": "1.0",
                "links": [{"rel": "self", "href": ""}]})
            }
            Service::Keystone | Service::Neutron | Service::Nova | Service::Cinder | Service::Glance => {
                json!({"id": id, "status": "CURRENT", "links": link})
            }
        };
        Ok(match (call.service, call.path.is_empty()) {
            (Service::Keystone, true) => Done::new(300, json!({"versions": {"values": [version]}})),
            (Service::Cinder | Service::Glance, true) => Done::new(300, json!({"versions": [version]})),
            (Service::Neutron | Service::Nova | Service::Placement, true) => {
                Done::new(200, json!({"versions": [version]}))
            }
            (_, false) => Done::new(200, json!({"version": version})),
        })
    }

    /// The catalog of a token.
    pub(crate) fn catalog(&self) -> Value {
        let entry = |name: &str, kind: &str, version: &str| {
            let endpoint = |interface: &str| {
                json!({"id": format!("{kind}-{interface}"), "interface": interface,
                "region": "RegionOne", "region_id": "RegionOne", "url": format!("{}/{name}{version}", self.base)})
            };
            let endpoints = [endpoint("public"), endpoint("internal"), endpoint("admin")];
            json!({"id": kind, "type": kind, "name": name, "endpoints": endpoints})
        };
        let all = SERVICES
            .iter()
            .flat_map(|(name, _, kinds, version)| kinds.iter().map(move |kind| entry(name, kind, version)));
        all.collect()
    }

    /// Lets time pass: what was to happen until now has happened, in its order.
    fn advance(&mut self, now: i64) {
        while let Some(first) = self.agenda.first_entry().filter(|first| first.key().0 <= now) {
            let ((at, _), (task, id)) = first.remove_entry();
            self.now = at;
            task(self, &id);
        }
        self.now = now;
    }

    /// Puts something on the agenda.
    pub(crate) fn later(&mut self, seconds: i64, task: Task, id: &str) {
        self.counter += 1;
        self.agenda.insert((self.now + seconds, self.counter), (task, id.to_owned()));
    }

    /// 32 digits that nobody had before.
    pub(crate) fn digits(&mut self) -> String {
        self.counter += 1;
        let half = |n: u64| mix(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ mix(n));
        format!("{:016x}{:016x}", half(2 * self.counter), half(2 * self.counter + 1))
    }

    /// The same as a UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let digits = self.digits();
        let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
        let (a, b, c, d) = (part(0, 8), part(8, 12), part(13, 16), part(17, 20));
        format!("{a}-{b}-4{c}-8{d}-{}", part(20, 32))
    }

    /// Now, as services write it.
    pub(crate) fn time(&self) -> String {
        jiff::Timestamp::from_second(self.now).map(|now| now.to_string()).unwrap_or_default()
    }

    /// An object that must be there.
    pub(crate) fn one(&self, collection: &str, id: &str) -> Outcome<Object> {
        let found = self.store.get(collection, id).cloned();
        found.ok_or_else(|| collection::not_found(collection, id))
    }
}

/// `SplitMix64`'s finish.
fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

/// A request by its form: ids left out, an action named.
fn behaviour(call: &Call, status: u16) -> String {
    let word = |part: &&str| collection::known(part) || WORDS.contains(part);
    let parts = call.parts();
    let shape: Vec<_> = parts.iter().map(|part| if word(part) { *part } else { "*" }).collect();
    let action = call.body.as_object().and_then(|body| body.keys().next());
    let action = action
        .filter(|_| parts.last() == Some(&"action"))
        .map_or(String::new(), |action| format!(" {action}"));
    format!("{} {}{action} {status}", call.method, shape.join("/"))
}

/// Words in paths beside collections.
const WORDS: [&str; 53] = [
    "accept",
    "action",
    "add_addresses",
    "add_extraroutes",
    "add_router_interface",
    "add_subports",
    "aggregates",
    "associate",
    "associations",
    "auth",
    "config",
    "default-types",
    "delete_keys",
    "detail",
    "disassociate",
    "extra_specs",
    "file",
    "group_specs",
    "implies",
    "import",
    "inherited_to_projects",
    "inventories",
    "members",
    "metadata",
    "metadefs",
    "metering",
    "namespaces",
    "objects",
    "OS-EP-FILTER",
    "os-extra_specs",
    "os-flavor-access",
    "OS-INHERIT",
    "os-interface",
    "os-quota-class-sets",
    "os-quota-sets",
    "os-services",
    "os-volume-type-access",
    "properties",
    "protocols",
    "qos",
    "qos-specs",
    "quotas",
    "remove_addresses",
    "remove_extraroutes",
    "remove_router_interface",
    "remove_subports",
    "resource_classes",
    "resource_types",
    "system",
    "tags",
    "tasks",
    "tokens",
    "traits",
];
