//! What a kind of resource is: it says the next request and never sends one. Pure.
//!
//! A kind's author implements [`Kind`], with typed parameters; the runtime sees [`any::AnyKind`], whose values are
//! JSON. A plain REST collection says [`Rest`] and inherits everything from `rest`.

pub mod any;
pub mod awaited;
pub mod cloud;
pub mod diff;
pub mod failure;
pub mod fingerprint;
pub mod flow;
mod found;
pub mod import;
mod info;
mod key;
pub mod kubernetes_error;
pub mod marker;
pub mod normalise;
pub mod provider;
pub mod redact;
pub mod request;
pub mod request_id;
pub mod rest;
pub mod rival;
pub mod sealed;
pub mod shape;
mod statuses;
mod step;
pub mod token_bucket;

pub use found::{Found, KindError, Ready};
pub use info::{ID, Info, MarkerPlace, Options, Rights};
pub use key::{Key, Meta, Secrets, TypedObserved};
pub use sealed::ConnectionDetails;
pub use statuses::Statuses;
pub use step::{Goal, Step};

use crate::api::condition::Condition;
use awaited::Awaited;
use diff::Diff;
use request::{Answer, Microversion, Read};
use rest::{
    Rest, change, change::Change, fault::Fault, listing::Listing, look, pair::Pair, requests::Requests, since,
};
use rival::Rival;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// What parameters and observations must be able to do.
pub trait Params: Serialize + DeserializeOwned + JsonSchema + Default + Send + Sync + 'static {}
impl<T: Serialize + DeserializeOwned + JsonSchema + Default + Send + Sync + 'static> Params for T {}

/// What was observed of a kind's object.
pub type Seen<'a, K> = TypedObserved<'a, <K as Kind>::Parameters, <K as Kind>::Observation>;

/// How a kind's fields are changed, see [`Kind::CHANGES`].
pub type Changes<K> = &'static [Change<<K as Kind>::Parameters, <K as Kind>::Observation>];

/// What a resource is. Stateless: constants and pure functions.
pub trait Kind: Sized + Send + Sync + 'static {
    /// `forProvider`: what can be wanted. Every field is an `Option`, and documented.
    type Parameters: Params;
    /// What only the cloud says, beside the parameters as it has them.
    type Observation: Params;
    /// The fixed facts.
    const INFO: Info;
    /// What it does otherwise than most.
    const OPTIONS: Options = Options::USUAL;
    /// A plain collection, which supplies the defaults of `reads`, `parse` and `step`. A kind without one has its own,
    /// or does not compile.
    const REST: Option<Rest> = None;
    /// Two objects of which it only says that they belong together, which supplies the same.
    const PAIR: Option<Pair> = None;
    /// Which list tells of an object as much as its own GET, so that many looks can be one request.
    const LISTING: Listing = Listing::Plain(&[]);
    /// What the field `status` of the observation means; none if a kind's objects have no status: they are there or not.
    const STATUSES: Option<Statuses> = None;
    /// Where the service says why an object failed, if in a list of its own.
    const FAULT: Option<Fault> = None;
    /// Fields that a create does not take, by their names in the API.
    const NOT_IN_CREATE: &[&str] = &[];
    /// Fields that the one update of the object does not take, or not together with others: how they are changed, in
    /// this order.
    const CHANGES: Changes<Self> = &[];

    /// What a creation waits for beyond what it refers to. It waits for references only where their fields say `untilReady`.
    fn awaits(_: &Self::Parameters) -> Vec<Awaited> {
        vec![]
    }

    /// Whose managed resources write the same: a creation is refused, by their names, while there are any.
    fn rivals(_: &Self::Parameters) -> Vec<Rival> {
        vec![]
    }

    /// What to look at. Without external-name it is asked only while a create is incomplete.
    fn reads(key: &Key<'_, Self::Parameters>) -> Vec<Read> {
        Self::PAIR.map_or_else(|| plain_reads::<Self>(key), |pair| pair.reads(key.any))
    }

    /// The microversion that looks are made with: the oldest that tells all that the spec says.
    fn looks_with(key: &Key<'_, Self::Parameters>) -> Option<Microversion> {
        Self::INFO.microversion.max(since::newest_told(&key.any.shapes.params, key.any.params))
    }

    /// What the answers mean; also reads the answer to a create.
    ///
    /// # Errors
    /// An answer has an unexpected form.
    fn parse(key: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        Self::PAIR.map_or_else(|| plain_parse::<Self>(key, answers), |pair| pair.parse(key.any, answers))
    }

    /// The next step towards a goal.
    ///
    /// # Errors
    /// The parameters can't be expressed.
    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let pair = |pair: Pair| pair.step(goal, key.any, seen.map(|seen| seen.any), diff);
        Ok(Self::PAIR.map_or_else(|| plain_step::<Self>(goal, key, seen, diff), pair))
    }

    /// Puts into the body of a create what the API requires and the other parameters imply.
    fn complete(_: &Self::Parameters, _: &mut Map<String, Value>) {}

    /// Puts into the body of an update what the API requires beside the fields that differ.
    fn complete_update(_: &Key<'_, Self::Parameters>, _: &Seen<'_, Self>, _: &mut Map<String, Value>) {}

    /// Puts into an object what this answer leaves out or says in other words than the spec, so that the answers to a
    /// create, an update and a look all read alike.
    fn complete_answer(_: &Key<'_, Self::Parameters>, _: &mut Map<String, Value>) {}

    /// Can it be used?
    fn ready(_: &Self::Parameters, seen: &Seen<'_, Self>) -> Ready {
        Self::STATUSES.map_or(Ready::Yes, |statuses| statuses.ready_as(seen.any))
    }

    /// What a change that has a row in `CHANGES` waits for, while the service is at work on the object.
    fn busy(seen: &Seen<'_, Self>) -> Option<Step> {
        Self::STATUSES.and_then(|statuses| statuses.wait(seen.any))
    }

    /// What comes before the DELETE, or in its place: another request, a wait, or a refusal.
    fn before_delete(_: &Key<'_, Self::Parameters>, _: &Seen<'_, Self>) -> Option<Step> {
        None
    }

    /// Differences that only an answer tells, by names that people understand. They count as fields that differ: what
    /// [`Goal::Match`] is there to mend.
    fn drift(_: &Key<'_, Self::Parameters>, _: &Seen<'_, Self>) -> Vec<String> {
        vec![]
    }

    /// Fields that are not compared while the object is as it is seen: somebody else decides about them now.
    fn left_to_others(_: &Seen<'_, Self>) -> &'static [&'static str] {
        &[]
    }

    /// Conditions beside Synced, Ready, UpToDate and Stalled, of the types that [`Options::conditions`] names. What is not said any
    /// more is dropped.
    fn conditions(_: &Self::Parameters, _: &Seen<'_, Self>) -> Vec<Condition> {
        vec![]
    }

    /// The name that identifies it, where people choose it (NAM-1): what its external-name will be. A create says it
    /// where the API takes an id.
    fn chosen_name(_: &Key<'_, Self::Parameters>) -> Option<String> {
        None
    }

    /// Is what has this name the very thing that our create makes? Asked where the answer to a create was lost and no
    /// marker can tell.
    fn recognises(_: &Key<'_, Self::Parameters>, _: &Seen<'_, Self>) -> bool {
        true
    }

    /// Was the marker on what our create made copied from what it was made of? Then it tells nothing.
    fn inherited(_: &Key<'_, Self::Parameters>, _: &Seen<'_, Self>) -> bool {
        false
    }

    /// Connection details: what [`Options::seals`] names, unless the kind has others.
    fn connection(
        _: &Key<'_, Self::Parameters>,
        seen: &Seen<'_, Self>,
        _: &cloud::CloudInfo,
    ) -> ConnectionDetails {
        seen.any.sealed.0.clone()
    }
}

/// The requests that a kind's collection takes about one object.
pub fn requests<'a, K: Kind>(key: &Key<'a, K::Parameters>) -> Requests<'a> {
    // So that the answer to a change tells as much as a look.
    let info = Info { microversion: K::looks_with(key), ..K::INFO };
    Requests::new(info, rest_of::<K>(), key.any)
}

