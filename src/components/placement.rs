//! Placement: <https://docs.openstack.org/placement/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{CATALOG_JOBS, DATABASE_JOBS, ENTRYPOINT, Image},
    parameters::replicas,
    setting::token_cache,
    stage::Stage,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, DATABASE, IDENTITY, Wire},
};

/// The service that knows what there is room for.
pub struct Placement;

replicas! {
    /// How many pods Placement has of what.
    PlacementReplicas {
        /// API servers.
        api,
    }
}

impl Chart for Placement {
    type Replicas = PlacementReplicas;
    const FACTS: Facts = Facts {
        kind: "Placement",
        plural: "placements",
        about: "A Placement is the service of an OpenStack cloud that knows where there is room for what, as a Helm release.",
        docs: "https://docs.openstack.org/placement/latest/",
        chart: Some("placement"),
        stage: Stage::Placement,
        usual: true,
        given: Given::ALL_BUT_MESSAGING,
        scale: Some(Scaled { replicas: "replicas.api", workload: "placement-api" }),
        replicas: &[("api", "pod.replicas.api")],
        shared_wiring: &[DATABASE, CACHE, CACHE_KEY, IDENTITY],
        wiring: &[
            Wire::password("identity-placement", "endpoints.identity.auth.placement.password"),
            Wire::password("db-placement", "endpoints.oslo_db.auth.placement.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, CATALOG_JOBS],
        images: &[
            ("placement", Image::Project("placement")),
            ("placement_db_sync", Image::Project("placement")),
        ],
        settings: &[token_cache!("placement")],
        migrations: &["placement-db-sync"],
        probe: Probe::Http { service: "placement-api", port: 8778, path: "/" },
        tells: &[Tell::Service { service: "placement-api", port: 8778 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
