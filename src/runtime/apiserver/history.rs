//! Notices that the API server was put back to an earlier state, as by a restore of etcd from a backup.
//!
//! Versions then begin anew below those that were seen. A watch that goes on from a version that is still to come tells
//! nothing, and what it told would pass for old news. What was learnt before is worth nothing, so the process ends, and its
//! successor begins with lists.

use super::{
    error::{Error, call},
    objects::config_resource,
};
use crate::kind::provider::ConfigFamily;
use kube::{
    Api, Client,
    api::{DynamicObject, ListParams},
};
use std::time::Duration;
use tokio::time::sleep;

/// How often the API server is asked for its newest version.
const EVERY: Duration = Duration::from_secs(30);

/// Returns once the API server has lower versions than it had.
pub async fn put_back(client: Client, family: &'static ConfigFamily) {
    let api: Api<DynamicObject> = Api::all_with(client, &config_resource(family, "ClusterProviderConfig"));
    let mut newest = 0;
    loop {
        match version(&api).await {
            // Asked twice: one odd answer is no reason to begin anew.
            Ok(Some(now)) if now < newest => {
                if version(&api).await.is_ok_and(|again| again.is_some_and(|again| again < newest)) {
                    return;
                }
            }
            Ok(now) => newest = now.unwrap_or(newest),
            Err(error) => tracing::debug!(%error, "the newest version is unknown"),
        }
        sleep(EVERY).await;
    }
}

/// The version of a list is that of the whole API server. `None` where versions are no numbers.
async fn version(api: &Api<DynamicObject>) -> Result<Option<u64>, Error> {
    let one = ListParams::default().limit(1);
    let list = call("ask for the newest version", api.list_metadata(&one)).await?;
    Ok(list.metadata.resource_version.and_then(|version| version.parse().ok()))
}
