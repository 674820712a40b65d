//! Fields of a volume type.

use super::super::shared::DESCRIPTION;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be wanted of a volume type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTypeParameters {
    /// Name in OpenStack.
    #[schemars(extend("x-os" = {"default": "the managed resource's name, at creation only"}), length(min = 1, max = 255))]
    pub name: Option<String>,
    /// Description for people. At most 184 characters: the provider keeps its marker behind it.
    #[schemars(length(max = DESCRIPTION))]
    pub description: Option<String>,
    /// Whether every project can use the type.
    #[schemars(extend("x-os" = {"default": true}))]
    pub is_public: Option<bool>,
    /// What the scheduler and the driver heed, such as `volume_backend_name`; a map replaces all that the type has.
    /// Cinder refuses most changes while volumes of the type exist.
    pub extra_specs: Option<BTreeMap<String, String>>,
    /// How volumes of the type are encrypted. It is as it is where this is left out. Cinder refuses a change while volumes of the
    /// type exist.
    #[schemars(extend("x-os" = {"apart": true}))]
    pub encryption: Option<VolumeTypeEncryption>,
}

/// What only the cloud says of a volume type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTypeObservation {
    /// Id of the volume type.
    pub id: String,
    /// Id of the QoS specs that are associated with it.
    pub qos_specs_id: String,
    /// Id of its encryption, where the spec is about that.
    #[schemars(extend("x-os" = {"apart": true}))]
    pub encryption_id: String,
}

/// How volumes of a type are encrypted. Each gets a key from the cloud's key manager.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeTypeEncryption {
    /// What encrypts, such as luks or luks2. Empty for no encryption.
    #[schemars(length(max = 255))]
    pub provider: Option<String>,
    /// Cipher and its mode, such as aes-xts-plain64.
    #[schemars(extend("x-os" = {"default": "the provider's choice"}), length(max = 255))]
    pub cipher: Option<String>,
    /// Bits of a key.
    #[schemars(extend("x-os" = {"default": "the provider's choice"}))]
    pub key_size: Option<u32>,
    /// Where it happens: front-end unless this says otherwise at the beginning.
    pub control_location: Option<ControlLocation>,
}

/// Where encryption happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlLocation {
    /// On the server's host.
    FrontEnd,
    /// In the storage.
    BackEnd,
}
