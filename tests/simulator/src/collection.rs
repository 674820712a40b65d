//! What all collections have in common: create, list, show, update, delete. A service's files say the rest as facts.

use crate::{
    call::{Call, Service},
    cloud::Cloud,
    keystone, list, neutron,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text, truth},
};
use http::Method;
use serde_json::{Value, json};

/// A collection.
#[derive(Clone, Copy)]
pub(crate) struct Collection {
    pub(crate) service: Service,
    /// In the address: `security-groups`.
    pub(crate) path: &'static str,
    /// Key of a list.
    pub(crate) items: &'static str,
    /// Key of one.
    pub(crate) singular: &'static str,
    /// In messages: `Network`.
    pub(crate) noun: &'static str,
    /// What may be sent, and what it is if it is not.
    pub(crate) fields: fn() -> Value,
    /// What only the service says.
    pub(crate) told: fn() -> Value,
    /// Fields that a create must have.
    pub(crate) required: &'static [&'static str],
    /// Fields that no update may have.
    pub(crate) fixed: &'static [&'static str],
    /// Fields that must name objects of a collection.
    pub(crate) refers: &'static [(&'static str, &'static str)],
    /// Method of an update; empty if there is none.
    pub(crate) update: &'static str,
    /// Statuses of create, update and delete.
    pub(crate) statuses: (u16, u16, u16),
    /// Only administrators change it.
    pub(crate) admin: bool,
    /// Tags are a resource of their own below it.
    pub(crate) tags: bool,
    /// Completes a new object, or refuses it.
    pub(crate) make: fn(&mut Cloud, &Call, Object) -> Outcome<Object>,
    /// What becomes of an object (the first) by an update (the second).
    pub(crate) change: fn(&mut Cloud, &Call, &Object, Object) -> Outcome<Object>,
    /// Before an object goes; says whether it goes at once.
    pub(crate) unmake: fn(&mut Cloud, &Call, &Object) -> Outcome<bool>,
    /// An object as this caller sees it.
    pub(crate) show: fn(&Cloud, &Call, Object) -> Object,
}

impl Collection {
    /// A collection without facts.
    pub(crate) const fn of(
        service: Service,
        path: &'static str,
        items: &'static str,
        singular: &'static str,
        noun: &'static str,
    ) -> Self {
        Self {
            service,
            path,
            items,
            singular,
            noun,
            fields: || json!({}),
            told: || json!({}),
            required: &[],
            fixed: &[],
            refers: &[],
            update: "PUT",
            statuses: (201, 200, 204),
            admin: false,
            tags: false,
            make: |_, _, object| Ok(object),
            change: |_, _, old, new| Ok(merged(old, new)),
            unmake: |_, _, _| Ok(true),
            show: |_, _, object| object,
        }
    }

    /// An object with what is not sent.
    pub(crate) fn complete(&self, id: String, sent: Object) -> Object {
        let mut whole = object((self.fields)());
        whole.extend(object((self.told)()));
        whole.extend(sent);
        whole.insert("id".to_owned(), Value::from(id));
        whole
    }

    fn shown(&self, cloud: &Cloud, call: &Call, object: &Object) -> Value {
        Value::Object((self.show)(cloud, call, object.clone()))
    }

    /// An object of another project is not there, unless it is shared.
    pub(crate) fn visible(&self, call: &Call, object: &Object) -> bool {
        let owner = ["project_id", "tenant_id"].iter().find_map(|field| object.get(*field)?.as_str());
        let open = || truth(object, "shared") || truth(object, "router:external");
        let own = owner.is_none() || owner == call.who.project.as_deref();
        call.who.admin || self.service == Service::Keystone || own || open()
    }

    fn find(&self, cloud: &Cloud, call: &Call, id: &str) -> Outcome<Object> {
        let found = cloud.store.get(self.path, id).filter(|object| self.visible(call, object));
        found.cloned().ok_or_else(|| not_found(self.path, id))
    }

    fn check(&self, cloud: &Cloud, call: &Call, sent: &Object) -> Outcome<()> {
        let known = object((self.fields)());
        // Keystone keeps whatever it is told.
        let strict = self.service != Service::Keystone;
        let unknown: Vec<_> = sent.keys().filter(|field| strict && !known.contains_key(*field)).collect();
        if let Some(field) = unknown.first() {
            return Err(self.unknown(field));
        }
        for (field, collection) in self.refers {
            let id = text(sent, field);
            let there = id.is_empty()
                || of(self.service, collection).is_some_and(|of| of.find(cloud, call, id).is_ok());
            if !there {
                return Err(not_found(collection, id));
            }
        }
        Ok(())
    }

    fn unknown(&self, field: &str) -> Refusal {
        match self.service {
            Service::Neutron => Refusal::bad(format!("Unrecognized attribute(s) '{field}'")),
            Service::Keystone => Refusal::bad(format!("Additional properties are not allowed ('{field}')")),
        }
    }

    /// Keystone's and Neutron's ids differ in form.
    fn id(&self, cloud: &mut Cloud) -> String {
        if self.service == Service::Keystone { cloud.digits() } else { cloud.uuid() }
    }

    fn allowed(&self, call: &Call, verb: &str) -> Outcome<()> {
        let action = || format!("{verb}_{}", self.singular);
        if self.admin && !call.who.admin { Err(Refusal::forbidden(&action())) } else { Ok(()) }
    }

