//! The defaults of a plain REST collection, written once over JSON.

use super::{
    Found, Goal, Info, KindError, Rest, Step,
    any::{AnyKey, Observed},
    diff::Diff,
    request::{Answer, Keep, Method, Read, Request},
    wire,
};
use serde_json::{Map, Value, json};

fn item(rest: &Rest, id: &str) -> String {
    format!("/{}/{id}", rest.collection)
}

/// One GET by external-name; without one, a list to look for the marker in.
pub(super) fn reads(rest: &Rest, key: &AnyKey<'_>) -> Vec<Read> {
    vec![match key.meta.external_name {
        Some(id) => Read::Get { path: item(rest, id) },
        None => Read::List {
            path: format!("/{}", rest.collection),
            query: ["id", "description"].map(|f| ("fields".to_owned(), f.to_owned())).to_vec(),
            items: rest.collection,
            keep: Keep::Marked(key.meta.marker.clone()),
        },
    }]
}

/// The last answer decides: an object, its absence, or the marked ones of a list.
pub(super) fn parse(rest: &Rest, answers: &[Answer]) -> Result<Found, KindError> {
    let id = |body: &Value| body.get("id").and_then(Value::as_str).map(str::to_owned);
    Ok(match answers.last() {
        None | Some(Answer::Gone) => Found::Absent,
        Some(Answer::Body(body)) => {
            let body = body.get(rest.singular).ok_or(KindError::Missing(rest.singular))?;
            let external_name = id(body).ok_or(KindError::Missing("id"))?;
            Found::One { external_name, body: body.clone() }
        }
        Some(Answer::Items(items)) => {
            let ids: Vec<_> = items.iter().filter_map(id).collect();
            match ids.as_slice() {
                [] => Found::Absent,
                [one] => Found::More(vec![Read::Get { path: item(rest, one) }]),
                [_, _, ..] => Found::Ambiguous(ids),
            }
        }
    })
}

/// POST while it does not exist, one update of all that differs, DELETE.
pub(super) fn step(
    info: &Info,
    rest: &Rest,
    goal: Goal,
    key: &AnyKey<'_>,
    observed: Option<&Observed>,
    diff: &Diff,
) -> Step {
    let send = |method, path, body: Option<Map<String, Value>>| {
        let body = body.map(|fields| json!({ rest.singular: fields }));
        let request = Request::new(info.service, method, path, body);
        Step::Send(Request { microversion: info.microversion, ..request })
    };
    let path = || item(rest, key.meta.external_name.unwrap_or_default());
    match (goal, observed) {
        (Goal::Exist, None) => {
            send(Method::Post, format!("/{}", rest.collection), Some(create_body(rest, key)))
        }
        (Goal::Match, Some(_)) if rest.tags && diff.fields.iter().any(|f| f == "tags") => {
            let tags = json!({"tags": key.params.get("tags")});
            Step::Send(Request::new(info.service, Method::Put, format!("{}/tags", path()), Some(tags)))
        }
        (Goal::Match, Some(observed)) if !diff.is_empty() => {
            send(rest.update, path(), Some(update_body(key, observed, diff)))
        }
        (Goal::Vanish, Some(_)) => send(Method::Delete, path(), None),
        (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
    }
}

/// All parameters; the name is the managed resource's unless set; the marker stands behind the description.
fn create_body(rest: &Rest, key: &AnyKey<'_>) -> Map<String, Value> {
    let mut body = wire::encode(&key.shapes.params, key.params);
    if rest.tags {
        body.remove("tags");
    }
    if key.shapes.params.field("name").is_some() {
        body.entry("name").or_insert_with(|| json!(key.meta.name));
    }
    let description = body.get("description").and_then(Value::as_str).unwrap_or_default();
    let marked = key.meta.marker.append_to(description);
    body.insert("description".to_owned(), json!(marked));
    body
}

/// Just the fields that differ; a marker that is there stays behind the description.
fn update_body(key: &AnyKey<'_>, observed: &Observed, diff: &Diff) -> Map<String, Value> {
    let mut changed = key.params.clone();
    changed.retain(|name, _| diff.fields.contains(name));
    let mut body = wire::encode(&key.shapes.params, &changed);
    if let (Some(marker), Some(Value::String(text))) = (&observed.marker, body.get_mut("description")) {
        *text = marker.append_to(text);
    }
    body
}
