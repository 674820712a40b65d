//! The plan of the house as a test: which room of `src/` may use which, which wing within a room, and that no files use
//! each other in a circle. Tests may look at everything, so they are left out.

mod circles;
mod house;
mod reader;
mod sizes;

use crate::world::checkout;
use circles::arrows_on_circles;
use house::{Arrow, House};
use std::{collections::BTreeSet, fs, sync::LazyLock};

/// Every room of `src/`, and what it may use.
pub const ROOMS: &[(&str, &[&str])] = &[
    ("api", &[]),
    ("xpkg", &["api"]),
    ("kind", &["api"]),
    ("source", &["kind"]),
    ("release", &["kind", "api"]),
    ("node", &["kind", "api"]),
    ("components", &["release", "node", "kind", "api"]),
    ("kinds", &["kind", "api"]),
    ("kubernetes", &["release", "node", "source", "kind"]),
    ("openstack", &["kind", "source"]),
    ("runtime", &["kind", "api"]),
    // Tests only, so what it uses is not looked at.
    ("simulation", &[]),
    ("profile", &["components", "node", "api"]),
    ("function", &["profile", "api"]),
    ("generate", &["api", "kind", "kinds", "components", "xpkg", "profile"]),
    (
        "cli",
        &[
            "api",
            "kind",
            "kinds",
            "source",
            "openstack",
            "components",
            "kubernetes",
            "runtime",
            "xpkg",
            "generate",
            "function",
        ],
    ),
];

/// Wings of the rooms that have some, and what of their room they may use. The first row of each room is its own files.
pub const WINGS: &[(&str, &[&str])] = &[
    ("kind", &["kind/diff", "kind/request", "kind/rest"]),
    ("kind/diff", &["kind"]),
    ("kind/import", &["kind"]),
    ("kind/request", &["kind"]),
    ("kind/rest", &["kind", "kind/request"]),
    (
        "runtime",
        &[
            "runtime/base",
            "runtime/plan",
            "runtime/index",
            "runtime/telemetry",
            "runtime/apiserver",
            "runtime/secrets",
            "runtime/provider_config",
            "runtime/managed",
        ],
    ),
    ("runtime/base", &[]),
    ("runtime/plan", &["runtime/base"]),
    ("runtime/index", &["runtime/base", "runtime/plan"]),
    ("runtime/telemetry", &["runtime/base", "runtime/index"]),
    ("runtime/apiserver", &["runtime/base", "runtime/plan", "runtime/telemetry"]),
    ("runtime/secrets", &["runtime/base", "runtime/plan", "runtime/telemetry", "runtime/apiserver"]),
    ("runtime/provider_config", &["runtime/base", "runtime/plan", "runtime/telemetry", "runtime/apiserver"]),
    (
        "runtime/managed",
        &[
            "runtime/base",
            "runtime/plan",
            "runtime/index",
            "runtime/telemetry",
            "runtime/apiserver",
            "runtime/secrets",
            "runtime/provider_config",
        ],
    ),
];

static ARROWS: LazyLock<BTreeSet<Arrow>> = LazyLock::new(|| House::of(&checkout().join("src")).arrows());

/// The room that a file is in.
fn room(file: &str) -> &str {
    file.split('/').next().unwrap_or_default()
}

/// The row of the wings that a file belongs to; none in a room without wings.
fn wing(file: &str) -> Option<&'static str> {
    let rows = WINGS.iter().map(|(wing, _)| *wing);
    rows.filter(|wing| file.starts_with(&format!("{wing}/"))).max_by_key(|wing| wing.len())
}

/// Does an arrow lead where the tables do not allow it?
fn leads_up((from, to): &Arrow) -> bool {
    let may = |rows: &[(&str, &[&str])], from: &str, to: &str| {
        from == to || rows.iter().any(|(name, may)| *name == from && may.contains(&to))
    };
    if room(from) != room(to) {
        return !may(ROOMS, room(from), room(to));
    }
    match (wing(from), wing(to)) {
        (Some(from), Some(to)) => !may(WINGS, from, to),
        _ => service(from).is_some_and(|from| service(to).is_some_and(|to| from != to)),
    }
}

/// The service that a kind's file belongs to.
fn service(file: &str) -> Option<&str> {
    file.strip_prefix("kinds/")?.split_once('/').map(|(service, _)| service)
}

fn text<'a>(arrows: impl IntoIterator<Item = &'a Arrow>) -> Vec<String> {
    arrows.into_iter().map(|(from, to)| format!("{from} uses {to}")).collect()
}

#[test]
fn rooms_wings_and_services_are_used_in_one_direction_only() {
    assert_eq!(text(ARROWS.iter().filter(|arrow| leads_up(arrow))), Vec::<String>::new());
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    assert_eq!(text(&arrows_on_circles(&ARROWS)), Vec::<String>::new());
}

#[test]
fn every_folder_has_a_row() {
    let folders = |of: &str| -> Vec<String> {
        let entries = fs::read_dir(checkout().join("src").join(of)).unwrap().map(Result::unwrap);
        let folders = entries.filter(|entry| entry.path().is_dir());
        folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    let rooms = folders("");
    assert!(rooms.iter().all(|room| ROOMS.iter().any(|(name, _)| name == room)), "{rooms:?}");
    for winged in ["runtime", "kind"] {
        for wing in folders(winged).iter().filter(|wing| !["tests", "testing"].contains(&wing.as_str())) {
            let wing = format!("{winged}/{wing}");
            assert!(WINGS.iter().any(|(name, _)| *name == wing), "{wing} is in no row");
        }
    }
    let rows = ROOMS.iter().chain(WINGS).map(|(folder, _)| checkout().join("src").join(folder));
    assert_eq!(rows.filter(|folder| !folder.is_dir()).collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn an_arrow_that_leads_up_is_found_between_rooms_wings_and_services() {
    let up = |from: &str, to: &str| leads_up(&(from.to_owned(), to.to_owned()));
    assert!(up("kind/diff.rs", "runtime/mod.rs") && !up("runtime/mod.rs", "kind/diff.rs"));
    assert!(up("runtime/base/queue.rs", "runtime/index/mod.rs"));
    assert!(
        up("runtime/managed/workers.rs", "runtime/settings.rs")
            && !up("runtime/mod.rs", "runtime/managed/workers.rs")
    );
    assert!(up("kind/request/mod.rs", "kind/rest/mod.rs") && !up("kind/rest/mod.rs", "kind/request/mod.rs"));
    assert!(
        up("kinds/network/port.rs", "kinds/compute/server.rs")
            && !up("kinds/network/port.rs", "kinds/hints.rs")
    );
}

#[test]
fn a_circle_and_a_step_up_are_found_in_the_text_of_files() {
    let files = [
        ("lib.rs", "mod kind; mod runtime;"),
        ("kind/mod.rs", "mod a; mod b; use crate::runtime::Run;"),
        ("kind/a.rs", "use super::b::B; pub struct A;"),
        ("kind/b.rs", "pub struct B; impl B { fn a(&self) -> super::a::A { super::a::A } }"),
        ("runtime/mod.rs", "pub struct Run;"),
    ];
    let open = |file: &str| files.iter().find(|(name, _)| *name == file).map(|(_, text)| (*text).to_owned());
    let arrows = House::read(&open).arrows();
    assert_eq!(text(arrows.iter().filter(|arrow| leads_up(arrow))), ["kind/mod.rs uses runtime/mod.rs"]);
    let circle = ["kind/a.rs uses kind/b.rs", "kind/b.rs uses kind/a.rs"];
    assert_eq!(text(&arrows_on_circles(&arrows)), circle);
}
