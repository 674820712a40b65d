//! Rows of Nova's and Cinder's kinds: <https://docs.openstack.org/api-ref/compute/>,
//! <https://docs.openstack.org/api-ref/block-storage/v3/>

use super::Row;
use serde_json::{Value, json};

pub fn rows() -> Vec<Row> {
    [flavors(), servers(), changed_servers(), hosts(), volumes()].into_iter().flatten().collect()
}

fn flavors() -> Vec<Row> {
    let flavor = || Row::of("compute.Flavor", "compute", "/flavors/{id}", "flavor");
    vec![
        Row {
            instead: json!({"name": "conformance-small"}),
            created: json!({"name": "conformance-small", "vcpus": 1, "ram": 512, "disk": 1, "extra_specs": {"hw:mem_page_size": "small"}}),
            change: json!({"description": "Smaller", "extraSpecs": {"hw:mem_page_size": "large"}}),
            changed: json!({"description": "Smaller", "extra_specs": {"hw:mem_page_size": "large"}}),
            drift: Some(("PUT", "/flavors/{id}", json!({"flavor": {"description": "theirs"}}))),
            ..flavor()
        },
        Row {
            created: json!({"id": "conformance.large", "OS-FLV-EXT-DATA:ephemeral": 1, "swap": 64, "rxtx_factor": 2.0}),
            ..flavor().also(
                "large",
                "admin",
                &json!({"flavorId": "conformance.large", "name": "conformance-large", "vcpus": 2, "ram": 1024, "disk": 2,
                "ephemeral": 1, "swap": 64, "rxtxFactor": 2.0}),
            )
        },
    ]
}

/// The host that all of the rig's Nova is on, and one that is off, whose service no server needs.
const HOSTS: [&str; 2] = ["rig", "spare"];

/// What a project may have, and what servers run on.
fn hosts() -> Vec<Row> {
    vec![
        Row {
            created: json!([{"flavor_id": "@compute.Flavor/private", "tenant_id": "@identity.Project/shop"}]),
            after: json!([]),
            ..Row::of("compute.FlavorAccess", "compute", "/flavors/{0}/os-flavor-access", "flavor_access")
        },
        Row {
            created: json!({"instances": 20, "cores": 40, "ram": 102_400, "key_pairs": 50, "metadata_items": 64, "server_groups": 5,
                "server_group_members": 20}),
            change: json!({"instances": -1, "cores": 8, "ram": 2048, "keyPairs": 3, "metadataItems": 8, "serverGroups": 2,
                "serverGroupMembers": 4, "injectedFiles": 1, "injectedFileContentBytes": 100, "injectedFilePathBytes": 10}),
            changed: json!({"instances": -1, "cores": 8, "ram": 2048, "key_pairs": 3, "metadata_items": 8, "server_groups": 2,
                "server_group_members": 4}),
            drift: Some(("PUT", "/os-quota-sets/{id}", json!({"quota_set": {"cores": 9}}))),
            stays: true,
            ..Row::of("compute.ComputeQuota", "compute", "/os-quota-sets/{id}", "quota_set")
        },
        Row {
            instead: json!({"host": HOSTS[1]}),
            created: json!([{"status": "disabled", "disabled_reason": "New memory on Monday", "forced_down": true}]),
            change: json!({"status": "enabled", "disabledReason": null, "forcedDown": true}),
            changed: json!([{"status": "enabled", "disabled_reason": null, "forced_down": true, "state": "down"}]),
            drift: Some((
                "PUT",
                "/os-services/{told}",
                json!({"status": "disabled", "disabled_reason": "theirs", "forced_down": false}),
            )),
            stays: true,
            ..Row::of("compute.ComputeService", "compute", "/os-services?host=spare", "services")
        },
        Row {
            instead: json!({"name": "conformance-flash", "hosts": [HOSTS[0]]}),
            created: json!({"name": "conformance-flash", "hosts": [HOSTS[0]], "metadata": {"disk": "flash"}}),
            change: json!({"name": "conformance-fast", "hosts": [], "metadata": {"disk": null, "tier": "1"},
                "availabilityZone": "conformance"}),
            changed: json!({"name": "conformance-fast", "hosts": [], "availability_zone": "conformance",
                "metadata": {"tier": "1", "disk": null, "availability_zone": "conformance"}}),
            drift: Some((
                "POST",
                "/os-aggregates/{id}/action",
                json!({"set_metadata": {"metadata": {"theirs": "1"}}}),
            )),
            ..Row::of("compute.HostAggregate", "compute", "/os-aggregates/{id}", "aggregate")
        },
        Row {
            created: json!({"net_id": "@network.Network/web"}),
            rigged: true,
            ..Row::of(
                "compute.InterfaceAttachment",
                "compute",
                "/servers/{0}/os-interface/{1}",
                "interfaceAttachment",
            )
        },
        Row {
            created: json!({"name": "batch-1-monday", "status": "active", "purpose": "before the upgrade"}),
            rigged: true,
            ..Row::of("compute.ServerSnapshot", "image", "/images/{id}", "")
        },
    ]
}

