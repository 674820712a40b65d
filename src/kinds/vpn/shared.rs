//! What the kinds of VPNs share.

use crate::kind::{Statuses, marker, rest::Rest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// API reference.
pub(super) const DOCS: &str = "https://docs.openstack.org/api-ref/network/v2/#vpnaas-2-0-vpn-vpnservices-ikepolicies-ipsecpolicies-endpoint-groups-ipsec-site-connections";

/// Room for people in a description.
pub(super) const DESCRIPTION: usize = marker::room_beside(255);

/// How long what was agreed is good for. What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Lifetime {
    /// What value counts.
    #[schemars(extend("x-os" = {"default": "seconds"}, "enum" = ["seconds"]))]
    pub units: Option<String>,
    /// How many.
    #[schemars(extend("x-os" = {"default": 3600}), range(min = 60))]
    pub value: Option<u32>,
}

/// A collection of VPNs: none has tags.
pub(super) const fn rest(items: &'static str, singular: &'static str) -> Rest {
    Rest { tags: false, asks: &["name"], ..Rest::neutron(items, singular) }
}

/// What statuses mean. Nothing can be changed while the service is at work.
pub(super) const fn statuses(what: &'static str, usable: &'static [&'static str]) -> Statuses {
    Statuses { busy: |status| status.starts_with("PENDING_"), ..Statuses::of(what, usable) }
}

/// Ways to prove that something comes from the other end.
pub(super) const AUTH: &[&str] = &["sha1", "sha256", "sha384", "sha512", "aes-xcbc", "aes-cmac"];

/// Ways to encrypt.
pub(super) const ENCRYPTION: &[&str] = &[
    "3des",
    "aes-128",
    "aes-192",
    "aes-256",
    "aes-128-ccm-8",
    "aes-192-ccm-8",
    "aes-256-ccm-8",
    "aes-128-ccm-12",
    "aes-192-ccm-12",
    "aes-256-ccm-12",
    "aes-128-ccm-16",
    "aes-192-ccm-16",
    "aes-256-ccm-16",
    "aes-128-gcm-8",
    "aes-192-gcm-8",
    "aes-256-gcm-8",
    "aes-128-gcm-12",
    "aes-192-gcm-12",
    "aes-256-gcm-12",
    "aes-128-gcm-16",
    "aes-192-gcm-16",
    "aes-256-gcm-16",
    "aes-128-ctr",
    "aes-192-ctr",
    "aes-256-ctr",
];

/// Diffie-Hellman groups.
pub(super) const PFS: &[&str] = &[
    "group2", "group5", "group14", "group15", "group16", "group17", "group18", "group19", "group20",
    "group21", "group22", "group23", "group24", "group25", "group26", "group27", "group28", "group29",
    "group30", "group31",
];
