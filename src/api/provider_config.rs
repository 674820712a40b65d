//! What all families of ProviderConfigs have in common (contract §4): three kinds of one group, which say where
//! credentials come from, who may use them, and who does.

use super::crd;
use serde::Deserialize;
use serde_json::{Value, json};

/// A Secret, or a key of it; the namespace is the ProviderConfig's own where it has one (PC-9).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SecretKeyReference {
    /// The Secret's name.
    pub name: String,
    /// Its namespace; only for `ClusterProviderConfig`.
    pub namespace: Option<String>,
    /// The key that holds a document; without it the Secret's keys are the fields themselves.
    pub key: Option<String>,
}

/// Whether the cloud of a ProviderConfig may be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Changes {
    /// As its resources want.
    #[default]
    Automatic,
    /// Nothing is written to it.
    Held,
}

/// What is a family's own in its CRDs.
pub struct ConfigCrds {
    /// API group.
    pub group: &'static str,
    /// Categories of all three kinds; frozen with the first release (contract §5.1).
    pub categories: &'static [&'static str],
    /// What the namespaced and the cluster-scoped kind are, for `kubectl explain`.
    pub about: [&'static str; 2],
    /// Columns behind READY: heading and JSON path.
    pub columns: &'static [(&'static str, &'static str)],
    /// Columns of `kubectl get -o wide`.
    pub wide_columns: &'static [(&'static str, &'static str)],
    /// Schema of the spec; of the namespaced kind or the other. All families have `changes`, `allowedNamespaces` and
    /// `takeOverAcrossNamespaces` beside it.
    pub spec: fn(namespaced: bool) -> Value,
    /// Field of the status that holds what the backend says of itself.
    pub description_key: &'static str,
    /// Schema of that field.
    pub description: fn() -> Value,
}

impl ConfigCrds {
    /// The three CRDs, which Crossplane installs at once and knows by their kinds.
    pub fn build(&self) -> Vec<Value> {
        let [namespaced, cluster] = self.about;
        vec![
            self.config("ProviderConfig", "Namespaced", namespaced),
            self.config("ClusterProviderConfig", "Cluster", cluster),
            self.usage(),
        ]
    }

    fn config(&self, kind: &str, scope: &str, about: &str) -> Value {
        let namespaced = scope == "Namespaced";
        let mut spec = (self.spec)(namespaced);
        if let Some(Value::Object(properties)) = spec.get_mut("properties") {
            properties.insert("changes".into(), changes());
            if !namespaced {
                properties.insert("allowedNamespaces".into(), allowed_namespaces());
                properties.insert("takeOverAcrossNamespaces".into(), take_over_across_namespaces());
            }
        }
        crd::Crd {
            group: self.group.to_owned(),
            kind,
            plural: &plural(kind),
            short_names: &[],
            scope,
            categories: self.categories,
            columns: self.all_columns(),
            selectable: &[],
            scale: None,
            about,
            required: &["spec"],
            properties: json!({"spec": spec, "status": self.status()}),
        }
        .build()
    }

    fn all_columns(&self) -> Value {
        let column = |(name, path): &(&str, &str)| json!({"name": name, "type": "string", "jsonPath": path});
        let mut columns = vec![column(&("READY", ".status.conditions[?(@.type=='Ready')].status"))];
        columns.extend(self.columns.iter().map(column));
        columns.push(json!({"name": "USERS", "type": "integer", "jsonPath": ".status.users"}));
        columns.push(json!({"name": "AGE", "type": "date", "jsonPath": ".metadata.creationTimestamp"}));
        let wide = |(name, path): &(&str, &str)| json!({"name": name, "type": "string", "jsonPath": path, "priority": 1});
        columns.extend(self.wide_columns.iter().map(wide));
        columns.push(wide(&("CHANGES", ".spec.changes")));
        columns.push(json!({"name": "HELD", "type": "integer", "jsonPath": ".status.held", "priority": 1}));
        Value::Array(columns)
    }

    fn status(&self) -> Value {
        let mut status = json!({"type": "object", "description": "What is known of it.", "properties": {
            "conditions": crd::conditions_schema(),
            "users": {"type": "integer", "format": "int64", "description": "How many managed resources use it."},
            "held": {"type": "integer", "format": "int64",
                "description": "How many managed resources have changes that spec.changes: Held keeps from being made. Absent if none has."},
            "failingSince": {"type": "string", "format": "date-time",
                "description": "Since when Ready is False. Absent while the login works."},
        }});
        if let Some(Value::Object(properties)) = status.get_mut("properties") {
            properties.insert(self.description_key.to_owned(), (self.description)());
        }
        status
    }

    fn usage(&self) -> Value {
        let text = |about: &str| json!({"type": "string", "description": about});
        crd::Crd {
            group: self.group.to_owned(),
            kind: "ProviderConfigUsage",
            plural: &plural("ProviderConfigUsage"),
            short_names: &[],
            scope: "Namespaced",
            categories: self.categories,
            columns: json!([
                {"name": "AGE", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
                {"name": "CONFIG-NAME", "type": "string", "jsonPath": ".providerConfigRef.name"},
                {"name": "RESOURCE-KIND", "type": "string", "jsonPath": ".resourceRef.kind"},
                {"name": "RESOURCE-NAME", "type": "string", "jsonPath": ".resourceRef.name"},
            ]),
            selectable: &[],
            scale: None,
            about: "Says that a managed resource uses a ProviderConfig. Made by the provider.",
            required: &["providerConfigRef", "resourceRef"],
            properties: json!({
                "providerConfigRef": {"type": "object", "required": ["kind", "name"], "description": "What is used.",
                    "properties": {"kind": text("Its kind."), "name": text("Its name.")}},
                "resourceRef": {"type": "object", "required": ["apiVersion", "kind", "name"], "description": "Who uses it.",
                    "properties": {"apiVersion": text("Its API version."), "kind": text("Its kind."),
                        "name": text("Its name."), "uid": text("Its UID.")}},
            }),
        }
        .build()
    }
}

fn changes() -> Value {
    json!({"type": "string", "enum": ["Automatic", "Held"], "default": "Automatic",
        "description": "Held: nothing is written with these credentials, no create, update, delete, upload or action. Looks, connection secrets and status go on; resources say what is held back, and go on within seconds of Automatic."})
}

fn allowed_namespaces() -> Value {
    json!({"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 63},
        "description": "Namespaces whose managed resources may use these credentials: names, in which * stands for any text and ? for one character. All namespaces unless set; none if empty."})
}

fn take_over_across_namespaces() -> Value {
    json!({"type": "boolean",
        "description": "Whether a managed resource that uses these credentials may take over, by the annotation kupenstack.io/take-over, an object that belongs to a resource of another namespace. Not unless set: within a namespace the annotation is enough."})
}

/// The kinds of every family; the usages come last.
pub const KINDS: [&str; 3] = ["ProviderConfig", "ClusterProviderConfig", "ProviderConfigUsage"];

/// Plural of a kind of the family.
pub fn plural(kind: &str) -> String {
    format!("{}s", kind.to_lowercase())
}
