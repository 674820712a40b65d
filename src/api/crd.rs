//! CustomResourceDefinitions, assembled from schemas: the contract's frame (§1.2) around a kind's own fields.

use super::{VERSION, field::FieldOptions, reference, schema};
use serde_json::{Map, Value, json};

/// A CRD of ours, before it is JSON.
pub struct Crd<'a> {
    /// API group.
    pub group: String,
    /// Kind.
    pub kind: &'a str,
    /// Plural, lower case.
    pub plural: &'a str,
    /// `Namespaced` or `Cluster`.
    pub scope: &'a str,
    /// Categories; frozen with the first release (contract §5.1).
    pub categories: &'a [&'a str],
    /// Printer columns.
    pub columns: Value,
    /// What it is, for `kubectl explain`.
    pub about: &'a str,
    /// Required properties of the root.
    pub required: &'a [&'a str],
    /// Properties of the root beside the usual three.
    pub properties: Value,
}

impl Crd<'_> {
    /// The object that the API server takes.
    pub fn build(self) -> Value {
        let Self { group, kind, plural, scope, categories, columns, about, required, mut properties } = self;
        let has_status = properties.get("status").is_some();
        if let Value::Object(map) = &mut properties {
            map.insert(
                "apiVersion".to_owned(),
                json!({"type": "string", "description": "Version of this API."}),
            );
            map.insert("kind".to_owned(), json!({"type": "string", "description": "Kind of this object."}));
            map.insert("metadata".to_owned(), json!({"type": "object"}));
        }
        let subresources = if has_status { json!({"status": {}}) } else { json!({}) };
        json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": format!("{plural}.{group}")},
            "spec": {
                "group": group,
                "scope": scope,
                "names": {"kind": kind, "listKind": format!("{kind}List"), "plural": plural,
                    "singular": kind.to_lowercase(), "categories": categories},
                "versions": [{
                    "name": VERSION, "served": true, "storage": true,
                    "subresources": subresources,
                    "additionalPrinterColumns": columns,
                    "schema": {"openAPIV3Schema": {"type": "object", "description": about,
                        "required": required, "properties": properties}},
                }],
            },
        })
    }
}

/// A printer column between EXTERNAL-NAME and AGE.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Heading, upper case.
    pub name: &'static str,
    /// Field of `status.atProvider`.
    pub field: &'static str,
}

/// What is special about the CRD of a managed resource.
pub struct ManagedCrd<'a> {
    /// API group.
    pub group: String,
    /// Kind.
    pub kind: &'a str,
    /// Plural.
    pub plural: &'a str,
    /// What it is.
    pub about: &'a str,
    /// Annotated schema of the parameters.
    pub parameters: &'a Value,
    /// Annotated schema of what only the cloud says.
    pub observation: &'a Value,
    /// Columns worth looking at.
    pub columns: &'a [Column],
    /// Groups of parameters of which one must be set.
    pub requires: &'a [&'a [&'a str]],
}

impl ManagedCrd<'_> {
    /// The object that the API server takes.
    ///
    /// # Errors
    /// A field's annotation can't be read.
    pub fn build(self) -> Result<Value, serde_json::Error> {
        let mut for_provider = self.parameters.clone();
        let mut required = rules_for_required(self.parameters, self.requires)?;
        required.extend(rules_for_minted(self.parameters)?);
        let secrets = secrets(self.parameters)?;
        let immutable = rules_for_immutable(self.parameters)?;
        add_references(&mut for_provider)?;
        schema::strip(&mut for_provider);
        let mut init_provider = for_provider.clone();
        if let Some(Value::Object(fields)) = init_provider.get_mut("properties") {
            fields.retain(|name, _| !secrets.contains(name));
        }
        describe(
            &mut for_provider,
            "Wanted state of the external resource. A field that is left out is not managed.",
        );
        describe(
            &mut init_provider,
            "Wanted state at creation only; forProvider's fields come first, changes later have no effect.",
        );
        validate(&mut for_provider, immutable);
        let mut spec = spec_schema(for_provider, init_provider);
        validate(&mut spec, required);
        let status = status_schema(at_provider(self.parameters, self.observation)?);
        Ok(Crd {
            group: self.group,
            kind: self.kind,
            plural: self.plural,
            scope: "Namespaced",
            categories: &["crossplane", "managed", "openstack"],
            columns: columns(self.columns),
            about: self.about,
            required: &["spec"],
            properties: json!({"spec": spec, "status": status}),
        }
        .build())
    }
}

fn describe(schema: &mut Value, text: &str) {
    if let Value::Object(map) = schema {
        map.insert("description".to_owned(), json!(text));
    }
}

