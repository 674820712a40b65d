use crate::{
    generate::coverage::{NO_SCHEMA, Tested, tested},
    kind::any::AnyKind,
    kinds::KINDS,
};
use std::{fs, path::Path};

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join(path)).unwrap_or_default()
}

/// `FloatingIP` is `floating_ip`, `QoSDSCPMarkingRule` is `qos_dscp_marking_rule`.
fn snake(kind: &str) -> String {
    let chars: Vec<char> = kind.replace("QoS", "Qos").replace("IPsec", "Ipsec").chars().collect();
    let mut snake = String::new();
    for (at, c) in chars.iter().enumerate() {
        let after_lower = at > 0 && chars[at - 1].is_lowercase();
        let before_lower = at > 0 && chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        if c.is_uppercase() && (after_lower || before_lower) {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// What a kind needs beside its file and its name in the list: a file, whether it has it, what to do.
fn needs(kind: &dyn AnyKind) -> Vec<(String, bool, String)> {
    let (info, id) = (kind.info(), kind.id());
    let (service, lower) = (info.group, info.kind.to_lowercase());
    let quoted = format!("\"{id}\"");
    let says = |path: &str, what: &str| (path.to_owned(), read(path).contains(what));
    let exists = |path: String| (path.clone(), !read(&path).is_empty());
    const FILES: [&str; 9] = [
        "blockstorage",
        "compute",
        "identity",
        "image",
        "network",
        "network_further",
        "network_services",
        "placement",
        "storage",
    ];
    let rows = FILES.map(|file| {
        (format!("tests/suite/conformance/{service}.rs"), read(&format!("tests/suite/conformance/{file}.rs")))
    });
    let row = rows.iter().find(|(_, text)| text.contains(&quoted)).or(rows.first()).unwrap();
    let row = (row.0.clone(), row.1.contains(&quoted) || tested(id) == Tested::Simulated);
    let (schemas, has) = says("tests/suite/fields.py", &quoted);
    let schema = (schemas, has || NO_SCHEMA.iter().any(|(kind, _)| *kind == id));
    let name = format!("{} {} {} {}", info.api_group(), info.kind, info.plural, info.short);
    let generated = "run `cargo run -- generate`";
    let names = read("src/generate/names.txt").lines().any(|line| line == name);
    [
        (exists(format!("examples/{service}/{}.yaml", snake(info.kind))), "write one, with the kind first"),
        (row, "add its row"),
        (says("src/simulation/lifecycle.rs", &quoted), "add its line to lifecycles!"),
        (schema, "add its schema, or the reason why it has none to NO_SCHEMA in src/generate/coverage"),
        (("src/generate/names.txt".to_owned(), names), "add the line"),
        (exists(format!("package/docs/{service}/{lower}.md")), generated),
        (exists(format!("crds/{}_{}.yaml", info.api_group(), info.plural)), generated),
    ]
    .map(|((path, there), what)| (path, there, what.to_owned()))
    .to_vec()
}

#[test]
fn every_kind_has_its_example_its_cases_its_schema_its_name_and_its_page() {
    let all =
        KINDS.iter().flat_map(|kind| needs(kind.as_ref()).into_iter().map(move |need| (kind.id(), need)));
    let missing: Vec<_> = all
        .filter(|(_, (_, there, _))| !there)
        .map(|(kind, (path, _, what))| format!("{kind}: {path}: {what}"))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_file_is_called_as_its_kind_word_by_word() {
    for (kind, file) in [
        ("Port", "port"),
        ("SecurityGroup", "security_group"),
        ("FloatingIP", "floating_ip"),
        ("FloatingIPAssociation", "floating_ip_association"),
        ("NetworkRBACPolicy", "network_rbac_policy"),
        ("QoSDSCPMarkingRule", "qos_dscp_marking_rule"),
        ("EC2Credential", "ec2_credential"),
        ("IPsecSiteConnection", "ipsec_site_connection"),
        ("BGPVPNNetworkAssociation", "bgpvpn_network_association"),
    ] {
        assert_eq!(snake(kind), file);
    }
}
