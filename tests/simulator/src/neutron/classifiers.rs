//! Flow classifiers of service function chaining.

use super::{in_use, neutron, owned, pairs::lists, ports};
use crate::{
    address::Range,
    call::Call,
    cloud::Cloud,
    collection::Collection,
    reply::{Outcome, Refusal},
    store::{Object, text},
};
use serde_json::{Value, json};

const FIXED: &[&str] = &[
    "ethertype",
    "protocol",
    "source_port_range_min",
    "source_port_range_max",
    "destination_port_range_min",
    "destination_port_range_max",
    "source_ip_prefix",
    "destination_ip_prefix",
    "logical_source_port",
    "logical_destination_port",
    "l7_parameters",
    "project_id",
    "tenant_id",
];

pub(super) const CLASSIFIERS: Collection = Collection {
    fields: || {
        let mut fields: Object = FIXED.iter().map(|field| ((*field).to_owned(), Value::Null)).collect();
        for empty in ["name", "description", "project_id", "tenant_id"] {
            fields.insert(empty.to_owned(), json!(""));
        }
        fields.insert("ethertype".to_owned(), json!("IPv4"));
        fields.insert("l7_parameters".to_owned(), json!({}));
        Value::Object(fields)
    },
    fixed: FIXED,
    tags: false,
    make,
    unmake: |cloud, _, classifier| {
        let id = text(classifier, "id");
        match cloud.store.all("port_chains").any(|chain| lists(chain, "flow_classifiers", id)) {
            true => Err(in_use("FlowClassifierInUse", format!("Flow Classifier {id} in use."))),
            false => Ok(true),
        }
    },
    ..neutron("flow_classifiers", "flow_classifiers", "flow_classifier", "Flow classifier")
};

fn make(cloud: &mut Cloud, call: &Call, classifier: Object) -> Outcome<Object> {
    valid(&classifier)?;
    let logical = ["logical_source_port", "logical_destination_port"];
    for port in logical.map(|side| text(&classifier, side)).into_iter().filter(|port| !port.is_empty()) {
        if !cloud.store.get("ports", port).is_some_and(|port| ports::PORTS.visible(call, port)) {
            let why = format!("Flow Classifier Neutron Port {port} not found.");
            return Err(Refusal::new(404, "FlowClassifierPortNotFound", why));
        }
    }
    let mut others = cloud.store.all("flow_classifiers").filter(|other| CLASSIFIERS.visible(call, other));
    let same = |other: &&Object| {
        overlap(&classifier, other) && logical.iter().all(|side| agree(&classifier, other, side))
    };
    if let Some(other) = others.find(same) {
        let why = format!("Flow Classifier conflicts with another Flow Classifier {}.", text(other, "id"));
        return Err(Refusal::bad("FlowClassifierInConflict", why));
    }
    owned(cloud, call, classifier)
}

fn valid(classifier: &Object) -> Outcome<()> {
    if classifier.get("l7_parameters").and_then(Value::as_object).is_some_and(|all| !all.is_empty()) {
        let why = "Invalid Flow Classifier parameters: Supported flow classifier parameters are {}.";
        return Err(Refusal::bad("FlowClassifierInvalidL7Parameter", why));
    }
    let ports = ["source", "destination"].map(|side| range(classifier, side));
    if ports.iter().any(|(min, max)| min.is_some() && max.is_some() && min > max) {
        let why = "Invalid IP protocol port range. min_port_range must be lesser or equal to max_port_range.";
        return Err(Refusal::bad("FlowClassifierInvalidPortRange", why));
    }
    let any = ports.iter().any(|(min, max)| min.or(*max).is_some());
    if any && !["tcp", "udp"].contains(&text(classifier, "protocol")) {
        let why = "IP protocol must be TCP or UDP, if port range is given.";
        return Err(Refusal::bad("FlowClassifierProtocolRequiredWithPorts", why));
    }
    let six = text(classifier, "ethertype") == "IPv6";
    for prefix in PREFIXES.iter().filter_map(|prefix| Range::parse(text(classifier, prefix))) {
        if (prefix.version() == 6) != six {
            let why = "IP prefix format conflicts with ethertype.";
            return Err(Refusal::bad("FlowClassifierIpPrefixFormatConflictWithEthertype", why));
        }
    }
    Ok(())
}

const PREFIXES: [&str; 2] = ["source_ip_prefix", "destination_ip_prefix"];

fn range(classifier: &Object, side: &str) -> (Option<u64>, Option<u64>) {
    let end = |end: &str| classifier.get(&format!("{side}_port_range_{end}")).and_then(Value::as_u64);
    (end("min"), end("max"))
}

/// Do they say the same, or does one say nothing?
fn agree(one: &Object, other: &Object, field: &str) -> bool {
    let [one, other] = [one, other].map(|of| text(of, field));
    one.is_empty() || other.is_empty() || one == other
}

/// Can a packet be meant by both, wherever it comes in?
pub(super) fn overlap(one: &Object, other: &Object) -> bool {
    let prefixes = PREFIXES.iter().all(|prefix| {
        let [one, other] = [one, other].map(|of| Range::parse(text(of, prefix)));
        one.zip(other).is_none_or(|(one, other)| one.overlaps(other))
    });
    let ports = ["source", "destination"].iter().all(|side| {
        let [(min, max), (other_min, other_max)] = [one, other].map(|of| range(of, side));
        let before = |min: Option<u64>, max: Option<u64>| min.zip(max).is_none_or(|(min, max)| min <= max);
        before(min, other_max) && before(other_min, max)
    });
    agree(one, other, "ethertype") && agree(one, other, "protocol") && prefixes && ports
}
