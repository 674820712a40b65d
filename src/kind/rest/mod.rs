//! A plain REST collection, as most of OpenStack's resources are one: what it is, and below, over JSON, what follows.

pub mod beside;
pub mod change;
pub mod fault;
mod hints;
pub mod incremental;
pub mod listing;
pub mod look;
pub mod pair;
pub mod requests;
pub mod since;
pub mod wire;

use crate::kind::request::Microversion;
use incremental::Incremental;
use serde_json::{Map, Value, json};

/// A plain collection: POST, GET, an update, DELETE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest {
    /// Path of the collection: `networks`, `os-server-groups`.
    pub path: &'static str,
    /// Key of the objects in a list: `networks`, `server_groups`.
    pub items: &'static str,
    /// Key of one object in a body: `network`; empty where the body is the object.
    pub singular: &'static str,
    /// How it is updated.
    pub update: Update,
    /// Its tags are a resource of their own below it, as everywhere in Neutron, which refuses them in a POST.
    pub tags: bool,
    /// The collection whose path the tags lie below, where that is not its own.
    pub tags_below: Option<&'static str>,
    /// Query that keeps the list to look for a marker in small: the fields to return.
    pub brief: &'static [(&'static str, &'static str)],
    /// Fields by which its list can be filtered, by their names in the API: they keep a search small, which proves nothing by them.
    pub asks: &'static [&'static str],
    /// How its list is asked for only what changed, where it can be.
    pub incremental: Option<Incremental>,
    /// How it is created.
    pub creation: Creation,
    /// Microversion that creates are sent with, where looks and updates are sent with another. A field may need a newer.
    pub create: Option<Microversion>,
    /// Key that scheduler hints have beside the object in a create, where it takes some.
    pub hints: Option<&'static str>,
    /// The map of free fields, by names that the service does not know, which lie beside the others on the wire.
    pub free: Option<&'static str>,
    /// What its objects lie below, where they have no place of their own. Their external-names are `<parent>/<id>`.
    pub parent: Option<Parent>,
    /// Fields, by their names in the API, that no two objects of one parent have alike, and what they are where nothing is
    /// said; empty for nothing. Where no marker can stand, a lost create is found by them.
    pub unique: Option<Unique>,
}

/// Fields and their values where nothing is said.
type Unique = &'static [(&'static str, &'static str)];

/// What the objects of a collection lie below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// Path of its own collection: `floatingips`.
    pub path: &'static str,
    /// The field that names it: `floatingip_id`. The address says it, so no body does.
    pub field: &'static str,
}

/// How an object is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// POST of the object.
    Post,
    /// POST of a list of it alone; the answer is one as well.
    PostList,
    /// PUT to the address that the name has which people choose.
    Put,
}

/// How an object is updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// Not at all.
    None,
    /// PUT of the fields that change.
    Put,
    /// PATCH with the fields that change.
    Patch,
    /// PATCH with a JSON patch (RFC 6902) of this content type.
    JsonPatch(&'static str),
}

impl Rest {
    /// A collection whose path is its key in a list.
    pub const fn plain(items: &'static str, singular: &'static str) -> Self {
        Self {
            path: items,
            items,
            singular,
            update: Update::Put,
            tags: false,
            tags_below: None,
            brief: &[],
            asks: &[],
            incremental: None,
            creation: Creation::Post,
            create: None,
            hints: None,
            free: None,
            parent: None,
            unique: None,
        }
    }

    /// A collection of Neutron's, whose objects have tags.
    pub const fn neutron(items: &'static str, singular: &'static str) -> Self {
        let brief = &[("fields", "id"), ("fields", "description")];
        Self { tags: true, brief, asks: &["name", "network_id"], ..Self::plain(items, singular) }
    }

    /// A collection of Keystone's.
    pub const fn keystone(items: &'static str, singular: &'static str) -> Self {
        Self { update: Update::Patch, asks: &["name"], ..Self::plain(items, singular) }
    }

    /// The same, whose objects have free fields.
    #[must_use]
    pub const fn with_extra(self) -> Self {
        Self { free: Some("extra"), ..self }
    }

    /// The same below the objects of another collection, one of which a field names.
    #[must_use]
    pub const fn below(self, path: &'static str, field: &'static str) -> Self {
        Self { parent: Some(Parent { path, field }), ..self }
    }

    /// Path of the collection. An object that has to have a parent and names none has an odd path, which nobody sends.
    pub fn collection(&self, parent: Option<&str>) -> String {
        match self.parent {
            Some(Parent { path, .. }) => format!("/{path}/{}/{}", parent.unwrap_or_default(), self.path),
            None => format!("/{}", self.path),
        }
    }

    /// Path of an object by its external-name.
    pub fn item(&self, name: &str) -> String {
        let (parent, id) = self.names(name);
        format!("{}/{id}", self.collection(parent))
    }

    /// Parent and id of an external-name.
    fn names<'a>(&self, name: &'a str) -> (Option<&'a str>, &'a str) {
        match name.split_once('/') {
            Some((parent, id)) if self.parent.is_some() => (Some(parent), id),
            _ => (None, name),
        }
    }

    /// External-name of an object.
    fn name(&self, parent: Option<&str>, id: &str) -> String {
        match parent.filter(|_| self.parent.is_some()) {
            Some(parent) => format!("{parent}/{id}"),
            None => id.to_owned(),
        }
    }

    /// The object in a body.
    fn inner<'a>(&self, body: &'a Value) -> Option<&'a Value> {
        let listed = || match body.get(self.items)?.as_array()?.as_slice() {
            [one] if self.creation == Creation::PostList => Some(one),
            _ => None,
        };
        if self.singular.is_empty() { Some(body) } else { body.get(self.singular).or_else(listed) }
    }

    /// The body of a create.
    fn new_body(&self, object: Map<String, Value>) -> Value {
        match self.creation {
            Creation::PostList => json!({ self.items: [object] }),
            Creation::Post | Creation::Put => self.outer(object),
        }
    }

    /// A body that holds the object.
    pub fn outer(&self, object: Map<String, Value>) -> Value {
        if self.singular.is_empty() { Value::Object(object) } else { json!({ self.singular: object }) }
    }
}
