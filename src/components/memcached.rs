//! Memcached: <https://docs.openstack.org/openstack-helm/latest/>

use super::{
    chart::{Chart, Facts, Given, Probe, Scaled, Tell},
    image::Image,
    parameters::replicas,
    wire::Use,
};

/// The cache.
pub struct Memcached;

replicas! {
    /// How many pods Memcached has of what.
    MemcachedReplicas {
        /// Servers.
        server,
    }
}

impl Chart for Memcached {
    type Replicas = MemcachedReplicas;
    const FACTS: Facts = Facts {
        kind: "Memcached",
        plural: "memcacheds",
        about: "A Memcached is the cache that OpenStack's components share, as a Helm release.",
        docs: "https://docs.openstack.org/openstack-helm/latest/",
        chart: Some("memcached"),
        given: Given::PASSWORDS,
        scale: Some(Scaled { replicas: "replicas.server", workload: "memcached-memcached" }),
        replicas: &[("server", "pod.replicas.server")],
        shared_wiring: &[],
        wiring: &[],
        shared_images: &[],
        images: &[("memcached", Image::Project("memcached")), ("dep_check", Image::Entrypoint)],
        switched_off: &[],
        migrations: &[],
        awaits_nodes: &[],
        probe: Probe::Tcp { service: "memcached", port: 11211 },
        tells: &[
            Tell::Service { service: "memcached", port: 11211 },
            Tell::Given { from: Use::Passwords, key: "cache-key", detail: "secretKey" },
        ],
        connection: &["endpoint", "port", "secretKey"],
    };
}
