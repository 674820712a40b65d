//! What a resource can depend on, and what of that it names: by reference, or by an id. Pure.

use crate::{
    api::{
        field::Yields,
        managed::Managed,
        reference::{Reference, Siblings},
        secret,
    },
    kind::shape::{Field, Node, Shape},
    runtime::base::keys::ObjectKey,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What a resource depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A managed resource by name, whether it exists or not.
    Resource {
        /// `service.Kind`.
        kind: String,
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
    },
    /// Any managed resource of a kind in a namespace: what a selector chooses from.
    AnyOf {
        /// `service.Kind`.
        kind: String,
        /// Namespace.
        namespace: String,
    },
    /// An external resource, whoever manages it: an id may be written by hand.
    External {
        /// `service.Kind`.
        kind: String,
        /// Its id or name in the cloud.
        external_name: String,
    },
    /// A Secret, whoever writes it.
    Secret {
        /// Namespace.
        namespace: String,
        /// Name.
        name: String,
    },
}

impl Target {
    /// This managed resource.
    pub fn resource(key: &ObjectKey) -> Self {
        let ObjectKey { kind, namespace, name } = key.clone();
        Self::Resource { kind: kind.to_owned(), namespace, name }
    }

    /// What this managed resource stands for, if it has this external-name.
    pub fn external(key: &ObjectKey, external_name: &str) -> Self {
        Self::External { kind: key.kind.to_owned(), external_name: external_name.to_owned() }
    }

    /// The connection secret of a managed resource, if it has one.
    pub fn connection_secret(object: &Managed) -> Option<Self> {
        let name = object.spec.write_connection_secret_to_ref.as_ref()?.name.clone();
        Some(Self::Secret { namespace: object.metadata.namespace.clone(), name })
    }
}

/// All that a resource names in its spec, in the filter by which it looks for its object, and in its status what the cloud
/// says of the same fields: a port's subnet may stand there only.
pub fn named_by(shape: &Shape, object: &Managed) -> BTreeSet<Target> {
    let (spec, namespace) = (&object.spec, object.metadata.namespace.as_str());
    let mut named = BTreeSet::new();
    let said = [&spec.for_provider, &spec.init_provider, &object.status.at_provider];
    for fields in said.into_iter().chain(object.sought()) {
        collect(shape, namespace, fields, &mut named);
    }
    named
}

/// Adds all that these fields of a resource in this namespace name.
pub fn collect(shape: &Shape, namespace: &str, fields: &Map<String, Value>, named: &mut BTreeSet<Target>) {
    for field in &shape.fields {
        let value = fields.get(&field.name);
        if let Some(kind) = &field.options.r#ref {
            let list = matches!(field.node, Node::List(_));
            let reference = fields.get(&Siblings::of(&field.name, list).reference);
            let of_kind = |reference: Reference| Target::Resource {
                kind: kind.clone(),
                namespace: reference.namespace.unwrap_or_else(|| namespace.to_owned()),
                name: reference.name,
            };
            if value.is_none() && fields.contains_key(&Siblings::of(&field.name, list).selector) {
                named.insert(Target::AnyOf { kind: kind.clone(), namespace: namespace.to_owned() });
            }
            named.extend(one_or_many(reference).into_iter().map(of_kind));
            if field.options.yields == Yields::ExternalName {
                let by_id = |external_name| Target::External { kind: kind.clone(), external_name };
                named.extend(one_or_many(value).into_iter().map(by_id));
            }
        }
        if let Some(value) = value {
            let secret = |name| Target::Secret { namespace: namespace.to_owned(), name };
            named.extend(secrets(field, value).into_iter().map(secret));
            inside(&field.node, namespace, value, named);
        }
    }
}

/// Can resources of this shape refer to Secrets? Only fields of the top level do.
pub fn may_name_secrets(shape: &Shape) -> bool {
    let names =
        |field: &Field| field.options.secret.is_some() || field.options.yields == Yields::ConnectionSecret;
    shape.fields.iter().any(names)
}

/// Names of the Secrets that a field refers to.
fn secrets(field: &Field, value: &Value) -> Vec<String> {
    match (field.options.secret, field.options.yields) {
        (Some(form), _) => secret::named(form, value),
        (None, Yields::ConnectionSecret) => one_or_many(Some(value)),
        (None, Yields::ExternalName) => vec![],
    }
}

