//! Routes of Neutron routers: <https://docs.openstack.org/api-ref/network/v2/#routers-routers>
//!
//! Neutron adds and removes routes one by one, so that several resources can write one router.

use super::route::Route;
use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Seen, Step,
        awaited::Awaited,
        diff::Diff,
        request::{Answer, Method, Read, Request, service::NETWORK},
        rest::{Rest, listing::Listing},
        rival::Rival,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A route that a router has beside those to its subnets.
pub struct RouterRoute;

/// What can be wanted of a route. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RouterRouteParameters {
    /// Id of the router.
    #[schemars(extend("x-os" = {"ref": "network.Router", "required": true, "immutable": true}))]
    pub router_id: Option<String>,
    /// Where to, in CIDR notation, such as 198.51.100.0/24.
    #[schemars(extend("x-os" = {"required": true, "immutable": true, "normalise": "cidr"}))]
    pub destination: Option<String>,
    /// Through which address. A subnet must have it to which the router has an interface.
    #[schemars(extend("x-os" = {"required": true, "immutable": true, "normalise": "ip"}))]
    pub nexthop: Option<String>,
}

/// What only the cloud says of a route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RouterRouteObservation {
    /// The external-name: a route has no id of its own.
    pub id: String,
}

impl Kind for RouterRoute {
    type Parameters = RouterRouteParameters;
    type Observation = RouterRouteObservation;
    const INFO: Info = Info {
        kind: "RouterRoute",
        plural: "routerroutes",
        short: "osrrt",
        about: "A RouterRoute is a route that a router of OpenStack Neutron has beside those to its subnets.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#routers-routers",
        columns: &[
            Column { name: "DESTINATION", field: "destination" },
            Column { name: "NEXTHOP", field: "nexthop" },
        ],
        external_name: "the id of the router and the route: <router>/<destination>/<nexthop>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    const LISTING: Listing = Listing::Of(&Rest::neutron("routers", "router"));
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };

    /// The next hop must be on a subnet of the router.
    fn awaits(params: &RouterRouteParameters) -> Vec<Awaited> {
        let router = params.router_id.as_deref();
        router.map(|id| Awaited::having("network.RouterInterface", "routerId", id)).into_iter().collect()
    }

    /// A set of all routes takes others away.
    fn rivals(params: &RouterRouteParameters) -> Vec<Rival> {
        let set =
            |id| Rival::having("network.RouterRouteSet", "routerId", id, "make it a set of additionalRoutes");
        params.router_id.as_deref().map(|id| set(id).saying("routes")).into_iter().collect()
    }

    fn reads(key: &Key<'_, RouterRouteParameters>) -> Vec<Read> {
        let path = |route: Route<'_>| Read::Get { path: format!("/routers/{}", route.owner) };
        meant(key).map(path).into_iter().collect()
    }

    fn parse(key: &Key<'_, RouterRouteParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        meant(key)?.found(answers, "router", "routes", "router_id")
    }

    fn step(
        goal: Goal,
        key: &Key<'_, RouterRouteParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let route = meant(key)?;
        let send = |action: &str| {
            let (path, body) =
                (format!("/routers/{}/{action}", route.owner), json!({"router": {"routes": [route.item()]}}));
            Step::Send(Request::new(&NETWORK, Method::Put, path, Some(body)))
        };
        Ok(match (goal, seen) {
            (Goal::Exist, None) => send("add_extraroutes"),
            (Goal::Vanish, Some(_)) => send("remove_extraroutes"),
            (Goal::Match, Some(_)) if !diff.is_empty() => Step::unchangeable(diff),
            (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
        })
    }
}

fn meant<'a>(key: &Key<'a, RouterRouteParameters>) -> Result<Route<'a>, KindError> {
    let RouterRouteParameters { router_id, destination, nexthop } = key.params;
    Route::meant(key.any.meta.external_name, [router_id, destination, nexthop])
}
