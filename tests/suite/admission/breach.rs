//! An object that breaks one constraint.

use serde_json::Value;

pub struct Breach {
    /// What is broken, as the schema names it.
    pub keyword: &'static str,
    /// Where the API server has to say that it is: `spec.forProvider.fixedIps[0].ipAddress`.
    pub field: String,
    /// Part of what it has to say.
    pub says: String,
    pub object: Value,
    /// What must have been there before, where a change is what is refused.
    pub before: Option<Value>,
}