fn servers() -> Vec<Row> {
    vec![
        Row {
            instead: json!({"name": "conformance-deploy"}),
            created: json!({"name": "conformance-deploy", "type": "ssh", "public_key": "ssh-ed25519 *"}),
            keys: &["ssh-privatekey", "ssh-publickey"],
            ..Row::of("compute.KeyPair", "compute", "/os-keypairs/{id}?user_id={userId}", "keypair")
        },
        Row {
            created: json!({"name": "apart", "policy": "soft-anti-affinity"}),
            ..Row::of("compute.ServerGroup", "compute", "/os-server-groups/{id}", "server_group")
        },
        Row {
            created: json!({"name": "web-1", "status": "ACTIVE", "description": "Front end of the shop", "tags": ["front"]}),
            keys: &["address", "addresses"],
            change: json!({"name": "web-2", "description": "Second", "metadata": {"a": "b"}, "tags": ["x", "y"],
                "securityGroups": ["@network.SecurityGroup/loose"], "flavorId": "conformance.large", "diskConfig": "AUTO",
                "accessIPv4": "192.0.2.10", "accessIPv6": "2001:DB8:0::10", "powerState": "shutoff"}),
            changed: json!({"name": "web-2", "description": "Second", "metadata": {"a": "b", "kupenstack": "[kupenstack:*"},
                "tags": ["x", "y"], "security_groups": [{"name": "loose"}, {"name": "loose"}], "flavor": {"original_name": "conformance-large"},
                "OS-DCF:diskConfig": "AUTO", "accessIPv4": "192.0.2.10", "accessIPv6": "2001:db8::10", "status": "SHUTOFF"}),
            drift: Some(("PUT", "/servers/{id}", json!({"server": {"name": "theirs"}}))),
            guard: json!({"locked": true}),
            rigged: true,
            ..Row::of("compute.Server", "compute", "/servers/{id}", "server")
        },
        Row {
            created: json!({"delete_on_termination": false}),
            change: json!({"deleteOnTermination": true}),
            changed: json!({"delete_on_termination": true}),
            drift: Some((
                "PUT",
                "/servers/{0}/os-volume_attachments/{1}",
                json!({"volumeAttachment": {"volumeId": "{1}", "delete_on_termination": false}}),
            )),
            rigged: true,
            ..Row::of(
                "compute.VolumeAttachment",
                "compute",
                "/servers/{0}/os-volume_attachments/{1}",
                "volumeAttachment",
            )
        },
    ]
}

