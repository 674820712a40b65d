//! Types of what people write where the API server does not look: in what a profile keeps as it is.

use super::refusal::Refusal;
use serde_json::{Map, Value};

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A truth value.
    Bool,
    /// Text.
    Text,
    /// A whole number, not below zero.
    Count,
    /// Free keys.
    Object,
    /// A list of texts.
    Texts,
}

impl Type {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Bool => value.is_boolean(),
            Self::Text => value.is_string(),
            Self::Count => value.as_u64().is_some_and(|count| i32::try_from(count).is_ok()),
            Self::Object => value.is_object(),
            Self::Texts => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Text => "text",
            Self::Count => "a whole number from 0 on",
            Self::Object => "an object",
            Self::Texts => "a list of texts",
        }
    }

    /// Refuses a value that is of another type; a null is of every type.
    ///
    /// # Errors
    /// It names path, type and value.
    pub fn check(self, path: &str, value: &Value) -> Result<(), Refusal> {
        if value.is_null() || self.fits(value) {
            return Ok(());
        }
        Err(Refusal::WrongType {
            path: path.to_owned(),
            wanted: self.name(),
            found: kind_of(value).to_owned(),
        })
    }
}

/// Says of what type a value is. Never what it is: it may be a secret.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(number) if number.is_f64() => "a fraction",
        Value::Number(number) if number.as_i64().is_some_and(|number| number < 0) => "below zero",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Checks the fields of an object; other ones than the named are refused by name.
pub fn fields(path: &str, object: &Map<String, Value>, known: &[(&str, Type)], refusals: &mut Vec<Refusal>) {
    for (name, value) in object {
        let path = format!("{path}.{name}");
        match known.iter().find(|(known, _)| known == name) {
            Some((_, r#type)) => refusals.extend(r#type.check(&path, value).err()),
            None => refusals.push(Refusal::UnknownField {
                path,
                known: known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "),
            }),
        }
    }
}
