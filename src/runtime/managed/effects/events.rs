//! Events about the resource of a pass.

use crate::{
    api::managed::Managed,
    kind::{any::AnyKind, request_id},
    runtime::{
        apiserver::recorder::{EventTarget, Recorder},
        base::{clock::Clock, keys},
        managed::pass::Pass,
        plan::{event::Event, outcome::Outcome},
    },
};
use kube::Client;
use std::{collections::HashMap, sync::Arc};

/// The service's own id of the request that the event tells of.
const REQUEST_ID: &str = "kupenstack.io/request-id";
/// The id that all requests of the pass had.
const GLOBAL_REQUEST_ID: &str = "kupenstack.io/global-request-id";

/// Records events in the names of the kinds' controllers.
pub(crate) struct Announcer {
    /// By kind.
    recorders: HashMap<&'static str, Recorder>,
}

impl Announcer {
    pub(crate) fn new(kinds: &'static [Box<dyn AnyKind>], client: &Client, clock: &Arc<dyn Clock>) -> Self {
        let recorder =
            |kind: &dyn AnyKind| Recorder::new(client.clone(), clock.clone(), keys::controller(kind.info()));
        Self { recorders: kinds.iter().map(|kind| (kind.id(), recorder(kind.as_ref()))).collect() }
    }

    /// Whoever asked for a reconcile reads that it is on its way.
    pub(crate) async fn acknowledge(&self, pass: &Pass<'_>, token: &str) -> Outcome {
        let event = Event::normal("ReconcileRequestHandled", "Handling reconcile request");
        self.record(pass, event.annotate("token", token)).await;
        Outcome::Acknowledged(token.to_owned())
    }

    pub(crate) async fn record(&self, pass: &Pass<'_>, event: Event) {
        let (object, Some(recorder)) = (pass.object(), self.recorders.get(pass.kind.id())) else { return };
        let Managed { api_version, kind, metadata, .. } = object;
        let target = EventTarget {
            api_version: api_version.clone(),
            kind: kind.clone(),
            namespace: metadata.namespace.clone(),
            name: metadata.name.clone(),
            uid: metadata.uid.clone(),
            resource_version: metadata.resource_version.clone(),
        };
        let event = event.of(object.external_name());
        recorder.record(&target, with_request_ids(event)).await;
    }
}

/// Joins an event with the log, and with the logs of the services.
fn with_request_ids(event: Event) -> Event {
    let Some(ids) = request_id::current() else { return event };
    // Without an answer of a service the global id is found in no log but ours.
    let Some(last) = ids.last() else { return event.annotate(GLOBAL_REQUEST_ID, &ids.global) };
    event.annotate(REQUEST_ID, &last).annotate(GLOBAL_REQUEST_ID, &ids.global)
}
