//! The services' own schemas (`fields.py`) against the kinds: no field of an API is left out, and no change that the API
//! allows is refused, without a reason.

use crate::world::checkout;
use kupenstack::{
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

/// Kind (or all of a service), field, reason.
type Rows = &'static [(&'static str, &'static str, &'static str)];

/// Fields of the API without a parameter.
const UNMODELLED: Rows = &[
    ("bgpvpn.*", "tenant_id", "the older name of project_id"),
    ("firewall.*", "tenant_id", "the older name of project_id"),
    ("network.*", "tenant_id", "the older name of project_id"),
    ("vpn.*", "tenant_id", "the older name of project_id"),
    ("blockstorage.Volume", "consistencygroup_id", "groups (group_id) took their place"),
    ("blockstorage.Volume", "display_description", "the older name of description"),
    ("blockstorage.Volume", "display_name", "the older name of name"),
    ("blockstorage.Volume", "image_id", "another name of imageRef"),
    ("blockstorage.Volume", "multiattach", "Cinder refuses it: a matter of the type"),
    ("blockstorage.VolumeType", "os-volume-type-access:is_public", "what the create calls is_public"),
    ("compute.VolumeAttachment", "id", "the volume's, said in the path"),
    ("compute.Server", "block_device_mapping", "the older form of block_device_mapping_v2"),
    ("compute.Server", "block_device_mapping_v2.connection_info", "of no effect in a create"),
    (
        "compute.Server",
        "block_device_mapping_v2.no_device",
        "takes away a device that the image brings: euca2ools' way",
    ),
    ("compute.Server", "block_device_mapping_v2.source_type", "follows from the id that is given"),
    (
        "compute.Server",
        "block_device_mapping_v2.uuid",
        "volumeId, imageId or snapshotId says which kind of id it is",
    ),
    ("compute.Server", "block_device_mapping_v2.virtual_name", "the older way to say swap or ephemeral"),
    ("compute.Server", "max_count", "one managed resource, one server"),
    ("compute.Server", "min_count", "one managed resource, one server"),
    ("compute.Server", "return_reservation_id", "one managed resource, one server"),
    ("compute.Server", "security_groups.name", "a list of names says it"),
    ("image.Image", "locations", "few clouds let users say where data lie; source says where they come from"),
    ("identity.ApplicationCredential", "id", "Keystone's to choose"),
    ("identity.ApplicationCredential", "project_id", "Keystone takes the credentials' own, whatever is said"),
    ("identity.ApplicationCredential", "system", "of no effect: Keystone keeps none"),
    ("identity.CatalogEndpoint", "id", "Keystone's to choose: it is replaced"),
    ("identity.CatalogEndpoint", "region", "the older name of region_id"),
    ("identity.Credential", "id", "Keystone's to choose"),
    ("identity.EndpointGroup", "filters.enabled", "Keystone refuses it in spite of its schema"),
    ("identity.Trust", "redelegated_trust_id", "follows from the token that it is made with"),
    ("network.Network", "ha", "for the network that Neutron makes between a router's instances"),
    ("network.Network", "project_default", "a plan: no plugin in Neutron has it"),
    ("network.ConntrackHelper", "project_id", "the router's, whatever is said"),
    ("network.LocalIPAssociation", "project_id", "the local IP's, whatever is said"),
    ("network.NetworkRBACPolicy", "object_id", "a field for each type of object says it"),
    ("network.NetworkRBACPolicy", "object_type", "the field that says which object says its type"),
    ("network.PortForwarding", "project_id", "the floating IP's, whatever is said"),
    ("network.Router", "routes", "a route is a resource of its own, so that several teams can have some"),
    ("network.Router", "service_type_id", "flavor_id took its place"),
];

