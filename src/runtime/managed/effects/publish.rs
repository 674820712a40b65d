//! Connection details on their way out (SEC-1 to SEC-7).

use super::kubernetes::{not_written, refused};
use crate::{
    kind::{ConnectionDetails, failure::Failure},
    runtime::{
        base::{keys::ObjectKey, queue::Queue},
        index::Index,
        managed::pass::Pass,
        plan::outcome::Outcome,
        secrets::connection::{self, Origin},
    },
};
use kube::Client;
use parking_lot::Mutex;
use std::sync::Arc;

const CANNOT_PUBLISH: &str = "CannotPublishConnectionDetails";

/// Publishes connection details.
pub(crate) struct Publisher {
    pub(crate) client: Client,
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) queue: Arc<Queue<ObjectKey>>,
}

impl Publisher {
    /// Written where somebody asked for it, even if there is nothing to tell yet.
    pub(crate) async fn publish(&self, pass: &Pass<'_>) -> Outcome {
        let Some(target) = &pass.object().spec.write_connection_secret_to_ref else {
            return Outcome::Published;
        };
        let details = match details(pass) {
            Ok(details) => details,
            Err(failure) => return refused(CANNOT_PUBLISH, failure),
        };
        let (owner, namespace) = (pass.owner(), pass.namespace());
        let origin = Origin::Observed;
        match connection::publish(&self.client, &owner, &target.name, namespace, &details, origin).await {
            Ok(changed) => {
                if changed {
                    self.tell(pass.key, &target.name);
                }
                Outcome::Published
            }
            Err(error) => not_written(CANNOT_PUBLISH, &error),
        }
    }

    /// Secrets are not watched: who refers to one that we wrote is woken here.
    fn tell(&self, by: &ObjectKey, secret: &str) {
        let users = self.index.lock().secret_written(by, secret);
        users.into_iter().for_each(|user| self.queue.add(user));
    }
}

/// Connection details of what was found; none while it is not there.
fn details(pass: &Pass<'_>) -> Result<ConnectionDetails, Failure> {
    let Some(it) = pass.state.here() else { return Ok(ConnectionDetails::new()) };
    let cloud = pass.cloud()?;
    pass.ask(|key| pass.kind.connection(key, &it.observed, cloud.info()))
}
