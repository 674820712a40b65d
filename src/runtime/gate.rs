//! Safe start (GATE-1 to GATE-6): a kind is watched once its CRD is established, however late that is.

use super::{
    backoff::patiently,
    clock::Clock,
    error::{Error, call},
};
use futures::StreamExt;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{
    Api, Client,
    api::{DynamicObject, PostParams},
    core::ApiResource,
    runtime::watcher,
};
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::watch;

const GROUP: &str = "apiextensions.k8s.io";

/// Which of our CRDs are there.
#[derive(Clone, Debug)]
pub struct Gate {
    open: Option<watch::Receiver<BTreeSet<String>>>,
}

impl Gate {
    /// Watches CRDs, or opens for all at once where that is not allowed (GATE-5).
    ///
    /// # Errors
    /// The API server does not say whether it is allowed.
    pub async fn start(client: Client, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        for verb in ["get", "list", "watch"] {
            if !allowed(&client, verb).await? {
                tracing::info!("reading CustomResourceDefinitions is not allowed: every kind starts at once");
                return Ok(Self { open: None });
            }
        }
        let (sender, open) = watch::channel(BTreeSet::new());
        tokio::spawn(follow(client, clock, sender));
        Ok(Self { open: Some(open) })
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

async fn follow(client: Client, clock: Arc<dyn Clock>, open: watch::Sender<BTreeSet<String>>) {
    let resource = ApiResource {
        group: GROUP.to_owned(),
        version: "v1".to_owned(),
        api_version: format!("{GROUP}/v1"),
        kind: "CustomResourceDefinition".to_owned(),
        plural: "customresourcedefinitions".to_owned(),
    };
    let api: Api<DynamicObject> = Api::all_with(client, &resource);
    let events = watcher(api, watcher::Config::default());
    let mut events = std::pin::pin!(patiently(events, clock, "CustomResourceDefinition"));
    while let Some(event) = events.next().await {
        match event {
            watcher::Event::Apply(crd) | watcher::Event::InitApply(crd) => {
                if let Some(name) = ours(&crd) {
                    open.send_if_modified(|names| names.insert(name));
                }
            }
            watcher::Event::Delete(_) | watcher::Event::Init | watcher::Event::InitDone => {}
        }
    }
}

/// Its name, if it is one of ours and established (GATE-3).
fn ours(crd: &DynamicObject) -> Option<String> {
    let name = crd.metadata.name.clone()?;
    let mine = name.ends_with(&format!(".{}", crate::api::DOMAIN));
    let conditions = crd.data.pointer("/status/conditions").and_then(Value::as_array)?;
    let established = conditions.iter().any(|c| {
        c.get("type").is_some_and(|t| t == "Established") && c.get("status").is_some_and(|s| s == "True")
    });
    (mine && established && crd.metadata.deletion_timestamp.is_none()).then_some(name)
}
