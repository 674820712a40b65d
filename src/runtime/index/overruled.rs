//! References that have no effect, since another id stands beside them already (REF-1). Pure.

use super::{
    references::{Lookup, Permission},
    target::one_or_many,
};
use crate::{
    api::{
        field::Yields,
        managed::Managed,
        reference::{Reference, Siblings},
    },
    kind::shape::{Field, Node, Shape},
};
use std::collections::BTreeSet;

/// Says of the first one what to do. What a reference names may be gone: the id that it gave is not doubted for that.
pub fn overruled(shape: &Shape, object: &Managed, lookup: &dyn Lookup, may: &Permission) -> Option<String> {
    let own = object.metadata.namespace.as_str();
    shape.fields.iter().find_map(|field| {
        let kind = field.options.r#ref.as_deref().filter(|_| field.options.yields == Yields::ExternalName)?;
        let names = Siblings::of(&field.name, matches!(field.node, Node::List(_)));
        let fields = &object.spec.for_provider;
        let references: Vec<Reference> = one_or_many(fields.get(&names.reference));
        let id = |reference: &Reference| {
            let namespace = reference.namespace.as_deref().unwrap_or(own);
            let seen = Some(namespace).filter(|namespace| *namespace == own || may(namespace))?;
            lookup.external_name(kind, seen, &reference.name)
        };
        let named: BTreeSet<_> = references.iter().map(id).collect::<Option<_>>()?;
        let held = one_or_many(Some(fields.get(&field.name)?)).into_iter().collect();
        (!named.is_empty() && named != held).then(|| said(field, &names.reference))
    })
}

fn said(field: &Field, reference: &str) -> String {
    let name = &field.name;
    let then = match field.options.immutable {
        true => ", and can't be changed".to_owned(),
        false => format!("; remove {name}, or set policy.resolve: Always"),
    };
    format!("{reference} has no effect: {name} is set already, to another id than the reference names{then}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    struct World;

    impl Lookup for World {
        fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Managed> {
            let id = if name == "new" { "" } else { name };
            let there = kind == "network.Network" && name != "gone";
            let metadata = json!({"name": name, "namespace": namespace,
                "annotations": {"crossplane.io/external-name": id}});
            there.then(|| serde_json::from_value(json!({ "metadata": metadata })).unwrap())
        }
        fn list(&self, _: &str, _: &str) -> Vec<Managed> {
            vec![]
        }
    }

    fn overrules(for_provider: Value) -> Option<String> {
        let id = json!({"type": "string", "x-os": {"ref": "network.Network", "immutable": true}});
        let ids = json!({"type": "array", "items": {"type": "string"}, "x-os": {"ref": "network.Network"}});
        let shape = Shape::of(&json!({"properties": {"networkId": id, "peerIds": ids}})).unwrap();
        let object = json!({"metadata": {"namespace": "a"}, "spec": {"forProvider": for_provider}});
        overruled(&shape, &serde_json::from_value(object).unwrap(), &World, &|other| other == "b")
    }

    #[test]
    fn ref_1_a_reference_beside_another_id_than_it_names_is_said_to_have_no_effect() {
        let why = overrules(json!({"networkId": "x", "networkIdRef": {"name": "y"}})).unwrap();
        assert_eq!(
            why,
            "networkIdRef has no effect: networkId is set already, to another id than the reference names, and can't be changed"
        );
        let fewer = json!({"peerIds": ["x", "y"], "peerIdRefs": [{"name": "y"}]});
        assert!(overrules(fewer).unwrap().ends_with("; remove peerIds, or set policy.resolve: Always"));
        let elsewhere = json!({"networkId": "x", "networkIdRef": {"name": "y", "namespace": "b"}});
        assert!(overrules(elsewhere).is_some());
    }

    #[test]
    fn what_gave_its_id_or_gives_none_or_may_not_be_seen_is_passed_over() {
        for fields in [
            json!({"networkId": "x", "networkIdRef": {"name": "x"}}),
            json!({"peerIds": ["y", "x"], "peerIdRefs": [{"name": "x"}, {"name": "y"}]}),
            json!({"networkId": "x", "networkIdRef": {"name": "gone"}}),
            json!({"networkId": "x", "networkIdRef": {"name": "new"}}),
            json!({"networkId": "x", "networkIdRef": {"name": "y", "namespace": "c"}}),
            json!({"networkIdRef": {"name": "y"}}),
            json!({"networkId": "x", "peerIds": [], "peerIdRefs": []}),
        ] {
            assert_eq!(overrules(fields.clone()), None, "{fields}");
        }
    }
}
