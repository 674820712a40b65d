//! What a cloud holds: objects by collection and id.

use serde_json::{Map, Value};
use std::{collections::BTreeMap, vec::IntoIter};

/// An object as its service tells it.
pub(crate) type Object = Map<String, Value>;

/// Objects by the name of their collection, which is its path, and by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store(BTreeMap<&'static str, BTreeMap<String, Object>>);

impl Store {
    pub(crate) fn get(&self, collection: &str, id: &str) -> Option<&Object> {
        self.0.get(collection)?.get(id)
    }

    pub(crate) fn get_mut(&mut self, collection: &str, id: &str) -> Option<&mut Object> {
        self.0.get_mut(collection)?.get_mut(id)
    }

    pub(crate) fn put(&mut self, collection: &'static str, object: Object) {
        self.0.entry(collection).or_default().insert(text(&object, "id").to_owned(), object);
    }

    pub(crate) fn remove(&mut self, collection: &str, id: &str) -> Option<Object> {
        self.0.get_mut(collection)?.remove(id)
    }

    /// In the order of their ids.
    pub(crate) fn all(&self, collection: &str) -> IntoIter<&Object> {
        let all: Vec<_> = self.0.get(collection).into_iter().flat_map(BTreeMap::values).collect();
        all.into_iter()
    }

    /// Those whose field has this value.
    pub(crate) fn having(&self, collection: &str, field: &str, value: &str) -> IntoIter<&Object> {
        let all: Vec<_> = self.all(collection).filter(|object| text(object, field) == value).collect();
        all.into_iter()
    }

    /// What belongs to an object goes with it.
    pub(crate) fn clear(&mut self, collection: &str, field: &str, value: &str) {
        let own: Vec<_> =
            self.having(collection, field, value).map(|one| text(one, "id").to_owned()).collect();
        own.iter().for_each(|id| drop(self.remove(collection, id)));
    }

    pub(crate) fn collections(&self) -> impl Iterator<Item = (&'static str, impl Iterator<Item = &Object>)> {
        self.0.iter().map(|(name, objects)| (*name, objects.values()))
    }
}

/// A field's text; empty if it has none.
pub(crate) fn text<'a>(object: &'a Object, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// A field's truth; false if it has none.
pub(crate) fn truth(object: &Object, field: &str) -> bool {
    object.get(field).and_then(Value::as_bool).unwrap_or_default()
}

/// The object that a JSON value is.
pub(crate) fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Object::new(),
    }
}
