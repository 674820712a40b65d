//! Routes of Neutron routers, as one: <https://docs.openstack.org/api-ref/network/v2/#routers-routers>

use crate::kind::{
    Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Options, Seen, Step,
    awaited::Awaited,
    diff::Diff,
    normalise,
    request::{Answer, Method, Read, Request, service::NETWORK},
    rest::{Rest, listing::Listing},
    rival::Rival,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Routes that a router has beside those to its subnets.
pub struct RouterRouteSet;

/// What can be wanted of a router's routes: all of them, or some beside others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RouterRouteSetParameters {
    /// Id of the router.
    #[schemars(extend("x-os" = {"ref": "network.Router", "required": true, "immutable": true}))]
    pub router_id: Option<String>,
    /// All routes of the router: others are taken away, whoever made them. With the deletion of this resource all are.
    #[schemars(extend("x-os" = {"set": true, "excludes": ["additionalRoutes"]}), length(min = 1, max = 1000))]
    pub routes: Option<Vec<SetRoute>>,
    /// Routes that the router has beside others. With the deletion of this resource just these are taken away.
    #[schemars(extend("x-os" = {"set": true, "immutable": true, "byProvider": true, "excludes": ["routes"]}), length(min = 1, max = 1000))]
    pub additional_routes: Option<Vec<SetRoute>>,
}

/// A route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SetRoute {
    /// Where to, in CIDR notation, such as 198.51.100.0/24.
    #[schemars(extend("x-os" = {"normalise": "cidr"}), length(max = 64))]
    pub destination: Option<String>,
    /// Through which address. A subnet must have it to which the router has an interface.
    #[schemars(extend("x-os" = {"normalise": "ip"}), length(max = 64))]
    pub nexthop: Option<String>,
}

/// What only the cloud says of a router's routes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RouterRouteSetObservation {
    /// Id of the router.
    pub id: String,
    /// Routes that are wanted and not there.
    pub missing_routes: Vec<SetRoute>,
}

impl Kind for RouterRouteSet {
    type Parameters = RouterRouteSetParameters;
    type Observation = RouterRouteSetObservation;
    const INFO: Info = Info {
        kind: "RouterRouteSet",
        plural: "routerroutesets",
        short: "osrrts",
        about: "A RouterRouteSet has all routes of a router of OpenStack Neutron beside those to its subnets, or some of them.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#routers-routers",
        external_name: "the id of the router; with additionalRoutes, a slash and those behind it",
        marker: MarkerPlace::NaturalKey,
        requires: &[&["routes", "additionalRoutes"]],
        ..Info::of(&NETWORK)
    };
    const LISTING: Listing = Listing::Of(&Rest::neutron("routers", "router"));
    const OPTIONS: Options = Options { awaited: true, ..Options::USUAL };

    /// The next hops must be on subnets of the router.
    fn awaits(params: &RouterRouteSetParameters) -> Vec<Awaited> {
        let router = params.router_id.as_deref();
        router.map(|id| Awaited::having("network.RouterInterface", "routerId", id)).into_iter().collect()
    }

    /// Who has all routes takes away whatever another makes.
    fn rivals(params: &RouterRouteSetParameters) -> Vec<Rival> {
        let Some(router) = params.router_id.as_deref() else { return vec![] };
        let set = |instead| Rival::having("network.RouterRouteSet", "routerId", router, instead);
        match params.routes {
            Some(_) => vec![
                Rival::having("network.RouterRoute", "routerId", router, "say additionalRoutes here"),
                set("say additionalRoutes here").saying("additionalRoutes"),
            ],
            None => vec![set("say additionalRoutes there").saying("routes")],
        }
    }

    fn chosen_name(key: &Key<'_, RouterRouteSetParameters>) -> Option<String> {
        key.params.router_id.as_deref().map(|router| named(router, key.params.additional_routes.as_deref()))
    }

    fn reads(key: &Key<'_, RouterRouteSetParameters>) -> Vec<Read> {
        router(key).map(|id| Read::Get { path: format!("/routers/{id}") }).into_iter().collect()
    }

