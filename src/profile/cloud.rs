//! A cloud: what it is composed of, for what people wrote and what was observed. It has no clock and no memory.

use super::{
    chain::Found,
    component::{COMPONENTS, Component},
    compose::{self, Frame, PASSWORDS, PROVIDER_CONFIG},
    gate::{self, Gate, Member, Standing},
    layer::Layer,
    occp,
    part::Part,
    plan,
    refusal::Refusal,
    seen::{Parts, Seen},
    spec::Entry,
    stage::Stage,
    status::{self, Row},
    version::OpenStackRelease,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A composed resource as it is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The object: just what we want to own of it.
    pub object: Value,
    /// Is it ready?
    pub ready: bool,
}

/// What becomes of a cloud.
#[derive(Clone, Default)]
pub struct Composed {
    /// What it is composed of.
    pub resources: BTreeMap<String, Wanted>,
    /// Its status.
    pub status: Map<String, Value>,
    /// Why it is not carried out; none if it is.
    pub refusals: Vec<Refusal>,
    /// Is all of it ready?
    pub ready: bool,
    /// How to log in, for who claims it.
    pub details: BTreeMap<String, Vec<u8>>,
}

/// A component that is wanted.
struct Wish {
    component: &'static Component,
    kind: &'static str,
    entry: Entry,
    target: OpenStackRelease,
}

/// All that was wished for.
#[derive(Default)]
struct Wishes {
    composed: Vec<Wish>,
    external: BTreeMap<&'static str, String>,
    refusals: Vec<Refusal>,
}

/// Composes a cloud.
pub fn cloud(seen: &Seen<'_>) -> Composed {
    let wishes = wishes(seen);
    if wishes.refusals.is_empty() { carried_out(seen, &wishes) } else { held(seen, wishes.refusals) }
}

/// Leaves everything as it is, and says why.
fn held(seen: &Seen<'_>, refusals: Vec<Refusal>) -> Composed {
    let keep = |(name, part): (&String, &Part)| {
        (name.clone(), Wanted { object: part.as_it_is(), ready: part.ready() })
    };
    let known = COMPONENTS.iter().filter_map(|component| Some((component, seen.parts.get(component.key)?)));
    let rows: Vec<_> = known
        .map(|(component, part)| Row {
            key: component.key,
            stage: component.stage,
            part: Some(part),
            target: None,
        })
        .collect();
    let status = status::status(&status::Picture {
        seen,
        rows: &rows,
        external: &BTreeMap::new(),
        target: None,
        plan: None,
    });
    Composed {
        resources: seen.parts.iter().map(keep).collect(),
        status,
        ready: false,
        details: details(seen),
        refusals,
    }
}

fn carried_out(seen: &Seen<'_>, wishes: &Wishes) -> Composed {
    let mut frame = Frame {
        name: seen.name,
        namespace: seen.namespace,
        spec: seen.spec,
        external: &wishes.external,
        held_back: false,
    };
    let plan =
        plan::gather(
            seen.parts,
            &plan::digest(wishes.composed.iter().map(|wish| {
                (wish.component.key, wish.target, frame.parameters(wish.component, &wish.entry))
            })),
        );
    frame.held_back = seen.approved != Some(plan.digest.as_str());
    let part = |name: &str| seen.parts.get(name);
    let passwords = Member { stage: Stage::Passwords, target: None, standing: Standing::of(part(PASSWORDS)) };
    let members: Vec<_> =
        std::iter::once(passwords).chain(wishes.composed.iter().map(Wish::member(seen.parts))).collect();
    let gates = gate::gates(&members, seen.spec.upgrade.paused);
    let ready = |name: &str| part(name).is_some_and(Part::ready);
    let mut resources = BTreeMap::new();
    resources.insert(PASSWORDS.to_owned(), Wanted { object: frame.passwords(), ready: ready(PASSWORDS) });
    for (wish, gate) in wishes.composed.iter().zip(gates.iter().skip(1)) {
        let Gate::Open(release) = gate else { continue };
        let object = frame.component(wish.component, wish.kind, &wish.entry, *release);
        resources.insert(wish.component.key.to_owned(), Wanted { object, ready: ready(wish.component.key) });
    }
    let login = wishes.external.contains_key("keystone") || ready("keystone");
    if login || part(PROVIDER_CONFIG).is_some() {
        let object = frame.provider_config();
        resources.insert(PROVIDER_CONFIG.to_owned(), Wanted { object, ready: ready(PROVIDER_CONFIG) });
    }
    let mut rows = vec![Row { key: PASSWORDS, stage: Stage::Passwords, part: part(PASSWORDS), target: None }];
    rows.extend(wishes.composed.iter().map(|wish| Row {
        key: wish.component.key,
        stage: wish.component.stage,
        part: part(wish.component.key),
        target: Some(wish.target),
    }));
    let target = seen.spec.release.parse().ok();
    let picture =
        status::Picture { seen, rows: &rows, external: &wishes.external, target, plan: Some(&plan) };
    let done = gate::current(&members).is_none() && resources.contains_key(PROVIDER_CONFIG);
    let ready = done && resources.values().all(|wanted| wanted.ready);
    Composed { status: status::status(&picture), resources, refusals: vec![], ready, details: details(seen) }
}

