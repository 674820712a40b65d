//! What all components have in common, checked against their facts.

use super::{
    chart::{Chart, Facts, Tell},
    glance::Glance,
    keystone::Keystone,
    mariadb::MariaDb,
    memcached::Memcached,
    neutron::Neutron,
    nova::Nova,
    placement::Placement,
    rabbitmq::RabbitMq,
    wire::Use,
    *,
};
use crate::api::schema;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

const FACTS: [&Facts; 8] = [
    &Glance::FACTS,
    &Keystone::FACTS,
    &MariaDb::FACTS,
    &Memcached::FACTS,
    &Neutron::FACTS,
    &Nova::FACTS,
    &Placement::FACTS,
    &RabbitMq::FACTS,
];

#[test]
fn kinds_are_in_order() {
    let names: Vec<_> = KINDS.iter().map(|kind| kind.info().kind).collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn a_component_is_given_just_what_its_wiring_takes() {
    for facts in FACTS {
        let shared = facts.shared_wiring.iter().flat_map(|wires| wires.iter());
        let wired = shared.chain(facts.wiring).map(|wire| wire.from);
        let told = facts.tells.iter().filter_map(|tell| match tell {
            Tell::Given { from, .. } => Some(*from),
            Tell::Secret { .. } | Tell::Fixed { .. } | Tell::Service { .. } => None,
        });
        let taken: BTreeSet<&str> = wired.chain(told).map(Use::field).collect();
        let required: BTreeSet<&str> =
            facts.given.requires.iter().flat_map(|group| group.iter()).copied().collect();
        assert_eq!(taken, required, "{}", facts.kind);
        let all = [Use::Database, Use::Messaging, Use::Cache, Use::Identity, Use::Passwords].map(Use::field);
        let lacking: BTreeSet<&str> = all.into_iter().filter(|field| !required.contains(field)).collect();
        assert_eq!(lacking, facts.given.without.iter().copied().collect(), "{}", facts.kind);
    }
}

/// Else its pods would stay with the chart's default through an upgrade.
#[test]
fn every_image_of_a_test_chart_follows_from_the_release_but_that_of_helm_test() {
    for facts in FACTS {
        let chart = facts.chart.unwrap();
        let values = format!("{}/tests/charts/{chart}/values.yaml", env!("CARGO_MANIFEST_DIR"));
        let values: Value = serde_saphyr::from_str(&fs::read_to_string(values).unwrap()).unwrap();
        let shared = facts.shared_images.iter().flat_map(|roles| roles.iter());
        let known: BTreeMap<&str, &str> =
            shared.chain(facts.images).map(|(role, image)| (*role, image.name())).collect();
        for (role, reference) in values["images"]["tags"].as_object().unwrap() {
            if role != "test" {
                let image = known.get(role.as_str()).unwrap_or_else(|| panic!("{chart}: {role}"));
                let named = reference.as_str().unwrap();
                assert!(named.contains(&format!("/{image}:")), "{chart}: {role} is {named}");
            }
        }
    }
}

#[test]
fn replicas_are_fields_of_the_kind_and_the_scaled_one_is_among_them() {
    for (facts, replicas) in FACTS.iter().zip([
        schema::of::<<Glance as Chart>::Replicas>(),
        schema::of::<<Keystone as Chart>::Replicas>(),
        schema::of::<<MariaDb as Chart>::Replicas>(),
        schema::of::<<Memcached as Chart>::Replicas>(),
        schema::of::<<Neutron as Chart>::Replicas>(),
        schema::of::<<Nova as Chart>::Replicas>(),
        schema::of::<<Placement as Chart>::Replicas>(),
        schema::of::<<RabbitMq as Chart>::Replicas>(),
    ]) {
        let fields: BTreeSet<&str> = schema::properties(&replicas).map(|(name, _)| name.as_str()).collect();
        assert_eq!(fields, facts.replicas.iter().map(|(field, _)| *field).collect(), "{}", facts.kind);
        let scaled = facts.scale.unwrap().replicas.strip_prefix("replicas.").unwrap();
        assert!(fields.contains(scaled), "{}: {scaled}", facts.kind);
    }
}

#[test]
fn what_the_connection_secret_has_is_what_the_facts_tell() {
    for facts in FACTS {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for tell in facts.tells {
            match tell {
                Tell::Secret { detail, .. } | Tell::Given { detail, .. } | Tell::Fixed { detail, .. } => {
                    told.insert(detail);
                }
                Tell::Service { .. } => told.extend(["endpoint", "port"]),
            }
        }
        let said: BTreeSet<&str> =
            facts.connection.iter().copied().filter(|key| *key != "clouds.yaml").collect();
        assert_eq!(told, said, "{}", facts.kind);
    }
}

#[test]
fn a_spec_has_no_field_for_what_the_component_does_not_use() {
    let crd = KINDS.iter().find(|kind| kind.info().kind == "MariaDB").unwrap().crd().unwrap();
    let fields = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
        ["forProvider"]["properties"];
    assert!(
        fields.get("passwordsSelector").is_some() && fields.get("identityConnectionRef").is_none(),
        "{fields}"
    );
}
