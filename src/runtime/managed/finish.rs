//! The end of a pass: the status, where it says something new, and an event, where something happened.

use super::{
    effects::external::at_provider,
    reconcile::{Pass, Reconciler},
};
use crate::{
    api::{
        condition::{self, Condition},
        managed::{Managed, Status},
        merge, meta,
    },
    runtime::{
        apiserver::recorder::EventTarget,
        base::clock::rfc3339,
        plan::{
            event::{Event, EventKind},
            pass_result::{PassResult, Requeue},
        },
    },
};
use serde_json::{Map, Value};

impl Reconciler {
    pub(crate) async fn finish(&self, pass: &mut Pass<'_>, verdict: PassResult) -> Requeue {
        let PassResult { conditions, event, then } = verdict;
        if pass.done.released {
            return then;
        }
        let silent = conditions.is_empty();
        let merged = condition::merge(
            &pass.object.status.conditions,
            conditions,
            pass.object.metadata.generation,
            &rfc3339(self.clock.now()),
        );
        let news = merged != pass.object.status.conditions;
        if let Some(event) = event.filter(|event| news || event.kind == EventKind::Normal) {
            self.record(pass, event).await;
        }
        if silent {
            return then;
        }
        self.measure(pass, &merged);
        let status = Status {
            conditions: merged,
            observed_generation: Some(pass.object.metadata.generation),
            last_handled_reconcile_at: pass
                .object
                .annotation(meta::RECONCILE_REQUESTED_AT)
                .map(str::to_owned),
            at_provider: at_provider(pass.found.as_ref(), &pass.object),
        };
        match self.write_status(pass, &status).await {
            Ok(()) => then,
            Err(()) => Requeue::Backoff,
        }
    }

    fn measure(&self, pass: &Pass<'_>, conditions: &[Condition]) {
        let yes = |r#type: &str| conditions.iter().any(|c| c.r#type == r#type && c.status == "True");
        let (object, now) = (&pass.object, self.clock.now());
        let (ready, corrected, settled) = (yes("Ready"), pass.done.updated.is_some(), yes("UpToDate"));
        let measured = self.tracked(pass, |record| {
            let first_ready = if ready { record.timing.ready(object, now) } else { None };
            let drift = match corrected {
                true => record.timing.drifted(now),
                false if settled => {
                    record.timing.unchanged(now);
                    None
                }
                false => None,
            };
            [first_ready, drift]
        });
        let measured = measured.into_iter().flatten().flatten();
        measured.for_each(|measured| self.metrics.resources.measured(object, measured));
    }

    async fn write_status(&self, pass: &mut Pass<'_>, status: &Status) -> Result<(), ()> {
        let Some(change) = change(&pass.object.status, status) else { return Ok(()) };
        let patched = self.cluster.patch_status(pass.kind.info(), &pass.object, change).await;
        self.keep(pass, patched, "CannotUpdateManagedResource");
        match pass.done.write_error.take() {
            Some(stuck) if !stuck.conflict => {
                tracing::warn!(object = %pass.key, error = stuck.message, "status not written");
                Err(())
            }
            // The object is gone or newer: its watch event brings us back.
            Some(_) | None => Ok(()),
        }
    }

    async fn record(&self, pass: &Pass<'_>, event: Event) {
        let (object, Some(recorder)) = (&pass.object, self.recorders.get(pass.kind.id())) else { return };
        let Managed { api_version, kind, metadata, .. } = object;
        let target = EventTarget {
            api_version: api_version.clone(),
            kind: kind.clone(),
            namespace: metadata.namespace.clone(),
            name: metadata.name.clone(),
            uid: metadata.uid.clone(),
            resource_version: metadata.resource_version.clone(),
        };
        recorder.record(&target, event.of(object.external_name())).await;
    }
}

fn change(old: &Status, new: &Status) -> Option<Map<String, Value>> {
    let object = |status: &Status| match serde_json::to_value(status) {
        Ok(Value::Object(map)) => map,
        Ok(_) | Err(_) => Map::new(),
    };
    merge::patch(&object(old), &object(new))
}
