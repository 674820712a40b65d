//! What clouds are made of: which components there are, and how they depend on each other. What is known of their charts
//! is the room `components`' business.

use super::stage::Stage;
use crate::components::{
    chart::{Chart, Facts},
    glance::Glance,
    keystone::Keystone,
    mariadb::MariaDb,
    memcached::Memcached,
    neutron::Neutron,
    nova::Nova,
    placement::Placement,
    rabbitmq::RabbitMq,
    wire::Use,
};

/// A component of a cloud.
#[derive(Debug)]
pub struct Component {
    /// Name of its entry in a profile: `nova`. Its chart is called the same.
    pub key: &'static str,
    /// Facts of its chart; `None` where a profile may mention it, but there is no kind yet.
    pub facts: Option<&'static Facts>,
    /// What it is, for `kubectl explain`.
    pub about: &'static str,
    /// When it is composed.
    pub stage: Stage,
    /// Is it part of a cloud that does not mention it?
    pub usual: bool,
    /// Workloads that can be scaled, and what they are.
    pub replicas: &'static [(&'static str, &'static str)],
    /// Components that it can't work without, beside those whose connections it uses.
    pub needs: &'static [&'static str],
}

/// What components can be given.
const USES: [Use; 5] = [Use::Database, Use::Messaging, Use::Cache, Use::Identity, Use::Passwords];

/// Which component a connection is to; none for what is generated.
pub fn provider(r#use: Use) -> Option<&'static str> {
    match r#use {
        Use::Database => Some("mariadb"),
        Use::Messaging => Some("rabbitmq"),
        Use::Cache => Some("memcached"),
        Use::Identity => Some("keystone"),
        Use::Passwords => None,
    }
}

impl Component {
    /// Connections that it is given.
    pub fn uses(&self) -> impl Iterator<Item = Use> {
        let given = self.facts.map(|facts| facts.given.requires).unwrap_or_default();
        USES.into_iter().filter(|r#use| given.iter().any(|group| group.contains(&r#use.field())))
    }

    /// Does it need another one of its stage?
    pub fn follows(&self) -> bool {
        self.all_needs().filter_map(find).any(|needed| needed.stage == self.stage)
    }

    /// Every component that has to be there for this one.
    pub fn all_needs(&self) -> impl Iterator<Item = &'static str> {
        self.uses().filter_map(provider).chain(self.needs.iter().copied())
    }
}

const API: (&str, &str) = ("api", "Pods that serve the API.");
const SERVER: (&str, &str) = ("server", "Servers.");

/// All components, in the order in which they are composed.
pub static COMPONENTS: [Component; 9] = [
    Component {
        key: "mariadb",
        facts: Some(&MariaDb::FACTS),
        about: "The database of all services: a Galera cluster of MariaDB.",
        stage: Stage::Infrastructure,
        usual: true,
        replicas: &[SERVER, ("controller", "Pods that mark the primary server.")],
        needs: &[],
    },
    Component {
        key: "rabbitmq",
        facts: Some(&RabbitMq::FACTS),
        about: "The message queue by which the parts of a service talk to each other.",
        stage: Stage::Infrastructure,
        usual: true,
        replicas: &[SERVER],
        needs: &[],
    },
    Component {
        key: "memcached",
        facts: Some(&Memcached::FACTS),
        about: "The cache of tokens and sessions.",
        stage: Stage::Infrastructure,
        usual: true,
        replicas: &[SERVER],
        needs: &[],
    },
    Component {
        key: "keystone",
        facts: Some(&Keystone::FACTS),
        about: "Identity: users, projects, tokens and the service catalog.",
        stage: Stage::Identity,
        usual: true,
        replicas: &[API],
        needs: &[],
    },
    Component {
        key: "placement",
        facts: Some(&Placement::FACTS),
        about: "Inventory of what hosts can offer, which Nova schedules by.",
        stage: Stage::Placement,
        usual: true,
        replicas: &[API],
        needs: &[],
    },
    Component {
        key: "glance",
        facts: Some(&Glance::FACTS),
        about: "Images that servers are made from.",
        stage: Stage::Placement,
        usual: true,
        replicas: &[API],
        needs: &[],
    },
    Component {
        key: "neutron",
        facts: Some(&Neutron::FACTS),
        about: "Networks: the API server and the agents on the nodes.",
        stage: Stage::Compute,
        usual: true,
        replicas: &[
            ("server", "Pods that serve the API."),
            ("rpcServer", "Pods that answer the agents."),
            ("ironicAgent", "Agents for bare metal."),
        ],
        needs: &[],
    },
    Component {
        key: "nova",
        facts: Some(&Nova::FACTS),
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
        needs: &["placement", "glance", "neutron"],
    },
    Component {
        key: "horizon",
        facts: None,
        about: "The dashboard. Profiles may mention it; this version can't compose it.",
        stage: Stage::Services,
        usual: false,
        replicas: &[SERVER],
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
    fn what_a_component_can_scale_a_cloud_can() {
        for component in &COMPONENTS {
            let Some(facts) = component.facts else { continue };
            let names = |list: &[(&'static str, &'static str)]| {
                list.iter().map(|(name, _)| *name).collect::<Vec<_>>()
            };
            assert_eq!(names(component.replicas), names(facts.replicas), "{}", component.key);
            assert_eq!(facts.chart, Some(component.key));
        }
    }

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
