//! Servers on a node, and the ways by which they leave it.

use super::{
    agents::{NOVA, time},
    state::ServerSeen,
};
use crate::kind::request::{Keep, Microversion, Read};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// How often moving a server is tried within an hour.
pub const ATTEMPTS: i64 = 3;
/// The oldest microversion of Nova whose migrations can be listed by time.
pub const MIGRATIONS: Microversion = Microversion(2, 59);
/// The oldest microversion that lists servers by their hosts as we do.
pub const SERVERS: Microversion = NOVA;

/// By which way a server leaves a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// While it runs.
    Live,
    /// While it is off.
    Cold,
    /// It is shelved, and just lets go of its host.
    Offload,
    /// It is on its way.
    UnderWay,
    /// Nova is at work on it, and will be done.
    Busy,
    /// In this status Nova moves nothing.
    None,
}

/// The servers of a host.
pub fn list(host: &str) -> Read {
    let query = [("all_tenants", "true"), ("host", host)];
    Read::List {
        path: "/servers/detail".to_owned(),
        query: query.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        items: "servers",
        keep: Keep::Equals("OS-EXT-SRV-ATTR:host", host.to_owned()),
    }
}

/// What was moved away from a host since yesterday. The day alone, so that looks of one day ask alike.
pub fn migrations(host: &str, now: Timestamp) -> Read {
    let yesterday = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let since = yesterday.strftime("%Y-%m-%dT00:00:00Z").to_string();
    Read::List {
        path: "/os-migrations".to_owned(),
        query: vec![("source_compute".to_owned(), host.to_owned()), ("changes-since".to_owned(), since)],
        items: "migrations",
        keep: Keep::Equals("source_compute", host.to_owned()),
    }
}

/// What an item of the list says, with the failures that the migrations tell of.
pub fn seen(item: &Value, migrations: &[Value], now: Timestamp) -> ServerSeen {
    let text = |field: &str| item.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let id = text("id");
    let recent = |migration: &&Value| {
        let at =
            ["updated_at", "created_at"].into_iter().find_map(|field| time(migration.get(field)?.as_str()?));
        at.is_some_and(|at| now.duration_since(at) < SignedDuration::from_hours(1))
    };
    let failed = migrations.iter().filter(|it| is(it, "instance_uuid", &id));
    let failed = failed.filter(|it| is(it, "status", "error") || is(it, "status", "failed")).filter(recent);
    ServerSeen {
        name: text("name"),
        status: text("status"),
        task: item.get("OS-EXT-STS:task_state").and_then(Value::as_str).map(str::to_owned),
        failures: i64::try_from(failed.count()).unwrap_or(i64::MAX),
        id,
    }
}

/// Ids of servers that were moved while they were off, which Nova keeps undecided until somebody confirms it.
pub fn moved(migrations: &[Value]) -> Vec<String> {
    let open =
        migrations.iter().filter(|it| is(it, "status", "finished") && is(it, "migration_type", "migration"));
    let mut ids: Vec<_> = open.filter_map(|it| Some(it.get("instance_uuid")?.as_str()?.to_owned())).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn is(item: &Value, field: &str, word: &str) -> bool {
    item.get(field).and_then(Value::as_str) == Some(word)
}

impl ServerSeen {
    /// By which way it leaves its node.
    pub fn way(&self) -> Way {
        let task = self.task.as_deref();
        let moving = task.is_some_and(|task| task == "migrating" || task.starts_with("resize_"));
        match self.status.as_str() {
            "MIGRATING" | "RESIZE" => Way::UnderWay,
            _ if moving => Way::UnderWay,
            _ if task.is_some() => Way::Busy,
            "ACTIVE" | "PAUSED" => Way::Live,
            "SHUTOFF" => Way::Cold,
            "SHELVED" => Way::Offload,
            _ => Way::None,
        }
    }

    /// Can it be asked to leave now?
    pub fn can_go(&self) -> bool {
        matches!(self.way(), Way::Live | Way::Cold | Way::Offload) && self.failures < ATTEMPTS
    }
}
