//! What a kind of resource is: it says the next request and never sends one. Pure.
//!
//! A kind's author implements [`Kind`], with typed parameters; the runtime sees [`any::AnyKind`], whose values are
//! JSON. A plain REST collection says [`Rest`] and inherits everything from `rest`.

pub mod any;
pub mod cloud;
pub mod diff;
pub mod failure;
pub mod fingerprint;
pub mod marker;
pub mod normalise;
pub mod provider;
pub mod request;
pub mod rest;
pub mod shape;
pub mod upload;

use crate::api::crd::Column;
use any::{AnyKey, Observed};
use diff::Diff;
use request::{Answer, Microversion, Read, Request, service::Service};
use rest::{Rest, listing::Listing};
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use upload::Upload;

/// What parameters and observations must be able to do.
pub trait Params: Serialize + DeserializeOwned + JsonSchema + Default + Send + Sync + 'static {}
impl<T: Serialize + DeserializeOwned + JsonSchema + Default + Send + Sync + 'static> Params for T {}

/// The fixed facts of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// Where it lives.
    pub service: &'static Service,
    /// Kubernetes kind.
    pub kind: &'static str,
    /// Plural, lower case.
    pub plural: &'static str,
    /// What it is, for `kubectl explain`: one sentence.
    pub about: &'static str,
    /// API reference.
    pub docs: &'static str,
    /// Columns an operator looks for, between EXTERNAL-NAME and AGE.
    pub columns: &'static [Column],
    /// Lowest microversion that has all that the kind needs.
    pub microversion: Option<Microversion>,
    /// Where a create carries the marker.
    pub marker: MarkerPlace,
    /// Groups of parameters of which one must be set, beside the ones that are marked as required.
    pub requires: &'static [&'static [&'static str]],
}

impl Info {
    /// `network.kupenstack.io/v1alpha1`.
    pub fn api_version(&self) -> String {
        format!("{}/{}", self.service.api_group(), crate::api::VERSION)
    }

    /// `networks.network.kupenstack.io`.
    pub fn crd_name(&self) -> String {
        format!("{}.{}", self.plural, self.service.api_group())
    }
}

/// Where a create carries the marker that lets a lost one be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerPlace {
    /// Behind the description.
    Description,
    /// Under a key of its own in the free metadata.
    Metadata,
    /// Among the tags, where a create takes them.
    Tags,
    /// Not needed: the object is found by what the parameters or the managed resource's UID say, see [`Kind::reads`].
    NaturalKey,
    /// Nowhere: nothing that a create can say is told back. A create whose answer was lost needs a person.
    None,
}

/// Who asks: the parts of a managed resource that a kind may look at.
#[derive(Clone, Copy, Debug)]
pub struct Meta<'a> {
    /// `metadata.namespace`.
    pub namespace: &'a str,
    /// `metadata.name`.
    pub name: &'a str,
    /// The external-name, once there is one.
    pub external_name: Option<&'a str>,
    /// Marker of this resource.
    pub marker: &'a marker::Marker,
    /// Its create was sent and is not recorded as complete: now is the time for what belongs to a creation, needs a
    /// request of its own, and must not be repeated later.
    pub creating: bool,
}

/// What a kind is asked about.
pub struct Key<'a, P> {
    /// Typed parameters.
    pub params: &'a P,
    /// The same untyped, and who asks.
    pub any: &'a AnyKey<'a>,
}

/// What was observed, typed.
#[derive(Clone, Debug)]
pub struct Seen<K: Kind> {
    /// The parameters as the cloud has them.
    pub params: K::Parameters,
    /// What only the cloud says.
    pub state: K::Observation,
}

/// What the answers mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It does not exist.
    Absent,
    /// It is this one.
    One {
        /// Its external-name.
        external_name: String,
        /// The object as the API says it.
        body: Value,
    },
    /// It is this one; the answer to a create or update says too little to judge it by, so it is looked at again.
    Named(String),
    /// These must be read first; their answers are put behind the ones given.
    More(Vec<Read>),
    /// Several objects carry the marker; a person must choose.
    Ambiguous(Vec<String>),
}

/// What is to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// It exists, complete.
    Exist,
    /// It is as the spec says.
    Match,
    /// It is gone.
    Vanish,
}

/// The next thing to do: one request, or none.
#[derive(Clone, Debug)]
pub enum Step {
    /// Send this.
    Send(Request),
    /// Let this flow, however long it takes. It is begun anew until the kind says another step.
    Stream(Box<Upload>),
    /// The cloud is at work: look again soon. Says what for.
    Wait(String),
    /// It can't be done; says why and what a person can do.
    Refuse(String),
    /// Nothing is left to do.
    Done,
}

