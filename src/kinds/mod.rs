//! The registry of kinds. Adding one: its file, its line here, its example.

pub mod blockstorage;
pub mod compute;
pub mod extra_specs;
pub mod identity;
pub mod network;

use crate::kind::any::{AnyKind, Erased};
use std::sync::LazyLock;

/// Every kind, by service and name.
pub static KINDS: LazyLock<Vec<Box<dyn AnyKind>>> = LazyLock::new(|| {
    vec![
        Box::new(Erased::<identity::application_credential::ApplicationCredential>::new()),
        Box::new(Erased::<identity::catalog_endpoint::CatalogEndpoint>::new()),
        Box::new(Erased::<identity::catalog_service::CatalogService>::new()),
        Box::new(Erased::<identity::domain::Domain>::new()),
        Box::new(Erased::<identity::identity_group::IdentityGroup>::new()),
        Box::new(Erased::<identity::identity_role::IdentityRole>::new()),
        Box::new(Erased::<identity::project::Project>::new()),
        Box::new(Erased::<identity::region::Region>::new()),
        Box::new(Erased::<identity::role_assignment::RoleAssignment>::new()),
        Box::new(Erased::<identity::user::User>::new()),
        Box::new(Erased::<network::floating_ip::FloatingIp>::new()),
        Box::new(Erased::<blockstorage::volume::Volume>::new()),
        Box::new(Erased::<blockstorage::volume_type::VolumeType>::new()),
        Box::new(Erased::<compute::flavor::Flavor>::new()),
        Box::new(Erased::<compute::key_pair::KeyPair>::new()),
        Box::new(Erased::<compute::server::Server>::new()),
        Box::new(Erased::<compute::server_group::ServerGroup>::new()),
        Box::new(Erased::<network::network::Network>::new()),
        Box::new(Erased::<network::port::Port>::new()),
        Box::new(Erased::<network::router::Router>::new()),
        Box::new(Erased::<network::router_interface::RouterInterface>::new()),
        Box::new(Erased::<network::security_group::SecurityGroup>::new()),
        Box::new(Erased::<network::security_group_rule::SecurityGroupRule>::new()),
        Box::new(Erased::<network::subnet::Subnet>::new()),
    ]
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::field::Facts, kind::shape::Shape};
    use std::collections::BTreeSet;

    #[test]
    fn every_name_is_unique() {
        let mut seen = BTreeSet::new();
        for kind in KINDS.iter() {
            assert!(seen.insert(kind.id().to_owned()), "{} twice", kind.id());
            assert!(seen.insert(format!("{}.{}", kind.info().plural, kind.info().service.group)));
        }
    }

    #[test]
    fn every_annotation_can_be_read_and_every_reference_leads_to_a_kind() {
        fn check(kind: &str, shape: &Shape) {
            for field in &shape.fields {
                let Facts { r#ref: Some(target), .. } = &field.facts else { continue };
                assert!(KINDS.iter().any(|k| k.id() == target), "{kind}.{}: no kind {target}", field.name);
            }
        }
        for kind in KINDS.iter() {
            check(kind.id(), &kind.shapes().unwrap().params);
        }
    }

    #[test]
    fn mr_10_every_kind_tells_its_id_and_every_field_is_documented() {
        fn undocumented(schema: &serde_json::Value, at: &str, found: &mut Vec<String>) {
            if !at.is_empty() && schema.get("description").is_none() && schema.get("$ref").is_none() {
                found.push(at.to_owned());
            }
            for (name, property) in schema.get("properties").and_then(|p| p.as_object()).into_iter().flatten()
            {
                undocumented(property, &format!("{at}.{name}"), found);
            }
            if let Some(properties) = schema.pointer("/items/properties").and_then(|p| p.as_object()) {
                for (name, property) in properties {
                    undocumented(property, &format!("{at}[].{name}"), found);
                }
            }
        }
        for kind in KINDS.iter() {
            let crd = kind.crd().unwrap();
            let schema = crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties").unwrap();
            assert!(
                schema.pointer("/status/properties/atProvider/properties/id").is_some(),
                "UP-1 {}",
                kind.id()
            );
            let mut found = vec![];
            for part in ["spec", "status"] {
                undocumented(&schema[part], part, &mut found);
            }
            assert_eq!(found, Vec::<String>::new(), "{}", kind.id());
        }
    }
}