impl Wish {
    fn member(parts: &Parts) -> impl Fn(&Self) -> Member {
        |wish| Member {
            stage: wish.component.stage,
            target: Some(wish.target),
            standing: Standing::of(parts.get(wish.component.key)),
        }
    }
}

/// How to log in: what Keystone's connection secret holds.
fn details(seen: &Seen<'_>) -> BTreeMap<String, Vec<u8>> {
    seen.parts.get("keystone").map(|part| part.details.clone()).unwrap_or_default()
}

/// Merges all layers, and looks whether what they say can be carried out.
fn wishes(seen: &Seen<'_>) -> Wishes {
    let mut wishes = Wishes::default();
    let mut merged = Layer::default();
    for profile in &seen.profiles {
        match profile {
            Ok(Found { effective: Some(layer), .. }) => merged = merged.under(layer.clone()),
            Ok(found) => wishes
                .refusals
                .push(Refusal::Unresolved { name: found.name.to_string(), why: found.why.clone() }),
            Err(refusal) => wishes.refusals.push(refusal.clone()),
        }
    }
    let own = occp::read("spec.components", &seen.spec.components);
    wishes.refusals.extend(own.refusals);
    let target = seen.spec.release.parse::<OpenStackRelease>();
    wishes.refusals.extend(target.clone().err().map(Refusal::from));
    if let (Ok(target), true) = (target, wishes.refusals.is_empty()) {
        wishes.choose(&occp::document(&merged.under(own.layer)), target);
        wishes.check(seen.parts);
    }
    wishes
}

impl Wishes {
    fn choose(&mut self, document: &Map<String, Value>, target: OpenStackRelease) {
        for component in &COMPONENTS {
            let entry = compose::entry(document, component.key);
            if !entry.enabled.unwrap_or(component.usual) {
                continue;
            }
            if let Some(external) = entry.external {
                self.external.insert(component.key, external.secret_name);
                continue;
            }
            let own = entry.release.as_deref().map(str::parse).transpose();
            match (component.kind, own) {
                (None, _) => self.refusals.push(Refusal::Unsupported { component: component.key }),
                (_, Err(error)) => self.refusals.push(Refusal::Release(error)),
                (Some(kind), Ok(own)) => {
                    self.composed.push(Wish { component, kind, entry, target: own.unwrap_or(target) });
                }
            }
        }
    }

    fn check(&mut self, parts: &Parts) {
        for wish in &self.composed {
            let there = |key: &str| {
                self.external.contains_key(key)
                    || self.composed.iter().any(|other| other.component.key == key)
            };
            let missing = wish.component.all_needs().filter(|needed| !there(needed));
            let missing =
                missing.map(|component| Refusal::Needed { component, needed_by: wish.component.key });
            self.refusals.extend(missing);
            self.refusals.extend(parts.get(wish.component.key).and_then(|part| wish.way(part)));
        }
    }
}

impl Wish {
    /// Why there is no way from what a component has to what it should have.
    fn way(&self, part: &Part) -> Option<Refusal> {
        let (from, to) = (part.told().committed()?, self.target);
        let component = self.component.key;
        if to < from {
            return Some(Refusal::Downgrade { component: component.to_owned(), from, to });
        }
        if !from.leads_to(to) {
            return Some(Refusal::Skip { component: component.to_owned(), from, to });
        }
        let pinned =
            self.entry.images.get("tags").and_then(Value::as_object).is_some_and(|tags| !tags.is_empty());
        (pinned && from != to).then_some(Refusal::Pinned { component, from, to })
    }
}

#[cfg(test)]
mod tests;
