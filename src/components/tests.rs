//! What all components have in common, checked against their facts.

mod complete;
mod record;
mod rights;

use super::{chart::Facts, tell::Tell, wire::Use, *};
use crate::api::schema;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Facts of every component that has a chart of its own.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static Facts)> {
    ALL.iter().filter_map(|known| Some((known.facts.chart?, known.facts)))
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn a_component_is_given_just_what_its_wiring_takes() {
    for (_, facts) in all() {
        let told = facts.tells.iter().filter_map(|tell| match tell {
            Tell::Given { from, .. } => Some(*from),
            Tell::Secret { .. } | Tell::Fixed { .. } | Tell::Service { .. } | Tell::Url { .. } => None,
        });
        let taken: BTreeSet<&str> = facts.wires().map(|wire| wire.from).chain(told).map(Use::field).collect();
        let required: BTreeSet<&str> =
            facts.given.requires.iter().flat_map(|group| group.iter()).copied().collect();
        assert_eq!(taken, required, "{}", facts.kind);
        let all = [Use::Database, Use::Messaging, Use::Cache, Use::Identity, Use::Passwords].map(Use::field);
        let mut lacking: BTreeSet<&str> = all.into_iter().filter(|field| !required.contains(field)).collect();
        if lacking.contains("passwords") {
            lacking.extend(["passwordGenerations", "formerAccounts"]);
        }
        assert_eq!(lacking, facts.given.without.iter().copied().collect(), "{}", facts.kind);
    }
}

/// Else its pods would stay with the chart's default through an upgrade.
#[test]
fn every_image_of_a_test_chart_follows_from_the_release_but_that_of_helm_test() {
    let charts = fs::read_dir(checkout().join("tests/charts")).unwrap();
    let mut read = 0;
    for folder in charts.map(|folder| folder.unwrap().path()) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let Some((_, facts)) = all().find(|(chart, _)| *chart == name) else { continue };
        let values: Value =
            serde_saphyr::from_str(&fs::read_to_string(folder.join("values.yaml")).unwrap()).unwrap();
        let known: BTreeMap<&str, &str> = facts.roles().map(|(role, image)| (*role, image.name())).collect();
        for (role, reference) in values["images"]["tags"].as_object().unwrap() {
            if role != "test" {
                let image = known.get(role.as_str()).unwrap_or_else(|| panic!("{name}: {role}"));
                let named = reference.as_str().unwrap();
                assert!(named.contains(&format!("/{image}:")), "{name}: {role} is {named}");
            }
        }
        read += 1;
    }
    assert!(read >= 14, "the charts moved: {read} found");
}

#[test]
fn replicas_are_fields_of_the_kind_and_the_scaled_one_is_among_them() {
    for known in ALL.iter() {
        let (facts, replicas) = (known.facts, (known.replicas)());
        let fields: BTreeSet<&str> = schema::properties(&replicas).map(|(name, _)| name.as_str()).collect();
        assert_eq!(fields, facts.replicas.iter().map(|(field, _)| *field).collect(), "{}", facts.kind);
        if let Some(scaled) = facts.scale {
            let field = scaled.replicas.strip_prefix("replicas.").unwrap();
            assert!(fields.contains(field), "{}: {field}", facts.kind);
        }
    }
}

#[test]
fn what_the_connection_secret_has_is_what_the_facts_tell() {
    for (_, facts) in all() {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for tell in facts.tells {
            match tell {
                Tell::Secret { detail, .. } | Tell::Given { detail, .. } | Tell::Fixed { detail, .. } => {
                    told.insert(detail);
                }
                Tell::Service { .. } => told.extend(["endpoint", "port"]),
                Tell::Url { .. } => told.extend(["url"]),
            }
        }
        let said: BTreeSet<&str> =
            facts.connection.iter().copied().filter(|key| *key != "clouds.yaml").collect();
        assert_eq!(told, said, "{}", facts.kind);
    }
}

#[test]
fn a_password_of_a_form_of_its_own_is_one_that_the_component_takes() {
    for (_, facts) in all() {
        let taken: BTreeSet<_> = facts.passwords().collect();
        for (name, _, _) in facts.formats {
            assert!(taken.contains(name), "{}: {name}", facts.kind);
        }
    }
}

#[test]
fn a_spec_has_no_field_for_what_the_component_does_not_use() {
    let fields = |kind: &str| {
        let crd = KINDS.iter().find(|known| known.info().kind == kind).unwrap().crd().unwrap();
        crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
            ["forProvider"]["properties"]
            .clone()
    };
    let mariadb = fields("MariaDB");
    assert!(
        mariadb.get("passwordsSelector").is_some() && mariadb.get("identityConnectionRef").is_none(),
        "{mariadb}"
    );
    let libvirt = fields("Libvirt");
    assert!(libvirt.get("passwords").is_none() && libvirt.get("chart").is_some(), "{libvirt}");
}
