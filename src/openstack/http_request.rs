//! A request of `kind` as HTTP: URL, headers, and the body with its secrets. Pure. May use [`crate::kind`].

use crate::kind::request::{Method, Microversion, Request, service::Service};
use ::http::{HeaderMap, HeaderName, HeaderValue, header};
use url::Url;

/// The body's bytes. They may hold secrets: to be sent, never printed.
pub(super) fn body(request: &Request) -> Result<Option<Vec<u8>>, String> {
    Ok(request.body_with_secrets()?.map(|body| body.to_string().into_bytes()))
}

/// All headers but the token's.
pub(super) fn headers(request: &Request) -> HeaderMap {
    let mut headers = json_headers();
    if let Some(version) = request.microversion {
        headers.extend(microversion_headers(request.service, version));
    }
    // As Neutron has it, the only service that counts revisions.
    let revision = request.revision.and_then(|revision| format!("revision_number={revision}").parse().ok());
    headers.extend(revision.map(|revision: HeaderValue| (header::IF_MATCH, revision)));
    if request.body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(request.content_type));
    }
    headers
}

/// The same for a body that flows.
pub(super) fn stream_headers(request: &Request) -> HeaderMap {
    let mut headers = headers(request);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(request.content_type));
    headers
}

/// What every request accepts: Glance would send errors in HTML otherwise.
pub(super) fn json_headers() -> HeaderMap {
    HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("application/json"))])
}

/// The method as the HTTP client names it.
pub(super) fn verb(method: Method) -> ::http::Method {
    match method {
        Method::Get => ::http::Method::GET,
        Method::Post => ::http::Method::POST,
        Method::Put => ::http::Method::PUT,
        Method::Patch => ::http::Method::PATCH,
        Method::Delete => ::http::Method::DELETE,
    }
}

/// Adds path and query to an endpoint. A path that leads above the endpoint or to another object (`..`, an empty part) is
/// refused: an id in it may come from an annotation that people write.
pub(super) fn below(mut endpoint: Url, request: &Request) -> Result<Url, String> {
    let odd = |segment: &str| {
        let plain = segment.replace("%2e", ".").replace("%2E", ".");
        matches!(plain.as_str(), "" | "." | "..") || segment.contains(['\\', '?', '#'])
    };
    let segments = request.path.strip_prefix('/').ok_or("its path does not begin with /")?;
    if segments.split('/').any(odd) {
        return Err(format!("its path {:?} has an empty or odd part", request.path));
    }
    endpoint.set_path(&format!("{}{}", endpoint.path().trim_end_matches('/'), request.path));
    if !request.query.is_empty() {
        endpoint.query_pairs_mut().extend_pairs(&request.query);
    }
    Ok(endpoint)
}

/// The common header, and the older ones of services that ignore it. Cinder calls itself `volume` in it.
/// <https://specs.openstack.org/openstack/api-sig/guidelines/microversion_specification.html>
fn microversion_headers(service: &Service, version: Microversion) -> HeaderMap {
    let official = service.types.first().copied().unwrap_or(service.group);
    let (word, own) = match official {
        "block-storage" | "block-store" | "volumev3" => ("volume", None),
        "baremetal" => ("baremetal", Some("x-openstack-ironic-api-version")),
        "shared-file-system" | "sharev2" => ("shared-file-system", Some("x-openstack-manila-api-version")),
        other => (other, None),
    };
    let common = ("openstack-api-version", format!("{word} {version}"));
    let own = own.map(|name| (name, version.to_string()));
    let pairs = [Some(common), own].into_iter().flatten();
    pairs.filter_map(|(name, value)| Some((HeaderName::from_static(name), value.parse().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::request::service::NETWORK;
    use proptest::prelude::*;

    fn get(path: &str) -> Request {
        Request::new(&NETWORK, Method::Get, path, None)
    }

    #[test]
    fn a_path_stays_below_its_endpoint() {
        let endpoint = Url::parse("http://h/network/v2.0").unwrap();
        let mut request = get("/networks/a%2Fb");
        request.query.push(("name".into(), "x&y".into()));
        let url = below(endpoint.clone(), &request).unwrap();
        assert_eq!(url.as_str(), "http://h/network/v2.0/networks/a%2Fb?name=x%26y");
        for path in
            ["/networks/..", "/networks/%2e%2E/x", "/networks/", "networks", "//h", "/a?b", "/a\\..\\b"]
        {
            assert!(below(endpoint.clone(), &get(path)).is_err(), "{path}");
        }
    }

    #[test]
    fn a_microversion_is_named_as_the_service_calls_itself() {
        let header = |kind: &'static [&'static str]| {
            let service = Service { types: kind, ..NETWORK };
            microversion_headers(&service, Microversion(3, 70))["openstack-api-version"].clone()
        };
        assert_eq!(header(&["compute"]), "compute 3.70");
        assert_eq!(header(&["block-storage", "volumev3"]), "volume 3.70");
    }

    proptest! {
        #[test]
        fn no_path_leads_above_its_endpoint(path in "(/|\\.|%2e|%2F|\\\\|[a-z?#:@]){0,12}") {
            let endpoint = Url::parse("http://h/network/v2.0").unwrap();
            if let Ok(url) = below(endpoint, &get(&path)) {
                prop_assert!(url.as_str().starts_with("http://h/network/v2.0/"), "{}", url);
            }
        }
    }
}
