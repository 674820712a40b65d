//! RabbitMQ: <https://docs.openstack.org/openstack-helm/latest/>

use super::{
    chart::{Chart, Facts, Probe, Scaled},
    given::Given,
    image::{ENTRYPOINT, Image},
    parameters::replicas,
    stage::Stage,
    tell::Tell,
    wire::Wire,
};

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
        stage: Stage::Infrastructure,
        usual: true,
        given: Given::PASSWORDS,
        scale: Some(Scaled { replicas: "replicas.server", workload: "rabbitmq-rabbitmq" }),
        replicas: &[("server", "pod.replicas.server")],
        wiring: &[
            Wire::password("messaging-admin", "endpoints.oslo_messaging.auth.user.password"),
            Wire::password("messaging-guest", "endpoints.oslo_messaging.auth.guest.password"),
            Wire::password("erlang-cookie", "endpoints.oslo_messaging.auth.erlang_cookie"),
        ],
        shared_images: &[ENTRYPOINT],
        images: &[
            ("rabbitmq", Image::Project("rabbitmq")),
            ("rabbitmq_init", Image::Client),
            ("scripted_test", Image::Project("rabbitmq")),
        ],
        probe: Probe::Tcp { service: "rabbitmq", port: 5672 },
        tells: &[
            Tell::Service { service: "rabbitmq", port: 5672 },
            Tell::Fixed { detail: "vhost", text: "/" },
            Tell::secret("rabbitmq-admin-user", "RABBITMQ_ADMIN_USERNAME", "username"),
            Tell::secret("rabbitmq-admin-user", "RABBITMQ_ADMIN_PASSWORD", "password"),
        ],
        connection: &["endpoint", "port", "username", "password", "vhost"],
        ..Facts::BARE
    };
}
