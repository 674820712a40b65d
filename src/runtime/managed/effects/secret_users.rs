//! Who needs the connection secret of a resource that is to be deleted.

use super::kubernetes::not_written;
use crate::{
    kind::any::AnyKind,
    runtime::{
        apiserver::{error::Error, objects::Cluster},
        index::{
            Index,
            target::{Target, named_by},
        },
        managed::pass::Pass,
        plan::outcome::Outcome,
    },
};
use parking_lot::Mutex;
use std::sync::Arc;

/// Finds the users of connection secrets.
pub(crate) struct SecretUsers {
    pub(crate) cluster: Cluster,
    pub(crate) index: Arc<Mutex<Index>>,
}

impl SecretUsers {
    /// One of them, if there is any.
    pub(crate) async fn find(&self, pass: &Pass<'_>) -> Outcome {
        let (known, unlisted) = {
            let mut index = self.index.lock();
            (index.needed_by(pass.key, pass.object()), index.unlisted())
        };
        if let Some(user) = known {
            return Outcome::Users(Some(format!("{} {:?}", user.kind, user.name)));
        }
        match self.find_unlisted(pass, unlisted).await {
            Ok(user) => Outcome::Users(user),
            Err(error) => not_written("CannotDeleteExternalResource", &error),
        }
    }

    /// The index may not have all yet, as after a start: an end that came too early could not be undone.
    async fn find_unlisted(
        &self,
        pass: &Pass<'_>,
        kinds: Vec<&'static dyn AnyKind>,
    ) -> Result<Option<String>, Error> {
        let Some(secret) = Target::connection_secret(pass.object()) else { return Ok(None) };
        for kind in kinds {
            let shapes = kind.shapes().map_err(|error| Error::Refused(error.to_string()))?;
            let all = self.cluster.list(kind.info(), pass.namespace()).await?;
            let uses = |object: &&crate::api::managed::Managed| {
                object.metadata.uid != pass.uid() && named_by(&shapes.params, object).contains(&secret)
            };
            if let Some(user) = all.iter().find(uses) {
                return Ok(Some(format!("{} {:?}", kind.id(), user.metadata.name)));
            }
        }
        Ok(None)
    }
}
