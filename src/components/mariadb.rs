//! MariaDB: <https://docs.openstack.org/openstack-helm/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{ENTRYPOINT, Image},
    parameters::replicas,
    setting::Literal,
    stage::Stage,
    tell::Tell,
    wire::Wire,
};

/// The database server.
pub struct MariaDb;

replicas! {
    /// How many pods MariaDB has of what.
    MariaDbReplicas {
        /// Servers of the Galera cluster: one, or three and more.
        server,
        /// Controllers that mark the primary server.
        controller,
    }
}

impl Chart for MariaDb {
    type Replicas = MariaDbReplicas;
    const FACTS: Facts = Facts {
        kind: "MariaDB",
        plural: "mariadbs",
        about: "A MariaDB is the database server that OpenStack's components keep their state in, as a Helm release.",
        docs: "https://docs.openstack.org/openstack-helm/latest/",
        chart: Some("mariadb"),
        stage: Stage::Infrastructure,
        usual: true,
        given: Given::PASSWORDS,
        scale: Some(Scaled { replicas: "replicas.server", workload: "mariadb-server" }),
        replicas: &[("server", "pod.replicas.server"), ("controller", "pod.replicas.controller")],
        wiring: &[
            Wire::password("db-admin", "endpoints.oslo_db.auth.admin.password"),
            Wire::password("sst", "endpoints.oslo_db.auth.sst.password"),
            Wire::password("audit", "endpoints.oslo_db.auth.audit.password"),
            Wire::password("exporter", "endpoints.oslo_db.auth.exporter.password"),
        ],
        shared_images: &[ENTRYPOINT],
        images: &[
            ("mariadb", Image::Project("mariadb")),
            ("mariadb_controller", Image::Project("mariadb")),
            ("mariadb_db_controller", Image::Project("mariadb")),
            ("ks_user", Image::Client),
        ],
        // They belong to no namespace, so only one release of a cluster could have them, and nothing here uses them.
        settings: &[&[("manifests.crds", Literal::Bool(false))]],
        probe: Probe::Tcp { service: "mariadb", port: 3306 },
        tells: &[
            Tell::Service { service: "mariadb", port: 3306 },
            Tell::Fixed { detail: "username", text: "root" },
            Tell::secret("mariadb-dbadmin-password", "MYSQL_DBADMIN_PASSWORD", "password"),
        ],
        connection: &["endpoint", "port", "username", "password"],
        ..Facts::BARE
    };
}
