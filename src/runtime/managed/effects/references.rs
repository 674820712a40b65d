//! What the references of a spec say, on what the index knows, and whether it is too early for a create.

use super::kubernetes::{not_written, refused};
use crate::{
    api::{
        managed::Wanted,
        policy::{Verdict, judge},
    },
    kind::KindError,
    runtime::{
        apiserver::{error::Error, objects::Cluster},
        index::{
            Index,
            awaited::{Early, Unlisted},
            references::{Permission, Resolved},
        },
        managed::pass::Pass,
        plan::{outcome::Outcome, state},
    },
};
use parking_lot::Mutex;
use std::sync::Arc;

/// The event where they can't be told.
const EVENT: &str = "CannotResolveResourceReferences";

/// Resolves references.
pub(crate) struct ReferenceResolver {
    pub(crate) cluster: Cluster,
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) may_refer_to: Box<Permission>,
}

impl ReferenceResolver {
    /// What blocks is waited for: the resource is woken when that changes.
    pub(crate) async fn resolve(&self, pass: &Pass<'_>) -> Outcome {
        let shapes = match pass.kind.shapes() {
            Ok(shapes) => shapes,
            Err(error) => return refused(EVENT, error),
        };
        let resolved = self.index.lock().resolve(pass.key, &shapes.params, pass.object(), &self.may_refer_to);
        match resolved {
            Resolved::Settled(wanted) => match self.awaited(pass, &wanted).await {
                Ok(None) => {
                    let index = self.index.lock();
                    let overruled = index.overruled(&shapes.params, pass.object(), &self.may_refer_to);
                    Outcome::Resolved(state::References::Settled(overruled), Some(*wanted))
                }
                Ok(Some(what)) => Outcome::Resolved(state::References::Early(what), Some(*wanted)),
                Err(error) => not_written(EVENT, &error),
            },
            Resolved::Changed(spec) => Outcome::Resolved(state::References::Changed(spec), None),
            Resolved::Blocked { message, .. } => Outcome::Resolved(state::References::Blocked(message), None),
        }
    }

    /// What a create has to wait for that is to come. Only who was never made waits.
    async fn awaited(&self, pass: &Pass<'_>, wanted: &Wanted) -> Result<Option<String>, Error> {
        let (key, object) = (pass.key, pass.object());
        let creates = matches!(judge(&object.spec.management_policies), Verdict::Manage(may) if may.create);
        if !creates
            || object.external_name().is_some()
            || object.create_incomplete()
            || object.sought().is_some()
        {
            return Ok(None);
        }
        let params = &wanted.parameters(true);
        let refused = |error: KindError| Error::Refused(error.to_string());
        let awaits = &pass.kind.awaits(params).map_err(refused)?;
        let rivals = &pass.kind.rivals(params).map_err(refused)?;
        let others: Vec<_> = awaits.iter().chain(rivals.iter().map(|rival| &rival.who)).cloned().collect();
        let kinds = self.index.lock().unlisted_among(&others);
        let mut unlisted: Vec<Unlisted> = vec![];
        for kind in kinds {
            unlisted.push((kind.id(), self.cluster.list(kind.info(), pass.namespace()).await?));
        }
        let early = Early { key, object, params, awaits };
        let (mut index, may) = (self.index.lock(), &self.may_refer_to);
        let rival = index.rival(&early, rivals, &unlisted, may);
        Ok(rival.or_else(|| index.awaited(&early, &unlisted, may)))
    }
}
