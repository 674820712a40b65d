//! Events, as core/v1. Written by hand, since kube's recorder writes `events.k8s.io`, for which Crossplane grants no
//! rights (RBAC-2). A failure to send one is logged and nothing else.

use super::{
    error::{Error, call, cut},
    recent_events::{EventWrite, RecentEvents},
};
use crate::runtime::{
    base::clock::{Clock, rfc3339},
    plan::event::Event,
};
use k8s_openapi::{
    api::core::v1::{Event as CoreEvent, EventSource, ObjectReference},
    apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time},
};
use kube::{
    Api, Client,
    api::{Patch, PatchParams, PostParams},
};
use parking_lot::Mutex;
use serde_json::json;
use std::sync::Arc;

/// What an event is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventTarget {
    /// `group/version`.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// The namespace; empty for a cluster-scoped object, whose events lie in `default`.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The UID.
    pub uid: String,
    /// Version of the object that the event speaks of.
    pub resource_version: String,
}

/// Sends events in the name of one controller.
pub struct Recorder {
    client: Client,
    clock: Arc<dyn Clock>,
    controller: String,
    recent: Mutex<RecentEvents>,
}

impl Recorder {
    /// A recorder of the controller of this name, such as `managed/network.network.kupenstack.io`.
    pub fn new(client: Client, clock: Arc<dyn Clock>, controller: impl Into<String>) -> Self {
        Self { client, clock, controller: controller.into(), recent: Mutex::default() }
    }

    /// Sends an event, unless the object has had too many.
    pub async fn record(&self, target: &EventTarget, event: Event) {
        let (unique, now) = (self.unique(), self.clock.monotonic());
        let write = self.recent.lock().judge(&target.uid, &target.name, &event, &unique, now);
        let sent = match &write {
            EventWrite::Drop => Ok(()),
            EventWrite::Create { name } => self.create(target, &event, name).await,
            EventWrite::Bump { name, count } => match self.bump(target, &event, name, *count).await {
                // The API server keeps events for an hour only.
                Err(error) if error.is_not_found() => self.create(target, &event, name).await,
                sent => sent,
            },
        };
        if let Err(error) = sent {
            self.recent.lock().forget(&target.uid, &event);
            tracing::debug!(%error, kind = target.kind, name = target.name, reason = event.reason, "event not sent");
        }
    }

    async fn create(&self, target: &EventTarget, event: &Event, name: &str) -> Result<(), Error> {
        let api: Api<CoreEvent> = Api::namespaced(self.client.clone(), namespace(target));
        let object = self.object(target, event, name);
        call("create an Event", api.create(&PostParams::default(), &object)).await.map(drop)
    }

    async fn bump(&self, target: &EventTarget, event: &Event, name: &str, count: i32) -> Result<(), Error> {
        let api: Api<CoreEvent> = Api::namespaced(self.client.clone(), namespace(target));
        // The ids of the last request are the ones that are still to be found in logs.
        let patch = Patch::Merge(json!({
            "count": count, "lastTimestamp": rfc3339(self.clock.now()),
            "metadata": {"annotations": event.annotations},
        }));
        call("patch an Event", api.patch(name, &PatchParams::default(), &patch)).await.map(drop)
    }

    fn object(&self, target: &EventTarget, event: &Event, name: &str) -> CoreEvent {
        let now = Some(Time(self.clock.now()));
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        CoreEvent {
            metadata: ObjectMeta {
                name: filled(name),
                namespace: filled(namespace(target)),
                annotations: (!event.annotations.is_empty()).then(|| event.annotations.clone()),
                ..ObjectMeta::default()
            },
            involved_object: ObjectReference {
                api_version: filled(&target.api_version),
                kind: filled(&target.kind),
                namespace: filled(&target.namespace),
                name: filled(&target.name),
                uid: filled(&target.uid),
                resource_version: filled(&target.resource_version),
                field_path: None,
            },
            type_: filled(event.kind.as_str()),
            reason: filled(event.reason),
            message: filled(cut(&event.message, 1024)),
            count: Some(1),
            first_timestamp: now.clone(),
            last_timestamp: now,
            source: Some(EventSource { component: filled(&self.controller), host: None }),
            reporting_component: filled(&self.controller),
            ..CoreEvent::default()
        }
    }

    /// What makes the name of an event unique, as client-go does it.
    fn unique(&self) -> String {
        format!("{:x}", self.clock.now().as_nanosecond())
    }
}

fn namespace(target: &EventTarget) -> &str {
    if target.namespace.is_empty() { "default" } else { &target.namespace }
}

#[cfg(test)]
mod tests;
