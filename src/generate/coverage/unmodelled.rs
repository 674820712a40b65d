//! What of the services' APIs no kind has, with reasons. `tests/suite/fields.rs` compares it with the services' own schemas, both ways.

use super::table;
use crate::kind::any::AnyKind;
use std::fmt::Write as _;

/// Kind (or all whose names begin so), field, reason.
pub type Row = (&'static str, &'static str, &'static str);

/// Fields of the API without a parameter.
pub const UNMODELLED: &[Row] = &[
    ("bgpvpn.*", "tenant_id", "the older name of project_id"),
    ("firewall.*", "tenant_id", "the older name of project_id"),
    ("network.*", "tenant_id", "the older name of project_id"),
    ("vpn.*", "tenant_id", "the older name of project_id"),
    ("blockstorage.BlockStorageAttachment", "instance_uuid", "told as instance"),
    ("blockstorage.BlockStorageAttachment", "mode", "told as attach_mode"),
    ("blockstorage.BlockStorageAttachment", "volume_uuid", "told as volume_id"),
    ("blockstorage.Volume", "consistencygroup_id", "groups (group_id) took their place"),
    ("blockstorage.Volume", "display_description", "the older name of description"),
    ("blockstorage.Volume", "display_name", "the older name of name"),
    ("blockstorage.Volume", "image_id", "another name of imageRef"),
    ("blockstorage.Volume", "multiattach", "Cinder refuses it: a matter of the type"),
    ("blockstorage.VolumeType", "os-volume-type-access:is_public", "what the create calls is_public"),
    ("blockstorage.BlockStorageSnapshot", "display_description", "the older name of description"),
    ("blockstorage.BlockStorageSnapshot", "display_name", "the older name of name"),
    ("blockstorage.DefaultVolumeType", "volume_type", "volume_type_id: answers tell the id alone"),
    ("blockstorage.VolumeBackup", "incremental", "told as is_incremental"),
    ("blockstorage.VolumeGroup", "add_volumes", "volumes say themselves which group they are in"),
    ("blockstorage.VolumeGroup", "remove_volumes", "volumes say themselves which group they are in"),
    ("compute.ComputeQuota", "fixed_ips", "nova-network's, gone from microversion 2.36 on"),
    ("compute.ComputeQuota", "floating_ips", "nova-network's, gone from microversion 2.36 on"),
    ("compute.ComputeQuota", "networks", "nova-network's, gone from microversion 2.50 on"),
    ("compute.ComputeQuota", "security_group_rules", "nova-network's, gone from microversion 2.36 on"),
    ("compute.ComputeQuota", "security_groups", "nova-network's, gone from microversion 2.36 on"),
    ("compute.ComputeService", "binary", "nova-compute: no other service can be changed"),
    ("compute.InterfaceAttachment", "fixed_ips", "there can be one only: fixed_ip"),
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
    ("compute.Server", "personality", "gone from microversion 2.57 on: userData brings files"),
    ("compute.Server", "return_reservation_id", "one managed resource, one server"),
    ("compute.Server", "security_groups.name", "a list of names says it"),
    ("compute.ServerGroup", "policies", "gone from microversion 2.64 on: policy took its place"),
    ("image.Image", "locations", "few clouds let users say where data lie; source says where they come from"),
    ("identity.ApplicationCredential", "id", "Keystone's to choose"),
    ("identity.ApplicationCredential", "project_id", "Keystone takes the credentials' own, whatever is said"),
    ("identity.ApplicationCredential", "system", "of no effect: Keystone keeps none"),
    ("identity.CatalogEndpoint", "id", "Keystone's to choose: it is replaced"),
    ("identity.CatalogEndpoint", "region", "the older name of region_id"),
    ("identity.Credential", "id", "Keystone's to choose"),
    ("identity.EndpointGroup", "filters.enabled", "Keystone refuses it in spite of its schema"),
    ("identity.Trust", "redelegated_trust_id", "follows from the token that it is made with"),
    ("placement.ResourceProvider", "uuid", "what a create calls the id"),
    ("placement.ResourceProviderInventory", "resource_provider_generation", "for Placement to count"),
    ("network.Network", "ha", "for the network that Neutron makes between a router's instances"),
    ("network.Network", "project_default", "a plan: no plugin in Neutron has it"),
    ("network.ConntrackHelper", "project_id", "the router's, whatever is said"),
    ("network.FlowClassifier", "l7_parameters", "networking-sfc refuses each of them"),
    ("network.LocalIPAssociation", "project_id", "the local IP's, whatever is said"),
    ("network.NetworkRBACPolicy", "object_id", "a field for each type of object says it"),
    ("network.NetworkRBACPolicy", "object_type", "the field that says which object says its type"),
    ("network.PortForwarding", "project_id", "the floating IP's, whatever is said"),
    ("network.Router", "routes", "a route is a resource of its own, so that several teams can have some"),
    ("network.Router", "service_type_id", "flavor_id took its place"),
];

/// Kinds without a schema in the service.
pub const NO_SCHEMA: &[(&str, &str)] = &[
    ("identity.AccessRule", "an item of an application credential's access_rules"),
    ("identity.EC2Credential", "that of a Credential, with its keys in the blob"),
    ("identity.GroupMembership", "all is said in the path"),
    ("identity.ImpliedRole", "all is said in the path"),
    ("identity.ProjectEndpoint", "all is said in the path"),
    ("identity.RoleAssignment", "all is said in the path"),
    ("network.FloatingIPAssociation", "two fields of a floating IP"),
    ("network.PortSecurityGroups", "a field of a port"),
    ("network.RouterInterface", "an action on a router: a subnet's id or a port's"),
    ("network.RouterRoute", "an action on a router: a destination and a next hop"),
    ("network.RouterRouteSet", "a field of a router"),
    ("network.SecurityGroupRuleSet", "a list of security group rules"),
    ("network.SubnetRoute", "an item of a subnet's field"),
    ("blockstorage.BlockStorageQuota", "a check that knows the quotas by their names"),
    ("blockstorage.BlockStorageQuotaClass", "a check that knows the quotas by their names"),
    ("blockstorage.VolumeQoSAssociation", "a query: a volume type's id"),
    ("blockstorage.VolumeTypeAccess", "an action on a volume type: a project's id"),
    ("compute.ServerSnapshot", "an action on a server: a name and metadata"),
    ("compute.FlavorAccess", "an action on a flavor: a project's id"),
    ("image.ImageMember", "one word: a project's id"),
    ("image.ImageMemberAcceptance", "one word: the status"),
    ("placement.PlacementTrait", "all is said in the path"),
    ("placement.ResourceClass", "all is said in the path"),
];

const INTRODUCTION: &str = "
## Fields that no kind has

What the services of OpenStack 2025.2 take in a create or an update, by their own schemas of all microversions, and what is no parameter
here. Everything else that they take is one. What is inside of a few lists, such as a port's `fixed_ips`, Neutron checks by code and not by a
schema: that is compared with the API reference by hand.

Nor are there free fields for what only a vendor's plugin knows, Terraform's `value_specs`. Neutron and Nova refuse whatever none of their
loaded extensions names, so there is nothing to see such a field work with; Cinder drops it without a word. Where a service takes free fields,
a kind has them: Glance's properties, Keystone's extra, metadata, and hints for schedulers.

| kind | field | why not |
|---|---|---|
";

const WITHOUT: &str = "
These have no schema in their service, and are compared with the API reference by hand:

| kind | instead of a schema |
|---|---|
";

/// The section.
pub(super) fn section(kinds: &[&dyn AnyKind]) -> String {
    let link = |name: &str| {
        let kind = kinds.iter().find(|kind| kind.id() == name);
        kind.map_or_else(|| format!("`{name}`"), |kind| table::link(kind.info()))
    };
    let mut section = INTRODUCTION.to_owned();
    for (kind, field, reason) in UNMODELLED {
        // Writing to a String does not fail.
        let _ = writeln!(section, "| {} | `{field}` | {reason} |", link(kind));
    }
    section.push_str(WITHOUT);
    for (kind, reason) in NO_SCHEMA {
        let _ = writeln!(section, "| {} | {reason} |", link(kind));
    }
    section
}
