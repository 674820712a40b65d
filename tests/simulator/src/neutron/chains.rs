//! Chains of port pair groups.

use super::{
    classifiers, in_use, neutron, owned,
    pairs::{GROUPS, correlation, fill, free, ids, number},
};
use crate::{
    call::Call,
    cloud::Cloud,
    collection::{self, Collection, merged},
    reply::{Outcome, Refusal},
    store::{Object, text, truth},
};
use http::Method;
use serde_json::{Value, json};

pub(super) const CHAINS: Collection = Collection {
    fields: || {
        json!({"name": "", "description": "", "port_pair_groups": [], "flow_classifiers": [], "chain_id": 0,
            "chain_parameters": straight(), "project_id": "", "tenant_id": ""})
    },
    required: &["port_pair_groups"],
    fixed: &["chain_id", "chain_parameters", "project_id", "tenant_id"],
    tags: false,
    make: |cloud, call, mut chain| {
        fill(&mut chain, "chain_parameters", straight());
        leads(cloud, call, &chain)?;
        consistent(cloud, &chain)?;
        let wanted = chain.get("chain_id").and_then(Value::as_u64).filter(|number| *number > 0);
        if cloud.store.all("port_chains").any(|other| wanted.is_some() && number(other, "chain_id") == wanted)
        {
            let why = "Chain id conflicts with Chain id in another port chain.";
            return Err(Refusal::bad("PortChainChainIdInConflict", why));
        }
        let number = wanted.unwrap_or_else(|| free(cloud, "port_chains", "chain_id"));
        chain.insert("chain_id".to_owned(), json!(number));
        place(&mut chain, &Object::new());
        owned(cloud, call, chain)
    },
    change: |cloud, call, old, new| {
        let old = in_place(old.clone());
        let mut chain = merged(&old, new);
        leads(cloud, call, &chain)?;
        place(&mut chain, &old);
        Ok(chain)
    },
    show: |_, call, chain| if call.method == Method::PUT { chain } else { in_place(chain) },
    ..neutron("port_chains", "port_chains", "port_chain", "Port chain")
};

fn straight() -> Value {
    json!({"correlation": "mpls", "symmetric": false})
}

/// Can a chain have these groups and classifiers?
fn leads(cloud: &Cloud, call: &Call, chain: &Object) -> Outcome<()> {
    let groups = ids(chain, "port_pair_groups");
    if groups.is_empty() {
        let why = "Port Pair Group is not specified in Port Chain.";
        return Err(Refusal::bad("PortPairGroupNotSpecified", why));
    }
    let mut taps = vec![];
    for id in &groups {
        let group = cloud.store.get("port_pair_groups", id).filter(|group| GROUPS.visible(call, group));
        taps.push(truth(group.ok_or_else(|| collection::not_found("port_pair_groups", id))?, "tap_enabled"));
    }
    if taps.windows(2).any(|two| two == [true, true]) {
        let why = "Consecutive Tap PPG in port-chain is not supported now.";
        return Err(Refusal::bad("ConsecutiveTapPPGNotSupported", why));
    }
    let others = || cloud.store.all("port_chains").filter(|other| text(other, "id") != text(chain, "id"));
    if let Some(other) = others().find(|other| ids(&in_place((*other).clone()), "port_pair_groups") == groups)
    {
        let why = format!("Port Pair Group(s) in use by Port Chain {}.", text(other, "id"));
        return Err(in_use("InvalidPortPairGroups", why));
    }
    let mine = ids(chain, "flow_classifiers");
    for id in &mine {
        let classifier = cloud.one("flow_classifiers", id)?;
        for theirs in others().flat_map(|other| ids(other, "flow_classifiers")) {
            if theirs == *id {
                return Err(in_use("FlowClassifierInUse", format!("Flow Classifier {id} in use.")));
            }
            if classifiers::overlap(&classifier, &cloud.one("flow_classifiers", theirs)?) {
                let why =
                    format!("Flow Classifier {id} conflicts with Flow Classifier {theirs} in port chain.");
                return Err(Refusal::bad("PortChainFlowClassifierInConflict", why));
            }
        }
    }
    Ok(())
}

/// Only a new chain is compared with its pairs.
fn consistent(cloud: &Cloud, chain: &Object) -> Outcome<()> {
    let own = chain.get("chain_parameters").and_then(|all| all.get("correlation"));
    for group in ids(chain, "port_pair_groups") {
        for pair in ids(&cloud.one("port_pair_groups", group)?, "port_pairs") {
            let correlation = correlation(&cloud.one("port_pairs", pair)?)?;
            if !correlation.is_null() && Some(&correlation) != own {
                let why = format!(
                    "Port Chain attempted creation included a Port Pair Group ({group}) with a different \
                                   protocol used as correlation type."
                );
                return Err(Refusal::bad("PortChainInconsistentCorrelations", why));
            }
        }
    }
    Ok(())
}

/// A group that stays keeps the place that it had; a new one gets the one that it has in the list.
fn place(chain: &mut Object, old: &Object) {
    let had: Vec<_> = ids(old, "port_pair_groups").into_iter().zip(places(old)).collect();
    let place = |(at, id): (usize, &str)| {
        had.iter().find(|(had, _)| *had == id).map_or(at as u64, |(_, place)| *place)
    };
    let places: Vec<_> = ids(chain, "port_pair_groups").into_iter().enumerate().map(place).collect();
    chain.insert("_places".to_owned(), json!(places));
}

fn places(chain: &Object) -> Vec<u64> {
    chain.get("_places").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_u64).collect()
}

/// The answer to an update tells the groups as they were sent, and everybody after it as the database has them.
fn in_place(mut chain: Object) -> Object {
    let mut groups: Vec<_> = places(&chain).into_iter().zip(ids(&chain, "port_pair_groups")).collect();
    groups.sort_by_key(|(place, _)| *place);
    let (places, groups): (Vec<_>, Vec<_>) =
        groups.into_iter().map(|(place, id)| (place, id.to_owned())).unzip();
    chain.insert("port_pair_groups".to_owned(), json!(groups));
    chain.insert("_places".to_owned(), json!(places));
    chain
}
