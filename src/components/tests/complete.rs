use super::{ALL, KINDS, checkout};
use crate::api::schema::closed;
use serde_json::Value;
use std::fs;

fn read(path: &str) -> String {
    fs::read_to_string(checkout().join(path)).unwrap_or_default()
}

/// What a component needs beside its file and its name in the list.
#[test]
fn every_kind_has_its_example_its_name_and_its_page() {
    let folders = ["component", "cluster"].map(|group| checkout().join("examples").join(group));
    let examples = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let examples: Vec<_> = examples.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let (names, generated) = (read("src/generate/names.txt"), "run `cargo run -- generate`");
    let mut missing = vec![];
    for info in KINDS.iter().map(|kind| kind.info()) {
        let (kind, plural, lower) = (info.kind, info.plural, info.kind.to_lowercase());
        let group = info.group;
        let short = if info.short.is_empty() { "-" } else { info.short };
        let name = format!("{group}.kupenstack.io {kind} {plural} {short}");
        let first = format!("kind: {kind}\n");
        let page = format!("package/components/docs/{group}/{lower}.md");
        let crd = format!("crds/{group}.kupenstack.io_{plural}.yaml");
        for (there, what) in [
            (examples.iter().any(|text| text.contains(&first)), "examples: write one"),
            (names.lines().any(|line| line == name), "src/generate/names.txt: add the line"),
            (!read(&page).is_empty(), generated),
            (!read(&crd).is_empty(), generated),
        ] {
            if !there {
                missing.push(format!("{kind}: {what}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_examples_are_valid() {
    let folders = ["component", "cluster"].map(|group| checkout().join("examples").join(group));
    for file in folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()) {
        let path = file.unwrap().path();
        let documents = serde_saphyr::from_multiple::<Value>(&fs::read_to_string(&path).unwrap()).unwrap();
        for document in documents {
            let Some(kind) = KINDS.iter().find(|kind| kind.info().kind == document["kind"]) else { continue };
            let crd = kind.crd().unwrap();
            let mut schema =
                crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"].clone();
            closed(&mut schema);
            let validator = jsonschema::validator_for(&schema).unwrap();
            let errors: Vec<_> = validator
                .iter_errors(&document["spec"])
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{}", path.display());
        }
    }
}

#[test]
fn the_example_of_passwords_has_all_that_components_take() {
    let example: Value = serde_saphyr::from_str(&read("examples/component/generated_secret.yaml")).unwrap();
    let keys = example["spec"]["forProvider"]["keys"].as_array().unwrap();
    for known in ALL.iter() {
        for name in known.facts.passwords() {
            assert!(keys.iter().any(|key| key["name"] == name), "{}: {name}", known.facts.kind);
        }
    }
}

#[test]
fn the_page_says_of_every_component_once_whether_it_ran() {
    let page = read("package/docs/cloud/components.md");
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut named: Vec<_> = rows.filter_map(|row| row.split('|').nth(1)).map(str::trim).collect();
    let mut known: Vec<_> = super::all().map(|(_, facts)| facts.kind).collect();
    named.sort_unstable();
    known.sort_unstable();
    assert_eq!(named, known);
}

#[test]
fn no_two_components_share_a_chart_or_a_name() {
    let mut charts: Vec<_> = ALL.iter().map(|known| (known.facts.chart, known.facts.kind)).collect();
    let all = charts.len();
    charts.sort_unstable();
    charts.dedup_by_key(|(chart, _)| *chart);
    assert_eq!(charts.len(), all);
}
