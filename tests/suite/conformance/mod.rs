//! Every kind of the registry, by the same checks, on real services: one table, kind × check.
//!
//! A case is a kind's example, or a spec of its own where the example's credentials can't show something, and a row
//! (`network.rs` and its neighbours) that says, in the API's own words, what must then be in the cloud. Rows are written
//! from the API reference and not from the kind, so that the two can disagree. They are compared with what openstacksdk sees.

mod case;
mod checks;
mod compute;
mod identity;
mod image;
mod network;
mod network_further;
mod network_services;
mod placement;
mod storage;
mod table;

use crate::world::{checkout, world};
use case::{Case, objects, snake};
use kupenstack::{
    generate::coverage::{Tested, tested},
    kinds::KINDS,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use table::Table;

/// What is true of a kind's example in the cloud.
#[derive(Default)]
pub struct Row {
    /// `service.Kind`.
    pub kind: &'static str,
    /// Service, as openstacksdk names it.
    pub service: &'static str,
    /// Where one is found: `{id}` is its external-name, other names are of `status.atProvider`.
    pub path: &'static str,
    /// Key of the body; empty if there is none.
    pub key: &'static str,
    /// Name and `spec` of a resource that is not the kind's example.
    pub name: &'static str,
    pub own: Value,
    /// Fields of the example's `forProvider` that are different on the rig. A name that nothing else of the cloud may have is one of
    /// conformance's own: people try the examples there too.
    pub instead: Value,
    /// What the created object has.
    pub created: Value,
    /// Keys of its connection secret.
    pub keys: &'static [&'static str],
    /// Change of `forProvider`. `@service.Kind/name` stands for that resource's id, `@unique` for a name that nothing ever had.
    pub change: Value,
    /// What the changed object has.
    pub changed: Value,
    /// Drift: method, path and body of a request by somebody else. It must be undone.
    pub drift: Option<(&'static str, &'static str, Value)>,
    /// Change of `forProvider` that protects it from deletion; also what the object then has.
    pub guard: Value,
    /// What its place has once it is deleted, where that outlives it: it is a part of another object.
    pub after: Value,
    /// Mutable fields that no row of the kind changes, each with the reason.
    pub left: &'static [(&'static str, &'static str)],
    /// It is there without a managed resource as well.
    pub stays: bool,
    /// It is looked at and interfered with by the example's own user: an administrator is not shown it, or what he adds is his.
    pub by_owner: bool,
    /// Its readiness is a status that only the rig's own driver sets.
    pub rigged: bool,
}

impl Row {
    /// A kind, and where its objects are found.
    fn of(kind: &'static str, service: &'static str, path: &'static str, key: &'static str) -> Self {
        Self { kind, service, path, key, created: json!({}), ..Self::default() }
    }

    /// The same kind once more, with a spec of its own for an administrator or, if not, for the example's user.
    fn also(self, name: &'static str, config: &str, for_provider: &Value) -> Self {
        let config = json!({"kind": "ClusterProviderConfig", "name": config});
        Self { name, own: json!({"forProvider": for_provider, "providerConfigRef": config}), ..self }
    }
}

/// Examples that others need, of kinds that have an example of their own.
const BESIDE: [&str; 2] = ["examples/network/external_network.yaml", "examples/secrets/secrets.yaml"];

fn rows() -> Vec<Row> {
    let services = [
        identity::rows(),
        network::rows(),
        network_further::rows(),
        network_services::rows(),
        compute::rows(),
        storage::rows(),
        image::rows(),
        placement::rows(),
    ];
    services.into_iter().flatten().collect()
}

