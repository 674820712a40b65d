//! What a cloud's status says, for people and for tools. Nothing in it changes while nothing happens.

use super::{
    compose::{CloudObjects, PROVIDER_CONFIG},
    composed_resource::ComposedResource,
    input::CloudInput,
    nodes,
    planned_changes::{APPROVE, PlannedChanges},
    rollout::Standing,
    spec::Changes,
    version::OpenStackRelease,
};
use crate::components::stage::Stage;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One component, as it is told.
#[derive(Clone, Copy)]
pub struct ComponentRow<'a> {
    /// Its name.
    pub key: &'static str,
    /// When its turn is.
    pub stage: Stage,
    /// What was observed; `None` if it was not composed yet.
    pub resource: Option<&'a ComposedResource>,
    /// Release that it should have.
    pub target: Option<OpenStackRelease>,
    /// The status told that it was still being installed, when it was told last.
    pub unfinished: bool,
}

/// All that the status is made of.
pub struct StatusInput<'a> {
    /// The cloud.
    pub cloud: &'a CloudInput<'a>,
    /// What is composed.
    pub rows: &'a [ComponentRow<'a>],
    /// What is somebody else's.
    pub external: &'a BTreeMap<&'static str, String>,
    /// Release that the cloud should have.
    pub target: Option<OpenStackRelease>,
    /// What would change.
    pub plan: Option<&'a PlannedChanges>,
}

/// States of what was never ready.
pub const UNFINISHED: [&str; 2] = ["Waiting", "Installing"];

/// State of one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Installing,
    Held,
    Upgrading,
    Updating,
    Degraded,
    Failed,
    Ready,
}

impl ComponentRow<'_> {
    fn standing(&self) -> Standing {
        Standing::of(self.resource)
    }

    fn done(&self) -> bool {
        self.standing().done(self.target)
    }

    fn state(&self) -> State {
        let Some(resource) = self.resource else { return State::Waiting };
        let (told, standing) = (resource.component_status(), self.standing());
        let helm = told.release.unwrap_or_default();
        let deployed = helm.status.as_deref() == Some("deployed");
        let first = helm.revision.unwrap_or(1) <= 1 && (!deployed || self.unfinished);
        let moving =
            self.target.is_some_and(|target| standing.running.is_some_and(|running| running != target));
        match (resource.halted(), standing.ready) {
            (true, _) => State::Failed,
            (_, true) if moving && standing.asked != self.target => State::Held,
            _ if moving => State::Upgrading,
            (_, false) if first => State::Installing,
            (_, false) => State::Degraded,
            (_, true) if resource.says("UpToDate", "False") => State::Updating,
            (_, true) => State::Ready,
        }
    }

    fn told(&self) -> Value {
        let state = self.state();
        let mut told = Map::from_iter([("state".to_owned(), json!(format!("{state:?}")))]);
        told.insert("stage".to_owned(), place(self.stage));
        let Some(resource) = self.resource else { return Value::Object(told) };
        let seen = resource.component_status();
        let (ready, desired) = seen.pods();
        told.extend(seen.openstack_release.clone().map(|release| ("release".to_owned(), json!(release))));
        let revision = seen.release.as_ref().and_then(|release| release.revision);
        told.extend(revision.map(|revision| ("revision".to_owned(), json!(revision))));
        let generations = resource.at(&["spec", "forProvider", "passwordGenerations"]);
        told.extend(generations.map(|all| ("passwords".to_owned(), all.clone())));
        if desired > 0 {
            told.insert("ready".to_owned(), json!(format!("{ready}/{desired}")));
        }
        if state != State::Ready {
            told.extend(resource.why().map(|why| ("message".to_owned(), json!(why))));
        }
        Value::Object(told)
    }
}

