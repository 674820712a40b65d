//! What each kind can be found by.

use crate::{
    api::{reference::without_siblings, schema::properties},
    components::KINDS as COMPONENTS,
    kind::{
        Meta,
        any::{AnyKey, AnyKind},
        diff::diff,
        import::{SearchList, agrees},
        marker::Marker,
        request::{Keep, Read, Test},
        shape::Node,
    },
    kinds::KINDS,
};
use serde_json::{Map, Value, json};

const FILTER: &str =
    "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/import/properties/filter";

fn filter(kind: &dyn AnyKind) -> Option<Value> {
    kind.crd().unwrap().pointer(FILTER).cloned()
}

fn kind(id: &str) -> &'static dyn AnyKind {
    KINDS.iter().find(|kind| kind.id() == id).unwrap().as_ref()
}

fn search(kind: &dyn AnyKind, filter: &Map<String, Value>) -> Option<SearchList> {
    let marker = Marker { uid: "u".into(), owner: "o".into() };
    let meta = Meta { namespace: "a", name: "n", external_name: None, marker: &marker, creating: false };
    kind.search(&AnyKey::new(filter, meta, kind.shapes().unwrap())).unwrap()
}

fn line(kind: &dyn AnyKind, filter: Value) -> String {
    let list = search(kind, filter.as_object().unwrap()).unwrap();
    let Read::List { path, query, .. } = list.read(Keep::Passing(Test::new(|_| true)), true) else {
        panic!()
    };
    let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{path}?{}", query.join("&"))
}

