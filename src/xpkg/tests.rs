//! Packages read back, and built twice.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use proptest::prelude::*;
use serde_json::json;
use tar::{Archive, EntryType};

use super::*;

fn about() -> About {
    About { license: "Apache-2.0".into(), readme: "# Title\n\n---\n\nText: on\n".into(), ..About::default() }
}

fn crd(name: &str) -> Value {
    json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": name}})
}

fn build(crds: Vec<Value>, extra: Vec<Entry<'_>>) -> Vec<u8> {
    let meta = Meta::provider("provider-test", about());
    let (binary, ca_bundle) = (&[7; 70_000], b"PEM");
    let (architecture, binary_path) = (Architecture::Arm64, "usr/local/bin/kupenstack");
    provider_package(&ProviderInput {
        meta: &meta,
        crds,
        architecture,
        binary,
        binary_path,
        command: None,
        ca_bundle,
        extra,
    })
    .unwrap()
}

/// Every entry of a tar: mode, type, and bytes or link target.
fn untar(reader: impl Read) -> BTreeMap<String, (u32, EntryType, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for entry in Archive::new(reader).entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header().clone();
        assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap()), (0, 0, 0));
        let path = entry.path().unwrap().to_str().unwrap().trim_end_matches('/').to_owned();
        let mut bytes = entry.link_name_bytes().map(|b| b.to_vec()).unwrap_or_default();
        entry.read_to_end(&mut bytes).unwrap();
        let before = found.insert(path, (header.mode().unwrap(), header.entry_type(), bytes));
        assert!(before.is_none());
    }
    found
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    out
}

#[test]
fn the_archive_names_what_it_holds_by_digest() {
    let files = untar(build(vec![crd("a")], vec![]).as_slice());
    let manifest: Value = serde_json::from_slice(&files["manifest.json"].2).unwrap();
    let config_name = manifest[0]["Config"].as_str().unwrap();
    let config = &files[config_name].2;
    assert_eq!(config_name, Digest::of(config).to_string());
    assert_eq!(manifest[0]["RepoTags"], json!([]));

    let config: Value = serde_json::from_slice(config).unwrap();
    let layers = manifest[0]["Layers"].as_array().unwrap();
    let diff_ids = config["rootfs"]["diff_ids"].as_array().unwrap();
    assert_eq!((layers.len(), diff_ids.len(), files.len()), (3, 3, 5));
    for (layer, diff_id) in layers.iter().zip(diff_ids) {
        let bytes = &files[layer.as_str().unwrap()].2;
        assert_eq!(layer, &json!(format!("{}.tar.gz", Digest::of(bytes).hex())));
        assert_eq!(diff_id, &json!(Digest::of(&gunzip(bytes)).to_string()));
    }
    assert_eq!(config["architecture"], "arm64");
    assert_eq!(config["config"]["Entrypoint"], json!(["/usr/local/bin/kupenstack"]));
    assert_eq!(config["config"]["Cmd"], Value::Null);
    assert_eq!(config["config"]["Labels"]["org.opencontainers.image.licenses"], "Apache-2.0");
}

#[test]
fn a_program_of_several_packages_is_started_with_the_word_of_its_package() {
    let input = ProviderInput {
        meta: &Meta::provider("provider-test", about()),
        crds: vec![],
        architecture: Architecture::Amd64,
        binary: b"program",
        binary_path: "usr/local/bin/kupenstack",
        command: Some("components"),
        ca_bundle: b"PEM",
        extra: vec![],
    };
    assert_eq!(runtime::settings(&input).entrypoint, ["/usr/local/bin/kupenstack", "components"]);
}

