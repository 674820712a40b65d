//! Passwords that are renewed: which generation each component uses just now. The order is that nobody is ever without a password that
//! is accepted: first there is the new one, then the component has it that an account is named after, since its Jobs make the
//! account, then the others; and when all of them have it, former accounts are removed. There is no memory: what was asked for
//! stands in the specs of the composed resources.

use super::{
    component::{COMPONENTS, Component, find},
    composed_resource::ComposedResource,
    input::{CloudInput, ComposedResources},
    refusal::Refusal,
    selection::SelectedComponent,
    spec::CloudSpec,
};
use crate::components::{
    generated_secret::GeneratedSecretObservation,
    renewal::{Renewal, account, renewal},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Generations by names of passwords.
pub type Generations = BTreeMap<&'static str, u16>;

/// What is renewed in a cloud.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rotation {
    /// Generation that each password should have; those of the first are left out.
    pub targets: Generations,
    /// The oldest generation that a component is asked to use, of passwords that were renewed.
    pub oldest: Generations,
    /// What is asked of each component.
    pub turns: BTreeMap<&'static str, Turn>,
}

/// What is asked of a component.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// Generations that it uses from now on; those of the first are left out.
    pub generations: Generations,
    /// Are its accounts of earlier generations removed?
    pub removes: bool,
    /// Passwords that it is still to get another generation of.
    pub open: Vec<&'static str>,
}

/// A component as it was observed.
struct Standing<'a> {
    component: &'static Component,
    resource: Option<&'a ComposedResource>,
}

impl Standing<'_> {
    fn exists(&self) -> bool {
        self.resource.is_some()
    }

    fn asked_for(&self, field: &str) -> Option<&Value> {
        self.resource?.at(&["spec", "forProvider", field])
    }

    /// The generation of a password that it was last asked to use.
    fn asked(&self, key: &str) -> u16 {
        let asked = self.asked_for("passwordGenerations").and_then(|all| all.get(key)?.as_u64());
        asked.and_then(|asked| u16::try_from(asked).ok()).unwrap_or(1).max(1)
    }

    /// Do all of its pods use what it was last asked to use?
    fn rests(&self) -> bool {
        let rests = |one: &ComposedResource| one.ready() && one.is_compared() && one.says("UpToDate", "True");
        self.resource.is_some_and(rests)
    }

    fn uses(&self, key: &str) -> bool {
        self.component.facts.passwords().any(|other| other == key)
    }

    fn removes(&self) -> bool {
        self.asked_for("formerAccounts").is_some_and(|what| what == "Remove")
    }

    /// Passwords of accounts that its own Jobs make.
    fn own(&self) -> impl Iterator<Item = &'static str> {
        let facts = self.component.facts;
        facts
            .wires()
            .filter(move |wire| account(facts, wire).is_some_and(|one| one.is_own()))
            .map(|wire| wire.key)
    }
}

/// The component that a password is named after, or else the first one that uses it: what is said of it is said of the password.
fn lead(key: &str) -> Option<&'static Component> {
    let uses = |component: &&Component| component.facts.passwords().any(|other| other == key);
    let named = key.split_once('-').and_then(|(_, name)| find(name)).filter(uses);
    named.or_else(|| COMPONENTS.iter().find(uses))
}

/// What may not be renewed, or is nothing that could be.
pub fn refusals(spec: &CloudSpec) -> Vec<Refusal> {
    let refusal = |name: &String| {
        let Some(component) = find(name) else {
            let known = COMPONENTS.iter().map(|one| one.key).collect::<Vec<_>>().join(", ");
            return Some(Refusal::UnknownComponent {
                path: format!("spec.rotation.components.{name}"),
                known,
            });
        };
        let leads = |key: &&str| lead(key).is_some_and(|lead| lead.key == component.key);
        let mut own = component.facts.passwords().filter(leads).peekable();
        let why = match own.peek().and_then(|key| renewal(component.facts, key)) {
            None => Some("it has no passwords of its own".to_owned()),
            Some(_) if own.all(|key| matches!(renewal(component.facts, key), Some(Renewal::Never(_)))) => {
                Some("none of its passwords can be renewed".to_owned())
            }
            Some(_) => None,
        };
        Some(Refusal::NotRenewable { component: component.key, why: why? })
    };
    spec.rotation.components.keys().filter_map(refusal).collect()
}

