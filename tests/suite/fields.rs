//! The services' own schemas (`fields.py`) against the kinds: no field of an API is left out, and no change that the API
//! allows is refused, without a reason.

use crate::world::checkout;
use kupenstack::{
    generate::coverage::{NO_SCHEMA, Row, UNMODELLED},
    kind::{
        any::AnyKind,
        shape::{Node, Shape},
    },
    kinds::KINDS,
};
use rig::{cache::Cache, lifecycle::block_on, openstack::provision_venv, paths::Paths, progress::Progress};
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    sync::LazyLock,
};

/// Fields, each with the reason why it is listed.
type Rows = &'static [Row];

/// Parameters that are not fields of the body.
const OURS: Rows = &[
    ("bgpvpn.*", "project_id", "today's name of tenant_id, which the schemas still have"),
    ("bgpvpn.BGPVPNNetworkAssociation", "bgpvpn_id", "said in the path"),
    ("bgpvpn.BGPVPNPortAssociation", "bgpvpn_id", "said in the path"),
    ("bgpvpn.BGPVPNRouterAssociation", "bgpvpn_id", "said in the path"),
    ("firewall.*", "project_id", "today's name of tenant_id, which the schemas still have"),
    ("vpn.*", "project_id", "today's name of tenant_id, which the schemas still have"),
    ("vpn.VPNEndpointGroup", "subnet_ids", "endpoints of the type subnet"),
    ("network.BGPSpeaker", "networks", "actions"),
    ("network.BGPSpeaker", "peers", "actions"),
    ("network.NetworkAgent", "agent_type", "which agent it is"),
    ("network.NetworkAgent", "bgp_speaker_ids", "requests of their own below the agent"),
    ("network.NetworkAgent", "host", "which agent it is"),
    ("network.NetworkAgent", "network_ids", "requests of their own below the agent"),
    ("network.NetworkAgent", "router_ids", "requests of their own below the agent"),
    ("network.NetworkLog", "security_group_id", "a resource_id of the type security_group"),
    ("network.Router", "external_gateways", "actions"),
    ("network.*", "project_id", "today's name of tenant_id, which the schemas still have"),
    ("network.*", "tags", "a resource of their own below the object"),
    ("blockstorage.BlockStorageAttachment", "attach_mode", "what a create calls mode"),
    ("blockstorage.BlockStorageAttachment", "complete", "an action"),
    ("blockstorage.BlockStorageAttachment", "instance", "what a create calls instance_uuid"),
    ("blockstorage.BlockStorageAttachment", "volume_id", "what a create calls volume_uuid"),
    ("blockstorage.DefaultVolumeType", "project_id", "said in the path"),
    ("blockstorage.DefaultVolumeType", "volume_type_id", "what a request calls volume_type"),
    ("blockstorage.Volume", "bootable", "an action"),
    ("blockstorage.Volume", "cascade_delete", "how to delete"),
    ("blockstorage.Volume", "force_delete", "how to delete"),
    ("blockstorage.Volume", "image_metadata", "an action"),
    ("blockstorage.Volume", "migration_policy", "said with the action that changes the type"),
    ("blockstorage.Volume", "readonly", "an action"),
    ("blockstorage.Volume", "scheduler_hints.additional_properties", "hints that only one cloud knows"),
    ("blockstorage.VolumeBackup", "is_incremental", "what a create calls incremental"),
    ("blockstorage.VolumeGroup", "delete_volumes", "how to delete"),
    ("blockstorage.VolumeGroup", "group_snapshot_id", "an action that creates"),
    ("blockstorage.VolumeGroup", "source_group_id", "an action that creates"),
    ("blockstorage.VolumeType", "encryption", "a resource of its own below the type"),
    ("blockstorage.VolumeTransferAcceptance", "transfer_id", "said in the path"),
    ("blockstorage.VolumeTransferAcceptance", "volume_id", "by which it is known that the volume came"),
    ("blockstorage.VolumeQoS", "consumer", "Cinder takes any name for a spec, and this one for another"),
    ("blockstorage.VolumeQoS", "specs", "beside the name in the body"),
    ("compute.ComputeQuota", "project_id", "said in the path"),
    ("compute.Flavor", "extra_specs", "a resource of their own below the flavor"),
    ("compute.HostAggregate", "hosts", "actions"),
    ("compute.HostAggregate", "metadata", "an action"),
    ("compute.InterfaceAttachment", "fixed_ip", "the one item of fixed_ips"),
    ("compute.InterfaceAttachment", "server_id", "said in the path"),
    ("compute.Server", "force_delete", "how to delete"),
    ("compute.Server", "image_change", "what becomes of another image"),
    (
        "compute.Server",
        "interfaces",
        "what a create calls networks, and later requests of their own below the server",
    ),
    ("compute.Server", "locked", "an action"),
    ("compute.Server", "network_mode", "what networks says where it is no list"),
    ("compute.Server", "power_state", "actions"),
    ("compute.Server", "scheduler_hints.additional_properties", "hints that only one cloud knows"),
    ("compute.Server", "stop_before_delete", "how to delete"),
    ("image.Image", "os_glance_source", "further requests of the creation"),
    ("image.Image", "source_credentials", "for whoever reads the source"),
    ("image.Image", "properties", "beside the other fields in the body"),
    ("identity.ApplicationCredential", "user_id", "said in the path"),
    ("identity.CatalogService", "description", "Keystone keeps whatever it is given"),
    ("identity.Credential", "description", "Keystone keeps whatever it is given"),
    ("identity.DomainConfiguration", "domain_id", "said in the path"),
    ("identity.FederationMapping", "id", "said in the path"),
    ("identity.FederationProtocol", "identity_provider_id", "said in the path"),
    ("identity.FederationProtocol", "protocol_id", "said in the path"),
    ("identity.IdentityPolicy", "description", "Keystone keeps whatever it is given"),
    ("identity.IdentityProvider", "id", "said in the path"),
    ("identity.ServiceProvider", "id", "said in the path"),
    ("identity.Trust", "description", "Keystone keeps whatever it is given"),
    ("identity.User", "email", "Keystone keeps whatever it is given"),
    ("identity.*", "extra", "Keystone keeps whatever it is given, beside the other fields in the body"),
    ("network.ConntrackHelper", "router_id", "said in the path"),
    ("network.FloatingIP", "subnet_ids", "which subnet_id to say, and which one next"),
    (
        "network.Router",
        "external_subnet_ids",
        "which subnet the gateway's address is asked of, and which one next",
    ),
    ("network.LocalIPAssociation", "local_ip_id", "said in the path"),
    ("network.NetworkRBACPolicy", "address_group_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "address_scope_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "bgpvpn_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "network_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "qos_policy_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "security_group_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "subnetpool_id", "object_type and object_id"),
    ("network.NetworkQuota", "force", "how to change it"),
    ("network.NetworkQuota", "subnetpool", "counted without an option for its limit"),
    ("network.NetworkQuota", "trunk", "counted without an option for its limit"),
    ("network.PortForwarding", "floatingip_id", "said in the path"),
    ("network.QoS*", "qos_policy_id", "said in the path"),
    ("placement.ResourceProvider", "aggregates", "a resource of their own below the provider"),
    ("placement.ResourceProvider", "id", "what a create calls uuid"),
    ("placement.ResourceProvider", "traits", "a resource of their own below the provider"),
    ("placement.ResourceProviderInventory", "resource_provider_uuid", "said in the path"),
    ("network.SecurityGroup", "delete_default_rules", "further requests of the creation"),
];

