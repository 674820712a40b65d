use crate::{
    api::field::FieldOptions,
    kind::{
        any::AnyKind,
        shape::{Node, Shape},
    },
    kinds::KINDS,
};
use std::collections::BTreeSet;

/// A service's fields that hold ids, against its lists of those that can't be given by reference.
pub fn check(kinds: &[Box<dyn AnyKind>], to_come: &[(&str, &str)], no_reference: &[(&str, &str)]) {
    let mut found = BTreeSet::new();
    for kind in kinds {
        without_reference(kind.id(), &kind.shapes().unwrap().params, &mut found);
    }
    let listed = to_come.iter().chain(no_reference).map(|(field, _)| (*field).to_owned());
    assert_eq!(found, listed.collect(), "left: without a reference, right: listed as such");
    for (field, kind) in to_come {
        assert!(KINDS.iter().all(|known| known.id() != *kind), "{field} can refer to {kind} now");
    }
}

fn without_reference(at: &str, shape: &Shape, found: &mut BTreeSet<String>) {
    for field in &shape.fields {
        let at = format!("{at}.{}", field.name);
        let id = field.name.ends_with("Id") || field.name.ends_with("Ids");
        if id && field.options.r#ref.is_none() {
            found.insert(at.clone());
        }
        let node = if let Node::List(items) = &field.node { items } else { &field.node };
        if let Node::Object(shape) = node {
            without_reference(&at, shape, found);
        }
    }
}

#[test]
fn every_annotation_can_be_read_and_every_reference_leads_to_a_kind() {
    fn check(kind: &str, shape: &Shape) {
        for field in &shape.fields {
            let FieldOptions { r#ref: Some(target), .. } = &field.options else { continue };
            assert!(KINDS.iter().any(|k| k.id() == target), "{kind}.{}: no kind {target}", field.name);
        }
    }
    for kind in KINDS.iter() {
        check(kind.id(), &kind.shapes().unwrap().params);
    }
}
