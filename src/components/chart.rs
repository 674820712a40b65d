//! What is known of a chart beside its text.

use super::{
    generated_secret::SecretFormat,
    given::Given,
    image::Role,
    parameters::ComponentParameters,
    setting::{Literal, Setting},
    stage::Stage,
    tell::Tell,
    wire::{Use, Wire},
};
use crate::{
    api::crd::Scale,
    kind::{Options, Params},
};

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
    /// Name of the chart, of the release, and of the entry in clouds and profiles; none where the spec says it.
    pub chart: Option<&'static str>,
    /// When a cloud composes and upgrades it.
    pub stage: Stage,
    /// Is it part of a cloud that does not mention it?
    pub usual: bool,
    /// Components that it can't work without, beside those whose connections it is given.
    pub needs: &'static [&'static str],
    /// Values of other components' charts that follow from this one being in a cloud.
    pub sets: &'static [Setting],
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
    /// Passwords that are not 32 letters and digits: key, what it is made of, how many characters it has.
    pub formats: &'static [(&'static str, SecretFormat, u16)],
    /// Images by the chart's name for them, below `images.tags`, as of every chart that has such Jobs.
    pub shared_images: &'static [&'static [Role]],
    /// Such images of its own.
    pub images: &'static [Role],
    /// Values of its chart that hold unless somebody says otherwise, whatever the chart says.
    pub settings: &'static [&'static [(&'static str, Literal)]],
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
    /// What most charts have nothing of; the rest stands in each file.
    pub const BARE: Self = Self {
        kind: "",
        plural: "",
        about: "",
        docs: "",
        chart: None,
        stage: Stage::Services,
        usual: false,
        needs: &[],
        sets: &[],
        given: Given::NOTHING,
        scale: None,
        replicas: &[],
        shared_wiring: &[],
        wiring: &[],
        formats: &[],
        shared_images: &[],
        images: &[],
        settings: &[],
        migrations: &[],
        awaits_nodes: &[],
        probe: Probe::None,
        tells: &[],
        connection: &[],
    };

    /// All values that come from the Secrets that it is given.
    pub fn wires(&self) -> impl Iterator<Item = &'static Wire> + use<> {
        self.shared_wiring.iter().copied().flatten().chain(self.wiring)
    }

    /// All values that hold unless somebody says otherwise.
    pub fn set(&self) -> impl Iterator<Item = (&'static str, Literal)> + use<> {
        self.settings.iter().copied().flatten().copied()
    }

    /// All images that follow from the release.
    pub fn roles(&self) -> impl Iterator<Item = &'static Role> + use<> {
        self.shared_images.iter().copied().flatten().chain(self.images)
    }

    /// Keys of its passwords.
    pub fn passwords(&self) -> impl Iterator<Item = &'static str> + use<> {
        let wired = self.wires().filter(|wire| wire.from == Use::Passwords).map(|wire| wire.key);
        let told = self.tells.iter().filter_map(|tell| match tell {
            Tell::Given { from: Use::Passwords, key, .. } => Some(*key),
            Tell::Given { .. }
            | Tell::Secret { .. }
            | Tell::Fixed { .. }
            | Tell::Service { .. }
            | Tell::Url { .. } => None,
        });
        wired.chain(told)
    }

    /// What components do otherwise than most kinds.
    pub const fn options(&self) -> Options {
        Options {
            mirrors: false,
            calm: true,
            local_names: true,
            awaited: false,
            guards: true,
            deletes_with_inputs: false,
            singleton: false,
            looks_first: false,
            conditions: CONDITIONS,
            scale: match self.scale {
                Some(Scaled { replicas, .. }) => {
                    Some(Scale { spec: replicas, status: "scale.replicas", selector: "scale.selector" })
                }
                None => None,
            },
            imports: false,
            without: self.given.without,
            seals: &[],
            tells_once: false,
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