    /// They are there as long as the router has one of them.
    fn parse(key: &Key<'_, RouterRouteSetParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let Some(Answer::Body(body)) = answers.last() else { return Ok(Found::Absent) };
        let router = body.get("router").ok_or(KindError::Missing("router"))?;
        let id = router.get("id").and_then(Value::as_str).ok_or(KindError::Missing("id"))?;
        let all: Vec<_> = router.get("routes").and_then(Value::as_array).into_iter().flatten().collect();
        let has = |wanted: &&SetRoute| all.iter().any(|told| is(told, wanted));
        let more = key.params.additional_routes.as_deref();
        let (there, missing): (Vec<_>, Vec<_>) = wanted(key.params).iter().partition(has);
        if if more.is_some() { there.is_empty() } else { all.is_empty() } {
            return Ok(Found::Absent);
        }
        let exact = Some(&all).filter(|_| more.is_none());
        let body = json!({"id": id, "router_id": id, "routes": exact, "additional_routes": more,
            "missing_routes": missing});
        let external_name = key.any.meta.external_name.map_or_else(|| named(id, more), str::to_owned);
        Ok(Found::One { external_name, body })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, RouterRouteSetParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let id = router(key).ok_or(KindError::Missing("routerId"))?;
        let send = |below: &str, routes: &[SetRoute]| {
            let body = json!({"router": {"routes": routes}});
            Step::Send(Request::new(&NETWORK, Method::Put, format!("/routers/{id}{below}"), Some(body)))
        };
        let (all, wanted) = (key.params.additional_routes.is_none(), wanted(key.params));
        Ok(match (goal, seen) {
            (Goal::Exist, Some(_)) | (Goal::Match | Goal::Vanish, None) => Step::Done,
            (Goal::Match, Some(_)) if diff.is_empty() => Step::Done,
            (Goal::Exist | Goal::Match, _) if all => send("", wanted),
            (Goal::Exist | Goal::Match, _) => send("/add_extraroutes", wanted),
            (Goal::Vanish, Some(_)) if all => send("", &[]),
            (Goal::Vanish, Some(_)) => send("/remove_extraroutes", wanted),
        })
    }

    fn drift(key: &Key<'_, RouterRouteSetParameters>, seen: &Seen<'_, Self>) -> Vec<String> {
        let lacks = key.params.additional_routes.is_some() && !seen.state.missing_routes.is_empty();
        lacks.then(|| "additionalRoutes".to_owned()).into_iter().collect()
    }
}

/// Those that are wanted, of whichever way.
fn wanted(params: &RouterRouteSetParameters) -> &[SetRoute] {
    params.additional_routes.as_deref().or(params.routes.as_deref()).unwrap_or_default()
}

/// Is this the route, however it is spelt?
fn is(told: &Value, wanted: &SetRoute) -> bool {
    let text = |field: &str| told.get(field).and_then(Value::as_str).unwrap_or_default();
    spelt(wanted) == (normalise::cidr(text("destination")), normalise::ip(text("nexthop")))
}

/// Destination and next hop, as Neutron spells them.
fn spelt(route: &SetRoute) -> (String, String) {
    let [destination, nexthop] =
        [&route.destination, &route.nexthop].map(|text| text.as_deref().unwrap_or_default());
    (normalise::cidr(destination), normalise::ip(nexthop))
}

/// The external-name's, or else what the parameters say.
fn router<'a>(key: &Key<'a, RouterRouteSetParameters>) -> Option<&'a str> {
    let name = key.any.meta.external_name.or(key.params.router_id.as_deref())?;
    name.split('/').next()
}

/// Several resources may each have routes of one router beside others': they are no rivals.
fn named(router: &str, more: Option<&[SetRoute]>) -> String {
    let Some(more) = more else { return router.to_owned() };
    let more: BTreeSet<_> = more.iter().map(spelt).collect();
    let more: Vec<_> = more.into_iter().map(|(to, through)| format!("{to}={through}")).collect();
    format!("{router}/{}", more.join(","))
}