fn validate(schema: &mut Value, rules: Vec<Value>) {
    if let Value::Object(map) = schema
        && !rules.is_empty()
    {
        // A kind may have rules of its own.
        let all = map.entry("x-kubernetes-validations").or_insert_with(|| json!([]));
        all.as_array_mut().into_iter().for_each(|all| all.extend(rules.clone()));
    }
}

fn columns(own: &[Column]) -> Value {
    let condition = |name: &str, r#type: &str| json!({"name": name, "type": "string", "jsonPath": format!(".status.conditions[?(@.type=='{type}')].status")});
    let mut all = vec![
        condition("READY", "Ready"),
        condition("SYNCED", "Synced"),
        json!({"name": "EXTERNAL-NAME", "type": "string", "jsonPath": ".metadata.annotations.crossplane\\.io/external-name"}),
    ];
    all.extend(own.iter().map(
        |c| json!({"name": c.name, "type": "string", "jsonPath": format!(".status.atProvider.{}", c.field)}),
    ));
    all.push(json!({"name": "AGE", "type": "date", "jsonPath": ".metadata.creationTimestamp"}));
    Value::Array(all)
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// `…Ref` and `…Selector` beside every id, at whatever depth.
fn add_references(schema: &mut Value) -> Result<(), serde_json::Error> {
    if let Some(items) = schema.get_mut("items") {
        add_references(items)?;
    }
    let Some(Value::Object(map)) = schema.get_mut("properties") else { return Ok(()) };
    let mut siblings = Map::new();
    for (name, property) in map.iter_mut() {
        if let Some(target) = FieldOptions::of(property)?.r#ref {
            let kind = target.rsplit('.').next().unwrap_or(&target).to_owned();
            let list = property.get("type").is_some_and(|t| t == "array");
            let names = reference::Siblings::of(name, list);
            let one = reference::reference_schema(&kind);
            let reference = if list {
                json!({"type": "array", "items": one, "description": format!("References to the {kind} resources whose ids to use.")})
            } else {
                one
            };
            siblings.insert(names.reference, reference);
            siblings.insert(names.selector, reference::selector_schema(&kind));
        }
        add_references(property)?;
    }
    map.append(&mut siblings);
    Ok(())
}

/// Required fields are rules on `spec`, so that Observe-only with an empty `forProvider` is valid (MR-8).
fn rules_for_required(parameters: &Value, groups: &[&[&str]]) -> Result<Vec<Value>, serde_json::Error> {
    let (mut rules, secrets) = (vec![], secrets(parameters)?);
    for (name, property) in properties(parameters) {
        if FieldOptions::of(property)?.required {
            rules.push(rule_for_one_of(&ways_to_set(name, property)?, &secrets));
        }
    }
    for group in groups {
        let members = properties(parameters).filter(|(name, _)| group.contains(&name.as_str()));
        let ways: Result<Vec<_>, _> = members.map(|(name, property)| ways_to_set(name, property)).collect();
        rules.push(rule_for_one_of(&ways?.concat(), &secrets));
    }
    Ok(rules)
}

/// A field, and its reference and selector where it has them.
fn ways_to_set(name: &str, property: &Value) -> Result<Vec<String>, serde_json::Error> {
    let mut ways = vec![name.to_owned()];
    if FieldOptions::of(property)?.r#ref.is_some() {
        let siblings = reference::Siblings::of(name, property.get("type").is_some_and(|t| t == "array"));
        ways.extend([siblings.reference, siblings.selector]);
    }
    Ok(ways)
}

fn rule_for_one_of(ways: &[String], secrets: &[String]) -> Value {
    let mut rule = "!('*' in self.managementPolicies || 'Create' in self.managementPolicies || 'Update' in self.managementPolicies)".to_owned();
    rule += &set_somewhere(ways, secrets);
    let message = match ways {
        [one] => format!("spec.forProvider.{one} is a required parameter"),
        _ => format!("spec.forProvider needs one of {}", ways.join(", ")),
    };
    json!({"rule": rule, "message": message})
}

/// One of them is set; secrets can't be in `initProvider`.
fn set_somewhere(ways: &[String], secrets: &[String]) -> String {
    let set = |at: &str, ways: &mut dyn Iterator<Item = &String>| {
        ways.map(|w| format!("has(self.{at}.{w})")).collect::<Vec<_>>().join(" || ")
    };
    let always = set("forProvider", &mut ways.iter());
    match set("initProvider", &mut ways.iter().filter(|w| !secrets.contains(w))) {
        none if none.is_empty() => format!(" || {always}"),
        initially => format!(" || {always} || (has(self.initProvider) && ({initially}))"),
    }
}

fn secrets(parameters: &Value) -> Result<Vec<String>, serde_json::Error> {
    let mut names = vec![];
    for (name, property) in properties(parameters) {
        if FieldOptions::of(property)?.secret.is_some() {
            names.push(name.clone());
        }
    }
    Ok(names)
}

