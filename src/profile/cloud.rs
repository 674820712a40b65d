//! A cloud: what it is composed of, for what people wrote and what was observed. It has no clock and no memory.

use super::{
    component::{self, COMPONENTS, Component},
    compose::{CloudObjects, PASSWORDS, PROVIDER_CONFIG},
    composed_resource::ComposedResource,
    input::CloudInput,
    nodes,
    planned_changes::{self, PlannedChanges, Wish},
    refusal::Refusal,
    rollout::{self, Decision, Member, Standing},
    rotation::{self, Rotation},
    selection::{Selection, select},
    status::{self, ComponentRow, StatusInput},
};
use crate::components::stage::Stage;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A composed resource as it is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedResource {
    /// The object: just what we want to own of it.
    pub object: Value,
    /// Is it ready?
    pub ready: bool,
}

/// What becomes of a cloud.
#[derive(Clone, Default)]
pub struct Composed {
    /// What it is composed of.
    pub resources: BTreeMap<String, WantedResource>,
    /// Its status.
    pub status: Map<String, Value>,
    /// Why it is not carried out; none if it is.
    pub refusals: Vec<Refusal>,
    /// Is all of it ready?
    pub ready: bool,
    /// How to log in, for who claims it: what Keystone's connection secret holds.
    pub details: BTreeMap<String, Vec<u8>>,
}

/// Composes a cloud.
pub fn compose(cloud: &CloudInput<'_>) -> Composed {
    let mut selection = select(cloud);
    selection.refusals.extend(rotation::refusals(cloud.spec));
    nodes::configure(&cloud.nodes, &mut selection);
    let keystone = cloud.resources.get("keystone");
    let details = keystone.map(|keystone| keystone.details.clone()).unwrap_or_default();
    let composed = if selection.refusals.is_empty() {
        carried_out(cloud, &selection)
    } else {
        held(cloud, selection.refusals)
    };
    Composed { details, ..composed }
}

/// Leaves everything as it is, and says why.
fn held(cloud: &CloudInput<'_>, refusals: Vec<Refusal>) -> Composed {
    let observed = COMPONENTS.iter().filter_map(|component| {
        let resource = Some(cloud.resources.get(component.key)?);
        let unfinished = unfinished(cloud, component.key);
        Some(ComponentRow {
            key: component.key,
            stage: component.facts.stage,
            resource,
            target: None,
            unfinished,
        })
    });
    let rows: Vec<_> = observed.collect();
    let external = BTreeMap::new();
    let status =
        status::status(&StatusInput { cloud, rows: &rows, external: &external, target: None, plan: None });
    let keep = cloud.resources.iter().map(|(name, resource)| {
        (name.clone(), WantedResource { object: resource.as_it_is(), ready: resource.ready() })
    });
    Composed { resources: keep.collect(), status, refusals, ..Composed::default() }
}

fn carried_out(cloud: &CloudInput<'_>, selection: &Selection) -> Composed {
    let rows = rows(cloud, selection);
    let members: Vec<_> = rows.iter().map(member).collect();
    let decisions = rollout::decide(&members, cloud.spec.upgrade.paused);
    let objects = CloudObjects::of(cloud, &selection.external);
    let rotation = Rotation::of(cloud, cloud.resources.get(PASSWORDS), &selection.composed);
    let plan = plan(cloud, selection, &objects, &rotation);
    let held_back = cloud.approved != Some(plan.digest.as_str());
    let wanted = Wanted { selection, decisions: &decisions, rotation: &rotation };
    let mut resources = resources(cloud, &wanted, &CloudObjects { held_back, ..objects });
    let access = !selection.has("keystone") || resources.contains_key(PROVIDER_CONFIG);
    let done = access && rollout::current(&members).is_none();
    let input = StatusInput {
        cloud,
        rows: &rows,
        external: &selection.external,
        target: cloud.spec.release.parse().ok(),
        plan: Some(&plan),
    };
    let status = status::status(&input);
    // A cloud is ready without each of its nodes.
    let ready = done && resources.values().all(|resource| resource.ready);
    resources.extend(wanted_nodes(cloud, selection, &objects));
    Composed { resources, status, ready, ..Composed::default() }
}

