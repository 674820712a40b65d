//! Servers: their creation, what is told of them, their end.

use super::{attachments, nova};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{Collection, merged},
    neutron::ports,
    reply::{Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Map, Value, json};

/// Seconds until a server runs, and until it is gone.
const BUILD: i64 = 2;
const DELETE: i64 = 1;

pub(super) const SERVERS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": null, "flavorRef": "", "imageRef": "", "block_device_mapping_v2": [], "networks": "auto",
            "security_groups": null, "key_name": null, "availability_zone": null, "host": null, "hypervisor_hostname": null,
            "hostname": null, "config_drive": null, "OS-DCF:diskConfig": "MANUAL", "accessIPv4": "", "accessIPv6": "",
            "trusted_image_certificates": null, "metadata": {}, "tags": [], "user_data": null, "personality": null,
            "min_count": 1, "max_count": 1, "return_reservation_id": false, "adminPass": null})
    },
    required: &["name", "flavorRef"],
    fixed: &[
        "flavorRef",
        "imageRef",
        "networks",
        "metadata",
        "tags",
        "security_groups",
        "key_name",
        "block_device_mapping_v2",
    ],
    brief: &["id", "name", "links"],
    statuses: (202, 200, 204),
    make,
    change: |_, _, old, new| Ok(merged(old, new)),
    unmake,
    show,
    ..nova("servers", "servers", "server", "Instance")
};

fn make(cloud: &mut Cloud, call: &Call, mut server: Object) -> Outcome<Object> {
    let id = text(&server, "id").to_owned();
    let flavor = text(&server, "flavorRef");
    let bad = || Refusal::bad("server of no flavor", format!("Flavor {flavor} could not be found."));
    cloud.store.get("flavors", flavor).ok_or_else(bad)?;
    let disks = server.get("block_device_mapping_v2").and_then(Value::as_array).cloned().unwrap_or_default();
    if text(&server, "imageRef").is_empty() && disks.is_empty() {
        return Err(Refusal::bad("server of no image", "Invalid imageRef provided."));
    }
    if let Some(group) = call.body.pointer("/os:scheduler_hints/group").and_then(Value::as_str) {
        let bad = || {
            Refusal::bad(
                "server of no group",
                format!("Invalid input received: Instance group {group} could not be found."),
            )
        };
        let group = cloud.store.get_mut("os-server-groups", group).ok_or_else(bad)?;
        if let Some(Value::Array(members)) = group.get_mut("members") {
            members.push(json!(id));
        }
    }
    let project = call.who.project.clone().unwrap_or_default();
    plug(cloud, call, &server, &project)?;
    for disk in disks.iter().filter(|disk| disk.get("source_type").is_some_and(|source| source == "volume")) {
        let volume = disk.get("uuid").and_then(Value::as_str).unwrap_or_default();
        let stays = disk.get("delete_on_termination") != Some(&json!(true));
        attachments::attach(cloud, &id, volume, stays)
            .map_err(|refusal| Refusal { status: 400, ..refusal })?;
    }
    let facts = json!({"status": "BUILD", "OS-EXT-STS:task_state": "scheduling", "OS-EXT-STS:vm_state": "building",
        "tenant_id": project, "user_id": call.who.user, "created": cloud.time(), "updated": cloud.time(), "locked": false,
        "hostId": "", "OS-SRV-USG:launched_at": null, "OS-EXT-SRV-ATTR:host": null, "OS-EXT-SRV-ATTR:instance_name": null,
        "OS-EXT-SRV-ATTR:hypervisor_hostname": null});
    server.extend(object(facts));
    if server.get("description").is_none_or(Value::is_null) && call.minor < 19 {
        server.insert("description".to_owned(), json!(text(&server, "name")));
    }
    cloud.later(BUILD, built, &id);
    Ok(server)
}

fn built(cloud: &mut Cloud, id: &str) {
    let now = cloud.time();
    settle(
        cloud,
        id,
        "ACTIVE",
        json!({"hostId": "a-host", "OS-SRV-USG:launched_at": now, "OS-EXT-SRV-ATTR:host": "host-1",
        "OS-EXT-SRV-ATTR:instance_name": "instance-00000001", "OS-EXT-SRV-ATTR:hypervisor_hostname": "host-1"}),
    );
    for port in crate::neutron::ports_of(cloud, id) {
        if let Some(port) = cloud.store.get_mut("ports", &port) {
            port.extend(object(
                json!({"status": "ACTIVE", "binding:host_id": "host-1", "binding:vif_type": "ovs"}),
            ));
        }
    }
}

/// A server that is in a state and does nothing.
pub(super) fn settle(cloud: &mut Cloud, id: &str, status: &str, more: Value) {
    let state = match status {
        "SHUTOFF" => "stopped".to_owned(),
        "VERIFY_RESIZE" => "resized".to_owned(),
        other => other.to_lowercase(),
    };
    let now = cloud.time();
    if let Some(server) = cloud.store.get_mut("servers", id) {
        server.extend(object(
            json!({"status": status, "OS-EXT-STS:vm_state": state, "OS-EXT-STS:task_state": null, "updated": now}),
        ));
        server.extend(object(more));
    }
}

