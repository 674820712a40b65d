//! Messages of `apiextensions.fn.proto.v1`, by which Crossplane calls functions. Written by hand, so that
//! building needs no protoc; a test compares names and numbers with the published ones.

use prost_types::{Duration, Struct};
use std::collections::BTreeMap;

/// Full name of the service.
pub const SERVICE: &str = "apiextensions.fn.proto.v1.FunctionRunnerService";
/// Path of its one method.
pub const RUN_FUNCTION: &str = "/apiextensions.fn.proto.v1.FunctionRunnerService/RunFunction";

/// What Crossplane knows when it calls the function.
#[derive(Clone, PartialEq, prost::Message)]
pub struct RunFunctionRequest {
    /// Identifies the request.
    #[prost(message, optional, tag = 1)]
    pub meta: Option<RequestMeta>,
    /// What the API server has.
    #[prost(message, optional, tag = 2)]
    pub observed: Option<State>,
    /// What earlier functions of the pipeline want.
    #[prost(message, optional, tag = 3)]
    pub desired: Option<State>,
    /// Input of the composition's step.
    #[prost(message, optional, tag = 4)]
    pub input: Option<Struct>,
    /// What functions of the pipeline tell each other.
    #[prost(message, optional, tag = 5)]
    pub context: Option<Struct>,
    /// The older name of `required_resources`.
    #[prost(btree_map = "string, message", tag = 6)]
    pub extra_resources: BTreeMap<String, Resources>,
    /// Credentials of the composition's step.
    #[prost(btree_map = "string, message", tag = 7)]
    pub credentials: BTreeMap<String, Credentials>,
    /// What was asked for. A key that is absent was not looked up yet; no items means not found.
    #[prost(btree_map = "string, message", tag = 8)]
    pub required_resources: BTreeMap<String, Resources>,
    /// Schemas that were asked for.
    #[prost(btree_map = "string, message", tag = 9)]
    pub required_schemas: BTreeMap<String, Schema>,
}

/// What the function wants.
#[derive(Clone, PartialEq, prost::Message)]
pub struct RunFunctionResponse {
    /// Identifies the response, and says how long it is good.
    #[prost(message, optional, tag = 1)]
    pub meta: Option<ResponseMeta>,
    /// Wanted state. A composed resource that is missing here is deleted.
    #[prost(message, optional, tag = 2)]
    pub desired: Option<State>,
    /// Messages for people; a fatal one ends the pipeline.
    #[prost(message, repeated, tag = 3)]
    pub results: Vec<FunctionResult>,
    /// What functions of the pipeline tell each other.
    #[prost(message, optional, tag = 4)]
    pub context: Option<Struct>,
    /// What the function needs to know beside the request.
    #[prost(message, optional, tag = 5)]
    pub requirements: Option<Requirements>,
    /// Conditions of the composite resource.
    #[prost(message, repeated, tag = 6)]
    pub conditions: Vec<Condition>,
    /// Output of an operation.
    #[prost(message, optional, tag = 7)]
    pub output: Option<Struct>,
}

/// Identifies a request.
#[derive(Clone, PartialEq, prost::Message)]
pub struct RequestMeta {
    /// Returned as it is.
    #[prost(string, tag = 1)]
    pub tag: String,
    /// What Crossplane can do; none from versions before 2.2.
    #[prost(enumeration = "Capability", repeated, tag = 2)]
    pub capabilities: Vec<i32>,
}

/// Identifies a response.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ResponseMeta {
    /// The request's.
    #[prost(string, tag = 1)]
    pub tag: String,
    /// After this time Crossplane asks again.
    #[prost(message, optional, tag = 2)]
    pub ttl: Option<Duration>,
}

/// Credentials of a composition's step.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Credentials {
    /// Where they are from.
    #[prost(oneof = "credentials::Source", tags = "1")]
    pub source: Option<credentials::Source>,
}

/// Sources of credentials.
pub mod credentials {
    /// Where credentials are from.
    #[derive(Clone, PartialEq, prost::Oneof)]
    pub enum Source {
        /// A Secret.
        #[prost(message, tag = 1)]
        CredentialData(super::CredentialData),
    }
}

/// Data of a Secret.
#[derive(Clone, PartialEq, prost::Message)]
pub struct CredentialData {
    /// Its keys.
    #[prost(btree_map = "string, bytes", tag = 1)]
    pub data: BTreeMap<String, Vec<u8>>,
}

/// What a requirement found.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Resources {
    /// The objects.
    #[prost(message, repeated, tag = 1)]
    pub items: Vec<Resource>,
}

/// A schema that was asked for.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Schema {
    /// OpenAPI schema; absent if there is none.
    #[prost(message, optional, tag = 1)]
    pub openapi_v3: Option<Struct>,
}

/// A composite resource and what it is composed of.
#[derive(Clone, PartialEq, prost::Message)]
pub struct State {
    /// The composite resource.
    #[prost(message, optional, tag = 1)]
    pub composite: Option<Resource>,
    /// Composed resources by the name that the function gave them.
    #[prost(btree_map = "string, message", tag = 2)]
    pub resources: BTreeMap<String, Resource>,
}