/// Fields that are in the update's schema, and immutable nevertheless.
const FIXED: Rows = &[
    (
        "compute.Server",
        "hostname",
        "told only from microversion 2.90 on, and the flavor's id only up to 2.46",
    ),
    ("blockstorage.BlockStorageAttachment", "connector", "only of one that has none yet"),
    ("compute.ComputeQuota", "force", "how to update"),
    ("compute.ComputeService", "host", "which service it is"),
    ("compute.VolumeAttachment", "device", "must be the one it has"),
    ("compute.VolumeAttachment", "serverId", "must be the one it has"),
    ("compute.VolumeAttachment", "tag", "must be the one it has"),
    ("compute.VolumeAttachment", "volumeId", "would exchange the volume, which is for live migrations"),
    ("image.Image", "container_format", "only before there are data"),
    ("image.Image", "disk_format", "only before there are data"),
    ("image.Image", "id", "must be the one in the path"),
    ("image.MetadataNamespace", "namespace", "its external-name, by which it is found"),
    ("identity.Credential", "user_id", "what is one user's secret is no other's"),
    ("identity.IdentityRole", "domain_id", "Keystone refuses a change"),
    ("identity.Region", "id", "must be the one in the path"),
    ("identity.User", "domain_id", "Keystone refuses a change"),
    ("network.Network", "provider:network_type", "Neutron refuses a change: only a VLAN's id"),
    ("network.Network", "provider:physical_network", "Neutron refuses a change: only a VLAN's id"),
    ("network.Network", "segments", "Neutron refuses a change"),
    ("network.DefaultSecurityGroupRule", "description", "rules can't be updated"),
    ("network.MeteringLabelRule", "destination_ip_prefix", "rules can't be updated"),
    ("network.MeteringLabelRule", "source_ip_prefix", "rules can't be updated"),
    ("network.SecurityGroupRule", "description", "rules can't be updated"),
];

/// Fields that are not in the update's schema, and can be changed nevertheless.
const OTHERWISE: Rows = &[
    ("blockstorage.BlockStorageSnapshot", "metadata", "a resource of its own below the snapshot"),
    ("blockstorage.Volume", "size", "an action"),
    ("blockstorage.Volume", "volume_type", "an action"),
    ("blockstorage.VolumeGroupType", "group_specs", "a resource of their own below the type"),
    ("blockstorage.VolumeType", "extra_specs", "a resource of their own below the type"),
    ("compute.Server", "adminPass", "an action"),
    ("compute.Server", "flavorRef", "actions: resize and confirm"),
    ("compute.Server", "imageRef", "an action"),
    ("compute.Server", "metadata", "a resource of their own below the server"),
    ("compute.Server", "security_groups", "actions"),
    ("compute.Server", "tags", "a resource of their own below the server"),
    ("network.*", "tags", "a resource of their own below the object"),
    ("network.AddressGroup", "addresses", "actions"),
    ("network.Trunk", "sub_ports", "actions"),
];

