//! Images of a vendor, for a whole cloud or for what a profile names.

use super::*;

const VENDOR: &str = "registry.vendor.example/openstack";

fn images(composed: &Composed) -> BTreeMap<&str, &Value> {
    let components =
        composed.resources.iter().filter(|(name, _)| ![PASSWORDS, PROVIDER_CONFIG].contains(&name.as_str()));
    components.map(|(name, one)| (name.as_str(), &one.object["spec"]["forProvider"]["images"])).collect()
}

#[test]
fn images_of_a_cloud_are_those_of_all_its_components_and_a_profile_says_others_for_one() {
    let whole = spec(json!({"images": {"registry": VENDOR, "distribution": "v7"}}));
    let parts = parts(Stage::Compute, "2025.2");
    let composed = compose(&whole, &parts);
    let said = images(&composed);
    let vendor = json!({"registry": VENDOR, "distribution": "v7"});
    assert_eq!(said.len(), COMPONENTS.iter().filter(|component| component.facts.usual).count());
    assert!(said.values().all(|images| **images == vendor), "{said:?}");

    let entries =
        json!({"nova": {"images": {"registry": VENDOR, "tags": {"nova_compute": "own.example/compute:1"}}}});
    let profile = FoundProfile {
        name: ProfileName { namespace: "ns".to_owned(), name: "vendor".to_owned() },
        effective: Some(occp::read("spec", entries.as_object().unwrap()).layer),
        why: String::new(),
        parents: vec![],
        provenance: BTreeMap::default(),
    };
    let usual = spec(json!({}));
    let composed = crate::profile::cloud::compose(&CloudInput {
        name: "c1",
        namespace: "ns",
        spec: &usual,
        profiles: vec![Ok(profile)],
        nodes: NodesInput::default(),
        resources: &parts,
        told: Map::new(),
        approved: None,
    });
    let said = images(&composed);
    let nova = json!({"registry": VENDOR, "distribution": "noble", "tags": {"nova_compute": "own.example/compute:1"}});
    assert_eq!(*said["nova"], nova);
    assert_eq!(said["glance"]["registry"], "registry.example.org/os", "the cloud's own");
}
