//! What all collections have in common: create, list, show, update, delete. A service's files say the rest as facts.

use crate::{
    call::{Call, Service},
    cinder,
    cloud::Cloud,
    glance, keystone, list, neutron, nova, placement,
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
    /// How one is created.
    pub(crate) creation: Creation,
    /// Fields that a create must have.
    pub(crate) required: &'static [&'static str],
    /// Fields that no update may have.
    pub(crate) fixed: &'static [&'static str],
    /// Fields that must name objects of a collection.
    pub(crate) refers: &'static [(&'static str, &'static str)],
    /// Method of an update; empty if there is none.
    pub(crate) update: &'static str,
    /// Fields that together no two objects have alike.
    pub(crate) unique: &'static [&'static str],
    /// Fields of the plain list, where the whole is below `detail`.
    pub(crate) brief: &'static [&'static str],
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
    /// Is an object in this list?
    pub(crate) listed: fn(&Call, &Object) -> bool,
    /// An object as this caller sees it.
    pub(crate) show: fn(&Cloud, &Call, Object) -> Object,
}

/// How an object is created.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Creation {
    /// By a POST of it.
    Post,
    /// By a POST of a list, which is answered with a list.
    PostList,
    /// By a PUT to its address, which has an id that is chosen.
    Put,
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
            creation: Creation::Post,
            required: &[],
            fixed: &[],
            refers: &[],
            update: "PUT",
            unique: &[],
            brief: &[],
            statuses: (201, 200, 204),
            admin: false,
            tags: false,
            make: |_, _, object| Ok(object),
            change: |_, _, old, new| Ok(merged(old, new)),
            unmake: |_, _, _| Ok(true),
            listed: |_, _| true,
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

    /// An object of another project is not there, unless it is shared.
    pub(crate) fn visible(&self, call: &Call, object: &Object) -> bool {
        let owner = [
            "project_id",
            "tenant_id",
            "os-vol-tenant-attr:tenant_id",
            "os-extended-snapshot-attributes:project_id",
            "os-backup-project-attr:project_id",
            "owner",
        ]
        .iter()
        .find_map(|field| object.get(*field)?.as_str());
        let within = call.within.iter().all(|(field, id)| text(object, field) == id);
        let open = || truth(object, "shared") || truth(object, "router:external");
        let own = owner.is_none() || owner == call.who.project.as_deref();
        within && (call.who.admin || self.service == Service::Keystone || own || open())
    }

    fn find(&self, cloud: &Cloud, call: &Call, id: &str) -> Outcome<Object> {
        let found = cloud.store.get(self.path, id).filter(|object| self.visible(call, object));
        found.cloned().ok_or_else(|| not_found(self.path, id))
    }

    fn check(&self, cloud: &Cloud, call: &Call, sent: &Object) -> Outcome<()> {
        let known = object((self.fields)());
        // Keystone and Glance keep whatever they are told.
        let strict = ![Service::Keystone, Service::Glance].contains(&self.service);
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
        Refusal::bad(
            "HTTPBadRequest: unknown field",
            match self.service {
                Service::Neutron => format!("Unrecognized attribute(s) '{field}'"),
                Service::Keystone
                | Service::Nova
                | Service::Cinder
                | Service::Glance
                | Service::Placement => {
                    format!("Additional properties are not allowed ('{field}' was unexpected)")
                }
            },
        )
    }

    fn missing(&self, field: &str) -> Refusal {
        Refusal::bad(
            "HTTPBadRequest: missing field",
            match self.service {
                Service::Neutron => {
                    format!("Failed to parse request. Required attribute '{field}' not specified")
                }
                Service::Keystone
                | Service::Nova
                | Service::Cinder
                | Service::Glance
                | Service::Placement => {
                    format!("'{field}' is a required property")
                }
            },
        )
    }

    /// Refuses what another object is called already.
    fn compare(&self, cloud: &Cloud, object: &Object) -> Outcome<()> {
        let (id, none) = (text(object, "id"), &Value::Null);
        let same = |other: &&Object| {
            self.unique
                .iter()
                .all(|field| object.get(*field).unwrap_or(none) == other.get(*field).unwrap_or(none))
        };
        let twin = cloud.store.all(self.path).filter(|other| text(other, "id") != id).find(same);
        if self.unique.is_empty() || twin.is_none() {
            return Ok(());
        }
        Err(self.taken("name taken", text(object, "name")))
    }

    fn taken(&self, kind: &str, name: &str) -> Refusal {
        Refusal::conflict(
            kind,
            match self.service {
                Service::Keystone => format!(
                    "Conflict occurred attempting to store {} - Duplicate entry found with name {name}.",
                    self.singular
                ),
                Service::Neutron | Service::Nova | Service::Cinder | Service::Glance | Service::Placement => {
                    format!("{} {name} already exists.", self.noun)
                }
            },
        )
    }

    /// The object in a body; Glance and Placement do not wrap it.
    fn sent(&self, call: &Call) -> Outcome<Object> {
        let found = if self.bare() { call.body.as_object().cloned() } else { call.object(self.singular) };
        found.ok_or_else(|| self.missing(self.singular))
    }

    /// What this caller sees, and nobody sees what begins with an underscore.
    fn shown(&self, cloud: &Cloud, call: &Call, object: &Object) -> Object {
        let mut shown = (self.show)(cloud, call, object.clone());
        shown.retain(|name, _| !name.starts_with('_'));
        shown
    }

    fn wrapped(&self, cloud: &Cloud, call: &Call, object: &Object) -> Value {
        let shown = Value::Object(self.shown(cloud, call, object));
        if self.bare() { shown } else { json!({ self.singular: shown }) }
    }

    fn bare(&self) -> bool {
        [Service::Glance, Service::Placement].contains(&self.service)
    }

    /// Keystone's ids are UUIDs without dashes.
    fn id(&self, cloud: &mut Cloud) -> String {
        if self.service == Service::Keystone { cloud.digits() } else { cloud.uuid() }
    }

    fn allowed(&self, call: &Call, verb: &str) -> Outcome<()> {
        let action = || format!("{verb}_{}", self.singular);
        if self.admin && !call.who.admin {
            Err(Refusal::forbidden("administrators only", &action()))
        } else {
            Ok(())
        }
    }

    fn create(&self, cloud: &mut Cloud, call: &Call, chosen: Option<&str>) -> Outcome {
        self.allowed(call, "create")?;
        let listed = || call.body.get(self.items)?.get(0)?.as_object().cloned();
        let sent = match self.creation {
            Creation::PostList => listed().ok_or_else(|| self.missing(self.items))?,
            Creation::Post | Creation::Put => self.sent(call)?,
        };
        self.check(cloud, call, &sent)?;
        if let Some(field) = self.required.iter().find(|field| sent.get(**field).is_none_or(Value::is_null)) {
            return Err(self.missing(field));
        }
        if let Some(taken) = chosen.filter(|id| cloud.store.get(self.path, id).is_some()) {
            return Err(self.taken("id taken", taken));
        }
        let id = chosen.map_or_else(|| self.id(cloud), str::to_owned);
        let mut whole = self.complete(id, sent);
        whole.extend(call.within.iter().map(|(field, id)| ((*field).to_owned(), json!(id))));
        self.compare(cloud, &whole)?;
        let object = (self.make)(cloud, call, whole)?;
        let id = text(&object, "id").to_owned();
        cloud.store.put(self.path, object);
        let made = cloud.one(self.path, &id)?;
        let body = match self.creation {
            Creation::PostList => json!({ self.items: [self.shown(cloud, call, &made)] }),
            Creation::Post | Creation::Put => self.wrapped(cloud, call, &made),
        };
        Ok(Done::new(self.statuses.0, body))
    }

    fn update(&self, cloud: &mut Cloud, call: &Call, id: &str) -> Outcome {
        let old = self.find(cloud, call, id)?;
        self.allowed(call, "update")?;
        let wanted = call.header("if-match").and_then(|match_| match_.strip_prefix("revision_number="));
        let revision = old.get("revision_number").map(Value::to_string);
        if wanted.is_some_and(|wanted| Some(wanted) != revision.as_deref()) {
            let why = format!(
                "Constrained to {}, but current revision is {}",
                wanted.unwrap_or_default(),
                revision.unwrap_or_default()
            );
            return Err(Refusal::new(412, "RevisionNumberConstraintFailed", why));
        }
        let sent = self.sent(call)?;
        self.check(cloud, call, &sent)?;
        if let Some(field) = self.fixed.iter().find(|field| sent.contains_key(**field)) {
            return Err(Refusal::bad(
                "HTTPBadRequest: fixed field",
                format!("Cannot update read-only attribute {field}"),
            ));
        }
        let mut new = (self.change)(cloud, call, &old, sent)?;
        self.compare(cloud, &new)?;
        touch(cloud, &mut new);
        cloud.store.put(self.path, new.clone());
        Ok(Done::new(self.statuses.1, self.wrapped(cloud, call, &new)))
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
                tags = wanted.ok_or_else(|| Refusal::bad("HTTPBadRequest: no tags", "Invalid tags body"))?;
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
pub(crate) fn touch(cloud: &Cloud, object: &mut Object) {
    for field in ["updated_at", "updated"] {
        if object.contains_key(field) {
            object.insert(field.to_owned(), Value::from(cloud.time()));
        }
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
    let (identity, network) = (keystone::COLLECTIONS.iter(), neutron::COLLECTIONS.iter());
    let identity = identity.chain(keystone::FURTHER);
    let all = identity.chain(network).chain(nova::COLLECTIONS).chain(cinder::COLLECTIONS);
    all.chain(glance::COLLECTIONS).chain(placement::COLLECTIONS)
}

fn of(service: Service, path: &str) -> Option<&'static Collection> {
    all().find(|collection| collection.service == service && collection.path == path)
}

/// Is it the path of a collection?
pub(crate) fn known(path: &str) -> bool {
    all().any(|collection| collection.path == path)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// What a service says of an object that is not there.
pub(crate) fn not_found(collection: &str, id: &str) -> Refusal {
    let found = all().find(|known| known.path == collection);
    let (service, noun) = found.map_or((Service::Keystone, collection), |of| (of.service, of.noun));
    let kind = noun.split(' ').map(capital).collect::<String>() + "NotFound";
    let message = match service {
        Service::Keystone => format!("Could not find {noun}: {id}."),
        Service::Neutron if noun == "Security group" => format!("Security group {id} does not exist"),
        Service::Glance => format!("No image found with ID {id}"),
        Service::Neutron | Service::Nova | Service::Cinder => format!("{noun} {id} could not be found."),
        Service::Placement => format!("No {noun} with uuid {id} found"),
    };
    Refusal::new(404, &kind, message)
}

/// Answers a call to a collection or what is in it.
pub(crate) fn answer(cloud: &mut Cloud, call: &Call, parts: &[&str]) -> Outcome {
    let found = parts.first().and_then(|path| of(call.service, path));
    let collection = found.ok_or_else(Refusal::no_path)?;
    let whole = |object: &Object| collection.shown(cloud, call, object);
    match (&call.method, parts.get(1..).unwrap_or_default()) {
        (&Method::GET, []) if !collection.brief.is_empty() => {
            let brief = |object: &Object| {
                let mut object = whole(object);
                object.retain(|name, _| collection.brief.contains(&name.as_str()));
                object
            };
            Ok(list::list(cloud, call, collection, &brief))
        }
        (&Method::GET, []) => Ok(list::list(cloud, call, collection, &whole)),
        (&Method::GET, ["detail"]) if !collection.brief.is_empty() => {
            Ok(list::list(cloud, call, collection, &whole))
        }
        (&Method::POST, []) if collection.creation != Creation::Put => collection.create(cloud, call, None),
        (&Method::PUT, [id]) if collection.creation == Creation::Put => {
            collection.create(cloud, call, Some(*id))
        }
        (&Method::GET, [id]) => {
            let object = collection.find(cloud, call, id)?;
            Ok(Done::new(200, collection.wrapped(cloud, call, &object)))
        }
        (method, [id]) if method == collection.update => collection.update(cloud, call, id),
        (&Method::DELETE, [id]) => collection.delete(cloud, call, id),
        (_, [id, "tags"]) if collection.tags => collection.tagged(cloud, call, id, None),
        (_, [id, "tags", tag]) if collection.tags => collection.tagged(cloud, call, id, Some(tag)),
        (_, [] | [_]) => Err(Refusal::new(405, "HTTPMethodNotAllowed", "no such method here")),
        _ => Err(Refusal::no_path()),
    }
}
