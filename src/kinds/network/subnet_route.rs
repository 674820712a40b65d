//! Routes of Neutron subnets: <https://docs.openstack.org/api-ref/network/v2/#subnets>
//!
//! Neutron takes only the whole list, which several resources may write: it is edited.

use super::route::Route;
use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Seen, Step,
        diff::Diff,
        request::{Answer, Edit, Read, Request, service::NETWORK},
        rest::{Rest, listing::Listing},
        rival::Rival,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A route that the hosts of a subnet learn.
pub struct SubnetRoute;

/// What can be wanted of a route. Nothing of it can be changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SubnetRouteParameters {
    /// Id of the subnet.
    #[schemars(extend("x-os" = {"ref": "network.Subnet", "required": true, "immutable": true}))]
    pub subnet_id: Option<String>,
    /// Where to, in CIDR notation, such as 198.51.100.0/24.
    #[schemars(extend("x-os" = {"required": true, "immutable": true, "normalise": "cidr"}))]
    pub destination: Option<String>,
    /// Through which address.
    #[schemars(extend("x-os" = {"required": true, "immutable": true, "normalise": "ip"}))]
    pub nexthop: Option<String>,
}

/// What only the cloud says of a route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SubnetRouteObservation {
    /// The external-name: a route has no id of its own.
    pub id: String,
}

impl Kind for SubnetRoute {
    type Parameters = SubnetRouteParameters;
    type Observation = SubnetRouteObservation;
    const INFO: Info = Info {
        kind: "SubnetRoute",
        plural: "subnetroutes",
        short: "ossubr",
        about: "A SubnetRoute is a route that the hosts of a subnet of OpenStack Neutron learn from DHCP. Leave hostRoutes of its Subnet out, which says all of them.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#subnets",
        columns: &[
            Column { name: "DESTINATION", field: "destination" },
            Column { name: "NEXTHOP", field: "nexthop" },
        ],
        external_name: "the id of the subnet and the route: <subnet>/<destination>/<nexthop>",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    const LISTING: Listing = Listing::Of(&Rest::neutron("subnets", "subnet"));

    fn rivals(params: &SubnetRouteParameters) -> Vec<Rival> {
        let subnet = |id| Rival::named("network.Subnet", id, "leave its hostRoutes out").saying("hostRoutes");
        params.subnet_id.as_deref().map(subnet).into_iter().collect()
    }

    fn reads(key: &Key<'_, SubnetRouteParameters>) -> Vec<Read> {
        let path = |route: Route<'_>| Read::Get { path: format!("/subnets/{}", route.owner) };
        meant(key).map(path).into_iter().collect()
    }

    fn parse(key: &Key<'_, SubnetRouteParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        meant(key)?.found(answers, "subnet", "host_routes", "subnet_id")
    }

    fn step(
        goal: Goal,
        key: &Key<'_, SubnetRouteParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let route = meant(key)?;
        let send = |add, remove| {
            let edit = Edit { object: "subnet", list: "host_routes", add, remove };
            Step::Send(Request::edit(&NETWORK, format!("/subnets/{}", route.owner), edit))
        };
        Ok(match (goal, seen) {
            (Goal::Exist, None) => send(vec![route.item()], vec![]),
            (Goal::Vanish, Some(_)) => send(vec![], vec![route.item()]),
            (Goal::Match, Some(_)) if !diff.is_empty() => Step::unchangeable(diff),
            (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
        })
    }
}

fn meant<'a>(key: &Key<'a, SubnetRouteParameters>) -> Result<Route<'a>, KindError> {
    let SubnetRouteParameters { subnet_id, destination, nexthop } = key.params;
    Route::meant(key.any.meta.external_name, [subnet_id, destination, nexthop])
}
