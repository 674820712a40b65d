//! What clouds are made of: which components there are, and how they depend on each other.

use super::stage::Stage;

/// A component of a cloud.
#[derive(Debug, PartialEq, Eq)]
pub struct Component {
    /// Name of its entry in a profile: `nova`.
    pub key: &'static str,
    /// Kind of managed resource that it is composed as; `None` where a profile may mention it, but there is no kind yet.
    pub kind: Option<&'static str>,
    /// Chart; also the last part of its OCI reference.
    pub chart: &'static str,
    /// What it is, for `kubectl explain`.
    pub about: &'static str,
    /// When it is composed.
    pub stage: Stage,
    /// Is it part of a cloud that does not mention it?
    pub usual: bool,
    /// Workloads that can be scaled, and what they are.
    pub replicas: &'static [(&'static str, &'static str)],
    /// Connections that it is given.
    pub uses: &'static [Use],
    /// Components that it can't work without, beside those whose connections it uses.
    pub needs: &'static [&'static str],
}

/// What a component gets from another one, or from the generated passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A database.
    Database,
    /// A message queue.
    Messaging,
    /// A cache.
    Cache,
    /// Keystone.
    Identity,
    /// Generated passwords.
    Passwords,
}

impl Use {
    /// Field of the component's parameters that names the connection secret; beside it stand `…Ref` and `…Selector`.
    pub fn field(self) -> &'static str {
        match self {
            Self::Database => "databaseConnection",
            Self::Messaging => "messagingConnection",
            Self::Cache => "cacheConnection",
            Self::Identity => "identityConnection",
            Self::Passwords => "passwords",
        }
    }

    /// Which component it is from.
    pub fn provider(self) -> Option<&'static str> {
        match self {
            Self::Database => Some("mariadb"),
            Self::Messaging => Some("rabbitmq"),
            Self::Cache => Some("memcached"),
            Self::Identity => Some("keystone"),
            Self::Passwords => None,
        }
    }
}

impl Component {
    /// Every component that has to be there for this one.
    pub fn all_needs(&self) -> impl Iterator<Item = &'static str> {
        self.uses.iter().filter_map(|r#use| r#use.provider()).chain(self.needs.iter().copied())
    }
}

const API: (&str, &str) = ("api", "Pods that serve the API.");
const SERVER: (&str, &str) = ("server", "Servers.");

/// All components, in the order in which they are composed.
pub static COMPONENTS: [Component; 9] = [
    Component {
        key: "mariadb",
        kind: Some("MariaDB"),
        chart: "mariadb",
        about: "The database of all services: a Galera cluster of MariaDB.",
        stage: Stage::Infrastructure,
        usual: true,
        replicas: &[SERVER],
        uses: &[Use::Passwords],
        needs: &[],
    },
    Component {
        key: "rabbitmq",
        kind: Some("RabbitMQ"),
        chart: "rabbitmq",
        about: "The message queue by which the parts of a service talk to each other.",
        stage: Stage::Infrastructure,
        usual: true,
        replicas: &[SERVER],
        uses: &[Use::Passwords],
        needs: &[],
    },
    Component {
        key: "memcached",
        kind: Some("Memcached"),
        chart: "memcached",
        about: "The cache of tokens and sessions.",
        stage: Stage::Infrastructure,
        usual: true,
        replicas: &[SERVER],
        uses: &[Use::Passwords],
        needs: &[],
    },
    Component {
        key: "keystone",
        kind: Some("Keystone"),
        chart: "keystone",
        about: "Identity: users, projects, tokens and the service catalog.",
        stage: Stage::Identity,
        usual: true,
        replicas: &[API],
        uses: &[Use::Database, Use::Messaging, Use::Cache, Use::Passwords],
        needs: &[],
    },
    Component {
        key: "placement",
        kind: Some("Placement"),
        chart: "placement",
        about: "Inventory of what hosts can offer, which Nova schedules by.",
        stage: Stage::Placement,
        usual: true,
        replicas: &[API],
        uses: &[Use::Database, Use::Cache, Use::Identity, Use::Passwords],
        needs: &[],
    },
    Component {
        key: "glance",
        kind: Some("Glance"),
        chart: "glance",
        about: "Images that servers are made from.",
        stage: Stage::Placement,
        usual: true,
        replicas: &[API],
        uses: &[Use::Database, Use::Messaging, Use::Cache, Use::Identity, Use::Passwords],
        needs: &[],
    },
    Component {
        key: "neutron",
        kind: Some("Neutron"),
        chart: "neutron",
        about: "Networks: the API server and the agents on the nodes.",
        stage: Stage::Compute,
        usual: true,
        replicas: &[
            ("server", "Pods that serve the API."),
            ("rpcServer", "Pods that answer the agents."),
            ("ironicAgent", "Agents for bare metal."),
        ],
        uses: &[Use::Database, Use::Messaging, Use::Cache, Use::Identity, Use::Passwords],
        needs: &[],
    },
    Component {
        key: "nova",
        kind: Some("Nova"),
        chart: "nova",
        about: "Servers: API, scheduler, conductor, and nova-compute on every node with the role compute.",
        stage: Stage::Compute,
        usual: true,
        replicas: &[
            ("osapi", "Pods that serve the API."),
            ("apiMetadata", "Pods that serve metadata to servers."),
            ("conductor", "Pods that write to the database for the compute hosts."),
            ("scheduler", "Pods that choose hosts."),
            ("novncproxy", "Pods that serve consoles."),
            ("computeIronic", "Pods that run bare metal as servers."),
        ],
        uses: &[Use::Database, Use::Messaging, Use::Cache, Use::Identity, Use::Passwords],
        needs: &["placement", "glance", "neutron"],
    },
    Component {
        key: "horizon",
        kind: None,
        chart: "horizon",
        about: "The dashboard. Profiles may mention it; this version can't compose it.",
        stage: Stage::Services,
        usual: false,
        replicas: &[SERVER],
        uses: &[],
        needs: &["keystone"],
    },
];

/// The component with a key.
pub fn find(key: &str) -> Option<&'static Component> {
    COMPONENTS.iter().find(|component| component.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_stand_in_the_order_of_their_stages_and_need_none_of_a_later_one() {
        assert!(COMPONENTS.is_sorted_by_key(|component| component.stage));
        for component in &COMPONENTS {
            for needed in component.all_needs() {
                let needed = find(needed).unwrap();
                assert!(needed.stage <= component.stage, "{} needs {}", component.key, needed.key);
            }
        }
    }
}
