//! Neutron with pages.

use super::{CloudState, RecordedRequest, json_answer};
use ::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::{collections::HashMap, ops::Bound};

pub(super) fn networks(state: &mut CloudState, seen: &RecordedRequest, uri: &Uri) -> Response {
    let query: HashMap<_, _> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let missing = |id: &str| {
        let message = format!("Network {id} could not be found.");
        json_answer(
            404,
            &json!({"NeutronError": {"type": "NetworkNotFound", "message": message, "detail": ""}}),
        )
    };
    match (&seen.method, uri.path().strip_prefix("/network/v2.0/networks")) {
        (&Method::GET, Some("")) => {
            let limit = query.get("limit").map_or(usize::MAX, |limit| limit.parse::<usize>().unwrap().min(2));
            let marker = query.get("marker").cloned().unwrap_or_default();
            let page: Vec<_> =
                state.networks.range((Bound::Excluded(marker), Bound::Unbounded)).take(limit).collect();
            let links = match page.last() {
                Some((id, _)) if page.len() == limit => {
                    json!([{"rel": "next", "href": format!("http://inside:9696/v2.0/networks?limit=2&marker={id}")}])
                }
                _ => json!([]),
            };
            let items: Vec<_> = page.iter().map(|(_, network)| network).collect();
            json_answer(200, &json!({"networks": items, "networks_links": links}))
        }
        (&Method::POST, Some("")) => {
            let id = format!("n{}", state.networks.len());
            let mut network = seen.body["network"].clone();
            network["id"] = json!(id);
            state.networks.insert(id, network.clone());
            json_answer(201, &json!({"network": network}))
        }
        (method, Some(id)) => {
            let id = id.trim_start_matches('/');
            match (method, state.networks.get(id).cloned()) {
                (_, None) => missing(id),
                (&Method::DELETE, Some(_)) => {
                    state.networks.remove(id);
                    StatusCode::NO_CONTENT.into_response()
                }
                (_, Some(network)) => json_answer(200, &json!({"network": network})),
            }
        }
        (_, None) => (StatusCode::NOT_FOUND, "no such path").into_response(),
    }
}
