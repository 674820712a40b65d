//! Everything that the simulator claims stands in an exchange, and it answers every exchange as it claims.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that meets something unexpected fails")]

use simulator::{
    Cloud,
    exchanges::{exchanges, simulate},
};
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_exchange_is_answered_as_it_says() {
    let wrong = simulate(&mut Cloud::new("http://cloud", 1), exchanges().unwrap().iter());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The kinds of refusals that the source knows.
fn refusals(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            refusals(&path, found);
        } else if !path.ends_with("reply.rs") && path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            for call in [
                "Refusal::new(",
                "Refusal::bad(",
                "Refusal::conflict(",
                "Refusal::forbidden(",
                "in_use(",
                " bad(",
            ] {
                // A status may come before the kind.
                let before = |c: char| c.is_numeric() || c.is_whitespace() || c == ',';
                let rest = text.split(call).skip(1).map(|rest| rest.trim_start_matches(before));
                let kinds = rest.filter_map(|rest| rest.strip_prefix('"')?.split('"').next());
                found.extend(kinds.map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_refusal_of_the_source_is_seen_in_an_exchange() {
    let mut cloud = Cloud::new("http://cloud", 1);
    simulate(&mut cloud, exchanges().unwrap().iter());
    let mut known = BTreeSet::new();
    refusals(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut known);
    assert!(known.len() > 50, "{known:?}");
    let missing: Vec<_> = known.difference(cloud.behaviours()).collect();
    assert!(missing.is_empty(), "no exchange shows {missing:#?}");
}
