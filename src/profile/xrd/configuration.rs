//! `KupenstackConfiguration`: KupenStack's own configuration file, as it is.

use super::schema::{boolean, list, object, text, with};
use serde_json::{Value, json};

pub const ABOUT: &str = "KupenStack's configuration file: a cloud in the namespace of this object, with a default profile and nodes.";

pub const COLUMNS: [(&str, &str, bool); 5] = [
    ("PHASE", ".status.phase", false),
    ("RELEASE", ".status.release", false),
    ("PROFILE", ".spec.defaultProfile.name", false),
    ("NODES", ".status.nodeCount", false),
    ("WHY", ".status.message", true),
];

pub fn spec() -> Value {
    let profile = object(
        "The profile that the cloud is configured by.",
        [
            ("name", text("Its name.")),
            (
                "namespace",
                text(
                    "Its namespace, that of this object unless set. Another one's profile has to be annotated with cluster.kupenstack.io/readable-from.",
                ),
            ),
        ],
    );
    let node = object(
        "A node.",
        [
            ("name", text("Name of the Kubernetes node.")),
            (
                "type",
                json!({"type": "string", "description": "Its roles, with a comma between them: control,compute."}),
            ),
            ("disabled", boolean("It is not to be part of the cloud.")),
            ("disable", boolean("The same as disabled.")),
        ],
    );
    let node = with(node, "required", json!(["name"]));
    let nodes = with(list(&node, "Nodes of the cloud."), "maxItems", json!(1000));
    let nodes = with(nodes, "nullable", json!(true));
    let schema = object(
        "What the file says.",
        [("defaultProfile", with(profile, "required", json!(["name"]))), ("nodes", nodes)],
    );
    with(schema, "required", json!(["defaultProfile"]))
}

pub fn status() -> Value {
    object(
        "What came of it.",
        [
            ("cloud", object("The OpenStackCloud that it became.", [("name", text("Its name."))])),
            ("phase", text("Phase of the cloud.")),
            ("release", text("Release of OpenStack that runs.")),
            ("nodeCount", text("Nodes that are ready, and all of them: 1/2.")),
            ("message", text("What the cloud waits for, or why it is refused.")),
            (
                "ignored",
                list(
                    &json!({"type": "string"}),
                    "What the file or its defaults say, and this version does not carry out.",
                ),
            ),
        ],
    )
}