impl Step {
    /// Takes a field out of an object in the request's body and puts it beside the object.
    #[must_use]
    pub fn lifting(mut self, object: &str, field: &str, beside: &str) -> Self {
        if let Self::Send(Request { body: Some(Value::Object(body)), .. }) = &mut self
            && let Some(Value::Object(inner)) = body.get_mut(object)
            && let Some(value) = inner.remove(field)
        {
            body.insert(beside.to_owned(), value);
        }
        self
    }
}

/// Can the external resource be used?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ready {
    /// Yes.
    Yes,
    /// Not yet: the reason.
    Not(String),
    /// No, and it will not be by itself: the reason, in the cloud's words.
    Failed(String),
}

/// Secrets that the spec refers to, or that were made here: values by the name that the API has for them, in the form
/// in which they are sent. They stand beside the parameters, never in them.
pub type Secrets = BTreeMap<String, SecretString>;

/// Connection details: keys and values of the connection secret.
pub type ConnectionDetails = BTreeMap<String, SecretString>;

/// A kind can't make sense of a value.
#[derive(Debug, thiserror::Error)]
pub enum KindError {
    /// Parameters or an answer have an unexpected form.
    #[error("unexpected value in {place}: {source}")]
    Value {
        /// Where.
        place: &'static str,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// An answer lacks something.
    #[error("the answer lacks {0}")]
    Missing(&'static str),
}

/// The step of a plain collection, for kinds that only sometimes need another.
pub fn plain_step<K: Kind>(
    goal: Goal,
    key: &Key<'_, K::Parameters>,
    observed: Option<&Observed>,
    diff: &Diff,
) -> Step {
    let mut step = rest::step(&K::INFO, &K::REST, goal, key.any, observed, diff);
    if let (Goal::Exist, Step::Send(request)) = (goal, &mut step)
        && let Some(Value::Object(body)) = request.body.as_mut().and_then(|body| K::REST.inner_mut(body))
    {
        K::complete(key.params, body);
    }
    step
}

/// What to look at in a plain collection, for kinds that only sometimes look elsewhere.
pub fn plain_reads<K: Kind>(key: &Key<'_, K::Parameters>) -> Vec<Read> {
    rest::reads(&K::REST, key.any, K::chosen_name(key).as_deref())
}

/// The answers of a plain collection, for kinds that only sometimes mean something else.
///
/// # Errors
/// An answer has an unexpected form.
pub fn plain_parse<K: Kind>(answers: &[Answer]) -> Result<Found, KindError> {
    rest::parse(&K::REST, answers)
}

/// What a resource is. Stateless: constants and pure functions.
pub trait Kind: Sized + Send + Sync + 'static {
    /// `forProvider`: what can be wanted. Every field is an `Option`, and documented.
    type Parameters: Params;
    /// What only the cloud says, beside the parameters as it has them.
    type Observation: Params;
    /// The fixed facts.
    const INFO: Info;
    /// A plain collection supplies the defaults below.
    const REST: Rest;
    /// Which list tells of an object as much as its own GET, so that many looks can be one request.
    const LISTING: Listing = Listing::Plain(&[]);

    /// What to look at. Without external-name it is asked only while a create is incomplete.
    fn reads(key: &Key<'_, Self::Parameters>) -> Vec<Read> {
        plain_reads::<Self>(key)
    }

    /// What the answers mean; also reads the answer to a create.
    ///
    /// # Errors
    /// An answer has an unexpected form.
    fn parse(_: &Key<'_, Self::Parameters>, answers: &[Answer]) -> Result<Found, KindError> {
        rest::parse(&Self::REST, answers)
    }

    /// The next step towards a goal.
    ///
    /// # Errors
    /// The parameters can't be expressed.
    fn step(
        goal: Goal,
        key: &Key<'_, Self::Parameters>,
        _: Option<&Seen<Self>>,
        observed: Option<&Observed>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        Ok(plain_step::<Self>(goal, key, observed, diff))
    }

    /// Puts into the body of a create what the API requires and the other parameters imply.
    fn complete(_: &Self::Parameters, _: &mut Map<String, Value>) {}

    /// Can it be used?
    fn ready(params: &Self::Parameters, seen: &Seen<Self>) -> Ready;

    /// The name that identifies it, where people choose it (NAM-1): what its external-name will be.
    fn chosen_name(_: &Key<'_, Self::Parameters>) -> Option<String> {
        None
    }

    /// Is what has this name the very thing that our create makes? Asked where the answer to a create was lost and no
    /// marker can tell.
    fn recognises(_: &Key<'_, Self::Parameters>, _: &Seen<Self>) -> bool {
        true
    }

    /// Connection details; none unless the kind has some.
    fn connection(_: &Key<'_, Self::Parameters>, _: &Seen<Self>, _: &cloud::CloudInfo) -> ConnectionDetails {
        ConnectionDetails::new()
    }
}
