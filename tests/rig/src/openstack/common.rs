//! Sections that several services' configuration files share.

use super::{
    ini::Ini,
    site::{REGION, SERVICE_PASSWORD, Site, auth_url},
};

/// How a service checks its users' tokens.
pub(super) fn authtoken(ini: Ini, user: &str) -> Ini {
    let section = "keystone_authtoken";
    client(ini, section, user).section(
        section,
        &[
            ("www_authenticate_uri", &auth_url()),
            ("memcached_servers", "10.85.0.1:11211"),
            ("service_token_roles", "service"),
            ("service_token_roles_required", "true"),
        ],
    )
}

/// How a service signs in where it is a client itself.
pub(super) fn client(ini: Ini, section: &str, user: &str) -> Ini {
    ini.section(
        section,
        &[
            ("auth_url", &auth_url()),
            ("auth_type", "password"),
            ("username", user),
            ("password", SERVICE_PASSWORD),
            ("project_name", "service"),
            ("user_domain_id", "default"),
            ("project_domain_id", "default"),
            ("region_name", REGION),
        ],
    )
}

/// As [`client`], for requests made in a user's name: the service's own token goes with them.
pub(super) fn service_user(ini: Ini, user: &str) -> Ini {
    client(ini, "service_user", user).section("service_user", &[("send_service_user_token", "true")])
}

/// A connection to a database.
pub(super) fn database(ini: Ini, site: &Site, section: &str, name: &str) -> Ini {
    ini.section(
        section,
        &[
            ("connection", &site.database(name)),
            ("max_pool_size", "10"),
            ("max_overflow", "50"),
            ("connection_recycle_time", "3600"),
        ],
    )
}

/// What every service has.
pub(super) fn oslo(ini: Ini, site: &Site, service: &str) -> Ini {
    // Nothing that runs here is worth waiting for when the rig goes down.
    ini.section("DEFAULT", &[("debug", "false"), ("graceful_shutdown_timeout", "1")])
        .section("oslo_concurrency", &[("lock_path", &site.data(service).join("lock").display().to_string())])
        .section("oslo_messaging_notifications", &[("driver", "noop")])
        .section(
            "oslo_messaging_rabbit",
            &[("heartbeat_in_pthread", "false"), ("rabbit_quorum_queue", "false")],
        )
        .section("oslo_middleware", &[("enable_proxy_headers_parsing", "true")])
}
