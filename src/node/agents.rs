//! Services and agents of OpenStack by their hosts: which lists have them, what their items say, and what their pods are called.

use super::state::{AgentOf, AgentSeen};
use crate::kind::request::{
    Keep, Microversion, Read,
    service::{BLOCK_STORAGE, COMPUTE, NETWORK, Service},
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

/// The oldest microversion of Nova in which services have ids that are good in every cell.
pub const NOVA: Microversion = Microversion(2, 53);

/// A list in which agents are. It is not filtered by its query beyond what is the same for all nodes, so that one answers for all.
pub struct AgentList {
    /// Whose they are.
    pub of: AgentOf,
    /// The service to ask.
    pub service: &'static Service,
    /// The microversion to ask with.
    pub microversion: Option<Microversion>,
    path: &'static str,
    query: &'static [(&'static str, &'static str)],
    items: &'static str,
}

/// All of them.
pub const LISTS: [AgentList; 3] = [
    AgentList {
        of: AgentOf::Nova,
        service: &COMPUTE,
        microversion: Some(NOVA),
        path: "/os-services",
        query: &[("binary", "nova-compute")],
        items: "services",
    },
    AgentList {
        of: AgentOf::Neutron,
        service: &NETWORK,
        microversion: None,
        path: "/agents",
        query: &[],
        items: "agents",
    },
    AgentList {
        of: AgentOf::Cinder,
        service: &BLOCK_STORAGE,
        microversion: None,
        path: "/os-services",
        query: &[],
        items: "services",
    },
];

impl AgentList {
    /// Those of a node.
    pub fn on(&self, node: &str) -> Read {
        self.read(host(node))
    }

    /// Those of a program, on all nodes.
    pub fn of_kind(&self, binary: &str) -> Read {
        self.read(Keep::Equals("binary", binary.to_owned()))
    }

    fn read(&self, keep: Keep) -> Read {
        let query = self.query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Read::List { path: self.path.to_owned(), query: query.collect(), items: self.items, keep }
    }
}

/// Items of a node among those of all.
pub fn host(node: &str) -> Keep {
    Keep::Host("host", node.to_owned())
}

/// Programs whose DaemonSets OpenStack-Helm names otherwise.
const NAMED_OTHERWISE: [(&str, &str); 2] =
    [("neutron-openvswitch-agent", "neutron-ovs-agent"), ("neutron-sriov-nic-agent", "neutron-sriov-agent")];

/// Is a pod of this name one of an agent's program?
pub fn is_pod_of(pod: &str, binary: &str) -> bool {
    let named = NAMED_OTHERWISE.iter().find(|(of, _)| *of == binary);
    let named = named.map_or(binary, |(_, named)| named);
    pod.strip_prefix(named).is_some_and(|rest| rest.starts_with('-'))
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
        ..AgentSeen::default()
    }
}

/// A time in UTC, whether it says so or not, to the second.
pub fn time(text: &str) -> Option<Timestamp> {
    let civil = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let time = text.parse::<Timestamp>().ok().or_else(civil)?;
    Timestamp::from_second(time.as_second()).ok()
}
