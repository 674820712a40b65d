//! Bad input: for every constraint of every kind an object that breaks it alone is refused at admission, and the message says
//! where and why. The bad values follow from the schemas, so that a new field has its own without a line here.

mod breach;
mod constraints;
mod rules;
mod sample;
mod subject;

use crate::world::{
    cluster::{Cluster, Place, Refusal, ask},
    world,
};
use breach::Breach;
use constraints::breaches;
use futures::{StreamExt, future, stream};
use kube::Client;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};
use subject::{Subject, subjects};

/// Requests under way at a time.
const AT_ONCE: usize = 32;
/// How often a change is tried while somebody else changes the object.
const TRIES: usize = 5;
/// Longer than any message that people read to its end.
const READABLE: usize = 500;
/// Components and nodes are tried as copies in groups of their own: their package is installed by other tests.
const COPIED: [&str; 2] = ["component.kupenstack.io", "cluster.kupenstack.io"];

/// Paths of a JSON pointer as the API server writes them.
fn written(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|step| match step.parse::<usize>() {
        Ok(index) => format!("[{index}]"),
        Err(_) => format!(".{step}"),
    });
    steps.collect::<String>().trim_start_matches('.').to_owned()
}

#[test]
fn every_constraint_of_every_kind_has_a_value_that_breaks_it_alone() {
    let mut unbroken = BTreeSet::new();
    for Subject { kind, root, example, .. } in subjects() {
        let validator = jsonschema::validator_for(&root).unwrap();
        assert!(validator.is_valid(&example), "{kind}: {example:#}");
        let all = breaches(&root, &example);
        assert!(!all.is_empty(), "{kind}");
        for Breach { keyword, field, object, .. } in &all {
            let errors: Vec<_> = validator.iter_errors(object).collect();
            // Kubernetes' own keywords are nothing to this validator.
            if ["rule", "list type", "format"].contains(keyword) {
                continue;
            }
            let broken = errors.iter().any(|error| error.schema_path().as_str().ends_with(keyword));
            assert!(broken, "{kind}: {field} does not break {keyword}: {object:#}");
            for error in errors {
                let at = written(error.instance_path().as_str());
                assert!(
                    field.starts_with(&at),
                    "{kind}: {field} breaks more than {keyword}, at {at}: {error}"
                );
            }
        }
        met(&root, &mut unbroken);
    }
    let exceptions =
        constraints::UNBREAKABLE.map(|(keyword, value, _)| (keyword.to_owned(), value.to_owned()));
    assert_eq!(unbroken, exceptions.into(), "no exception is left over");
}

