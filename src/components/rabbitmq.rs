//! RabbitMQ: <https://docs.openstack.org/openstack-helm/latest/>

use super::{
    chart::{Chart, Facts, Given, Image, Probe, Tell, Wire},
    parameters::replicas,
};
use crate::api::crd::Scale;

/// The message broker.
pub struct RabbitMq;

replicas! {
    /// How many pods RabbitMQ has of what.
    RabbitMqReplicas {
        /// Members of the cluster.
        server,
    }
}

impl Chart for RabbitMq {
    type Replicas = RabbitMqReplicas;
    const FACTS: Facts = Facts {
        kind: "RabbitMQ",
        plural: "rabbitmqs",
        about: "A RabbitMQ is the message broker between the processes of OpenStack's components, as a Helm release.",
        docs: "https://docs.openstack.org/openstack-helm/latest/",
        chart: Some("rabbitmq"),
        given: Given::PASSWORDS,
        scale: Some(Scale { spec: "replicas.server", status: "scale.replicas", selector: "scale.selector" }),
        replicas: &[("server", "pod.replicas.server")],
        shared_wiring: &[],
        wiring: &[
            Wire::password("messaging-admin", "endpoints.oslo_messaging.auth.user.password"),
            Wire::password("messaging-guest", "endpoints.oslo_messaging.auth.guest.password"),
            Wire::password("erlang-cookie", "endpoints.oslo_messaging.auth.erlang_cookie"),
        ],
        images: &[
            ("rabbitmq", Image::Project("rabbitmq")),
            ("rabbitmq_init", Image::Client),
            ("dep_check", Image::Entrypoint),
        ],
        migrations: &[],
        awaits_nodes: &[],
        probe: Probe::Tcp { service: "rabbitmq", port: 5672 },
        tells: &[
            Tell::Service { service: "rabbitmq", port: 5672 },
            Tell::Fixed { detail: "vhost", text: "/" },
            Tell::secret("rabbitmq-admin-user", "RABBITMQ_ADMIN_USERNAME", "username"),
            Tell::secret("rabbitmq-admin-user", "RABBITMQ_ADMIN_PASSWORD", "password"),
        ],
        connection: &["endpoint", "port", "username", "password", "vhost"],
    };
}
