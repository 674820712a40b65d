//! What the documents say of the code is true: files and functions that they name exist, tables are those of the tests.

use super::layers::{ROOMS, WINGS};
use crate::world::checkout;
use kupenstack::kinds::KINDS;
use std::{fs, path::PathBuf};

const DOCUMENTS: [&str; 4] = ["README.md", "src/README.md", "src/runtime/CONTRACT.md", "package/README.md"];
const WALK: &str = "## From a watch event to a status write";

fn document(name: &str) -> String {
    fs::read_to_string(checkout().join(name)).unwrap()
}

/// What stands between backticks, outside of blocks of code.
fn code(text: &str) -> Vec<&str> {
    let blocks = text.split("```").step_by(2);
    blocks.flat_map(|block| block.split('`').skip(1).step_by(2)).collect()
}

/// Where links lead within the repository.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with('#')).collect()
}

/// Is this a path in the repository, whole or from `src/` or `src/runtime/` on? Names of Kubernetes have a dot in their first part.
fn is_path(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "_./-".contains(c));
    let folders = ["src", "tests", "package", "examples", "crds"];
    let rooms = || ROOMS.iter().chain(WINGS).map(|(name, _)| name.rsplit('/').next().unwrap_or_default());
    let first = word.split_once('/').map(|(first, _)| first);
    plain && first.is_some_and(|first| folders.contains(&first) || rooms().any(|room| room == first))
}

fn file(path: &str) -> Option<PathBuf> {
    let bases = ["", "src", "src/runtime"].map(|base| checkout().join(base).join(path));
    bases.into_iter().find(|path| path.exists())
}

/// Rows of the first table after a line: cells, without frame.
fn table<'a>(text: &'a str, after: &str) -> Vec<Vec<&'a str>> {
    let (_, rest) = text.split_once(after).unwrap_or_else(|| panic!("{after:?} is missing"));
    let rows =
        rest.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    rows.skip(2).map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

#[test]
fn files_that_documents_name_exist() {
    let mut missing = vec![];
    for name in DOCUMENTS {
        let text = document(name);
        let folder = checkout().join(name).parent().unwrap().to_owned();
        let named = code(&text).into_iter().filter(|word| is_path(word) && file(word).is_none());
        let linked = links(&text).into_iter().filter(|link| !folder.join(link).exists());
        missing.extend(named.chain(linked).map(|path| format!("{name}: {path}")));
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// All pages of a folder and of those in it.
fn pages(folder: PathBuf, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(path, found);
        } else if path.extension().is_some_and(|end| end == "md") {
            found.push(path);
        }
    }
}

#[test]
fn pages_of_the_packages_lead_to_files_that_exist() {
    let (mut all, mut missing) = (vec![], vec![]);
    pages(checkout().join("package"), &mut all);
    for page in &all {
        let (text, folder) = (fs::read_to_string(page).unwrap(), page.parent().unwrap());
        let place = |link: &str| link.split('#').next().unwrap_or_default().to_owned();
        let broken = links(&text).into_iter().map(place).filter(|link| !folder.join(link).exists());
        missing.extend(broken.map(|link| format!("{}: {link}", page.display())));
    }
    assert!(all.len() > 30, "{all:?}");
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_walk_leads_through_functions_that_exist() {
    let text = document("src/README.md");
    let rows = table(&text, WALK);
    assert!(rows.len() > 5, "{rows:?}");
    for row in rows {
        let [functions, place, _] = row[..] else { panic!("{row:?}") };
        let source = fs::read_to_string(file(place.trim_matches('`')).unwrap()).unwrap();
        for name in code(functions) {
            let defined = ["(", "<"].iter().any(|end| source.contains(&format!("fn {name}{end}")));
            assert!(defined, "{place} has no function {name}");
        }
    }
}

#[test]
fn the_tables_of_rooms_and_wings_are_those_of_the_test() {
    let text = document("src/README.md");
    let rooms: Vec<_> =
        table(&text, "## Floors").iter().map(|row| (row[0].to_owned(), row[2].to_owned())).collect();
    let cell = |names: &[&str]| match names {
        [] => "–".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    let wanted: Vec<_> = ROOMS.iter().map(|(room, may)| (format!("`{room}`"), cell(may))).collect();
    let told = |(room, may): &(String, String)| match may.as_str() {
        "everything" => (room.clone(), "–".to_owned()),
        may => (room.clone(), may.to_owned()),
    };
    assert_eq!(rooms.iter().map(told).collect::<Vec<_>>(), wanted);
    let wings = WINGS.iter().filter(|(wing, _)| wing.starts_with("runtime/"));
    let short = |wing: &str| wing.trim_start_matches("runtime/").to_owned();
    let wings: Vec<(String, Vec<String>)> =
        wings.map(|(wing, may)| (short(wing), may.iter().map(|wing| short(wing)).collect())).collect();
    for (row, (wing, may)) in table(&text, "Wings of `runtime`:").iter().zip(&wings) {
        let above: Vec<&str> =
            wings.iter().map(|(wing, _)| wing.as_str()).take_while(|other| other != wing).collect();
        let may: Vec<&str> = may.iter().map(String::as_str).collect();
        let wanted = if may == above && above.len() > 3 { "all of these".to_owned() } else { cell(&may) };
        assert_eq!((row[0], row[2]), (format!("`{wing}`").as_str(), wanted.as_str()));
    }
    assert_eq!(table(&text, "Wings of `runtime`:").len(), wings.len());
}

#[test]
fn the_number_of_kinds_is_that_of_the_registry() {
    let text = document("README.md");
    assert!(text.contains(&format!("\n- {} kinds so far", KINDS.len())), "there are {} kinds", KINDS.len());
}

#[test]
fn code_links_and_tables_are_read_out_of_a_document() {
    let text = "A `src/a.rs` and [b](b.md), [c](https://c).\n```\n`no`\n```\n`kupenstack.io/x`\n## T\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    assert_eq!(code(text), ["src/a.rs", "kupenstack.io/x"]);
    assert_eq!(links(text), ["b.md"]);
    assert_eq!(table(text, "## T"), [["1", "2"]]);
    assert!(
        is_path("src/a.rs")
            && is_path("runtime/a.rs")
            && !is_path("kupenstack.io/x")
            && !is_path("src/<kind>.rs")
    );
}
