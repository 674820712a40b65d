//! Objects that a list of their collection tells of as much as their own GET: many looks can be one request. Pure.

use super::{Rest, incremental::Incremental};
use crate::kind::{
    info::Info,
    request::{Method, Microversion, Read, Request, service::Service},
};
use jiff::Timestamp;
use tokio::time::Instant;

/// Query parameters of a list.
type Query = &'static [(&'static str, &'static str)];

/// Which list tells of an object as much as its own GET.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// The collection's own, with these query parameters.
    Plain(Query),
    /// The one below `detail`: the collection's own leaves fields out.
    Detail(Query),
    /// That of another collection: the kind's object is another kind's.
    Of(&'static Rest),
    /// None: every object is looked at by itself.
    None,
}

/// A collection as one list tells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Collection {
    /// Where it lives.
    pub service: &'static Service,
    /// The microversion that its objects are looked at with.
    pub microversion: Option<Microversion>,
    /// Path of the list.
    pub path: String,
    /// Its query parameters.
    pub query: Query,
    /// Key of the objects in it: `networks`.
    pub items: &'static str,
    /// Key of one object in the answer to its own GET: `network`.
    pub singular: &'static str,
    /// How it is asked for only what changed, where it can be.
    pub incremental: Option<Incremental>,
}

impl Collection {
    /// The list.
    pub fn request(&self) -> Request {
        let query = self.query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let request = Request::new(self.service, Method::Get, self.path.as_str(), None);
        Request { query, microversion: self.microversion, ..request }
    }

    /// The list of what changed at that moment or later, by the service's clock; `None` where there is none.
    pub fn request_from(&self, from: Timestamp) -> Option<Request> {
        let asks = self.incremental?.query(from);
        let mut request = self.request();
        request.query.push(asks);
        Some(request)
    }
}

/// One object of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The collection.
    pub collection: Collection,
    /// Path of the object.
    pub path: String,
    /// Its `id` in the list.
    pub id: String,
}

impl Item {
    /// The look at this object alone.
    pub fn read(&self) -> Read {
        Read::Get { path: self.path.clone() }
    }
}

/// What an object looked like, and when its answer had come: lists sent from then on can be compared with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// [`crate::kind::fingerprint`] of the object as the API says it.
    pub fingerprint: u64,
    /// When the answer had come.
    pub at: Instant,
}

/// An eye on an object; dropping it ends the watch.
pub trait Subscription: Send + Sync {
    /// Is it what was seen, or told by a list, at or after `since`, as far as lists that keep coming tell? Of what was
    /// compared: has nothing of it changed since the comparison began?
    fn unchanged(&self, since: Option<Instant>) -> bool;
}

/// Is it the path of such a collection below one object of the other?
fn is_below(path: &str, above: &str, own: &str) -> bool {
    let inner = path.strip_prefix('/').and_then(|path| path.strip_prefix(above)?.strip_prefix('/'));
    inner.and_then(|inner| inner.split_once('/')).is_some_and(|(id, rest)| !id.is_empty() && rest == own)
}

/// The object of a read, if it is one of the kind's collection.
pub fn item(
    info: &Info,
    own: Option<&Rest>,
    listing: Listing,
    read: &Read,
    microversion: Option<Microversion>,
) -> Option<Item> {
    let Read::Get { path } = read else { return None };
    let (parent, id) = path.rsplit_once('/')?;
    let rest = if let Listing::Of(other) = listing { other } else { own? };
    let own = match rest.parent {
        None => parent.strip_prefix('/') == Some(rest.path),
        Some(above) => is_below(parent, above.path, rest.path),
    };
    if !own || id.is_empty() {
        return None;
    }
    let (list, query) = match listing {
        Listing::Of(_) => (parent.to_owned(), &[][..]),
        Listing::Plain(query) => (parent.to_owned(), query),
        Listing::Detail(query) => (format!("{parent}/detail"), query),
        Listing::None => return None,
    };
    let service = info.service;
    let Rest { items, singular, .. } = *rest;
    let incremental = rest.incremental.and_then(|incremental| incremental.taken_by(microversion));
    let collection = Collection { service, microversion, path: list, query, items, singular, incremental };
    Some(Item { collection, path: path.clone(), id: id.to_owned() })
}
