//! `OpenStackCloud`, and the composite resource behind its claim.

use super::{
    entry, nodes,
    schema::{
        boolean, emptied, list, number, numbers_by_name, object, open, ordinal, release, text, with, word,
    },
};
use crate::profile::component::COMPONENTS;
use serde_json::{Value, json};

pub const ABOUT: &str = "An OpenStack cloud on this cluster, in the namespace of this object.";
pub const ABOUT_CLAIMED: &str = "What an OpenStackCloudClaim stands for. Claims are what people make.";

pub const COLUMNS: [(&str, &str, bool); 5] = [
    ("PHASE", ".status.phase", false),
    ("RELEASE", ".status.release.current", false),
    ("PROGRESS", ".status.progress", false),
    ("STAGE", ".status.stage.name", false),
    ("BLOCKED-BY", ".status.stage.blockedBy", true),
];

/// Keys of Keystone's connection secret, which a claim's has.
pub const SECRET_KEYS: [&str; 8] = [
    "endpoint",
    "username",
    "password",
    "clouds.yaml",
    "projectName",
    "userDomainName",
    "projectDomainName",
    "region",
];

pub fn spec() -> Value {
    let schema = object(
        "What the cloud should be.",
        [
            (
                "release",
                release("Release of OpenStack: 2025.2. A higher one upgrades the cloud, stage by stage."),
            ),
            ("chart", entry::chart("Where charts are from. The name of each chart is appended to oci.")),
            ("images", entry::images("Where images are from.")),
            ("profiles", profiles()),
            (
                "providerConfigRef",
                entry::provider_config("Whose rights the components are installed with: a ProviderConfig"),
            ),
            ("components", components()),
            ("nodes", nodes::nodes()),
            ("nodePools", nodes::pools()),
            ("changes", entry::changes()),
            (
                "upgrade",
                object(
                    "How upgrades are carried out.",
                    [
                        (
                            "paused",
                            boolean("No further component begins to upgrade. What has begun goes on."),
                        ),
                        (
                            "stageTimeout",
                            with(
                                text(
                                    "How long a component may be unready before it counts as stalled, and the upgrade halts: 45m.",
                                ),
                                "pattern",
                                json!("^([0-9]+(\\.[0-9]+)?(h|m|s))+$"),
                            ),
                        ),
                    ],
                ),
            ),
            ("rotation", rotation()),
            (
                "deletion",
                object(
                    "What deleting the cloud leaves.",
                    [(
                        "data",
                        word(
                            &["Retain", "Delete"],
                            "Retain keeps volumes of databases and Keystone's keys, so that a cloud of the same name finds them. Retain unless set.",
                        ),
                    )],
                ),
            ),
        ],
    );
    let schema = emptied(with(schema, "required", json!(["release", "chart"])));
    with(schema, "x-kubernetes-validations", rules())
}

fn rotation() -> Value {
    object(
        "Which generation passwords should be of. A higher number renews them, and nothing else does; a lower one changes nothing.",
        [
            (
                "generation",
                ordinal(
                    "Generation of the passwords of all accounts that services have at databases, at the message queue and in Keystone. Nothing is interrupted. 1 unless set.",
                ),
            ),
            (
                "components",
                numbers_by_name(
                    "Generation of the passwords of single components, {glance: 2}; the higher number counts. The passwords of mariadb, rabbitmq, memcached and Keystone's administrator are renewed only so, since that interrupts something, which the plan says.",
                ),
            ),
        ],
    )
}

fn profiles() -> Value {
    let profile = object(
        "A profile.",
        [
            ("name", text("Its name.")),
            (
                "namespace",
                text(
                    "Its namespace, the cloud's own unless set. Another one's profile has to be annotated with cluster.kupenstack.io/readable-from.",
                ),
            ),
        ],
    );
    let list = list(
        &with(profile, "required", json!(["name"])),
        "Profiles that the cloud is configured by. Later ones win over earlier ones, and components over all of them.",
    );
    with(list, "maxItems", json!(16))
}

fn components() -> Value {
    let entries = entry::all();
    open(
        json!({"type": "object", "properties": entries, "description": "What is said of single components. It wins over all profiles."}),
    )
}

