//! All that `plan` may look at: the object, what was found out in this pass, and what is remembered of earlier ones.

use super::{
    hold::Hold,
    proof::{Absence, PendingCreate},
    sent_changes::Sent,
};
use crate::{
    api::{
        condition::Condition,
        managed::{Managed, ProviderConfigReference, Spec, Wanted},
    },
    kind::{
        Goal, Ready, Secrets,
        any::Observed,
        cloud::{Cloud, Place},
        diff::Diff,
        failure::{Class, Failure},
        rest::listing::Look,
    },
};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What is known of one managed resource during one pass. Questions not asked yet are `None`. Read it anywhere; only
/// [`PassState::apply`] changes it.
pub struct PassState {
    /// The object, as the API server had it last.
    pub object: Managed,
    /// Generation of the spec that `wanted` comes from: the object may be newer, by an edit that the answer to a write showed.
    pub generation: i64,
    /// The token of a request to reconcile that was there when the pass began, and was not handled before.
    pub requested: Option<String>,
    /// Whether a create whose answer was lost can be found again.
    pub findable: bool,
    /// What its references say.
    pub references: Option<References>,
    /// What is wanted: references inside lists and in the filter resolved, and what was minted and is public.
    pub wanted: Wanted,
    /// The connection that its ProviderConfig gave.
    pub connection: Option<Result<Arc<dyn Cloud>, Failure>>,
    /// Who holds all changes to that cloud, if they are held.
    pub hold: Option<Hold>,
    /// The place from which a create is sent, or why there is none.
    pub place: Option<Result<Place, Failure>>,
    /// Whether what a look needs could be read: documents of Secrets, and texts.
    pub look_inputs: Option<Result<(), String>>,
    /// Whether a deletion needs it as well.
    pub deletes_with_inputs: bool,
    /// Whether nobody creates its external resource, which is put back by a deletion and stays.
    pub singleton: bool,
    /// How far its secrets are known.
    pub secrets_progress: SecretsProgress,
    /// The secrets that are at hand.
    pub secrets: Secrets,
    /// Whether others keep it from being deleted.
    pub guard: Guard,
    /// What was found in the cloud.
    pub found: Option<Result<ExternalObservation, Failure>>,
    /// The last answer that showed the whole object.
    pub looked: Option<Look>,
    /// What this pass did.
    pub done: Done,
    /// What earlier passes of this process saw.
    pub memory: Memory,
}

impl PassState {
    /// Before anything was asked.
    pub fn new(object: Managed, findable: bool, secrets_progress: SecretsProgress, memory: Memory) -> Self {
        let Spec { for_provider, init_provider, .. } = object.spec.clone();
        let filter = object.sought().cloned().unwrap_or_default();
        Self {
            generation: object.metadata.generation,
            requested: object.reconcile_request().map(str::to_owned),
            object,
            findable,
            references: None,
            wanted: Wanted { for_provider, init_provider, filter },
            connection: None,
            hold: None,
            place: None,
            look_inputs: Some(Ok(())),
            deletes_with_inputs: false,
            singleton: false,
            secrets_progress,
            secrets: Secrets::new(),
            guard: Guard::None,
            found: None,
            looked: None,
            done: Done::default(),
            memory,
        }
    }

    /// The external resource, if it was found.
    pub fn here(&self) -> Option<&Assessment> {
        let Some(Ok(ExternalObservation::Here(it))) = &self.found else { return None };
        Some(it)
    }

    /// Parameters of the next request.
    pub fn parameters(&self) -> Map<String, Value> {
        self.wanted.parameters(self.here().is_none() || self.object.create_incomplete())
    }
}

/// What references say.
#[derive(Clone, Debug, PartialEq)]
pub enum References {
    /// All resolved; nothing to write. Says which of them has no effect, if one has none.
    Settled(Option<String>),
    /// Resolved, and these values must be written to the spec.
    Changed(Map<String, Value>),
    /// All resolved, but something is still to come without which a create makes no sense; says what.
    Early(String),
    /// One of them can't be resolved yet, or is wrong; says which and why.
    Blocked(String),
}

impl References {
    /// The one that has no effect, in words.
    pub fn overruled(&self) -> Option<&str> {
        let Self::Settled(overruled) = self else { return None };
        overruled.as_deref()
    }
}

/// Whether a resource is kept from being deleted by others that need its connection secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Its kind asks for no such thing.
    None,
    /// Nobody looked yet.
    Unknown,
    /// Nobody needs it.
    Free,
    /// This one does.
    Used(String),
}

