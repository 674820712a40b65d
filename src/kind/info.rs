//! The fixed facts of a kind.

use super::request::{Microversion, Read, service::Service};
use crate::api::crd::{Column, Scale};

/// The fixed facts of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// Where it lives.
    pub service: &'static Service,
    /// First label of its API group: the service's, unless that is a part of a service with a group of its own.
    pub group: &'static str,
    /// Kubernetes kind.
    pub kind: &'static str,
    /// Plural, lower case.
    pub plural: &'static str,
    /// Short name for `kubectl`; empty for none. All names are frozen with the first release, see `generate/names.txt`.
    pub short: &'static str,
    /// What it is, for `kubectl explain`: one sentence.
    pub about: &'static str,
    /// API reference.
    pub docs: &'static str,
    /// Columns an operator looks for, between EXTERNAL-NAME and AGE.
    pub columns: &'static [Column],
    /// Lowest microversion that has all that the kind needs.
    pub microversion: Option<Microversion>,
    /// What its external-name is: [`ID`], or the words for a name that is made of other things.
    pub external_name: &'static str,
    /// Keys of its connection secret.
    pub connection: &'static [&'static str],
    /// Who may manage it.
    pub rights: Rights,
    /// Where a create carries the marker.
    pub marker: MarkerPlace,
    /// Groups of parameters of which one must be set, beside the ones that are marked as required.
    pub requires: &'static [&'static [&'static str]],
}

impl Info {
    /// Facts that most kinds share: its external-name is its id, its marker stands behind the description, a member of a
    /// project may manage it, and there is nothing special about it.
    pub const fn of(service: &'static Service) -> Self {
        Self {
            service,
            group: service.group,
            kind: "",
            plural: "",
            short: "",
            about: "",
            docs: "",
            columns: &[],
            microversion: None,
            external_name: ID,
            connection: &[],
            rights: Rights::Project,
            marker: MarkerPlace::Description,
            requires: &[],
        }
    }

    /// `network.kupenstack.io`.
    pub fn api_group(&self) -> String {
        format!("{}.{}", self.group, self.service.domain)
    }

    /// `network.kupenstack.io/v1alpha1`.
    pub fn api_version(&self) -> String {
        format!("{}/{}", self.api_group(), crate::api::VERSION)
    }

    /// `networks.network.kupenstack.io`.
    pub fn crd_name(&self) -> String {
        format!("{}.{}", self.plural, self.api_group())
    }

    /// What `kubectl explain` says of the kind: what it is, and what follows from the other facts.
    pub fn explained(&self) -> String {
        let mut text = self.about.to_owned();
        if self.external_name != ID {
            text = format!("{text} Its external-name is {}.", self.external_name);
        }
        match self.rights {
            Rights::Project => text,
            Rights::Domain => format!("{text} Needs a domain administrator's rights."),
            Rights::System => format!("{text} Needs administrator's rights."),
        }
    }

    /// The service that a read of this kind goes to, and the microversion that it is sent with, of a kind whose looks
    /// are made with that one.
    pub fn target(
        &self,
        read: &Read,
        microversion: Option<Microversion>,
    ) -> (&'static Service, Option<Microversion>) {
        match read {
            Read::Get { .. } | Read::List { .. } | Read::Compare { .. } => (self.service, microversion),
            Read::OtherService { service, .. } | Read::OthersList { service, .. } => (service, None),
        }
    }
}

/// What a kind does otherwise than most: `const OPTIONS: Options = Options { calm: true, ..Options::USUAL }`.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// `status.atProvider` has the parameters as the cloud has them, and they are compared. Where not, only
    /// [`Kind::drift`](super::Kind::drift) tells what differs.
    pub mirrors: bool,
    /// Its status changes often by itself, so it is written every ten seconds at the most, but for a condition that flips.
    pub calm: bool,
    /// Types of the conditions that it may have beside Synced, Ready, UpToDate and Stalled.
    pub conditions: &'static [&'static str],
    /// Its external-name means another object in each namespace of a managed resource.
    pub local_names: bool,
    /// Others may wait for it without referring to it, see [`Kind::awaits`](super::Kind::awaits).
    pub awaited: bool,
    /// It is not deleted while another managed resource refers to its connection secret.
    pub guards: bool,
    /// Its deletion needs the Secrets that its looks are made with.
    pub deletes_with_inputs: bool,
    /// There is one of each name, which nobody creates, such as the quotas of a project: it is looked for by its chosen name
    /// from the beginning on, and changed. A deletion puts it back, if anything can, and is done once that was accepted.
    pub singleton: bool,
    /// Its create would overwrite what is there, or be told of success: it is looked for by its chosen name before, and what is
    /// there is somebody else's.
    pub looks_first: bool,
    /// The field that `kubectl scale` sets.
    pub scale: Option<Scale>,
    /// Objects of a plain collection can be found by a filter. Not where its list tells too little of them.
    pub imports: bool,
    /// Fields of a shared struct of parameters that this kind does not have, camelCase.
    pub without: &'static [&'static str],
    /// Fields of an object, by their names in the API, that only its connection secret may tell, each with its key there.
    pub seals: &'static [(&'static str, &'static str)],
    /// The service tells them just once, in the answer to the create, which nobody can do without a connection secret.
    pub tells_once: bool,
}

impl Options {
    /// Of most kinds.
    pub const USUAL: Self = Self {
        mirrors: true,
        calm: false,
        conditions: &[],
        local_names: false,
        awaited: false,
        guards: false,
        deletes_with_inputs: false,
        singleton: false,
        looks_first: false,
        scale: None,
        imports: true,
        without: &[],
        seals: &[],
        tells_once: false,
    };
}

/// External-name of most kinds: the id that OpenStack chose.
pub const ID: &str = "id";

/// Whose credentials may manage a kind, by the policies that OpenStack comes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// A member of a project.
    Project,
    /// A manager or administrator of a domain.
    Domain,
    /// An administrator of the cloud.
    System,
}

/// Where a create carries the marker that lets a lost one be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerPlace {
    /// Behind the description.
    Description,
    /// Under a key of its own in the free metadata.
    Metadata,
    /// Among the tags, where a create takes them.
    Tags,
    /// Not needed: the object is found by what the parameters or the managed resource's UID say, see
    /// [`Kind::reads`](super::Kind::reads).
    NaturalKey,
    /// Nowhere: nothing that a create can say is told back. A create whose answer was lost needs a person.
    None,
}