#[test]
fn conformance_of_every_kind() {
    let ns = world().namespace("conformance");
    let others = Map::from_iter([("unique".to_owned(), json!(ns.name))]);
    crate::suite::image::entry(image::FILE.0, image::FILE.1);
    let mut cases: Vec<Case> = rows().into_iter().map(Case::of).collect();
    let beside: Vec<_> = BESIDE.iter().flat_map(|path| objects(&checkout().join(path))).collect();
    let mut table = Table::default();
    table.timed("waited and created", |table| checks::created(&ns, &mut cases, &beside, table));
    table.timed("keys", |table| checks::keys(&ns, &cases, table));
    table.timed("unchanged", |table| checks::unchanged(&ns, &cases, table));
    table.timed("updated", |table| checks::updated(&ns, &cases, &others, table));
    table.timed("refused", |table| checks::refused(&ns, &cases, table));
    table.timed("repaired", |table| checks::repaired(&ns, &cases, &others, table));
    table.timed("observed", |table| checks::observed(&ns, &cases, table));
    table.timed("imported", |table| checks::imported(&ns, &cases, table));
    table.timed("guarded", |table| checks::guarded(&ns, &cases, table));
    table.timed("deleted", |table| checks::deleted(&ns, &cases, table));
    let (text, failures) = table.text();
    println!("{text}");
    assert_eq!(failures, 0);
}

#[test]
fn every_kind_has_a_row_and_an_example() {
    let rows = rows();
    for kind in KINDS.iter() {
        let info = kind.info();
        let own = rows.iter().filter(|row| row.kind == kind.id() && row.own.is_null()).count();
        let real = usize::from(tested(kind.id()) != Tested::Simulated);
        assert_eq!(own, real, "{}: its rows in tests/suite/conformance; coverage.md says so", kind.id());
        let example = format!("examples/{}/{}.yaml", info.group, snake(info.kind));
        assert!(checkout().join(&example).exists(), "{example} is missing");
    }
}

#[test]
fn the_page_of_coverage_says_of_every_kind_what_it_is_tested_with() {
    let rows = rows();
    for kind in KINDS.iter() {
        let own: Vec<_> = rows.iter().filter(|row| row.kind == kind.id()).collect();
        let with = match own.iter().any(|row| row.rigged) {
            _ if own.is_empty() => Tested::Simulated,
            true => Tested::Driver,
            false => Tested::Real,
        };
        assert_eq!(tested(kind.id()), with, "{} in src/generate/coverage/tested.rs", kind.id());
    }
}

#[test]
fn every_mutable_field_of_a_kind_is_changed_by_a_row_or_left_with_a_reason() {
    let (mut changed, mut left) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeMap::<_, BTreeSet<_>>::new());
    for row in rows() {
        let said = [row.change, row.guard].map(|change| change.as_object().cloned().unwrap_or_default());
        changed.entry(row.kind).or_default().extend(said.into_iter().flatten().map(|(field, _)| field));
        left.entry(row.kind).or_default().extend(row.left.iter().map(|(field, _)| (*field).to_owned()));
    }
    let mut wrong = BTreeMap::new();
    for kind in KINDS.iter().filter(|kind| tested(kind.id()) != Tested::Simulated) {
        let fields = kind.shapes().unwrap().params.fields.iter();
        let mutable: BTreeSet<_> = fields
            .filter(|field| !field.options.immutable && !field.options.create_only)
            .map(|field| field.name.clone())
            .collect();
        let (changed, left) = (&changed[kind.id()], &left[kind.id()]);
        let said: BTreeSet<_> = changed.union(left).cloned().collect();
        let mut odd: Vec<_> = said.symmetric_difference(&mutable).cloned().collect();
        odd.extend(changed.intersection(left).cloned());
        if !odd.is_empty() {
            wrong.insert(kind.id(), odd);
        }
    }
    assert_eq!(wrong, BTreeMap::new(), "said by no row, of no use, or both changed and left");
}

#[test]
fn a_kinds_snake_case_name_is_what_people_would_write() {
    for (kind, want) in [
        ("Network", "network"),
        ("RouterInterface", "router_interface"),
        ("FloatingIP", "floating_ip"),
        ("QoSPolicy", "qos_policy"),
        ("EC2Credential", "ec2_credential"),
    ] {
        assert_eq!(snake(kind), want);
    }
}
