//! A response while it is put together. It begins with what earlier functions of the pipeline want: what is missing in a response is deleted.

use super::{
    convert,
    protocol::{
        Condition, FunctionResult, MatchLabels, Ready, Requirements, Resource, ResourceSelector,
        ResponseMeta, RunFunctionRequest, RunFunctionResponse, Severity, State, Status, Target,
        resource_selector::Match,
    },
};
use crate::{
    api::{DOMAIN, VERSION},
    profile::{
        GROUP,
        chain::ProfileName,
        cloud::WantedResource,
        configuration,
        input::ComposedResources,
        refusal::{self, Refusal},
        xrd,
    },
};
use prost_types::Duration;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Seconds after which Crossplane asks again. Versions from 2.4 on watch what a function required; this bounds the delay in
/// older ones.
const TTL: i64 = 60;

/// The response.
pub struct ResponseBuilder {
    response: RunFunctionResponse,
    desired: State,
    requirements: Requirements,
    /// The composite resource as it was observed.
    before: Value,
}

impl ResponseBuilder {
    /// An answer that changes nothing yet.
    pub fn begin(request: &RunFunctionRequest, composite: &Value) -> Self {
        let tag = request.meta.as_ref().map(|meta| meta.tag.clone()).unwrap_or_default();
        let meta = ResponseMeta { tag, ttl: Some(Duration { seconds: TTL, nanos: 0 }) };
        Self {
            response: RunFunctionResponse {
                meta: Some(meta),
                context: request.context.clone(),
                ..RunFunctionResponse::default()
            },
            desired: request.desired.clone().unwrap_or_default(),
            requirements: Requirements::default(),
            before: composite.clone(),
        }
    }

    /// The response.
    pub fn end(self) -> RunFunctionResponse {
        let requirements = (self.requirements != Requirements::default()).then_some(self.requirements);
        RunFunctionResponse { desired: Some(self.desired), requirements, ..self.response }
    }

    /// Ends the pipeline: nothing is applied, and nothing is deleted.
    pub fn fatal(&mut self, message: String) {
        self.result(Severity::Fatal, "Unreadable", message);
    }

    fn result(&mut self, severity: Severity, reason: &str, message: String) {
        self.response.results.push(FunctionResult {
            severity: severity.into(),
            message,
            reason: Some(reason.to_owned()),
            target: Some(Target::CompositeAndClaim.into()),
        });
    }

    /// Asks for a profile; returns the key that it will be found under.
    pub fn require_profile(&mut self, name: &ProfileName) -> String {
        let selector = ResourceSelector {
            api_version: format!("{GROUP}.{DOMAIN}/{VERSION}"),
            kind: xrd::PROFILE.to_owned(),
            r#match: Some(Match::MatchName(name.name.clone())),
            namespace: Some(name.namespace.clone()),
        };
        self.require(format!("profile/{name}"), selector)
    }

    /// Asks for what a KupenStack file has no words for, likewise.
    pub fn require_defaults(&mut self) -> String {
        let selector = ResourceSelector {
            api_version: "apiextensions.crossplane.io/v1beta1".to_owned(),
            kind: "EnvironmentConfig".to_owned(),
            r#match: Some(Match::MatchName(configuration::DEFAULTS.to_owned())),
            namespace: None,
        };
        self.require("defaults".to_owned(), selector)
    }

    fn require(&mut self, key: String, selector: ResourceSelector) -> String {
        self.requirements.resources.insert(key.clone(), selector);
        key
    }

    /// Asks for a Node, likewise.
    pub fn require_node(&mut self, name: &str) -> String {
        self.require_of_nodes(format!("node/{name}"), Match::MatchName(name.to_owned()))
    }

    /// Asks for the Nodes with these labels, those of the pool of this number.
    pub fn require_nodes(&mut self, pool: usize, labels: &BTreeMap<String, String>) -> String {
        let labels = MatchLabels { labels: labels.clone() };
        self.require_of_nodes(format!("nodes/{pool}"), Match::MatchLabels(labels))
    }

    fn require_of_nodes(&mut self, key: String, which: Match) -> String {
        let selector = ResourceSelector {
            api_version: "v1".to_owned(),
            kind: "Node".to_owned(),
            r#match: Some(which),
            namespace: None,
        };
        self.requirements.resources.insert(key.clone(), selector);
        key
    }

    /// Wants these composed resources.
    pub fn compose(&mut self, resources: BTreeMap<String, WantedResource>) {
        for (name, WantedResource { object, ready }) in resources {
            let Value::Object(object) = object else { continue };
            let ready = if ready { Ready::True } else { Ready::False };
            let resource = Resource {
                resource: Some(convert::to_struct(object)),
                connection_details: BTreeMap::new(),
                ready: ready.into(),
            };
            self.desired.resources.insert(name, resource);
        }
    }

    /// Wants all composed resources just as they are.
    pub fn keep(&mut self, parts: &ComposedResources) {
        let wanted = parts.iter().map(|(name, part)| {
            (name.clone(), WantedResource { object: part.as_it_is(), ready: part.ready() })
        });
        self.compose(wanted.collect());
    }

    fn composite(&mut self) -> &mut Resource {
        self.desired.composite.get_or_insert_default()
    }

    /// Sets the status of the composite resource.
    pub fn status(&mut self, status: Map<String, Value>) {
        let mut object = Map::from_iter([("status".to_owned(), Value::Object(status))]);
        for field in ["apiVersion", "kind"] {
            object.extend(self.before.get(field).map(|value| (field.to_owned(), value.clone())));
        }
        self.composite().resource = Some(convert::to_struct(object));
    }

    /// Says whether the composite resource is ready.
    pub fn ready(&mut self, ready: bool) {
        self.composite().ready = if ready { Ready::True } else { Ready::False }.into();
    }

    /// Sets the connection details of the composite resource.
    pub fn details(&mut self, details: BTreeMap<String, Vec<u8>>) {
        self.composite().connection_details = details;
    }

    /// Sets a condition: true unless something was refused. What is new is an event as well.
    pub fn condition(&mut self, r#type: &str, refusals: &[Refusal]) {
        let first = refusals.first().map(Refusal::reason);
        let message = first.map(|_| refusal::message(refusals));
        if let (Some(reason), Some(message)) = (first, &message)
            && self.said(r#type).as_ref() != Some(message)
            && !refusals.iter().all(Refusal::is_passing)
        {
            self.result(Severity::Warning, reason, message.clone());
        }
        let status = if first.is_some() { Status::ConditionFalse } else { Status::ConditionTrue };
        self.response.conditions.push(Condition {
            r#type: r#type.to_owned(),
            status: status.into(),
            reason: first.unwrap_or(r#type).to_owned(),
            message,
            target: Some(Target::CompositeAndClaim.into()),
        });
    }

    /// Message of a condition that the composite resource had.
    fn said(&self, r#type: &str) -> Option<String> {
        let conditions = self.before.pointer("/status/conditions")?.as_array()?;
        let before =
            conditions.iter().find(|condition| condition.get("type").is_some_and(|t| t == r#type))?;
        Some(before.get("message")?.as_str()?.to_owned())
    }

    /// An event where a cloud halts.
    pub fn halted(&mut self, phase: Option<&Value>, stage: Option<&Value>) {
        let halted = phase.is_some_and(|phase| phase == "Halted");
        if halted && self.before.pointer("/status/phase") != phase {
            let why = stage.and_then(|stage| stage.get("blockedBy")).and_then(Value::as_str);
            self.result(
                Severity::Warning,
                "Halted",
                why.unwrap_or("a component does not get ready").to_owned(),
            );
        }
    }
}
