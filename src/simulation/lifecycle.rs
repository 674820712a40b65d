//! Every kind of the registry, by its own example: created, changed, deleted, with every trouble at every point.

use super::{
    census::Census,
    examples::{self, Example},
    points::{TROUBLES, Trouble},
    testbed::{Testbed, World},
};
use crate::{kind::MarkerPlace, kinds::KINDS};
use serde_json::{Value, json};

/// What the simulation must know of a kind beside its example.
pub struct Case {
    /// `service.Kind`.
    pub kind: &'static str,
    /// Change of `forProvider`: what can be changed.
    pub change: Value,
    /// Examples that it needs and does not refer to.
    pub beside: &'static [&'static str],
}

/// Kinds whose objects no deletion takes away or puts back, and where they are: what was changed stays so. An accepted volume
/// goes with what made it, a rule with the last credential that has it.
pub(super) const STAYING: [(&str, &str); 5] = [
    ("blockstorage.BlockStorageQuotaClass", "os-quota-class-sets"),
    ("blockstorage.VolumeTransferAcceptance", ""),
    ("compute.ComputeService", "os-services"),
    ("identity.AccessRule", "access_rules"),
    ("network.NetworkAgent", "agents"),
];

/// One test a kind, so that they run side by side; together they are the registry.
macro_rules! lifecycles {
    ($($test:ident $kind:literal $change:tt $([$($beside:literal),*])?;)*) => {
        pub fn cases() -> Vec<Case> {
            vec![$(Case { kind: $kind, change: json!($change), beside: &[$($($beside),*)?] }),*]
        }

        $(#[tokio::test(start_paused = true)]
        async fn $test() {
            lifecycle($kind).await;
        })*
    };
}

