use super::*;
use crate::kind::request::service::NETWORK;
use serde_json::json;

fn service(major: u16) -> Service {
    Service { major, ..NETWORK }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn root(text: &str, suffix: &str) -> Root {
    Root { url: url(text), suffix: suffix.to_owned() }
}

#[test]
fn an_address_with_our_version_is_taken_as_it_is() {
    for (given, major, taken, document) in [
        ("http://h:5000/v3/", 3, "http://h:5000/v3", "http://h:5000/v3/"),
        ("http://h/compute/v2.1", 2, "http://h/compute/v2.1", "http://h/compute/v2.1/"),
        ("http://h:8776/v3/0a1b", 3, "http://h:8776/v3/0a1b", "http://h:8776/v3/"),
        (
            "http://h/v1/gateway/volume/v3",
            3,
            "http://h/v1/gateway/volume/v3",
            "http://h/v1/gateway/volume/v3/",
        ),
    ] {
        let expected = Address::Versioned(url(taken), root(document, ""));
        assert_eq!(read(&url(given), &service(major)), expected, "{given}");
    }
}

#[test]
fn an_address_without_our_version_says_where_to_ask() {
    for (given, major, asked, suffix) in [
        ("http://h:9696", 2, "http://h:9696/", ""),
        ("http://h/network", 2, "http://h/network", ""),
        ("http://h:8776/v2/0a1b", 3, "http://h:8776/", "/0a1b"),
        ("http://h/identity/v2.0", 3, "http://h/identity/", ""),
    ] {
        assert_eq!(read(&url(given), &service(major)), Address::Unversioned(root(asked, suffix)), "{given}");
    }
}

#[test]
fn versions_are_chosen_from_every_form_of_the_list() {
    let item = |id: &str, href: &str| json!({"id": id, "links": [{"rel": "self", "href": href}]});
    for (document, at, major, chosen) in [
        (
            json!({"versions": [item("v2.0", "http://inner:9696/v2.0/")]}),
            "https://h/network",
            2,
            "https://h/network/v2.0",
        ),
        (
            json!({"versions": [item("v2.17", "http://h/v2/"), item("v1.1", "http://h/v1/")]}),
            "http://h:9292/",
            2,
            "http://h:9292/v2",
        ),
        (
            json!({"versions": {"values": [item("v3.14", "http://h/v3/")]}}),
            "http://h/identity/",
            3,
            "http://h/identity/v3",
        ),
        (
            json!({"versions": [item("v2.0", "http://h/v2/"), item("v2.1", "http://h/v2.1/")]}),
            "http://h/",
            2,
            "http://h/v2.1",
        ),
        (json!({"version": item("v1.0", "")}), "http://h/placement", 1, "http://h/placement"),
    ] {
        assert_eq!(choose(&document, &root(at, ""), &service(major)).unwrap().url.as_str(), chosen);
    }
    let document = json!({"versions": [item("v3.0", "http://h:8776/v3/")]});
    let chosen = choose(&document, &root("http://h:8776/", "/0a1b"), &service(3)).unwrap();
    assert_eq!(chosen.url.as_str(), "http://h:8776/v3/0a1b");
}

#[test]
fn microversions_are_read_from_every_form_and_a_cloud_that_is_too_old_or_too_new_is_told() {
    for (item, expected) in [
        (json!({"version": "2.60", "min_version": "2.1"}), Some((Microversion(2, 1), Microversion(2, 60)))),
        (
            json!({"max_version": "1.39", "min_version": "1.0"}),
            Some((Microversion(1, 0), Microversion(1, 39))),
        ),
        (json!({"version": "", "min_version": ""}), None),
        (json!({"status": "CURRENT"}), None),
    ] {
        assert_eq!(range(&item), expected);
    }
    let item = json!({"id": "v2.1", "version": "2.60", "min_version": "2.10"});
    let nova = choose(&json!({"version": item}), &root("http://h/v2.1/", ""), &service(2)).unwrap();
    assert_eq!(nova.id.as_deref(), Some("v2.1"));
    let offers = |minor, because: Option<&str>| {
        nova.offers(&NETWORK, Microversion(2, minor), because.map(str::to_owned))
    };
    assert_eq!(offers(60, None), Ok(()));
    assert_eq!(
        offers(90, Some("hostname")).unwrap_err().to_string(),
        "network API of this cloud speaks at most 2.60 (MicroversionNotOffered): 2.90 is needed for hostname"
    );
    assert_eq!(
        offers(9, None).unwrap_err().to_string(),
        "network API of this cloud speaks at least 2.10 (MicroversionNotOffered): 2.9 is needed"
    );
    assert_eq!(Version::unspecified(url("http://h/")).offers(&NETWORK, Microversion(2, 9), None), Ok(()));
}

#[test]
fn a_service_that_does_not_speak_our_version_says_what_it_speaks() {
    let error =
        choose(&json!({"versions": [{"id": "v1.0"}]}), &root("http://h/", ""), &service(2)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "network API at http://h/ offers no version 2 (ApiVersionNotOffered): it offers: v1.0"
    );
}
