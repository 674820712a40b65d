//! A plain REST collection, as most of OpenStack's resources are one: what it is, and below, over JSON, what follows.

pub mod beside;
pub mod change;
pub mod fault;
mod hints;
pub mod incremental;
pub mod listing;
pub mod look;
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
    /// Query that keeps the list to look for a marker in small: the fields to return.
    pub brief: &'static [(&'static str, &'static str)],
    /// How its list is asked for only what changed, where it can be.
    pub incremental: Option<Incremental>,
    /// How it is created.
    pub creation: Creation,
    /// Microversion that creates are sent with, where looks and updates are sent with another. A field may need a newer.
    pub create: Option<Microversion>,
    /// Key that scheduler hints have beside the object in a create, where it takes some.
    pub hints: Option<&'static str>,
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
            brief: &[],
            incremental: None,
            creation: Creation::Post,
            create: None,
            hints: None,
        }
    }

    /// A collection of Neutron's, whose objects have tags.
    pub const fn neutron(items: &'static str, singular: &'static str) -> Self {
        let brief = &[("fields", "id"), ("fields", "description")];
        Self { tags: true, brief, ..Self::plain(items, singular) }
    }

    /// A collection of Keystone's.
    pub const fn keystone(items: &'static str, singular: &'static str) -> Self {
        Self { update: Update::Patch, ..Self::plain(items, singular) }
    }

    /// Path of an object.
    pub fn item(&self, id: &str) -> String {
        format!("/{}/{id}", self.path)
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
    fn outer(&self, object: Map<String, Value>) -> Value {
        if self.singular.is_empty() { Value::Object(object) } else { json!({ self.singular: object }) }
    }
}
