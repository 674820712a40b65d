//! What the services talk through: RabbitMQ, with the name server its runtime needs, and memcached.

use super::{http, site::Site};
use crate::{
    error::Result,
    files,
    part::{Context, Daemon, Part, Readiness},
    paths::BRIDGE,
    process::SYSTEM_PATH,
};
use async_trait::async_trait;

const LOCAL: &str = "127.0.0.1";
const EPMD_PORT: u16 = 4369;
const AMQP_PORT: u16 = 5672;
const MEMCACHED_PORT: u16 = 11211;

/// Erlang's name server. RabbitMQ would start its own in a session of its own, where `down` could not find it.
#[derive(Debug)]
pub(super) struct Epmd;

#[async_trait]
impl Part for Epmd {
    fn name(&self) -> &'static str {
        "epmd"
    }

    fn daemons(&self, _: &Context) -> Vec<Daemon> {
        let argv = ["/usr/bin/epmd", "-address", LOCAL].map(str::to_owned).to_vec();
        vec![Daemon { name: "epmd".to_owned(), argv, ..Daemon::default() }]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        Ok(http::listens(LOCAL, EPMD_PORT).await)
    }

    fn help(&self) -> &'static str {
        "is Debian's erlang-base installed?"
    }
}

/// The message queue.
#[derive(Debug)]
pub(super) struct RabbitMq;

/// Small: two schedulers that sleep when there is nothing to do, and the name server that runs already.
const ERLANG: &str = "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none";

#[async_trait]
impl Part for RabbitMq {
    fn name(&self) -> &'static str {
        "rabbitmq"
    }

    fn needs(&self) -> &'static [&'static str] {
        &["epmd"]
    }

    async fn prepare(&self, cx: &Context) -> Result<()> {
        let data = Site::of(cx).data("rabbitmq");
        let conf = format!(
            "listeners.tcp.1 = {BRIDGE}:{AMQP_PORT}\ndefault_user = rig\ndefault_pass = rig\nloopback_users = none\n\
             vm_memory_high_watermark.relative = 0.4\ndisk_free_limit.absolute = 50MB\nlog.file.level = warning\n"
        );
        files::write_changed(&data.join("rabbitmq.conf"), &conf)?;
        files::write_changed(&data.join("plugins"), "[].").map(drop)
    }

    fn daemons(&self, cx: &Context) -> Vec<Daemon> {
        let data = Site::of(cx).data("rabbitmq");
        let file = |name: &str| data.join(name).display().to_string();
        let env = [
            ("PATH", SYSTEM_PATH.to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("HOME", data.display().to_string()),
            // Makes its script replace itself by the server instead of waiting for it.
            ("RUNNING_UNDER_SYSTEMD", "true".to_owned()),
            ("RABBITMQ_NODENAME", "rig@localhost".to_owned()),
            ("RABBITMQ_CONFIG_FILE", file("rabbitmq")),
            ("RABBITMQ_CONF_ENV_FILE", "/dev/null".to_owned()),
            ("RABBITMQ_MNESIA_BASE", file("mnesia")),
            ("RABBITMQ_LOG_BASE", cx.paths.logs().join("rabbitmq").display().to_string()),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", file("plugins")),
            ("RABBITMQ_PID_FILE", file("pid")),
            ("RABBITMQ_DIST_PORT", "25672".to_owned()),
            ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", ERLANG.to_owned()),
        ];
        vec![Daemon {
            name: "rabbitmq".to_owned(),
            // Debian's own wrapper changes to the user rabbitmq, who may not write here.
            argv: vec!["/usr/lib/rabbitmq/bin/rabbitmq-server".to_owned()],
            env: env.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            cwd: Some(data),
        }]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        Ok(http::listens(BRIDGE, AMQP_PORT).await)
    }

    fn help(&self) -> &'static str {
        "`localhost` must be 127.0.0.1 in /etc/hosts: RabbitMQ's node is rig@localhost"
    }
}

/// The cache of tokens.
#[derive(Debug)]
pub(super) struct Memcached;

#[async_trait]
impl Part for Memcached {
    fn name(&self) -> &'static str {
        "memcached"
    }

    fn daemons(&self, _: &Context) -> Vec<Daemon> {
        let argv = [
            "/usr/bin/memcached",
            "-u",
            "root",
            "-l",
            BRIDGE,
            "-p",
            "11211",
            "-U",
            "0",
            "-m",
            "128",
            "-c",
            "4096",
        ];
        vec![Daemon {
            name: "memcached".to_owned(),
            argv: argv.map(str::to_owned).to_vec(),
            ..Daemon::default()
        }]
    }

    async fn ready(&self, _: &Context) -> Result<Readiness> {
        Ok(http::listens(BRIDGE, MEMCACHED_PORT).await)
    }

    fn help(&self) -> &'static str {
        "is the bridge's address there? `cargo rig status` shows the namespace"
    }
}