lifecycles! {
    bgpvpn "bgpvpn.BGPVPN" {"name": "backbone-2", "routeTargets": ["64512:9"], "importTargets": [], "exportTargets": ["64512:3", "64512:5"],
        "routeDistinguishers": []};
    bgpvpn_network_association "bgpvpn.BGPVPNNetworkAssociation" {};
    bgpvpn_port_association "bgpvpn.BGPVPNPortAssociation" {"advertiseFixedIps": false, "routes": [{"prefix": "10.79.1.0/24"}]};
    bgpvpn_router_association "bgpvpn.BGPVPNRouterAssociation" {"advertiseExtraRoutes": false};
    firewall_group "firewall.FirewallGroup" {"name": "web-2", "description": "", "adminStateUp": false, "portIds": [],
        "ingressFirewallPolicyId": ""} ["RouterInterface/dmz-inner"];
    firewall_policy "firewall.FirewallPolicy" {"name": "web-2", "description": "", "audited": true, "firewallRuleIds": []};
    firewall_rule "firewall.FirewallRule" {"name": "https-2", "description": "", "action": "deny", "protocol": "udp",
        "destinationPort": "", "enabled": false};
    bgp_peer "network.BGPPeer" {"name": "upstream-2", "passwordSecretRef": {"name": "upstream-bgp", "key": "next-password"}};
    bgp_speaker "network.BGPSpeaker" {"name": "edge-2", "advertiseTenantNetworks": false, "peerIds": [], "networkIds": []};
    network_log "network.NetworkLog" {"name": "drops", "description": "", "enabled": false};
    router_route_set "network.RouterRouteSet" {"routes": [{"destination": "198.51.100.0/24", "nexthop": "10.63.0.252"}]}
        ["RouterInterface/branch-v4"];
    security_group_rule_set "network.SecurityGroupRuleSet" {"rules": [{"direction": "ingress", "protocol": "icmp"},
        {"direction": "egress", "ethertype": "IPv4"}]};
    flow_classifier "network.FlowClassifier" {"name": "requests", "description": ""};
    port_chain "network.PortChain" {"name": "inspected", "description": "", "flowClassifierIds": []};
    port_pair "network.PortPair" {"name": "firewall", "description": ""};
    port_pair_group "network.PortPairGroup" {"name": "firewalls", "description": "", "portPairIds": []};
    tap_flow "network.TapFlow" {"name": "in", "description": ""};
    tap_mirror "network.TapMirror" {"name": "all", "description": ""};
    tap_service "network.TapService" {"name": "probe-2", "description": ""};
    ike_policy "vpn.IKEPolicy" {"name": "weak", "description": "", "ikeVersion": "v1", "encryptionAlgorithm": "3des", "lifetime": {"value": 60}};
    ipsec_policy "vpn.IPsecPolicy" {"name": "weak", "description": "", "transformProtocol": "ah", "pfs": "group2", "lifetime": {"value": 60}};
    ipsec_site_connection "vpn.IPsecSiteConnection" {"name": "branch-2", "description": "", "peerAddress": "198.51.100.8",
        "pskSecretRef": {"name": "branch-vpn", "key": "next-psk"}, "dpd": {"timeout": 90}, "adminStateUp": false}
        ["RouterInterface/site-v4"];
    vpn_endpoint_group "vpn.VPNEndpointGroup" {"name": "inside-2", "description": ""};
    vpn_service "vpn.VPNService" {"name": "site-2", "description": "", "adminStateUp": false};
    catalog_endpoint "identity.CatalogEndpoint" {"url": "https://ledger.example.org/v2", "enabled": false};
    catalog_service "identity.CatalogService" {"name": "ledger-2", "description": "Books", "enabled": false};
    domain "identity.Domain" {"name": "acme-2", "description": "Still a customer", "tags": ["a", "b"], "extra": {"tier": "a"}};
    identity_group "identity.IdentityGroup" {"name": "auditors-2", "description": "Who may read", "extra": {"floor": "2"}};
    identity_role "identity.IdentityRole" {"name": "auditor-2", "description": "May read", "extra": {"grade": "b"}};
    project "identity.Project" {"name": "connection-2", "description": "", "tags": ["z"], "extra": {"cost-centre": "7"}};
    region "identity.Region" {"description": "In the far north"};
    access_rule "identity.AccessRule" {} ["ApplicationCredential/inventory"];
    application_credential "identity.ApplicationCredential" {};
    user "identity.User" {"name": "alice-2", "description": "On leave", "extra": {"desk": "4"},
        "passwordSecretRef": {"name": "alice", "key": "next-password"}};
    role_assignment "identity.RoleAssignment" {};
    address_group "network.AddressGroup" {"name": "friends", "description": "", "addresses": ["198.51.100.0/24", "192.0.2.0/24"]};
    address_scope "network.AddressScope" {"name": "campus-2"};
    conntrack_helper "network.ConntrackHelper" {"protocol": "tcp", "port": 21, "helper": "ftp"};
    default_security_group_rule "network.DefaultSecurityGroupRule" {};
    floating_ip_association "network.FloatingIPAssociation" {} ["Subnet/outside-v4", "RouterInterface/web-v4"];
    local_ip "network.LocalIP" {"name": "cache-2", "description": ""} ["Subnet/web-v4"];
    local_ip_association "network.LocalIPAssociation" {};
    metering_label "network.MeteringLabel" {};
    metering_label_rule "network.MeteringLabelRule" {};
    ndp_proxy "network.NDPProxy" {"name": "api-2", "description": ""}
        ["Subnet/outside-six", "Subnet/inside-six", "RouterInterface/inside-six"];
    network_agent "network.NetworkAgent" {"adminStateUp": false, "description": ""};
    network_flavor "network.NetworkFlavor" {"name": "plain-2", "description": "", "enabled": false, "serviceProfileIds": []};
    network_quota "network.NetworkQuota" {"network": 20, "trunk": 3};
    network_rbac_policy "network.NetworkRBACPolicy" {};
    network_service_profile "network.NetworkServiceProfile" {"description": "", "metainfo": "{}", "enabled": false};
    port_forwarding "network.PortForwarding" {"description": "", "internalPort": 8444, "protocol": "udp"}
        ["Subnet/outside-v4", "RouterInterface/web-v4"];
    port_security_groups "network.PortSecurityGroups" {};
    qos_bandwidth_limit_rule "network.QoSBandwidthLimitRule" {"maxKbps": 1, "maxBurstKbps": 0, "direction": "ingress"};
    qos_dscp_marking_rule "network.QoSDSCPMarkingRule" {"dscpMark": 8};
    qos_minimum_bandwidth_rule "network.QoSMinimumBandwidthRule" {"minKbps": 1, "direction": "ingress"};
    qos_minimum_packet_rate_rule "network.QoSMinimumPacketRateRule" {"minKpps": 1, "direction": "egress"};
    qos_packet_rate_limit_rule "network.QoSPacketRateLimitRule" {"maxKpps": 1, "maxBurstKpps": 0, "direction": "egress"};
    qos_policy "network.QoSPolicy" {"name": "silver", "description": "", "shared": false, "isDefault": true, "tags": ["b"]};
    router_route "network.RouterRoute" {} ["RouterInterface/web-v4"];
    segment "network.Segment" {"name": "rack-3", "description": ""};
    segment_range "network.SegmentRange" {"name": "campus-2", "description": "", "minimum": 1100, "maximum": 1200, "tags": []};
    subnet_route "network.SubnetRoute" {};
    trunk "network.Trunk" {"name": "vnf-2", "description": "", "subPorts": [], "tags": ["b"]};
    credential "identity.Credential" {"type": "cert", "description": "A certificate", "blobSecretRef": {"name": "alice", "key": "password"}};
    domain_configuration "identity.DomainConfiguration" {"ldap": {"url": "ldap://ldap.acme.example.org", "pageSize": 100},
        "passwordSecretRef": {"name": "acme-ldap", "key": "next-password"}};
    ec2_credential "identity.EC2Credential" {"secretSecretRef": {"name": "alice", "key": "password"}};
    endpoint_group "identity.EndpointGroup" {"name": "ledger-admin", "description": "", "filters": {"interface": "admin"}};
    federation_mapping "identity.FederationMapping" {"schemaVersion": "2.0",
        "rules": [{"remote": [{"type": "OIDC-sub"}], "local": [{"user": {"name": "{0}"}}]}]};
    federation_protocol "identity.FederationProtocol" {"remoteIdAttribute": "HTTP_OIDC_ISSUER"};
    group_membership "identity.GroupMembership" {};
    identity_policy "identity.IdentityPolicy" {"blob": "{}", "type": "text/plain", "description": "Nobody"};
    identity_provider "identity.IdentityProvider" {"description": "", "enabled": false, "remoteIds": ["https://sso.example.org"],
        "authorizationTtl": 60};
    implied_role "identity.ImpliedRole" {};
    limit "identity.Limit" {"resourceLimit": 60, "description": "For good"} ["RegisteredLimit/ledgers"];
    project_endpoint "identity.ProjectEndpoint" {};
    registered_limit "identity.RegisteredLimit" {"resourceName": "leaves", "defaultLimit": -1, "description": ""};
    service_provider "identity.ServiceProvider" {"description": "", "enabled": false, "relayStatePrefix": "ss:us:"};
    trust "identity.Trust" {};
    network "network.Network" {"name": "web-2", "description": "", "mtu": 1300, "tags": ["b"]};
    subnet "network.Subnet" {"name": "web-2", "enableDhcp": false, "dnsNameservers": ["192.0.2.99"], "hostRoutes": [],
        "tags": ["x", "y"]};
    subnet_pool "network.SubnetPool" {"name": "tenants-2", "description": "", "prefixes": ["10.30.0.0/15", "10.40.0.0/16"],
        "defaultPrefixlen": 26, "tags": ["x"]};
    port "network.Port" {"name": "web-b", "adminStateUp": false, "tags": ["x"], "extraDhcpOpts": [],
        "allowedAddressPairs": [{"ipAddress": "10.20.0.101"}]};
    router "network.Router" {"name": "web-b", "description": "Way out", "tags": []} ["Subnet/outside-v4"];
    router_interface "network.RouterInterface" {};
    security_group "network.SecurityGroup" {"name": "web-b", "description": "", "tags": ["c", "d"]};
    security_group_rule "network.SecurityGroupRule" {};
    floating_ip "network.FloatingIP" {"description": "Public", "tags": ["y"]} ["Subnet/outside-v4", "RouterInterface/web-v4"];
    flavor "compute.Flavor" {"description": "Smaller", "extraSpecs": {"hw:cpu_policy": "shared"}};
    key_pair "compute.KeyPair" {};
    server_group "compute.ServerGroup" {};
    server "compute.Server" {"name": "web-2", "description": "Second", "metadata": {"a": "b"}, "tags": ["x", "y"],
        "powerState": "shutoff"} ["Subnet/web-v4"];
    volume_attachment "compute.VolumeAttachment" {"deleteOnTermination": true};
    flavor_access "compute.FlavorAccess" {};
    compute_quota "compute.ComputeQuota" {"cores": 8, "ram": -1, "injectedFiles": 1};
    compute_service "compute.ComputeService" {"status": "disabled", "disabledReason": "New disks", "forcedDown": true};
    host_aggregate "compute.HostAggregate" {"name": "fast", "hosts": [], "metadata": {"tier": "1"},
        "availabilityZone": "a"};
    interface_attachment "compute.InterfaceAttachment" {};
    server_snapshot "compute.ServerSnapshot" {};
    image_member "image.ImageMember" {};
    image_member_acceptance "image.ImageMemberAcceptance" {"status": "rejected"} ["ImageMember/golden-shop"];
    metadata_namespace "image.MetadataNamespace" {"displayName": "Images", "description": "", "tags": [],
        "properties": {"release": {"title": "Release", "type": "integer"}, "old": {"title": "Old", "type": "boolean"}},
        "objects": [{"name": "Owner", "description": "Who pays"}],
        "resourceTypeAssociations": [{"name": "OS::Nova::Flavor"}]};
    block_storage_attachment "blockstorage.BlockStorageAttachment" {};
    block_storage_snapshot "blockstorage.BlockStorageSnapshot" {"name": "data-tuesday", "description": "",
        "metadata": {"team": "b"}};
    block_storage_quota "blockstorage.BlockStorageQuota" {"volumes": -1, "groups": 1,
        "volumeTypeLimits": {"gigabytes___DEFAULT__": 30}};
    block_storage_quota_class "blockstorage.BlockStorageQuotaClass" {"volumes": 11, "backups": 2};
    default_volume_type "blockstorage.DefaultVolumeType" {};
    volume_backup "blockstorage.VolumeBackup" {"name": "data-monthly", "description": "", "metadata": {"team": "b"}};
    volume_group "blockstorage.VolumeGroup" {"name": "books", "description": ""};
    volume_group_snapshot "blockstorage.VolumeGroupSnapshot" {} ["Volume/ledger-data"];
    volume_group_type "blockstorage.VolumeGroupType" {"name": "apart", "description": "", "groupSpecs": {"a": "b"}};
    volume_qos "blockstorage.VolumeQoS" {"consumer": "both", "specs": {"read_iops_sec": "500"}};
    volume_qos_association "blockstorage.VolumeQoSAssociation" {};
    volume_transfer "blockstorage.VolumeTransfer" {};
    volume_transfer_acceptance "blockstorage.VolumeTransferAcceptance" {};
    volume_type_access "blockstorage.VolumeTypeAccess" {};
    placement_trait "placement.PlacementTrait" {};
    resource_class "placement.ResourceClass" {};
    resource_provider "placement.ResourceProvider" {"name": "floating", "traits": [],
        "aggregates": ["2b7b7f0e-3b0f-4d53-8a4e-1d2a3b4c5d6e"]};
    resource_provider_inventory "placement.ResourceProviderInventory" {"total": 50, "stepSize": 2, "allocationRatio": 1.5};
    image "image.Image" {"name": "cirros-2", "minDisk": 2, "tags": ["a", "b"], "properties": {"os_distro": "other"},
        "osHidden": true};
    volume "blockstorage.Volume" {"name": "data-2", "description": "More", "size": 12, "metadata": {"team": "b"},
        "readonly": true, "imageMetadata": {"hw_disk_bus": "virtio"}};
    volume_type "blockstorage.VolumeType" {"name": "faster", "description": "On more flash", "extraSpecs": {"a": "b"},
        "encryption": {"provider": "luks", "keySize": 256}};
}