/// An upgrade changes images, so none may be pinned; and where a chart is from is one thing.
fn rules() -> Value {
    let pins = COMPONENTS.iter().map(|component| {
        // CEL writes a dash so.
        let path = format!("self.components.{}", component.key.replace('-', "__dash__"));
        format!(
            "(has({path}) && has({path}.images) && has({path}.images.tags) && size({path}.images.tags) > 0)"
        )
    });
    let pins = pins.collect::<Vec<_>>().join(" || ");
    json!([
        {"rule": format!("self.release == oldSelf.release || !has(self.components) || !({pins})"),
         "message": "images.tags pins images, which would not follow the release: remove the tags before you change the release"},
        {"rule": "has(self.chart.oci) != has(self.chart.repository)",
         "message": "chart.oci or chart.repository says where charts are from: set one of them"},
        {"rule": "!has(self.chart.url) && !has(self.chart.sha256)",
         "message": "chart.url is one chart only: set it in the entry of a component"},
    ])
}

pub fn status() -> Value {
    let components =
        json!({"type": "object", "description": "Each component.", "additionalProperties": component()});
    let secret = "The Secret by which an administrator of the cloud logs in.";
    let config = "The ProviderConfig of group kupenstack.io by which resources of the cloud can be declared.";
    object(
        "What the cloud is.",
        [
            ("phase", text("Planning, Installing, Ready, Updating, Upgrading, Halted or Degraded.")),
            ("release", releases()),
            ("stage", stage()),
            ("progress", text("Parts that are done, and all: 4/9.")),
            ("components", components),
            ("nodes", nodes::status()),
            ("plan", plan()),
            ("adminSecretRef", object(secret, [("name", text("Its name."))])),
            ("providerConfigRef", object(config, [("kind", text("Its kind.")), ("name", text("Its name."))])),
        ],
    )
}

fn component() -> Value {
    let state = "Waiting, Installing, Ready, Updating, Held (at its present release until its turn comes), Upgrading, Degraded, Failed, or External.";
    object(
        "A component.",
        [
            ("state", text(state)),
            ("stage", object("When its turn is.", place())),
            ("release", text("Release of OpenStack that runs.")),
            ("revision", number("Revision of the Helm release.")),
            ("ready", text("Pods that are ready, and that there should be: 2/2.")),
            ("passwords", numbers_by_name("Generation of those of its passwords that were renewed.")),
            ("message", text("What blocks it.")),
        ],
    )
}

fn releases() -> Value {
    object(
        "Releases of OpenStack.",
        [("current", text("The lowest that a component runs.")), ("target", text("The one that is wanted."))],
    )
}

fn stage() -> Value {
    let [name, index] = place();
    let total = ("total", number("How many there are."));
    let blocked = ("blockedBy", text("The component that it waits for, and the root cause."));
    object("The first stage that is not done. Absent when all are.", [name, index, total, blocked])
}

/// A stage among the others.
fn place() -> [(&'static str, Value); 2] {
    [("name", text("Its name.")), ("index", number("Its number; the first is 1."))]
}

fn plan() -> Value {
    let names = |about: &str| list(&json!({"type": "string"}), about);
    let change = open(object(
        "What would happen to one component.",
        [
            ("component", text("Which.")),
            ("release", text("Release of OpenStack that it would be upgraded to, when its turn comes.")),
            ("values", names("Paths of the chart's values that change.")),
            ("restarts", names("Workloads whose pods restart.")),
            ("jobs", names("Jobs that run.")),
            ("replaced", names("Objects that are deleted and made anew.")),
            ("removed", names("Objects that are deleted.")),
            ("passwords", names("Passwords that are renewed.")),
            ("interrupts", names("What is interrupted by that.")),
        ],
    ));
    let digest = "Digest of what is wanted. Somebody who agrees annotates the cloud with it.";
    object(
        "What changes would do that are held back, or whose turn has yet to come.",
        [
            ("digest", text(digest)),
            ("changes", list(&change, "By component.")),
            (
                "pending",
                names(
                    "Components that have yet to say what would happen to them: wait until there are none.",
                ),
            ),
            ("approved", boolean("Somebody has agreed to just this plan, so it is carried out.")),
            ("approve", text("Command by which somebody agrees.")),
        ],
    )
}
