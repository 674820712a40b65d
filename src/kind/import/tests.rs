//! Which list is read, and what a filter finds in it.

use super::*;
use crate::kind::{
    diff::diff,
    key::Meta,
    request::Test,
    shape::{Node, Shape},
};
use proptest::prelude::*;
use serde_json::json;

fn map(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

fn shapes() -> Shapes {
    let params = json!({"properties": {
        "name": {"type": "string"},
        "networkId": {"type": "string"},
        "domainId": {"type": "string"},
        "zone": {"type": "string", "x-os": {"normalise": "lowercase"}},
        "cidr": {"type": "string", "x-os": {"normalise": "cidr"}},
        "macAddress": {"type": "string", "x-os": {"normalise": "lowercase"}},
        "expiresAt": {"type": "string", "x-os": {"normalise": "time"}},
        "size": {"type": "number"},
        "gatewayIp": {"type": "string", "x-os": {"normalise": "ip"}},
        "enabled": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}, "x-os": {"set": true}},
        "servers": {"type": "array", "items": {"type": "string"}, "x-os": {"normalise": "ip"}},
        "fixedIps": {"type": "array", "x-os": {"set": true}, "items": {"type": "object", "properties": {
            "subnetId": {"type": "string"}, "ipAddress": {"type": "string", "x-os": {"normalise": "ip"}}}}},
    }});
    let state = json!({"properties": {"id": {"type": "string"}, "projectId": {"type": "string"}}});
    Shapes { params: Shape::of(&params).unwrap(), state: Shape::of(&state).unwrap() }
}

#[test]
fn a_filter_finds_what_has_all_that_it_says_in_whatever_spelling() {
    let port = json!({"name": "web", "cidr": "10.0.0.0/24", "macAddress": "fa:16:3e:00:00:01", "enabled": false, "size": 1.0,
        "gatewayIp": "fd00::1", "tags": ["a", "b"], "servers": ["192.0.2.1", "fd00::2"], "projectId": "p",
        "expiresAt": "2027-01-01T00:00:00.000000",
        "fixedIps": [{"subnetId": "s", "ipAddress": "10.0.0.5"}, {"subnetId": "t", "ipAddress": "fd00::5"}]});
    for (filter, found) in [
        (json!({"name": "web"}), true),
        (json!({"name": "we"}), false),
        (json!({"name": "WEB"}), false),
        (json!({"name": "web", "enabled": true}), false),
        (json!({"name": "web", "enabled": false}), true),
        (json!({"cidr": "10.0.0.9/24"}), true),
        (json!({"cidr": "10.0.0.0/25"}), false),
        (json!({"macAddress": "FA:16:3E:00:00:01"}), true),
        (json!({"gatewayIp": "FD00:0::1"}), true),
        (json!({"gatewayIp": ""}), false),
        (json!({"expiresAt": "2027-01-01T00:00:00Z"}), true),
        (json!({"size": 1}), true),
        (json!({"tags": ["b"]}), true),
        (json!({"tags": ["b", "a"]}), true),
        (json!({"tags": ["b", "c"]}), false),
        (json!({"servers": ["FD00:0::2"]}), true),
        (json!({"fixedIps": [{"ipAddress": "FD00:0::5"}]}), true),
        (json!({"fixedIps": [{"ipAddress": "10.0.0.5", "subnetId": "s"}]}), true),
        (json!({"fixedIps": [{"ipAddress": "10.0.0.5", "subnetId": "t"}]}), false),
        (json!({"projectId": "p"}), true),
        (json!({"projectId": "q"}), false),
        (json!({"domainId": ""}), true),
        (json!({"domainId": "d"}), false),
        (json!({"tags": ["a"], "nobodyKnowsIt": "x"}), false),
    ] {
        assert_eq!(agrees(&shapes(), &map(filter.clone()), &map(port.clone())), found, "{filter}");
    }
}

const REST: Rest =
    Rest { asks: &["name", "network_id", "zone", "enabled"], ..Rest::neutron("ports", "port") };

fn marker() -> Marker {
    Marker { uid: "u".into(), owner: "o".into() }
}

fn keep() -> Keep {
    Keep::Passing(Test::new(|_| true))
}

fn listed(path: &str, query: &[(&str, &str)]) -> Vec<Read> {
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    vec![Read::List { path: path.to_owned(), query, items: "ports", keep: Keep::Marked(marker()) }]
}

fn got(path: &str) -> Vec<Read> {
    vec![Read::Get { path: path.to_owned() }]
}

fn search(listing: Listing, reads: &[Read], filter: Value) -> Option<SearchList> {
    let (shapes, filter, marker) = (shapes(), map(filter), marker());
    let meta = Meta { namespace: "a", name: "n", external_name: None, marker: &marker, creating: false };
    SearchList::of(&REST, listing, reads, &AnyKey::new(&filter, meta, &shapes))
}

fn line(read: Read) -> String {
    let Read::List { path, query, .. } = read else { panic!("{read:?}") };
    let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{path}?{}", query.join("&"))
}

#[test]
fn the_list_shows_whole_objects_whatever_their_marker() {
    const EVERYBODYS: &[(&str, &str)] = &[("is_public", "None")];
    let text = marker().text();
    let brief: Vec<_> = REST.brief.to_vec();
    for (listing, reads, wanted) in [
        (Listing::Plain(&[]), listed("/ports", &brief), "/ports?"),
        (Listing::Plain(EVERYBODYS), listed("/ports", &[]), "/ports?is_public=None"),
        (Listing::Detail(EVERYBODYS), listed("/ports/detail", &[]), "/ports/detail?is_public=None"),
        (Listing::Detail(&[]), got("/ports/chosen"), "/ports/detail?"),
        (Listing::None, listed("/ports", &[("tag", &text)]), "/ports?"),
        (Listing::None, listed("/ports", &[("domain_id", "d")]), "/ports?domain_id=d"),
        (Listing::Plain(&[]), got("/users/u/ports/chosen"), "/users/u/ports?"),
    ] {
        assert_eq!(line(search(listing, &reads, json!({})).unwrap().read(keep(), true)), wanted);
    }
    assert_eq!(search(Listing::Of(&REST), &listed("/ports", &[]), json!({})), None);
    assert_eq!(search(Listing::None, &[], json!({})), None, "it is no list");
}

