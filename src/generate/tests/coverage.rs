//! The page of coverage: what it is made from is neither stale nor made up.

use crate::{
    generate::{
        coverage::{
            NO_SCHEMA, PAGE, UNMODELLED,
            terraform::{Covered, resources},
        },
        docs,
    },
    kind::any::AnyKind,
    kinds::KINDS,
};
use std::{collections::BTreeSet, path::Path};

fn known(id: &str) -> Option<&'static dyn AnyKind> {
    KINDS.iter().find(|kind| kind.id() == id).map(AsRef::as_ref)
}

#[test]
fn every_resource_of_terraform_is_there_once() {
    let names: Vec<_> = resources().map(|resource| resource.name).collect();
    assert_eq!(names.len(), 109, "as of version 3.4.0 and the changes after it");
    assert!(names.is_sorted());
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let version = |name: &str| ["_v1", "_v2", "_v3"].iter().any(|version| name.ends_with(version));
    assert!(names.iter().all(|name| version(name)), "{names:?}");
}

#[test]
fn a_kind_beside_a_resource_is_here_or_said_to_come_and_never_both() {
    let frozen: BTreeSet<_> = include_str!("../names.txt")
        .lines()
        .filter_map(|line| line.split_once(".kupenstack.io "))
        .map(|(service, names)| format!("{service}.{}", names.split(' ').next().unwrap()))
        .collect();
    for resource in resources() {
        let (name, id, kind) = (resource.name, resource.kind, known(resource.kind));
        match resource.covered {
            Covered::Whole => assert!(kind.is_some(), "terraform.txt: {name}: no kind {id}: add `later`"),
            Covered::By(field) => {
                let shapes = kind.unwrap_or_else(|| panic!("{name}: no kind {id}")).shapes().unwrap();
                assert!(shapes.params.field(field).is_some(), "{name}: {id} has no {field}");
            }
            Covered::Later => {
                assert!(kind.is_none(), "terraform.txt: {name}: {id} is here: take `later` away");
            }
        }
        assert!(frozen.contains(id), "{name}: {id} is not in names.txt");
    }
}

#[test]
fn what_is_not_modelled_is_said_of_kinds_that_there_are() {
    for (kind, field, reason) in UNMODELLED {
        let there = match kind.strip_suffix('*') {
            Some(start) => KINDS.iter().any(|kind| kind.id().starts_with(start)),
            None => known(kind).is_some(),
        };
        assert!(there && !reason.is_empty(), "{kind} {field}");
    }
    assert!(NO_SCHEMA.iter().all(|(kind, _)| known(kind).is_some()), "{NO_SCHEMA:?}");
}

/// The cells of the rows of a page that begin so.
fn rows(page: &str, start: &str) -> Vec<Vec<String>> {
    let rows = page.lines().filter(|line| line.starts_with(start));
    rows.map(|row| {
        row.trim_matches('|').split(" | ").map(|cell| cell.trim_matches(['|', ' ']).to_owned()).collect()
    })
    .collect()
}

#[test]
fn the_numbers_are_those_of_the_kinds_own_pages() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("package/docs");
    let page = std::fs::read_to_string(docs.join(PAGE)).unwrap();
    let mut sums = [0, 0, 0];
    for kind in KINDS.iter() {
        let (info, path) = (kind.info(), docs::path(kind.info()));
        let text = std::fs::read_to_string(docs.join(&path)).unwrap();
        let parameters = text.split("## spec.forProvider").nth(1).unwrap().split("\n## ").next().unwrap();
        let fields: Vec<_> = rows(parameters, "| `").into_iter().map(|row| (row[0].clone(), row)).collect();
        let name = |field: &str| field.trim_matches('`').to_owned();
        let inside = |field: &str| {
            let starts = [format!("`{}.", name(field)), format!("`{}[].", name(field))];
            fields.iter().any(|(other, _)| starts.iter().any(|start| other.starts_with(start)))
        };
        let top: Vec<_> = fields.iter().filter(|(field, _)| !field.contains('.')).collect();
        let fixed = |row: &[String]| row[row.len() - 4].starts_with("yes");
        let wanted = [
            top.len(),
            fields.iter().filter(|(field, _)| !inside(field)).count(),
            top.iter().filter(|(_, row)| fixed(row)).count(),
        ];
        let told = rows(&page, &format!("| [{}]({path}) | [{}]", info.kind, info.service.project));
        let [told] = &told[..] else { panic!("{}: {told:?}", kind.id()) };
        let told: Vec<usize> = told[2..5].iter().map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(told, wanted, "{}", kind.id());
        sums.iter_mut().zip(wanted).for_each(|(sum, more)| *sum += more);
    }
    let all = rows(&page, "| **all services: ");
    assert_eq!(all[0][1..4], sums.map(|sum| sum.to_string()));
    assert!(all[0][0].contains(&format!(" {} kinds", KINDS.len())), "{all:?}");
}