/// Ports for the wanted networks; a port that is given stays when the server goes.
fn plug(cloud: &mut Cloud, call: &Call, server: &Object, project: &str) -> Outcome<()> {
    let id = text(server, "id");
    let nics = match server.get("networks") {
        Some(Value::Array(nics)) => nics.clone(),
        Some(Value::String(mode)) if mode == "none" => vec![],
        _ => {
            let own = cloud.store.having("networks", "project_id", project);
            let own: Vec<_> = own.filter(|network| has_subnet(cloud, text(network, "id"))).take(1).collect();
            own.into_iter().map(|network| json!({"uuid": text(network, "id")})).collect()
        }
    };
    let named = server.get("security_groups").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut groups = vec![];
    for name in named
        .iter()
        .filter_map(|group| group.get("name")?.as_str())
        .chain(named.is_empty().then_some("default"))
    {
        groups.push(group(cloud, call, name)?);
    }
    for nic in nics {
        let word = |key: &str| nic.get(key).and_then(Value::as_str);
        match (word("port"), word("uuid")) {
            (Some(port), _) => bind(cloud, port, id)?,
            (None, Some(network)) => {
                cloud.store.get("networks", network).ok_or_else(|| {
                    Refusal::bad("server on no network", format!("Network {network} could not be found."))
                })?;
                if !has_subnet(cloud, network) {
                    let why = format!("Network {network} requires a subnet in order to boot instances on.");
                    return Err(Refusal::bad("server on a network without subnet", why));
                }
                let fixed: Vec<_> =
                    word("fixed_ip").map(|ip| json!({"ip_address": ip})).into_iter().collect();
                let fields = json!({"network_id": network, "device_id": id, "device_owner": "compute:nova",
                    "security_groups": groups, "fixed_ips": fixed});
                ports::service_port(cloud, project, fields)?;
            }
            (None, None) => {
                return Err(Refusal::bad("network of nothing", "Invalid input for field networks"));
            }
        }
    }
    Ok(())
}

fn has_subnet(cloud: &Cloud, network: &str) -> bool {
    cloud.store.having("subnets", "network_id", network).next().is_some()
}

/// A security group of the project by name or id.
pub(super) fn group(cloud: &mut Cloud, call: &Call, name: &str) -> Outcome<String> {
    let default = crate::neutron::default_group(cloud, call.who.project.clone());
    if name == "default" {
        return Ok(default.unwrap_or_default());
    }
    let project = call.who.project.as_deref().unwrap_or_default();
    let mut own = cloud.store.having("security-groups", "project_id", project);
    let found = own.find(|group| text(group, "name") == name || text(group, "id") == name);
    found.map(|group| text(group, "id").to_owned()).ok_or_else(|| {
        Refusal::bad(
            "server in no security group",
            format!("Security group {name} not found for project {project}."),
        )
    })
}

pub(super) fn bind(cloud: &mut Cloud, port: &str, server: &str) -> Outcome<()> {
    let found = cloud.store.get_mut("ports", port);
    let found =
        found.ok_or_else(|| Refusal::bad("server at no port", format!("Port {port} could not be found.")))?;
    if !text(found, "device_id").is_empty() {
        return Err(Refusal::conflict("server at a port in use", format!("Port {port} is still in use.")));
    }
    found.extend(object(json!({"device_id": server, "device_owner": "compute:nova", "_given": true})));
    Ok(())
}

/// Gone a little later; a server that is going takes no second order.
fn unmake(cloud: &mut Cloud, _: &Call, server: &Object) -> Outcome<bool> {
    let id = text(server, "id");
    if text(server, "OS-EXT-STS:task_state") != "deleting" {
        let now = cloud.time();
        if let Some(server) = cloud.store.get_mut("servers", id) {
            server.extend(object(json!({"OS-EXT-STS:task_state": "deleting", "updated": now})));
        }
        cloud.later(DELETE, gone, id);
    }
    Ok(false)
}

/// A port that was given stays.
pub(super) fn unplug(cloud: &mut Cloud, port: &str) {
    let marks = |port: &mut Object| {
        port.remove("_tag");
        port.remove("_given")
    };
    let given = cloud.store.get_mut("ports", port).and_then(marks).is_some();
    match cloud.store.get_mut("ports", port).filter(|_| given) {
        Some(port) => port.extend(object(json!({"device_id": "", "device_owner": "", "status": "DOWN",
            "binding:host_id": "", "binding:vif_type": "unbound"}))),
        None => ports::release(cloud, port),
    }
}

