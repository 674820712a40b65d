//! Every requirement in `src/runtime/CONTRACT.md` has a test whose name carries its id, or a line there that says why not.
//! An id in both, or in neither, fails; and what comments say of the contract stands in it.

use crate::world::checkout;
use std::{collections::BTreeSet, fs, path::Path};

const CONTRACT: &str = "src/runtime/CONTRACT.md";
const UNTESTED: &str = "## 8 Requirements without a test of their own";

/// The requirements of the contract, and those that it says to be without a test.
struct Contract {
    text: String,
    required: BTreeSet<String>,
    untested: BTreeSet<String>,
}

impl Contract {
    fn read() -> Self {
        let text = fs::read_to_string(checkout().join(CONTRACT)).unwrap();
        let (requirements, untested) = text.split_once(UNTESTED).unwrap();
        let (required, untested) = (ids(requirements), ids(untested));
        Self { text, required, untested }
    }

    /// `RBAC` of `RBAC-6`.
    fn areas(&self) -> BTreeSet<&str> {
        self.required.iter().filter_map(|id| id.split_once('-')).map(|(area, _)| area).collect()
    }
}

/// The ids that rows of tables begin with.
fn ids(text: &str) -> BTreeSet<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    cells.filter(|cell| is_id(cell)).map(str::to_owned).collect()
}

fn is_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(area, number)| {
        !area.is_empty() && area.chars().all(|c| c.is_ascii_uppercase()) && number.parse::<u32>().is_ok()
    })
}

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

fn all_sources() -> String {
    let mut text = String::new();
    ["src", "tests"].iter().for_each(|folder| sources(&checkout().join(folder), &mut text));
    text
}

/// `ref_1_and_2_a_value…` carries REF-1 and REF-2.
fn carried(name: &str, areas: &BTreeSet<&str>) -> Vec<String> {
    let words: Vec<_> = name.split('_').collect();
    let mut ids = vec![];
    for area in areas {
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

/// Every id of these areas that stands somewhere in a text.
fn named(text: &str, areas: &BTreeSet<&str>) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').filter(|word| is_id(word));
    words
        .filter(|id| id.split_once('-').is_some_and(|(area, _)| areas.contains(area)))
        .map(str::to_owned)
        .collect()
}

/// `4.4` of `contract §4.4`.
fn sections(text: &str) -> BTreeSet<String> {
    let after = text.split('§').skip(1);
    let number =
        |rest: &str| rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect::<String>();
    after
        .map(|rest| number(rest).trim_end_matches('.').to_owned())
        .filter(|number| !number.is_empty())
        .collect()
}

#[test]
fn every_requirement_is_tested_or_explained() {
    let contract = Contract::read();
    let (text, areas) = (all_sources(), contract.areas());
    let mut tested = BTreeSet::new();
    for part in text.split("test]\n").skip(1).chain(text.split("start_paused = true)]\n").skip(1)) {
        let name = part.split("fn ").nth(1).and_then(|rest| rest.split('(').next()).unwrap_or_default();
        tested.extend(carried(name, &areas));
    }
    let lacking: Vec<_> = contract
        .required
        .iter()
        .filter(|id| !tested.contains(*id) && !contract.untested.contains(*id))
        .collect();
    assert!(lacking.is_empty(), "neither tested nor explained: {lacking:?}");
    let both: Vec<_> = contract.untested.intersection(&tested).collect();
    assert!(both.is_empty(), "tested, so its line can go: {both:?}");
    let unknown: Vec<_> =
        contract.untested.union(&tested).filter(|id| !contract.required.contains(*id)).collect();
    assert!(unknown.is_empty(), "not in the contract: {unknown:?}");
}

#[test]
fn ids_and_sections_in_comments_stand_in_the_contract() {
    let contract = Contract::read();
    let text = all_sources();
    let unknown: Vec<_> = named(&text, &contract.areas()).difference(&contract.required).cloned().collect();
    assert!(unknown.is_empty(), "not in the contract: {unknown:?}");
    let heading = |number: &str| {
        ["## ", "### "].iter().any(|marks| contract.text.contains(&format!("\n{marks}{number} ")))
    };
    let both = sections(&text).into_iter().chain(sections(&contract.text));
    let missing: Vec<_> = both.filter(|number| !heading(number)).collect();
    assert!(missing.is_empty(), "no such section: {missing:?}");
}

#[test]
fn rows_in_comments_stand_in_the_table_of_states() {
    let contract = Contract::read();
    let (_, states) = contract.text.split_once("### 2.3 States").unwrap();
    let cells = states.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next());
    let rows: BTreeSet<&str> = cells.filter(|cell| cell.starts_with(|c: char| c.is_ascii_digit())).collect();
    let mut plan = String::new();
    sources(&checkout().join("src/runtime/plan"), &mut plan);
    let comments = plan
        .lines()
        .filter_map(|line| line.split_once("; // ").or(line.split_once(", // "))?.1.split([' ', ',']).next());
    let numbers: BTreeSet<&str> =
        comments.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).collect();
    assert!(numbers.len() > 5, "{numbers:?}");
    // 16.2 is a step of row 16.
    let missing: Vec<_> = numbers
        .iter()
        .filter(|number| !rows.contains(number.split('.').next().unwrap_or_default()))
        .collect();
    assert!(missing.is_empty(), "no such row: {missing:?}");
}

#[test]
fn a_name_carries_its_ids() {
    let areas = BTreeSet::from(["REF", "RT"]);
    assert_eq!(carried("ref_1_and_2_a_value_that_is_there_stays", &areas), ["REF-1", "REF-2"]);
    assert_eq!(carried("a_name_without_ids_of_rt", &areas), Vec::<String>::new());
}

#[test]
fn ids_and_sections_are_found_in_text() {
    assert_eq!(
        ids("| id | what |\n|---|---|\n| MR-1 | one |\n| row | 2 |"),
        BTreeSet::from(["MR-1".to_owned()])
    );
    let text = "// REF-2 (SHA-256, RT-x); contract §4.4. Style §3";
    assert_eq!(named(text, &BTreeSet::from(["REF", "RT"])), BTreeSet::from(["REF-2".to_owned()]));
    assert_eq!(sections(text), BTreeSet::from(["3".to_owned(), "4.4".to_owned()]));
}
