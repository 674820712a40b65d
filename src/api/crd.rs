//! CustomResourceDefinitions, assembled from schemas: the contract's frame (§1.2) around a kind's own fields.

mod cel;
mod descriptions;
mod frame;
mod import;
mod relations;
mod rules;

pub use descriptions::{about, default_text};
pub use frame::{Column, Scale, conditions_schema};
pub use relations::sentences;

use super::{
    VERSION,
    field::FieldOptions,
    reference,
    schema::{self, VALIDATIONS, properties},
};
use descriptions::Place;
use serde_json::{Map, Value, json};

/// A CRD of ours, before it is JSON.
pub struct Crd<'a> {
    /// API group.
    pub group: String,
    /// Kind.
    pub kind: &'a str,
    /// Plural, lower case.
    pub plural: &'a str,
    /// Short names; frozen with the first release, as all names are (contract §5.1).
    pub short_names: &'a [&'a str],
    /// `Namespaced` or `Cluster`.
    pub scope: &'a str,
    /// Categories; frozen as well.
    pub categories: &'a [&'a str],
    /// Printer columns.
    pub columns: Value,
    /// Paths of the fields that can be selected by.
    pub selectable: &'a [&'a str],
    /// What `kubectl scale` and autoscalers change.
    pub scale: Option<Scale>,
    /// What it is, for `kubectl explain`.
    pub about: &'a str,
    /// Required properties of the root.
    pub required: &'a [&'a str],
    /// Properties of the root beside the usual three.
    pub properties: Value,
}

impl Crd<'_> {
    /// The object that the API server takes.
    pub fn build(mut self) -> Value {
        if let Value::Object(map) = &mut self.properties {
            let text = |about: &str| json!({"type": "string", "description": about});
            map.insert("apiVersion".to_owned(), text("Version of this API."));
            map.insert("kind".to_owned(), text("Kind of this object."));
            map.insert("metadata".to_owned(), json!({"type": "object"}));
        }
        json!({
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": format!("{}.{}", self.plural, self.group)},
            "spec": {"group": self.group, "scope": self.scope, "names": self.names(), "versions": [self.version()]},
        })
    }

    fn names(&self) -> Value {
        let mut names = json!({"kind": self.kind, "listKind": format!("{}List", self.kind), "plural": self.plural,
            "singular": self.kind.to_lowercase(), "categories": self.categories});
        if let (Value::Object(names), [_, ..]) = (&mut names, self.short_names) {
            names.insert("shortNames".to_owned(), json!(self.short_names));
        }
        names
    }

    fn version(&self) -> Value {
        let mut version = json!({
            "name": VERSION, "served": true, "storage": true,
            "subresources": self.subresources(),
            "additionalPrinterColumns": self.columns,
            "schema": {"openAPIV3Schema": {"type": "object", "description": self.about,
                "required": self.required, "properties": self.properties}},
        });
        if let (Value::Object(version), [_, ..]) = (&mut version, self.selectable) {
            let paths: Vec<_> = self.selectable.iter().map(|path| json!({"jsonPath": path})).collect();
            version.insert("selectableFields".to_owned(), json!(paths));
        }
        version
    }

    fn subresources(&self) -> Value {
        let status = self.properties.get("status").map(|_| ("status".to_owned(), json!({})));
        let scale = self.scale.map(|scale| ("scale".to_owned(), scale.subresource()));
        Value::Object(status.into_iter().chain(scale).collect())
    }
}

/// What is special about the CRD of a managed resource.
pub struct ManagedCrd<'a> {
    /// API group.
    pub group: String,
    /// Its first label: `network`.
    pub service: &'a str,
    /// Kind.
    pub kind: &'a str,
    /// Plural.
    pub plural: &'a str,
    /// Short name; empty for none.
    pub short: &'a str,
    /// What it is.
    pub about: &'a str,
    /// Annotated schema of the parameters.
    pub parameters: &'a Value,
    /// Whether the status has the parameters as the cloud has them.
    pub mirrors: bool,
    /// Annotated schema of what only the cloud says.
    pub observation: &'a Value,
    /// Columns worth looking at.
    pub columns: &'a [Column],
    /// Groups of parameters of which one must be set.
    pub requires: &'a [&'a [&'a str]],
    /// Whether an object can be found by what is known of it.
    pub imports: bool,
    /// What `kubectl scale` and autoscalers change.
    pub scale: Option<Scale>,
    /// Whether its creation tells a secret just once.
    pub tells_once: bool,
}

