use super::*;
use crate::kind::{
    Found, Meta,
    any::{AnyKey, AnyKind, Erased, Observed},
    marker::Marker,
    request::Answer,
};
use serde_json::{Map, json};

fn ready(wanted: Option<bool>, status: &str) -> Ready {
    let params = NetworkParameters { admin_state_up: wanted, ..Default::default() };
    let state = NetworkObservation { status: status.to_owned(), ..Default::default() };
    Network::ready(&params, &Seen::<Network> { params: params.clone(), state, any: &Observed::default() })
}

#[test]
fn a_network_that_is_meant_to_be_down_is_ready_when_down() {
    assert_eq!(ready(Some(false), "DOWN"), Ready::Yes);
    assert_eq!(ready(None, "DOWN"), Ready::Not("network status is DOWN".to_owned()));
    assert_eq!(ready(None, "ACTIVE"), Ready::Yes);
    assert_eq!(ready(None, "ERROR"), Ready::Failed("network status is ERROR".to_owned()));
}

#[test]
fn a_network_that_is_not_external_is_not_the_default_one_even_where_neutron_is_silent() {
    let (kind, params) = (Erased::<Network>::new(), Map::new());
    let marker = Marker { uid: "u".to_owned(), owner: "o".to_owned() };
    let meta = Meta { namespace: "a", name: "n", external_name: Some("i"), creating: false, marker: &marker };
    let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
    let told = |external: bool| {
        let network = json!({"network": {"id": "i", "router:external": external}});
        match kind.parse(&key, &[Answer::Body(network)]).unwrap() {
            Found::One { body, .. } => body.get("is_default").cloned(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((told(false), told(true)), (Some(json!(false)), None));
}

#[test]
fn of_a_network_that_is_made_of_one_segment_it_is_told_as_a_list() {
    let (kind, marker) = (Erased::<Network>::new(), Marker { uid: "u".to_owned(), owner: "o".to_owned() });
    let meta = Meta { namespace: "a", name: "n", external_name: Some("i"), creating: false, marker: &marker };
    let told = |wanted: Value, network: Value| {
        let params = serde_json::from_value(wanted).unwrap();
        let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
        match kind.parse(&key, &[Answer::Body(json!({ "network": network }))]).unwrap() {
            Found::One { body, .. } => body.get("segments").cloned(),
            other => panic!("{other:?}"),
        }
    };
    let one = json!({"id": "i", "provider:network_type": "local", "provider:segmentation_id": null});
    let wanted = json!({"segments": [{"providerNetworkType": "local"}]});
    assert_eq!(told(wanted.clone(), one.clone()), Some(json!([{"provider:network_type": "local"}])));
    assert_eq!(told(wanted, json!({"id": "i"})), None, "who is no administrator does not see it");
    assert_eq!(told(json!({}), one), None);
}

#[test]
fn of_a_network_with_further_segments_its_own_is_told_as_its_own() {
    let (kind, marker) = (Erased::<Network>::new(), Marker { uid: "u".to_owned(), owner: "o".to_owned() });
    let meta = Meta { namespace: "a", name: "n", external_name: Some("i"), creating: false, marker: &marker };
    let segment = |physical: &str, id: u32| {
        json!({"provider:network_type": "vlan", "provider:physical_network": physical,
            "provider:segmentation_id": id})
    };
    let told = |wanted: Value| {
        let params = serde_json::from_value(wanted).unwrap();
        let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
        let network = json!({"network": {"id": "i", "segments": [segment("one", 1), segment("two", 2)]}});
        match kind.parse(&key, &[Answer::Body(network)]).unwrap() {
            Found::One { body, .. } => body.get("provider:segmentation_id").cloned(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        told(json!({"providerNetworkType": "vlan", "providerPhysicalNetwork": "two"})),
        Some(json!(2))
    );
    assert_eq!(told(json!({"providerNetworkType": "vxlan"})), None, "it differs");
}
