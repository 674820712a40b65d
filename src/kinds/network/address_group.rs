//! Neutron address groups: <https://docs.openstack.org/api-ref/network/v2/#address-groups>

use crate::{
    api::crd::Column,
    kind::{
        Changes, Info, Key, Kind, Seen, Step, normalise,
        request::{Method, service::NETWORK},
        rest::{
            Rest,
            change::{By, Change},
            requests::Requests,
        },
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Addresses that rules of security groups name together.
pub struct AddressGroup;

/// What can be wanted of an address group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressGroupParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = super::shared::DESCRIPTION))]
    pub description: Option<String>,
    /// Ranges of addresses in CIDR notation, such as 203.0.113.0/24 or 2001:db8::7/128; a list replaces all that the group has.
    #[schemars(extend("x-os" = {"normalise": "cidr", "set": true}))]
    pub addresses: Option<Vec<String>>,
    /// Project that owns the group. Needs administrator's rights.
    #[schemars(extend("x-os" = {"ref": "identity.Project", "immutable": true, "default": "the credentials' own"}))]
    pub project_id: Option<String>,
}

/// What only the cloud says of an address group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressGroupObservation {
    /// Id of the address group.
    pub id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// When it was last changed, RFC 3339.
    pub updated_at: String,
}

impl Kind for AddressGroup {
    type Parameters = AddressGroupParameters;
    type Observation = AddressGroupObservation;
    const INFO: Info = Info {
        kind: "AddressGroup",
        plural: "addressgroups",
        short: "osadgr",
        about: "An AddressGroup has addresses that rules of security groups of OpenStack Neutron name together.",
        docs: "https://docs.openstack.org/api-ref/network/v2/#address-groups",
        columns: &[Column { name: "NAME", field: "name" }, Column { name: "ADDRESS", field: "addresses[0]" }],
        ..Info::of(&NETWORK)
    };
    const REST: Option<Rest> = Some(Rest {
        path: "address-groups",
        tags: false,
        ..Rest::neutron("address_groups", "address_group")
    });
    const CHANGES: Changes<Self> = &[Change::new(&["addresses"], By::Function(next))];
}

/// First what is missing, so that no address that stays wanted is out for a moment. Neutron refuses to add what is there, and to
/// remove what is not.
fn next(
    requests: &Requests<'_>,
    key: &Key<'_, AddressGroupParameters>,
    seen: &Seen<'_, AddressGroup>,
) -> Option<Step> {
    let all = |group: &AddressGroupParameters| group.addresses.clone().unwrap_or_default();
    let (wanted, have) = (all(key.params), all(&seen.params));
    let beside = |some: &[String], others: &[String]| {
        let others: Vec<_> = others.iter().map(|other| normalise::cidr(other)).collect();
        some.iter().filter(|one| !others.contains(&normalise::cidr(one))).cloned().collect::<Vec<_>>()
    };
    let changes = [("add_addresses", beside(&wanted, &have)), ("remove_addresses", beside(&have, &wanted))];
    let (how, addresses) = changes.into_iter().find(|(_, addresses)| !addresses.is_empty())?;
    Some(requests.below(Method::Put, how, Some(json!({ "addresses": addresses }))))
}

#[cfg(test)]
mod tests;
