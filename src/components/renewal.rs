//! How the passwords of components are renewed: by an account beside the old one, in place, or never.

use super::{
    chart::Facts,
    wire::{Use, Wire},
};
use serde_json::{Map, Value};

/// How a password is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It is an account's. A new account stands beside the old one until no pod uses that any more, so nothing is interrupted.
    Account(Account),
    /// The new one takes the place of the old one at once; says what that interrupts.
    InPlace(&'static str),
    /// Never; says why.
    Never(&'static str),
}

/// Where accounts of services are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Server {
    /// A database.
    Database,
    /// A message broker.
    Messaging,
    /// Keystone.
    Identity,
}

impl Server {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Database, Self::Messaging, Self::Identity];

    /// Name of the Job by which a chart makes its accounts there, behind the chart's own.
    pub fn job(self) -> &'static str {
        match self {
            Self::Database => "db-init",
            Self::Messaging => "rabbit-init",
            Self::Identity => "ks-user",
        }
    }
}

/// An account of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Where it is.
    pub server: Server,
    chart: &'static str,
    /// Name of its entry in the chart's values.
    entry: &'static str,
    /// Path of its password.
    password: &'static str,
}

/// Passwords that belong to no account of a service, and accounts that others know by their user.
const OTHERS: [(&str, Renewal); 18] = [
    ("db-admin", MARIADB),
    ("sst", MARIADB),
    ("audit", MARIADB),
    ("exporter", MARIADB),
    ("messaging-admin", RABBITMQ),
    ("messaging-guest", RABBITMQ),
    ("erlang-cookie", Renewal::Never("members of RabbitMQ with different ones do not find each other")),
    ("cache-key", Renewal::InPlace("tokens that are in the cache are asked for anew")),
    (
        "identity-admin",
        Renewal::InPlace(
            "the administrator's old password, and the tokens that were issued for it, are refused at once",
        ),
    ),
    ("identity-heat-trustee", HEAT),
    ("identity-heat-stack-user", HEAT),
    (
        "identity-octavia",
        Renewal::InPlace(
            "Octavia can't use other services until its pods have the new one: access lists of Barbican name its user",
        ),
    ),
    (
        "metadata-secret",
        Renewal::InPlace("servers get no metadata until the pods of Nova and of Neutron have the new one"),
    ),
    ("horizon-secret-key", Renewal::InPlace("whoever is logged in at the dashboard has to log in again")),
    ("barbican-kek", Renewal::Never("what Barbican keeps is encrypted with it")),
    ("heat-encryption-key", Renewal::Never("what Heat has in its database is encrypted with it")),
    ("octavia-heartbeat-key", Renewal::Never("machines of load balancers that run have it")),
    ("gnocchi-statsd", Renewal::Never("it is a name, and no secret")),
];
const MARIADB: Renewal = Renewal::InPlace("MariaDB restarts; with one server the database is away meanwhile");
const RABBITMQ: Renewal = Renewal::InPlace("RabbitMQ restarts; with one member messages are lost meanwhile");
const HEAT: Renewal =
    Renewal::InPlace("Heat can't act for its users until its pods have the new one: trusts name its user");

/// How a password of a component is renewed; none where it has none of this name.
pub fn renewal(facts: &Facts, key: &str) -> Option<Renewal> {
    let named = facts.passwords().find(|named| *named == key)?;
    other(named).or_else(|| {
        let mut wires = facts.wires().filter(|wire| wire.key == named);
        wires.find_map(|wire| account(facts, wire)).map(Renewal::Account)
    })
}

fn other(key: &str) -> Option<Renewal> {
    let is =
        |other: &str| key.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    OTHERS.iter().find(|(other, _)| is(other)).map(|(_, renewal)| *renewal)
}

/// The account whose password a wire is; none if it is renewed otherwise.
pub fn account(facts: &Facts, wire: &Wire) -> Option<Account> {
    if wire.from != Use::Passwords || other(wire.key).is_some() {
        return None;
    }
    let (endpoint, rest) = wire.to.strip_prefix("endpoints.")?.split_once(".auth.")?;
    let server = match endpoint {
        "oslo_messaging" => Server::Messaging,
        "identity" => Server::Identity,
        database if database.starts_with("oslo_db") => Server::Database,
        _ => return None,
    };
    let entry = rest.strip_suffix(".password")?;
    Some(Account { server, chart: facts.chart?, entry, password: wire.to })
}

impl Account {
    /// Name of its user in a generation.
    pub fn user(&self, generation: u16) -> String {
        let first = self.first();
        if generation > 1 { format!("{first}_{generation}") } else { first }
    }

    /// Its name before it was ever renewed: in the charts of those that ask each other, each has users of its own for that.
    fn first(&self) -> String {
        let (chart, entry) = (self.chart, self.entry);
        match (self.server, chart, entry) {
            (Server::Identity, "nova" | "cinder", "service") => format!("{chart}_service_user"),
            (Server::Identity, "cinder", "glance") => entry.to_owned(),
            (Server::Identity, "nova" | "neutron" | "cinder", entry) if entry != chart => {
                format!("{chart}_{entry}")
            }
            _ => entry.to_owned(),
        }
    }

    /// Path of the value that names its user.
    pub fn path(&self) -> String {
        let stem = self.password.strip_suffix("password").unwrap_or(self.password);
        format!("{stem}username")
    }

    /// Does a Job of the chart itself make it? Else the component that it is named after has to be first.
    pub fn is_own(&self) -> bool {
        self.first().starts_with(self.chart)
    }
}

/// The password of a generation as a GeneratedSecret keeps it; under the key alone until it was renewed for the first time.
pub fn of_generation<'a>(document: &'a Map<String, Value>, key: &str, generation: u16) -> Option<&'a str> {
    let numbered = document.get(&format!("{key}.{generation}"));
    let alone = || document.get(key).filter(|_| !is_numbered(document, key));
    numbered.or_else(alone)?.as_str()
}

/// Does a Secret have a password in several generations, or in one that is not the first?
pub fn is_numbered(document: &Map<String, Value>, key: &str) -> bool {
    document.keys().any(|other| {
        let number = other.strip_prefix(key).and_then(|rest| rest.strip_prefix('.'));
        number.is_some_and(|number| number.parse::<u16>().is_ok())
    })
}

#[cfg(test)]
mod tests;
