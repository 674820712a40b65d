//! References to other managed resources, pure: what the contract's REF-1 to REF-8 and REF-12 say, on what the index knows.

use crate::{
    api::{
        field::Yields,
        managed::{Managed, Wanted},
        reference::{Policy, Reference, Resolution, Resolve, Selector, Siblings},
    },
    kind::shape::{Field, Node, Shape},
    runtime::index::target::{self, Target},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// What the resolver needs to know of other managed resources.
pub trait Lookup {
    /// One of a kind, by namespace and name.
    fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Managed>;
    /// What one of them stands for.
    fn external_name(&self, kind: &str, namespace: &str, name: &str) -> Option<String> {
        self.get(kind, namespace, name)?.external_name().map(str::to_owned)
    }
    /// All of a kind in a namespace.
    fn list(&self, kind: &str, namespace: &str) -> Vec<Managed>;
}

/// Whether other namespaces may be referred to, and which.
pub type Permission = dyn Fn(&str) -> bool + Send + Sync;

/// What came out.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved {
    /// Nothing to write; the spec with the references below its top level resolved, which are kept in memory only:
    /// writing one item of a list would take the whole list from whoever owns it.
    Settled(Box<Wanted>),
    /// Fields of `forProvider` and `initProvider` as they must be, all resolved ones included.
    Changed(Map<String, Value>),
    /// Something is missing or wrong.
    Blocked {
        /// What and why, for the condition.
        message: String,
        /// What to wait for.
        awaited: Option<Target>,
    },
}

struct Blocked {
    message: String,
    awaited: Option<Target>,
}

/// Resolves the references of a resource. Returns also all that it refers to: what it names, what its selectors chose, and
/// what it waits for.
pub fn resolve(
    shape: &Shape,
    object: &Managed,
    lookup: &dyn Lookup,
    may: &Permission,
) -> (Resolved, BTreeSet<Target>) {
    let mut refers = target::named_by(shape, object);
    let at = |place: &str, fields| Resolver { object, place: place.to_owned(), fields, lookup, may };
    match spec(shape, object, &at, &mut refers) {
        Ok(resolved) => (resolved, refers),
        Err(Blocked { message, awaited }) => {
            refers.extend(awaited.clone());
            (Resolved::Blocked { message, awaited }, refers)
        }
    }
}

/// Part by part; a filter's references are never written, as it is read just once.
fn spec<'a>(
    shape: &Shape,
    object: &'a Managed,
    at: &dyn Fn(&str, &'a Map<String, Value>) -> Resolver<'a>,
    refers: &mut BTreeSet<Target>,
) -> Result<Resolved, Blocked> {
    let (mut patch, mut changed) = (Map::new(), false);
    let mut settled = |place: &str, fields| {
        let resolver = at(place, fields);
        let (values, filled) = (resolver.all(shape)?, resolver.deep(shape)?);
        for fields in [&values, &filled] {
            target::collect(shape, &object.metadata.namespace, fields, refers);
        }
        changed |= values.iter().any(|(name, value)| !holds(fields.get(name), value));
        if !values.is_empty() {
            patch.insert(place.to_owned(), Value::Object(values));
        }
        Ok(filled)
    };
    let for_provider = settled("forProvider", &object.spec.for_provider)?;
    let init_provider = settled("initProvider", &object.spec.init_provider)?;
    if changed {
        return Ok(Resolved::Changed(patch));
    }
    let sought = object.sought().map(|filter| at("import.filter", filter).sought(shape));
    let filter = sought.transpose()?.unwrap_or_default();
    Ok(Resolved::Settled(Box::new(Wanted { for_provider, init_provider, filter })))
}

/// A field that references or a selector rule.
struct Ruled<'a> {
    field: &'a Field,
    /// `service.Kind` of what is referred to.
    target: &'a str,
    names: Siblings,
    list: bool,
}

struct Resolver<'a> {
    object: &'a Managed,
    place: String,
    fields: &'a Map<String, Value>,
    lookup: &'a dyn Lookup,
    may: &'a Permission,
}

