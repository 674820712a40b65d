//! The end of a pass: the status, where it says something new, and an event, where something happened.

use super::{
    calm::{Turns, is_pressing},
    effects::{Announcer, Writer},
    pass::Pass,
    tracked::TrackedResources,
};
use crate::{
    api::{
        condition::{self, CHANGES_HELD, Condition, STALLED},
        managed::Status,
        merge,
    },
    runtime::{
        base::{
            clock::{Clock, rfc3339},
            keys::{ConfigKey, ObjectKey},
            queue::Queue,
        },
        plan::{
            event::EventKind,
            outcome::Outcome,
            pass_result::{PassResult, Requeue},
        },
        provider_config::held::HeldResources,
        telemetry::metrics::Metrics,
    },
};
use serde_json::{Map, Value};
use std::{sync::Arc, time::Duration};

/// Ends passes.
pub(crate) struct Finisher {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tracked: Arc<TrackedResources>,
    pub(crate) queue: Arc<Queue<ObjectKey>>,
    pub(crate) writer: Arc<Writer>,
    pub(crate) announcer: Arc<Announcer>,
    pub(crate) held: HeldResources,
    pub(crate) turns: Turns,
}

impl Finisher {
    /// Writes what is new, and returns when to look again.
    pub(crate) async fn finish(&self, pass: &Pass<'_>, result: PassResult) -> Requeue {
        let PassResult { conditions, event, then } = result;
        if pass.state.done.released {
            return then;
        }
        let silent = conditions.is_empty();
        let object = pass.object();
        // The spec that was compared, which the last answer of the API server may be ahead of.
        let (before, generation) = (&object.status.conditions, pass.state.generation);
        let (kept, conditions) = with_own(pass, before, conditions);
        let merged = condition::merge(&kept, conditions, generation, &rfc3339(self.clock.now()));
        let news = merged != *before;
        if let Some(event) = event.filter(|event| news || event.kind == EventKind::Normal) {
            self.announcer.record(pass, event).await;
        }
        if silent {
            return then;
        }
        self.measure(pass, &merged);
        self.count_held(pass, &merged);
        let status = Status {
            conditions: merged,
            observed_generation: Some(generation),
            last_handled_reconcile_at: handled(pass),
            at_provider: at_provider(pass),
        };
        let Some(change) = change(&object.status, &status) else { return then };
        if let Some(wait) = self.calm(pass, &status) {
            // The pass then finds what is left to write.
            self.queue.add_after(pass.key.clone(), wait);
            return then;
        }
        if self.write(pass, change).await { then } else { Requeue::Backoff }
    }

    /// How long this status has to wait, so that those who watch the resource are left in peace.
    fn calm(&self, pass: &Pass<'_>, status: &Status) -> Option<Duration> {
        let (object, now) = (pass.object(), self.clock.monotonic());
        let pressing = !pass.kind.options().calm || is_pressing(&object.status, status);
        let wait = |told: &mut _| self.turns.wait(told, object.controller(), pressing, now);
        self.tracked.with(pass.key, pass.uid(), |record| wait(&mut record.told))?
    }

    fn measure(&self, pass: &Pass<'_>, conditions: &[Condition]) {
        let yes = |r#type: &str| conditions.iter().any(|c| c.r#type == r#type && c.status == "True");
        let (object, now) = (pass.object(), self.clock.now());
        let (ready, settled, corrected) = (yes("Ready"), yes("UpToDate"), pass.state.done.updated.is_some());
        let measured = self.tracked.with(pass.key, pass.uid(), |record| {
            let first_ready = if ready { record.timing.ready(object, now) } else { None };
            let drift = if corrected { record.timing.drifted(now) } else { None };
            if settled && !corrected {
                record.timing.unchanged(now);
            }
            [first_ready, drift]
        });
        let measured = measured.into_iter().flatten().flatten();
        measured.for_each(|measured| self.metrics.resources.measured(object, measured));
    }

    /// What is gone meanwhile does not count.
    fn count_held(&self, pass: &Pass<'_>, conditions: &[Condition]) {
        let held = conditions.iter().any(|c| c.r#type == "Synced" && c.reason == CHANGES_HELD);
        let by = || ConfigKey::of(&pass.object().spec.provider_config_ref, &pass.key.namespace);
        self.tracked.with(pass.key, pass.uid(), |_| self.held.found(pass.key, held.then(by)));
    }

    async fn write(&self, pass: &Pass<'_>, change: Map<String, Value>) -> bool {
        match self.writer.status(pass, change).await {
            Outcome::NotWritten(error) if !error.conflict => {
                tracing::warn!(object = %pass.key, error = error.message, "status not written");
                false
            }
            // Where the object is gone or newer, its watch event brings us back.
            _ => true,
        }
    }
}

/// What the pass showed of the external resource, else what the status said before.
fn at_provider(pass: &Pass<'_>) -> Map<String, Value> {
    let seen = pass.state.here().map(|it| &it.observed.at_provider);
    seen.unwrap_or(&pass.object().status.at_provider).clone()
}

/// The conditions before the pass without those that the kind no longer says, and those to set with the kind's own. A pass
/// that saw nothing says nothing of them.
fn with_own(
    pass: &Pass<'_>,
    before: &[Condition],
    mut set: Vec<Condition>,
) -> (Vec<Condition>, Vec<Condition>) {
    // Where the pass does not say that a person is needed, none is.
    let stalled = set.iter().any(|c| c.r#type == STALLED);
    let before = before.iter().filter(|c| stalled || c.r#type != STALLED);
    let Some(it) = pass.state.here() else { return (before.cloned().collect(), set) };
    let own = pass.kind.options().conditions;
    let said = |r#type: &str| it.conditions.iter().any(|c| c.r#type == r#type);
    let stays = |c: &&Condition| !own.contains(&c.r#type.as_str()) || said(&c.r#type);
    let kept = before.filter(stays).cloned().collect();
    if !set.is_empty() {
        set.extend(it.conditions.iter().cloned());
    }
    (kept, set)
}

/// The request to reconcile that this pass handles, else the one before: a paused resource handles none.
fn handled(pass: &Pass<'_>) -> Option<String> {
    let before = &pass.object().status.last_handled_reconcile_at;
    pass.state.done.acknowledged.as_ref().or(before.as_ref()).cloned()
}

fn change(old: &Status, new: &Status) -> Option<Map<String, Value>> {
    let object = |status: &Status| match serde_json::to_value(status) {
        Ok(Value::Object(map)) => map,
        Ok(_) | Err(_) => Map::new(),
    };
    merge::patch(&object(old), &object(new))
}