/// The step of a plain collection, for kinds that only sometimes need another.
pub fn plain_step<K: Kind>(
    goal: Goal,
    key: &Key<'_, K::Parameters>,
    seen: Option<&Seen<'_, K>>,
    diff: &Diff,
) -> Step {
    let requests = requests::<K>(key);
    match (goal, seen) {
        (Goal::Exist, None) => requests.create(K::chosen_name(key).as_deref(), &|body| {
            K::NOT_IN_CREATE.iter().for_each(|name| drop(body.remove(*name)));
            K::complete(key.params, body);
        }),
        (Goal::Exist, Some(_)) => requests.finish_create(diff),
        (Goal::Match, Some(seen)) => {
            let complete = |body: &mut Map<String, Value>| {
                K::complete_update(key, seen, body);
                requests.spread(body, &seen.any.at_provider);
            };
            let update = |diff: &Diff| requests.update(diff, &complete);
            change::step(K::CHANGES, &requests, key, seen, diff, &|| K::busy(seen), &update)
        }
        (Goal::Vanish, Some(seen)) => K::before_delete(key, seen).unwrap_or_else(|| requests.delete()),
        (Goal::Match | Goal::Vanish, None) => Step::Done,
    }
}

/// What to look at in a plain collection, for kinds that only sometimes look elsewhere.
pub fn plain_reads<K: Kind>(key: &Key<'_, K::Parameters>) -> Vec<Read> {
    let reads = look::reads(&rest_of::<K>(), key.any, K::chosen_name(key).as_deref());
    if matches!(K::LISTING, Listing::Detail(_)) { look::in_detail(reads) } else { reads }
}

/// The answers of a plain collection, for kinds that only sometimes mean something else.
///
/// # Errors
/// An answer has an unexpected form.
pub fn plain_parse<K: Kind>(key: &Key<'_, K::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
    let complete = |object: &mut Map<String, Value>| K::complete_answer(key, object);
    let parse = |answers: &[Answer]| look::parse(&rest_of::<K>(), key.any, answers, &complete);
    let found = K::FAULT.map_or_else(|| parse(answers), |fault| fault.explain(answers, &parse))?;
    Ok(match K::STATUSES {
        Some(statuses) => statuses.unless_gone(statuses.told(found)),
        None => found,
    })
}

/// Checked while the kind is compiled: there is no run in which a default lacks its collection.
const fn rest_of<K: Kind>() -> Rest {
    const {
        match (K::REST, K::PAIR) {
            (Some(rest), _) => rest,
            (None, Some(pair)) => Rest::plain(pair.items, ""),
            (None, None) => panic!("a kind without REST or PAIR has `reads`, `parse` and `step` of its own"),
        }
    }
}