/// The exceptions that a schema has.
fn met(schema: &Value, found: &mut BTreeSet<(String, String)>) {
    match schema {
        Value::Object(fields) => {
            for (keyword, limit) in fields {
                if constraints::unbreakable(keyword, limit) {
                    found.insert((keyword.clone(), limit.as_str().unwrap_or_default().to_owned()));
                }
                met(limit, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| met(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is there for this test alone, and belongs to no namespace.
struct Copies(Vec<String>);

impl Copies {
    /// Of the kinds that are not installed; composite ones are defined as they are shipped.
    fn define(subjects: &mut [Subject]) -> Self {
        let cluster = &world().cluster;
        let mut copies = vec![];
        for subject in subjects {
            let definition = &mut subject.definition;
            if definition["kind"] == "CompositeResourceDefinition" {
                cluster.apply(&cluster.place_of(definition, ""), definition).unwrap();
            } else if COPIED.contains(&subject.group.as_str()) {
                let group = subject.group.replace(".io", ".test");
                let name = format!("{}.{group}", definition["spec"]["names"]["plural"].as_str().unwrap());
                definition["metadata"]["name"] = json!(name);
                definition["spec"]["group"] = json!(group);
                // Others ask for all of a category, and would miss one that just comes or goes.
                definition["spec"]["names"]["categories"] = json!([]);
                let crds = cluster.place_of(definition, "");
                cluster.apply(&crds, definition).unwrap();
                copies.push(crds.at(&name));
                let version = subject.example["apiVersion"].as_str().unwrap().replace(&subject.group, &group);
                subject.example["apiVersion"] = json!(version);
                subject.group = group;
            }
        }
        Self(copies)
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = world().cluster.ask("DELETE", path, &Value::Null);
        }
    }
}

/// A request whose answer is a refusal.
struct Try {
    what: String,
    says: String,
    field: String,
    method: &'static str,
    path: String,
    body: Value,
}

fn tries(copies: &mut Copies, namespace: &str, subject: &Subject, all: Vec<Breach>) -> Vec<Try> {
    let cluster = &world().cluster;
    let place = cluster.place(&format!("{}.{}", subject.kind, subject.group), namespace);
    let one = |(n, Breach { keyword, field, says, mut object, before })| {
        let what = format!("{} {field}: {keyword}", subject.kind);
        let (method, path) = match before {
            None => ("POST", place.all().to_owned()),
            Some(before) => {
                let there = really(cluster, &place, &format!("bad-{n}"), before)
                    .unwrap_or_else(|why| panic!("{what}: {}", why.message));
                object["metadata"] = there["metadata"].clone();
                let path = place.at(&format!("bad-{n}"));
                copies.0.extend(there["metadata"]["namespace"].is_null().then(|| path.clone()));
                ("PUT", path)
            }
        };
        Try { what, says, field, method, path: format!("{path}?dryRun=All"), body: object }
    };
    all.into_iter().enumerate().map(one).collect()
}

/// A change is one of the object as it is now: the provider writes that it is paused meanwhile.
async fn send(client: Client, tried: &Try) -> Result<Value, Refusal> {
    let ask = |method: &str, body: &Value| {
        ask(client.clone(), method.to_owned(), tried.path.clone(), "application/json", body.to_string())
    };
    let mut body = tried.body.clone();
    let mut answer = ask(tried.method, &body).await;
    for _ in 0..TRIES {
        if !answer.as_ref().is_err_and(|status| status.reason == "Conflict") {
            break;
        }
        body["metadata"]["resourceVersion"] =
            ask("GET", &Value::Null).await?["metadata"]["resourceVersion"].take();
        answer = ask(tried.method, &body).await;
    }
    answer
}

/// What a change is tried on has to be there; it is paused.
fn really(cluster: &Cluster, place: &Place, name: &str, mut before: Value) -> Result<Value, Refusal> {
    before["metadata"]["name"] = json!(name);
    cluster.apply(place, &before)
}

/// What is wrong with an answer.
fn wrong(tried: &Try, answer: Result<Value, Refusal>) -> Option<String> {
    let Err(status) = answer else { return Some("it was accepted".to_owned()) };
    let causes = status.details.iter().flat_map(|details| &details.causes);
    let named: Vec<_> = causes.filter(|cause| cause.field == tried.field).collect();
    match named.iter().find(|cause| cause.message.contains(&tried.says)) {
        None => Some(format!("wanted {:?}, got {}", tried.says, status.message)),
        Some(cause) if cause.message.len() > READABLE || cause.message.contains('\n') => {
            Some(format!("nobody reads that: {}", cause.message))
        }
        Some(_) => None,
    }
}

#[test]
fn a_bad_value_for_every_constraint_is_refused_and_the_message_says_where_and_why() {
    let (cluster, ns) = (&world().cluster, world().namespace("admission"));
    let mut subjects = subjects();
    let mut copies = Copies::define(&mut subjects);
    let (began, mut counts, mut all) = (Instant::now(), BTreeMap::<_, usize>::new(), vec![]);
    for subject in &subjects {
        let place = cluster.place(&format!("{}.{}", subject.kind, subject.group), &ns.name);
        let good = cluster.ask("POST", &format!("{}?dryRun=All", place.all()), &subject.example);
        assert!(good.is_ok(), "{}: {}", subject.kind, good.unwrap_err().message);
        let found = breaches(&subject.root, &subject.example);
        found.iter().for_each(|breach| *counts.entry(breach.keyword).or_default() += 1);
        all.extend(tries(&mut copies, &ns.name, subject, found));
    }
    let (prepared, many, client) = (began.elapsed(), all.len(), cluster.client.clone());
    let answered = cluster.run(async move {
        let sent = all.into_iter().map(|tried| {
            let client = client.clone();
            async move {
                let answer = send(client, &tried).await;
                wrong(&tried, answer).map(|why| format!("{}: {why}", tried.what))
            }
        });
        stream::iter(sent).buffer_unordered(AT_ONCE).filter_map(future::ready).collect::<Vec<_>>().await
    });
    println!(
        "{many} bad values in {:?}, {prepared:?} of it to make what changes are tried on: {counts:?}",
        began.elapsed()
    );
    drop(copies);
    assert!(answered.is_empty(), "{} of {many}:\n{}", answered.len(), answered.join("\n"));
}

#[test]
fn what_has_no_order_may_be_written_in_another_one_where_it_cannot_be_changed() {
    let (cluster, ns) = (&world().cluster, world().namespace("admission-order"));
    let place = cluster.place("Network.network.kupenstack.io", &ns.name);
    let apply = |zones: &[&str]| {
        let network = json!({"apiVersion": "network.kupenstack.io/v1alpha1", "kind": "Network",
            "metadata": {"name": "zoned", "annotations": {"crossplane.io/paused": "true"}},
            "spec": {"forProvider": {"availabilityZoneHints": zones}}});
        cluster.apply(&place, &network)
    };
    apply(&["north", "south"]).unwrap();
    let other_order = apply(&["south", "north"]).unwrap();
    assert_eq!(other_order["spec"]["forProvider"]["availabilityZoneHints"], json!(["south", "north"]));
    let refused = apply(&["south"]).unwrap_err().message;
    assert!(refused.contains("availabilityZoneHints can't be changed once it is set"), "{refused}");
}