/// Servers that are changed in ways that their example's is not.
fn changed_servers() -> Vec<Row> {
    let server = |name, for_provider: &Value| Row {
        rigged: true,
        ..Row::of("compute.Server", "compute", "/servers/{id}", "server").also(name, "default", for_provider)
    };
    vec![
        Row {
            created: json!({"name": "rebuilt", "status": "ACTIVE", "image": {"id": "@image.Image/cirros"}}),
            change: json!({"imageId": "@image.Image/plain", "adminPassSecretRef": {"key": "next-password"}}),
            changed: json!({"status": "ACTIVE", "image": {"id": "@image.Image/plain"}}),
            ..server(
                "rebuilt",
                &json!({"flavorIdRef": {"name": "small"}, "imageIdRef": {"name": "cirros"}, "networkMode": "none",
                    "imageChange": "rebuild", "adminPassSecretRef": {"name": "alice", "key": "password"}}),
            )
        },
        Row {
            created: json!({"name": "attached", "status": "ACTIVE"}),
            keys: &["address", "addresses"],
            change: json!({"interfaces": [{"networkId": "@network.Network/hosts"}, {"networkId": "@network.Network/hosts"}]}),
            changed: json!({"status": "ACTIVE"}),
            ..server(
                "attached",
                &json!({"flavorIdRef": {"name": "small"}, "imageIdRef": {"name": "cirros"},
                    "interfaces": [{"networkIdRef": {"name": "hosts"}}]}),
            )
        },
    ]
}

fn volumes() -> Vec<Row> {
    let kind = || Row::of("blockstorage.VolumeType", "block_storage", "/types/{id}", "volume_type");
    let volume =
        || Row { rigged: true, ..Row::of("blockstorage.Volume", "block_storage", "/volumes/{id}", "volume") };
    vec![
        Row {
            instead: json!({"name": "conformance-fast"}),
            created: json!({"name": "conformance-fast", "description": "On flash [kupenstack:*", "is_public": true}),
            // Cinder keeps a project's usage by the name of a type that is gone, and no second type can take that name.
            change: json!({"name": "@unique", "description": "On more flash"}),
            changed: json!({"name": "@unique", "description": "On more flash [kupenstack:*"}),
            drift: Some(("PUT", "/types/{id}", json!({"volume_type": {"name": "theirs-{id}"}}))),
            ..kind()
        },
        Row {
            created: json!({"name": "conformance-hidden", "is_public": true, "extra_specs": {"tier": "a", "keep": "1"}}),
            change: json!({"isPublic": false, "extraSpecs": {"keep": "2", "new": "b", "tier": null},
                "encryption": {"provider": "luks", "keySize": 256}}),
            changed: json!({"is_public": false, "extra_specs": {"keep": "2", "new": "b", "tier": null}}),
            ..kind().also("hidden", "admin", &json!({"name": "conformance-hidden", "isPublic": true, "extraSpecs": {"tier": "a", "keep": "1"}}))
        },
        Row {
            created: json!({"name": "data", "size": 10, "metadata": {"team": "shop", "kupenstack": "[kupenstack:*"}}),
            change: json!({"name": "data-2", "description": "More", "size": 12, "metadata": {"team": "b"}}),
            changed: json!({"name": "data-2", "description": "More", "size": 12, "metadata": {"team": "b", "kupenstack": "[kupenstack:*"}}),
            drift: Some(("PUT", "/volumes/{id}", json!({"volume": {"name": "theirs"}}))),
            ..volume()
        },
        Row {
            created: json!({"name": "spare", "size": 1, "volume_type": "rig", "bootable": "false"}),
            change: json!({"size": 2, "volumeType": "@blockstorage.VolumeType/fast", "bootable": true, "readonly": true,
                "imageMetadata": {"hw_disk_bus": "virtio"}}),
            changed: json!({"size": 2, "volume_type": "@unique", "bootable": "true", "metadata": {"readonly": "True"},
                "volume_image_metadata": {"hw_disk_bus": "virtio"}}),
            ..volume().also("spare", "default", &json!({"size": 1, "volumeType": "rig", "migrationPolicy": "on-demand", "cascadeDelete": true,
                "schedulerHints": {"differentHostRefs": [{"name": "data"}], "additionalProperties": {"odd": "1"}}}))
        },
    ]
}
