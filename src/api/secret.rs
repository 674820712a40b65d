//! Secrets that go in: a managed resource says where they lie, never what they are (MR-7).

use super::field::SecretForm;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// End of the name of every field that refers to a key of a Secret: `passwordSecretRef` stands for the API's `password`.
pub const SUFFIX: &str = "SecretRef";

/// A key of a Secret in the resource's own namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SecretRef {
    /// Name of the Secret, in the namespace of this resource.
    pub name: String,
    /// Key in the Secret's data.
    pub key: String,
}

/// A text that a key of a Secret or of a ConfigMap holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("x-kubernetes-validations" = [{
    "rule": "has(self.secretKeyRef) != has(self.configMapKeyRef)",
    "message": "one of secretKeyRef and configMapKeyRef must be set"
}]))]
pub struct TextSource {
    /// A key of a Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_ref: Option<KeySelector>,
    /// A key of a ConfigMap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map_key_ref: Option<KeySelector>,
}

/// A key of an object in the resource's own namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeySelector {
    /// Name of the object, in the namespace of this resource.
    pub name: String,
    /// Key in its data.
    pub key: String,
    /// Whether to go on without it where the object or the key is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional: Option<bool>,
}

/// Names of the Secrets that a field of this form refers to. What has an unexpected form refers to none; reading it says so.
pub fn named(form: SecretForm, value: &Value) -> Vec<String> {
    match form {
        SecretForm::Text | SecretForm::Base64 | SecretForm::Document => {
            document_name(value).map(str::to_owned).into_iter().collect()
        }
        SecretForm::Texts => {
            let sources = Vec::<TextSource>::deserialize(value).unwrap_or_default();
            sources.into_iter().filter_map(|source| Some(source.secret_key_ref?.name)).collect()
        }
    }
}

/// Name of the Secret that a field refers to: as plain text, or as `name` of a reference.
pub fn document_name(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("name")?.as_str()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::schema;
    use serde_json::json;

    #[test]
    fn a_field_names_its_secrets_in_whatever_form_it_has() {
        let sources = json!([{"secretKeyRef": {"name": "a", "key": "k"}}, {"configMapKeyRef": {"name": "b", "key": "k"}},
            {"secretKeyRef": {"name": "c", "key": "k", "optional": true}}]);
        for (form, value, names) in [
            (SecretForm::Text, json!({"name": "a", "key": "k"}), vec!["a"]),
            (SecretForm::Document, json!("a"), vec!["a"]),
            (SecretForm::Document, json!({"name": "a"}), vec!["a"]),
            (SecretForm::Document, json!(""), vec![]),
            (SecretForm::Document, json!(7), vec![]),
            (SecretForm::Texts, sources, vec!["a", "c"]),
            (SecretForm::Texts, json!("a"), vec![]),
        ] {
            assert_eq!(named(form, &value), names, "{form:?} {value}");
        }
    }

    #[test]
    fn a_source_of_a_text_is_of_one_kind_by_a_rule_of_the_schema() {
        let schema = schema::of::<TextSource>();
        let rules = schema["x-kubernetes-validations"].as_array().unwrap();
        assert_eq!(rules[0]["rule"], "has(self.secretKeyRef) != has(self.configMapKeyRef)");
        assert_eq!(schema["properties"]["secretKeyRef"]["required"], json!(["name", "key"]));
    }
}