pub(super) fn gone(cloud: &mut Cloud, id: &str) {
    for port in crate::neutron::ports_of(cloud, id) {
        unplug(cloud, &port);
    }
    attachments::release(cloud, id);
    let groups: Vec<_> =
        cloud.store.all("os-server-groups").map(|group| text(group, "id").to_owned()).collect();
    for group in groups {
        if let Some(Value::Array(members)) =
            cloud.store.get_mut("os-server-groups", &group).and_then(|group| group.get_mut("members"))
        {
            members.retain(|member| member != id);
        }
    }
    if let Some(mut server) = cloud.store.remove("servers", id) {
        let now = cloud.time();
        server.extend(object(json!({"status": "DELETED", "OS-EXT-STS:vm_state": "deleted",
            "OS-EXT-STS:task_state": null, "updated": now})));
        cloud.deleted_servers.push(server);
    }
}

/// A create is answered with little; the rest is put together from what the server has elsewhere.
fn show(cloud: &Cloud, call: &Call, mut server: Object) -> Object {
    let id = text(&server, "id").to_owned();
    let groups = groups(cloud, &id);
    if call.method == http::Method::POST {
        return object(
            json!({"id": id, "links": [], "OS-DCF:diskConfig": text(&server, "OS-DCF:diskConfig"),
            "security_groups": groups, "adminPass": "pass"}),
        );
    }
    let flavor = server.remove("flavorRef").unwrap_or_default();
    let image = text(&server, "imageRef").to_owned();
    for hidden in [
        "imageRef",
        "block_device_mapping_v2",
        "networks",
        "user_data",
        "personality",
        "min_count",
        "max_count",
        "return_reservation_id",
        "adminPass",
        "host",
        "hypervisor_hostname",
        "availability_zone",
        "hostname",
        "trusted_image_certificates",
    ] {
        server.remove(hidden);
    }
    if call.minor < 26 {
        server.remove("tags");
    }
    let flavor =
        if call.minor < 47 { json!({"id": flavor, "links": []}) } else { flavor_body(cloud, &flavor) };
    let volumes: Vec<_> = cloud.store.having("os-volume_attachments", "serverId", &id)
        .map(|one| json!({"id": text(one, "volumeId"), "delete_on_termination": one.get("delete_on_termination")})).collect();
    let drive = server.get("config_drive").and_then(Value::as_bool).unwrap_or_default();
    let built = text(&server, "status") != "BUILD";
    let facts = json!({"flavor": flavor, "image": if image.is_empty() { json!("") } else { json!({"id": image, "links": []}) },
        "addresses": addresses(cloud, &id), "security_groups": groups, "os-extended-volumes:volumes_attached": volumes,
        "config_drive": if drive { "True" } else { "" }, "links": [],
        "OS-EXT-AZ:availability_zone": if built { "nova" } else { "" }});
    server.extend(object(facts));
    if !call.who.admin {
        server.retain(|name, _| !name.starts_with("OS-EXT-SRV-ATTR:"));
    }
    server
}

/// From 2.47 on the flavor is told in words, and no longer by its id.
fn flavor_body(cloud: &Cloud, flavor: &Value) -> Value {
    let found = cloud.store.get("flavors", flavor.as_str().unwrap_or_default());
    let field = |name: &str| found.and_then(|flavor| flavor.get(name)).cloned().unwrap_or_default();
    json!({"original_name": field("name"), "vcpus": field("vcpus"), "ram": field("ram"), "disk": field("disk"), "swap": field("swap"), "ephemeral": field("OS-FLV-EXT-DATA:ephemeral"), "extra_specs": field("extra_specs")})
}

fn groups(cloud: &Cloud, server: &str) -> Value {
    let ports = cloud.store.having("ports", "device_id", server);
    let ids = ports.filter_map(|port| port.get("security_groups")?.as_array()).flatten();
    let names = ids.filter_map(|id| cloud.store.get("security-groups", id.as_str()?));
    names.map(|group| json!({"name": text(group, "name")})).collect()
}

fn addresses(cloud: &Cloud, server: &str) -> Value {
    let mut all = Map::new();
    for port in cloud.store.having("ports", "device_id", server) {
        let network = cloud.store.get("networks", text(port, "network_id"));
        let list =
            all.entry(network.map(|network| text(network, "name")).unwrap_or_default()).or_insert(json!([]));
        let outer = cloud
            .store
            .having("floatingips", "port_id", text(port, "id"))
            .map(|ip| (text(ip, "floating_ip_address"), "floating"));
        let fixed = port.get("fixed_ips").and_then(Value::as_array).into_iter().flatten();
        let fixed = fixed.filter_map(|ip| Some((ip.get("ip_address")?.as_str()?, "fixed")));
        for (address, kind) in fixed.chain(outer) {
            let version = if address.contains(':') { 6 } else { 4 };
            let entry = json!({"addr": address, "version": version, "OS-EXT-IPS:type": kind, "OS-EXT-IPS-MAC:mac_addr": text(port, "mac_address")});
            if let Some(list) = list.as_array_mut() {
                list.push(entry);
            }
        }
    }
    Value::Object(all)
}
