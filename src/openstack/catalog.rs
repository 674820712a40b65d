//! The service catalog of a token: which endpoint a service has in a region, on an interface. Pure.
//! May use [`crate::kind`]. Format: <https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management>

use super::error::Error;
use crate::kind::request::service::Service;
use ::openstack::EndpointFilters;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// A catalog; empty for a token without scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Catalog {
    entries: Vec<ServiceEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct ServiceEntry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    endpoints: Vec<Endpoint>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Endpoint {
    interface: String,
    region: Option<String>,
    region_id: Option<String>,
    url: String,
}

impl Endpoint {
    /// Position in the order of accepted interfaces; `None` if it is not accepted.
    fn rank(&self, filters: &EndpointFilters) -> Option<usize> {
        let fits = filters.region.as_ref().is_none_or(|wanted| {
            self.region_id.as_ref() == Some(wanted) || self.region.as_ref() == Some(wanted)
        });
        if !fits {
            return None;
        }
        filters.interfaces.iter().position(|interface| *interface == self.interface)
    }
}

impl ServiceEntry {
    fn best(&self, filters: &EndpointFilters) -> Option<&Endpoint> {
        let ranked = self.endpoints.iter().filter_map(|endpoint| Some((endpoint.rank(filters)?, endpoint)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, endpoint)| endpoint)
    }
}

impl Catalog {
    /// The endpoint of the first of the service's types that has one.
    ///
    /// # Errors
    /// [`Error::NoService`], and [`Error::Malformed`] for an endpoint that is no URL.
    pub fn find(&self, service: &Service, filters: &EndpointFilters) -> Result<Url, Error> {
        let found = service.types.iter().find_map(|kind| self.endpoint(kind, filters));
        let address = found.ok_or_else(|| self.missing(service, filters))?;
        Url::parse(address).ok().filter(Url::has_host).ok_or_else(|| Error::Malformed {
            service: service.group,
            detail: format!("the catalog's endpoint {address:?} is no address"),
        })
    }

    /// The address of a service type, as the catalog has it. The catalog may hold a type several times.
    pub fn endpoint(&self, kind: &str, filters: &EndpointFilters) -> Option<&str> {
        let entries = self.entries.iter().filter(|entry| entry.kind == kind);
        entries.filter_map(|entry| entry.best(filters)).map(|endpoint| endpoint.url.as_str()).next()
    }

    /// Service types with an accepted endpoint, sorted, and their addresses.
    pub fn reachable(&self, filters: &EndpointFilters) -> BTreeMap<&str, &str> {
        let kinds = self.entries.iter().map(|entry| entry.kind.as_str());
        kinds.filter_map(|kind| Some((kind, self.endpoint(kind, filters)?))).collect()
    }

    /// Names of the regions with endpoints.
    pub fn regions(&self) -> BTreeSet<&str> {
        let endpoints = self.entries.iter().flat_map(|entry| &entry.endpoints);
        endpoints
            .filter_map(|endpoint| endpoint.region_id.as_deref().or(endpoint.region.as_deref()))
            .collect()
    }

    fn missing(&self, service: &Service, filters: &EndpointFilters) -> Error {
        let interfaces = filters.interfaces.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
        let region =
            filters.region.as_ref().map_or_else(String::new, |region| format!(" in region {region}"));
        let reachable = self.entries.iter().filter(|entry| entry.best(filters).is_some());
        let present = reachable.map(|entry| entry.kind.as_str()).collect::<BTreeSet<_>>();
        let present = present.into_iter().collect::<Vec<_>>().join(", ");
        Error::NoService {
            service: service.group,
            types: service.types.join(", "),
            place: format!("on interface {interfaces}{region}"),
            present: if present.is_empty() { "nothing".to_owned() } else { present },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::request::service::NETWORK;
    use ::openstack::InterfaceType::{Admin, Internal, Public};
    use serde_json::json;

    const BLOCK: Service = Service {
        group: "blockstorage",
        domain: "",
        types: &["block-storage", "volumev3"],
        major: 3,
        project: "Cinder",
    };

    fn catalog() -> Catalog {
        let endpoint = |interface: &str, region: &str, url: &str| json!({"interface": interface, "region": region, "region_id": region, "url": url, "id": "x"});
        serde_json::from_value(json!([
            {"type": "volumev3", "name": "cinder", "endpoints": [
                endpoint("internal", "A", "http://int-a:8776/v3"),
                endpoint("public", "A", "http://pub-a:8776/v3"),
                endpoint("public", "B", "http://pub-b:8776/v3"),
            ]},
            {"type": "identity", "endpoints": [endpoint("public", "A", "http://k:5000/v3")]},
            {"type": "network", "endpoints": []},
        ]))
        .unwrap()
    }

    #[test]
    fn a_service_is_found_by_alias_region_and_order_of_interfaces() {
        for (interfaces, region, expected) in [
            (vec![Public], "A", "http://pub-a:8776/v3"),
            (vec![Internal, Public], "A", "http://int-a:8776/v3"),
            (vec![Public, Internal], "A", "http://pub-a:8776/v3"),
            (vec![Internal, Public], "B", "http://pub-b:8776/v3"),
        ] {
            let found = catalog().find(&BLOCK, &EndpointFilters::new(interfaces, region)).unwrap();
            assert_eq!(found.as_str(), expected);
        }
    }

    #[test]
    fn what_is_there_is_told_by_region_and_interface() {
        assert_eq!(catalog().regions().into_iter().collect::<Vec<_>>(), ["A", "B"]);
        let catalog = catalog();
        let reachable = catalog.reachable(&EndpointFilters::new([Public], "B"));
        assert_eq!(reachable.into_iter().collect::<Vec<_>>(), [("volumev3", "http://pub-b:8776/v3")]);
    }

    #[test]
    fn a_missing_service_is_an_error_that_says_what_there_is() {
        let error = catalog().find(&NETWORK, &EndpointFilters::new([Public], "A")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the cloud's catalog has no network service (ServiceNotInCatalog): types network on interface public in region A; it has: identity, volumev3"
        );
        let error = catalog().find(&BLOCK, &EndpointFilters::new([Admin], "C")).unwrap_err();
        assert!(error.to_string().ends_with("on interface admin in region C; it has: nothing"), "{error}");
    }
}
