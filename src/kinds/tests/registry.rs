use crate::{
    kind::{Ready, any::Observed, request::Read},
    kinds::KINDS,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

#[test]
fn every_name_is_unique() {
    let mut seen = BTreeSet::new();
    for kind in KINDS.iter() {
        assert!(seen.insert(kind.id().to_owned()), "{} twice", kind.id());
        assert!(seen.insert(format!("{}.{}", kind.info().plural, kind.info().group)));
    }
}

#[test]
fn kinds_stand_in_alphabetical_order() {
    let ids: Vec<_> = KINDS.iter().map(|kind| kind.id()).collect();
    assert!(ids.is_sorted(), "{ids:?}");
}

#[test]
fn mr_10_every_kind_tells_its_id_and_every_field_is_documented() {
    fn undocumented(schema: &Value, at: &str, found: &mut Vec<String>) {
        if !at.is_empty() && schema.get("description").is_none() && schema.get("$ref").is_none() {
            found.push(at.to_owned());
        }
        for (name, property) in schema.get("properties").and_then(|p| p.as_object()).into_iter().flatten() {
            undocumented(property, &format!("{at}.{name}"), found);
        }
        if let Some(properties) = schema.pointer("/items/properties").and_then(|p| p.as_object()) {
            for (name, property) in properties {
                undocumented(property, &format!("{at}[].{name}"), found);
            }
        }
    }
    for kind in KINDS.iter() {
        let crd = kind.crd().unwrap();
        let schema = crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties").unwrap();
        assert!(
            schema.pointer("/status/properties/atProvider/properties/id").is_some(),
            "UP-1 {}",
            kind.id()
        );
        let mut found = vec![];
        for part in ["spec", "status"] {
            undocumented(&schema[part], part, &mut found);
        }
        assert_eq!(found, Vec::<String>::new(), "{}", kind.id());
    }
}

#[test]
fn a_kind_whose_objects_have_a_status_says_which_ones_are_usable() {
    let at_provider = serde_json::from_value(json!({"id": "i", "status": "unheard-of"})).unwrap();
    let observed = Observed { at_provider, ..Observed::default() };
    for kind in KINDS.iter().filter(|kind| kind.shapes().unwrap().state.field("status").is_some()) {
        let ready = kind.ready(&Map::new(), &observed).unwrap();
        assert!(matches!(ready, Ready::Not(_)), "{}: {ready:?}", kind.id());
    }
}

fn listed(kind: &str, path: &str) -> Option<(String, String)> {
    let kind = KINDS.iter().find(|k| k.id() == kind).unwrap();
    let item = kind.listed(&Read::Get { path: path.to_owned() }, None)?;
    let request = item.collection.request();
    let query: Vec<_> = request.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    Some((format!("{}?{}", request.path, query.join("&")), item.id))
}

#[test]
fn an_object_is_found_in_the_list_that_tells_as_much_as_its_own_get() {
    for (kind, path, list) in [
        ("network.Network", "/networks/i", Some("/networks?")),
        ("network.SecurityGroupRule", "/security-group-rules/i", Some("/security-group-rules?")),
        ("network.QoSPolicy", "/qos/policies/i", Some("/qos/policies?")),
        (
            "network.QoSDSCPMarkingRule",
            "/qos/policies/p/dscp_marking_rules/i",
            Some("/qos/policies/p/dscp_marking_rules?"),
        ),
        ("network.QoSDSCPMarkingRule", "/qos/policies//dscp_marking_rules/i", None),
        ("network.QoSDSCPMarkingRule", "/dscp_marking_rules/i", None),
        // Whose object is another kind's.
        ("network.RouterInterface", "/ports/i", Some("/ports?")),
        ("compute.Server", "/servers/i", Some("/servers/detail?")),
        ("compute.Flavor", "/flavors/i", Some("/flavors/detail?is_public=None")),
        ("blockstorage.Volume", "/volumes/i", Some("/volumes/detail?")),
        ("blockstorage.VolumeType", "/types/i", Some("/types?is_public=None")),
        ("identity.Project", "/projects/i", Some("/projects?")),
        // The assignment's address is no place in a collection.
        ("identity.RoleAssignment", "/projects/p/users/u/roles/i", None),
        ("network.Network", "/networks", None),
        ("network.Network", "/networks/", None),
        ("network.Network", "/networks/i/tags", None),
    ] {
        let want = list.map(|list| (list.to_owned(), "i".to_owned()));
        assert_eq!(listed(kind, path), want, "{kind} {path}");
    }
}