/// What is made here must have a place to be published in.
fn rules_for_minted(parameters: &Value) -> Result<Vec<Value>, serde_json::Error> {
    let (mut rules, secrets) = (vec![], secrets(parameters)?);
    for (name, property) in properties(parameters) {
        if FieldOptions::of(property)?.mint.is_some() {
            let given = set_somewhere(std::slice::from_ref(name), &secrets);
            rules.push(json!({
                "rule": format!("!('*' in self.managementPolicies || 'Create' in self.managementPolicies) || has(self.writeConnectionSecretToRef){given}"),
                "message": format!("without spec.forProvider.{name} the provider makes one, and needs spec.writeConnectionSecretToRef to hand it over"),
            }));
        }
    }
    Ok(rules)
}

/// Unset to set is allowed (references are written back), changing or removing is not (MR-9).
fn rules_for_immutable(parameters: &Value) -> Result<Vec<Value>, serde_json::Error> {
    let mut rules = vec![];
    for (name, property) in properties(parameters) {
        if FieldOptions::of(property)?.immutable {
            rules.push(json!({
                "rule": format!("!has(oldSelf.{name}) || (has(self.{name}) && self.{name} == oldSelf.{name})"),
                "message": format!("{name} can't be changed once it is set: OpenStack does not allow it; make a new resource instead"),
            }));
        }
    }
    Ok(rules)
}

/// What the cloud tells: the parameters that can be read back, and what only the cloud says.
fn at_provider(parameters: &Value, observation: &Value) -> Result<Value, serde_json::Error> {
    let mut all = Map::new();
    for (name, property) in properties(parameters) {
        let options = FieldOptions::of(property)?;
        if !options.create_only && options.secret.is_none() {
            all.insert(name.clone(), property.clone());
        }
    }
    all.extend(properties(observation).map(|(name, property)| (name.clone(), property.clone())));
    let mut schema = json!({"type": "object", "description": "State of the external resource as the cloud tells it.", "properties": all});
    schema::strip(&mut schema);
    relax(&mut schema);
    Ok(schema)
}

/// A status must never be refused: an older cloud may leave fields out or know other values.
fn relax(schema: &mut Value) {
    let Value::Object(map) = schema else { return };
    for key in ["required", "enum", "pattern", "minimum", "maximum", "maxLength", "minLength", "maxItems"] {
        map.remove(key);
    }
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        properties.values_mut().for_each(relax);
    }
    for key in ["items", "additionalProperties"] {
        if let Some(child) = map.get_mut(key) {
            relax(child);
        }
    }
}

/// `status.conditions`.
pub fn conditions_schema() -> Value {
    let text = |about: &str| json!({"type": "string", "description": about});
    json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
    "description": "Conditions of the resource.",
    "items": {"type": "object", "required": ["type", "status", "reason", "lastTransitionTime"], "properties": {
        "type": text("Ready, Synced or UpToDate."),
        "status": text("True, False or Unknown."),
        "reason": text("Why, for machines."),
        "message": text("Why, for people."),
        "lastTransitionTime": {"type": "string", "format": "date-time", "description": "When it last changed."},
        "observedGeneration": {"type": "integer", "format": "int64", "description": "Generation of the spec that it was found for."},
    }}})
}

fn spec_schema(for_provider: Value, init_provider: Value) -> Value {
    let text = |about: &str| json!({"type": "string", "description": about});
    json!({"type": "object", "required": ["forProvider"], "description": "What is wanted.", "properties": {
        "forProvider": for_provider,
        "initProvider": init_provider,
        "managementPolicies": {"type": "array", "default": ["*"],
            "description": "What the provider may do with the external resource: everything (*), or the actions listed. An empty list pauses.",
            "items": {"type": "string", "enum": ["Observe", "Create", "Update", "Delete", "LateInitialize", "*"]}},
        "providerConfigRef": {"type": "object", "required": ["kind", "name"],
            "default": {"kind": "ClusterProviderConfig", "name": "default"},
            "description": "Credentials to use.",
            "properties": {"kind": text("ProviderConfig (of the same namespace) or ClusterProviderConfig."), "name": text("Its name.")}},
        "writeConnectionSecretToRef": {"type": "object", "required": ["name"],
            "description": "Secret of the same namespace to write connection details to.",
            "properties": {"name": text("Name of the Secret.")}},
    }})
}

fn status_schema(at_provider: Value) -> Value {
    json!({"type": "object", "description": "What was found.", "properties": {
        "atProvider": at_provider,
        "conditions": conditions_schema(),
        "observedGeneration": {"type": "integer", "format": "int64", "description": "Generation of the spec that the status speaks of."},
        "lastHandledReconcileAt": {"type": "string", "description": "Last value of the annotation crossplane.io/reconcile-requested-at that was honoured."},
    }})
}
