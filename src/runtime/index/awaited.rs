//! What a creation waits for: references whose targets have to be ready, and resources that it needs and does not refer to.

use super::{
    Index,
    references::{Lookup, Permission, Resolved, resolve, unready},
    target::{Target, one_or_many},
};
use crate::{
    api::{
        managed::Managed,
        policy::{Verdict, judge},
        reference::{Reference, Siblings},
    },
    kind::{
        any::AnyKind,
        awaited::{Awaited, Which},
        rival::Rival,
        shape::{Node, Shape},
    },
    runtime::base::keys::ObjectKey,
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What is known of a kind that the index has not listed.
pub type Unlisted = (&'static str, Vec<Managed>);

/// A resource that is not to be made yet.
pub struct Early<'a> {
    /// Its key.
    pub key: &'a ObjectKey,
    /// As it is.
    pub object: &'a Managed,
    /// Its parameters, references resolved.
    pub params: &'a Map<String, Value>,
    /// What its kind says that it needs.
    pub awaits: &'a [Awaited],
}

impl Index {
    /// Of what a creation needs, the kinds of which not all objects are known.
    pub fn unlisted_among(&self, awaits: &[Awaited]) -> Vec<&'static dyn AnyKind> {
        let named = |kind: &&dyn AnyKind| awaits.iter().any(|awaited| awaited.kind == kind.id());
        let kinds = self.kinds.iter().map(AsRef::as_ref);
        kinds.filter(named).filter(|kind| !self.listed.contains(kind.id())).collect()
    }

    /// What a creation has to wait for, in words. The resource is woken when that is there, ready or gone.
    pub fn awaited(&mut self, early: &Early<'_>, unlisted: &[Unlisted], may: &Permission) -> Option<String> {
        let mut waits: Vec<(Target, String)> = self.unready_references(early);
        for awaited in early.awaits {
            let candidates = self.candidates(early, awaited, unlisted, may);
            waits.extend(still_to_come(awaited, &candidates));
        }
        let message = waits.first().map(|(_, words)| words.clone())?;
        if self.objects.has(early.key) {
            self.dependents.early(early.key, waits.into_iter().map(|(target, _)| target).collect());
        }
        Some(message)
    }

    /// Another resource that writes what this one is to write, in words. The resource is woken when that one goes.
    pub fn rival(
        &mut self,
        early: &Early<'_>,
        rivals: &[Rival],
        unlisted: &[Unlisted],
        may: &Permission,
    ) -> Option<String> {
        let (own, found) = (early.object, |rival: &Rival| {
            let all = self.candidates(early, &rival.who, unlisted, may);
            all.into_iter().find(|other| writes(other, rival.saying) && comes_before(other, early.object))
        });
        let (rival, other) = rivals.iter().find_map(|rival| Some((rival, found(rival)?)))?;
        let (kind, name) = (rival.who.kind, other.metadata.name);
        if self.objects.has(early.key) {
            let namespace = own.metadata.namespace.clone();
            let target = Target::Resource { kind: kind.to_owned(), namespace, name: name.clone() };
            self.dependents.early(early.key, BTreeSet::from([target]));
        }
        Some(format!(
            "{} {name:?} writes the same: delete one of the two, or {}",
            short(kind),
            rival.who.instead
        ))
    }

    /// References whose targets are there and not ready.
    fn unready_references(&self, early: &Early<'_>) -> Vec<(Target, String)> {
        let (Some(shape), spec) = (self.shape(early.key), &early.object.spec) else { return vec![] };
        let mut named = BTreeSet::new();
        for fields in [&spec.for_provider, &spec.init_provider] {
            until_ready(shape, early.object, fields, &mut named);
        }
        let waits = named.into_iter().filter_map(|target| {
            let Target::Resource { kind, namespace, name } = &target else { return None };
            let found = Lookup::get(self, kind, namespace, name).filter(|found| !found.holds("Ready"))?;
            let words = format!("waiting for {} {name:?} to become ready: {}", short(kind), unready(&found));
            Some((target, words))
        });
        waits.collect()
    }

    /// Those that are meant.
    fn candidates(
        &self,
        early: &Early<'_>,
        awaited: &Awaited,
        unlisted: &[Unlisted],
        may: &Permission,
    ) -> Vec<Managed> {
        let Some(shape) = self.kind(awaited.kind).and_then(|kind| kind.shapes().ok()) else { return vec![] };
        let (shape, own) = (&shape.params, early.object);
        let wanted: Vec<(&str, Value)> = match &awaited.which {
            Which::Any | Which::Named(_) => vec![],
            Which::Having(field, value) => vec![(field, value.clone())],
            Which::Told { field, by, id, at } => {
                let keys =
                    self.ownership.holders(by, id).filter(|key| key.namespace == own.metadata.namespace);
                let tellers = keys.filter_map(|key| self.objects.get(key));
                tellers.flat_map(|teller| told(&teller, *at)).map(|value| (*field, value)).collect()
            }
        };
        let mut found = match &awaited.which {
            Which::Any => self.of_kind(awaited.kind, &own.metadata.namespace, unlisted),
            Which::Named(name) => self.of_name(awaited.kind, name, unlisted),
            Which::Having(..) | Which::Told { .. } => {
                let mut all = self.of_kind_with(early, awaited.kind, shape, &wanted, unlisted);
                all.retain(|object| {
                    wanted.iter().any(|(field, value)| self.has(shape, object, field, value, may))
                });
                all
            }
        };
        // An id says which cloud; nothing else does.
        let by_id =
            matches!(awaited.which, Which::Named(_)) || wanted.iter().any(|(_, value)| value.is_string());
        found.retain(|object| {
            object.metadata.uid != own.metadata.uid
                && object.metadata.namespace == own.metadata.namespace
                && (by_id || object.spec.provider_config_ref == own.spec.provider_config_ref)
                && !object.deleting()
        });
        found
    }

    fn of_kind(&self, kind: &'static str, namespace: &str, unlisted: &[Unlisted]) -> Vec<Managed> {
        self.objects.list(kind, namespace).into_iter().chain(beside(kind, unlisted).cloned()).collect()
    }

    fn of_name(&self, kind: &'static str, external_name: &str, unlisted: &[Unlisted]) -> Vec<Managed> {
        let known = self.ownership.holders(kind, external_name).filter_map(|key| self.objects.get(key));
        let named = |object: &&Managed| object.external_name() == Some(external_name);
        known.chain(beside(kind, unlisted).filter(named).cloned()).collect()
    }

    /// Those that can have one of these ids in one of these fields, without a search through all; where no id says it, all.
    fn of_kind_with(
        &self,
        early: &Early<'_>,
        kind: &'static str,
        shape: &Shape,
        wanted: &[(&str, Value)],
        unlisted: &[Unlisted],
    ) -> Vec<Managed> {
        let namespace = &early.object.metadata.namespace;
        let mut targets = BTreeSet::new();
        for (field, value) in wanted {
            let target = shape.field(field).and_then(|field| self.kind(field.options.r#ref.as_ref()?));
            let (Some(target), Some(id)) = (target, value.as_str()) else {
                return self.of_kind(kind, namespace, unlisted);
            };
            let target = target.id();
            targets.extend(self.ownership.holders(target, id).map(Target::resource));
            let (kind, external_name) = (target.to_owned(), id.to_owned());
            targets.insert(Target::AnyOf { kind: kind.clone(), namespace: namespace.clone() });
            targets.insert(Target::External { kind, external_name });
        }
        let users = targets.iter().flat_map(|target| self.dependents.users(target));
        let keys: BTreeSet<_> = users.filter(|key| key.kind == kind).collect();
        let known = keys.into_iter().filter_map(|key| self.objects.get(key));
        known.chain(beside(kind, unlisted).cloned()).collect()
    }

    /// Has its field this value, or will it?
    fn has(&self, shape: &Shape, object: &Managed, field: &str, value: &Value, may: &Permission) -> bool {
        let spec = &object.spec;
        for fields in [&spec.for_provider, &spec.init_provider] {
            if let Some(given) = fields.get(field) {
                return given == value;
            }
            let kind = shape.field(field).and_then(|field| field.options.r#ref.as_deref());
            let references: Vec<Reference> = one_or_many(fields.get(&Siblings::of(field, false).reference));
            if let (Some(kind), [Reference { name, namespace, .. }]) = (kind, references.as_slice()) {
                let namespace = namespace.as_ref().unwrap_or(&object.metadata.namespace);
                let target = Lookup::get(self, kind, namespace, name);
                return target.is_some_and(|target| target.external_name() == value.as_str());
            }
        }
        match resolve(shape, object, self, may).0 {
            Resolved::Changed(spec) => {
                spec.values().any(|fields| fields.get(field).is_some_and(|given| given == value))
            }
            Resolved::Settled(_) | Resolved::Blocked { .. } => false,
        }
    }
}

/// What is not there yet and may come. One that somebody has to mend is waited for only where no other of them is there.
fn still_to_come(awaited: &Awaited, candidates: &[Managed]) -> Option<(Target, String)> {
    let comes = |object: &&Managed| object.external_name().is_none() && may_create(object);
    let (stalled, coming): (Vec<_>, Vec<_>) =
        candidates.iter().filter(comes).partition(|object| object.holds("Stalled"));
    let any_there = candidates.iter().any(|object| object.external_name().is_some());
    let next = coming.first().or_else(|| stalled.first().filter(|_| !any_there))?;
    let (namespace, name) = (next.metadata.namespace.clone(), next.metadata.name.clone());
    let mut words =
        format!("waiting for {} {name:?}, which is needed and not there yet", short(awaited.kind));
    if !awaited.instead.is_empty() {
        words = format!("{words} ({})", awaited.instead);
    }
    let words = format!("{words}: {}", unready(next));
    Some((Target::Resource { kind: awaited.kind.to_owned(), namespace, name }, words))
}

/// Of what the index has not listed, those of a kind.
fn beside<'a>(kind: &'static str, unlisted: &'a [Unlisted]) -> impl Iterator<Item = &'a Managed> {
    unlisted.iter().filter(move |(id, _)| *id == kind).flat_map(|(_, all)| all)
}

/// Does it write all that its kind can, or just this field's? What is only said for the beginning is written once.
fn writes(object: &Managed, saying: Option<&str>) -> bool {
    let spec = &object.spec;
    let begins = object.external_name().is_none();
    let says =
        |field| spec.for_provider.contains_key(field) || (begins && spec.init_provider.contains_key(field));
    may_create(object) && saying.is_none_or(says)
}

/// Is it there, or older? Of two that are applied at once only one gives way.
fn comes_before(other: &Managed, own: &Managed) -> bool {
    let age = |object: &Managed| (object.metadata.creation_timestamp.clone(), object.metadata.uid.clone());
    other.external_name().is_some() || age(other) < age(own)
}

fn may_create(object: &Managed) -> bool {
    match judge(&object.spec.management_policies) {
        Verdict::Manage(allowed) => allowed.create,
        Verdict::Paused => true,
        Verdict::Unsupported => false,
    }
}

fn short(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or(kind)
}

fn told(object: &Managed, (list, field): (&str, &str)) -> Vec<Value> {
    let items = object.status.at_provider.get(list).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.get(field).cloned()).collect()
}

/// Adds the targets of references that a create waits for until they are ready.
fn until_ready(shape: &Shape, object: &Managed, fields: &Map<String, Value>, named: &mut BTreeSet<Target>) {
    for field in &shape.fields {
        if let (Some(kind), true) = (&field.options.r#ref, field.options.until_ready) {
            let list = matches!(field.node, Node::List(_));
            let references: Vec<Reference> =
                one_or_many(fields.get(&Siblings::of(&field.name, list).reference));
            named.extend(references.into_iter().map(|reference| Target::Resource {
                kind: kind.clone(),
                namespace: reference.namespace.unwrap_or_else(|| object.metadata.namespace.clone()),
                name: reference.name,
            }));
        }
        match (&field.node, fields.get(&field.name)) {
            (Node::Object(shape), Some(Value::Object(inner))) => until_ready(shape, object, inner, named),
            (Node::List(node), Some(Value::Array(items))) => {
                if let Node::Object(shape) = node.as_ref() {
                    let items = items.iter().filter_map(Value::as_object);
                    items.for_each(|inner| until_ready(shape, object, inner, named));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