#[test]
fn what_a_service_can_filter_by_is_said_if_it_can_only_mean_itself() {
    for (filter, wanted) in [
        (json!({"name": "web-1 a_b.c"}), "/ports?name=web-1 a_b.c"),
        (json!({"name": "web(1)"}), "/ports?"),
        (json!({"name": "in:a,b"}), "/ports?"),
        (json!({"name": ""}), "/ports?"),
        (json!({"zone": "Nova"}), "/ports?"),
        (json!({"enabled": true, "networkId": "n"}), "/ports?enabled=true&network_id=n"),
        (json!({"cidr": "10.0.0.0/24"}), "/ports?"),
    ] {
        let list = search(Listing::Plain(&[]), &listed("/ports", &[]), filter.clone()).unwrap();
        assert_eq!(line(list.read(keep(), true)), wanted, "{filter}");
        assert_eq!(list.is_narrowed(), wanted != "/ports?", "{filter}");
        assert_eq!(line(list.read(keep(), false)), "/ports?", "{filter}");
    }
}

#[test]
fn ids_that_the_address_has_need_not_be_told_by_what_is_listed() {
    let filter = json!({"domainId": "d", "networkId": "n", "name": "users"});
    for (reads, asked) in [
        (listed("/ports", &[("domain_id", "d")]), json!({"domainId": "d"})),
        (listed("/users/n/ports", &[]), json!({"networkId": "n"})),
        (listed("/ports", &[]), json!({})),
    ] {
        assert_eq!(search(Listing::None, &reads, filter.clone()).unwrap().asked, map(asked));
    }
}

#[test]
fn an_item_is_read_as_the_answer_to_a_look_wrapped_or_not() {
    let pair = json!({"name": "k", "keypair": "x"});
    let rest = Rest::plain("keypairs", "keypair");
    assert_eq!(as_answer(&rest, &pair), json!({ "keypair": pair }));
    assert_eq!(as_answer(&rest, &json!({ "keypair": pair })), json!({ "keypair": pair }));
    assert_eq!(as_answer(&Rest::plain("images", ""), &pair), pair, "Glance wraps nothing");
    assert_eq!(unread(&listed("/messages", &[])[0]), Answer::Items(vec![]));
    assert_eq!(unread(&got("/servers/i/os-security-groups")[0]), Answer::Gone);
}

#[test]
fn nothing_is_found_in_lists_of_other_kinds_objects_or_where_a_kind_says_so() {
    let usual = Options::USUAL;
    assert!(is_possible(&usual, Some(&REST), Listing::None));
    assert!(!is_possible(&usual, None, Listing::None));
    assert!(!is_possible(&usual, Some(&REST), Listing::Of(&REST)));
    assert!(!is_possible(&Options { imports: false, ..usual }, Some(&REST), Listing::None));
}

/// Values of a field in spellings of which some mean the same.
fn value(name: &str) -> BoxedStrategy<Value> {
    let text =
        |all: &'static [&'static str]| proptest::sample::select(all).prop_map(|text| json!(text)).boxed();
    match name {
        "cidr" => text(&["10.0.0.0/24", "10.0.0.7/24", "10.0.0.0/25", "", "fd00::/64", "FD00:0::/64"]),
        "gatewayIp" => text(&["10.0.0.1", "fd00::1", "FD00:0::1", ""]),
        "expiresAt" => text(&["2027-01-01T00:00:00Z", "2027-01-01T00:00:00.000000", "2027-01-02T00:00:00"]),
        "size" => proptest::sample::select(vec![json!(1), json!(1.0), json!(1.5), json!(2)]).boxed(),
        "enabled" => any::<bool>().prop_map(|flag| json!(flag)).boxed(),
        _ => text(&["a", "A", "b", "fa:16:3e:00:00:01", "FA:16:3E:00:00:01", ""]),
    }
}

/// Some of the scalars.
fn scalars() -> impl Strategy<Value = Map<String, Value>> {
    let shapes = shapes();
    let names =
        shapes.params.fields.iter().filter(|field| field.node == Node::Leaf).map(|field| field.name.clone());
    let each: Vec<_> = names
        .map(|name| proptest::option::of(value(&name)).prop_map(move |value| Some((name.clone(), value?))))
        .collect();
    each.prop_map(|fields| fields.into_iter().flatten().collect())
}

proptest! {
    #[test]
    fn a_filter_finds_just_what_a_spec_of_the_same_values_does_not_differ_from(filter in scalars(), there in scalars()) {
        let differs = diff(&shapes().params, &filter, &there);
        prop_assert_eq!(agrees(&shapes(), &filter, &there), differs.is_empty(), "{:?}", differs);
    }

    #[test]
    fn of_lists_it_finds_all_that_a_spec_would_be_content_with(
        wanted in proptest::collection::vec("[a-c]", 1..4), have in proptest::collection::vec("[a-c]", 0..4),
    ) {
        let (filter, there) = (map(json!({"tags": wanted})), map(json!({"tags": have})));
        let contained = wanted.iter().all(|tag| have.contains(tag));
        prop_assert_eq!(agrees(&shapes(), &filter, &there), contained);
        prop_assert!(contained || !diff(&shapes().params, &filter, &there).is_empty());
    }
}
