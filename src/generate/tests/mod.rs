//! What is generated and committed.

mod contract;
mod coverage;
mod docs;
mod names;
mod standalone;

use super::*;
use crate::kinds::KINDS;

#[test]
fn the_committed_files_are_the_generated_ones() {
    let drifted = drift(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(drifted.is_empty(), "run `cargo run -- generate` and commit: {drifted:?}");
}

#[test]
fn a_changed_a_missing_and_a_left_over_file_are_all_found() {
    let root = std::env::temp_dir().join(format!("kupenstack-generate-{}", std::process::id()));
    assert!(
        write(&root).unwrap_err().to_string().contains("examples"),
        "without examples there are no pages"
    );
    for kind in KINDS.iter().chain(crate::components::KINDS.iter()) {
        let folder = root.join("examples").join(kind.info().group);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{}.yaml", kind.info().kind.to_lowercase())), "a: b\n").unwrap();
    }
    assert!(!write(&root).unwrap().is_empty());
    assert!(drift(&root).unwrap().is_empty());
    std::fs::write(root.join("crds/network.kupenstack.io_networks.yaml"), "changed").unwrap();
    std::fs::remove_file(root.join("package/crossplane.yaml")).unwrap();
    let left_over = ["crds/left-over.yaml", "package/docs/network/gone.md", "package/docs/gone/gone.md"];
    std::fs::create_dir_all(root.join("package/docs/gone")).unwrap();
    for path in left_over.iter().chain(&["package/docs/by-hand.md"]) {
        std::fs::write(root.join(path), "").unwrap();
    }
    let found = drift(&root).unwrap();
    let found: Vec<_> = found.iter().filter_map(|path| path.to_str()).collect();
    assert!(left_over.iter().all(|path| found.contains(path)) && found.len() == 5, "{found:?}");
    write(&root).unwrap();
    assert!(drift(&root).unwrap().is_empty());
    assert!(root.join("package/docs/by-hand.md").exists(), "only pages of kinds are generated");
    std::fs::remove_dir_all(&root).unwrap();
}
