//! What clouds are made of: which components there are, and how they depend on each other. What is known of their charts
//! is the room `components`' business.

use crate::{
    api::schema,
    components::{self, Registered, chart::Facts, wire::Use},
};
use std::sync::LazyLock;

/// A component of a cloud.
#[derive(Debug)]
pub struct Component {
    /// Name of its entry in a profile: `nova`. Its chart is called the same.
    pub key: &'static str,
    /// Facts of its chart.
    pub facts: &'static Facts,
    /// Workloads that can be scaled, and what they are.
    pub replicas: Vec<(&'static str, String)>,
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
    /// One that has a chart of its own; others can't be named in a cloud.
    fn of(known: &Registered) -> Option<Self> {
        let (key, schema) = (known.facts.chart?, (known.replicas)());
        let about = |name: &str| {
            let mut fields = schema::properties(&schema);
            let field = fields.find(|(field, _)| *field == name)?.1;
            Some(field.get("description")?.as_str()?.to_owned())
        };
        let replicas = known.facts.replicas.iter();
        let replicas = replicas.map(|(name, _)| (*name, about(name).unwrap_or_default())).collect();
        Some(Self { key, facts: known.facts, replicas })
    }

    /// Connections that it is given.
    pub fn uses(&self) -> impl Iterator<Item = Use> {
        let given = self.facts.given.requires;
        USES.into_iter().filter(|r#use| given.iter().any(|group| group.contains(&r#use.field())))
    }

    /// Does it need another one of its stage?
    pub fn follows(&self) -> bool {
        self.all_needs().filter_map(find).any(|needed| needed.facts.stage == self.facts.stage)
    }

    /// Every component that has to be there for this one.
    pub fn all_needs(&self) -> impl Iterator<Item = &'static str> {
        self.uses().filter_map(provider).chain(self.facts.needs.iter().copied())
    }
}

/// All components, in the order in which they are composed.
pub static COMPONENTS: LazyLock<Vec<Component>> = LazyLock::new(|| {
    let mut all: Vec<_> = components::ALL.iter().filter_map(Component::of).collect();
    all.sort_by_key(|component| (component.facts.stage, component.key));
    all
});

/// The component with a key.
pub fn find(key: &str) -> Option<&'static Component> {
    COMPONENTS.iter().find(|component| component.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_component_can_scale_is_told_in_the_words_of_its_kind() {
        for component in COMPONENTS.iter() {
            for (name, about) in &component.replicas {
                assert!(about.ends_with('.'), "{}.{name}: {about:?}", component.key);
            }
        }
    }

    #[test]
    fn components_need_none_of_a_later_stage_and_none_that_there_is_not() {
        for component in COMPONENTS.iter() {
            for needed in component.all_needs() {
                let needed = find(needed).unwrap();
                assert!(
                    needed.facts.stage <= component.facts.stage,
                    "{} needs {}",
                    component.key,
                    needed.key
                );
            }
        }
    }

    #[test]
    fn what_is_usual_needs_nothing_that_is_not() {
        for component in COMPONENTS.iter().filter(|component| component.facts.usual) {
            for needed in component.all_needs() {
                assert!(find(needed).unwrap().facts.usual, "{} needs {needed}", component.key);
            }
        }
    }
}
