//! What is known of a chart beside its text, as a component kind says it.

use serde::{Deserialize, Serialize};

/// What is known of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Hook Jobs that migrate a database, and run before an update is applied.
    pub migrations: Vec<String>,
    /// Accounts that the component has elsewhere.
    pub accounts: Vec<Accounts>,
    /// Jobs for which waiting for the first compute node is no failure.
    pub awaits_nodes: Vec<String>,
    /// The Deployment or StatefulSet that is scaled with the component.
    pub scaled: Option<String>,
    /// Where the component answers.
    pub probe: Option<Probe>,
    /// Connection details: Secret, key, and name of the detail.
    pub tells: Vec<(String, String, String)>,
    /// The OpenStack release that the values are for.
    pub openstack_release: Option<String>,
    /// How long the component may be unready before it counts as stalled, `45m`.
    pub patience: Option<String>,
}

/// Accounts of a component at one server, such as a database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Accounts {
    /// The Job that makes them, and logs in as an administrator for that.
    pub job: String,
    /// Paths of the values that name their users, dotted. Where one is another, the Job runs before an update is applied.
    pub users: Vec<String>,
    /// Users that are removed once all pods are new.
    pub former: Vec<String>,
}

/// Where a component answers, within its namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Probe {
    /// A GET.
    Http {
        /// Name of the Service.
        service: String,
        /// Its port.
        port: u16,
        /// The path.
        path: String,
    },
    /// A connection.
    Tcp {
        /// Name of the Service.
        service: String,
        /// Its port.
        port: u16,
    },
}