#[test]
fn every_kind_of_the_registry_has_its_lifecycle() {
    let mut cases: Vec<_> = cases().iter().map(|case| case.kind).collect();
    let mut kinds: Vec<_> = KINDS.iter().map(|kind| kind.id()).collect();
    cases.sort_unstable();
    kinds.sort_unstable();
    assert_eq!(cases, kinds);
}

/// Brings an example into the world, after all that it needs.
pub(super) async fn bring(testbed: &Testbed, example: &Example, all: &[Example], beside: &[&str]) {
    if testbed.server.get(&example.path).is_some() {
        return;
    }
    need(testbed, example, all, beside).await;
    testbed.server.put(&example.path, example.manifest.clone());
    testbed.live(example, all, None).await;
    testbed.well(example).unwrap_or_else(|why| panic!("{}: {why}", example.key));
}

pub(super) async fn need(testbed: &Testbed, example: &Example, all: &[Example], beside: &[&str]) {
    let referred = examples::references(example);
    for other in all {
        let wanted = |(kind, name): &(String, String)| other.key.kind == kind && other.key.name == *name;
        let called = format!("{}/{}", examples::kind(other.key.kind).info().kind, other.key.name);
        if referred.iter().any(wanted) || beside.contains(&called.as_str()) {
            let cases = cases();
            let own = cases.iter().find(|case| case.kind == other.key.kind).unwrap();
            Box::pin(bring(testbed, other, all, own.beside)).await;
        }
    }
}

