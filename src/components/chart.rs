//! What is known of a chart beside its text.

use super::{
    image::Role,
    parameters::ComponentParameters,
    wire::{Use, Wire},
};
use crate::{
    api::crd::Scale,
    kind::{Options, Params},
};
use serde_json::{Map, Value};

/// A component: the facts of its chart. Constants only, but for what a spec can say instead.
pub trait Chart: Sized + Send + Sync + 'static {
    /// How many pods it has of what; a field a kind of pod.
    type Replicas: Params;
    /// The facts.
    const FACTS: Facts;

    /// How to ask whether it answers.
    fn probe(_: &ComponentParameters<Self::Replicas>) -> Probe {
        Self::FACTS.probe
    }

    /// Further connection details, from those that the release tells.
    fn connection(_: &mut crate::kind::ConnectionDetails) {}
}

/// The facts of a chart.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Kubernetes kind: `Keystone`.
    pub kind: &'static str,
    /// Plural, lower case.
    pub plural: &'static str,
    /// What it is, one sentence.
    pub about: &'static str,
    /// Where it is described.
    pub docs: &'static str,
    /// Name of the chart, and of the release; none where the spec says it.
    pub chart: Option<&'static str>,
    /// What it is given.
    pub given: Given,
    /// What `kubectl scale` sets.
    pub scale: Option<Scaled>,
    /// Fields of the replicas, and the chart's values that they are.
    pub replicas: &'static [(&'static str, &'static str)],
    /// Values that come from the Secrets that it is given, as of every component that is given the like.
    pub shared_wiring: &'static [&'static [Wire]],
    /// Such values of its own.
    pub wiring: &'static [Wire],
    /// Images by the chart's name for them, below `images.tags`, as of every chart that has such Jobs.
    pub shared_images: &'static [&'static [Role]],
    /// Such images of its own.
    pub images: &'static [Role],
    /// Values that are false unless somebody says otherwise, whatever the chart says.
    pub switched_off: &'static [&'static str],
    /// Jobs that change a database's schema, which run before an upgrade touches anything.
    pub migrations: &'static [&'static str],
    /// Jobs that wait for the first compute node, which is no failure.
    pub awaits_nodes: &'static [&'static str],
    /// How to ask whether it answers.
    pub probe: Probe,
    /// Its connection details.
    pub tells: &'static [Tell],
    /// Keys of the connection secret.
    pub connection: &'static [&'static str],
}

/// Types of the conditions that components have beside the usual ones, as `release` says them.
const CONDITIONS: &[&str] = &["Rendered", "JobsSucceeded", "WorkloadsReady", "APIReachable"];

impl Facts {
    /// What components do otherwise than most kinds.
    pub const fn options(&self) -> Options {
        Options {
            mirrors: false,
            calm: true,
            local_names: true,
            awaited: false,
            guards: true,
            conditions: CONDITIONS,
            scale: match self.scale {
                Some(Scaled { replicas, .. }) => {
                    Some(Scale { spec: replicas, status: "scale.replicas", selector: "scale.selector" })
                }
                None => None,
            },
            without: self.given.without,
        }
    }
}

/// What `kubectl scale` sets.
#[derive(Clone, Copy, Debug)]
pub struct Scaled {
    /// Field of the parameters: `replicas.api`.
    pub replicas: &'static str,
    /// The Deployment or StatefulSet behind it.
    pub workload: &'static str,
}

/// Which of the things that there are a component is given.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Fields of the parameters that it needs, each a group of one.
    pub requires: &'static [&'static [&'static str]],
    /// Fields of the parameters that it lacks.
    pub without: &'static [&'static str],
}

impl Given {
    /// Passwords alone: what stands on nothing else.
    pub const PASSWORDS: Self = Self {
        requires: &[&["passwords"]],
        without: &["databaseConnection", "messagingConnection", "cacheConnection", "identityConnection"],
    };
    /// All but Keystone: Keystone itself.
    pub const ALL_BUT_IDENTITY: Self = Self {
        requires: &[&["databaseConnection"], &["messagingConnection"], &["cacheConnection"], &["passwords"]],
        without: &["identityConnection"],
    };
    /// All but a message broker.
    pub const ALL_BUT_MESSAGING: Self = Self {
        requires: &[&["databaseConnection"], &["cacheConnection"], &["identityConnection"], &["passwords"]],
        without: &["messagingConnection"],
    };
    /// Everything.
    pub const ALL: Self = Self {
        requires: &[
            &["databaseConnection"],
            &["messagingConnection"],
            &["cacheConnection"],
            &["identityConnection"],
            &["passwords"],
        ],
        without: &[],
    };
    /// What the spec says.
    pub const ANY: Self = Self { requires: &[], without: &[] };
}

/// How to ask whether a component answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// It is not asked: its pods' readiness is all that is known.
    None,
    /// Answers a GET with a status below 500.
    Http {
        /// Name of the Service.
        service: &'static str,
        /// Its port.
        port: u16,
        /// Path.
        path: &'static str,
    },
    /// Accepts a connection.
    Tcp {
        /// Name of the Service.
        service: &'static str,
        /// Its port.
        port: u16,
    },
}

/// A connection detail, and where it is found.
#[derive(Clone, Copy, Debug)]
pub enum Tell {
    /// In a Secret of the release, as it was rendered: so it holds for adopted releases as well.
    Secret {
        /// Name of the Secret.
        secret: &'static str,
        /// Key of its data.
        key: &'static str,
        /// Name of the detail.
        detail: &'static str,
    },
    /// In a Secret that the component is given.
    Given {
        /// Which one.
        from: Use,
        /// Key of its data.
        key: &'static str,
        /// Name of the detail.
        detail: &'static str,
    },
    /// Always the same.
    Fixed {
        /// Name of the detail.
        detail: &'static str,
        /// What it is.
        text: &'static str,
    },
    /// Host name of a Service inside the cluster, as `endpoint`, and its `port`.
    Service {
        /// Name of the Service.
        service: &'static str,
        /// Its port.
        port: u16,
    },
}

impl Tell {
    /// A key of a Secret of the release.
    pub const fn secret(secret: &'static str, key: &'static str, detail: &'static str) -> Self {
        Self::Secret { secret, key, detail }
    }
}

/// A map with one value at a dotted path.
pub fn at(path: &str, value: Value) -> Map<String, Value> {
    let mut value = value;
    for key in path.rsplit('.') {
        value = Value::Object(Map::from_iter([(key.to_owned(), value)]));
    }
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}
