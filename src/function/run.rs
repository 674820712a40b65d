//! One call: which composite resource it is about, what it needs to know, and what comes of it. It remembers nothing:
//! equal requests get equal responses.

use super::{
    convert, nodes,
    protocol::{Resource, Resources, RunFunctionRequest, RunFunctionResponse},
    response::ResponseBuilder,
};
use crate::profile::{
    GROUP,
    chain::{self, ProfileName},
    cloud::{self, Composed},
    composed_resource::ComposedResource,
    input::{CloudInput, ComposedResources},
    occp,
    refusal::Refusal,
    spec::CloudSpec,
    xrd,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Annotation by which somebody approves of a plan, by its digest.
const APPROVE: &str = "cluster.kupenstack.io/approve";

/// Answers a call.
pub fn run(request: RunFunctionRequest) -> RunFunctionResponse {
    let observed = request.observed.clone().unwrap_or_default();
    let composite = Composite::of(observed.composite);
    let mut answer = ResponseBuilder::begin(&request, &composite.object);
    let group = composite.text("/apiVersion").split_once('/').map(|(group, _)| group.to_owned());
    let ours = group.is_some_and(|group| group == format!("{GROUP}.{}", crate::api::DOMAIN));
    let required = RequiredProfiles { found: request.required_resources };
    match composite.text("/kind") {
        xrd::CLOUD | xrd::CLAIMED_CLOUD if ours => {
            run_cloud(&composite, parts(observed.resources), &required, &mut answer);
        }
        xrd::PROFILE if ours => run_profile(&composite, &required, &mut answer),
        other => {
            answer.fatal(format!(
                "this function composes {} and {}, not {other:?}",
                xrd::CLOUD,
                xrd::PROFILE
            ));
        }
    }
    answer.end()
}

/// The composite resource.
struct Composite {
    object: Value,
}

impl Composite {
    fn of(resource: Option<Resource>) -> Self {
        let object = resource.and_then(|resource| resource.resource).map(convert::to_json);
        Self { object: Value::Object(object.unwrap_or_default()) }
    }

    fn text(&self, pointer: &str) -> &str {
        self.object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    fn annotation(&self, name: &str) -> Option<&str> {
        self.object.get("metadata")?.get("annotations")?.get(name)?.as_str()
    }

    fn object_at(&self, pointer: &str) -> Map<String, Value> {
        self.object.pointer(pointer).and_then(Value::as_object).cloned().unwrap_or_default()
    }
}

fn parts(resources: BTreeMap<String, Resource>) -> ComposedResources {
    let part = |resource: Resource| ComposedResource {
        object: resource.resource.map(convert::to_json).unwrap_or_default(),
        details: resource.connection_details,
    };
    resources.into_iter().map(|(name, resource)| (name, part(resource))).collect()
}

/// What Crossplane looked up for us.
struct RequiredProfiles {
    found: BTreeMap<String, Resources>,
}

impl RequiredProfiles {
    /// Looks profiles up, in their order; `None` as long as Crossplane has not done it.
    fn profiles(&self, names: &[ProfileName], answer: &mut ResponseBuilder) -> Option<Vec<Option<Value>>> {
        let keys: Vec<_> = names.iter().map(|name| answer.require_profile(name)).collect();
        let found = keys.iter().map(|key| {
            let first = self.found.get(key)?.items.first().cloned();
            Some(first.and_then(|item| item.resource).map(|object| Value::Object(convert::to_json(object))))
        });
        found.collect()
    }
}

fn run_profile(composite: &Composite, required: &RequiredProfiles, answer: &mut ResponseBuilder) {
    let name = ProfileName {
        namespace: composite.text("/metadata/namespace").to_owned(),
        name: composite.text("/metadata/name").to_owned(),
    };
    let mut spec = composite.object_at("/spec");
    let from = spec.get("from").and_then(Value::as_str).map(str::to_owned);
    spec.retain(|field, _| !xrd::NO_COMPONENTS.contains(&field.as_str()));
    let parent = match from {
        None => None,
        Some(from) => match parent(&from, &name.namespace, required, answer) {
            Some(parent) => Some(parent),
            None => return,
        },
    };
    let resolved = chain::resolve(&name, occp::read("spec", &spec), parent);
    answer.condition("Resolved", &resolved.refusals);
    answer.status(resolved.status);
    answer.ready(resolved.refusals.is_empty());
}

/// What came of `from`; `None` as long as it is not looked up.
fn parent(
    from: &str,
    namespace: &str,
    required: &RequiredProfiles,
    answer: &mut ResponseBuilder,
) -> Option<Result<chain::FoundProfile, Refusal>> {
    let names = match chain::candidates(from, namespace) {
        Ok(names) => names,
        Err(refusal) => return Some(Err(refusal)),
    };
    let found = required.profiles(&names, answer)?;
    Some(chain::choose(from, &found, namespace))
}

fn run_cloud(
    composite: &Composite,
    parts: ComposedResources,
    required: &RequiredProfiles,
    answer: &mut ResponseBuilder,
) {
    let spec: CloudSpec = match serde_json::from_value(Value::Object(composite.object_at("/spec"))) {
        Ok(spec) => spec,
        Err(error) => return answer.fatal(format!("spec: {error}")),
    };
    let claimed = composite.text("/kind") == xrd::CLAIMED_CLOUD;
    let own = (composite.text("/metadata/name"), composite.text("/metadata/namespace"));
    let (name, namespace) = match &spec.claim_ref {
        Some(claim) if claimed => (claim.name.as_str(), claim.namespace.as_str()),
        _ => own,
    };
    let references = spec.profiles.iter().map(|profile| ProfileName {
        namespace: profile.namespace.clone().unwrap_or_else(|| namespace.to_owned()),
        name: profile.name.clone(),
    });
    let names: Vec<_> = references.collect();
    let nodes = nodes::found(&spec, namespace, &required.found, answer);
    let (Some(found), Some(nodes)) = (required.profiles(&names, answer), nodes) else {
        return answer.keep(&parts);
    };
    let profiles = names.iter().zip(found);
    let mut profiles: Vec<_> =
        profiles.map(|(name, found)| chain::choose(&name.to_string(), &[found], namespace)).collect();
    if claimed && spec.claim_ref.is_none() {
        profiles.push(Err(Refusal::Unclaimed));
    }
    let approved = composite.annotation(APPROVE);
    let told = composite.object_at("/status/components");
    let seen =
        CloudInput { name, namespace, spec: &spec, profiles, nodes, resources: &parts, told, approved };
    let Composed { resources, status, refusals, ready, details } = cloud::compose(&seen);
    answer.halted(status.get("phase"), status.get("stage"));
    answer.compose(resources);
    answer.condition("Accepted", &refusals);
    answer.status(status);
    answer.ready(ready);
    if claimed {
        answer.details(details);
    }
}

#[cfg(test)]
mod tests;
