//! What is an address and nothing else: Keystone says of it that it is there or not.

use crate::kind::{
    Found, Goal, Key, Kind, KindError, Seen, Step,
    diff::Diff,
    request::{Answer, Method, Read, Request, service::IDENTITY},
};
use serde::de::Error as _;
use serde_json::Value;

/// One of them.
#[derive(Debug, PartialEq)]
pub(super) struct Association {
    /// Its external-name.
    pub(super) name: String,
    pub(super) path: String,
    /// What Kubernetes shows of it, by the names on the wire.
    pub(super) body: Value,
}

/// A kind of them.
pub(super) trait Associates: Kind {
    /// What its external-names look like.
    const FORM: &str;
    /// What must be set, for whoever set something else.
    const ASKS: &str;
    /// Says the answer that it is there? Most answers are empty.
    const TOLD: fn(&Value) -> bool = Value::is_null;

    /// The one that an external-name means.
    fn named(name: &str) -> Option<Association>;

    /// The one that parameters mean.
    fn wanted(params: &Self::Parameters) -> Option<Association>;
}

/// The external-name's, or else what the parameters say.
fn meant<K: Associates>(key: &Key<'_, K::Parameters>) -> Option<Association> {
    key.any.meta.external_name.map_or_else(|| K::wanted(key.params), K::named)
}

/// The name of one that Keystone refuses to make a second time, so that people are told how to have what is there already.
pub(super) fn chosen<K: Associates>(key: &Key<'_, K::Parameters>) -> Option<String> {
    meant::<K>(key).map(|one| one.name)
}

/// An id that can be a part of an address.
pub(super) fn id(given: Option<&String>) -> Option<&str> {
    given.map(String::as_str).filter(|id| !id.is_empty() && !id.contains('/'))
}

/// Its own address: unlike a list, it tells absent from hidden.
pub(super) fn reads<K: Associates>(key: &Key<'_, K::Parameters>) -> Vec<Read> {
    meant::<K>(key).map(|one| Read::Get { path: one.path }).into_iter().collect()
}

pub(super) fn parse<K: Associates>(
    key: &Key<'_, K::Parameters>,
    answers: &[Answer],
) -> Result<Found, KindError> {
    match (meant::<K>(key), answers.last()) {
        (Some(one), Some(Answer::Body(body))) if K::TOLD(body) => {
            Ok(Found::One { external_name: one.name, body: one.body })
        }
        (Some(_), Some(Answer::Gone)) => Ok(Found::Absent),
        (None, _) if key.any.meta.external_name.is_none() => Ok(Found::Absent),
        (None, _) => Err(KindError::Value {
            place: "the external-name",
            source: serde_json::Error::custom(format!("it is not of the form {}", K::FORM)),
        }),
        (Some(_), _) => Err(KindError::Missing("a yes or no about it")),
    }
}

pub(super) fn step<K: Associates>(
    goal: Goal,
    key: &Key<'_, K::Parameters>,
    seen: Option<&Seen<'_, K>>,
    diff: &Diff,
) -> Step {
    let send = |method, one: Association| Step::Send(Request::new(&IDENTITY, method, one.path, None));
    match (goal, seen, meant::<K>(key)) {
        (Goal::Exist, None, Some(one)) if Some(&one) == K::wanted(key.params).as_ref() => {
            send(Method::Put, one)
        }
        (Goal::Exist, None, Some(_)) => {
            Step::Refuse("the external-name says something else than the spec".to_owned())
        }
        (Goal::Exist, None, None) => Step::Refuse(K::ASKS.to_owned()),
        (Goal::Vanish, Some(_), Some(one)) => send(Method::Delete, one),
        (Goal::Match, ..) if !diff.is_empty() => Step::unchangeable(diff),
        _ => Step::Done,
    }
}
