//! Looking at one object of a plain collection.

use super::{Rest, beside, wire};
use crate::kind::{
    found::{Found, KindError},
    key::AnyKey,
    request::{Answer, Keep, Read},
};
use serde_json::{Map, Value};

/// One GET by the name that it has or will have; without one, a list to look for the marker in.
pub fn reads(rest: &Rest, key: &AnyKey<'_>, chosen: Option<&str>) -> Vec<Read> {
    let parent = parent_of(rest, key);
    if rest.parent.is_some() && parent.is_none() && key.meta.external_name.is_none() {
        return vec![];
    }
    vec![match key.meta.external_name.or(chosen) {
        Some(name) => Read::Get { path: rest.item(name) },
        None => Read::List {
            path: rest.collection(parent),
            query: rest.brief.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            items: rest.items,
            keep: keep(rest, key),
        },
    }]
}

/// The parent of an object: that of the external-name, or else the one that the parameters name.
pub fn parent_of<'a>(rest: &Rest, key: &AnyKey<'a>) -> Option<&'a str> {
    let field = rest.parent?.field;
    let wanted = || {
        let field = key.shapes.params.fields.iter().find(|known| known.wire == field)?;
        key.params.get(&field.name)?.as_str()
    };
    key.meta.external_name.and_then(|name| rest.names(name).0).or_else(wanted)
}

/// By the marker, or else by what no two objects have alike.
fn keep(rest: &Rest, key: &AnyKey<'_>) -> Keep {
    let Some(unique) = rest.unique else { return Keep::Marked(key.meta.marker.clone()) };
    let mut wanted = wire::encode(&key.shapes.params, key.params);
    if key.shapes.params.field("name").is_some() {
        wanted.entry("name").or_insert_with(|| key.meta.name.into());
    }
    let unsaid = |word: &str| if word.is_empty() { Value::Null } else { Value::from(word) };
    let value = |name: &str, word| wanted.get(name).cloned().unwrap_or_else(|| unsaid(word));
    Keep::Like(unique.iter().map(|(name, word)| (*name, value(name, word))).collect())
}

/// The same, where the plain list of a collection leaves the marker out and the one below `detail` has it.
#[must_use]
pub fn in_detail(reads: Vec<Read>) -> Vec<Read> {
    let detailed = |read| match read {
        Read::List { path, query, items, keep } => {
            Read::List { path: format!("{path}/detail"), query, items, keep }
        }
        other @ (Read::Get { .. }
        | Read::OtherService { .. }
        | Read::OthersList { .. }
        | Read::Compare { .. }) => other,
    };
    reads.into_iter().map(detailed).collect()
}

/// Id of an object; some are numbers.
fn id(body: &Value) -> Option<String> {
    match body.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The last answer decides: an object, once it is complete, its absence, or the marked ones of a list.
///
/// # Errors
/// An answer lacks the object, or the object its id.
pub fn parse(
    rest: &Rest,
    key: &AnyKey<'_>,
    answers: &[Answer],
    complete: &dyn Fn(&mut Map<String, Value>),
) -> Result<Found, KindError> {
    let parent = parent_of(rest, key);
    let name = |id: &str| rest.name(parent, id);
    let named = |body: &Value| id(body).map(|id| name(&id));
    Ok(match answers.last() {
        None | Some(Answer::Gone) => Found::Absent,
        Some(Answer::Body(body) | Answer::Compared { body, .. }) => {
            let mut body = rest.inner(body).ok_or(KindError::Missing(rest.singular))?.clone();
            if let Value::Object(object) = &mut body {
                let above = rest.parent.and_then(|above| Some((above.field.to_owned(), parent?.into())));
                object.extend(above);
                complete(object);
                if let Some(map) = rest.free {
                    beside::collect(object, map, key.shapes, |name| name == "links");
                }
            }
            let external_name = named(&body).ok_or(KindError::Missing("id"))?;
            Found::One { external_name, body }
        }
        Some(Answer::Items(items)) => {
            let ids: Vec<_> = items.iter().filter_map(named).collect();
            match ids.as_slice() {
                [] => Found::Absent,
                [one] => Found::More(vec![Read::Get { path: rest.item(one) }]),
                [_, _, ..] => Found::Ambiguous(ids),
            }
        }
    })
}
