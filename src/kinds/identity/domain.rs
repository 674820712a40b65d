//! Keystone domains: <https://docs.openstack.org/api-ref/identity/v3/#domains>

use super::shared::ResourceOptions;
use crate::{
    api::crd::Column,
    kind::{
        Goal, Info, Key, Kind, KindError, Ready, Rights, Seen, Step, diff::Diff, request::service::IDENTITY,
        rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A realm of users, groups and projects.
pub struct Domain;

/// What can be wanted of a domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 64))]
    pub name: Option<String>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
    /// Whether users of the domain can log in and its projects can be used.
    #[schemars(extend("x-os" = {"default": true}))]
    pub enabled: Option<bool>,
    /// Tags; at most 80, without comma and slash. A list replaces all tags that the domain has.
    #[schemars(
        extend("x-os" = {"set": true}),
        length(max = 80),
        inner(length(min = 1, max = 255), regex(pattern = r"^[^,/]*$"))
    )]
    pub tags: Option<Vec<String>>,
    /// Switches that Keystone keeps with the domain.
    pub options: Option<ResourceOptions>,
    /// Free attributes that Keystone keeps with the domain, by names that it does not know.
    pub extra: Option<BTreeMap<String, String>>,
    /// Id that the domain is to have, 32 hexadecimal digits, so that it is the same in several clouds.
    #[schemars(extend("x-os" = {"createOnly": true, "immutable": true}), regex(pattern = r"^[0-9a-f]{32}$"))]
    pub explicit_domain_id: Option<String>,
}

/// What only the cloud says of a domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DomainObservation {
    /// Id of the domain.
    pub id: String,
}

impl Kind for Domain {
    type Parameters = DomainParameters;
    type Observation = DomainObservation;
    const INFO: Info = Info {
        kind: "Domain",
        plural: "domains",
        short: "osdom",
        about: "A Domain is a realm of users, groups and projects in OpenStack Keystone; deleting it deletes them.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#domains",
        columns: &[
            Column { name: "NAME-IN-CLOUD", field: "name" },
            Column { name: "ENABLED", field: "enabled" },
        ],
        rights: Rights::System,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("domains", "domain").with_extra());

    fn step(
        goal: Goal,
        key: &Key<'_, DomainParameters>,
        seen: Option<&Seen<'_, Self>>,
        diff: &Diff,
    ) -> Result<Step, KindError> {
        let step = super::shared::unlock_first::<Self>(goal, key, seen, diff);
        let live = seen.is_some_and(|seen| seen.params.enabled == Some(true));
        Ok(super::shared::disable_first::<Self>(step, key, live))
    }

    fn ready(params: &DomainParameters, seen: &Seen<'_, Self>) -> Ready {
        super::shared::ready("domain", params.enabled, seen.params.enabled)
    }
}