#[test]
fn just_one_layer_is_marked_base_and_it_holds_just_package_yaml() {
    let files = untar(build(vec![], vec![Entry::file("usr/local/bin/helm", 0o755, b"h")]).as_slice());
    let manifest: Value = serde_json::from_slice(&files["manifest.json"].2).unwrap();
    let config: Value = serde_json::from_slice(&files[manifest[0]["Config"].as_str().unwrap()].2).unwrap();
    let marks: Vec<&str> = config["config"]["Labels"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| *value == "base")
        .filter_map(|(key, _)| key.strip_prefix("io.crossplane.xpkg:sha256:"))
        .collect();
    assert_eq!(marks.len(), 1);

    let held: Vec<_> = manifest[0]["Layers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| untar(gunzip(&files[name.as_str().unwrap()].2).as_slice()))
        .collect();
    let base = untar(gunzip(&files[&format!("{}.tar.gz", marks[0])].2).as_slice());
    assert_eq!(base.keys().collect::<Vec<_>>(), ["package.yaml"]);
    assert_eq!(base["package.yaml"].0, 0o644);
    assert_eq!(held.iter().filter(|layer| layer.contains_key("package.yaml")).count(), 1);
    assert_eq!(held[0]["tmp"].0, 0o1777);
    assert_eq!(held[0][CA_BUNDLE].2, b"PEM");
    assert_eq!(held[1]["usr/local/bin/helm"].0, 0o755);
    assert_eq!(held[2]["usr/local/bin/kupenstack"].2.len(), 70_000);
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    let extra = |names: [&str; 2]| names.map(|name| Entry::file(name, 0o644, b"x")).to_vec();
    let one = build(vec![crd("a"), crd("b")], extra(["x/1", "y"]));
    let two = build(vec![crd("b"), crd("a")], extra(["y", "x/1"]));
    assert!(one == two);
    assert!(one != build(vec![crd("a"), crd("c")], extra(["y", "x/1"])));
}

#[test]
fn each_kind_of_package_takes_what_crossplane_lets_it_hold() {
    let configuration = Meta::configuration("configuration-test", about(), vec![]);
    let composition = json!({"apiVersion": "apiextensions.crossplane.io/v1", "kind": "Composition", "metadata": {"name": "c"}});
    assert!(configuration_package(&configuration, std::slice::from_ref(&composition)).is_ok());
    assert!(matches!(configuration_package(&configuration, &[crd("a")]), Err(Error::Foreign { .. })));

    let provider = Meta::provider("provider-test", about());
    assert!(matches!(package_yaml(&provider, &[composition]), Err(Error::Foreign { .. })));
    assert!(matches!(package_yaml(&provider, &[crd("a"), crd("a")]), Err(Error::Twice(_))));
    assert!(matches!(package_yaml(&provider, &[crd("a"), crd("")]), Err(Error::Nameless(1))));
    assert!(matches!(configuration_package(&provider, &[]), Err(Error::NoRuntime(_))));
}

#[test]
fn a_layer_refuses_paths_that_unpackers_could_take_in_two_ways() {
    for path in ["", "/etc", "a//b", "a/", "../a", "a/./b", "a\\b"] {
        assert!(matches!(Layer::new([Entry::file(path, 0o644, b"")]), Err(Error::Path(_))), "{path}");
    }
    let clash = |one, two| matches!(Layer::new([one, two]), Err(Error::Clash(_)));
    assert!(clash(Entry::file("a", 0o644, b""), Entry::directory("a", 0o755)));
    assert!(clash(Entry::file("a", 0o644, b""), Entry::file("a/b", 0o644, b"")));
    assert!(clash(Entry::symlink("a", "/tmp"), Entry::file("a/b", 0o644, b"")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_layer_reads_back_as_it_was_made_in_any_order(
        files in prop::collection::btree_map("[a-z]{1,3}(/[a-z]{1,3}){0,2}\\.x", (0..0o7777_u32, any::<Vec<u8>>()), 1..9),
    ) {
        let entries = || files.iter().map(|(path, (mode, bytes))| Entry::file(path, *mode, bytes));
        let layer = Layer::new(entries().chain([Entry::symlink("LINK", "/a/b")])).unwrap();
        let again = Layer::new([Entry::symlink("LINK", "/a/b")].into_iter().chain(entries().rev())).unwrap();
        prop_assert_eq!(layer.digest, again.digest);

        let tar = gunzip(&layer.bytes);
        prop_assert_eq!(layer.diff_id, Digest::of(&tar));
        let mut found = untar(tar.as_slice());
        prop_assert_eq!(found.remove("LINK"), Some((0o777, EntryType::Symlink, b"/a/b".to_vec())));
        for (path, (mode, bytes)) in &files {
            prop_assert_eq!(found.remove(path), Some((*mode, EntryType::Regular, bytes.clone())));
        }
        for (path, rest) in found {
            let is_parent = files.keys().any(|file| file.starts_with(&format!("{path}/")));
            prop_assert!(is_parent && rest == (0o755, EntryType::Directory, vec![]), "{}", path);
        }
    }
}
