//! Keystone: <https://docs.openstack.org/keystone/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    details,
    given::Given,
    image::{BOOTSTRAP_JOB, DATABASE_JOBS, ENTRYPOINT, Image, MESSAGING_JOBS},
    parameters::replicas,
    setting::cache,
    stage::Stage,
    tell::Tell,
    wire::{CACHE, DATABASE, MESSAGING, Wire},
};
use crate::kind::ConnectionDetails;

/// The identity service.
pub struct Keystone;

replicas! {
    /// How many pods Keystone has of what.
    KeystoneReplicas {
        /// API servers.
        api,
    }
}

impl Chart for Keystone {
    type Replicas = KeystoneReplicas;
    const FACTS: Facts = Facts {
        kind: "Keystone",
        plural: "keystones",
        about: "A Keystone is the identity service of an OpenStack cloud, as a Helm release.",
        docs: "https://docs.openstack.org/keystone/latest/",
        chart: Some("keystone"),
        stage: Stage::Identity,
        usual: true,
        given: Given::ALL_BUT_IDENTITY,
        scale: Some(Scaled { replicas: "replicas.api", workload: "keystone-api" }),
        replicas: &[("api", "pod.replicas.api")],
        shared_wiring: &[DATABASE, MESSAGING, CACHE],
        wiring: &[
            Wire::password("identity-admin", "endpoints.identity.auth.admin.password"),
            Wire::password("db-keystone", "endpoints.oslo_db.auth.keystone.password"),
            Wire::password("messaging-keystone", "endpoints.oslo_messaging.auth.keystone.password"),
        ],
        shared_images: &[ENTRYPOINT, DATABASE_JOBS, BOOTSTRAP_JOB, MESSAGING_JOBS],
        images: &[
            ("ks_user", Image::Client),
            ("keystone_api", Image::Project("keystone")),
            ("keystone_db_sync", Image::Project("keystone")),
            ("keystone_domain_manage", Image::Project("keystone")),
            ("keystone_fernet_rotate", Image::Project("keystone")),
            ("keystone_fernet_setup", Image::Project("keystone")),
            ("keystone_credential_rotate", Image::Project("keystone")),
            ("keystone_credential_setup", Image::Project("keystone")),
            ("keystone_credential_cleanup", Image::Client),
        ],
        settings: &[cache!("keystone", "cache", "memcache")],
        migrations: &["keystone-db-sync"],
        probe: Probe::Http { service: "keystone-api", port: 5000, path: "/v3" },
        tells: &[
            Tell::secret("keystone-keystone-admin", "OS_AUTH_URL", "endpoint"),
            Tell::secret("keystone-keystone-admin", "OS_USERNAME", "username"),
            Tell::secret("keystone-keystone-admin", "OS_PASSWORD", "password"),
            Tell::secret("keystone-keystone-admin", "OS_PROJECT_NAME", "projectName"),
            Tell::secret("keystone-keystone-admin", "OS_USER_DOMAIN_NAME", "userDomainName"),
            Tell::secret("keystone-keystone-admin", "OS_PROJECT_DOMAIN_NAME", "projectDomainName"),
            Tell::secret("keystone-keystone-admin", "OS_REGION_NAME", "region"),
        ],
        connection: &[
            "endpoint",
            "username",
            "password",
            "projectName",
            "userDomainName",
            "projectDomainName",
            "region",
            "clouds.yaml",
        ],
        ..Facts::BARE
    };

    /// A `clouds.yaml`, so that it can log in whoever is to use the cloud at once.
    fn connection(details: &mut ConnectionDetails) {
        details::add_clouds_yaml(details);
    }
}
