//! The layers of `src/` and the one direction in which they may use each other.

use std::{fs, path::Path};

/// Folder, and the folders it may use.
const LAYERS: [(&str, &[&str]); 10] = [
    ("api", &[]),
    ("kind", &["api"]),
    ("kinds", &["kind", "api"]),
    ("source", &["kind"]),
    ("openstack", &["kind", "source"]),
    ("runtime", &["kind", "api"]),
    ("simulation", &["api", "kind", "kinds", "openstack", "runtime", "source"]),
    ("xpkg", &["api"]),
    ("generate", &["api", "kind", "kinds", "xpkg"]),
    ("cli", &["api", "kind", "kinds", "source", "openstack", "runtime", "xpkg", "generate"]),
];

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Every `crate::x` and every name in a `use crate::{…}` at its first level.
fn used(text: &str) -> Vec<String> {
    let mut names = vec![];
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => {
                names
                    .extend(rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned));
            }
            Some(list) => {
                let mut depth = 0;
                let mut word = String::new();
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => names.push(std::mem::take(&mut word)),
                        c if depth == 0 => word.push(c),
                        _ => {}
                    }
                }
                names.push(word);
            }
        }
    }
    let first = |name: &String| name.trim().split("::").next().unwrap_or_default().to_owned();
    names.iter().map(first).filter(|name| !name.is_empty()).collect()
}

#[test]
fn layers_use_each_other_in_one_direction_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = vec![];
    for (layer, may) in LAYERS {
        let mut files = vec![];
        sources(&root.join(layer), &mut files);
        assert!(!files.is_empty(), "{layer} is empty");
        // Tests may look at everything.
        let test =
            |file: &str| file.contains("/tests/") || file.contains("/testing/") || file.ends_with("tests.rs");
        for (file, text) in files.iter().filter(|(file, _)| !test(file)) {
            for name in used(text).iter().filter(|name| *name != layer && !may.contains(&name.as_str())) {
                wrong.push(format!("{file} uses {name}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_folder_is_a_layer() {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    for folder in folders.map(|entry| entry.unwrap()).filter(|entry| entry.path().is_dir()) {
        let name = folder.file_name().into_string().unwrap();
        assert!(LAYERS.iter().any(|(layer, _)| *layer == name), "src/{name} is in no layer");
    }
}

#[test]
fn uses_are_read_out_of_every_form() {
    let text = "use crate::{api::{a, b}, kind};\nuse crate::xpkg::yaml;\nfn f() { crate::runtime::run() }";
    assert_eq!(used(text), ["api", "kind", "xpkg", "runtime"]);
}

/// The ceiling of every file; a kind's file is small, and its text outside the field structs smaller.
#[test]
fn files_stay_small() {
    let mut files = vec![];
    for folder in ["src", "tests"] {
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    let long: Vec<_> = files
        .iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(file, lines)| *lines > if file.contains("/src/kinds/") { 250 } else { 500 })
        .collect();
    assert!(long.is_empty(), "{long:?}");
}
