"""Prints what the services themselves take: {kind: {field: [post, put]}}, from the schemas that they check requests by.

Fields of objects in a body are told with dots: `networks.fixed_ip`. A service is asked in a process of its own: two of
them can't be loaded into one.
"""

import importlib
import json
import pkgutil
import re
import subprocess
import sys
import warnings

POST, PUT = 0, 1

# A collection of Neutron's; elsewhere a module with schemas, the key of the object in a body, and, where they are not
# called `create` and `update`, the names of the schemas.
NEUTRON = {
    "bgpvpn.BGPVPN": "bgpvpns",
    "bgpvpn.BGPVPNNetworkAssociation": "network_associations",
    "bgpvpn.BGPVPNPortAssociation": "bgpvpn port_associations",
    "bgpvpn.BGPVPNRouterAssociation": "router_associations",
    "firewall.FirewallGroup": "firewall_groups",
    "firewall.FirewallPolicy": "firewall_policies",
    "firewall.FirewallRule": "firewall_rules",
    "network.AddressGroup": "address_groups",
    "network.AddressScope": "address_scopes",
    "network.BGPPeer": "bgp-peers",
    "network.BGPSpeaker": "bgp-speakers",
    "network.ConntrackHelper": "conntrack_helpers",
    "network.DefaultSecurityGroupRule": "default_security_group_rules",
    "network.FloatingIP": "floatingips",
    "network.FlowClassifier": "flow_classifiers",
    "network.LocalIP": "local_ips",
    "network.LocalIPAssociation": "port_associations",
    "network.MeteringLabel": "metering_labels",
    "network.MeteringLabelRule": "metering_label_rules",
    "network.NDPProxy": "ndp_proxies",
    "network.Network": "networks",
    "network.NetworkAgent": "agents",
    "network.NetworkFlavor": "flavors",
    "network.NetworkLog": "logs",
    "network.NetworkRBACPolicy": "rbac_policies",
    "network.NetworkServiceProfile": "service_profiles",
    "network.Port": "ports",
    "network.PortChain": "port_chains",
    "network.PortForwarding": "port_forwardings",
    "network.PortPair": "port_pairs",
    "network.PortPairGroup": "port_pair_groups",
    "network.QoSBandwidthLimitRule": "bandwidth_limit_rules",
    "network.QoSDSCPMarkingRule": "dscp_marking_rules",
    "network.QoSMinimumBandwidthRule": "minimum_bandwidth_rules",
    "network.QoSMinimumPacketRateRule": "minimum_packet_rate_rules",
    "network.QoSPacketRateLimitRule": "packet_rate_limit_rules",
    "network.QoSPolicy": "policies",
    "network.Router": "routers",
    "network.SecurityGroup": "security_groups",
    "network.SecurityGroupRule": "security_group_rules",
    "network.Segment": "segments",
    "network.SegmentRange": "network_segment_ranges",
    "network.Subnet": "subnets",
    "network.SubnetPool": "subnetpools",
    "network.TapFlow": "tap_flows",
    "network.TapMirror": "tap_mirrors",
    "network.TapService": "tap_services",
    "network.Trunk": "trunks",
    "vpn.IKEPolicy": "ikepolicies",
    "vpn.IPsecPolicy": "ipsecpolicies",
    "vpn.IPsecSiteConnection": "ipsec_site_connections",
    "vpn.VPNEndpointGroup": "endpoint_groups",
    "vpn.VPNService": "vpnservices",
}
NOVA = {
    "compute.ComputeQuota": ("quota_sets", "quota_set", "update", "update"),
    "compute.ComputeService": ("services", None, "service_update", "service_update"),
    "compute.Flavor": ("flavors", "flavor"),
    "compute.HostAggregate": ("aggregates", "aggregate"),
    "compute.InterfaceAttachment": ("attach_interfaces", "interfaceAttachment"),
    "compute.KeyPair": ("keypairs", "keypair"),
    "compute.Server": ("servers", "server"),
    "compute.ServerGroup": ("server_groups", "server_group"),
    "compute.VolumeAttachment": ("volume_attachments", "volumeAttachment"),
}
CINDER = {
    "blockstorage.BlockStorageAttachment": ("attachments", "attachment"),
    "blockstorage.BlockStorageSnapshot": ("snapshots", "snapshot"),
    "blockstorage.DefaultVolumeType": ("default_types", "default_type", "create_or_update", "create_or_update"),
    "blockstorage.Volume": ("volumes", "volume", "create(?:_volume)?", "update(?:_volume)?"),
    "blockstorage.VolumeBackup": ("backups", "backup", "create(?:_backup)?", "update(?:_backup)?"),
    "blockstorage.VolumeGroup": ("groups", "group"),
    "blockstorage.VolumeGroupSnapshot": ("group_snapshots", "group_snapshot"),
    "blockstorage.VolumeGroupType": ("group_types", "group_type"),
    "blockstorage.VolumeQoS": ("qos_specs", "qos_specs", "create", "set"),
    "blockstorage.VolumeTransfer": ("volume_transfer", "transfer"),
    "blockstorage.VolumeTransferAcceptance": ("volume_transfer", "accept", "accept", "no_update"),
    "blockstorage.VolumeType": ("volume_types", "volume_type"),
}
# In Keystone with the names of the schemas of create and update, where they are not made of the key.
KEYSTONE = {
    "identity.ApplicationCredential": ("application_credential", "application_credential"),
    "identity.CatalogEndpoint": ("catalog", "endpoint"),
    "identity.CatalogService": ("catalog", "service"),
    "identity.Credential": ("credential", "credential", "create_request_body", "update_request_body"),
    "identity.Domain": ("resource", "domain"),
    "identity.EndpointGroup": ("catalog", "endpoint_group"),
    "identity.FederationProtocol": ("federation", "protocol", "protocol_create", "protocol_update"),
    "identity.IdentityGroup": ("identity", "group"),
    "identity.IdentityPolicy": ("policy", "policy", "policy_create", "policy_update"),
    "identity.IdentityProvider": ("federation", "identity_provider"),
    "identity.IdentityRole": ("assignment", "role"),
    "identity.Limit": ("limit", "limit", "limits_create_request_body", "limit_update_request_body"),
    "identity.Project": ("resource", "project"),
    "identity.Region": ("catalog", "region"),
    "identity.RegisteredLimit": (
        "limit", "registered_limit", "registered_limits_create_request_body", "registered_limit_update_request_body"
    ),
    "identity.ServiceProvider": ("federation", "service_provider"),
    "identity.Trust": ("trust", "trust", "trust_create_request_body"),
    "identity.User": ("identity", "user"),
}


