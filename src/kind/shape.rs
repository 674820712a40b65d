//! The compiled form of a kind's schema: what the generic code walks to recase, compare and resolve values.

use super::normalise;
use crate::api::{
    field::{FieldOptions, Normalise},
    secret,
};
use serde_json::Value;

/// An object: its fields in name order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// The fields.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// camelCase name in Kubernetes.
    pub name: String,
    /// Name in the OpenStack API.
    pub wire: String,
    /// Structure of its value.
    pub node: Node,
    /// What else it is.
    pub options: FieldOptions,
}

/// Structure of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A scalar.
    Leaf,
    /// An object with known fields.
    Object(Shape),
    /// A list.
    List(Box<Node>),
    /// Free keys, passed on as they are.
    Map,
}

impl Shape {
    /// Compiles an annotated schema.
    ///
    /// # Errors
    /// An `x-os` annotation can't be read.
    pub fn of(schema: &Value) -> Result<Self, serde_json::Error> {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let fields = properties.map(|(name, property)| {
            let options = FieldOptions::of(property)?;
            let stem = if options.secret.is_some() { name.strip_suffix(secret::SUFFIX) } else { None };
            let wire = options.wire.clone().unwrap_or_else(|| snake_case(stem.unwrap_or(name)));
            Ok(Field { name: name.clone(), wire, node: Node::of(property)?, options })
        });
        Ok(Self { fields: fields.collect::<Result<_, serde_json::Error>>()? })
    }

    /// A field by its Kubernetes name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }
}

impl Node {
    fn of(schema: &Value) -> Result<Self, serde_json::Error> {
        Ok(match schema.get("type").and_then(Value::as_str) {
            Some("object") if schema.get("properties").is_some() => Self::Object(Shape::of(schema)?),
            Some("object") => Self::Map,
            Some("array") => Self::List(Box::new(schema.get("items").map_or(Ok(Self::Leaf), Self::of)?)),
            Some(_) | None => Self::Leaf,
        })
    }
}

impl Field {
    /// A scalar brought to the form in which two spellings of one value are equal.
    pub fn normal(&self, value: &Value) -> Value {
        match (self.options.normalise, value) {
            (Some(Normalise::Cidr), Value::String(s)) => Value::String(normalise::cidr(s)),
            (Some(Normalise::Ip), Value::String(s)) => Value::String(normalise::ip(s)),
            (Some(Normalise::Lowercase), Value::String(s)) => Value::String(s.to_lowercase()),
            (Some(Normalise::Trimmed), Value::String(s)) => Value::String(s.trim().to_owned()),
            (Some(Normalise::Time), Value::String(s)) => Value::String(normalise::time(s)),
            (_, Value::Number(number)) => Value::Number(normalise::number(number)),
            (Some(_) | None, other) => other.clone(),
        }
    }
}

/// `ipv6RaMode` → `ipv6_ra_mode`.
pub fn snake_case(camel: &str) -> String {
    let mut snake = String::with_capacity(camel.len() + 4);
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fields_wire_name_is_its_snake_case_unless_the_kind_says_otherwise() {
        let shape = Shape::of(&json!({"properties": {
            "adminStateUp": {"type": "boolean"},
            "ipv6RaMode": {"type": "string"},
            "external": {"type": "boolean", "x-os": {"wire": "router:external"}},
        }}))
        .unwrap();
        let wire: Vec<_> = shape.fields.iter().map(|f| f.wire.as_str()).collect();
        assert_eq!(wire, ["admin_state_up", "router:external", "ipv6_ra_mode"]);
    }

    #[test]
    fn a_secrets_wire_name_is_that_of_the_value_and_not_of_the_reference() {
        let schema =
            json!({"properties": {"passwordSecretRef": {"type": "object", "x-os": {"secret": "text"}}}});
        assert_eq!(Shape::of(&schema).unwrap().fields[0].wire, "password");
    }

    #[test]
    fn a_misspelt_annotation_is_an_error_and_not_ignored() {
        let schema = json!({"properties": {"a": {"type": "string", "x-os": {"imutable": true}}}});
        assert!(Shape::of(&schema).unwrap_err().to_string().contains("imutable"));
    }
}
