//! What a pass can do next, and the end of it.

use super::pass_result::PassResult;
use crate::kind::Goal;
use serde_json::{Map, Value};

/// What the plan says.
#[derive(Clone, Debug, PartialEq)]
pub enum Planned {
    /// Perform this, apply what came of it, and ask again.
    Perform(Effect),
    /// Write status and event where they say something new, and end the pass.
    Finish(PassResult),
}

/// What a pass does before it ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Tell by an event that a person's request to reconcile now, with this token, is being handled.
    Acknowledge(String),
    /// Find out what the references say.
    Resolve,
    /// Write resolved references to the spec.
    PersistReferences(Map<String, Value>),
    /// Record the usage of the ProviderConfig, read it and its credentials, connect.
    Connect,
    /// Read what a look needs: documents of Secrets, and texts.
    ReadForLook,
    /// Read the secrets that are compared by digest, and find what was minted before.
    ReadSecrets,
    /// Ask the cloud.
    Observe,
    /// Read the secrets that only a create needs; mint what is not given, and publish it.
    PrepareSecrets,
    /// Write connection details.
    Publish,
    /// Find out who needs its connection secret.
    FindUsers,
    /// Add the finalizer.
    Finalize,
    /// Wait for a place from which the create can be sent at once.
    TakePlace,
    /// Add the finalizer and mark the create as pending, in one write that fails if the object changed.
    BeginCreate,
    /// Take the next step towards a goal.
    Pursue(Goal),
    /// Record the external-name of what is not created completely yet.
    RecordName(String),
    /// Record the external-name and that the create succeeded.
    RecordCreated(String),
    /// Record the digests of the secrets that were sent.
    RecordSecrets,
    /// Record the external-name of what a filter found, unless the object changed.
    RecordFound(String),
    /// Record that the create failed, or never happened.
    RecordFailed,
    /// Look whether others carry its marker.
    FindTwins,
    /// Remove the finalizer, then release the ProviderConfig.
    Release,
}
