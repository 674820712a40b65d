//! References to ids, pure: what the contract's REF-1 to REF-8 say, on what the index knows.

use super::Awaited;
use crate::{
    api::{
        managed::{Managed, Wanted},
        reference::{Policy, Reference, Resolution, Resolve, Selector, Siblings},
    },
    kind::shape::{Field, Node, Shape},
};
use serde_json::{Map, Value, json};

/// What the resolver needs to know of other managed resources.
pub trait Targets {
    /// One of a kind, by namespace and name.
    fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Managed>;
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
        /// Whose change to wait for.
        awaited: Option<Awaited>,
    },
}

struct Blocked {
    message: String,
    awaited: Option<Awaited>,
}

/// Resolves the references of a resource.
pub fn resolve(shape: &Shape, object: &Managed, targets: &dyn Targets, may: &Permission) -> Resolved {
    let (mut patch, mut changed, mut settled) = (Map::new(), false, vec![]);
    for (place, fields) in
        [("forProvider", &object.spec.for_provider), ("initProvider", &object.spec.init_provider)]
    {
        let resolver = Resolver { object, place: place.to_owned(), fields, targets, may };
        match resolver.all(shape).and_then(|values| Ok((values, resolver.deep(shape)?))) {
            Err(Blocked { message, awaited }) => return Resolved::Blocked { message, awaited },
            Ok((values, filled)) => {
                settled.push(filled);
                changed |= values.iter().any(|(name, value)| fields.get(name) != Some(value));
                if !values.is_empty() {
                    patch.insert(place.to_owned(), Value::Object(values));
                }
            }
        }
    }
    if changed {
        return Resolved::Changed(patch);
    }
    let init_provider = settled.pop().unwrap_or_default();
    Resolved::Settled(Box::new(Wanted { for_provider: settled.pop().unwrap_or_default(), init_provider }))
}

struct Resolver<'a> {
    object: &'a Managed,
    place: String,
    fields: &'a Map<String, Value>,
    targets: &'a dyn Targets,
    may: &'a Permission,
}

