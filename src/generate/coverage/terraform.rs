//! Terraform's resources for OpenStack, and what there is here for each. `terraform.txt` has a line a resource: its name without
//! `openstack_`, the kind, and behind it the field that covers it, or `later` while the kind is not there yet.

use super::table;
use crate::kind::any::AnyKind;
use std::{collections::BTreeSet, fmt::Write as _};

/// A line of the file.
#[derive(Clone, Copy, Debug)]
pub(in crate::generate) struct Resource {
    /// Name without `openstack_`.
    pub name: &'static str,
    /// `service.Kind`.
    pub kind: &'static str,
    /// What stands behind the kind.
    pub covered: Covered,
}

/// How a kind covers a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::generate) enum Covered {
    /// It is what the resource is.
    Whole,
    /// This field of it says so.
    By(&'static str),
    /// It is not there yet.
    Later,
}

/// All of them.
pub(in crate::generate) fn resources() -> impl Iterator<Item = Resource> {
    include_str!("terraform.txt").lines().map(|line| {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (name, kind) = (word(), word());
        let covered = match word() {
            "" => Covered::Whole,
            "later" => Covered::Later,
            field => Covered::By(field),
        };
        Resource { name, kind, covered }
    })
}

const INTRODUCTION: &str = "
## Terraform's resources

Every resource of Terraform's provider for OpenStack, as of its version 3.4.0 with some changes after it, and what there is here.

| Terraform | here |
|---|---|
";

/// The section, with the kinds that have no resource.
pub(super) fn section(kinds: &[&dyn AnyKind]) -> String {
    let mut section = INTRODUCTION.to_owned();
    let (mut here, mut later, mut elsewhere) = (0, 0, 0);
    for Resource { name, kind, covered } in resources() {
        let (service, word) = kind.split_once('.').unwrap_or_default();
        let link = || table::link_to(service, word);
        let (cell, count) = match covered {
            Covered::Whole => (link(), &mut here),
            Covered::By(field) => (format!("{}, `{field}`", link()), &mut here),
            Covered::Later if kinds.iter().any(|kind| kind.info().group == service) => {
                (format!("{word}, to come"), &mut later)
            }
            Covered::Later => (format!("{word}, comes with its service, {service}"), &mut elsewhere),
        };
        *count += 1;
        // Writing to a String does not fail.
        let _ = writeln!(section, "| `openstack_{name}` | {cell} |");
    }
    let all = here + later + elsewhere;
    let _ = writeln!(
        section,
        "| **{all} resources** | {here} here, {later} to come, {elsewhere} with services that are to come |"
    );
    let theirs: BTreeSet<_> = resources().map(|resource| resource.kind).collect();
    let beyond: Vec<_> = kinds
        .iter()
        .filter(|kind| !theirs.contains(kind.id()))
        .map(|kind| table::link(kind.info()))
        .collect();
    let _ = writeln!(
        section,
        "\n{} of the kinds have no resource in Terraform: {}.",
        beyond.len(),
        beyond.join(", ")
    );
    section
}