/// Parameters that are not fields of the body.
const OURS: Rows = &[
    ("bgpvpn.*", "project_id", "today's name of tenant_id, which the schemas still have"),
    ("bgpvpn.BGPVPNNetworkAssociation", "bgpvpn_id", "said in the path"),
    ("bgpvpn.BGPVPNRouterAssociation", "bgpvpn_id", "said in the path"),
    ("firewall.*", "project_id", "today's name of tenant_id, which the schemas still have"),
    ("vpn.*", "project_id", "today's name of tenant_id, which the schemas still have"),
    ("vpn.VPNEndpointGroup", "subnet_ids", "endpoints of the type subnet"),
    ("network.BGPSpeaker", "networks", "actions"),
    ("network.BGPSpeaker", "peers", "actions"),
    ("network.NetworkLog", "security_group_id", "a resource_id of the type security_group"),
    ("network.*", "project_id", "today's name of tenant_id, which the schemas still have"),
    ("network.*", "tags", "a resource of their own below the object"),
    ("blockstorage.Volume", "bootable", "an action"),
    ("blockstorage.Volume", "migration_policy", "said with the action that changes the type"),
    ("blockstorage.Volume", "readonly", "an action"),
    ("blockstorage.Volume", "scheduler_hints.additional_properties", "hints that only one cloud knows"),
    ("compute.Flavor", "extra_specs", "a resource of their own below the flavor"),
    ("compute.Server", "force_delete", "how to delete"),
    ("compute.Server", "locked", "an action"),
    ("compute.Server", "network_mode", "what networks says where it is no list"),
    ("compute.Server", "power_state", "actions"),
    ("compute.Server", "scheduler_hints.additional_properties", "hints that only one cloud knows"),
    ("compute.Server", "stop_before_delete", "how to delete"),
    ("image.Image", "os_glance_source", "further requests of the creation"),
    ("image.Image", "properties", "beside the other fields in the body"),
    ("identity.ApplicationCredential", "user_id", "said in the path"),
    ("identity.CatalogService", "description", "Keystone keeps whatever it is given"),
    ("identity.Credential", "description", "Keystone keeps whatever it is given"),
    ("identity.FederationProtocol", "identity_provider_id", "said in the path"),
    ("identity.FederationProtocol", "protocol_id", "said in the path"),
    ("identity.IdentityPolicy", "description", "Keystone keeps whatever it is given"),
    ("identity.IdentityProvider", "id", "said in the path"),
    ("identity.ServiceProvider", "id", "said in the path"),
    ("identity.Trust", "description", "Keystone keeps whatever it is given"),
    ("identity.User", "email", "Keystone keeps whatever it is given"),
    ("identity.User", "extra", "Keystone keeps whatever it is given, beside the other fields in the body"),
    ("network.ConntrackHelper", "router_id", "said in the path"),
    ("network.LocalIPAssociation", "local_ip_id", "said in the path"),
    ("network.NetworkRBACPolicy", "address_group_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "address_scope_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "bgpvpn_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "network_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "qos_policy_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "security_group_id", "object_type and object_id"),
    ("network.NetworkRBACPolicy", "subnetpool_id", "object_type and object_id"),
    ("network.PortForwarding", "floatingip_id", "said in the path"),
    ("network.QoS*", "qos_policy_id", "said in the path"),
    ("network.SecurityGroup", "delete_default_rules", "further requests of the creation"),
];

/// Fields that are in the update's schema, and immutable nevertheless.
const FIXED: Rows = &[
    (
        "compute.Server",
        "hostname",
        "told only from microversion 2.90 on, and the flavor's id only up to 2.46",
    ),
    ("compute.VolumeAttachment", "device", "must be the one it has"),
    ("compute.VolumeAttachment", "serverId", "must be the one it has"),
    ("compute.VolumeAttachment", "tag", "must be the one it has"),
    ("compute.VolumeAttachment", "volumeId", "would exchange the volume, which is for live migrations"),
    ("image.Image", "container_format", "only before there are data"),
    ("image.Image", "disk_format", "only before there are data"),
    ("image.Image", "id", "must be the one in the path"),
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
    ("blockstorage.Volume", "size", "an action"),
    ("blockstorage.Volume", "volume_type", "an action"),
    ("blockstorage.VolumeType", "extra_specs", "a resource of their own below the type"),
    ("compute.Server", "flavorRef", "actions: resize and confirm"),
    ("compute.Server", "metadata", "a resource of their own below the server"),
    ("compute.Server", "security_groups", "actions"),
    ("compute.Server", "tags", "a resource of their own below the server"),
    ("network.*", "tags", "a resource of their own below the object"),
    ("network.AddressGroup", "addresses", "actions"),
    ("network.Trunk", "sub_ports", "actions"),
];

/// Kinds without a schema in the service.
const NO_SCHEMA: &[(&str, &str)] = &[
    ("identity.DomainConfiguration", "a table of the options that are allowed"),
    ("identity.EC2Credential", "that of a Credential, with its keys in the blob"),
    ("identity.FederationMapping", "a validator of its own, with definitions that refer to each other"),
    ("identity.GroupMembership", "all is said in the path"),
    ("identity.ImpliedRole", "all is said in the path"),
    ("identity.ProjectEndpoint", "all is said in the path"),
    ("identity.RoleAssignment", "all is said in the path"),
    ("network.FloatingIPAssociation", "two fields of a floating IP"),
    ("network.NetworkQuota", "limits of whatever Neutron's plugins count"),
    ("network.PortSecurityGroups", "a field of a port"),
    ("network.RouterInterface", "an action on a router: a subnet's id or a port's"),
    ("network.RouterRouteSet", "a field of a router"),
    ("network.SecurityGroupRuleSet", "a list of security group rules"),
    ("network.RouterRoute", "an action on a router: a destination and a next hop"),
    ("network.SubnetRoute", "an item of a subnet's field"),
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
            let path = format!("{prefix}{}", field.wire);
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
