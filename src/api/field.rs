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
pub struct FieldOptions {
    /// `service.Kind` of the managed resource that it is taken from. Adds `…Ref` and `…Selector`.
    pub r#ref: Option<String>,
    /// What a reference takes from its target.
    pub yields: Yields,
    /// A create waits until the managed resource that it refers to is ready, and not just there.
    pub until_ready: bool,
    /// Must be set, by hand or by reference, unless the resource is only observed.
    pub required: bool,
    /// May be set once and not changed after.
    pub immutable: bool,
    /// It is this provider that does not change an immutable field: OpenStack could.
    pub by_provider: bool,
    /// Fields of the same object that must not be set beside it: `groupId`, or `enabled=false` for just that value. A boolean
    /// counts as set while it is true, a list while it has items.
    pub excludes: Vec<String>,
    /// Fields of the same object that must be set where it is, written as above.
    pub needs: Vec<String>,
    /// Fields of the same object of which one must be set where it is not. Of the top level, `Info::requires` says it.
    pub or_else: Vec<String>,
    /// What OpenStack takes where the field is left out: a value, or words for it. For people only: what is left out is
    /// not managed, so it never becomes the schema's default.
    pub default: Option<Value>,
    /// Lowest microversion that knows the field, where that is newer than what the kind needs: `2.90`.
    pub since: Option<String>,
    /// Said at create only; the API never tells it, so it is not compared and not shown.
    pub create_only: bool,
    /// Told by a request of its own, which no search makes: a filter can't ask for it.
    pub apart: bool,
    /// Order does not matter.
    pub set: bool,
    /// An empty string clears it: sent as `null`. References always do.
    pub empty_is_null: bool,
    /// Where secret values of this form lie, see [`super::secret`]. Never shown.
    pub secret: Option<SecretForm>,
    /// Of a secret: the field of the API in which it lies instead of beside it; an object, or a text that holds one.
    pub within: Option<String>,
    /// A document that need not be there yet: it is used once it is.
    pub optional: bool,
    /// Made here where it is left out, and published in the connection secret before the create is sent.
    pub mint: Option<Make>,
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
    /// Space around it does not matter.
    Trimmed,
    /// A time in UTC, whether it says so or not, with or without parts of a second.
    Time,
}

/// What a reference takes from its target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Yields {
    /// The external-name, as soon as there is one.
    #[default]
    ExternalName,
    /// The name of the connection secret, once the target is ready. The target must be in the same namespace.
    ConnectionSecret,
}

/// What a field says of secrets, and the form in which a kind gets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SecretForm {
    /// One value, sent as it is; must be text. A change is found by its digest, unless it is said at create only.
    Text,
    /// The same in base64, whatever bytes it has.
    Base64,
    /// All keys of a Secret, as the JSON text of an object of strings. Read for every look, which compares it.
    Document,
    /// A list of [`super::secret::TextSource`]: one text an item. Read for every look, which compares them.
    Texts,
}

impl SecretForm {
    /// Is it compared by the look itself, rather than by a digest of what was sent?
    pub fn compared_by_look(self) -> bool {
        matches!(self, Self::Document | Self::Texts)
    }
}

/// What can be made here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Make {
    /// A random text of 256 bits; published under the field's name in the API.
    Token,
    /// An Ed25519 key pair, of which the field is the public key; published as `ssh-privatekey` and `ssh-publickey`.
    SshKey,
}

impl FieldOptions {
    /// Reads the annotation of a property's schema; a misspelt one is an error in the kind's file.
    ///
    /// # Errors
    /// The annotation has a key or value that does not exist.
    pub fn of(schema: &Value) -> Result<Self, serde_json::Error> {
        schema.get(KEY).map_or_else(|| Ok(Self::default()), Self::deserialize)
    }

    /// Is it a secret that goes into requests?
    pub fn sent_secret(&self) -> bool {
        self.secret.is_some_and(|form| !form.compared_by_look())
    }

    /// Is it a secret that goes into requests, and whose value is compared with what was sent before?
    pub fn compared_secret(&self) -> bool {
        self.sent_secret() && !self.create_only
    }

    /// Is it a secret that a look needs?
    pub fn secret_for_looks(&self) -> bool {
        self.secret.is_some_and(SecretForm::compared_by_look)
    }
}
