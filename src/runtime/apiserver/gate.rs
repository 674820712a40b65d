//! Safe start (GATE-1 to GATE-6): a kind is watched once its CRD is established, however late that is.

use super::error::{Error, call};
use crate::runtime::base::{backoff::patiently, clock::Clock, duties::Duties};
use futures::StreamExt;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{
    Api, Client,
    api::{DynamicObject, PostParams},
    core::{ApiResource, PartialObjectMeta},
    runtime::watcher,
};
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::watch;

const GROUP: &str = "apiextensions.k8s.io";

/// Which of the provider's CRDs are there.
#[derive(Clone, Debug)]
pub struct Gate {
    open: Option<watch::Receiver<BTreeSet<String>>>,
}

impl Gate {
    /// Watches the CRDs of these names, or opens for all at once where that is not allowed (GATE-5).
    ///
    /// # Errors
    /// The API server does not say whether it is allowed.
    pub async fn start(
        client: Client,
        clock: Arc<dyn Clock>,
        wanted: BTreeSet<String>,
        duties: &mut Duties,
    ) -> Result<Self, Error> {
        for verb in ["get", "list", "watch"] {
            if !allowed(&client, verb).await? {
                tracing::info!("reading CustomResourceDefinitions is not allowed: every kind starts at once");
                return Ok(Self { open: None });
            }
        }
        let (sender, open) = watch::channel(BTreeSet::new());
        duties.begin("the watch of CustomResourceDefinitions", follow(client, clock, wanted, sender));
        Ok(Self { open: Some(open) })
    }

    /// Open for all.
    #[cfg(test)]
    pub fn open() -> Self {
        Self { open: None }
    }

    /// Returns once the CRD with this name is established.
    pub async fn wait_for(&self, crd: &str) {
        let Some(mut open) = self.open.clone() else { return };
        // The sender lives as long as the process.
        let _ = open.wait_for(|names| names.contains(crd)).await;
    }
}

async fn allowed(client: &Client, verb: &str) -> Result<bool, Error> {
    let attributes = ResourceAttributes {
        group: Some(GROUP.to_owned()),
        resource: Some("customresourcedefinitions".to_owned()),
        verb: Some(verb.to_owned()),
        ..ResourceAttributes::default()
    };
    let spec = SelfSubjectAccessReviewSpec { resource_attributes: Some(attributes), ..Default::default() };
    let review = SelfSubjectAccessReview { spec, ..Default::default() };
    let api: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let answer = call("review own access", api.create(&PostParams::default(), &review)).await?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}

fn crds() -> ApiResource {
    ApiResource {
        group: GROUP.to_owned(),
        version: "v1".to_owned(),
        api_version: format!("{GROUP}/v1"),
        kind: "CustomResourceDefinition".to_owned(),
        plural: "customresourcedefinitions".to_owned(),
    }
}

/// Of all CRDs only the metadata are watched: with their schemas they are tens of megabytes (GATE-2). One of ours is
/// then read by itself, until it is established.
async fn follow(
    client: Client,
    clock: Arc<dyn Clock>,
    wanted: BTreeSet<String>,
    open: watch::Sender<BTreeSet<String>>,
) {
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &crds());
    let metadata: Api<PartialObjectMeta<DynamicObject>> = Api::all_with(client, &crds());
    let events = watcher(metadata, watcher::Config::default());
    let mut events = std::pin::pin!(patiently(events, clock, "CustomResourceDefinition"));
    while let Some(event) = events.next().await {
        let (watcher::Event::Apply(crd) | watcher::Event::InitApply(crd)) = event else { continue };
        let name = crd.metadata.name.unwrap_or_default();
        let news = wanted.contains(&name) && !open.borrow().contains(&name);
        if !news || crd.metadata.deletion_timestamp.is_some() {
            continue;
        }
        match call("get a CustomResourceDefinition", api.get_opt(&name)).await {
            Ok(Some(crd)) if established(&crd) => {
                open.send_if_modified(|names| names.insert(name));
            }
            // It says so by another event.
            Ok(_) => {}
            // Whose watch fails while its CRD is not ready waits for it by itself.
            Err(error) => {
                tracing::debug!(%error, crd = name, "not read; its kind starts now");
                open.send_if_modified(|names| names.insert(name));
            }
        }
    }
}

/// Served, and not about to go (GATE-3).
fn established(crd: &DynamicObject) -> bool {
    let conditions = crd.data.pointer("/status/conditions").and_then(Value::as_array);
    let established = conditions.into_iter().flatten().any(|c| {
        c.get("type").is_some_and(|t| t == "Established") && c.get("status").is_some_and(|s| s == "True")
    });
    established && crd.metadata.deletion_timestamp.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::{base::clock::Fixed, testing::fake::Fake};
    use serde_json::json;
    use std::time::Duration;
    use tokio::time::timeout;

    const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    const OURS: &str = "networks.network.kupenstack.io";

    fn put(fake: &Fake, name: &str, established: &str, deleting: bool) {
        let mut crd = json!({"metadata": {}, "status": {"conditions": [{"type": "Established", "status": established}]}});
        if deleting {
            crd["metadata"]["deletionTimestamp"] = json!("2026-11-21T06:00:00Z");
        }
        fake.put(&format!("{CRDS}/{name}"), crd);
    }

    async fn start(fake: &Fake) -> Gate {
        let wanted = [OURS, "subnets.network.kupenstack.io"].map(str::to_owned);
        let (mut duties, clock) = (Duties::default(), Arc::new(Fixed::default()));
        let gate = Gate::start(fake.client(), clock, wanted.into(), &mut duties).await.unwrap();
        tokio::spawn(async move { duties.broken().await });
        gate
    }

    async fn opens(gate: &Gate, name: &str) -> bool {
        timeout(Duration::from_secs(600), gate.wait_for(name)).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn gate_3_a_kind_starts_once_its_crd_is_established_and_not_about_to_go() {
        let fake = Fake::default();
        let gate = start(&fake).await;
        assert!(!opens(&gate, OURS).await, "it is not there");
        for (established, deleting) in [("False", false), ("True", true)] {
            put(&fake, OURS, established, deleting);
            assert!(!opens(&gate, OURS).await, "{established} {deleting}");
        }
        put(&fake, OURS, "True", false);
        assert!(opens(&gate, OURS).await);
        assert!(!opens(&gate, "subnets.network.kupenstack.io").await, "each kind waits for its own");
    }

    #[tokio::test(start_paused = true)]
    async fn gate_2_the_crds_of_others_are_never_read_and_ours_not_again() {
        let fake = Fake::default();
        put(&fake, "buckets.s3.example.org", "True", false);
        put(&fake, "others.kupenstack.io", "True", false);
        put(&fake, OURS, "True", false);
        let gate = start(&fake).await;
        assert!(opens(&gate, OURS).await);
        tokio::time::sleep(Duration::from_secs(600)).await;
        let reads: Vec<_> =
            fake.calls().into_iter().filter(|call| call.starts_with(&format!("GET {CRDS}/"))).collect();
        assert_eq!(reads, [format!("GET {CRDS}/{OURS}")]);
    }

    #[tokio::test(start_paused = true)]
    async fn gate_5_who_may_not_read_crds_starts_every_kind_at_once_and_reads_none() {
        for denied in ["get", "list", "watch"] {
            let fake = Fake::default();
            fake.deny(denied);
            let gate = start(&fake).await;
            assert!(timeout(Duration::ZERO, gate.wait_for(OURS)).await.is_ok(), "{denied}");
            assert!(fake.calls().iter().all(|call| call.contains("selfsubjectaccessreviews")), "{denied}");
        }
    }
}