fn inside(node: &Node, namespace: &str, value: &Value, named: &mut BTreeSet<Target>) {
    match (node, value) {
        (Node::Object(shape), Value::Object(fields)) => collect(shape, namespace, fields, named),
        (Node::List(node), Value::Array(items)) => {
            items.iter().for_each(|item| inside(node, namespace, item, named));
        }
        (Node::Leaf | Node::Map | Node::Object(_) | Node::List(_), _) => {}
    }
}

/// What can't be read names nothing; the resolver says so.
pub(super) fn one_or_many<T: DeserializeOwned>(value: Option<&Value>) -> Vec<T> {
    let all = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    all.iter().filter_map(|one| T::deserialize(one).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shape() -> Shape {
        let id = json!({"type": "string", "x-os": {"ref": "network.Network"}});
        let ids = json!({"type": "array", "items": {"type": "string"}, "x-os": {"ref": "network.Subnet"}});
        let items = json!({"type": "array", "items": {"type": "object", "properties": {"networkId": id}}});
        let connection = json!({"type": "string", "x-os": {"ref": "component.MariaDB", "yields": "connectionSecret", "secret": "document"}});
        let plain =
            json!({"type": "string", "x-os": {"ref": "component.MariaDB", "yields": "connectionSecret"}});
        let password = json!({"type": "object", "x-os": {"secret": "text"}});
        let all = json!({"networkId": id, "subnetIds": ids, "fixed": items, "name": {"type": "string"},
            "databaseConnection": connection, "other": plain, "passwordSecretRef": password});
        Shape::of(&json!({"properties": all})).unwrap()
    }

    fn external(kind: &str, id: &str) -> Target {
        Target::External { kind: kind.into(), external_name: id.into() }
    }

    fn resource(kind: &str, namespace: &str, name: &str) -> Target {
        Target::Resource { kind: kind.into(), namespace: namespace.into(), name: name.into() }
    }

    fn named(object: Value) -> BTreeSet<Target> {
        named_by(&shape(), &serde_json::from_value(object).unwrap())
    }

    #[test]
    fn ids_and_references_are_named_wherever_they_stand_and_other_fields_are_not() {
        let spec = json!({"forProvider": {"networkId": "i", "name": "j", "subnetIdRefs": [{"name": "s", "namespace": "b"}],
                "fixed": [{"networkIdRef": {"name": "n"}}, {"networkId": "k"}]},
            "initProvider": {"subnetIds": ["l", "m"]}});
        let found = named(json!({"metadata": {"namespace": "a"}, "spec": spec,
            "status": {"atProvider": {"fixed": [{"networkId": "o"}], "portId": "p"}}}));
        let ids = |kind, ids: &[&str]| ids.iter().map(|id| external(kind, id)).collect::<BTreeSet<_>>();
        let mut all = ids("network.Network", &["i", "k", "o"]);
        all.extend(ids("network.Subnet", &["l", "m"]));
        all.extend([resource("network.Subnet", "b", "s"), resource("network.Network", "a", "n")]);
        assert_eq!(found, all);
    }

    #[test]
    fn a_connection_secret_is_named_as_a_secret_and_its_reference_as_a_resource() {
        let found = named(json!({"metadata": {"namespace": "a"}, "spec": {"forProvider": {
            "databaseConnection": "db", "databaseConnectionRef": {"name": "mariadb"}, "other": "plain",
            "passwordSecretRef": {"name": "pw", "key": "k"}}}}));
        let secret = |name: &str| Target::Secret { namespace: "a".into(), name: name.into() };
        let reference = resource("component.MariaDB", "a", "mariadb");
        assert_eq!(found, [secret("db"), secret("plain"), secret("pw"), reference].into());
    }

    #[test]
    fn what_has_an_unexpected_form_names_nothing() {
        let fields = json!({"networkId": 7, "networkIdRef": "n", "subnetIds": {"a": "b"}, "fixed": "x"});
        assert_eq!(named(json!({"spec": {"forProvider": fields}})), BTreeSet::new());
    }
}