class Fields(dict):
    """Fields of one kind."""

    def allow(self, name, verb):
        self.setdefault(name, [False, False])[verb] = True

    def of_schema(self, schema, verb, prefix=""):
        """What a JSON schema knows below an object."""
        for form in forms(schema):
            for name, field in form.get("properties", {}).items():
                self.allow(prefix + name, verb)
                self.inside(field, verb, f"{prefix}{name}.")

    def inside(self, field, verb, prefix):
        for form in forms(field):
            self.of_schema(form, verb, prefix)
            self.of_schema(form.get("items", {}), verb, prefix)


def forms(schema):
    """All that it may look like."""
    return [schema, *schema.get("oneOf", []), *schema.get("anyOf", [])]


def of_all_microversions(module, name):
    """The schemas called `create`, `create_v21`, …: what only older ones take is a field as well."""
    return [schema for attribute, schema in vars(module).items() if re.fullmatch(rf"({name})(?:_v\d+)?", attribute)]


def of_body(fields, schema, key, verb):
    """The object in a body, and what stands beside it, by its name without the prefix of an extension."""
    for name, beside in schema.get("properties", {}).items():
        if not isinstance(beside, dict):
            continue  # Cinder has a keyword among the properties of a volume type's body.
        if name == key:
            fields.of_schema(beside, verb)
        else:
            short = name.rsplit(":", 1)[-1]
            fields.allow(short, verb)
            fields.inside(beside, verb, f"{short}.")


def nova_like(package, kinds):
    for kind, (name, key, *schemas) in kinds.items():
        module, fields = importlib.import_module(f"{package}.{name}"), Fields()
        create, update = schemas or ("create", "update")
        for schema in of_all_microversions(module, create):
            of_body(fields, schema, key, POST)
        for schema in of_all_microversions(module, update):
            of_body(fields, schema, key, PUT)
        yield kind, fields


def nova():
    yield from nova_like("nova.api.openstack.compute.schemas", NOVA)


def cinder():
    from cinder.api.schemas import scheduler_hints

    for kind, fields in nova_like("cinder.api.schemas", CINDER):
        if kind == "blockstorage.Volume":
            of_body(fields, scheduler_hints.create, None, POST)
        yield kind, fields


def keystone():
    for kind, (name, key, *schemas) in KEYSTONE.items():
        module, fields = importlib.import_module(f"keystone.{name}.schema"), Fields()
        for verb, word in ((POST, "create"), (PUT, "update")):
            usual = (f"{key}_{word}_request_body", f"{key}_{word}_request")
            for name in [schema for schema in schemas if word in schema] or ([] if schemas else usual):
                keystone_body(fields, getattr(module, name, {}), key, verb)
        yield kind, fields
    yield "identity.DomainConfiguration", domain_options()
    yield "identity.FederationMapping", mapping_rules()


def domain_options():
    """The options that a domain may have, and the ones of them that are never told."""
    from keystone.resource.core import DomainConfigManager

    fields = Fields()
    for options in (DomainConfigManager.whitelisted_options, DomainConfigManager.sensitive_options):
        for group, names in options.items():
            for name in [group, *(f"{group}.{name}" for name in names)]:
                fields.allow(name, POST)
                fields.allow(name, PUT)
    return fields