async fn lifecycle(id: &str) {
    let (all, cases) = (examples::all(), cases());
    let case = cases.iter().find(|case| case.kind == id).unwrap();
    let example = examples::of(&all, id);
    let testbed = Testbed::new();
    need(&testbed, example, &all, case.beside).await;
    let before = testbed.census();
    testbed.server.put(&example.path, example.manifest.clone());
    let made = phase("create", &testbed, example, &all).await;
    let anew = phase("replace", &vanished(&made, example, &all).await, example, &all).await;
    assert_eq!(anew.census(), made.census(), "what was deleted behind our back is there again, once");
    let changed = match case.change.as_object().filter(|change| !change.is_empty()) {
        None => made,
        Some(change) => {
            made.change(example, |object| {
                object["spec"]["forProvider"].as_object_mut().unwrap().extend(change.clone());
            });
            phase("change", &made, example, &all).await
        }
    };
    changed.change(example, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    let gone = phase("delete", &changed, example, &all).await;
    assert!(gone.object(example).is_none());
    let stays = STAYING.iter().any(|(kind, _)| *kind == id);
    let left = if stays { changed.census() } else { before };
    assert_eq!(gone.census(), left, "what was there before, or can't be taken away, is all that is left");
}

/// The cloud without the example's object, of which nobody told the API server.
pub(super) async fn vanished(made: &Testbed, example: &Example, all: &[Example]) -> Testbed {
    let other = made.copy();
    other.change(example, |object| object["metadata"]["deletionTimestamp"] = json!("2027-01-01T00:00:00Z"));
    other.live(example, all, None).await;
    Testbed { server: made.server.copy(), ..other }
}

/// A part of a life without trouble, and then with every trouble at every point: it must come to the same.
pub async fn phase<W: World>(
    name: &str,
    from: &Testbed<W>,
    example: &Example,
    all: &[Example],
) -> Testbed<W> {
    let calm = from.copy();
    let exchanges = calm.live(example, all, None).await;
    let before = from.minted();
    let good = |testbed: &Testbed<W>| match name {
        "delete" => {
            testbed.object(example).map_or(Ok(()), |object| Err(format!("it is still there: {object:#?}")))
        }
        // A secret that the cloud has and nobody was told is lost.
        _ => {
            let untold = &(&testbed.minted() - &before) - &testbed.published(example);
            assert!(untold.is_empty() || !told(example), "{}: {untold:?}", example.key);
            testbed.well(example)
        }
    };
    assert!(exchanges.iter().any(|exchange| exchange.starts_with("cloud ")), "{exchanges:#?}");
    calm.world.check();
    good(&calm).unwrap_or_else(|why| panic!("{}: {name}: {why}\n{exchanges:#?}", example.key));
    let wanted = calm.census();
    for (at, exchange) in exchanges.iter().enumerate() {
        // A read changes nothing: whether it was performed is all the same, and who dies after it dies before what comes next.
        let read = exchange.trim_start_matches("cloud ").starts_with("GET ");
        let same = [Trouble::DieUnanswered, Trouble::DieAnswered, Trouble::CutAfter];
        for trouble in TROUBLES.into_iter().filter(|trouble| !(read && same.contains(trouble))) {
            let place = format!("{}: {name}: {trouble:?} at {exchange}", example.key);
            // Shown where a life does not end.
            println!("{place}");
            let testbed = from.copy();
            testbed.live(example, all, Some((at, trouble))).await;
            testbed.live(example, all, None).await;
            testbed.world.check_told(&testbed.server);
            if ["create", "replace"].contains(&name) && needs_a_person(&testbed, example, &wanted) {
                continue;
            }
            good(&testbed).unwrap_or_else(|why| panic!("{place}: {why}"));
            assert_eq!(testbed.census(), wanted, "{place}");
        }
    }
    calm
}

/// Does somebody want to be told its connection details?
fn told(example: &Example) -> bool {
    example.manifest["spec"]["writeConnectionSecretToRef"].is_object()
}

/// Where nothing marks a create whose answer was lost, a person is told what to do; there are never two.
pub(super) fn needs_a_person<W: World>(testbed: &Testbed<W>, example: &Example, wanted: &Census) -> bool {
    let kinds = W::provider().kinds;
    let kind = kinds.iter().find(|kind| kind.id() == example.key.kind).unwrap();
    let findable = kind.info().marker != MarkerPlace::None;
    let object = testbed.object(example).unwrap();
    let synced = object.status.conditions.iter().find(|c| c.r#type == "Synced").unwrap();
    if findable || synced.status == "True" {
        return false;
    }
    let told = synced.message.clone().unwrap_or_default();
    assert!(told.contains("cannot determine creation result"), "{told}");
    for (collection, objects) in testbed.census() {
        let most = wanted.get(&collection).map_or(0, Vec::len);
        assert!(objects.len() <= most, "{}: {objects:#?}", example.key);
    }
    true
}