impl ManagedCrd<'_> {
    /// The object that the API server takes.
    ///
    /// # Errors
    /// A field's annotation can't be read.
    pub fn build(self) -> Result<Value, serde_json::Error> {
        let short_names: Vec<_> = [self.short].into_iter().filter(|name| !name.is_empty()).collect();
        let mut spec = spec(self.parameters, self.requires)?;
        if self.tells_once {
            validate(&mut spec, vec![rules::told_once()]);
        }
        if let (Some(Value::Object(fields)), true) = (spec.get_mut("properties"), self.imports) {
            fields.extend(
                import::of(self.parameters, self.observation)?.map(|import| ("import".to_owned(), import)),
            );
        }
        let at_provider = self.at_provider()?;
        let has_id = properties(&at_provider).any(|(name, _)| name == "id");
        let status = frame::status(at_provider);
        Ok(Crd {
            group: self.group,
            kind: self.kind,
            plural: self.plural,
            short_names: &short_names,
            scope: "Namespaced",
            categories: &["crossplane", "managed", "openstack", &format!("openstack-{}", self.service)],
            columns: frame::columns(self.columns),
            selectable: frame::selectable(has_id),
            scale: self.scale,
            about: self.about,
            required: &["spec"],
            properties: json!({"spec": spec, "status": status}),
        }
        .build())
    }

    /// What the cloud tells: the parameters that can be read back, and what only the cloud says.
    fn at_provider(&self) -> Result<Value, serde_json::Error> {
        let (mut shown, mut all) = (self.parameters.clone(), Map::new());
        descriptions::write(&mut shown, Place::AtProvider)?;
        for (name, property) in properties(&shown).filter(|_| self.mirrors) {
            let options = FieldOptions::of(property)?;
            if !options.create_only && options.secret.is_none() {
                all.insert(name.clone(), property.clone());
            }
        }
        let mut told = self.observation.clone();
        descriptions::write(&mut told, Place::Observation)?;
        all.extend(properties(&told).map(|(name, property)| (name.clone(), property.clone())));
        let mut schema = json!({"type": "object", "description": "State of the external resource as the cloud tells it.", "properties": all});
        schema::strip(&mut schema);
        relax(&mut schema);
        Ok(schema)
    }
}

fn spec(parameters: &Value, requires: &[&[&str]]) -> Result<Value, serde_json::Error> {
    let mut required = rules::required(parameters, requires)?;
    required.extend(rules::minted(parameters)?);
    let mut for_provider = wanted(parameters, Place::ForProvider)?;
    let mut init_provider = wanted(parameters, Place::InitProvider)?;
    let secrets = rules::secrets(parameters)?;
    required.extend(relations::of_spec(parameters, &secrets)?);
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
    validate(&mut for_provider, rules::immutable(parameters)?);
    let mut spec = frame::spec(for_provider, init_provider);
    validate(&mut spec, required);
    Ok(spec)
}

/// The parameters, described, with references.
fn wanted(parameters: &Value, place: Place) -> Result<Value, serde_json::Error> {
    let mut wanted = parameters.clone();
    descriptions::write(&mut wanted, place)?;
    relations::below(&mut wanted)?;
    add_references(&mut wanted)?;
    schema::strip(&mut wanted);
    Ok(wanted)
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
        let all = map.entry(VALIDATIONS).or_insert_with(|| json!([]));
        all.as_array_mut().into_iter().for_each(|all| all.extend(rules.clone()));
    }
}

/// `…Ref` and `…Selector` beside every id, at whatever depth.
fn add_references(schema: &mut Value) -> Result<(), serde_json::Error> {
    if let Some(items) = schema.get_mut("items") {
        add_references(items)?;
    }
    let Some(Value::Object(map)) = schema.get_mut("properties") else { return Ok(()) };
    let mut siblings = Map::new();
    for (name, property) in map.iter_mut() {
        let options = FieldOptions::of(property)?;
        if let Some(target) = options.r#ref {
            siblings.extend(reference::siblings(name, property, &target, options.yields));
        }
        add_references(property)?;
    }
    map.append(&mut siblings);
    Ok(())
}

/// A status must never be refused: an older cloud may leave fields out or know other values.
fn relax(schema: &mut Value) {
    let Value::Object(map) = schema else { return };
    for key in [
        "required",
        "enum",
        "pattern",
        "minimum",
        "maximum",
        "maxLength",
        "minLength",
        "maxItems",
        VALIDATIONS,
    ] {
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
