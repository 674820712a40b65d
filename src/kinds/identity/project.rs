//! Keystone projects: <https://docs.openstack.org/api-ref/identity/v3/#projects>

use super::shared::ResourceOptions;
use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, Ready, Rights, Seen, Step,
        diff::Diff,
        request::{Read, service::IDENTITY},
        rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An owner of resources.
pub struct Project;

/// What can be wanted of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectParameters {
    /// Name in OpenStack, unique in its domain.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 64))]
    pub name: Option<String>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
    /// Id of the domain that the project belongs to.
    #[schemars(extend("x-os" = {"ref": "identity.Domain", "immutable": true, "default": "the credentials' own"}))]
    pub domain_id: Option<String>,
    /// Id of the project above it in the hierarchy. For a domain in this role, set the id itself.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "its domain"}))]
    pub parent_id: Option<String>,
    /// Whether its users can work in the project. A project can be disabled when all below it are.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enabled: Option<bool>,
    /// Whether the project also acts as a domain, which the kind Domain says more plainly. It is disabled before
    /// it is deleted, and Keystone deletes its users, groups and projects with it.
    #[schemars(extend("x-os" = {"immutable": true}))]
    pub is_domain: Option<bool>,
    /// Tags; at most 80, without comma and slash. A list replaces all tags that the project has.
    #[schemars(
        extend("x-os" = {"set": true}),
        length(max = 80),
        inner(length(min = 1, max = 255), regex(pattern = r"^[^,/]*$"))
    )]
    pub tags: Option<Vec<String>>,
    /// Switches that Keystone keeps with the project.
    pub options: Option<ResourceOptions>,
    /// Free attributes that Keystone keeps with the project, by names that it does not know.
    pub extra: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectObservation {
    /// Id of the project.
    pub id: String,
}

impl Kind for Project {
    type Parameters = ProjectParameters;
    type Observation = ProjectObservation;
    const INFO: Info = Info {
        kind: "Project",
        plural: "projects",
        short: "osproj",
        about: "A Project owns resources of OpenStack and limits how many; users work in it by their roles.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#projects",
        columns: &[
            Column { name: "NAME-IN-CLOUD", field: "name" },
            Column { name: "ENABLED", field: "enabled" },
        ],
        rights: Rights::Domain,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("projects", "project").with_extra());

    /// Keystone lists projects that act as domains only to who asks for them.
    fn reads(key: &Key<'_, ProjectParameters>) -> Vec<Read> {
        let domains = key.params.is_domain == Some(true);
        super::shared::reads::<Self>(key, domains.then_some(("is_domain", "true")))
    }

    fn step(
        goal: Goal,
        key: &Key<'_, ProjectParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let live =
            |project: &ProjectParameters| (project.is_domain, project.enabled) == (Some(true), Some(true));
        let step = super::shared::unlock_first::<Self>(goal, key, seen, diff);
        Ok(super::shared::disable_first::<Self>(step, key, seen.is_some_and(|seen| live(&seen.params))))
    }

    fn ready(params: &ProjectParameters, seen: &Seen<'_, Self>) -> Ready {
        super::shared::ready("project", params.enabled, seen.params.enabled)
    }
}

#[cfg(test)]
mod tests;
