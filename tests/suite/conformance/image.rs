//! Rows of Glance's kinds: <https://docs.openstack.org/api-ref/image/v2/>

use super::Row;
use serde_json::{Value, json};

/// A file on the rig's web server.
pub const FILE: (&str, usize) = ("conformance.img", 4096);

pub fn rows() -> Vec<Row> {
    [images(), shared()].into_iter().flatten().collect()
}

fn images() -> Vec<Row> {
    let source = json!({"url": rig::openstack::web_url(FILE.0)});
    let image = || Row::of("image.Image", "image", "/images/{id}", "");
    vec![
        Row {
            instead: json!({"source": source, "diskFormat": "raw"}),
            created: json!({"name": "cirros", "status": "active", "size": FILE.1, "min_disk": 1, "min_ram": 64,
            "os_distro": "cirros", "tags": ["small", "[kupenstack:*"]}),
            change: json!({"name": "cirros-2", "minDisk": 2, "minRam": 128, "osHidden": true,
            "visibility": "private", "tags": ["a", "b"],
            "properties": {"os_distro": "other", "os_version": "", "hw_disk_bus": "scsi"}}),
            changed: json!({"name": "cirros-2", "min_disk": 2, "min_ram": 128, "os_hidden": true, "visibility": "private",
            "tags": ["a", "b", "[kupenstack:*"], "os_distro": "other", "os_version": null, "hw_disk_bus": "scsi"}),
            drift: Some(("DELETE", "/images/{id}/tags/a", Value::Null)),
            guard: json!({"protected": true}),
            left: &[
                ("projectId", "only administrators can give an image away"),
                (
                    "sourceCredentials",
                    "says who reads the source; tests/suite/image.rs has a source that wants to know",
                ),
            ],
            ..image()
        },
        Row {
            created: json!({"name": "plain", "status": "active"}),
            ..image().also(
                "plain",
                "default",
                &json!({"containerFormat": "bare", "diskFormat": "raw", "source": source}),
            )
        },
    ]
}

/// Who else has an image, and what its metadata mean.
fn shared() -> Vec<Row> {
    vec![
        // Whether anybody has answered yet is another row's matter.
        Row {
            created: json!({"member_id": "@identity.Project/shop", "image_id": "@image.Image/golden"}),
            ..Row::of("image.ImageMember", "image", "/images/{0}/members/{1}", "")
        },
        Row {
            created: json!({"status": "accepted"}),
            change: json!({"status": "rejected"}),
            changed: json!({"status": "rejected"}),
            drift: Some(("PUT", "/images/{0}/members/{1}", json!({"status": "pending"}))),
            after: json!({"status": "pending"}),
            ..Row::of("image.ImageMemberAcceptance", "image", "/images/{0}/members/{1}", "")
        },
        Row {
            instead: json!({"namespace": "Conformance"}),
            created: json!({"namespace": "Conformance", "display_name": "The shop's images", "visibility": "public",
                "description": "What the shop's images say of themselves [kupenstack:*", "properties": {"release": {"type": "string"}},
                "objects": [{"name": "Support", "required": ["team"]}], "tags": [{"name": "shop"}],
                "resource_type_associations": [{"name": "OS::Glance::Image", "prefix": "shop_"}]}),
            change: json!({"displayName": "Images", "description": "Of the shop", "visibility": "private",
                "properties": {"release": {"title": "Release", "description": null, "type": "integer"}, "old": {"title": "Old", "type": "boolean"}},
                "objects": [{"name": "Owner", "description": "Who pays"}], "tags": [{"name": "a"}, {"name": "b"}],
                "resourceTypeAssociations": [{"name": "OS::Nova::Flavor"}]}),
            changed: json!({"display_name": "Images", "description": "Of the shop [kupenstack:*", "visibility": "private",
                "properties": {"release": {"title": "Release", "type": "integer"}, "old": {"title": "Old", "type": "boolean"}},
                "objects": [{"name": "Owner", "description": "Who pays"}], "tags": [{"name": "a"}, {"name": "b"}],
                "resource_type_associations": [{"name": "OS::Nova::Flavor"}]}),
            drift: Some(("DELETE", "/metadefs/namespaces/{id}/tags", Value::Null)),
            guard: json!({"protected": true}),
            left: &[("projectId", "only administrators can give a namespace away")],
            ..Row::of("image.MetadataNamespace", "image", "/metadefs/namespaces/{id}", "")
        },
    ]
}
