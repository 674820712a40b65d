//! `spec.import`: the fields of a kind by which one of its objects can be told.

use super::descriptions::what;
use crate::api::{field::FieldOptions, reference, schema::properties};
use serde_json::{Map, Value, json};

type Error = serde_json::Error;

const IMPORT: &str = "How an object that exists is found, once, while the resource has no external-name: it is then recorded, and what stands here is never read again.";
const FILTER: &str = "What the object has. A value means what it means in forProvider; of a list, all that are given must be there. Just one object must be so: nothing is created where there is none.";

/// A field that only the cloud says, and by which people know objects all the same.
const PROJECT: &str = "projectId";

/// Keywords that a filter's field keeps: a value that no object can have finds none.
const KEPT: [&str; 4] = ["type", "format", "enum", "minimum"];

/// The schema; none where nothing tells one object from another.
///
/// # Errors
/// A field's annotation can't be read.
pub(super) fn of(parameters: &Value, observation: &Value) -> Result<Option<Value>, Error> {
    let mut fields = told(parameters, field)?;
    let project = properties(observation).find(|(name, _)| *name == PROJECT);
    if let (Some((name, project)), false) = (project, fields.contains_key(PROJECT)) {
        fields.extend(scalar(project)?.map(|project| (name.clone(), project)));
    }
    let filter = json!({"type": "object", "description": FILTER, "minProperties": 1, "properties": fields});
    let import = json!({"type": "object", "description": IMPORT, "required": ["filter"], "properties": {"filter": filter}});
    Ok(Some(import).filter(|_| !fields.is_empty()))
}

/// The fields that a service tells, as far as they have a form in which they can be looked for.
fn told(
    schema: &Value,
    form: fn(&Value) -> Result<Option<Value>, Error>,
) -> Result<Map<String, Value>, Error> {
    let mut fields = Map::new();
    for (name, property) in properties(schema) {
        let options = FieldOptions::of(property)?;
        if !options.create_only && !options.apart && options.secret.is_none() {
            fields.extend(form(property)?.map(|form| (name.clone(), form)));
        }
        if let (Some(target), true) = (&options.r#ref, fields.contains_key(name)) {
            fields.extend(reference::siblings(name, property, target, options.yields).map(must_resolve));
        }
    }
    Ok(fields)
}

/// With less than what is said more would be found: there is no going on without.
fn must_resolve((name, mut schema): (String, Value)) -> (String, Value) {
    for at in ["/properties", "/items/properties"] {
        schema.pointer_mut(at).and_then(Value::as_object_mut).map(|fields| fields.remove("policy"));
    }
    (name, schema)
}

/// A scalar, or a list of scalars or of objects that have some.
fn field(schema: &Value) -> Result<Option<Value>, Error> {
    let Some(items) = schema.get("items") else { return scalar(schema) };
    let item = match scalar(items)? {
        Some(item) => Some(item),
        None => {
            let inner = told(items, scalar)?;
            let object = json!({"type": "object", "minProperties": 1, "properties": inner});
            Some(object).filter(|_| !inner.is_empty())
        }
    };
    let list = |item| described(schema, json!({"type": "array", "minItems": 1, "items": item}));
    Ok(item.map(list))
}

#[allow(clippy::unnecessary_wraps, reason = "it stands beside one that can fail")]
fn scalar(schema: &Value) -> Result<Option<Value>, Error> {
    let r#type = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    if !["string", "boolean", "integer", "number"].contains(&r#type) {
        return Ok(None);
    }
    let kept = KEPT.iter().filter_map(|key| Some(((*key).to_owned(), schema.get(*key)?.clone())));
    Ok(Some(described(schema, kept.collect())))
}

