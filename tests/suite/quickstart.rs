//! What the README shows first: everything in `examples/quickstart` becomes Ready, its connection secrets are written,
//! and it can be deleted in any order.

use crate::world::{checkout, world};
use serde_json::Value;

const FILES: [&str; 3] = ["cloud", "network", "server"];

fn path(file: &str) -> String {
    checkout().join(format!("examples/quickstart/{file}.yaml")).display().to_string()
}

fn secret(name: &str) -> Value {
    let read = ["get", "secret", name, "-n", "default", "-o", "json"];
    serde_json::from_str::<Value>(&world().kubectl(&read)).unwrap()["data"].take()
}

#[test]
fn the_quick_start_becomes_ready_gives_its_secrets_and_is_deleted_all_at_once() {
    let files = FILES.map(path);
    for file in &files {
        world().kubectl(&["apply", "-f", file]);
    }
    for file in &files {
        world().kubectl(&["wait", "--for=condition=Ready", "--timeout=300s", "-f", file]);
    }
    for (name, keys) in [
        ("quickstart-key-pair", ["ssh-privatekey", "ssh-publickey"]),
        ("quickstart-server", ["address", "addresses"]),
    ] {
        let data = secret(name);
        for key in keys {
            assert!(data[key].as_str().is_some_and(|value| !value.is_empty()), "{name} lacks {key}");
        }
    }
    for file in &files {
        world().kubectl(&["delete", "--wait=false", "-f", file]);
    }
    for file in &files {
        world().kubectl(&["wait", "--for=delete", "--timeout=300s", "-f", file]);
    }
}
