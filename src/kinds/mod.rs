//! The registry of kinds. Adding one: its file, its line here, its example.

pub mod blockstorage;
pub mod compute;
pub mod fault;
pub mod hints;
pub mod identity;
pub mod image;
pub mod network;
pub mod provider;

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
        Box::new(Erased::<compute::volume_attachment::VolumeAttachment>::new()),
        Box::new(Erased::<image::image::Image>::new()),
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
    use crate::{
        api::field::FieldOptions,
        kind::{
            Goal, MarkerPlace, Meta, Step,
            any::{AnyKey, Observed},
            marker::Marker,
            request::Read,
            shape::{Node, Shape},
        },
    };
    use serde_json::{Map, Value, json};
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
                let FieldOptions { r#ref: Some(target), .. } = &field.options else { continue };
                assert!(KINDS.iter().any(|k| k.id() == target), "{kind}.{}: no kind {target}", field.name);
            }
        }
        for kind in KINDS.iter() {
            check(kind.id(), &kind.shapes().unwrap().params);
        }
    }

    /// Fields that hold ids of what is no kind yet: the kind.
    const KIND_TO_COME: &[(&str, &str)] = &[
        ("blockstorage.Volume.backupId", "blockstorage.VolumeBackup"),
        ("blockstorage.Volume.groupId", "blockstorage.VolumeGroup"),
        ("blockstorage.Volume.snapshotId", "blockstorage.BlockStorageSnapshot"),
        ("compute.Server.blockDeviceMappings.snapshotId", "blockstorage.BlockStorageSnapshot"),
        ("network.FloatingIP.qosPolicyId", "network.QoSPolicy"),
        ("network.Network.qosPolicyId", "network.QoSPolicy"),
        ("network.Port.qosPolicyId", "network.QoSPolicy"),
        ("network.Router.externalGatewayInfo.qosPolicyId", "network.QoSPolicy"),
        ("network.Router.flavorId", "network.NetworkFlavor"),
        ("network.SecurityGroupRule.remoteAddressGroupId", "network.AddressGroup"),
        ("network.Subnet.segmentId", "network.Segment"),
        ("network.Subnet.subnetpoolId", "network.SubnetPool"),
    ];

    /// Fields whose ids are nobody's external-name: why.
    const NO_REFERENCE: &[(&str, &str)] = &[
        ("compute.Flavor.flavorId", "its own id"),
        ("identity.ApplicationCredential.accessRules.ruleId", "made with the credentials that have the rule"),
        ("identity.Domain.explicitDomainId", "its own id"),
        ("identity.Region.regionId", "its own id"),
        ("image.Image.imageId", "its own id"),
        ("identity.User.federated.idpId", "a name that administrators chose"),
        ("identity.User.federated.protocols.protocolId", "a name that administrators chose"),
        ("identity.User.federated.protocols.uniqueId", "the identity provider's"),
        ("network.Network.providerSegmentationId", "a number on the wire"),
        ("network.Network.segments.providerSegmentationId", "a number on the wire"),
        ("network.Port.bindingHostId", "a host's name"),
        ("network.Port.deviceId", "set by whoever attaches the port"),
    ];

    #[test]
    fn every_field_that_holds_an_id_can_be_given_by_reference_or_says_why_not() {
        fn without_reference(at: &str, shape: &Shape, found: &mut BTreeSet<String>) {
            for field in &shape.fields {
                let at = format!("{at}.{}", field.name);
                let id = field.name.ends_with("Id") || field.name.ends_with("Ids");
                if id && field.options.r#ref.is_none() {
                    found.insert(at.clone());
                }
                let node = if let Node::List(items) = &field.node { items } else { &field.node };
                if let Node::Object(shape) = node {
                    without_reference(&at, shape, found);
                }
            }
        }
        let (mut found, listed) = (BTreeSet::new(), KIND_TO_COME.iter().chain(NO_REFERENCE));
        for kind in KINDS.iter() {
            without_reference(kind.id(), &kind.shapes().unwrap().params, &mut found);
        }
        let listed: BTreeSet<_> = listed.map(|(field, _)| (*field).to_owned()).collect();
        assert_eq!(found, listed, "left: without a reference, right: listed as such");
        for (field, kind) in KIND_TO_COME {
            assert!(KINDS.iter().all(|k| k.id() != *kind), "{field} can refer to {kind} now");
        }
    }

    #[test]
    fn an_update_of_the_markers_place_alone_carries_our_marker_for_every_kind_whose_place_can_be_updated() {
        let mine = Marker { uid: "u".into(), owner: "mine".into() };
        let meta =
            Meta { namespace: "a", name: "n", external_name: Some("i"), marker: &mine, creating: false };
        let mut fixed = vec![];
        for kind in KINDS
            .iter()
            .filter(|kind| matches!(kind.info().marker, MarkerPlace::Description | MarkerPlace::Metadata))
        {
            let have = json!({"id": "i", "description": "d", "metadata": {"a": "b"}, "status": "available",
                "powerState": "active"});
            let have = serde_json::from_value::<Map<String, Value>>(have).unwrap();
            let known = &kind.shapes().unwrap();
            let known = |name: &String| known.params.field(name).or(known.state.field(name)).is_some();
            let at_provider: Map<_, _> = have.into_iter().filter(|(name, _)| known(name)).collect();
            let marker = Some(Marker { uid: "u".into(), owner: "theirs".into() });
            let observed = Observed { at_provider, marker };
            let Some((params, diff)) = kind.remarking(&Map::new(), &observed).unwrap() else {
                fixed.push(kind.id());
                continue;
            };
            let key = AnyKey::new(&params, meta, kind.shapes().unwrap());
            let step = kind.step(Goal::Match, &key, Some(&observed), &diff).unwrap();
            let Step::Send(request) = step else { panic!("{}: {step:?}", kind.id()) };
            assert!(request.body.unwrap().to_string().contains(&mine.text()), "{}", kind.id());
        }
        assert_eq!(
            fixed,
            ["identity.ApplicationCredential", "network.SecurityGroupRule"],
            "these can't be changed at all"
        );
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

    fn listed(kind: &str, path: &str) -> Option<(String, String)> {
        let kind = KINDS.iter().find(|k| k.id() == kind).unwrap();
        let item = kind.listed(&Read::Get { path: path.to_owned() })?;
        let request = item.collection.request();
        let query: Vec<_> = request.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        Some((format!("{}?{}", request.path, query.join("&")), item.id))
    }

    #[test]
    fn an_object_is_found_in_the_list_that_tells_as_much_as_its_own_get() {
        for (kind, path, list) in [
            ("network.Network", "/networks/i", Some("/networks?")),
            ("network.SecurityGroupRule", "/security-group-rules/i", Some("/security-group-rules?")),
            // Whose object is another kind's.
            ("network.RouterInterface", "/ports/i", Some("/ports?")),
            ("compute.Server", "/servers/i", Some("/servers/detail?")),
            ("compute.Flavor", "/flavors/i", Some("/flavors/detail?is_public=None")),
            ("blockstorage.Volume", "/volumes/i", Some("/volumes/detail?")),
            ("blockstorage.VolumeType", "/types/i", Some("/types?is_public=None")),
            ("identity.Project", "/projects/i", Some("/projects?")),
            // The assignment's address is no place in a collection.
            ("identity.RoleAssignment", "/projects/p/users/u/roles/i", None),
            ("network.Network", "/networks", None),
            ("network.Network", "/networks/", None),
            ("network.Network", "/networks/i/tags", None),
        ] {
            let want = list.map(|list| (list.to_owned(), "i".to_owned()));
            assert_eq!(listed(kind, path), want, "{kind} {path}");
        }
    }
}
