//! Rows of Nova's and Cinder's kinds: <https://docs.openstack.org/api-ref/compute/>,
//! <https://docs.openstack.org/api-ref/block-storage/v3/>

use super::Row;
use serde_json::json;

#[allow(clippy::too_many_lines, reason = "a table")]
pub fn rows() -> Vec<Row> {
    vec![
        Row {
            created: json!({"name": "small", "vcpus": 1, "ram": 512, "disk": 1, "extra_specs": {"hw:mem_page_size": "small"}}),
            change: json!({"description": "Smaller", "extraSpecs": {"hw:mem_page_size": "large"}}),
            changed: json!({"description": "Smaller", "extra_specs": {"hw:mem_page_size": "large"}}),
            drift: Some(("PUT", "/flavors/{id}", json!({"flavor": {"description": "theirs"}}))),
            immutable: vec![json!({"ram": 1024}), json!({"vcpus": 2})],
            ..Row::of("compute.Flavor", "compute", "/flavors/{id}", "flavor")
        },
        Row {
            created: json!({"name": "deploy", "type": "ssh", "public_key": "ssh-ed25519 *"}),
            immutable: vec![json!({"name": "other"})],
            ..Row::of("compute.KeyPair", "compute", "/os-keypairs/{id}?user_id={userId}", "keypair")
        },
        Row {
            created: json!({"name": "apart", "policy": "soft-anti-affinity"}),
            immutable: vec![json!({"policy": "affinity"})],
            ..Row::of("compute.ServerGroup", "compute", "/os-server-groups/{id}", "server_group")
        },
        Row {
            created: json!({"name": "web-1", "status": "ACTIVE", "description": "Front end of the shop", "tags": ["front"]}),
            change: json!({"name": "web-2", "description": "Second", "metadata": {"a": "b"}, "tags": ["x", "y"]}),
            changed: json!({"name": "web-2", "description": "Second", "metadata": {"a": "b", "kupenstack": "[kupenstack:*"}, "tags": ["x", "y"]}),
            drift: Some(("PUT", "/servers/{id}", json!({"server": {"name": "theirs"}}))),
            ..Row::of("compute.Server", "compute", "/servers/{id}", "server")
        },
        Row {
            created: json!({"name": "fast", "description": "On flash [kupenstack:*", "is_public": true}),
            change: json!({"name": "faster", "description": "On more flash"}),
            changed: json!({"name": "faster", "description": "On more flash [kupenstack:*"}),
            drift: Some(("PUT", "/types/{id}", json!({"volume_type": {"name": "theirs"}}))),
            ..Row::of("blockstorage.VolumeType", "block_storage", "/types/{id}", "volume_type")
        },
        Row {
            created: json!({"name": "data", "size": 10, "metadata": {"team": "shop", "kupenstack": "[kupenstack:*"}}),
            change: json!({"name": "data-2", "description": "More", "size": 12, "metadata": {"team": "b"}}),
            changed: json!({"name": "data-2", "description": "More", "size": 12, "metadata": {"team": "b", "kupenstack": "[kupenstack:*"}}),
            drift: Some(("PUT", "/volumes/{id}", json!({"volume": {"name": "theirs"}}))),
            ..Row::of("blockstorage.Volume", "block_storage", "/volumes/{id}", "volume")
        },
    ]
}
