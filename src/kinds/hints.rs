//! Scheduler hints of servers and volumes: beside the object in a create, the cloud's own among the known ones.

use crate::kind::{Step, request::Request};
use serde_json::Value;

/// Takes the hints out of an object in the request's body and puts them beside it.
#[must_use]
pub fn beside(step: Step, object: &str, beside: &str) -> Step {
    let mut step = step.lifting(object, "scheduler_hints", beside);
    if let Step::Send(Request { body: Some(body), .. }) = &mut step
        && let Some(Value::Object(hints)) = body.get_mut(beside)
        && let Some(Value::Object(own)) = hints.remove("additional_properties")
    {
        hints.extend(own);
    }
    step
}
