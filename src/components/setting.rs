//! Values that facts say.

use serde_json::{Map, Value, json};

/// A value of another component's chart.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Which component.
    pub component: &'static str,
    /// Path of the value, dotted.
    pub path: &'static str,
    /// What it is.
    pub to: Literal,
}

/// A value that facts say.
#[derive(Clone, Copy, Debug)]
pub enum Literal {
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(u32),
    /// Text.
    Text(&'static str),
    /// A list of texts.
    Texts(&'static [&'static str]),
}

/// A cache that was away is asked again five seconds later, and waited for a second: services leave it alone for one minute to five
/// otherwise, in which Keystone looks up in its database whatever it is asked. Settings of a section of a chart's own configuration,
/// the names of which begin so.
macro_rules! cache {
    ($service:literal, $section:literal, $names:literal) => {
        &[
            (
                concat!("conf.", $service, ".", $section, ".", $names, "_dead_retry"),
                $crate::components::setting::Literal::Number(5),
            ),
            (
                concat!("conf.", $service, ".", $section, ".", $names, "_socket_timeout"),
                $crate::components::setting::Literal::Number(1),
            ),
        ]
    };
}
pub(crate) use cache;

/// The same of the cache that a service keeps tokens in.
macro_rules! token_cache {
    ($service:literal) => {
        $crate::components::setting::cache!($service, "keystone_authtoken", "memcache_pool")
    };
}
pub(crate) use token_cache;

impl Literal {
    /// As values have it.
    pub fn value(self) -> Value {
        match self {
            Self::Bool(value) => json!(value),
            Self::Number(value) => json!(value),
            Self::Text(value) => json!(value),
            Self::Texts(value) => json!(value),
        }
    }
}

/// A map with one value at a dotted path.
pub fn at(path: &str, value: Value) -> Map<String, Value> {
    let mut value = value;
    for key in path.rsplit('.') {
        value = Value::Object(Map::from_iter([(key.to_owned(), value)]));
    }
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