/// What it is, and not what setting it would do.
fn described(schema: &Value, mut form: Value) -> Value {
    let own = schema.get("description").and_then(Value::as_str);
    if let (Some(own), Value::Object(form)) = (own, &mut form) {
        form.insert("description".to_owned(), json!(what(own)));
    }
    form
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters() -> Value {
        let scalars = json!({"ipAddress": {"type": "string", "description": "Address. More.", "x-os": {"normalise": "ip"}},
            "hint": {"type": "string", "x-os": {"createOnly": true}}, "inner": {"type": "array", "items": {"type": "string"}}});
        json!({"properties": {
            "name": {"type": "string", "description": "Name in OpenStack; any.", "minLength": 1, "maxLength": 255, "pattern": "^a"},
            "mtu": {"type": "integer", "format": "int64", "minimum": 68, "maximum": 9000, "x-os": {"immutable": true, "required": true}},
            "networkId": {"type": "string", "x-os": {"ref": "network.Network"}},
            "peerIds": {"type": "array", "items": {"type": "string"}, "x-os": {"ref": "network.Network"}},
            "shared": {"type": "boolean", "x-os": {"excludes": ["name"]}},
            "mode": {"type": "string", "enum": ["a", "b"]},
            "tags": {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 50, "x-os": {"set": true}},
            "fixedIps": {"type": "array", "items": {"type": "object", "properties": scalars}},
            "empty": {"type": "array", "items": {"type": "object", "properties": {"m": {"type": "object"}}}},
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
            "gateway": {"type": "object", "properties": {"networkId": {"type": "string"}}},
            "values": {"x-kubernetes-preserve-unknown-fields": true},
            "seed": {"type": "string", "x-os": {"createOnly": true}},
            "below": {"type": "string", "x-os": {"apart": true}},
            "passwordSecretRef": {"type": "object", "x-os": {"secret": "text"}},
            "document": {"type": "string", "x-os": {"secret": "document"}},
        }})
    }

    fn filter(parameters: &Value, observation: &Value) -> Value {
        of(parameters, observation).unwrap().unwrap()["properties"]["filter"].take()
    }

    #[test]
    fn a_filter_has_the_scalars_that_a_service_tells_and_lists_of_them_and_no_secrets() {
        let fields = filter(&parameters(), &json!({}))["properties"].take();
        let names: Vec<_> = fields.as_object().unwrap().keys().map(String::as_str).collect();
        let references = ["networkIdRef", "networkIdSelector", "peerIdRefs", "peerIdSelector"];
        let mut wanted = ["fixedIps", "mode", "mtu", "name", "networkId", "peerIds", "shared", "tags"]
            .into_iter()
            .chain(references)
            .collect::<Vec<_>>();
        wanted.sort_unstable();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, wanted);
        assert_eq!(fields["name"], json!({"type": "string", "description": "Name in OpenStack."}));
        assert_eq!(fields["mtu"], json!({"type": "integer", "format": "int64", "minimum": 68}));
        assert_eq!(fields["mode"], json!({"type": "string", "enum": ["a", "b"]}));
        assert_eq!(fields["tags"], json!({"type": "array", "minItems": 1, "items": {"type": "string"}}));
        let address = json!({"ipAddress": {"type": "string", "description": "Address."}});
        assert_eq!(
            fields["fixedIps"]["items"],
            json!({"type": "object", "minProperties": 1, "properties": address})
        );
    }

    #[test]
    fn an_id_can_be_said_by_reference_as_in_for_provider_but_for_a_policy() {
        let fields = filter(&parameters(), &json!({}))["properties"].take();
        let of = |name: &str, at: &str| fields[name].pointer(at).unwrap().as_object().unwrap();
        let keys = |name, at| of(name, at).keys().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(keys("networkIdRef", "/properties"), ["name", "namespace"]);
        assert_eq!(keys("peerIdRefs", "/items/properties"), ["name", "namespace"]);
        let selector = ["matchControllerRef", "matchLabels", "namespace"];
        assert_eq!(keys("peerIdSelector", "/properties"), selector);
        let about = fields["networkIdRef"]["description"].as_str().unwrap();
        assert_eq!(about, "Reference to the Network that networkId is taken from.");
    }

    #[test]
    fn of_what_only_the_cloud_says_a_filter_has_the_project_alone() {
        let observation = json!({"properties": {"id": {"type": "string"}, "status": {"type": "string"},
            "projectId": {"type": "string", "description": "Project that owns it."}}});
        let fields = filter(&json!({"properties": {"name": {"type": "string"}}}), &observation);
        assert_eq!(fields["properties"]["projectId"]["description"], "Project that owns it.");
        assert_eq!(fields["properties"].as_object().unwrap().len(), 2);
        let own = json!({"properties": {"projectId": {"type": "string", "description": "Its own."}}});
        assert_eq!(filter(&own, &observation)["properties"]["projectId"]["description"], "Its own.");
    }

    #[test]
    fn a_filter_says_something_and_a_kind_that_tells_nothing_has_none() {
        let import = of(&parameters(), &json!({})).unwrap().unwrap();
        assert_eq!(import["required"], json!(["filter"]));
        assert_eq!(import["properties"]["filter"]["minProperties"], 1);
        let secret = json!({"properties": {"seed": {"type": "string", "x-os": {"createOnly": true}}}});
        assert_eq!(of(&secret, &json!({})).unwrap(), None);
        assert!(of(&json!({"properties": {"a": {"x-os": {"secret": "loud"}}}}), &json!({})).is_err());
    }
}
