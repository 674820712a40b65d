//! Nodes and profiles of nodes, as Crossplane looks them up.

use super::{asked::Required, response::ResponseBuilder};
use crate::profile::{
    chain::{self, ProfileName},
    input::{NodeFacts, NodesInput},
    nodes,
    spec::CloudSpec,
};
use serde_json::Value;

/// Looks up what a cloud's nodes come from; `None` as long as Crossplane has not done it. Asks for the same at every call.
pub fn found(
    spec: &CloudSpec,
    namespace: &str,
    required: &Required,
    answer: &mut ResponseBuilder,
) -> Option<NodesInput> {
    let nameless = spec.nodes.iter().filter(|node| node.roles.is_empty());
    let named: Vec<_> = nameless.map(|node| answer.require_node(&node.name)).collect();
    let pools = spec.node_pools.iter().enumerate();
    let pools: Vec<_> =
        pools.map(|(at, pool)| answer.require_nodes(at, &pool.selector.match_labels)).collect();
    let names: Vec<_> = nodes::profiles(spec)
        .into_iter()
        .map(|name| ProfileName { namespace: namespace.to_owned(), name: name.to_owned() })
        .collect();
    let profiles: Vec<_> = names.iter().map(|name| answer.require_profile(name)).collect();
    let objects = |key: &String| required.found(key);
    let facts = |objects: Vec<Value>| objects.iter().filter_map(NodeFacts::of).collect::<Vec<_>>();
    let named = named.iter().map(objects).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
    let pools = pools.iter().map(|key| Some(facts(objects(key)?))).collect::<Option<Vec<_>>>()?;
    let profiles = profiles.iter().map(objects).collect::<Option<Vec<_>>>()?;
    let profiles = names.into_iter().zip(profiles).map(|(name, found)| {
        let chosen = chain::choose(&name.to_string(), &[found.into_iter().next()], namespace);
        (name.name, chosen)
    });
    Some(NodesInput { entries: nodes::entries(spec, &facts(named), &pools), profiles: profiles.collect() })
}
