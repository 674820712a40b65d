//! Nodes of a cloud, by name and by label.

use super::schema::{boolean, list, object, text, texts_by_name, with, word};
use crate::node::role::Role;
use serde_json::{Value, json};

/// Nodes by name.
pub fn nodes() -> Value {
    let node = object(
        "A node.",
        [
            ("name", text("Name of the Kubernetes Node.")),
            (
                "roles",
                roles(
                    "What it is there for. Unless set, Nodes of Kubernetes' control plane are control, and all others compute.",
                ),
            ),
            ("disabled", boolean("Nova puts no servers on it. Those that are on it stay.")),
            ("profile", profile()),
            ("maintenance", maintenance()),
        ],
    );
    let nodes = list(
        &with(node, "required", json!(["name"])),
        "Nodes of the cloud. OpenStack-Helm's labels are set on them; those of a node that is taken out of the list go, and what OpenStack knows of it, once no servers are on it.",
    );
    let nodes = with(nodes, "x-kubernetes-list-type", json!("map"));
    with(with(nodes, "x-kubernetes-list-map-keys", json!(["name"])), "maxItems", json!(1000))
}

/// Nodes by label.
pub fn pools() -> Value {
    let selector = object(
        "Which Nodes.",
        [(
            "matchLabels",
            with(texts_by_name("Labels that they have, all of them."), "minProperties", json!(1)),
        )],
    );
    let pool = object(
        "Nodes by their labels.",
        [
            ("selector", with(selector, "required", json!(["matchLabels"]))),
            ("roles", with(roles("What they are there for."), "minItems", json!(1))),
            ("profile", profile()),
        ],
    );
    let pools = list(
        &with(pool, "required", json!(["selector", "roles"])),
        "Nodes of the cloud by their labels. What nodes says of one of them counts instead, and an earlier pool before a later one.",
    );
    with(pools, "maxItems", json!(16))
}

fn roles(about: &str) -> Value {
    let role = word(&Role::ALL.map(Role::as_str), "A role.");
    with(with(list(&role, about), "x-kubernetes-list-type", json!("set")), "maxItems", json!(3))
}

fn profile() -> Value {
    let about = "A profile of the cloud's namespace. What it says of the configuration of Nova and Neutron is that of the agents on these nodes, over the cloud's. The first profile, and each further one, replaces all agents of the cloud.";
    with(with(text(about), "maxLength", json!(45)), "pattern", json!("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))
}

fn maintenance() -> Value {
    let count = json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 20, "description": "How many are moved at once; 1 unless set."});
    object(
        "How its servers leave it.",
        [
            ("mode", word(&["None", "Drain"], "Drain moves all servers elsewhere.")),
            ("concurrency", count),
            (
                "force",
                boolean(
                    "A node that is taken out may go although servers are on it, or a service of OpenStack can't be told.",
                ),
            ),
        ],
    )
}

/// What the status tells of them.
pub fn status() -> Value {
    object(
        "Nodes of the cloud.",
        [
            ("ready", text("Nodes that are ready, and all: 3/4.")),
            ("notReady", list(&json!({"type": "string"}), "Those that are not, and why; ten at most.")),
        ],
    )
}
