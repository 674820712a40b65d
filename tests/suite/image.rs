//! Data of images, from the web into Glance: whole or not at all.

use crate::world::{Namespace, condition, eventually, external_name, world};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use std::io::Write;

/// Puts a file of so many bytes on the rig's web server: its address, SHA-256 and SHA-512.
pub fn entry(name: &str, bytes: usize) -> (String, String, String) {
    let root = rig::openstack::web_root(&world().rig.paths);
    let mut data: Vec<u8> = name.bytes().cycle().take(bytes).collect();
    // No disk format begins like this.
    data[..4].copy_from_slice(b"none");
    std::fs::File::create(root.join(name)).unwrap().write_all(&data).unwrap();
    let hex = |digest: &[u8]| digest.iter().map(|byte| format!("{byte:02x}")).collect();
    (rig::openstack::web_url(name), hex(&Sha256::digest(&data)), hex(&Sha512::digest(&data)))
}

fn image(name: &str, source: Value) -> Value {
    json!({"apiVersion": "image.kupenstack.io/v1alpha1", "kind": "Image", "metadata": {"name": name},
        "spec": {"forProvider": {"containerFormat": "bare", "diskFormat": "raw", "source": source}}})
}

fn real(id: &str) -> Value {
    world().ask_admin("image", "GET", &format!("/images/{id}"), Value::Null).1
}

fn message(ns: &Namespace, name: &str, r#type: &str) -> String {
    condition(&ns.get("image", name), r#type)["message"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_image_gets_its_data_by_upload_and_by_web_download() {
    let ns = world().namespace("images");
    let (url, sha256, sha512) = entry("whole.img", 3 << 20);
    let sum = |algorithm: &str, value: &str| json!({"algorithm": algorithm, "value": value});
    ns.apply(&image("upload", json!({"url": url, "checksum": sum("sha256", &sha256)})));
    ns.apply(&image(
        "import",
        json!({"url": url, "method": "webDownload", "checksum": sum("sha512", &sha512)}),
    ));
    for name in ["upload", "import"] {
        let image = real(&external_name(&ns.ready("image", name)));
        assert_eq!((&image["status"], &image["os_hash_value"]), (&json!("active"), &json!(sha512)), "{name}");
        ns.delete("image", name);
    }
}

#[test]
fn data_with_another_checksum_never_become_active() {
    let ns = world().namespace("corrupt");
    let (url, ..) = entry("corrupt.img", 3 << 20);
    let checksum = json!({"algorithm": "sha256", "value": "0".repeat(64)});
    ns.apply(&image("corrupt", json!({"url": url, "checksum": checksum})));
    eventually("the checksum is complained about", || {
        message(&ns, "corrupt", "Synced").contains("has other data than wanted")
    });
    let id = external_name(&ns.get("image", "corrupt"));
    eventually("Glance let the data go", || real(&id)["status"] == "queued");
    assert_eq!(condition(&ns.get("image", "corrupt"), "Ready")["status"], "False");
    ns.delete("image", "corrupt");
}

#[test]
fn an_import_that_fails_says_so_and_nothing_local_is_fetched() {
    let ns = world().namespace("sources");
    let gone = rig::openstack::web_url("no-such-file.img");
    ns.apply(&image("gone", json!({"url": gone, "method": "webDownload"})));
    ns.apply(&image("missing", json!({"url": gone})));
    ns.apply(&image("local", json!({"url": "http://localhost:8080/metrics"})));
    ns.apply(&image("metadata", json!({"url": "http://169.254.169.254/openstack"})));
    for (name, r#type, says) in [
        ("missing", "Synced", "(404 SourceRefused)"),
        ("local", "Synced", "of the loopback (SourceNotAllowed): nothing is fetched from there"),
        ("metadata", "Synced", "of the local link (SourceNotAllowed): nothing is fetched from there"),
        ("gone", "Ready", "the image's import failed: "),
    ] {
        eventually(&format!("{name}: {says}"), || message(&ns, name, r#type).contains(says));
        ns.delete("image", name);
    }
}
