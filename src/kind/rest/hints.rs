//! Scheduler hints of servers and volumes: beside the object in a create, the cloud's own among the known ones.

use serde_json::{Map, Value};

/// Takes the hints out of an object.
pub fn take(object: &mut Map<String, Value>) -> Option<Value> {
    let mut hints = object.remove("scheduler_hints")?;
    if let Value::Object(hints) = &mut hints
        && let Some(Value::Object(own)) = hints.remove("additional_properties")
    {
        hints.extend(own);
    }
    Some(hints)
}
