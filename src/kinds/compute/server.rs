//! Nova servers: <https://docs.openstack.org/api-ref/compute/#servers-servers>
//!
//! Looked at with microversion 2.46, the last that tells the flavor's id; created with the one that the spec needs.

mod answer;
mod change;
mod fields;
mod state;

pub use fields::*;
pub use state::*;

use crate::{
    api::crd::Column,
    kind::{
        Changes, ConnectionDetails, Found, Goal, ID, Info, Key, Kind, KindError, MarkerPlace, Ready, Rights,
        Seen, Step,
        cloud::CloudInfo,
        diff::Diff,
        plain_parse, plain_reads, plain_step,
        request::{Answer, Microversion, Read, Request, service::COMPUTE},
        requests,
        rest::{Rest, listing::Listing, look::in_detail},
    },
    kinds::hints,
};
use serde_json::{Map, Value, json};

/// A virtual machine.
pub struct Server;

impl Kind for Server {
    type Parameters = ServerParameters;
    type Observation = ServerObservation;
    const INFO: Info = Info {
        service: &COMPUTE,
        kind: "Server",
        plural: "servers",
        short: "ossrv",
        about: "A Server is a virtual machine of OpenStack Nova.",
        docs: "https://docs.openstack.org/api-ref/compute/#servers-servers",
        columns: &[Column { name: "STATUS", field: "status" }, Column { name: "ADDRESS", field: "address" }],
        microversion: Some(Microversion(2, 46)),
        external_name: ID,
        connection: &["address", "addresses"],
        rights: Rights::Project,
        marker: MarkerPlace::Metadata,
        requires: &[&["imageId", "blockDeviceMappings"]],
    };
    const REST: Option<Rest> = Some(Rest::plain("servers", "server"));
    const LISTING: Listing = Listing::Detail(&[]);
    const CHANGES: Changes<Self> = change::CHANGES;

    /// The plain list leaves metadata out.
    fn reads(key: &Key<'_, ServerParameters>) -> Vec<Read> {
        in_detail(plain_reads::<Self>(key))
    }

    fn parse(key: &Key<'_, ServerParameters>, answers: &[Answer]) -> Result<Found, KindError> {
        let (answers, groups) = answer::split(answers);
        answer::shown(key.params, plain_parse::<Self>(key, answers)?, groups)
    }

    fn complete(params: &ServerParameters, body: &mut Map<String, Value>) {
        for ours in ["power_state", "network_mode", "locked", "stop_before_delete", "force_delete"] {
            body.remove(ours);
        }
        body.entry("networks").or_insert_with(|| json!(params.network_mode.unwrap_or(NetworkMode::Auto)));
        if let Some(groups) = &params.security_groups {
            let named: Vec<_> = groups.iter().map(|name| json!({"name": name})).collect();
            body.insert("security_groups".to_owned(), json!(named));
        }
        let disks = body.get_mut("block_device_mapping_v2").and_then(Value::as_array_mut);
        disks.into_iter().flatten().filter_map(Value::as_object_mut).for_each(disk);
    }

    fn step(
        goal: Goal,
        key: &Key<'_, ServerParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let step = || plain_step::<Self>(goal, key, seen, diff);
        Ok(match (goal, seen) {
            (Goal::Exist, None) => create(key.params, step()),
            (Goal::Vanish, Some(seen)) => {
                change::vanish(&requests::<Self>(key), key, seen).unwrap_or_else(step)
            }
            (Goal::Exist | Goal::Match | Goal::Vanish, _) => step(),
        })
    }

    fn ready(params: &ServerParameters, seen: &Seen<'_, Self>) -> Ready {
        let (status, fault) = (seen.state.status.as_str(), seen.state.fault.as_str());
        let wanted = params.power_state.unwrap_or(PowerState::Active);
        match (status, fault) {
            ("ERROR", "") => Ready::Failed("server status is ERROR".to_owned()),
            ("ERROR", why) => Ready::Failed(format!("server status is ERROR: {why}")),
            _ if seen.params.power_state == Some(wanted) => Ready::Yes,
            _ => Ready::Not(format!("server status is {status}")),
        }
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

/// The create, with the microversion that its fields need, and the hints beside the server.
fn create(params: &ServerParameters, step: Step) -> Step {
    let typed = params.block_device_mappings.iter().flatten().any(|disk| disk.volume_type.is_some());
    let needed = [
        (params.hostname.is_some(), Microversion(2, 90), "hostname"),
        (params.host.is_some(), Microversion(2, 74), "host"),
        (params.hypervisor_hostname.is_some(), Microversion(2, 74), "hypervisorHostname"),
        (typed, Microversion(2, 67), "blockDeviceMappings[].volumeType"),
        (params.trusted_image_certificates.is_some(), Microversion(2, 63), "trustedImageCertificates"),
    ];
    let needed = needed.into_iter().find(|(wanted, ..)| *wanted);
    let mut step = hints::beside(step, "server", "os:scheduler_hints");
    if let Step::Send(Request { microversion, because, .. }) = &mut step {
        *microversion = Some(needed.map_or(Microversion(2, 52), |(_, version, _)| version));
        *because = needed.map(|(.., field)| field);
    }
    step
}

#[cfg(test)]
mod tests;