/// An object of the API server.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Resource {
    /// The object; in wanted state just the fields to own.
    #[prost(message, optional, tag = 1)]
    pub resource: Option<Struct>,
    /// Content of its connection secret.
    #[prost(btree_map = "string, bytes", tag = 2)]
    pub connection_details: BTreeMap<String, Vec<u8>>,
    /// Is it ready?
    #[prost(enumeration = "Ready", tag = 3)]
    pub ready: i32,
}

/// What the function needs to know beside the request.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Requirements {
    /// The older name of `resources`.
    #[prost(btree_map = "string, message", tag = 1)]
    pub extra_resources: BTreeMap<String, ResourceSelector>,
    /// Objects.
    #[prost(btree_map = "string, message", tag = 2)]
    pub resources: BTreeMap<String, ResourceSelector>,
    /// Schemas.
    #[prost(btree_map = "string, message", tag = 3)]
    pub schemas: BTreeMap<String, SchemaSelector>,
}

/// Which objects.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ResourceSelector {
    /// Their API version.
    #[prost(string, tag = 1)]
    pub api_version: String,
    /// Their kind.
    #[prost(string, tag = 2)]
    pub kind: String,
    /// Their name or labels.
    #[prost(oneof = "resource_selector::Match", tags = "3, 4")]
    pub r#match: Option<resource_selector::Match>,
    /// Their namespace.
    #[prost(string, optional, tag = 5)]
    pub namespace: Option<String>,
}

/// Ways to select.
pub mod resource_selector {
    /// How to select.
    #[derive(Clone, PartialEq, prost::Oneof)]
    pub enum Match {
        /// By name.
        #[prost(string, tag = 3)]
        MatchName(String),
        /// By labels.
        #[prost(message, tag = 4)]
        MatchLabels(super::MatchLabels),
    }
}

/// Labels to select by.
#[derive(Clone, PartialEq, prost::Message)]
pub struct MatchLabels {
    /// All of them.
    #[prost(btree_map = "string, string", tag = 1)]
    pub labels: BTreeMap<String, String>,
}

/// Which schema.
#[derive(Clone, PartialEq, prost::Message)]
pub struct SchemaSelector {
    /// API version.
    #[prost(string, tag = 1)]
    pub api_version: String,
    /// Kind.
    #[prost(string, tag = 2)]
    pub kind: String,
}

/// A message for people.
#[derive(Clone, PartialEq, prost::Message)]
pub struct FunctionResult {
    /// How bad it is.
    #[prost(enumeration = "Severity", tag = 1)]
    pub severity: i32,
    /// The message.
    #[prost(string, tag = 2)]
    pub message: String,
    /// CamelCase name of the cause.
    #[prost(string, optional, tag = 3)]
    pub reason: Option<String>,
    /// Where it is shown.
    #[prost(enumeration = "Target", optional, tag = 4)]
    pub target: Option<i32>,
}

/// A condition of the composite resource.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Condition {
    /// Its type; those of Crossplane's own are refused.
    #[prost(string, tag = 1)]
    pub r#type: String,
    /// Its status.
    #[prost(enumeration = "Status", tag = 2)]
    pub status: i32,
    /// CamelCase name of the cause.
    #[prost(string, tag = 3)]
    pub reason: String,
    /// For people.
    #[prost(string, optional, tag = 4)]
    pub message: Option<String>,
    /// Where it is shown.
    #[prost(enumeration = "Target", optional, tag = 5)]
    pub target: Option<i32>,
}

/// What a version of Crossplane can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum Capability {
    /// Unknown.
    Unspecified = 0,
    /// It tells its capabilities.
    Capabilities = 1,
    /// It looks up required resources.
    RequiredResources = 2,
    /// It passes credentials.
    Credentials = 3,
    /// It takes conditions.
    Conditions = 4,
    /// It looks up required schemas.
    RequiredSchemas = 5,
}

/// Is a resource ready?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum Ready {
    /// Not said.
    Unspecified = 0,
    /// Yes.
    True = 1,
    /// No.
    False = 2,
}

/// How bad a result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum Severity {
    /// Unknown.
    Unspecified = 0,
    /// Ends the pipeline; nothing is applied.
    Fatal = 1,
    /// A warning event.
    Warning = 2,
    /// An event.
    Normal = 3,
}

/// Where results and conditions are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum Target {
    /// As for the composite resource.
    Unspecified = 0,
    /// The composite resource.
    Composite = 1,
    /// The composite resource and its claim.
    CompositeAndClaim = 2,
}

/// Status of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub enum Status {
    /// Unknown.
    ConditionUnspecified = 0,
    /// `Unknown`.
    ConditionUnknown = 1,
    /// `True`.
    ConditionTrue = 2,
    /// `False`.
    ConditionFalse = 3,
}

#[cfg(test)]
mod tests;