impl Resolver<'_> {
    /// Every field that a reference or selector rules, with its value: one apply owns them all.
    fn all(&self, shape: &Shape) -> Result<Map<String, Value>, Blocked> {
        let mut values = Map::new();
        for field in &shape.fields {
            let Some(target) = &field.options.r#ref else { continue };
            let list = matches!(field.node, Node::List(_));
            let ruled = Ruled { field, target, names: Siblings::of(&field.name, list), list };
            let references = self.references(&ruled.names.reference, list)?;
            let selector: Option<Selector> = self.read(&ruled.names.selector)?;
            if references.is_some() || selector.is_some() {
                self.one(&ruled, references, selector, &mut values)?; // else REF-2
            }
        }
        Ok(values)
    }

    /// These fields with the references in their objects and lists of objects resolved.
    fn deep(&self, shape: &Shape) -> Result<Map<String, Value>, Blocked> {
        let mut filled = self.fields.clone();
        for field in &shape.fields {
            if let Some(value) = filled.get_mut(&field.name) {
                self.inside(&field.node, &format!("{}.{}", self.place, field.name), value)?;
            }
        }
        Ok(filled)
    }

    /// These fields with all references resolved.
    fn filled(&self, shape: &Shape) -> Result<Map<String, Value>, Blocked> {
        let (ids, mut filled) = (self.all(shape)?, self.deep(shape)?);
        filled.extend(ids);
        Ok(filled)
    }

    /// These fields as an object has them, which knows of ids only.
    fn sought(&self, shape: &Shape) -> Result<Map<String, Value>, Blocked> {
        let mut filled = self.filled(shape)?;
        for field in shape.fields.iter().filter(|field| field.options.r#ref.is_some()) {
            let names = Siblings::of(&field.name, matches!(field.node, Node::List(_)));
            [names.reference, names.selector].iter().for_each(|name| drop(filled.remove(name)));
        }
        Ok(filled)
    }

    fn inside(&self, node: &Node, place: &str, value: &mut Value) -> Result<(), Blocked> {
        match (node, value) {
            (Node::Object(shape), Value::Object(fields)) => {
                *fields = Resolver { fields, place: place.to_owned(), ..*self }.filled(shape)?;
                Ok(())
            }
            (Node::List(inner), Value::Array(items)) => {
                let mut items = items.iter_mut().enumerate();
                items.try_for_each(|(at, item)| self.inside(inner, &format!("{place}[{at}]"), item))
            }
            (Node::Leaf | Node::Map | Node::Object(_) | Node::List(_), _) => Ok(()),
        }
    }

    fn one(
        &self,
        ruled: &Ruled<'_>,
        references: Option<Vec<Reference>>,
        selector: Option<Selector>,
        values: &mut Map<String, Value>,
    ) -> Result<(), Blocked> {
        let field = &ruled.field.name;
        let reselect = selector.as_ref().is_some_and(|s| s.policy.resolve == Resolve::Always);
        let anew = reselect || references.iter().flatten().any(|r| r.policy.resolve == Resolve::Always);
        if let Some(value) = self.fields.get(field)
            && !anew
        {
            values.insert(field.clone(), value.clone()); // REF-1
            return Ok(());
        }
        let chosen = match (references, selector) {
            (Some(references), _) if !reselect => references, // REF-4
            (before, Some(selector)) => {
                let chosen = self.select(ruled, &selector)?; // REF-5, REF-3
                if let Some(written) = self.written(ruled, &chosen, &before.unwrap_or_default()) {
                    values.insert(ruled.names.reference.clone(), written);
                }
                chosen
            }
            (references, None) => references.unwrap_or_default(),
        };
        let mut taken = vec![];
        for reference in &chosen {
            taken.extend(self.value(ruled, reference)?);
        }
        if ruled.list {
            values.insert(field.clone(), json!(taken));
        } else if let Some(value) = taken.first() {
            values.insert(field.clone(), json!(value));
        }
        Ok(())
    }

    /// The references to write for what a selector chose. A policy beside one that is there is the user's own, and a namespace
    /// that the user wrote is stated anew, since what is applied is merged into it. A list is replaced, and so stays if it says
    /// the same.
    fn written(&self, ruled: &Ruled<'_>, chosen: &[Reference], before: &[Reference]) -> Option<Value> {
        let own = &self.object.metadata.namespace;
        let at = |reference: &Reference| reference.namespace.clone().unwrap_or_else(|| own.clone());
        let target = |reference: &Reference| (at(reference), reference.name.clone());
        let one = chosen.first()?;
        if ruled.list {
            let same = chosen.iter().map(target).eq(before.iter().map(target));
            let there = self.fields.get(&ruled.names.reference).filter(|_| same);
            return Some(there.cloned().unwrap_or_else(|| json!(chosen)));
        }
        let stated = before.first().is_some_and(|before| before.namespace.is_some()).then(|| at(one));
        let namespace = stated.or_else(|| one.namespace.clone());
        let own = before.iter().any(|before| before.policy.resolution == Resolution::Required);
        let policy = if own { Policy::default() } else { one.policy };
        Some(json!(Reference { name: one.name.clone(), namespace, policy }))
    }

    fn read<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Blocked> {
        let value = self.fields.get(name).map(|value| serde_json::from_value(value.clone())).transpose();
        value.map_err(|error| self.blocked(name, &error.to_string(), None))
    }

    fn references(&self, name: &str, list: bool) -> Result<Option<Vec<Reference>>, Blocked> {
        if list { self.read(name) } else { Ok(self.read(name)?.map(|one| vec![one])) }
    }

    fn namespace(&self, ruled: &Ruled<'_>, field: &str, given: Option<&str>) -> Result<String, Blocked> {
        let own = &self.object.metadata.namespace;
        let Some(other) = given.filter(|other| other != own) else { return Ok(own.clone()) };
        let why = match ruled.field.options.yields {
            Yields::ConnectionSecret => {
                "a connection secret can be used in its own namespace only".to_owned()
            }
            Yields::ExternalName if (self.may)(other) => return Ok(other.to_owned()),
            Yields::ExternalName => {
                format!("references to namespace {other:?} are not allowed by the provider's administrator")
            }
        };
        Err(self.blocked(field, &why, None))
    }

    /// What the target of a reference yields.
    fn value(&self, ruled: &Ruled<'_>, reference: &Reference) -> Result<Option<String>, Blocked> {
        let Reference { name, namespace, policy } = reference;
        let namespace = self.namespace(ruled, &ruled.names.reference, namespace.as_deref())?;
        let kind = ruled.target.rsplit('.').next().unwrap_or(ruled.target);
        let found = self.lookup.get(ruled.target, &namespace, name);
        let yielded = match &found {
            None => Err(format!("create it, or correct the name: {kind} {name:?} does not exist")),
            Some(target) => self.yielded(ruled.field, target).map_err(|why| format!("{kind} {name:?} {why}")),
        };
        match yielded {
            Ok(value) => Ok(Some(value)),
            Err(_) if policy.resolution == Resolution::Optional => Ok(None),
            Err(why) => {
                let awaited =
                    Target::Resource { kind: ruled.target.to_owned(), namespace, name: name.clone() };
                Err(self.blocked(&ruled.names.reference, &why, Some(awaited)))
            }
        }
    }

    fn yielded(&self, field: &Field, target: &Managed) -> Result<String, String> {
        match field.options.yields {
            Yields::ExternalName => {
                let id = target.external_name().map(str::to_owned);
                id.ok_or_else(|| "has no external-name yet: it may not be ready".to_owned())
            }
            Yields::ConnectionSecret => {
                let secret = target.spec.write_connection_secret_to_ref.as_ref().ok_or_else(|| {
                    "publishes no connection secret: set its spec.writeConnectionSecretToRef".to_owned()
                })?;
                // What is in use stays in use while its owner is not ready for a while.
                let held = target::one_or_many(self.fields.get(&field.name)).contains(&secret.name);
                match held || target.holds("Ready") {
                    true => Ok(secret.name.clone()),
                    false => Err(format!("is not ready: {}", unready(target))),
                }
            }
        }
    }

    /// The oldest match; all of them for a list. Those that are being deleted do not count.
    fn select(&self, ruled: &Ruled<'_>, selector: &Selector) -> Result<Vec<Reference>, Blocked> {
        let namespace = self.namespace(ruled, &ruled.names.selector, selector.namespace.as_deref())?;
        let mut matches = self.lookup.list(ruled.target, &namespace);
        matches.retain(|candidate| !candidate.deleting() && self.selects(selector, candidate));
        matches.sort_by_key(|m| (m.metadata.creation_timestamp.clone(), m.metadata.name.clone()));
        if matches.is_empty() && selector.policy.resolution == Resolution::Required {
            let awaited = Target::AnyOf { kind: ruled.target.to_owned(), namespace };
            return Err(self.blocked(&ruled.names.selector, "no resources matched selector", Some(awaited)));
        }
        let other = (namespace != self.object.metadata.namespace).then_some(namespace);
        // Later passes see the reference first, and must wait for no more than this one.
        let policy = Policy { resolution: selector.policy.resolution, ..Policy::default() };
        let refer = |m: Managed| Reference { name: m.metadata.name, namespace: other.clone(), policy };
        Ok(matches.into_iter().take(if ruled.list { usize::MAX } else { 1 }).map(refer).collect())
    }

    fn selects(&self, selector: &Selector, candidate: &Managed) -> bool {
        let labels = &candidate.metadata.labels;
        let same_controller =
            || self.object.controller().is_some() && self.object.controller() == candidate.controller();
        selector.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && (!selector.match_controller_ref || same_controller())
    }

    fn blocked(&self, field: &str, why: &str, awaited: Option<Target>) -> Blocked {
        Blocked { message: format!("cannot resolve references: spec.{}.{field}: {why}", self.place), awaited }
    }
}

/// Is all of this there? What an apply leaves out of an object stays.
fn holds(have: Option<&Value>, want: &Value) -> bool {
    match (have, want) {
        (Some(Value::Object(have)), Value::Object(want)) => {
            want.iter().all(|(key, want)| holds(have.get(key), want))
        }
        (have, want) => have == Some(want),
    }
}

/// Why a target is not ready, in its own words.
pub(super) fn unready(target: &Managed) -> &str {
    let said = |r#type| target.condition(r#type)?.message.as_deref();
    let reason = || target.condition("Ready").map(|ready| ready.reason.as_str());
    said("Synced").or_else(|| said("Ready")).or_else(reason).unwrap_or("nothing is known of it yet")
}

#[cfg(test)]
mod tests;