    fn create(&self, cloud: &mut Cloud, call: &Call) -> Outcome {
        self.allowed(call, "create")?;
        let missing = || Refusal::bad(format!("{} is required", self.singular));
        let sent = call.object(self.singular).ok_or_else(missing)?;
        self.check(cloud, call, &sent)?;
        if let Some(field) = self.required.iter().find(|field| sent.get(**field).is_none_or(Value::is_null)) {
            let message = format!("Failed to parse request. Required attribute '{field}' not specified");
            return Err(Refusal::bad(message));
        }
        let id = self.id(cloud);
        let object = (self.make)(cloud, call, self.complete(id, sent))?;
        let shown = self.shown(cloud, call, &object);
        cloud.store.put(self.path, object);
        Ok(Done::new(self.statuses.0, json!({ self.singular: shown })))
    }

    fn update(&self, cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
        let old = self.find(cloud, call, id)?;
        self.allowed(call, "update")?;
        let missing = || Refusal::bad(format!("{} is required", self.singular));
        let sent = call.object(self.singular).ok_or_else(missing)?;
        self.check(cloud, call, &sent)?;
        if let Some(field) = self.fixed.iter().find(|field| sent.contains_key(**field)) {
            return Err(Refusal::bad(format!("Cannot update read-only attribute {field}")));
        }
        let mut new = (self.change)(cloud, call, &old, sent)?;
        touch(cloud, &mut new);
        let shown = self.shown(cloud, call, &new);
        cloud.store.put(self.path, new);
        Ok(Done::new(self.statuses.1, json!({ self.singular: shown })))
    }

    fn delete(&self, cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
        let object = self.find(cloud, call, id)?;
        self.allowed(call, "delete")?;
        if (self.unmake)(cloud, call, &object)? {
            cloud.store.remove(self.path, id);
        }
        Ok(Done::nothing(self.statuses.2))
    }

    fn tagged(&self, cloud: &mut Cloud, call: &Call, id: &str, tag: Option<&str>) -> Outcome {
        let mut object = self.find(cloud, call, id)?;
        let have = object.get("tags").cloned().unwrap_or(json!([]));
        let mut tags: Vec<Value> = have.as_array().cloned().unwrap_or_default();
        let sent = call.body.get("tags").cloned();
        let done = match (&call.method, tag) {
            (&Method::GET, None) => return Ok(Done::new(200, json!({ "tags": have }))),
            (&Method::PUT, None) => {
                let wanted = sent.as_ref().and_then(Value::as_array).cloned();
                tags = wanted.ok_or_else(|| Refusal::bad("Invalid tags body"))?;
                Done::new(200, json!({ "tags": tags }))
            }
            (&Method::PUT, Some(tag)) => {
                tags.retain(|have| have != tag);
                tags.push(json!(tag));
                Done::nothing(201)
            }
            (&Method::DELETE, Some(tag)) => {
                tags.retain(|have| have != tag);
                Done::nothing(204)
            }
            _ => return Err(Refusal::new(405, "HTTPMethodNotAllowed", "no such method here")),
        };
        tags.sort_by_key(Value::to_string);
        tags.dedup();
        object.insert("tags".to_owned(), Value::Array(tags));
        touch(cloud, &mut object);
        cloud.store.put(self.path, object);
        Ok(done)
    }
}

/// The fields that every update moves, where an object has them.
fn touch(cloud: &Cloud, object: &mut Object) {
    if object.contains_key("updated_at") {
        object.insert("updated_at".to_owned(), Value::from(cloud.time()));
    }
    if let Some(revision) = object.get("revision_number").and_then(Value::as_i64) {
        object.insert("revision_number".to_owned(), Value::from(revision + 1));
    }
}

/// An object with a part of it replaced.
pub(crate) fn merged(old: &Object, new: Object) -> Object {
    let mut whole = old.clone();
    whole.extend(new);
    whole
}

fn all() -> impl Iterator<Item = &'static Collection> {
    keystone::COLLECTIONS.iter().chain(neutron::COLLECTIONS)
}

fn of(service: Service, path: &str) -> Option<&'static Collection> {
    all().find(|collection| collection.service == service && collection.path == path)
}

/// What a service says of an object that is not there.
pub(crate) fn not_found(collection: &str, id: &str) -> Refusal {
    let found = all().find(|known| known.path == collection);
    let (service, noun) = found.map_or((Service::Keystone, collection), |of| (of.service, of.noun));
    match service {
        Service::Keystone => Refusal::new(404, "", format!("Could not find {}: {id}.", noun.to_lowercase())),
        Service::Neutron => Refusal::new(
            404,
            &format!("{}NotFound", noun.replace(' ', "")),
            format!("{noun} {id} could not be found."),
        ),
    }
}

/// Answers a call to a collection or what is in it.
pub(crate) fn answer(cloud: &mut Cloud, call: &Call) -> Outcome {
    let parts = call.parts();
    let found = parts.first().and_then(|path| of(call.service, path));
    let collection = found.ok_or_else(Refusal::no_path)?;
    match (&call.method, parts.get(1..).unwrap_or_default()) {
        (&Method::POST, []) => collection.create(cloud, call),
        (&Method::GET, []) => {
            Ok(list::list(cloud, call, collection, &|object| (collection.show)(cloud, call, object.clone())))
        }
        (&Method::GET, [id]) => {
            let object = collection.find(cloud, call, id)?;
            Ok(Done::new(200, json!({ collection.singular: collection.shown(cloud, call, &object) })))
        }
        (method, [id]) if method == collection.update => collection.update(cloud, call, id),
        (&Method::DELETE, [id]) => collection.delete(cloud, call, id),
        (_, [id, "tags"]) if collection.tags => collection.tagged(cloud, call, id, None),
        (_, [id, "tags", tag]) if collection.tags => collection.tagged(cloud, call, id, Some(tag)),
        (_, [] | [_]) => Err(Refusal::new(405, "HTTPMethodNotAllowed", "no such method here")),
        _ => Err(Refusal::no_path()),
    }
}
