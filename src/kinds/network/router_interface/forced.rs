//! The removal of an interface that routes of the router lead through: Neutron refuses it until they are gone.

use super::fields::RouterInterfaceParameters;
use crate::{
    kind::{
        Found, Key, Step,
        request::{Answer, Method, Read, Request, service::NETWORK},
    },
    kinds::network::router_route_set::SetRoute,
};
use ipnet::IpNet;
use serde_json::{Value, json};
use std::net::IpAddr;

/// The interface with the routes that lead through it, where somebody wants them to go with it: told by the router and by the
/// subnets that the interface is on, which are looked at first.
pub(super) fn with_routes(
    key: &Key<'_, RouterInterfaceParameters>,
    mut found: Found,
    behind: &[Answer],
) -> Found {
    let asked = key.params.force_delete == Some(true) && key.any.meta.external_name.is_some();
    let Found::One { body: Value::Object(body), .. } = &mut found else { return found };
    if !asked {
        return found;
    }
    let texts = |field: &str| {
        let all = body.get(field).and_then(Value::as_array).into_iter().flatten();
        all.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let get = |path: String| Read::Get { path };
    let [router, subnets @ ..] = behind else {
        let router = body.get("router_id").and_then(Value::as_str).unwrap_or_default();
        let subnets = texts("subnet_ids").into_iter().map(|id| get(format!("/subnets/{id}")));
        return Found::More([get(format!("/routers/{router}"))].into_iter().chain(subnets).collect());
    };
    let within: Vec<IpNet> = subnets
        .iter()
        .filter_map(|subnet| told(subnet)?.pointer("/subnet/cidr")?.as_str()?.parse().ok())
        .collect();
    let through = |route: &&Value| {
        let hop = route.get("nexthop").and_then(Value::as_str).and_then(|hop| hop.parse::<IpAddr>().ok());
        hop.is_some_and(|hop| within.iter().any(|net| net.contains(&hop)))
    };
    let routes = told(router).and_then(|router| router.pointer("/router/routes")?.as_array());
    let routes: Vec<_> = routes.into_iter().flatten().filter(through).cloned().collect();
    body.insert("routes".to_owned(), json!(routes));
    found
}

fn told(answer: &Answer) -> Option<&Value> {
    match answer {
        Answer::Body(body) | Answer::Compared { body, .. } => Some(body),
        Answer::Items(_) | Answer::Gone => None,
    }
}

/// Takes them off the router; `None` where there are none.
pub(super) fn take_off(router: &str, routes: &[SetRoute]) -> Option<Step> {
    let body = json!({"router": {"routes": routes}});
    let path = format!("/routers/{router}/remove_extraroutes");
    (!routes.is_empty()).then(|| Step::Send(Request::new(&NETWORK, Method::Put, path, Some(body))))
}
