//! From a service's endpoint to the address that our paths are relative to. Catalogs give it with version (Keystone,
//! Nova, Cinder) or without (Neutron, Glance, Octavia), some with a project behind it. Pure: says what to ask, and
//! chooses from the answer. Only a version's last path segment is taken from the answer, since services behind
//! a proxy publish addresses that nobody can reach. May use [`crate::kind`].
//!
//! Discovery: <https://docs.openstack.org/keystoneauth/latest/using-sessions.html>,
//! <https://specs.openstack.org/openstack/api-sig/guidelines/microversion_specification.html#version-discovery>

use super::error::Error;
use crate::kind::service::Service;
use serde_json::Value;
use url::Url;

/// What a catalog's address tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// It has the version that we speak.
    Versioned(Url),
    /// GET this, then [`choose`].
    Unversioned(Root),
}

/// Where a service publishes its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Address of the list.
    pub url: Url,
    /// What stood behind another version in the catalog: a project.
    suffix: String,
}

/// Reads a catalog's address.
pub fn read(url: &Url, service: &Service) -> Address {
    let path = url.path().trim_end_matches('/');
    let segments = path.split('/').collect::<Vec<_>>();
    let version = segments.iter().rposition(|segment| version(segment).is_some());
    let split = version.and_then(|at| segments.split_at_checked(at));
    let with_path = |path: &str| {
        let mut url = url.clone();
        url.set_path(path);
        url
    };
    match split {
        None => Address::Unversioned(Root { url: url.clone(), suffix: String::new() }),
        Some((before, after)) => match after.split_first() {
            Some((own, rest)) if version_major(own) != Some(service.major) => Address::Unversioned(Root {
                url: with_path(&format!("{}/", before.join("/"))),
                suffix: rest.iter().map(|segment| format!("/{segment}")).collect(),
            }),
            Some(_) | None => Address::Versioned(with_path(path)),
        },
    }
}

/// Chooses our version from a service's version document.
pub fn choose(document: &Value, root: &Root, service: &Service) -> Result<Url, Error> {
    let versions = versions(document);
    let ours = versions.iter().filter_map(|item| {
        let number = version(item.get("id")?.as_str()?)?;
        (number.0 == service.major).then_some((number, *item))
    });
    let Some((_, newest)) = ours.max_by_key(|(number, _)| *number) else {
        let offered = versions.iter().filter_map(|item| item.get("id")?.as_str()).collect::<Vec<_>>();
        return Err(Error::NoVersion {
            service: service.group,
            root: root.url.to_string(),
            major: service.major,
            offered: if offered.is_empty() { "no list of versions".to_owned() } else { offered.join(", ") },
        });
    };
    let mut url = root.url.clone();
    let segment = segment(newest).map_or_else(String::new, |segment| format!("/{segment}"));
    url.set_path(&format!("{}{segment}{}", root.url.path().trim_end_matches('/'), root.suffix));
    Ok(url)
}

/// `{"versions": […]}`, Keystone's `{"versions": {"values": […]}}`, or `{"version": {…}}`.
fn versions(document: &Value) -> Vec<&Value> {
    let list = document.get("versions");
    let list = list.and_then(|versions| versions.get("values")).or(list).and_then(Value::as_array);
    list.map_or_else(|| document.get("version").into_iter().collect(), |list| list.iter().collect())
}

/// The path segment of a version, from its own link: `v2.0` for Neutron, `v2` for Glance's `v2.17`, none for Placement.
fn segment(item: &Value) -> Option<&str> {
    let links = item.get("links")?.as_array()?;
    let own = links.iter().find(|link| link.get("rel").and_then(Value::as_str) == Some("self"))?;
    let path = own.get("href")?.as_str()?.trim_end_matches('/');
    path.rsplit('/').find(|segment| version(segment).is_some())
}

fn version_major(segment: &str) -> Option<u16> {
    version(segment).map(|(major, _)| major)
}

/// `v2.1`, `v3`.
fn version(segment: &str) -> Option<(u16, u16)> {
    let number = segment.strip_prefix('v')?;
    let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::service::NETWORK;
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
        for (given, major, taken) in [
            ("http://h:5000/v3/", 3, "http://h:5000/v3"),
            ("http://h/compute/v2.1", 2, "http://h/compute/v2.1"),
            ("http://h:8776/v3/0a1b", 3, "http://h:8776/v3/0a1b"),
            ("http://h/v1/gateway/volume/v3", 3, "http://h/v1/gateway/volume/v3"),
        ] {
            assert_eq!(read(&url(given), &service(major)), Address::Versioned(url(taken)), "{given}");
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
            assert_eq!(
                read(&url(given), &service(major)),
                Address::Unversioned(root(asked, suffix)),
                "{given}"
            );
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
            assert_eq!(choose(&document, &root(at, ""), &service(major)).unwrap().as_str(), chosen);
        }
        let document = json!({"versions": [item("v3.0", "http://h:8776/v3/")]});
        let chosen = choose(&document, &root("http://h:8776/", "/0a1b"), &service(3)).unwrap();
        assert_eq!(chosen.as_str(), "http://h:8776/v3/0a1b");
    }

    #[test]
    fn a_service_that_does_not_speak_our_version_says_what_it_speaks() {
        let error =
            choose(&json!({"versions": [{"id": "v1.0"}]}), &root("http://h/", ""), &service(2)).unwrap_err();
        assert_eq!(error.to_string(), "network API at http://h/ offers no version 2; it offers: v1.0");
    }
}