/// What may be said of a field: in a create, in an update.
type Fields = BTreeMap<String, (bool, bool)>;

static API: LazyLock<BTreeMap<String, Fields>> = LazyLock::new(|| {
    let paths = Paths::around(checkout()).unwrap();
    let venv = block_on(provision_venv(&Cache::new(&paths.cache, &Progress::quiet()), &paths)).unwrap();
    let program = checkout().join("tests/suite/fields.py");
    let told = Command::new(venv.join("bin/python")).arg(program).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).unwrap()
});

/// A kind's own fields by their names on the wire, dots between.
#[derive(Default)]
struct Own {
    all: BTreeSet<String>,
    /// Fields that hold any names.
    free: BTreeSet<String>,
}

impl Own {
    fn of(kind: &dyn AnyKind) -> Self {
        let mut own = Self::default();
        own.add("", &kind.shapes().unwrap().params);
        own
    }

    fn add(&mut self, prefix: &str, shape: &Shape) {
        for field in &shape.fields {
            let within = field.options.within.as_ref().map(|within| format!("{within}."));
            let path = format!("{prefix}{}{}", within.unwrap_or_default(), field.wire);
            let node = if let Node::List(items) = &field.node { items } else { &field.node };
            match node {
                Node::Object(shape) => self.add(&format!("{path}."), shape),
                Node::Map => drop(self.free.insert(path.clone())),
                Node::Leaf | Node::List(_) => {}
            }
            self.all.insert(path);
        }
    }
}

fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(parent, _)| parent)
}

fn above(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(parent(path), |path| parent(path))
}

/// Of every kind that has a schema.
fn each(mut look: impl FnMut(&dyn AnyKind, &Fields)) {
    for kind in KINDS.iter().filter(|kind| NO_SCHEMA.iter().all(|(without, _)| *without != kind.id())) {
        let told = API.get(kind.id());
        look(
            kind.as_ref(),
            told.unwrap_or_else(|| panic!("{} is missing in tests/suite/fields.py", kind.id())),
        );
    }
}

/// What was found is just what is listed.
fn agree(found: &BTreeSet<(String, String)>, rows: Rows) {
    let meant = |row: &(&str, &str, &str), kind: &str, field: &str| {
        row.1 == field && row.0.strip_suffix('*').map_or(row.0 == kind, |service| kind.starts_with(service))
    };
    let unlisted: Vec<_> =
        found.iter().filter(|(kind, field)| !rows.iter().any(|row| meant(row, kind, field))).collect();
    let stale: Vec<_> =
        rows.iter().filter(|row| !found.iter().any(|(kind, field)| meant(row, kind, field))).collect();
    assert!(
        unlisted.is_empty() && stale.is_empty(),
        "not listed: {unlisted:#?}\nlisted for nothing: {stale:#?}"
    );
}

#[test]
fn every_field_that_a_service_takes_is_a_parameter_or_listed_with_a_reason() {
    let mut found = BTreeSet::new();
    each(|kind, told| {
        let own = Own::of(kind);
        for path in told.keys().filter(|path| !own.all.contains(*path)) {
            let told_by_parent = above(path).any(|up| own.free.contains(up) || !own.all.contains(up));
            if !told_by_parent {
                found.insert((kind.id().to_owned(), path.clone()));
            }
        }
    });
    agree(&found, UNMODELLED);
}

#[test]
fn every_parameter_is_a_field_that_the_service_takes_or_listed_with_a_reason() {
    let mut found = BTreeSet::new();
    each(|kind, told| {
        for path in Own::of(kind).all.iter().filter(|path| !told.contains_key(*path)) {
            let opaque = |up: &str| !told.keys().any(|other| parent(other) == Some(up));
            if !above(path).any(|up| !told.contains_key(up) || opaque(up)) {
                found.insert((kind.id().to_owned(), path.clone()));
            }
        }
    });
    agree(&found, OURS);
}

#[test]
fn what_a_service_lets_be_changed_is_mutable_and_nothing_else_or_listed_with_a_reason() {
    let (mut fixed, mut otherwise) = (BTreeSet::new(), BTreeSet::new());
    each(|kind, told| {
        for field in &kind.shapes().unwrap().params.fields {
            let Some((_, update)) = told.get(&field.wire) else { continue };
            let at = (kind.id().to_owned(), field.wire.clone());
            let mutable = !field.options.immutable && !field.options.create_only;
            if *update && !mutable {
                fixed.insert(at);
            } else if !update && mutable {
                otherwise.insert(at);
            }
        }
    });
    agree(&fixed, FIXED);
    agree(&otherwise, OTHERWISE);
}

#[test]
fn every_kind_without_a_schema_is_a_kind_and_has_none() {
    for (kind, _) in NO_SCHEMA {
        assert!(KINDS.iter().any(|known| known.id() == *kind) && !API.contains_key(*kind), "{kind}");
    }
}
