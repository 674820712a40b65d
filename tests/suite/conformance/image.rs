//! Rows of Glance's kinds: <https://docs.openstack.org/api-ref/image/v2/>

use super::Row;
use serde_json::{Value, json};

/// A file on the rig's web server.
pub const FILE: (&str, usize) = ("conformance.img", 4096);

pub fn rows() -> Vec<Row> {
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
            left: &[("projectId", "only administrators can give an image away")],
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
