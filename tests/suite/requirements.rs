//! Every requirement of Crossplane's contract has a test whose name carries its id, or a line in `src/README.md` that says
//! why not. An id in both, or in neither, fails.

use crate::world::checkout;
use std::{collections::BTreeSet, fs, path::Path};

/// Areas of the contract, and how many requirements each has.
const AREAS: [(&str, u32); 13] = [
    ("MR", 13),
    ("REC", 5),
    ("EXT", 6),
    ("SEC", 7),
    ("REF", 11),
    ("PC", 11),
    ("GATE", 8),
    ("CON", 4),
    ("NAM", 3),
    ("INI", 5),
    ("RT", 6),
    ("RUN", 7),
    ("RBAC", 6),
];

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests/rig") {
            sources(&path, text);
        } else if path.extension().is_some_and(|end| end == "rs") {
            *text += &fs::read_to_string(&path).unwrap();
        }
    }
}

/// `ref_1_and_2_a_value…` carries REF-1 and REF-2.
fn carried(name: &str) -> Vec<String> {
    let words: Vec<_> = name.split('_').collect();
    let mut ids = vec![];
    for (area, _) in AREAS {
        for at in (0..words.len()).filter(|at| words[*at] == area.to_lowercase()) {
            let numbers = words[at + 1..]
                .iter()
                .filter(|word| **word != "and")
                .map_while(|word| word.parse::<u32>().ok());
            ids.extend(numbers.map(|number| format!("{area}-{number}")));
        }
    }
    ids
}

#[test]
fn every_requirement_is_tested_or_explained() {
    let mut text = String::new();
    ["src", "tests"].iter().for_each(|folder| sources(&checkout().join(folder), &mut text));
    let mut tested = BTreeSet::new();
    for part in text.split("test]\n").skip(1).chain(text.split("start_paused = true)]\n").skip(1)) {
        let name = part.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
        tested.extend(carried(name));
    }
    let readme = fs::read_to_string(checkout().join("src/README.md")).unwrap();
    let (_, table) = readme.split_once("## Requirements without a test of their own").unwrap();
    let explained: BTreeSet<String> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next().map(str::to_owned))
        .collect();
    let all =
        AREAS.iter().flat_map(|(area, count)| (1..=*count).map(move |number| format!("{area}-{number}")));
    let neither: Vec<_> = all.filter(|id| !tested.contains(id) && !explained.contains(id)).collect();
    assert!(neither.is_empty(), "neither tested nor explained: {neither:?}");
    let both: Vec<_> = explained.intersection(&tested).collect();
    assert!(both.is_empty(), "tested, so its line can go: {both:?}");
}

#[test]
fn a_name_carries_its_ids() {
    assert_eq!(carried("ref_1_and_2_a_value_that_is_there_stays"), ["REF-1", "REF-2"]);
    assert_eq!(carried("a_name_without_ids_of_rt"), Vec::<String>::new());
}