impl Resolver<'_> {
    /// Every field that a reference or selector rules, with its value: one apply owns them all.
    fn all(&self, shape: &Shape) -> Result<Map<String, Value>, Blocked> {
        let mut values = Map::new();
        for field in &shape.fields {
            let Some(target) = &field.options.r#ref else { continue };
            let list = matches!(field.node, Node::List(_));
            let names = Siblings::of(&field.name, list);
            let references = self.references(&names.reference, list)?;
            let selector: Option<Selector> = self.read(&names.selector)?;
            if references.is_none() && selector.is_none() {
                continue; // REF-2
            }
            self.one(field, target, &names, list, references, selector, &mut values)?;
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

    fn inside(&self, node: &Node, place: &str, value: &mut Value) -> Result<(), Blocked> {
        match (node, value) {
            (Node::Object(shape), Value::Object(fields)) => {
                let at = Resolver { fields, place: place.to_owned(), ..*self };
                let (ids, mut filled) = (at.all(shape)?, at.deep(shape)?);
                filled.extend(ids);
                *fields = filled;
                Ok(())
            }
            (Node::List(inner), Value::Array(items)) => {
                let mut items = items.iter_mut().enumerate();
                items.try_for_each(|(at, item)| self.inside(inner, &format!("{place}[{at}]"), item))
            }
            (Node::Leaf | Node::Map | Node::Object(_) | Node::List(_), _) => Ok(()),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one field, in all its parts")]
    fn one(
        &self,
        field: &Field,
        target: &str,
        names: &Siblings,
        list: bool,
        references: Option<Vec<Reference>>,
        selector: Option<Selector>,
        values: &mut Map<String, Value>,
    ) -> Result<(), Blocked> {
        let reselect = selector.as_ref().is_some_and(|s| s.policy.resolve == Resolve::Always);
        let anew = reselect || references.iter().flatten().any(|r| r.policy.resolve == Resolve::Always);
        if let Some(value) = self.fields.get(&field.name)
            && !anew
        {
            values.insert(field.name.clone(), value.clone()); // REF-1
            return Ok(());
        }
        let chosen = match (references, selector) {
            (Some(references), _) if !reselect => references, // REF-4
            (_, Some(selector)) => {
                let chosen = self.select(target, names, list, &selector)?; // REF-5, REF-3
                let written = if list { json!(chosen) } else { json!(chosen.first()) };
                if !chosen.is_empty() {
                    values.insert(names.reference.clone(), written);
                }
                chosen
            }
            (references, None) => references.unwrap_or_default(),
        };
        let mut ids = vec![];
        for reference in &chosen {
            ids.extend(self.id(target, names, reference)?);
        }
        if list {
            values.insert(field.name.clone(), json!(ids));
        } else if let Some(id) = ids.first() {
            values.insert(field.name.clone(), json!(id));
        }
        Ok(())
    }

    fn read<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Blocked> {
        let value = self.fields.get(name).map(|value| serde_json::from_value(value.clone())).transpose();
        value.map_err(|error| self.blocked(name, &error.to_string(), None))
    }

    fn references(&self, name: &str, list: bool) -> Result<Option<Vec<Reference>>, Blocked> {
        if list { self.read(name) } else { Ok(self.read(name)?.map(|one| vec![one])) }
    }

    fn namespace(&self, field: &str, given: Option<&str>) -> Result<String, Blocked> {
        let own = &self.object.metadata.namespace;
        match given {
            Some(other) if other != own && !(self.may)(other) => {
                let why = format!(
                    "references to namespace {other:?} are not allowed by the provider's administrator"
                );
                Err(self.blocked(field, &why, None))
            }
            Some(other) => Ok(other.to_owned()),
            None => Ok(own.clone()),
        }
    }

    fn id(&self, target: &str, names: &Siblings, reference: &Reference) -> Result<Option<String>, Blocked> {
        let Reference { name, namespace, policy } = reference;
        let namespace = self.namespace(&names.reference, namespace.as_deref())?;
        let found = self.targets.get(target, &namespace, name);
        let id = found.as_ref().and_then(Managed::external_name).map(str::to_owned);
        if id.is_some() || policy.resolution == Resolution::Optional {
            return Ok(id);
        }
        let kind = target.rsplit('.').next().unwrap_or(target);
        let why = match found {
            None => format!("create it, or correct the name: {kind} {name:?} does not exist"),
            Some(_) => format!("{kind} {name:?} has no external-name yet: it may not be ready"),
        };
        let awaited = Awaited { kind: target.to_owned(), namespace, name: Some(name.clone()) };
        Err(self.blocked(&names.reference, &why, Some(awaited)))
    }

    /// The oldest match; all of them for a list. Those that are being deleted do not count.
    fn select(
        &self,
        target: &str,
        names: &Siblings,
        list: bool,
        selector: &Selector,
    ) -> Result<Vec<Reference>, Blocked> {
        let namespace = self.namespace(&names.selector, selector.namespace.as_deref())?;
        let mut matches = self.targets.list(target, &namespace);
        matches.retain(|candidate| !candidate.deleting() && self.selects(selector, candidate));
        matches.sort_by_key(|m| (m.metadata.creation_timestamp.clone(), m.metadata.name.clone()));
        if matches.is_empty() && selector.policy.resolution == Resolution::Required {
            let awaited = Awaited { kind: target.to_owned(), namespace, name: None };
            return Err(self.blocked(&names.selector, "no resources matched selector", Some(awaited)));
        }
        let other = (namespace != self.object.metadata.namespace).then_some(namespace);
        let refer = |m: Managed| Reference {
            name: m.metadata.name,
            namespace: other.clone(),
            policy: Policy::default(),
        };
        Ok(matches.into_iter().take(if list { usize::MAX } else { 1 }).map(refer).collect())
    }

    fn selects(&self, selector: &Selector, candidate: &Managed) -> bool {
        let labels = &candidate.metadata.labels;
        let same_controller =
            || self.object.controller().is_some() && self.object.controller() == candidate.controller();
        selector.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && (!selector.match_controller_ref || same_controller())
    }

    fn blocked(&self, field: &str, why: &str, awaited: Option<Awaited>) -> Blocked {
        Blocked { message: format!("cannot resolve references: spec.{}.{field}: {why}", self.place), awaited }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct World(Vec<Managed>);

    impl Targets for World {
        fn get(&self, _: &str, namespace: &str, name: &str) -> Option<Managed> {
            self.list("", namespace).into_iter().find(|m| m.metadata.name == name)
        }
        fn list(&self, _: &str, namespace: &str) -> Vec<Managed> {
            self.0.iter().filter(|m| m.metadata.namespace == namespace).cloned().collect()
        }
    }

    fn network(name: &str, external_name: &str, created: &str, controller: &str) -> Managed {
        serde_json::from_value(
            json!({"metadata": {"name": name, "namespace": "a", "creationTimestamp": created,
            "labels": {"tier": "web"}, "ownerReferences": [{"uid": controller, "controller": true}],
            "annotations": {"crossplane.io/external-name": external_name}}}),
        )
        .unwrap()
    }

    fn world() -> World {
        World(vec![
            network("young", "id-y", "2026-02", "x"),
            network("old", "id-o", "2026-01", "y"),
            network("new", "", "2026-03", "x"),
        ])
    }

    fn shape() -> Shape {
        let id = json!({"type": "string", "x-os": {"ref": "network.Network"}});
        let ids = json!({"type": "array", "items": {"type": "string"}, "x-os": {"ref": "network.Network"}});
        let items = json!({"type": "array", "items": {"type": "object", "properties": {"networkId": id}}});
        Shape::of(&json!({"properties": {"networkId": id, "peerIds": ids, "fixed": items}})).unwrap()
    }

    fn run(for_provider: Value) -> Resolved {
        let object = serde_json::from_value(json!({
            "metadata": {"namespace": "a", "ownerReferences": [{"uid": "x", "controller": true}]},
            "spec": {"forProvider": for_provider}}));
        resolve(&shape(), &object.unwrap(), &world(), &|_| false)
    }

    fn settled(value: Value) -> Resolved {
        let for_provider = serde_json::from_value(value).unwrap();
        Resolved::Settled(Box::new(Wanted { for_provider, init_provider: Map::new() }))
    }

    fn changed(value: Value) -> Resolved {
        Resolved::Changed(serde_json::from_value(json!({"forProvider": value})).unwrap())
    }

    fn blocked(for_provider: Value) -> String {
        match run(for_provider) {
            Resolved::Blocked { message, .. } => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ref_1_and_2_a_value_that_is_there_stays() {
        assert_eq!(run(json!({"networkId": "mine"})), settled(json!({"networkId": "mine"})));
        let both = json!({"networkId": "mine", "networkIdRef": {"name": "old"}});
        assert_eq!(run(both.clone()), settled(both));
        let always =
            json!({"networkId": "mine", "networkIdRef": {"name": "old", "policy": {"resolve": "Always"}}});
        assert_eq!(run(always), changed(json!({"networkId": "id-o"})));
    }

    #[test]
    fn ref_4_a_reference_gives_the_external_name_or_says_what_is_missing() {
        assert_eq!(run(json!({"networkIdRef": {"name": "old"}})), changed(json!({"networkId": "id-o"})));
        assert!(
            blocked(json!({"networkIdRef": {"name": "gone"}})).ends_with("Network \"gone\" does not exist")
        );
        assert!(
            blocked(json!({"networkIdRef": {"name": "new"}}))
                .ends_with("has no external-name yet: it may not be ready")
        );
        let optional = json!({"networkIdRef": {"name": "gone", "policy": {"resolution": "Optional"}}});
        assert_eq!(run(optional.clone()), settled(optional));
    }

    #[test]
    fn ref_5_a_selector_takes_the_oldest_match_and_writes_the_reference() {
        let by_label = json!({"networkIdSelector": {"matchLabels": {"tier": "web"}}});
        assert_eq!(run(by_label), changed(json!({"networkId": "id-o", "networkIdRef": {"name": "old"}})));
        let by_owner = json!({"networkIdSelector": {"matchControllerRef": true}});
        assert_eq!(run(by_owner), changed(json!({"networkId": "id-y", "networkIdRef": {"name": "young"}})));
        assert!(
            blocked(json!({"networkIdSelector": {"matchLabels": {"tier": "db"}}}))
                .ends_with("no resources matched selector")
        );
    }

    #[test]
    fn ref_3_a_selector_that_always_resolves_chooses_anew_whatever_the_reference_says() {
        let again = json!({"networkId": "id-y", "networkIdRef": {"name": "young"},
            "networkIdSelector": {"matchLabels": {"tier": "web"}, "policy": {"resolve": "Always"}}});
        assert_eq!(run(again), changed(json!({"networkId": "id-o", "networkIdRef": {"name": "old"}})));
    }

    #[test]
    fn ini_5_references_of_init_provider_are_written_back_there() {
        let object = serde_json::from_value(json!({"metadata": {"namespace": "a"}, "spec": {
            "forProvider": {"networkIdRef": {"name": "young"}},
            "initProvider": {"peerIdSelector": {"matchLabels": {"tier": "web"}}}}}));
        let Resolved::Blocked { message, .. } = resolve(&shape(), &object.unwrap(), &world(), &|_| false)
        else {
            panic!("one of the matches has no external-name yet")
        };
        assert!(message.contains("spec.initProvider.peerIdRefs: Network \"new\""), "{message}");
        let object = serde_json::from_value(json!({"metadata": {"namespace": "a"},
            "spec": {"initProvider": {"networkIdRef": {"name": "old"}}}}));
        let want = json!({"initProvider": {"networkId": "id-o"}});
        assert_eq!(
            resolve(&shape(), &object.unwrap(), &world(), &|_| false),
            Resolved::Changed(serde_json::from_value(want).unwrap())
        );
    }

    #[test]
    fn ref_6_references_of_a_list_keep_their_order() {
        let refs = json!({"peerIdRefs": [{"name": "young"}, {"name": "old"}]});
        assert_eq!(run(refs), changed(json!({"peerIds": ["id-y", "id-o"]})));
    }

    #[test]
    fn one_apply_carries_every_resolved_field_so_that_none_is_given_up() {
        let both =
            json!({"networkId": "id-o", "networkIdRef": {"name": "old"}, "peerIdRefs": [{"name": "old"}]});
        assert_eq!(run(both), changed(json!({"networkId": "id-o", "peerIds": ["id-o"]})));
    }

    #[test]
    fn references_inside_lists_are_resolved_in_memory_and_never_written() {
        let inside = json!({"fixed": [{"networkIdRef": {"name": "old"}}, {"networkId": "mine"}]});
        let filled =
            json!({"fixed": [{"networkIdRef": {"name": "old"}, "networkId": "id-o"}, {"networkId": "mine"}]});
        assert_eq!(run(inside), settled(filled));
        let missing = blocked(json!({"fixed": [{"networkIdRef": {"name": "gone"}}]}));
        assert!(missing.contains("spec.forProvider.fixed[0].networkIdRef: "), "{missing}");
    }

    #[test]
    fn another_namespace_is_refused_unless_it_is_allowed() {
        let other = json!({"networkIdRef": {"name": "old", "namespace": "b"}});
        assert!(blocked(other).contains("references to namespace \"b\" are not allowed"));
    }
}
