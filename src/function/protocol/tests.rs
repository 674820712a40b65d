#![allow(clippy::needless_update, reason = "one macro for messages of one field and of many")]

use super::*;
use prost::Message;

/// Names and numbers as `run_function.proto` of Crossplane 2.4.0 has them; the rig compares this file with the original.
const PUBLISHED: &str = include_str!("run_function.txt");

/// Number of the one field that is set, as it is sent.
fn number(message: &impl Message) -> u64 {
    let bytes = message.encode_to_vec();
    prost::encoding::decode_varint(&mut bytes.as_slice()).unwrap() >> 3
}

fn one<T: Default>() -> BTreeMap<String, T> {
    BTreeMap::from([("key".to_owned(), T::default())])
}

macro_rules! fields {
    ($all:ident, $name:literal, $message:ident { $($field:ident: $value:expr),* $(,)? }) => {
        $($all.push(format!(
            "{} {} {}",
            $name,
            stringify!($field).trim_start_matches("r#"),
            number(&$message { $field: $value, ..$message::default() })
        ));)*
    };
}

macro_rules! numbers {
    ($all:ident, $name:ident { $($variant:ident: $published:literal),* $(,)? }) => {
        $($all.push(format!("{} {} {}", stringify!($name), $published, $name::$variant as i32));)*
    };
}

fn text() -> String {
    "x".to_owned()
}

fn data() -> BTreeMap<String, Vec<u8>> {
    one()
}

fn calls() -> Vec<String> {
    let mut all = vec![];
    fields!(
        all,
        "RunFunctionRequest",
        RunFunctionRequest {
            meta: Some(RequestMeta::default()),
            observed: Some(State::default()),
            desired: Some(State::default()),
            input: Some(Struct::default()),
            context: Some(Struct::default()),
            extra_resources: one(),
            credentials: one(),
            required_resources: one(),
            required_schemas: one(),
        }
    );
    fields!(
        all,
        "RunFunctionResponse",
        RunFunctionResponse {
            meta: Some(ResponseMeta::default()),
            desired: Some(State::default()),
            results: vec![FunctionResult::default()],
            context: Some(Struct::default()),
            requirements: Some(Requirements::default()),
            conditions: vec![Condition::default()],
            output: Some(Struct::default()),
        }
    );
    fields!(all, "RequestMeta", RequestMeta { tag: text(), capabilities: vec![1] });
    fields!(all, "ResponseMeta", ResponseMeta { tag: text(), ttl: Some(Duration::default()) });
    fields!(all, "State", State { composite: Some(Resource::default()), resources: one() });
    fields!(
        all,
        "Resource",
        Resource { resource: Some(Struct::default()), connection_details: data(), ready: 1 }
    );
    fields!(all, "Resources", Resources { items: vec![Resource::default()] });
    fields!(all, "Schema", Schema { openapi_v3: Some(Struct::default()) });
    fields!(all, "CredentialData", CredentialData { data: data() });
    all
}

fn parts() -> Vec<String> {
    let mut all = vec![];
    fields!(all, "Requirements", Requirements { extra_resources: one(), resources: one(), schemas: one() });
    fields!(
        all,
        "ResourceSelector",
        ResourceSelector { api_version: text(), kind: text(), namespace: Some(text()) }
    );
    fields!(all, "SchemaSelector", SchemaSelector { api_version: text(), kind: text() });
    fields!(all, "MatchLabels", MatchLabels { labels: BTreeMap::from([(text(), text())]) });
    fields!(
        all,
        "Result",
        FunctionResult { severity: 1, message: text(), reason: Some(text()), target: Some(1) }
    );
    fields!(
        all,
        "Condition",
        Condition { r#type: text(), status: 1, reason: text(), message: Some(text()), target: Some(1) }
    );
    let by = |by| ResourceSelector { r#match: Some(by), ..ResourceSelector::default() };
    let (name, labels) = (
        resource_selector::Match::MatchName(text()),
        resource_selector::Match::MatchLabels(MatchLabels::default()),
    );
    all.push(format!("ResourceSelector match_name {}", number(&by(name))));
    all.push(format!("ResourceSelector match_labels {}", number(&by(labels))));
    let source = Some(credentials::Source::CredentialData(CredentialData::default()));
    all.push(format!("Credentials credential_data {}", number(&Credentials { source })));
    all
}

fn enumerations() -> Vec<String> {
    let mut all = vec![];
    numbers!(
        all,
        Capability {
            Unspecified: "CAPABILITY_UNSPECIFIED",
            Capabilities: "CAPABILITY_CAPABILITIES",
            RequiredResources: "CAPABILITY_REQUIRED_RESOURCES",
            Credentials: "CAPABILITY_CREDENTIALS",
            Conditions: "CAPABILITY_CONDITIONS",
            RequiredSchemas: "CAPABILITY_REQUIRED_SCHEMAS",
        }
    );
    numbers!(all, Ready { Unspecified: "READY_UNSPECIFIED", True: "READY_TRUE", False: "READY_FALSE" });
    numbers!(
        all,
        Severity {
            Unspecified: "SEVERITY_UNSPECIFIED",
            Fatal: "SEVERITY_FATAL",
            Warning: "SEVERITY_WARNING",
            Normal: "SEVERITY_NORMAL",
        }
    );
    numbers!(
        all,
        Target {
            Unspecified: "TARGET_UNSPECIFIED",
            Composite: "TARGET_COMPOSITE",
            CompositeAndClaim: "TARGET_COMPOSITE_AND_CLAIM",
        }
    );
    numbers!(
        all,
        Status {
            ConditionUnspecified: "STATUS_CONDITION_UNSPECIFIED",
            ConditionUnknown: "STATUS_CONDITION_UNKNOWN",
            ConditionTrue: "STATUS_CONDITION_TRUE",
            ConditionFalse: "STATUS_CONDITION_FALSE",
        }
    );
    all
}

#[test]
fn every_field_is_sent_under_its_published_number() {
    let mut ours = [calls(), parts(), enumerations()].concat();
    ours.sort();
    let published: Vec<_> = PUBLISHED.lines().map(str::to_owned).collect();
    assert_eq!(ours, published);
}

#[test]
fn the_method_is_called_by_its_published_name() {
    assert_eq!(RUN_FUNCTION, format!("/{SERVICE}/RunFunction"));
}
