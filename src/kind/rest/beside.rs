//! Free fields that lie beside the others on the wire, and in a map of their own in Kubernetes.

use crate::kind::key::Shapes;
use serde_json::{Map, Value};

/// Takes a map out of the object and puts its content beside the other fields, which win.
pub fn spread(object: &mut Map<String, Value>, map: &str) {
    if let Some(Value::Object(free)) = object.remove(map) {
        for (name, value) in free {
            object.entry(name).or_insert(value);
        }
    }
}

/// Puts all texts that the kind does not know into this map; those of `others` belong to the service.
pub fn collect(object: &mut Map<String, Value>, map: &str, shapes: &Shapes, others: impl Fn(&str) -> bool) {
    let fields = shapes.params.fields.iter().chain(&shapes.state.fields);
    let known = |name: &str| name != map && (others(name) || fields.clone().any(|f| f.wire == name));
    let free: Map<_, _> = object
        .iter()
        .filter(|(name, value)| value.is_string() && !known(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    object.insert(map.to_owned(), Value::Object(free));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::shape::Shape;
    use serde_json::json;

    #[test]
    fn free_fields_are_collected_into_their_map_and_spread_again_without_displacing_others() {
        let params = json!({"properties": {"name": {"type": "string"}, "extra": {"type": "object"}}});
        let shapes = Shapes { params: Shape::of(&params).unwrap(), state: Shape::default() };
        let mut object: Map<_, _> = serde_json::from_value(
            json!({"name": "n", "links": "l", "desk": "4", "floor": 2, "extra": "mine"}),
        )
        .unwrap();
        collect(&mut object, "extra", &shapes, |name| name == "links");
        assert_eq!(object["extra"], json!({"desk": "4", "extra": "mine"}));
        let mut body: Map<_, _> =
            serde_json::from_value(json!({"name": "n", "extra": {"desk": "4", "name": "other"}})).unwrap();
        spread(&mut body, "extra");
        assert_eq!(Value::Object(body), json!({"name": "n", "desk": "4"}));
    }
}
