//! What must not be seen: values that a comparison needs, and values that only an answer has. They stand beside bodies,
//! never in them, so that no log, status or error can show them.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use std::{
    collections::BTreeMap,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Connection details: keys and values of the connection secret.
pub type ConnectionDetails = BTreeMap<String, SecretString>;

/// What an object is compared with.
#[derive(Clone, Debug)]
pub struct Desired {
    /// What may be seen of it.
    pub body: Value,
    /// The rest, as a JSON document.
    pub sealed: SecretString,
}

impl Desired {
    /// Tells one from another, secrets included. Only for memory: an unkeyed digest of a secret can be guessed from.
    pub fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.body.to_string(), self.sealed.expose_secret()).hash(&mut hasher);
        hasher.finish()
    }
}

impl PartialEq for Desired {
    fn eq(&self, other: &Self) -> bool {
        self.body == other.body && self.sealed.expose_secret() == other.sealed.expose_secret()
    }
}

impl Eq for Desired {}

/// Connection values that only an answer has.
#[derive(Clone, Default)]
pub struct Sealed(pub ConnectionDetails);

impl Sealed {
    /// What of an object only the connection secret may tell: fields, and their keys there. What is no text is told as JSON.
    pub(crate) fn of(object: &Map<String, Value>, fields: &[(&str, &str)]) -> Self {
        let told = |(field, key): &(&str, &str)| {
            let text = match object.get(*field)? {
                Value::Null => return None,
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let empty = text.is_empty() || text == "{}" || text == "[]";
            (!empty).then(|| ((*key).to_owned(), text.into()))
        };
        Self(fields.iter().filter_map(told).collect())
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl PartialEq for Sealed {
    fn eq(&self, other: &Self) -> bool {
        let exposed = |all: &Self| -> Vec<(String, String)> {
            all.0.iter().map(|(key, value)| (key.clone(), value.expose_secret().to_owned())).collect()
        };
        exposed(self) == exposed(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sealed(password: &str) -> Sealed {
        Sealed(BTreeMap::from([("password".to_owned(), password.into())]))
    }

    fn desired(release: &str, values: &str) -> Desired {
        Desired { body: json!({"release": release}), sealed: values.into() }
    }

    #[test]
    fn names_of_sealed_values_are_shown_and_values_are_not() {
        let shown = format!("{:?} {:?}", sealed("hunter2"), desired("r", "hunter2"));
        assert!(shown.contains("password") && shown.contains("release"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn what_an_object_has_to_keep_sealed_is_told_as_text_and_nothing_is_told_of_what_it_lacks() {
        let object = json!({"auth_key": "k", "info": {"a": 1}, "none": {}, "empty": "", "other": "o"});
        let fields =
            [("auth_key", "auth-key"), ("info", "info"), ("none", "none"), ("empty", "e"), ("no", "no")];
        let Sealed(told) = Sealed::of(object.as_object().unwrap(), &fields);
        let told: Vec<_> = told.iter().map(|(key, value)| (key.as_str(), value.expose_secret())).collect();
        assert_eq!(told, [("auth-key", "k"), ("info", r#"{"a":1}"#)]);
    }

    #[test]
    fn a_sealed_value_counts_when_two_are_compared() {
        assert_eq!(sealed("a"), sealed("a"));
        assert_ne!(sealed("a"), sealed("b"));
        assert_ne!(sealed("a"), Sealed::default());
        assert_eq!(desired("r", "a"), desired("r", "a"));
        for other in [desired("r", "b"), desired("s", "a")] {
            assert_ne!(desired("r", "a"), other);
            assert_ne!(desired("r", "a").digest(), other.digest());
        }
        assert_eq!(desired("r", "a").digest(), desired("r", "a").digest());
    }
}
