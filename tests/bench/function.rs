//! What one call of the composition function takes, with a whole cloud.

use super::table::{Table, Target};
use crate::world::checkout;
use kupenstack::function::{
    convert,
    protocol::{Resource, Resources, RunFunctionRequest, State},
    run,
};
use serde_json::Value;
use std::{
    fs, hint,
    time::{Duration, Instant},
};

const CALLS: usize = 1000;
/// Annotation by which Crossplane knows what it composed.
const NAME: &str = "crossplane.io/composition-resource-name";

/// Two rows; they say nothing about the machine, and are not judged.
pub fn measure(table: &mut Table) {
    let asked = request();
    assert!(run(asked.clone()).desired.unwrap().resources.len() > 9, "it is a whole cloud");
    let mut took: Vec<_> = (0..CALLS)
        .map(|_| {
            let (asked, began) = (asked.clone(), Instant::now());
            hint::black_box(run(asked));
            began.elapsed()
        })
        .collect();
    took.sort();
    let milliseconds = |took: Duration| took.as_secs_f64() * 1000.0;
    let (half, most) = (took[CALLS / 2], took[CALLS * 99 / 100]);
    table.row("milliseconds a call of the function, p50", milliseconds(half), Target::Told);
    table.row("milliseconds a call of the function, p99", milliseconds(most), Target::Told);
}

/// The cloud of the examples on its last stage.
fn request() -> RunFunctionRequest {
    let composite = documents("cloud.yaml").remove(0);
    let observed = documents("render/observed.yaml").into_iter().map(|object| {
        let name = object["metadata"]["annotations"][NAME].as_str().unwrap().to_owned();
        (name, resource(object))
    });
    let state = State { composite: Some(resource(composite)), resources: observed.collect() };
    let mut asked = RunFunctionRequest { observed: Some(state), ..RunFunctionRequest::default() };
    let found = documents("render/required.yaml");
    for key in run(asked.clone()).requirements.unwrap().resources.into_keys() {
        let is = |object: &&Value| {
            let (namespace, name) = (&object["metadata"]["namespace"], &object["metadata"]["name"]);
            key == format!("profile/{}/{}", namespace.as_str().unwrap(), name.as_str().unwrap())
        };
        let items = found.iter().filter(is).cloned().map(resource).collect();
        asked.required_resources.insert(key, Resources { items });
    }
    asked
}

fn documents(file: &str) -> Vec<Value> {
    let path = checkout().join("examples/cloud").join(file);
    serde_saphyr::from_multiple(&fs::read_to_string(path).unwrap()).unwrap()
}

fn resource(object: Value) -> Resource {
    let Value::Object(object) = object else { panic!("{object}") };
    Resource { resource: Some(convert::to_struct(object)), ..Resource::default() }
}
