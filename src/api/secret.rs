//! Secrets that go in: a managed resource says where they lie, never what they are (MR-7).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// End of the name of every field that refers to a Secret: `passwordSecretRef` stands for the API's `password`.
pub const SUFFIX: &str = "SecretRef";

/// A key of a Secret in the resource's own namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecretRef {
    /// Name of the Secret, in the namespace of this resource.
    pub name: String,
    /// Key in the Secret's data.
    pub key: String,
}
