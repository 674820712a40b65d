//! The objects that a port's fields are made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An address that may pass beside the port's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressPair {
    /// An address, or a range in CIDR notation.
    #[schemars(extend("x-os" = {"normalise": "cidr"}))]
    pub ip_address: Option<String>,
    /// MAC address.
    #[schemars(extend("x-os" = {"normalise": "lowercase", "default": "the port's own"}))]
    pub mac_address: Option<String>,
}

/// An option that DHCP tells the port.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ExtraDhcpOption {
    /// Name of the option, such as bootfile-name, or its number.
    pub opt_name: Option<String>,
    /// Value of the option.
    pub opt_value: Option<String>,
    /// 4 or 6.
    #[schemars(extend("x-os" = {"default": 4}), extend("enum" = [4, 6]))]
    pub ip_version: Option<u8>,
}

/// A name that the port has in DNS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DnsAssignment {
    /// Host name.
    pub hostname: String,
    /// Address.
    pub ip_address: String,
    /// Full name, with a dot at its end.
    pub fqdn: String,
}
