//! What a node is asked with, and the requests that its steps are.

use super::parameters::{MaintenanceMode, OpenstackNodeParameters};
use crate::{
    components::service::NODES,
    kind::{
        Key, Step,
        request::{
            Method, Request,
            service::{BLOCK_STORAGE, COMPUTE, NETWORK, PLACEMENT, Service},
        },
    },
    node::{
        agents::NOVA,
        next::{Next, Policy},
        providers,
        wanted::{self, Wanted},
    },
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

/// What a node is asked about.
pub type Asked<'a> = Key<'a, OpenstackNodeParameters>;

/// Why Cinder's services of a node are disabled that has left.
const LEFT: &str = "kupenstack: the node has left the cloud";

/// Name of the Node.
pub fn name<'a>(key: &'a Asked<'_>) -> &'a str {
    key.any.meta.external_name.unwrap_or(key.any.meta.name)
}

/// Where it is asked for.
pub fn path(key: &Asked<'_>) -> String {
    format!("/nodes/{}", name(key))
}

/// Name of the profile that its agents have.
pub fn profile(params: &OpenstackNodeParameters) -> Option<&str> {
    params.openstack_cloud_configuration_profile_ref.as_ref()?.name.as_deref()
}

/// The text of the `clouds.yaml` that the Secret has.
pub fn login(key: &Asked<'_>) -> Option<SecretString> {
    let document = key.any.secrets.get("identity_connection")?;
    let document: Map<String, Value> = serde_json::from_str(document.expose_secret()).ok()?;
    Some(document.get("clouds.yaml")?.as_str()?.into())
}

/// What is wanted of it, as far as who looks has to know.
pub fn wanted(key: &Asked<'_>) -> Value {
    let params = key.params;
    let Policy { disabled, drain, force, .. } = policy(params);
    json!(Wanted {
        namespace: key.any.meta.namespace.to_owned(),
        marker: key.any.meta.marker.text(),
        labels: wanted::labels(params.roles.as_deref().unwrap_or_default(), profile(params)),
        drain,
        force,
        works: !disabled && !drain,
    })
}

/// What is to be done where there is a choice.
pub fn policy(params: &OpenstackNodeParameters) -> Policy {
    let maintenance = params.maintenance.clone().unwrap_or_default();
    Policy {
        disabled: params.disabled.unwrap_or_default(),
        drain: maintenance.mode.unwrap_or_default() == MaintenanceMode::Drain,
        force: maintenance.force.unwrap_or_default(),
        concurrency: usize::try_from(maintenance.concurrency.unwrap_or(1)).unwrap_or(1),
    }
}

/// The request that a step is.
pub fn requested(key: &Asked<'_>, step: Next) -> Step {
    let at = path(key);
    let node = |method, path: String, body| Step::Send(Request::new(&NODES, method, path, body));
    let delete = |service, path: String| said(key, service, Method::Delete, path, None);
    match step {
        Next::Label => node(Method::Put, format!("{at}/labels"), Some(wanted(key))),
        Next::Unlabel => node(Method::Delete, format!("{at}/labels"), None),
        Next::Release => node(Method::Delete, at, None),
        Next::Disable(id, why) => set(key, &id, json!({"status": "disabled", "disabled_reason": why})),
        Next::Enable(id) => set(key, &id, json!({"status": "enabled"})),
        Next::DisableVolumes(binary, host) => {
            let body = json!({"binary": binary, "host": host, "disabled_reason": LEFT});
            let path = "/os-services/disable-log-reason".to_owned();
            said(key, &BLOCK_STORAGE, Method::Put, path, Some(body))
        }
        Next::Restart(agent, pod) => {
            let body = json!({"namespace": key.any.meta.namespace, "agent": agent, "pod": pod});
            node(Method::Post, format!("{at}/restarts"), Some(body))
        }
        Next::MoveLive(server) => {
            act(key, &server, json!({"os-migrateLive": {"host": null, "block_migration": "auto"}}))
        }
        Next::MoveCold(server) => act(key, &server, json!({"migrate": null})),
        Next::Offload(server) => act(key, &server, json!({"shelveOffload": null})),
        Next::Confirm(server) => act(key, &server, json!({"confirmResize": null})),
        Next::DeleteService(id) => delete(&COMPUTE, format!("/os-services/{id}")),
        Next::DeleteProvider(id) => delete(&PLACEMENT, format!("/resource_providers/{id}")),
        Next::DeleteAgent(id) => delete(&NETWORK, format!("/agents/{id}")),
        Next::Wait(what) => Step::Wait(what),
        Next::Refuse(why) | Next::GiveUp(_, why) => Step::Refuse(why),
        Next::Done => Step::Done,
    }
}

/// What is done with a server.
fn act(key: &Asked<'_>, server: &str, what: Value) -> Step {
    said(key, &COMPUTE, Method::Post, format!("/servers/{server}/action"), Some(what))
}

/// What Nova's service is set to.
fn set(key: &Asked<'_>, id: &str, what: Value) -> Step {
    said(key, &COMPUTE, Method::Put, format!("/os-services/{id}"), Some(what))
}

/// What is said to OpenStack, with the login beside it.
fn said(
    key: &Asked<'_>,
    service: &'static Service,
    method: Method,
    path: String,
    body: Option<Value>,
) -> Step {
    let mut request = Request::new(service, method, path, body);
    request.microversion = match service.group {
        "compute" => Some(NOVA),
        "placement" => Some(providers::PLACEMENT),
        _ => None,
    };
    request.secrets.extend(login(key).map(|login| ("/login".to_owned(), login)));
    Step::Send(request)
}
