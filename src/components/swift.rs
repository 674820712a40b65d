//! Swift: <https://docs.openstack.org/swift/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{CATALOG_JOBS, ENTRYPOINT, Image},
    parameters::replicas,
    tell::Tell,
    wire::{CACHE, CACHE_KEY, IDENTITY, Wire},
};

/// The object storage service.
pub struct Swift;

replicas! {
    /// How many pods Swift has of what. Its storage runs on nodes, by their labels.
    SwiftReplicas {
        /// Proxies, which serve the API.
        proxy,
    }
}

impl Chart for Swift {
    type Replicas = SwiftReplicas;
    const FACTS: Facts = Facts {
        kind: "Swift",
        plural: "swifts",
        about: "A Swift is the object storage service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/swift/latest/",
        chart: Some("swift"),
        given: Given::CACHE_AND_IDENTITY,
        scale: Some(Scaled { replicas: "replicas.proxy", workload: "swift-proxy" }),
        replicas: &[("proxy", "pod.replicas.proxy")],
        shared_wiring: &[CACHE, CACHE_KEY, IDENTITY],
        wiring: &[Wire::password("identity-swift", "endpoints.identity.auth.swift.password")],
        shared_images: &[ENTRYPOINT, CATALOG_JOBS],
        images: &[
            ("bootstrap", Image::Project("swift")),
            ("swift_proxy", Image::Project("swift")),
            ("swift_account", Image::Project("swift")),
            ("swift_container", Image::Project("swift")),
            ("swift_object", Image::Project("swift")),
            ("swift_storage", Image::Project("swift")),
            ("swift_storage_init", Image::Project("swift")),
            ("swift_ring_builder", Image::Project("swift")),
        ],
        probe: Probe::Http { service: "swift-proxy", port: 8080, path: "/healthcheck" },
        tells: &[Tell::Service { service: "swift-proxy", port: 8080 }],
        connection: &["endpoint", "port"],
        ..Facts::BARE
    };
}
