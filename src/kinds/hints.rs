//! Scheduler hints of servers and volumes: beside the object in a create, the cloud's own among the known ones.

use crate::kind::{Step, request::Request};
use serde_json::Value;

/// Takes the hints out of an object in the request's body and puts them beside it.
#[must_use]
pub fn beside(mut step: Step, object: &str, beside: &str) -> Step {
    if let Step::Send(Request { body: Some(Value::Object(body)), .. }) = &mut step
        && let Some(Value::Object(inner)) = body.get_mut(object)
        && let Some(mut hints) = inner.remove("scheduler_hints")
    {
        if let Value::Object(hints) = &mut hints
            && let Some(Value::Object(own)) = hints.remove("additional_properties")
        {
            hints.extend(own);
        }
        body.insert(beside.to_owned(), hints);
    }
    step
}
