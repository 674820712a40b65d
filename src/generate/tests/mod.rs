//! What is generated and committed.

mod contract;
mod docs;
mod names;

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
    for kind in KINDS.iter() {
        let folder = root.join("examples").join(kind.info().service.group);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{}.yaml", kind.info().kind.to_lowercase())), "a: b\n").unwrap();
    }
    assert!(!write(&root).unwrap().is_empty());
    assert!(drift(&root).unwrap().is_empty());
    std::fs::write(root.join("crds/network.kupenstack.io_networks.yaml"), "changed").unwrap();
    std::fs::remove_file(root.join("package/crossplane.yaml")).unwrap();
    std::fs::write(root.join("crds/left-over.yaml"), "").unwrap();
    assert_eq!(drift(&root).unwrap().len(), 3);
    write(&root).unwrap();
    assert!(drift(&root).unwrap().is_empty());
    std::fs::remove_dir_all(&root).unwrap();
}
