//! Looking at one object of a plain collection.

use super::Rest;
use crate::kind::{
    found::{Found, KindError},
    key::AnyKey,
    request::{Answer, Keep, Read},
};
use serde_json::{Map, Value};

/// One GET by the name that it has or will have; without one, a list to look for the marker in.
pub fn reads(rest: &Rest, key: &AnyKey<'_>, chosen: Option<&str>) -> Vec<Read> {
    vec![match key.meta.external_name.or(chosen) {
        Some(id) => Read::Get { path: rest.item(id) },
        None => Read::List {
            path: format!("/{}", rest.path),
            query: rest.brief.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            items: rest.items,
            keep: Keep::Marked(key.meta.marker.clone()),
        },
    }]
}

/// The same, where the plain list of a collection leaves the marker out and the one below `detail` has it.
#[must_use]
pub fn in_detail(reads: Vec<Read>) -> Vec<Read> {
    let detailed = |read| match read {
        Read::List { path, query, items, keep } => {
            Read::List { path: format!("{path}/detail"), query, items, keep }
        }
        other @ (Read::Get { .. } | Read::OtherService { .. } | Read::Compare { .. }) => other,
    };
    reads.into_iter().map(detailed).collect()
}

/// The last answer decides: an object, once it is complete, its absence, or the marked ones of a list.
///
/// # Errors
/// An answer lacks the object, or the object its id.
pub fn parse(
    rest: &Rest,
    answers: &[Answer],
    complete: impl FnOnce(&mut Map<String, Value>),
) -> Result<Found, KindError> {
    let id = |body: &Value| body.get("id").and_then(Value::as_str).map(str::to_owned);
    Ok(match answers.last() {
        None | Some(Answer::Gone) => Found::Absent,
        Some(Answer::Body(body) | Answer::Compared { body, .. }) => {
            let mut body = rest.inner(body).ok_or(KindError::Missing(rest.singular))?.clone();
            if let Value::Object(object) = &mut body {
                complete(object);
            }
            let external_name = id(&body).ok_or(KindError::Missing("id"))?;
            Found::One { external_name, body }
        }
        Some(Answer::Items(items)) => {
            let ids: Vec<_> = items.iter().filter_map(id).collect();
            match ids.as_slice() {
                [] => Found::Absent,
                [one] => Found::More(vec![Read::Get { path: rest.item(one) }]),
                [_, _, ..] => Found::Ambiguous(ids),
            }
        }
    })
}
