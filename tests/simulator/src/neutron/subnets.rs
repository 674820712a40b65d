//! Subnets, and the addresses they have to give.

use super::{in_use, neutron, own};
use crate::{
    address::{Range, number},
    call::Call,
    cloud::Cloud,
    collection::Collection,
    reply::{Outcome, Refusal},
    store::{Object, text},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const SUBNETS: Collection = Collection {
    fields: || {
        json!({"network_id": "", "name": "", "description": "", "ip_version": 4, "cidr": null, "gateway_ip": null,
            "allocation_pools": [], "enable_dhcp": true, "dns_nameservers": [], "host_routes": [],
            "ipv6_address_mode": null, "ipv6_ra_mode": null, "segment_id": null, "subnetpool_id": null,
            "dns_publish_fixed_ip": false, "service_types": [], "project_id": "", "tenant_id": ""})
    },
    required: &["network_id", "ip_version"],
    fixed: &[
        "network_id",
        "cidr",
        "ip_version",
        "ipv6_address_mode",
        "ipv6_ra_mode",
        "subnetpool_id",
        "project_id",
    ],
    refers: &[("network_id", "networks")],
    make,
    unmake,
    ..neutron("subnets", "subnets", "subnet", "Subnet")
};

fn make(cloud: &mut Cloud, call: &Call, subnet: Object) -> Outcome<Object> {
    let mut subnet = own(cloud, call, subnet)?;
    let cidr = match text(&subnet, "cidr") {
        "" => from_pool(cloud, &subnet).unwrap_or_default(),
        cidr => cidr.to_owned(),
    };
    let bad = || {
        Refusal::new(
            400,
            "InvalidInput: no range",
            format!("Invalid input for cidr. Reason: '{cidr}' is not a valid IP subnet."),
        )
    };
    let range = Range::parse(&cidr).ok_or_else(bad)?;
    let network = text(&subnet, "network_id");
    let others = cloud.store.having("subnets", "network_id", network);
    let mut ranges = others.filter_map(|other| Range::parse(text(other, "cidr")));
    if ranges.any(|other| other.overlaps(range)) {
        let why = format!(
            "Invalid input for operation: Requested subnet with cidr: {cidr} for network: {network} overlaps with another subnet."
        );
        return Err(Refusal::new(400, "InvalidInput: overlapping subnets", why));
    }
    let sent = call.object("subnet").unwrap_or_default();
    if !sent.contains_key("gateway_ip") {
        subnet.insert("gateway_ip".to_owned(), json!(range.address(range.first + 1)));
    }
    if sent.get("allocation_pools").is_none_or(|pools| pools == &json!([])) {
        let gateway = text(&subnet, "gateway_ip").parse().map(number).unwrap_or_default();
        let first = if gateway == range.first + 1 { range.first + 2 } else { range.first + 1 };
        let pool = json!([{"start": range.address(first), "end": range.address(range.last - 1)}]);
        subnet.insert("allocation_pools".to_owned(), pool);
    }
    subnet.insert(
        "cidr".to_owned(),
        json!(range.address(range.first) + "/" + cidr.split_once('/').map_or("", |(_, length)| length)),
    );
    subnet.insert("ip_version".to_owned(), json!(range.version()));
    Ok(subnet)
}

/// The first range of its pool that no subnet has.
fn from_pool(cloud: &Cloud, subnet: &Object) -> Option<String> {
    let pool = cloud.store.get("subnetpools", text(subnet, "subnetpool_id"))?;
    let whole = Range::parse(pool.get("prefixes")?.get(0)?.as_str()?)?;
    let length = pool.get("default_prefixlen")?.as_u64()?;
    let width = if whole.version() == 6 { 128 } else { 32 };
    let size = 1_u128.checked_shl(u32::try_from(width - length).ok()?)?;
    let of_pool = cloud.store.having("subnets", "subnetpool_id", text(pool, "id"));
    let taken: Vec<_> = of_pool.filter_map(|other| Range::parse(text(other, "cidr"))).collect();
    let ranges = (0..1000).map(|at| format!("{}/{length}", whole.address(whole.first + at * size)));
    ranges
        .into_iter()
        .find(|cidr| Range::parse(cidr).is_some_and(|range| !taken.iter().any(|other| other.overlaps(range))))
}

/// Addresses that ports have on a subnet.
fn taken(cloud: &Cloud, subnet: &str) -> BTreeSet<String> {
    let fixed = cloud.store.all("ports").filter_map(|port| port.get("fixed_ips")?.as_array());
    let here = fixed.flatten().filter(|ip| ip.get("subnet_id").is_some_and(|id| id == subnet));
    here.filter_map(|ip| Some(ip.get("ip_address")?.as_str()?.to_owned())).collect()
}

/// The first address of a subnet that nobody has.
pub(super) fn free(cloud: &Cloud, subnet: &Object) -> Outcome<String> {
    let taken = taken(cloud, text(subnet, "id"));
    let none = || {
        Refusal::new(
            409,
            "IpAddressGenerationFailure",
            format!("No more IP addresses available on network {}.", text(subnet, "network_id")),
        )
    };
    let range = Range::parse(text(subnet, "cidr")).ok_or_else(none)?;
    let pools = subnet.get("allocation_pools").and_then(Value::as_array).into_iter().flatten();
    let ends = pools.filter_map(|pool| {
        let end = |name: &str| Some(number(pool.get(name)?.as_str()?.parse().ok()?));
        Some(end("start")?..=end("end")?)
    });
    let gateway = text(subnet, "gateway_ip");
    let mut all = ends.flatten().map(|number| range.address(number));
    all.find(|address| !taken.contains(address) && address != gateway).ok_or_else(none)
}

/// Refuses an address that is not of a subnet, or is another port's.
pub(super) fn claim(cloud: &Cloud, subnet: &Object, address: &str, own: &str) -> Outcome<()> {
    if !Range::parse(text(subnet, "cidr")).is_some_and(|range| range.contains(address)) {
        let why = format!("IP address {address} is not a valid IP for the specified subnet.");
        return Err(Refusal::new(400, "InvalidIpForSubnet", why));
    }
    let mine = cloud.store.get("ports", own).and_then(|port| port.get("fixed_ips")?.as_array());
    let mine = mine.into_iter().flatten().any(|ip| ip.get("ip_address").is_some_and(|ip| ip == address));
    if taken(cloud, text(subnet, "id")).contains(address) && !mine {
        let why = format!("IP address {address} already allocated in subnet {}", text(subnet, "id"));
        return Err(in_use("IpAddressAlreadyAllocated", why));
    }
    Ok(())
}

fn unmake(cloud: &mut Cloud, _: &Call, subnet: &Object) -> Outcome<bool> {
    let id = text(subnet, "id");
    if !taken(cloud, id).is_empty() {
        let why = format!(
            "Unable to complete operation on subnet {id}: One or more ports have an IP allocation from this subnet."
        );
        return Err(in_use("SubnetInUse", why));
    }
    Ok(true)
}
