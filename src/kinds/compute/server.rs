//! Nova servers: <https://docs.openstack.org/api-ref/compute/#servers-servers>
//!
//! Looked at with microversion 2.46, the last that tells the flavor's id; created with the one that the spec needs.

mod answer;
mod change;
mod fields;
mod interfaces;
mod state;

pub use fields::*;
pub use state::*;

use crate::{
    api::crd::Column,
    kind::{
        Changes, ConnectionDetails, Found, Info, Key, Kind, KindError, MarkerPlace, Ready, Seen, Statuses,
        Step,
        awaited::{Awaited, Which},
        cloud::CloudInfo,
        plain_parse,
        request::{Answer, Microversion, service::COMPUTE},
        requests,
        rest::{Rest, incremental::Incremental, listing::Listing},
    },
};
use serde_json::{Map, Value, json};

/// A virtual machine.
pub struct Server;

impl Kind for Server {
    type Parameters = ServerParameters;
    type Observation = ServerObservation;
    const INFO: Info = Info {
        kind: "Server",
        plural: "servers",
        short: "ossrv",
        about: "A Server is a virtual machine of OpenStack Nova.",
        docs: "https://docs.openstack.org/api-ref/compute/#servers-servers",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "ADDRESS", field: "address" }],
        microversion: Some(Microversion(2, 46)),
        connection: &["address", "addresses"],
        marker: MarkerPlace::Metadata,
        requires: &[&["imageId", "blockDeviceMappings"]],
        ..Info::of(&COMPUTE)
    };
    /// Creates say tags.
    const REST: Option<Rest> = Some(Rest {
        create: Some(Microversion(2, 52)),
        asks: &["name"],
        hints: Some("os:scheduler_hints"),
        incremental: Some(Incremental {
            parameter: "changes-since",
            operator: "",
            changed: "updated",
            since: None,
        }),
        ..Rest::plain("servers", "server")
    });
    const LISTING: Listing = Listing::Detail(&[]);
    const STATUSES: Option<Statuses> =
        Some(Statuses { gone: &["DELETED", "SOFT_DELETED"], ..Statuses::of("server", &[]) });
    const NOT_IN_CREATE: &[&str] =
        &["image_change", "power_state", "network_mode", "locked", "stop_before_delete", "force_delete"];
    const CHANGES: Changes<Self> = change::CHANGES;

    /// Nova refuses a network without subnets, and looks for one with some where none is given. A port that a server uses
    /// may get no trunk any more.
    fn awaits(params: &ServerParameters) -> Vec<Awaited> {
        let subnet = |which| Awaited { kind: "network.Subnet", which, instead: "" };
        let of = |network: &ServerNetwork| match (&network.port_id, &network.network_id) {
            (Some(port), _) => Some(Awaited::having("network.Trunk", "portId", port)),
            (None, id) => id.as_ref().map(|id| subnet(Which::Having("networkId", json!(id)))),
        };
        match (params.networks.as_ref().or(params.interfaces.as_ref()), params.network_mode) {
            (None, Some(NetworkMode::None)) => vec![],
            (None, Some(NetworkMode::Auto) | None) => vec![subnet(Which::Any)],
            (Some(networks), _) => networks.iter().filter_map(of).collect(),
        }
    }

    fn parse(key: &Key<'_, ServerParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let (answers, behind) = answer::split(key, answers);
        answer::shown(key.params, plain_parse::<Self>(key, answers)?, behind)
    }

    fn complete(params: &ServerParameters, body: &mut Map<String, Value>) {
        interfaces::create(body);
        body.entry("networks").or_insert_with(|| json!(params.network_mode.unwrap_or(NetworkMode::Auto)));
        if let Some(groups) = &params.security_groups {
            let named: Vec<_> = groups.iter().map(|name| json!({"name": name})).collect();
            body.insert("security_groups".to_owned(), json!(named));
        }
        let disks = body.get_mut("block_device_mapping_v2").and_then(Value::as_array_mut);
        disks.into_iter().flatten().filter_map(Value::as_object_mut).for_each(disk);
    }

    fn before_delete(key: &Key<'_, ServerParameters>, seen: &Seen<'_, Self>) -> Option<Step> {
        change::before_delete(&requests::<Self>(key), key, seen)
    }

    fn busy(seen: &Seen<'_, Self>) -> Option<Step> {
        let (status, task) = (seen.state.status.as_str(), seen.state.task_state.as_str());
        if status == "ERROR" {
            return Some(Step::Refuse("a server whose status is ERROR can't be changed".to_owned()));
        }
        let settled = status == "VERIFY_RESIZE" || seen.params.power_state.is_some();
        let task = if task.is_empty() { String::new() } else { format!(" ({task})") };
        (!settled || !task.is_empty())
            .then(|| Step::Wait(format!("the server, whose status is {status}{task}")))
    }

    fn ready(params: &ServerParameters, seen: &Seen<'_, Self>) -> Ready {
        let wanted = params.power_state.unwrap_or(PowerState::Active);
        let there = seen.params.power_state == Some(wanted);
        if there { Ready::Yes } else { Statuses::of("server", &[]).ready_as(seen.any) }
    }

    fn connection(_: &Key<'_, ServerParameters>, seen: &Seen<'_, Self>, _: &CloudInfo) -> ConnectionDetails {
        let addresses = json!(seen.state.addresses).to_string();
        let said = [("address", seen.state.address.clone()), ("addresses", addresses)];
        let known = said.into_iter().filter(|_| !seen.state.address.is_empty());
        known.map(|(key, value)| (key.to_owned(), value.into())).collect()
    }
}

/// The source of a disk in the API's words.
fn disk(disk: &mut Map<String, Value>) {
    let sources = ["volume", "image", "snapshot"].into_iter();
    let found = sources.filter_map(|source| Some((source, disk.remove(&format!("{source}_id"))?))).last();
    disk.insert("source_type".to_owned(), json!(found.as_ref().map_or("blank", |(source, _)| source)));
    disk.extend(found.map(|(_, id)| ("uuid".to_owned(), id)));
    disk.entry("destination_type").or_insert_with(|| json!(DestinationType::Volume));
}

#[cfg(test)]
mod tests;
