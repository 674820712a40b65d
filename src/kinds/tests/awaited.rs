//! What creations wait for.

use crate::{
    kind::{awaited::Which, shape::Node},
    kinds::KINDS,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Kinds that a kind waits for without referring to them, whatever is wanted.
fn awaited(kind: &str) -> BTreeSet<&'static str> {
    let kind = KINDS.iter().find(|known| known.id() == kind).unwrap();
    let ids = kind.shapes().unwrap().params.fields.iter().filter(|field| field.options.r#ref.is_some());
    let ids: Map<String, Value> =
        ids.filter(|f| matches!(f.node, Node::Leaf)).map(|f| (f.name.clone(), json!("x"))).collect();
    let mut all = BTreeSet::new();
    for more in [
        json!({}),
        json!({"useDefaultSubnetpool": true, "externalGatewayInfo": {"networkId": "x"}}),
        json!({"networks": [{"networkId": "x"}, {"portId": "x"}]}),
        json!({"fixedIps": [{"ipAddress": "10.0.0.1"}]}),
    ] {
        let mut params = ids.clone();
        params.extend(more.as_object().unwrap().clone());
        if kind.id() == "network.FloatingIP" {
            params.remove("subnetId");
        }
        all.extend(kind.awaits(&params).unwrap().into_iter().map(|awaited| awaited.kind));
    }
    all
}

#[test]
fn who_is_waited_for_is_found_without_a_search_and_waits_for_nobody_who_waits_for_it() {
    let mut edges: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for kind in KINDS.iter() {
        for other in awaited(kind.id()) {
            let options = KINDS.iter().find(|known| known.id() == other).unwrap().options();
            assert!(options.awaited, "{} waits for {other}, whose OPTIONS do not say so", kind.id());
            edges.entry(kind.id()).or_default().insert(other.to_owned());
        }
        let fields = &kind.shapes().unwrap().params.fields;
        let refers = fields.iter().filter_map(|field| field.options.r#ref.clone());
        // The volumes that are waited for are those of the group that is copied, which is there already.
        let refers = refers.filter(|other| {
            (kind.id(), other.as_str()) != ("blockstorage.Volume", "blockstorage.VolumeGroup")
        });
        edges.entry(kind.id()).or_default().extend(refers.filter(|other| other != kind.id()));
    }
    for kind in KINDS.iter() {
        let (mut reached, mut left) = (BTreeSet::new(), vec![]);
        left.extend(awaited(kind.id()).into_iter().map(str::to_owned));
        while let Some(next) = left.pop() {
            if reached.insert(next.clone()) {
                left.extend(edges.get(next.as_str()).into_iter().flatten().cloned());
            }
        }
        assert!(!reached.contains(kind.id()), "{} waits for itself: {reached:?}", kind.id());
    }
}

#[test]
fn these_kinds_need_more_than_they_refer_to() {
    let all: Vec<_> = KINDS.iter().map(|kind| (kind.id(), awaited(kind.id()))).collect();
    let all: Vec<_> = all.iter().filter(|(_, awaited)| !awaited.is_empty()).collect();
    let told: Vec<_> = all.iter().map(|(kind, awaited)| format!("{kind}: {awaited:?}")).collect();
    assert_eq!(
        told,
        [
            r#"blockstorage.VolumeGroup: {"blockstorage.Volume"}"#,
            r#"blockstorage.VolumeGroupSnapshot: {"blockstorage.Volume"}"#,
            r#"compute.Server: {"network.Subnet", "network.Trunk"}"#,
            r#"identity.ApplicationCredential: {"identity.RoleAssignment"}"#,
            r#"identity.Limit: {"identity.RegisteredLimit"}"#,
            r#"identity.Trust: {"identity.RoleAssignment"}"#,
            r#"network.FloatingIP: {"network.RouterInterface", "network.Subnet"}"#,
            r#"network.FloatingIPAssociation: {"network.RouterInterface"}"#,
            r#"network.NDPProxy: {"network.RouterInterface"}"#,
            r#"network.Port: {"network.Subnet"}"#,
            r#"network.PortForwarding: {"network.RouterInterface"}"#,
            r#"network.Router: {"network.Subnet"}"#,
            r#"network.RouterRoute: {"network.RouterInterface"}"#,
            r#"network.RouterRouteSet: {"network.RouterInterface"}"#,
            r#"network.Subnet: {"network.SubnetPool"}"#,
            r#"vpn.VPNService: {"network.RouterInterface"}"#,
        ]
    );
}

#[test]
fn who_says_where_addresses_come_from_waits_for_nothing_else() {
    for (kind, params, waits) in [
        ("network.Port", json!({"networkId": "n", "fixedIps": []}), false),
        ("network.Port", json!({"networkId": "n", "fixedIps": [{"subnetId": "s"}]}), false),
        ("network.Port", json!({"networkId": "n", "fixedIps": [{"ipAddress": "10.0.0.1"}]}), true),
        ("compute.Server", json!({"networks": []}), false),
        ("compute.Server", json!({"networkMode": "none"}), false),
        ("compute.Server", json!({"networkMode": "auto"}), true),
        ("network.FloatingIP", json!({"floatingNetworkId": "n", "subnetId": "s"}), false),
        ("blockstorage.VolumeGroup", json!({"groupType": "t"}), false),
        ("blockstorage.VolumeGroup", json!({"sourceGroupId": "g"}), true),
        ("network.Subnet", json!({"networkId": "n", "cidr": "10.0.0.0/24"}), false),
    ] {
        let found = KINDS.iter().find(|known| known.id() == kind).unwrap();
        let awaits = found.awaits(params.as_object().unwrap()).unwrap();
        assert_eq!(!awaits.is_empty(), waits, "{kind} {params}");
        assert!(awaits.iter().all(|awaited| awaited.which != Which::Having("networkId", json!(""))));
    }
}
