//! Finding an object by what people know of it, `spec.import.filter`: in which list, and what counts as found. Pure.

use super::{
    diff,
    info::Options,
    key::{AnyKey, Shapes},
    marker::Marker,
    request::{Answer, Keep, Read},
    rest::{Rest, listing::Listing},
};
use serde_json::{Map, Value};

/// Query parameters.
type Query = Vec<(String, String)>;

/// Can objects be found by a filter? Their collection has to list them whole, by ids that are their external-names. Of what is
/// there once of each name, the spec says the name.
pub fn is_possible(options: &Options, rest: Option<&Rest>, listing: Listing) -> bool {
    options.imports && !options.singleton && rest.is_some() && !matches!(listing, Listing::Of(_))
}

/// A list in which is looked for what a filter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchList {
    path: String,
    query: Query,
    /// What keeps it small, and proves nothing.
    narrowed: Query,
    items: &'static str,
    /// The ids of the filter that the list was asked for, which its items need not tell.
    pub asked: Map<String, Value>,
}

/// An object that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Its external-name.
    pub external_name: String,
    /// What people call it; empty where it has no name.
    pub name: String,
    /// The marker that it carries.
    pub marker: Option<Marker>,
}

impl SearchList {
    /// The list in which a kind looks for a lost create, or has the object that it looks at by a chosen name: but of whole objects,
    /// whatever their marker. None where that is no one list. The key's parameters are the filter.
    pub fn of(rest: &Rest, listing: Listing, reads: &[Read], key: &AnyKey<'_>) -> Option<Self> {
        let (mut path, mut query) = match reads {
            [Read::List { path, query, .. }] => (path.clone(), query.clone()),
            [Read::Get { path }] => (path.rsplit_once('/')?.0.to_owned(), vec![]),
            _ => return None,
        };
        let marker = key.meta.marker.text();
        query.retain(|(name, value)| {
            !rest.brief.contains(&(name.as_str(), value.as_str())) && *value != marker
        });
        let whole = match listing {
            Listing::Plain(whole) => whole,
            Listing::Detail(whole) => {
                path = format!("{}/detail", path.trim_end_matches("/detail"));
                whole
            }
            Listing::None => &[],
            Listing::Of(_) => return None,
        };
        query.extend(whole.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let asked = asked(&path, &query, key);
        Some(Self { path, query, narrowed: narrowed(rest, key), items: rest.items, asked })
    }

    /// The read that keeps what is looked for; `narrowed` if the service takes filters of the list.
    pub fn read(&self, keep: Keep, narrowed: bool) -> Read {
        let mut query = self.query.clone();
        query.extend(self.narrowed.iter().filter(|_| narrowed).cloned());
        Read::List { path: self.path.clone(), query, items: self.items, keep }
    }

    /// Is there anything that keeps it small?
    pub fn is_narrowed(&self) -> bool {
        !self.narrowed.is_empty()
    }
}

/// Ids of the filter that are in the address.
fn asked(path: &str, query: &Query, key: &AnyKey<'_>) -> Map<String, Value> {
    let said =
        |id: &str| path.split('/').any(|part| part == id) || query.iter().any(|(_, value)| value == id);
    let ids = key.params.iter().filter(|(name, _)| name.ends_with("Id"));
    ids.filter(|(_, id)| id.as_str().is_some_and(said)).map(|(name, id)| (name.clone(), id.clone())).collect()
}

/// Fields of the filter that the list takes. Nova reads a name as a regular expression: only texts that match themselves are said.
/// What is compared in another form than it is written would be missed.
fn narrowed(rest: &Rest, key: &AnyKey<'_>) -> Query {
    let fields = key.shapes.params.fields.iter();
    let taken =
        fields.filter(|field| rest.asks.contains(&field.wire.as_str()) && field.options.normalise.is_none());
    let said = taken.filter_map(|field| Some((field.wire.clone(), word(key.params.get(&field.name)?)?)));
    said.collect()
}

fn word(value: &Value) -> Option<String> {
    let plain =
        |text: &&String| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_. ".contains(c));
    match value {
        Value::String(text) => Some(text).filter(plain).cloned(),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// An item of a list as the answer to a look at it. Nova's key pairs are wrapped in their list as well.
pub fn as_answer(rest: &Rest, item: &Value) -> Value {
    let wrapped = item.as_object().is_some_and(|item| item.len() == 1 && item.contains_key(rest.singular));
    if wrapped { item.clone() } else { rest.outer(item.as_object().cloned().unwrap_or_default()) }
}

/// What else would be read of an object, such as why it failed, tells nothing that a filter could say.
pub fn unread(read: &Read) -> Answer {
    match read {
        Read::List { .. } | Read::OthersList { .. } => Answer::Items(vec![]),
        Read::Get { .. } | Read::OtherService { .. } | Read::Compare { .. } => Answer::Gone,
    }
}

/// Has what was observed all that a filter says? Beside parameters that is only its project.
pub fn agrees(shapes: &Shapes, filter: &Map<String, Value>, observed: &Map<String, Value>) -> bool {
    filter.iter().all(|(name, wanted)| {
        let field = shapes.params.field(name).or_else(|| shapes.state.field(name));
        field.is_some_and(|field| diff::has(field, wanted, observed.get(name)))
    })
}

#[cfg(test)]
mod tests;
