//! Data of images, from the web into Glance: whole or not at all.

use crate::world::{Namespace, condition, eventually, external_name, world};
use async_compression::tokio::write::{BzEncoder, GzipEncoder, XzEncoder, ZstdEncoder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Puts a file of so many bytes on the rig's web server: its address, SHA-256 and SHA-512.
pub fn entry(name: &str, bytes: usize) -> (String, String, String) {
    put(name, &disk(name, bytes))
}

fn disk(name: &str, bytes: usize) -> Vec<u8> {
    let mut data: Vec<u8> = name.bytes().cycle().take(bytes).collect();
    // No disk format begins like this.
    data[..4].copy_from_slice(b"none");
    data
}

fn put(name: &str, data: &[u8]) -> (String, String, String) {
    let root = rig::openstack::web_root(&world().rig.paths);
    std::fs::write(root.join(name), data).unwrap();
    let hex = |digest: &[u8]| digest.iter().map(|byte| format!("{byte:02x}")).collect();
    (rig::openstack::web_url(name), hex(&Sha256::digest(data)), hex(&Sha512::digest(data)))
}

/// The data, packed in every way.
fn packed(data: &[u8]) -> [(&'static str, Vec<u8>); 4] {
    async fn whole(mut encoder: impl AsyncWrite + Unpin, data: &[u8]) {
        encoder.write_all(data).await.unwrap();
        encoder.shutdown().await.unwrap();
    }
    let (mut gzip, mut bzip2, mut xz, mut zstd) = (vec![], vec![], vec![], vec![]);
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        whole(GzipEncoder::new(&mut gzip), data).await;
        whole(BzEncoder::new(&mut bzip2), data).await;
        whole(XzEncoder::new(&mut xz), data).await;
        whole(ZstdEncoder::new(&mut zstd), data).await;
    });
    [("gzip", gzip), ("bzip2", bzip2), ("xz", xz), ("zstd", zstd)]
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
fn packed_data_are_unpacked_on_their_way() {
    let ns = world().namespace("packed");
    let data = disk("packed.img", 3 << 20);
    let (_, _, sha512) = put("packed.img", &data);
    let all = packed(&data);
    for (packing, data) in &all {
        let (url, sha256, _) = put(&format!("packed.{packing}"), data);
        let checksum = json!({"algorithm": "sha256", "value": sha256});
        ns.apply(&image(packing, json!({"url": url, "decompress": packing, "checksum": checksum})));
    }
    for (packing, _) in &all {
        let image = real(&external_name(&ns.ready("image", packing)));
        assert_eq!((&image["size"], &image["os_hash_value"]), (&json!(3 << 20), &json!(sha512)), "{packing}");
        ns.delete("image", packing);
    }
}

#[test]
fn a_source_that_wants_a_login_gets_it_once_its_secret_is_there_and_right() {
    let ns = world().namespace("private");
    let (folder, user, password) = rig::openstack::PRIVATE;
    let (url, sha256, sha512) = entry(&format!("{folder}/login.img"), 3 << 20);
    let mut image = image("login", json!({"url": url, "checksum": {"algorithm": "sha256", "value": sha256}}));
    image["spec"]["forProvider"]["sourceCredentials"] = json!("mirror");
    ns.apply(&image);
    let says = |what: &str| {
        eventually(what, || {
            ["Ready", "Synced"].iter().any(|r#type| message(&ns, "login", r#type).contains(what))
        });
    };
    says("Secret \"mirror\" of spec.forProvider.sourceCredentials does not exist");
    let secret = |password: &str| {
        json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/basic-auth", "metadata": {"name": "mirror"},
            "stringData": {"username": user, "password": password}})
    };
    ns.apply(&secret("another"));
    says("(401 SourceRefused)");
    ns.apply(&secret(password));
    let image = real(&external_name(&ns.ready("image", "login")));
    assert_eq!((&image["status"], &image["os_hash_value"]), (&json!("active"), &json!(sha512)));
    // What is there needs no login.
    world().kubectl(&["delete", "secret", "mirror", "-n", &ns.name]);
    ns.delete("image", "login");
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
