//! The tables of kinds, one a service.

use super::tested::{Tested, tested};
use crate::{
    generate::{docs, error::Error},
    kind::{
        Info,
        any::AnyKind,
        request::Microversion,
        shape::{Field, Node, Shape},
    },
};
use std::{collections::BTreeSet, fmt::Write as _};

const HEAD: &str = "\
| kind | API | fields | values | fixed | external-name | connection secret | microversion | tested with |
|---|---|---|---|---|---|---|---|---|
";

/// A row, or the sum of some.
#[derive(Default)]
pub(super) struct Sum {
    kinds: usize,
    fields: usize,
    values: usize,
    fixed: usize,
    keys: usize,
    tested: Vec<Tested>,
}

impl Sum {
    fn of(kind: &dyn AnyKind, params: &Shape) -> Self {
        Self {
            kinds: 1,
            fields: params.fields.len(),
            values: params.fields.iter().map(values).sum(),
            fixed: params.fields.iter().filter(|field| field.options.immutable).count(),
            keys: kind.info().connection.len(),
            tested: vec![tested(kind.id())],
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.kinds += other.kinds;
        self.fields += other.fields;
        self.values += other.values;
        self.fixed += other.fixed;
        self.keys += other.keys;
        self.tested.extend(other.tested);
    }

    /// The last row of a table.
    pub(super) fn row(&self, of: &str) -> String {
        let many = |tested: Tested| {
            let count = self.tested.iter().filter(|other| **other == tested).count();
            (count > 0).then(|| format!("{}: {count}", tested.words()))
        };
        let told: BTreeSet<_> = self.tested.iter().copied().collect();
        let told: Vec<_> = told.into_iter().filter_map(many).collect();
        format!(
            "| **{of}: {} kinds** | | {} | {} | {} | | {} keys | | {} |\n",
            self.kinds,
            self.fields,
            self.values,
            self.fixed,
            self.keys,
            told.join("; ")
        )
    }
}

/// How many values a field takes: those of its own, or those of the fields inside.
fn values(field: &Field) -> usize {
    let node = if let Node::List(items) = &field.node { items } else { &field.node };
    match node {
        Node::Object(shape) => shape.fields.iter().map(values).sum(),
        Node::Leaf | Node::Map | Node::List(_) => 1,
    }
}

/// The highest microversion that a field needs.
fn highest(shape: &Shape) -> Option<Microversion> {
    let of_field = |field: &Field| {
        let node = if let Node::List(items) = &field.node { items } else { &field.node };
        let inside = if let Node::Object(shape) = node { highest(shape) } else { None };
        field.options.since.as_deref().and_then(Microversion::read).max(inside)
    };
    shape.fields.iter().filter_map(of_field).max()
}

/// The table of one service, and its sum.
///
/// # Errors
/// An annotation in a kind's file can't be read.
pub(super) fn of_service(service: &str, kinds: &[&dyn AnyKind]) -> Result<(String, Sum), Error> {
    let (mut table, mut sum) = (format!("\n### {service}\n\n{HEAD}"), Sum::default());
    for kind in kinds {
        let failed = |source| Error::Kind { kind: kind.id().to_owned(), source };
        let (info, params) = (kind.info(), &kind.shapes().map_err(failed)?.params);
        let one = Sum::of(*kind, params);
        let keys: Vec<_> = info.connection.iter().map(|key| format!("`{key}`")).collect();
        // Writing to a String does not fail.
        let _ = writeln!(
            table,
            "| {} | [{}]({}) | {} | {} | {} | {} | {} | {} | {} |",
            link(info),
            info.service.project,
            info.docs,
            one.fields,
            one.values,
            one.fixed,
            docs::code(info.external_name),
            keys.join(", "),
            microversion(info, highest(params)),
            tested(kind.id()).words(),
        );
        sum.add(one);
    }
    table.push_str(&sum.row(service));
    Ok((table, sum))
}

fn microversion(info: &Info, highest: Option<Microversion>) -> String {
    match (info.microversion, highest) {
        (None, None) => String::new(),
        (Some(floor), None) => floor.to_string(),
        (None, Some(highest)) => format!("up to {highest}"),
        (Some(floor), Some(highest)) => format!("{floor}, up to {highest}"),
    }
}

/// A kind, as a link to its page.
pub(super) fn link(info: &Info) -> String {
    format!("[{}]({})", info.kind, docs::path(info))
}

/// The same of one that is only named.
pub(super) fn link_to(service: &str, kind: &str) -> String {
    format!("[{kind}]({service}/{}.md)", kind.to_lowercase())
}
