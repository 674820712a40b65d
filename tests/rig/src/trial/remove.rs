//! What a run leaves in somebody's cluster, and how it is removed. The cloud is gone by then, so nobody waits for it.

use super::{
    cluster::{Cluster, name, text},
    stage::Stage,
};
use crate::error::{Error, Result};
use serde_json::{Value, json};
use std::{cell::RefCell, time::Duration};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was or will be made.
struct Made {
    cluster: Cluster,
    namespace: String,
    /// All of ours, and those that were not there before.
    crds: Vec<Value>,
    installed: Vec<Value>,
    configs: Vec<Value>,
}

/// Nothing, in a cluster that is thrown away.
#[derive(Default)]
pub(super) struct Leavings(RefCell<Option<Made>>);

impl Leavings {
    /// Notes what is about to be made.
    pub(super) fn note(
        &self,
        cluster: &Cluster,
        stage: &Stage,
        crds: &[Value],
        installed: &[Value],
        configs: Vec<Value>,
    ) {
        let (cluster, namespace) = (cluster.clone(), stage.namespace.clone());
        let made = Made { cluster, namespace, crds: crds.to_vec(), installed: installed.to_vec(), configs };
        self.0.replace(Some(made));
    }

    /// Removes it. The provider has ended.
    pub(super) async fn remove(&self) -> Result<()> {
        let Some(made) = self.0.take() else { return Ok(()) };
        let late = |_| Error::Command {
            what: format!("removing what was made in {}", made.cluster.address),
            why: format!("it takes more than {} s", PATIENCE.as_secs()),
            log: None,
        };
        tokio::time::timeout(PATIENCE, made.remove()).await.map_err(late)?
    }
}

impl Made {
    async fn remove(&self) -> Result<()> {
        for crd in &self.crds {
            let version = text(crd, "/spec/versions/0/name");
            let version = format!("{}/{version}", text(crd, "/spec/group"));
            for object in self.cluster.list(&version, text(crd, "/spec/names/kind")).await? {
                if self.is_ours(crd, &object) {
                    self.cluster.delete(&object).await?;
                    self.cluster.let_go(&object).await?;
                }
            }
        }
        let namespace =
            json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}});
        for object in self.installed.iter().chain([&namespace]) {
            self.cluster.delete(object).await?;
        }
        Ok(())
    }

    /// Whoever made it: without its CRD it could not be; else what is in our namespace, and what was applied.
    fn is_ours(&self, crd: &Value, object: &Value) -> bool {
        self.installed.iter().any(|installed| name(installed) == name(crd))
            || text(object, "/metadata/namespace") == self.namespace
            || self.configs.iter().any(|config| name(config) == name(object))
    }
}
