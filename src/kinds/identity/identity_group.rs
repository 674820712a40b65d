//! Keystone groups: <https://docs.openstack.org/api-ref/identity/v3/#groups>

use crate::{
    api::crd::Column,
    kind::{
        Info, Key, Kind, Rights,
        request::{Read, service::IDENTITY},
        rest::Rest,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Users that get roles together.
pub struct IdentityGroup;

/// What can be wanted of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityGroupParameters {
    /// Name in OpenStack, unique in its domain.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 64))]
    pub name: Option<String>,
    /// Description for people. The provider keeps its marker behind it.
    pub description: Option<String>,
    /// Id of the domain that the group belongs to.
    #[schemars(extend("x-os" = {"ref": "identity.Domain", "immutable": true, "default": "the credentials' own"}))]
    pub domain_id: Option<String>,
    /// Free attributes that Keystone keeps with the group, by names that it does not know.
    pub extra: Option<BTreeMap<String, String>>,
}

/// What only the cloud says of a group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentityGroupObservation {
    /// Id of the group.
    pub id: String,
}

impl Kind for IdentityGroup {
    type Parameters = IdentityGroupParameters;
    type Observation = IdentityGroupObservation;
    const INFO: Info = Info {
        kind: "IdentityGroup",
        plural: "identitygroups",
        short: "osgrp",
        about: "An IdentityGroup is a set of users of OpenStack that get roles together.",
        docs: "https://docs.openstack.org/api-ref/identity/v3/#groups",
        columns: &[Column { name: "NAME-IN-CLOUD", field: "name" }],
        rights: Rights::Domain,
        ..Info::of(&IDENTITY)
    };
    const REST: Option<Rest> = Some(Rest::keystone("groups", "group").with_extra());

    /// Where domains have drivers of their own, Keystone lists only one domain's groups.
    fn reads(key: &Key<'_, IdentityGroupParameters>) -> Vec<Read> {
        super::shared::reads::<Self>(key, super::shared::domain(key.params.domain_id.as_deref()))
    }
}