/// The status.
pub fn status(input: &StatusInput<'_>) -> Map<String, Value> {
    let rows = input.rows;
    let open: Vec<_> = rows.iter().filter(|row| !row.done()).collect();
    let mut status = Map::new();
    let mut set = |name: &str, value: Value| status.insert(name.to_owned(), value);
    set("phase", json!(phase(input)));
    set("release", release(input));
    set("progress", json!(format!("{}/{}", rows.len() - open.len(), rows.len())));
    if let Some(stage) = told_stage(rows) {
        set("stage", stage);
    }
    set("components", components(input));
    let cloud = input.cloud;
    if let Some(plan) = input.plan.and_then(|plan| told_plan(cloud, plan)) {
        set("plan", plan);
    }
    if let Some(told) = nodes::told(cloud.resources) {
        set("nodes", told);
    }
    let objects = CloudObjects::of(cloud, input.external);
    let login = cloud.resources.contains_key("keystone") || input.external.contains_key("keystone");
    if login {
        set("adminSecretRef", json!({"name": objects.secret("keystone")}));
    }
    if cloud.resources.contains_key(PROVIDER_CONFIG) {
        set("providerConfigRef", json!({"kind": "ProviderConfig", "name": cloud.name}));
    }
    status
}

/// The plan, and how somebody agrees with it.
fn told_plan(cloud: &CloudInput<'_>, plan: &PlannedChanges) -> Option<Value> {
    let (digest, changes) = (&plan.digest, &plan.changes);
    if cloud.spec.changes == Changes::Automatic {
        return (!changes.is_empty()).then(|| json!({"digest": digest, "changes": changes}));
    }
    let approved = cloud.approved == Some(plan.digest.as_str());
    let mut told =
        json!({"digest": digest, "changes": changes, "pending": plan.pending, "approved": approved});
    let nothing = plan.changes.is_empty() && plan.pending.is_empty();
    if let (false, Value::Object(told)) = (approved || nothing, &mut told) {
        let kind = if cloud.spec.claim_ref.is_some() { "openstackcloudclaim" } else { "openstackcloud" };
        let command = format!(
            "kubectl annotate {kind} {} -n {} --overwrite {APPROVE}={}",
            cloud.name, cloud.namespace, plan.digest
        );
        told.insert("approve".to_owned(), json!(command));
    }
    Some(told)
}

fn components(input: &StatusInput<'_>) -> Value {
    let composed = input.rows.iter().filter(|row| row.stage != Stage::Passwords);
    let composed = composed.map(|row| (row.key.to_owned(), row.told()));
    let external = input.external.keys().map(|key| ((*key).to_owned(), json!({"state": "External"})));
    Value::Object(composed.chain(external).collect())
}

/// The stage that is not done yet; what halts the cloud goes before what is only at work.
fn told_stage(rows: &[ComponentRow<'_>]) -> Option<Value> {
    let halts = |row: &ComponentRow<'_>| row.state() == State::Failed;
    let mut open: Vec<_> = rows.iter().filter(|row| !row.done() || halts(row)).collect();
    open.sort_by_key(|row| (!halts(row), row.stage));
    let stage = open.first()?.stage;
    let causes = open.iter().filter(|row| row.stage == stage);
    let mut causes = causes.filter_map(|row| Some(format!("{}: {}", row.key, row.resource?.why()?)));
    let mut told = place(stage);
    if let Value::Object(told) = &mut told {
        told.insert("total".to_owned(), json!(Stage::ALL.len()));
        told.extend(causes.next().map(|why| ("blockedBy".to_owned(), json!(why))));
    }
    Some(told)
}

fn place(stage: Stage) -> Value {
    json!({"name": format!("{stage:?}"), "index": stage.number()})
}

/// The release that all components have, and the one that they should have.
fn release(input: &StatusInput<'_>) -> Value {
    let running = input.rows.iter().filter_map(|row| row.standing().running).min();
    let named = [("current", running), ("target", input.target)];
    let named =
        named.into_iter().filter_map(|(name, release)| Some((name.to_owned(), json!(release?.to_string()))));
    Value::Object(named.collect())
}

fn phase(input: &StatusInput<'_>) -> &'static str {
    let states: Vec<_> = input.rows.iter().map(ComponentRow::state).collect();
    let any = |wanted: &[State]| states.iter().any(|state| wanted.contains(state));
    let installed = input.rows.iter().any(|row| row.resource.is_some());
    if !installed {
        return "Planning";
    }
    match () {
        () if any(&[State::Failed]) => "Halted",
        () if any(&[State::Held, State::Upgrading]) => "Upgrading",
        () if any(&[State::Waiting, State::Installing]) => "Installing",
        () if any(&[State::Degraded]) => "Degraded",
        () if any(&[State::Updating]) => "Updating",
        () => "Ready",
    }
}

#[cfg(test)]
mod tests;
