//! What `kubectl explain` shows of a field: its doc comment, and sentences that follow from its options, so that nobody
//! has to write them by hand or can forget them.

use super::relations;
use crate::api::{field::FieldOptions, reference, schema::VALUES};
use serde_json::{Value, json};

/// Where a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `spec.forProvider`.
    ForProvider,
    /// `spec.initProvider`, where everything is said once: nothing is required, and nothing can be changed later.
    InitProvider,
    /// `status.atProvider`, of a field that is a parameter too: what it is, and not what setting it would do.
    AtProvider,
    /// `status.atProvider`, of a field that only the cloud sets.
    Observation,
}

/// Writes the descriptions of all fields, at whatever depth.
///
/// # Errors
/// A field's annotation can't be read.
pub(super) fn write(schema: &mut Value, place: Place) -> Result<(), serde_json::Error> {
    if let Some(items) = schema.get_mut("items") {
        write(items, place)?;
    }
    let Some(Value::Object(fields)) = schema.get_mut("properties") else { return Ok(()) };
    for (name, field) in fields {
        let text = text(name, field, place)?;
        if let (Value::Object(field), false) = (&mut *field, text.is_empty()) {
            field.insert("description".to_owned(), json!(text));
        }
        write(field, place)?;
    }
    Ok(())
}

fn text(name: &str, field: &Value, place: Place) -> Result<String, serde_json::Error> {
    let options = FieldOptions::of(field)?;
    let own = field.get("description").and_then(Value::as_str).unwrap_or_default();
    let mut sentences = match place {
        Place::AtProvider => vec![what(own)],
        Place::ForProvider | Place::InitProvider | Place::Observation => vec![own.to_owned()],
    };
    sentences.extend(values(field));
    if matches!(place, Place::ForProvider | Place::InitProvider) {
        sentences.extend(default_text(&options).map(|default| format!("Default: {default}.")));
        sentences.extend(options.since.as_ref().map(|since| format!("Needs microversion {since}.")));
    }
    if matches!(place, Place::ForProvider | Place::InitProvider) {
        sentences.extend(relations::sentences(&options));
    }
    if place == Place::ForProvider {
        sentences.extend(options.required.then(|| required(name, field, &options)));
        sentences.extend(options.immutable.then(|| "Can't be changed once set.".to_owned()));
        let too_late = options.immutable && options.create_only && !options.required;
        sentences.extend(too_late.then(|| "Set after creation, it has no effect.".to_owned()));
    }
    sentences.retain(|sentence| !sentence.is_empty());
    Ok(sentences.join(" "))
}

fn required(name: &str, field: &Value, options: &FieldOptions) -> String {
    if options.r#ref.is_none() {
        return "Required.".to_owned();
    }
    let reference::Siblings { reference, selector } = reference::Siblings::of_property(name, field);
    format!("Required, unless {reference} or {selector} is set.")
}

/// What a field is: its doc comment up to the first full stop or semicolon. What follows is about setting it.
pub(super) fn what(own: &str) -> String {
    let end = [". ", "; "].iter().filter_map(|end| own.find(end)).min();
    match end.and_then(|end| own.get(..end)) {
        Some(what) => format!("{what}."),
        None => own.to_owned(),
    }
}

/// What the values mean, a sentence each.
fn values(field: &Value) -> Vec<String> {
    let meanings = field.get(VALUES).and_then(Value::as_array).into_iter().flatten();
    meanings.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// A parameter's doc comment, with what its values mean and without what follows from its options.
pub fn about(field: &Value) -> String {
    let own = field.get("description").and_then(Value::as_str).unwrap_or_default();
    let sentences: Vec<_> = std::iter::once(own.to_owned()).chain(values(field)).collect();
    sentences.join(" ")
}

/// What OpenStack takes where a field is left out.
pub fn default_text(options: &FieldOptions) -> Option<String> {
    options.default.as_ref().map(|default| match default {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::schema::properties;

    fn described(place: Place, field: &Value) -> String {
        let mut schema = json!({"properties": {"networkId": field}});
        write(&mut schema, place).unwrap();
        properties(&schema).next().unwrap().1["description"].as_str().unwrap().to_owned()
    }

    #[test]
    fn what_follows_from_a_fields_options_stands_behind_its_doc_comment() {
        let field = json!({"type": "string", "description": "Id of a network; empty for none.", "x-os": {
            "required": true, "immutable": true, "since": "2.90", "default": "the cloud's choice", "ref": "network.Network"}});
        let wanted = "Id of a network; empty for none. Default: the cloud's choice. Needs microversion 2.90.";
        assert_eq!(
            described(Place::ForProvider, &field),
            format!(
                "{wanted} Required, unless networkIdRef or networkIdSelector is set. Can't be changed once set."
            )
        );
        assert_eq!(described(Place::InitProvider, &field), wanted);
        let plain =
            json!({"type": "boolean", "description": "A.", "x-os": {"required": true, "default": true}});
        assert_eq!(described(Place::ForProvider, &plain), "A. Default: true. Required.");
    }

    #[test]
    fn what_is_read_at_creation_only_says_that_it_can_come_too_late() {
        let field = |required: bool| {
            json!({"type": "string", "description": "A.", "x-os": {
            "immutable": true, "createOnly": true, "required": required}})
        };
        let late = "A. Can't be changed once set. Set after creation, it has no effect.";
        assert_eq!(described(Place::ForProvider, &field(false)), late);
        assert_eq!(described(Place::InitProvider, &field(false)), "A.");
        assert_eq!(described(Place::ForProvider, &field(true)), "A. Required. Can't be changed once set.");
    }

    #[test]
    fn a_status_field_says_what_it_is_and_not_what_setting_it_would_do() {
        for (own, shown) in [
            ("Address, such as 10.0.0.1/24; the cloud's choice.", "Address, such as 10.0.0.1/24."),
            ("Name. The managed resource's name at creation.", "Name."),
            ("Tags; a list replaces all. Others stay.", "Tags."),
            ("4 or 6.", "4 or 6."),
        ] {
            let field =
                json!({"type": "string", "description": own, "x-os": {"default": 1, "immutable": true}});
            assert_eq!(described(Place::AtProvider, &field), shown);
            assert_eq!(described(Place::Observation, &field), own, "written for the status");
        }
    }

    #[test]
    fn what_the_values_mean_is_shown_everywhere() {
        let field = json!({"type": "string", "description": "Which; any.", VALUES: ["b: Two.", "a: One."]});
        assert_eq!(described(Place::ForProvider, &field), "Which; any. b: Two. a: One.");
        assert_eq!(described(Place::AtProvider, &field), "Which. b: Two. a: One.");
    }

    #[test]
    fn fields_of_objects_and_of_lists_items_are_described_as_well() {
        let field = json!({"type": "object", "description": "A."});
        let inner = json!({"type": "object", "properties": {"a": {"type": "string", "description": "A; b.", "x-os": {"default": "c"}}}});
        let list = json!({"type": "array", "description": "L.", "items": inner.clone()});
        let mut schema = json!({"properties": {"plain": field, "list": list, "object": inner}});
        write(&mut schema, Place::ForProvider).unwrap();
        for at in ["/properties/list/items/properties/a", "/properties/object/properties/a"] {
            assert_eq!(schema.pointer(at).unwrap()["description"], "A; b. Default: c.", "{at}");
        }
    }
}