impl Rotation {
    /// Of a cloud with these passwords and components.
    pub fn of(
        cloud: &CloudInput<'_>,
        passwords: Option<&ComposedResource>,
        selected: &[SelectedComponent],
    ) -> Self {
        let made: GeneratedSecretObservation = passwords.map(ComposedResource::told).unwrap_or_default();
        let all = standings(cloud.resources, selected);
        let mut rotation = Self::default();
        for key in COMPONENTS.iter().flat_map(|component| component.facts.passwords()) {
            let made = made.generations.get(key).copied().unwrap_or(1);
            let target = wanted(cloud.spec, key).max(made);
            if target > 1 && rotation.targets.insert(key, target).is_none() {
                rotation.key(key, made, target, &all);
            }
        }
        for standing in &all {
            if let Some(turn) = rotation.turns.get_mut(standing.component.key) {
                turn.removes = removes(standing, turn, &all);
            }
        }
        rotation
    }

    /// What is asked of all components that use a password.
    fn key(&mut self, key: &'static str, made: u16, target: u16, all: &[Standing<'_>]) {
        let users = || all.iter().filter(|standing| standing.uses(key));
        let asked = users().filter(|standing| standing.exists()).map(|standing| standing.asked(key));
        self.oldest.extend(asked.min().filter(|oldest| *oldest > 1).map(|oldest| (key, oldest)));
        for standing in users() {
            let next = next(key, made, standing, all);
            let turn = self.turns.entry(standing.component.key).or_default();
            turn.generations.extend((next > 1).then_some((key, next)));
            turn.open.extend((standing.exists() && standing.asked(key) < target).then_some(key));
        }
    }

    /// What of it makes another plan: names of passwords and their generations.
    pub fn wish(&self, component: &Component) -> Map<String, Value> {
        let named = component
            .facts
            .passwords()
            .filter_map(|key| Some((key.to_owned(), json!(self.targets.get(key)?))));
        named.collect()
    }
}

fn standings<'a>(resources: &'a ComposedResources, selected: &[SelectedComponent]) -> Vec<Standing<'a>> {
    let standing = |one: &SelectedComponent| Standing {
        component: one.component,
        resource: resources.get(one.component.key),
    };
    selected.iter().map(standing).collect()
}

/// The generation that people want a password to have.
fn wanted(spec: &CloudSpec, key: &str) -> u16 {
    let Some(lead) = lead(key) else { return 1 };
    let own = spec.rotation.components.get(lead.key).copied().unwrap_or(1);
    match renewal(lead.facts, key) {
        Some(Renewal::Account(_)) => own.max(spec.rotation.generation.unwrap_or(1)),
        Some(Renewal::InPlace(_)) => own,
        Some(Renewal::Never(_)) | None => 1,
    }
}

/// The generation of a password that a component uses from now on. It never falls.
fn next(key: &str, made: u16, standing: &Standing<'_>, all: &[Standing<'_>]) -> u16 {
    let first = lead(key).and_then(|lead| all.iter().find(|other| other.component.key == lead.key));
    let waits = matches!(renewal(standing.component.facts, key), Some(Renewal::Account(_)));
    let first =
        first.filter(|first| waits && first.component.key != standing.component.key && first.exists());
    let reached = first.is_none_or(|first| first.asked(key) >= made && first.rests());
    let asked =
        if standing.exists() { standing.asked(key) } else { first.map_or(1, |first| first.asked(key)) };
    if reached { made.max(asked) } else { asked }
}

/// Are the accounts of a component's earlier generations removed? Once all that use the same passwords have the new ones; and then for
/// as long as none of them is renewed again.
fn removes(standing: &Standing<'_>, turn: &Turn, all: &[Standing<'_>]) -> bool {
    let mut own = standing.own().filter_map(|key| Some((key, *turn.generations.get(key)?))).peekable();
    if own.peek().is_none() || turn.generations.iter().any(|(key, next)| standing.asked(key) < *next) {
        return false;
    }
    let reached = |(key, generation): (&str, u16)| {
        let users = all.iter().filter(|other| other.exists() && other.uses(key));
        users.clone().all(|other| other.asked(key) >= generation && other.rests())
    };
    standing.removes() || own.all(reached)
}

#[cfg(test)]
mod tests;
