//! What a kind is asked about, and what was observed: untyped for the runtime, typed for the kind.

use super::{cloud::CloudInfo, marker::Marker, sealed::Sealed, shape::Shape};
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Secrets that the spec refers to, or that were made here: values by the name that the API has for them, in the form
/// in which they are sent. They stand beside the parameters, never in them.
pub type Secrets = BTreeMap<String, SecretString>;

/// The compiled schemas of a kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shapes {
    /// Of the parameters.
    pub params: Shape,
    /// Of what only the cloud says.
    pub state: Shape,
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
    pub marker: &'a Marker,
    /// Its create was sent and is not recorded as complete: now is the time for what belongs to a creation, needs a
    /// request of its own, and must not be repeated later.
    pub creating: bool,
}

/// What a kind is asked about, untyped.
#[derive(Clone, Copy, Debug)]
pub struct AnyKey<'a> {
    /// Parameters, references resolved.
    pub params: &'a Map<String, Value>,
    /// Who asks.
    pub meta: Meta<'a>,
    /// The kind's compiled schemas.
    pub shapes: &'a Shapes,
    /// The secrets that are at hand.
    pub secrets: &'a Secrets,
    /// What is known of the connection.
    pub cloud: &'a CloudInfo,
}

impl<'a> AnyKey<'a> {
    /// Without secrets, and nothing known of the connection.
    pub const fn new(params: &'a Map<String, Value>, meta: Meta<'a>, shapes: &'a Shapes) -> Self {
        static NONE: Secrets = Secrets::new();
        static UNKNOWN: CloudInfo = CloudInfo::UNKNOWN;
        Self { params, meta, shapes, secrets: &NONE, cloud: &UNKNOWN }
    }

    /// The texts that a list of [`TextSource`](crate::api::secret::TextSource) refers to, in its order, with their places
    /// in it: an optional one that is missing leaves a gap. `wire` is the list's name in the API: `values_from`.
    pub fn texts(&self, wire: &str) -> BTreeMap<usize, &'a SecretString> {
        let place = |at: &str| at.strip_prefix(wire)?.strip_prefix('/')?.parse::<usize>().ok();
        self.secrets.iter().filter_map(|(at, text)| Some((place(at)?, text))).collect()
    }
}

/// What a kind is asked about.
pub struct Key<'a, P> {
    /// Typed parameters.
    pub params: &'a P,
    /// The same untyped, and who asks.
    pub any: &'a AnyKey<'a>,
}

/// What was observed, untyped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// `status.atProvider`: without nulls, and without the marker.
    pub at_provider: Map<String, Value>,
    /// The marker that the object carries.
    pub marker: Option<Marker>,
    /// Values for the connection secret that only an answer has. They are in nothing else.
    pub sealed: Sealed,
}

/// What was observed; [`Seen`](super::Seen) for short.
#[derive(Clone, Debug)]
pub struct TypedObserved<'a, P, O> {
    /// The parameters as the cloud has them.
    pub params: P,
    /// What only the cloud says.
    pub state: O,
    /// Both untyped, and the marker.
    pub any: &'a Observed,
}
