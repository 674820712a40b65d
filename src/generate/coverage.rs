//! What there is of OpenStack: a page that counts, and lists what is not there.

mod table;
pub(super) mod terraform;
mod tested;
mod unmodelled;

pub use tested::{Tested, tested};
pub use unmodelled::{NO_SCHEMA, Row, UNMODELLED};

use super::error::Error;
use crate::kind::{any::AnyKind, provider::Provider};
use std::collections::BTreeSet;
use table::Sum;

/// Where the page lies below the documentation.
pub(super) const PAGE: &str = "coverage.md";

const INTRODUCTION: &str = "\
# Coverage

What there is of OpenStack's services, and what is not. All of it is generated from the kinds and from lists that tests compare with the
services.

## Kinds

- fields: those of `spec.forProvider`. A field, its reference and its selector count as one.
- values: the same, where a field with fields of its own counts as many as it has. A list counts as one of its items, a map as one.
- fixed: fields that can't be changed once they are set.
- microversion: the oldest that serves all but some fields, and up to which these raise it.
- tested with: what the table of conformance runs in. Where it says the rig's driver, the service is real, and its objects become ready by a
  driver of the tests' own: there is no hypervisor, switch or disk below. All kinds are tested in the simulator as well.
";

/// The page.
///
/// # Errors
/// An annotation in a kind's file can't be read.
pub(super) fn page(provider: &Provider) -> Result<String, Error> {
    let kinds: Vec<&dyn AnyKind> = provider.kinds.iter().map(AsRef::as_ref).collect();
    let (mut page, mut all) = (INTRODUCTION.to_owned(), Sum::default());
    for group in kinds.iter().map(|kind| kind.info().group).collect::<BTreeSet<_>>() {
        let own: Vec<_> = kinds.iter().copied().filter(|kind| kind.info().group == group).collect();
        let (table, sum) = table::of_service(group, &own)?;
        page.push_str(&table);
        all.add(sum);
    }
    page.push_str("\n### All\n\n| | | fields | values | fixed | | connection secret | | tested with |\n");
    page.push_str("|---|---|---|---|---|---|---|---|---|\n");
    page.push_str(&all.row("all services"));
    page.push_str(&terraform::section(&kinds));
    page.push_str(&unmodelled::section(&kinds));
    Ok(page)
}
