//! Where a Neutron floating IP leads: <https://docs.openstack.org/api-ref/network/v2/#update-floating-ip>

use crate::{
    api::crd::Column,
    kind::{
        Found, Goal, Info, Key, Kind, KindError, MarkerPlace, Seen, Step,
        awaited::Awaited,
        diff::Diff,
        request::{Answer, Method, Read, Request, service::NETWORK},
        rest::{Rest, listing::Listing},
        rival::Rival,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Where a floating IP leads that somebody else keeps.
pub struct FloatingIpAssociation;

/// What can be wanted of an association.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FloatingIpAssociationParameters {
    /// Id of the floating IP. If it leads to another port, it is taken from there.
    #[schemars(extend("x-os" = {"ref": "network.FloatingIP", "required": true, "immutable": true}))]
    pub floating_ip_id: Option<String>,
    /// Id of the port that it leads to. A router must join the port's subnet and the external network.
    #[schemars(extend("x-os" = {"ref": "network.Port", "required": true, "untilReady": true}))]
    pub port_id: Option<String>,
    /// Which of the port's addresses it leads to. Needed where the port has several IPv4 addresses.
    #[schemars(extend("x-os" = {"normalise": "ip"}))]
    pub fixed_ip_address: Option<String>,
}

/// What only the cloud says of an association.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct FloatingIpAssociationObservation {
    /// Id of the floating IP.
    pub id: String,
    /// The outer address.
    pub floating_ip_address: String,
    /// Id of the router on the way.
    pub router_id: String,
}

impl Kind for FloatingIpAssociation {
    type Parameters = FloatingIpAssociationParameters;
    type Observation = FloatingIpAssociationObservation;
    const INFO: Info = Info {
        kind: "FloatingIPAssociation",
        plural: "floatingipassociations",
        short: "osfipa",
        about: "A FloatingIPAssociation leads a floating IP of OpenStack Neutron that somebody else keeps to a port. Leave portId of its FloatingIP out.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#update-floating-ip",
        columns: &[
            Column { name: "ADDRESS", field: "floatingIpAddress" },
            Column { name: "FIXED", field: "fixedIpAddress" },
        ],
        external_name: "the id of the floating IP",
        marker: MarkerPlace::NaturalKey,
        ..Info::of(&NETWORK)
    };
    const LISTING: Listing = Listing::Of(&Rest::neutron("floatingips", "floatingip"));

    fn awaits(params: &FloatingIpAssociationParameters) -> Vec<Awaited> {
        super::shared::way_out(params.port_id.as_deref()).into_iter().collect()
    }

    fn rivals(params: &FloatingIpAssociationParameters) -> Vec<Rival> {
        let address = |id| Rival::named("network.FloatingIP", id, "leave its portId out").saying("portId");
        params.floating_ip_id.as_deref().map(address).into_iter().collect()
    }

    fn chosen_name(key: &Key<'_, FloatingIpAssociationParameters>) -> Option<String> {
        address(key).map(str::to_owned)
    }

    fn reads(key: &Key<'_, FloatingIpAssociationParameters>) -> Vec<Read> {
        address(key).map(|id| Read::Get { path: format!("/floatingips/{id}") }).into_iter().collect()
    }

    /// One that leads nowhere is none.
    fn parse(_: &Key<'_, FloatingIpAssociationParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let Some(Answer::Body(body)) = answers.last() else { return Ok(Found::Absent) };
        let mut body = body.get("floatingip").ok_or(KindError::Missing("floatingip"))?.clone();
        let id = body.get("id").and_then(Value::as_str).ok_or(KindError::Missing("id"))?.to_owned();
        if body.get("port_id").is_none_or(Value::is_null) {
            return Ok(Found::Absent);
        }
        if let Value::Object(address) = &mut body {
            address.insert("floating_ip_id".to_owned(), json!(id));
            // It carries the marker of who keeps the address.
            address.remove("description");
        }
        Ok(Found::One { external_name: id, body })
    }

    fn step(
        goal: Goal,
        key: &Key<'_, FloatingIpAssociationParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let FloatingIpAssociationParameters { port_id, fixed_ip_address, .. } = key.params;
        let id = address(key).ok_or(KindError::Missing("floatingIpId"))?;
        let send = |fields: Value| {
            let body = Some(json!({ "floatingip": fields }));
            Step::Send(Request::new(&NETWORK, Method::Put, format!("/floatingips/{id}"), body))
        };
        let lead = || match fixed_ip_address {
            Some(address) => send(json!({"port_id": port_id, "fixed_ip_address": address})),
            None => send(json!({"port_id": port_id})),
        };
        Ok(match (goal, seen) {
            (Goal::Exist, None) => lead(),
            (Goal::Match, Some(_)) if !diff.is_empty() => lead(),
            (Goal::Vanish, Some(_)) => send(json!({"port_id": null})),
            (Goal::Exist, Some(_)) | (Goal::Match, _) | (Goal::Vanish, None) => Step::Done,
        })
    }
}

/// The external-name, or else what the parameters say.
fn address<'a>(key: &Key<'a, FloatingIpAssociationParameters>) -> Option<&'a str> {
    key.any.meta.external_name.or(key.params.floating_ip_id.as_deref())
}
