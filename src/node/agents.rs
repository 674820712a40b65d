//! Services and agents of OpenStack by their hosts: which lists have them, and what their items say.

use super::state::{AgentOf, AgentSeen};
use crate::kind::request::{
    Keep, Microversion, Read,
    service::{BLOCK_STORAGE, COMPUTE, NETWORK, Service},
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

/// The oldest microversion of Nova in which services have ids that are good in every cell.
pub const NOVA: Microversion = Microversion(2, 53);

/// A list in which a node's agents are.
pub struct AgentList {
    /// Whose they are.
    pub of: AgentOf,
    /// The service to ask.
    pub service: &'static Service,
    /// The microversion to ask with.
    pub microversion: Option<Microversion>,
    /// The list.
    pub read: Read,
}

/// The lists in which the agents of a node are. No list is filtered by its name, so that one answers for all nodes.
pub fn lists(node: &str) -> [AgentList; 3] {
    let list = |path: &str, query: &[(&str, &str)], items| Read::List {
        path: path.to_owned(),
        query: query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        items,
        keep: Keep::Host("host", node.to_owned()),
    };
    [
        AgentList {
            of: AgentOf::Nova,
            service: &COMPUTE,
            microversion: Some(NOVA),
            read: list("/os-services", &[("binary", "nova-compute")], "services"),
        },
        AgentList {
            of: AgentOf::Neutron,
            service: &NETWORK,
            microversion: None,
            read: list("/agents", &[], "agents"),
        },
        AgentList {
            of: AgentOf::Cinder,
            service: &BLOCK_STORAGE,
            microversion: None,
            read: list("/os-services", &[], "services"),
        },
    ]
}

/// What an item of such a list says.
pub fn seen(of: AgentOf, item: &Value) -> AgentSeen {
    let text = |field: &str| item.get(field).and_then(Value::as_str).map(str::to_owned);
    let is = |field: &str, word: &str| item.get(field).and_then(Value::as_str) == Some(word);
    let holds = |field: &str| item.get(field).and_then(Value::as_bool).unwrap_or_default();
    let (alive, enabled, sign) = match of {
        AgentOf::Neutron => (holds("alive"), holds("admin_state_up"), text("heartbeat_timestamp")),
        AgentOf::Nova | AgentOf::Cinder => (is("state", "up"), is("status", "enabled"), text("updated_at")),
    };
    // While it is alive, its last sign is another one at every look.
    let since = sign.filter(|_| !alive).and_then(|sign| time(&sign)).map(|time| time.to_string());
    AgentSeen {
        of,
        id: text("id"),
        binary: text("binary").unwrap_or_default(),
        host: text("host").unwrap_or_default(),
        alive,
        since,
        enabled,
        reason: text("disabled_reason").filter(|reason| !reason.is_empty()),
    }
}

/// A time in UTC, whether it says so or not, to the second.
pub fn time(text: &str) -> Option<Timestamp> {
    let civil = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let time = text.parse::<Timestamp>().ok().or_else(civil)?;
    Timestamp::from_second(time.as_second()).ok()
}
