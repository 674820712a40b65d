//! Entries of components, which profiles and clouds have alike. No field has a default: what is left out is a matter of
//! the layer below.

use super::schema::{boolean, count, free, list, object, open, release, text, texts_by_name, with, word};
use crate::profile::component::{COMPONENTS, Component};
use serde_json::{Map, Value, json};

/// Where a chart is from.
pub fn chart(about: &str) -> Value {
    object(
        about,
        [
            ("oci", text("Reference in an OCI registry, oci://registry.example.org/charts/nova.")),
            ("repository", text("URL of a Helm repository.")),
            ("url", text("URL of a packaged chart; sha256 belongs to it.")),
            ("sha256", text("Checksum of the packaged chart, in hexadecimal digits.")),
            ("version", text("Version of the chart.")),
            (
                "digest",
                text(
                    "Digest that the chart must have, sha256:… Other bytes under the same version are refused.",
                ),
            ),
        ],
    )
}

/// Which images.
pub fn images(about: &str) -> Value {
    object(
        about,
        [
            ("registry", text("Registry and folder of the images: registry.example.org/openstack.")),
            (
                "distribution",
                text("What the images are built on, the second half of their tags: ubuntu_noble."),
            ),
            (
                "tags",
                texts_by_name(
                    "Whole references of single images, by the names that the chart has for them. They do not follow the release, so an upgrade is refused while there are any.",
                ),
            ),
        ],
    )
}

/// Properties of all components, by their keys.
pub fn all() -> Map<String, Value> {
    COMPONENTS.iter().map(|component| (component.key.to_owned(), one(component))).collect()
}

fn one(component: &Component) -> Value {
    let usual = if component.facts.usual {
        "Part of every cloud unless enabled is false."
    } else {
        "Part of a cloud only if enabled is true."
    };
    object(
        &format!("{} {usual}", component.facts.about),
        [
            (
                "enabled",
                boolean("Is it part of the cloud? One that another component needs can't be turned off."),
            ),
            ("disable", boolean("The opposite of enabled, as KupenStack has it; enabled comes first.")),
            ("release", release("Release of OpenStack that it stays at, whatever the cloud's is.")),
            ("chart", chart("Another place or version of its chart.")),
            ("replicas", replicas(component)),
            ("images", images("Other images than the cloud's.")),
            (
                "resources",
                free("Requests and limits by workload, as the chart has them under pod.resources."),
            ),
            (
                "conf",
                free(
                    "Configuration of the service, file by file, as the chart takes it: conf.<file>.<section>.<option>. null removes what lower layers and the chart say.",
                ),
            ),
            ("values", free("Values of the chart. Maps are merged, lists are replaced, null removes.")),
            (
                "valuesText",
                text(
                    "Values of the chart as YAML text. It wins over values, and replaces the text of lower layers as a whole.",
                ),
            ),
            (
                "unset",
                list(
                    &json!({"type": "string", "minLength": 1}),
                    "Paths of values that are removed, with dots: conf.rally_tests. A dot in a name is written with a backslash before it.",
                ),
            ),
            (
                "external",
                with(
                    object(
                        "The component is somebody else's: it is used, and not installed.",
                        [(
                            "secretName",
                            text(
                                "Secret in the cloud's namespace with the keys that the connection secret of the component would have.",
                            ),
                        )],
                    ),
                    "required",
                    json!(["secretName"]),
                ),
            ),
        ],
    )
}

fn replicas(component: &Component) -> Value {
    let mut fields: Map<_, _> =
        component.replicas.iter().map(|(name, about)| ((*name).to_owned(), count(about))).collect();
    let mut older = |name: &str, about: &str| {
        fields.insert(name.to_owned(), count(about));
    };
    match component.key {
        "nova" => {
            older("metadata", "Older name of apiMetadata.");
            older("ironic", "Older name of computeIronic.");
            older("placement", "Ignored: Placement is a component of its own.");
        }
        "glance" => older("registry", "Ignored: no supported release has it."),
        _ => {}
    }
    open(
        json!({"type": "object", "description": "How many pods its workloads have. What is left out is the chart's matter, or that of kubectl scale.", "properties": fields}),
    )
}

/// What is done at once.
pub fn changes() -> Value {
    word(
        &["Automatic", "Manual"],
        "Automatic carries changes out at once; Automatic unless set. Manual holds them back until the cloud is annotated with cluster.kupenstack.io/approve: <status.plan.digest>.",
    )
}

/// Whose rights are used; `about` is how the sentence begins.
pub fn provider_config(about: &str) -> Value {
    let config = object(
        &format!("{about} of group component.kupenstack.io. ClusterProviderConfig default unless set."),
        [
            ("kind", word(&["ProviderConfig", "ClusterProviderConfig"], "Its kind.")),
            ("name", text("Its name.")),
        ],
    );
    with(config, "required", json!(["kind", "name"]))
}