#[test]
fn nam_4_every_kind_that_lists_its_objects_has_a_filter_and_no_other_has() {
    let mut odd = vec![];
    for kind in KINDS.iter().chain(COMPONENTS.iter()).map(AsRef::as_ref) {
        // What lies below another is looked for there.
        let fields = &kind.shapes().unwrap().params.fields;
        let one = fields.iter().filter(|field| matches!(field.node, Node::Leaf));
        let parents = one.filter(|field| field.options.required && field.options.r#ref.is_some());
        let parents = parents.map(|field| (field.name.clone(), json!("i"))).collect();
        let told = [filter(kind).is_some(), search(kind, &parents).is_some()];
        if told != [kind.imports(); 2] {
            odd.push((kind.id(), told));
        }
    }
    assert_eq!(odd, [], "filter, list: where lists tell too little, its OPTIONS say imports: false");
    assert!(KINDS.iter().filter(|kind| kind.imports()).count() > 20);
    for without in ["network.RouterInterface", "identity.RoleAssignment", "compute.VolumeAttachment"] {
        assert!(!kind(without).imports(), "{without}: its external-name is made of several ids");
    }
}

#[test]
fn the_fields_of_a_filter_are_those_that_a_look_tells() {
    for kind in KINDS.iter().filter(|kind| kind.imports()) {
        let (filter, shapes) = (filter(kind.as_ref()).unwrap(), kind.shapes().unwrap());
        assert!(properties(&filter).count() > 0, "{}", kind.id());
        for (name, _) in without_siblings(&filter) {
            let field = shapes.params.field(name).or_else(|| shapes.state.field(name));
            let options = &field.unwrap_or_else(|| panic!("{}.{name}", kind.id())).options;
            assert!(!options.create_only && options.secret.is_none(), "{}.{name}", kind.id());
        }
    }
}

#[test]
fn the_fields_by_which_people_know_things_are_in_the_filter() {
    for (id, names) in [
        ("network.Network", &["name", "tags", "projectId", "external", "shared"][..]),
        ("network.Subnet", &["name", "cidr", "networkId", "projectId", "tags"]),
        ("network.Port", &["name", "macAddress", "fixedIps", "deviceId", "networkId"]),
        ("network.FloatingIP", &["floatingIpAddress", "tags"]),
        ("compute.Server", &["name", "imageId", "flavorId", "keyName", "tags", "projectId"]),
        ("compute.Flavor", &["name", "ram", "vcpus", "disk"]),
        ("compute.KeyPair", &["name", "type"]),
        ("image.Image", &["name", "visibility", "tags"]),
        ("blockstorage.Volume", &["name", "size", "volumeType"]),
        ("identity.Project", &["name", "domainId", "tags"]),
        ("identity.Region", &["regionId", "parentRegionId"]),
    ] {
        let filter = filter(kind(id)).unwrap();
        for name in names {
            assert!(properties(&filter).any(|(known, _)| known == name), "{id}.{name}: {filter}");
        }
    }
}

#[test]
fn the_list_that_a_filter_looks_in_shows_whole_objects_and_is_kept_small() {
    for (id, filter, list) in [
        ("network.Network", json!({"name": "web"}), "/networks?name=web"),
        ("network.Subnet", json!({"networkId": "n", "cidr": "10.0.0.0/24"}), "/subnets?network_id=n"),
        ("network.SecurityGroup", json!({"tags": ["a"]}), "/security-groups?"),
        ("compute.Server", json!({"name": "web"}), "/servers/detail?name=web"),
        ("compute.Flavor", json!({"ram": 64}), "/flavors/detail?is_public=None"),
        ("compute.KeyPair", json!({"name": "k"}), "/os-keypairs?"),
        ("compute.KeyPair", json!({"userId": "u"}), "/os-keypairs?user_id=u"),
        ("compute.ServerGroup", json!({"policy": "affinity"}), "/os-server-groups?"),
        ("blockstorage.Volume", json!({"name": "v", "size": 1}), "/volumes/detail?name=v"),
        ("blockstorage.VolumeType", json!({"name": "fast"}), "/types?is_public=None"),
        ("image.Image", json!({"name": "cirros", "osHidden": true}), "/images?name=cirros&os_hidden=true"),
        ("identity.Region", json!({"parentRegionId": "r"}), "/regions?"),
        ("identity.Project", json!({"isDomain": true}), "/projects?is_domain=true"),
        ("identity.User", json!({"name": "alice", "domainId": "d"}), "/users?domain_id=d&name=alice"),
        (
            "identity.ApplicationCredential",
            json!({"userId": "u", "name": "ci"}),
            "/users/u/application_credentials?name=ci",
        ),
    ] {
        assert_eq!(line(kind(id), filter), list, "{id}");
    }
}

/// Whether an item of a kind's list is found by a filter.
fn finds(id: &str, filter: Value, item: &Value) -> Option<String> {
    let (kind, filter) = (kind(id), filter.as_object().unwrap().clone());
    let asked = search(kind, &filter).unwrap().asked;
    let marker = Marker { uid: "u".into(), owner: "o".into() };
    let meta = Meta { namespace: "a", name: "n", external_name: None, marker: &marker, creating: false };
    let key = AnyKey::new(&asked, meta, kind.shapes().unwrap());
    kind.matched(&key, &filter, item).unwrap().map(|found| found.external_name)
}

#[test]
fn an_item_of_a_list_is_found_in_the_words_of_a_spec() {
    let found = Some("i".to_owned());
    let server = json!({"id": "i", "name": "s", "key_name": null, "status": "ACTIVE", "image": "", "flavor": {"id": "f"},
        "security_groups": [{"name": "default"}], "tenant_id": "p"});
    assert_eq!(finds("compute.Server", json!({"flavorId": "f", "powerState": "active"}), &server), found);
    assert_eq!(finds("compute.Server", json!({"imageId": "m"}), &server), None, "it boots from a volume");
    assert_eq!(finds("compute.Server", json!({"availabilityZone": "z"}), &server), None, "it has none");
    let volume = json!({"id": "i", "name": "v", "size": 1, "status": "error", "bootable": "true", "metadata": {"readonly": "True"}});
    assert_eq!(
        finds("blockstorage.Volume", json!({"bootable": true, "readonly": true}), &volume),
        found,
        "it has failed"
    );
    let pair = json!({"keypair": {"name": "i", "type": "ssh", "public_key": "ssh-ed25519 AAAA me", "fingerprint": "f"}});
    assert_eq!(finds("compute.KeyPair", json!({"name": "i", "type": "ssh"}), &pair), found);
    assert_eq!(finds("compute.KeyPair", json!({"userId": "u"}), &pair), found, "of a list that is his");
    let image = json!({"id": "i", "name": "cirros", "status": "deleted", "tags": []});
    assert_eq!(finds("image.Image", json!({"name": "cirros"}), &image), None, "it is gone");
    let network = json!({"id": "i", "description": "mine [kupenstack:u:o]", "router:external": true});
    assert_eq!(finds("network.Network", json!({"description": "mine", "external": true}), &network), found);
}

/// Two values that a schema takes, which do not mean the same.
fn values(schema: &Value) -> [Value; 2] {
    let several = schema["enum"].as_array().map(Vec::as_slice);
    match (several, schema["type"].as_str().unwrap()) {
        (Some([one, other, ..]), _) => [one.clone(), other.clone()],
        // Of one value an older cloud may know others.
        (Some(one), _) => [one[0].clone(), json!("another")],
        (None, "boolean") => [json!(true), json!(false)],
        (None, "integer" | "number") => [json!(1), json!(2)],
        (None, "array") => values(&schema["items"]).map(|item| json!([item])),
        (None, "object") => {
            let (name, field) = properties(schema).next().unwrap();
            values(field).map(|value| json!({ name: value }))
        }
        (None, _) => [json!("10.0.0.0/24"), json!("10.0.1.0/24")],
    }
}

#[test]
fn every_field_of_every_filter_finds_what_a_spec_of_the_same_does_not_differ_from() {
    for kind in KINDS.iter().filter(|kind| kind.imports()) {
        let (filter, shapes) = (filter(kind.as_ref()).unwrap(), kind.shapes().unwrap());
        for (name, schema) in without_siblings(&filter) {
            let [one, other] = values(schema).map(|value| Map::from_iter([(name.clone(), value)]));
            let place = format!("{}.{name}: {one:?} {other:?}", kind.id());
            assert!(agrees(shapes, &one, &one) && !agrees(shapes, &one, &other), "{place}");
            if shapes.params.field(name).is_some() {
                let differs = |have: &Map<_, _>| !diff(&shapes.params, &one, have).is_empty();
                assert!(!differs(&one) && differs(&other), "{place}");
            }
        }
    }
}
