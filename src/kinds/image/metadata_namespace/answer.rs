//! What Glance's answers mean.

use super::fields::MetadataNamespaceParameters;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

type Properties = Option<BTreeMap<String, Value>>;

/// Shows the defaults of properties as the spec has them: Glance keeps them as texts.
pub(super) fn defaults(wanted: &MetadataNamespaceParameters, namespace: &mut Map<String, Value>) {
    as_wanted(namespace.get_mut("properties"), &wanted.properties);
    let objects = namespace.get_mut("objects").and_then(Value::as_array_mut);
    for object in objects.into_iter().flatten() {
        let name = object.get("name").and_then(Value::as_str);
        let wanted = wanted.objects.iter().flatten().find(|wanted| wanted.name.as_deref() == name);
        if let Some(wanted) = wanted {
            as_wanted(object.get_mut("properties"), &wanted.properties);
        }
    }
}

fn as_wanted(told: Option<&mut Value>, wanted: &Properties) {
    for (name, property) in told.and_then(Value::as_object_mut).into_iter().flatten() {
        let wanted = wanted.as_ref().and_then(|wanted| wanted.get(name)?.get("default"));
        if let (Some(told), Some(wanted)) = (property.get_mut("default"), wanted)
            && spelt(wanted).is_some_and(|text| *told == json!(text))
        {
            *told = wanted.clone();
        }
    }
}

/// As Python spells it.
fn spelt(value: &Value) -> Option<String> {
    match value {
        Value::Bool(true) => Some("True".to_owned()),
        Value::Bool(false) => Some("False".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