/// Nodes come first, and no turn waits for one: most pods find no place without their labels.
fn wanted_nodes(
    cloud: &CloudInput<'_>,
    selection: &Selection,
    objects: &CloudObjects<'_>,
) -> BTreeMap<String, WantedResource> {
    let secret = selection.has("keystone").then(|| objects.secret("keystone"));
    let wanted = nodes::objects(cloud, secret.as_deref()).into_iter().map(|(name, object)| {
        let ready = cloud.resources.get(&name).is_some_and(ComposedResource::ready);
        (name, WantedResource { object, ready })
    });
    wanted.collect()
}

/// All that has a turn: the passwords, then the components.
fn rows<'a>(cloud: &'a CloudInput<'_>, selection: &Selection) -> Vec<ComponentRow<'a>> {
    let passwords = ComponentRow {
        key: PASSWORDS,
        stage: Stage::Passwords,
        resource: cloud.resources.get(PASSWORDS),
        target: None,
        unfinished: false,
    };
    let components = selection.composed.iter().map(|selected| ComponentRow {
        key: selected.component.key,
        stage: selected.component.facts.stage,
        resource: cloud.resources.get(selected.component.key),
        target: Some(selected.target),
        unfinished: unfinished(cloud, selected.component.key),
    });
    std::iter::once(passwords).chain(components).collect()
}

fn unfinished(cloud: &CloudInput<'_>, component: &str) -> bool {
    let told = cloud.told.get(component).and_then(|told| told.get("state"));
    told.and_then(Value::as_str).is_some_and(|state| status::UNFINISHED.contains(&state))
}

fn member(row: &ComponentRow<'_>) -> Member {
    let follows = component::find(row.key).is_some_and(Component::follows);
    Member { stage: row.stage, target: row.target, follows, standing: Standing::of(row.resource) }
}

fn plan(
    cloud: &CloudInput<'_>,
    selection: &Selection,
    objects: &CloudObjects<'_>,
    rotation: &Rotation,
) -> PlannedChanges {
    let wishes = selection.composed.iter().map(|selected| Wish {
        component: selected.component,
        target: selected.target,
        parameters: objects.parameters(selected.component, &selected.entry),
        generations: rotation.wish(selected.component),
        open: rotation.turns.get(selected.component.key).map(|turn| turn.open.clone()).unwrap_or_default(),
    });
    planned_changes::gather(cloud.resources, &wishes.collect::<Vec<_>>())
}

/// What is wanted of a cloud's components.
struct Wanted<'a> {
    /// Which.
    selection: &'a Selection,
    /// Whose turn has come, the passwords first.
    decisions: &'a [Decision],
    /// Their passwords.
    rotation: &'a Rotation,
}

/// The passwords, the components whose turn has come, and the ProviderConfig.
fn resources(
    cloud: &CloudInput<'_>,
    wanted: &Wanted<'_>,
    objects: &CloudObjects<'_>,
) -> BTreeMap<String, WantedResource> {
    let Wanted { selection, decisions, rotation } = wanted;
    let observed = |name: &str| cloud.resources.get(name);
    let mut all = BTreeMap::new();
    let mut want = |name: &str, object: Value| {
        let ready = observed(name).is_some_and(ComposedResource::ready);
        all.insert(name.to_owned(), WantedResource { object, ready });
    };
    want(PASSWORDS, objects.passwords(rotation));
    for (selected, decision) in selection.composed.iter().zip(decisions.iter().skip(1)) {
        if let Decision::Compose(release) = decision {
            let key = selected.component.key;
            let turn = rotation.turns.get(key);
            want(key, objects.component(selected.component, &selected.entry, *release, turn));
        }
    }
    let answers = selection.external.contains_key("keystone")
        || observed("keystone").is_some_and(ComposedResource::ready);
    if selection.has("keystone") && (answers || observed(PROVIDER_CONFIG).is_some()) {
        want(PROVIDER_CONFIG, objects.provider_config());
    }
    all
}

#[cfg(test)]
mod tests;
