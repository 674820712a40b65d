//! One call: which composite resource it is about, what it needs to know, and what comes of it. It remembers nothing:
//! equal requests get equal responses.

use super::{
    asked::{Composite, Required, parts},
    nodes,
    protocol::{RunFunctionRequest, RunFunctionResponse},
    response::ResponseBuilder,
};
use crate::profile::{
    chain::{self, ProfileName},
    cloud::{self, Composed},
    configuration::{self, ConfigurationInput, ConfigurationSpec},
    input::{CloudInput, ComposedResources},
    occp, planned_changes,
    refusal::Refusal,
    remote::{self, Next},
    spec::CloudSpec,
    xrd,
};
use serde_json::Value;

/// Answers a call.
pub fn run(request: RunFunctionRequest) -> RunFunctionResponse {
    let observed = request.observed.clone().unwrap_or_default();
    let composite = Composite::of(observed.composite);
    let mut answer = ResponseBuilder::begin(&request, &composite.object);
    let (parts, required) = (parts(observed.resources), Required { looked_up: request.required_resources });
    let kind = composite.text("/kind");
    match Some(kind).filter(|kind| xrd::api_version(kind).as_deref() == Some(composite.text("/apiVersion"))) {
        Some(xrd::CLOUD | xrd::CLAIMED_CLOUD) => run_cloud(&composite, parts, &required, &mut answer),
        Some(xrd::PROFILE) => run_profile(&composite, &parts, &required, &mut answer),
        Some(xrd::CONFIGURATION) => run_configuration(&composite, &parts, &required, &mut answer),
        Some(_) | None => {
            let known = [xrd::CLOUD, xrd::PROFILE, xrd::CONFIGURATION].join(", ");
            answer.fatal(format!("this function composes {known}, not {kind:?}"));
        }
    }
    answer.end()
}

fn run_profile(
    composite: &Composite,
    parts: &ComposedResources,
    required: &Required,
    answer: &mut ResponseBuilder,
) {
    let name = ProfileName {
        namespace: composite.text("/metadata/namespace").to_owned(),
        name: composite.text("/metadata/name").to_owned(),
    };
    let spec = composite.object_at("/spec");
    let line = remote::follow(&spec, &name.namespace, parts);
    answer.compose(line.resources);
    let parent = match line.next {
        Next::Nothing => None,
        Next::Refused(refusal) => Some(Err(refusal)),
        Next::Named(from) => {
            let names = chain::candidates(&from, &name.namespace);
            let Some(found) = required.profiles(&names, answer) else { return };
            Some(chain::choose(&from, &found, &name.namespace))
        }
    };
    let own = occp::read("spec", &remote::entries(spec));
    let resolved = chain::resolve(&name, own, line.read, parent);
    answer.condition("Resolved", &resolved.refusals);
    answer.status(resolved.status);
    answer.ready(resolved.refusals.is_empty());
}

fn run_configuration(
    composite: &Composite,
    parts: &ComposedResources,
    required: &Required,
    answer: &mut ResponseBuilder,
) {
    let spec: ConfigurationSpec = match serde_json::from_value(Value::Object(composite.object_at("/spec"))) {
        Ok(spec) => spec,
        Err(error) => return answer.fatal(format!("spec: {error}")),
    };
    let Some(defaults) = required.defaults(answer) else { return answer.keep(parts) };
    let defaults = defaults.first().and_then(|found| found.get("data")).and_then(Value::as_object);
    let composed = configuration::compose(&ConfigurationInput {
        name: composite.text("/metadata/name"),
        namespace: composite.text("/metadata/namespace"),
        spec: &spec,
        defaults,
        cloud: parts.get(configuration::CLOUD),
    });
    answer.compose(composed.resources);
    answer.condition("Accepted", &composed.refusals);
    answer.status(composed.status);
    answer.ready(composed.ready);
}

fn run_cloud(
    composite: &Composite,
    parts: ComposedResources,
    required: &Required,
    answer: &mut ResponseBuilder,
) {
    let spec = match CloudSpec::of(composite.object_at("/spec")) {
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
    let nodes = nodes::found(&spec, namespace, required, answer);
    let (Some(found), Some(nodes)) = (required.profiles(&names, answer), nodes) else {
        return answer.keep(&parts);
    };
    let profiles = names.iter().zip(found);
    let mut profiles: Vec<_> =
        profiles.map(|(name, found)| chain::choose(&name.to_string(), &[found], namespace)).collect();
    if claimed && spec.claim_ref.is_none() {
        profiles.push(Err(Refusal::Unclaimed));
    }
    let approved = composite.annotation(planned_changes::APPROVE);
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
