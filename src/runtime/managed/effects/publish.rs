//! Connection details on their way out (SEC-1 to SEC-7).

use super::kubernetes::{not_written, refused};
use crate::{
    kind::{ConnectionDetails, failure::Failure},
    runtime::{
        managed::pass::Pass,
        plan::outcome::Outcome,
        secrets::connection::{ConnectionSecret, Origin},
    },
};
use kube::Client;

const CANNOT_PUBLISH: &str = "CannotPublishConnectionDetails";

/// Publishes connection details.
pub(crate) struct Publisher {
    pub(crate) client: Client,
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
        let (namespace, name, notes) = (pass.namespace(), target.name.as_str(), &pass.notes);
        let secret = ConnectionSecret { client: &self.client, namespace, name, notes };
        match secret.publish(&pass.owner(), &details, Origin::Observed).await {
            Ok(()) => Outcome::Published,
            Err(error) => not_written(CANNOT_PUBLISH, &error),
        }
    }
}

/// Connection details of what was found; none while it is not there.
fn details(pass: &Pass<'_>) -> Result<ConnectionDetails, Failure> {
    let Some(it) = pass.state.here() else { return Ok(ConnectionDetails::new()) };
    let cloud = pass.cloud()?;
    pass.ask(|key| pass.kind.connection(key, &it.observed, cloud.info()))
}
