//! What the references of a spec say, on what the index knows.

use super::kubernetes::refused;
use crate::runtime::{
    index::{
        Index,
        references::{Permission, Resolved},
    },
    managed::pass::Pass,
    plan::{outcome::Outcome, state},
};
use parking_lot::Mutex;
use std::sync::Arc;

/// Resolves references.
pub(crate) struct ReferenceResolver {
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) may_refer_to: Box<Permission>,
}

impl ReferenceResolver {
    /// What blocks is waited for: the resource is woken when that changes.
    pub(crate) fn resolve(&self, pass: &Pass<'_>) -> Outcome {
        let shapes = match pass.kind.shapes() {
            Ok(shapes) => shapes,
            Err(error) => return refused("CannotResolveResourceReferences", error),
        };
        let mut index = self.index.lock();
        let resolved = index.resolve(pass.key, &shapes.params, pass.object(), &self.may_refer_to);
        let (references, wanted) = match resolved {
            Resolved::Settled(wanted) => (state::References::Settled, Some(*wanted)),
            Resolved::Changed(spec) => (state::References::Changed(spec), None),
            Resolved::Blocked { message, .. } => (state::References::Blocked(message), None),
        };
        Outcome::Resolved(references, wanted)
    }
}
