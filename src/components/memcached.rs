//! Memcached: <https://docs.openstack.org/openstack-helm/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    generated_secret::SecretFormat,
    given::Given,
    image::{ENTRYPOINT, Image},
    parameters::replicas,
    stage::Stage,
    tell::Tell,
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
        stage: Stage::Infrastructure,
        usual: true,
        given: Given::PASSWORDS,
        scale: Some(Scaled { replicas: "replicas.server", workload: "memcached-memcached" }),
        replicas: &[("server", "pod.replicas.server")],
        formats: &[("cache-key", SecretFormat::Hex, 32)],
        shared_images: &[ENTRYPOINT],
        images: &[("memcached", Image::Project("memcached"))],
        probe: Probe::Tcp { service: "memcached", port: 11211 },
        tells: &[
            Tell::Service { service: "memcached", port: 11211 },
            Tell::Given { from: Use::Passwords, key: "cache-key", detail: "secretKey" },
        ],
        connection: &["endpoint", "port", "secretKey"],
        ..Facts::BARE
    };
}
