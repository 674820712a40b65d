//! What the references of a spec say, on what the index knows.

use super::kubernetes::refused;
use crate::{
    api::managed::Managed,
    kind::any::AnyKind,
    runtime::{
        base::keys::ObjectKey,
        index::{
            Index,
            references::{Permission, Resolved, Targets, resolve},
        },
        managed::pass::Pass,
        plan::{outcome::Outcome, state},
    },
};
use parking_lot::Mutex;
use std::sync::Arc;

/// Resolves references.
pub(crate) struct References {
    pub(crate) kinds: &'static [Box<dyn AnyKind>],
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) may_refer_to: Box<Permission>,
}

impl References {
    /// What blocks is waited for: the resource is woken when that changes.
    pub(crate) fn resolve(&self, pass: &Pass<'_>) -> Outcome {
        let shapes = match pass.kind.shapes() {
            Ok(shapes) => shapes,
            Err(error) => return refused("CannotResolveResourceReferences", error),
        };
        let mut index = self.index.lock();
        let targets = IndexTargets { kinds: self.kinds, index: &index };
        match resolve(&shapes.params, pass.object(), &targets, &self.may_refer_to) {
            Resolved::Settled(wanted) => Outcome::Resolved(state::References::Settled, Some(*wanted)),
            Resolved::Changed(spec) => Outcome::Resolved(state::References::Changed(spec), None),
            Resolved::Blocked { message, awaited } => {
                if let Some(awaited) = awaited {
                    index.wait(pass.key, awaited);
                }
                Outcome::Resolved(state::References::Blocked(message), None)
            }
        }
    }
}

/// The resolver's view of the index.
struct IndexTargets<'a> {
    kinds: &'static [Box<dyn AnyKind>],
    index: &'a Index,
}

impl Targets for IndexTargets<'_> {
    fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Managed> {
        let kind = self.kinds.iter().map(|known| known.id()).find(|known| *known == kind)?;
        self.index.get(&ObjectKey { kind, namespace: namespace.to_owned(), name: name.to_owned() })
    }

    fn list(&self, kind: &str, namespace: &str) -> Vec<Managed> {
        self.index.list(kind, namespace)
    }
}