def mapping_rules():
    from keystone.federation import utils

    schema, fields = utils.IDP_ATTRIBUTE_MAPPING_SCHEMA_2_0, Fields()
    for verb in (POST, PUT):
        fields.of_schema(resolved(schema, schema["definitions"]), verb)
    return fields


def resolved(schema, definitions):
    """With what it refers to in its place."""
    if isinstance(schema, list):
        return [resolved(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolved(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    return {name: resolved(one, definitions) for name, one in schema.items()}


def keystone_body(fields, schema, key, verb):
    """Limits come in a list."""
    listed = schema.get("properties", {}).get(f"{key}s")
    if listed:
        fields.of_schema(listed["items"], verb)
    else:
        of_body(fields, schema, key, verb)


def glance():
    from glance.api.v2 import images, metadef_namespaces

    namespace = metadef_namespaces._get_base_properties()
    for kind, properties in (("image.Image", images.get_base_properties()), ("image.MetadataNamespace", namespace)):
        fields = Fields()
        for name, field in properties.items():
            if not field.get("readOnly"):
                fields.allow(name, POST)
                fields.allow(name, PUT)
        yield kind, fields


def placement():
    from placement.schemas import inventory, resource_provider

    provider = resource_provider.POST_RP_SCHEMA_V1_14, resource_provider.PUT_RP_SCHEMA_V1_14
    some = inventory.POST_INVENTORY_SCHEMA, inventory.BASE_INVENTORY_SCHEMA
    kinds = ("placement.ResourceProvider", provider), ("placement.ResourceProviderInventory", some)
    for kind, (create, update) in kinds:
        fields = Fields()
        fields.of_schema(create, POST)
        fields.of_schema(update, PUT)
        yield kind, fields


def neutron_maps():
    """Attribute maps of the API and of everything that can extend it."""
    import neutron.extensions
    import neutron_lib.api.definitions
    from networking_sfc.extensions import tap
    from neutron.db.migration.models import head  # noqa: F401 makes the standard attributes known
    from neutron.extensions import standardattrdescription, tagging

    for package in (neutron_lib.api.definitions, neutron.extensions):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for name in ("RESOURCE_ATTRIBUTE_MAP", "EXTENDED_ATTRIBUTES_2_0"):
                yield getattr(module, name, None) or {}
            below = getattr(module, "SUB_RESOURCE_ATTRIBUTE_MAP", None) or {}
            # What a flavor has of its profiles is only their ids. Ports have associations with local IPs and BGP VPNs.
            names = {"service_profiles": None, "port_associations": f"{prefix(found.name)}port_associations"}
            yield {names.get(name, name): facts["parameters"] for name, facts in below.items()}
    for extension in (standardattrdescription.Standardattrdescription, tagging.Tagging, tap.Tap):
        yield extension().get_extended_resources("2.0")


def prefix(module):
    return "bgpvpn " if "bgpvpn" in module else ""


def neutron_field(fields, name, facts, verbs):
    for verb in verbs:
        fields.allow(name, verb)
    # An object's validator holds the rules of its fields.
    for rule in (facts.get("validate") or {}).values():
        if isinstance(rule, dict):
            for inner, facts in rule.items():
                neutron_field(fields, f"{name}.{inner}", {"validate": facts}, verbs)


def neutron():
    known = {collection: Fields() for collection in NEUTRON.values()}
    for attributes in neutron_maps():
        for collection in known.keys() & attributes.keys():
            for name, facts in attributes[collection].items():
                verbs = [verb for verb, allow in ((POST, "allow_post"), (PUT, "allow_put")) if facts.get(allow)]
                neutron_field(known[collection], name, facts, verbs)
    for kind, collection in NEUTRON.items():
        yield kind, known[collection]
    yield "network.NetworkQuota", neutron_quotas()


def neutron_quotas():
    """What has a limit in Neutron's configuration."""
    from neutron.conf import quota
    from oslo_config import cfg

    options = [option.name for options in vars(quota).values() if isinstance(options, list)
               for option in options if isinstance(option, cfg.IntOpt)]
    fields = Fields()
    for name in options:
        if name.startswith("quota_"):
            fields.allow(name.removeprefix("quota_"), POST)
            fields.allow(name.removeprefix("quota_"), PUT)
    return fields


SERVICES = {"cinder": cinder, "glance": glance, "keystone": keystone, "neutron": neutron, "nova": nova,
            "placement": placement}


def main():
    if len(sys.argv) == 2:
        warnings.filterwarnings("ignore")
        print(json.dumps(dict(SERVICES[sys.argv[1]]())))
        return
    ask = [subprocess.Popen([sys.executable, __file__, name], stdout=subprocess.PIPE) for name in SERVICES]
    told = {}
    for process in ask:
        said = process.communicate()[0]
        if process.returncode:
            sys.exit(f"{process.args}: {process.returncode}")
        told |= json.loads(said)
    print(json.dumps(told, sort_keys=True))


main()