/// How far the secrets of a resource are known: those that its spec refers to, and those that were minted for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretsProgress {
    /// Nobody looked yet.
    Unread,
    /// Those that are compared are known, and what was minted before.
    Compared,
    /// All that a create needs, and what is minted is published.
    Complete,
    /// One can't be had; says which, why, and what to do.
    Missing(String),
}

/// What was found in the cloud.
#[derive(Clone, Debug, PartialEq)]
pub enum ExternalObservation {
    /// It does not exist.
    Absent,
    /// It exists.
    Here(Box<Assessment>),
    /// It exists; no more is known yet.
    Named(String),
    /// Several objects carry the marker.
    Ambiguous(Vec<String>),
    /// It has no name yet, and was looked for by a filter.
    Sought(Sought),
}

/// What a filter finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// One object.
    One {
        /// Its external-name.
        external_name: String,
        /// It is somebody else's, and nobody allowed to take it over; says what to do.
        foreign: Option<String>,
    },
    /// None; says what was looked for.
    None(String),
    /// More than one.
    Several {
        /// The first of them, by name and external-name.
        first: Vec<String>,
        /// How many there are.
        count: usize,
    },
}

/// An existing external resource, compared with what is wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    /// Its external-name.
    pub external_name: String,
    /// What it looks like.
    pub observed: Observed,
    /// Where it differs from the spec.
    pub diff: Diff,
    /// The same in words.
    pub differences: String,
    /// Whether it can be used.
    pub ready: Option<Ready>,
    /// Conditions of the kind's own.
    pub conditions: Vec<Condition>,
    /// Whether its creation has steps left.
    pub incomplete: bool,
    /// Whether something is left of the creation that only the record of it remembers, such as tags.
    pub owing: bool,
    /// Whether the marker on it is that of a former owner, and an update can rewrite it.
    pub stale: bool,
    /// Somebody else's marker is on it, and nobody allowed to take it over; says what to do.
    pub foreign: Option<String>,
    /// A secret that was minted for it is gone from where it was published; says what to do.
    pub lost: Option<String>,
    /// It has the name that ours would have, and is not what our create makes.
    pub stranger: bool,
}

/// What this pass did, and how it ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done {
    /// Token of the request to reconcile that is being handled.
    pub acknowledged: Option<String>,
    /// The create is recorded as pending.
    pub begun: bool,
    /// A create was sent and its answer recorded.
    pub created: bool,
    /// An update was sent; the fields that differed then.
    pub updated: Option<Vec<String>>,
    /// A delete was sent.
    pub deleted: bool,
    /// A deletion has nothing to send.
    pub left: bool,
    /// Connection details are published, or there was no need.
    pub published: bool,
    /// Secrets that were sent and whose digests are not recorded yet: fields.
    pub applied: Vec<String>,
    /// Others with its marker were looked for.
    pub searched: bool,
    /// The finalizer was removed: the object is gone or about to be.
    pub released: bool,
    /// The last step, where it did not simply succeed.
    pub step_error: Option<(Goal, StepError)>,
    /// A write to the API server failed; says which.
    pub write_error: Option<WriteError>,
}

/// Reason of what a kind refuses.
pub const REFUSED: &str = "Refused";

/// Reason of `Stalled`: the external resource belongs to another managed resource.
pub const NOT_OURS: &str = "NotOurs";

/// Why a step did not do it.
#[derive(Clone, Debug, PartialEq)]
pub enum StepError {
    /// The cloud is at work.
    Waiting(String),
    /// The kind refuses.
    Refused(String),
    /// The cloud refused, or did not answer.
    Failed(Failure),
}

impl StepError {
    /// What it means for the next try, where the cloud said so.
    pub fn class(&self) -> Option<Class> {
        match self {
            Self::Failed(failure) => Some(failure.class),
            Self::Waiting(_) | Self::Refused(_) => None,
        }
    }
}

/// A write to the API server that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteError {
    /// Reason of the event.
    pub event: &'static str,
    /// Text of the condition.
    pub message: String,
    /// Somebody else changed the object meanwhile: silently try again.
    pub conflict: bool,
}

/// What earlier passes of this process saw of the resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Looks in a row that did not find it.
    pub absence: Option<Absence>,
    /// A create of which no end is recorded.
    pub pending: Option<PendingCreate>,
    /// Its deletion was accepted.
    pub deleted: bool,
    /// Others that carry its marker, if they were looked for.
    pub twins: Option<Vec<String>>,
    /// The ProviderConfig whose usage is recorded; the watch may not have told yet.
    pub uses: Option<ProviderConfigReference>,
    /// Changes that were accepted since it was last as it should be.
    pub sent: Sent,
}
