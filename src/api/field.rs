//! What a field is beyond its type: the `x-os` annotation that a kind puts on it, read once, never shipped in a CRD.
//!
//! ```ignore
//! #[schemars(extend("x-os" = {"ref": "network.Network", "immutable": true, "required": true}))]
//! pub network_id: Option<String>,
//! ```

use serde::Deserialize;
use serde_json::Value;

/// Key of the annotation in a schema.
pub const KEY: &str = "x-os";

/// What a field is beyond its type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Facts {
    /// `service.Kind` of the managed resource whose external-name it holds. Adds `…Ref` and `…Selector`.
    pub r#ref: Option<String>,
    /// Must be set, by hand or by reference, unless the resource is only observed.
    pub required: bool,
    /// May be set once and not changed after.
    pub immutable: bool,
    /// Said at create only; the API never tells it, so it is not compared and not shown.
    pub create_only: bool,
    /// Order does not matter.
    pub set: bool,
    /// An empty string clears it: sent as `null`. References always do.
    pub empty_is_null: bool,
    /// A map of which only the named keys are managed, since the cloud adds its own; an empty value means that there is
    /// no such key.
    pub merge: bool,
    /// How values are brought to one form before they are compared.
    pub normalise: Option<Normalise>,
    /// Name on the wire, where it is not the field's snake-case name: `router:external`.
    pub wire: Option<String>,
}

/// How values are brought to one form before they are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Normalise {
    /// `10.0.0.7/24` is `10.0.0.0/24`; IPv6 in its short form.
    Cidr,
    /// IPv6 in its short form.
    Ip,
    /// Letter case does not matter.
    Lowercase,
}

impl Facts {
    /// Reads the annotation of a property's schema; a misspelt one is an error in the kind's file.
    ///
    /// # Errors
    /// The annotation has a key or value that does not exist.
    pub fn of(schema: &Value) -> Result<Self, serde_json::Error> {
        schema.get(KEY).map_or_else(|| Ok(Self::default()), Self::deserialize)
    }
}
