//! Quotas: <https://docs.openstack.org/api-ref/network/v2/#quotas-extension-quotas>

use crate::{
    call::Call,
    cloud::Cloud,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use http::Method;
use serde_json::{Value, json};

/// What is limited; without limit unless somebody sets one.
const COUNTED: [&str; 10] = [
    "network",
    "subnet",
    "subnetpool",
    "port",
    "router",
    "floatingip",
    "security_group",
    "security_group_rule",
    "rbac_policy",
    "trunk",
];

/// `/quotas` and what is below.
pub(super) fn answer(cloud: &mut Cloud, call: &Call, project: Option<&str>) -> Outcome {
    let own = project.is_some() && project == call.who.project.as_deref();
    if !(call.who.admin || (own && call.method == Method::GET)) {
        return Err(Refusal::forbidden("quotas by a user", "update_quota"));
    }
    match (&call.method, project) {
        (&Method::GET, None) => {
            let all: Vec<_> =
                cloud.store.all("quotas").map(|quota| Value::Object(told(quota, true))).collect();
            Ok(Done::new(200, json!({ "quotas": all })))
        }
        (&Method::GET, Some(project)) => {
            let set = cloud.store.get("quotas", project).cloned().unwrap_or_default();
            Ok(Done::new(200, json!({"quota": told(&set, false)})))
        }
        (&Method::PUT, Some(project)) => {
            let mut sent = call.object("quota").unwrap_or_default();
            sent.remove("force");
            if let Some(unknown) = sent.keys().find(|name| !COUNTED.contains(&name.as_str())) {
                let why = format!("Unrecognized attribute(s) '{unknown}'");
                return Err(Refusal::bad("HTTPBadRequest: quota of nothing", why));
            }
            let mut set = cloud.store.get("quotas", project).cloned().unwrap_or_default();
            set.extend(sent);
            set.extend(object(json!({"id": project, "project_id": project, "tenant_id": project})));
            cloud.store.put("quotas", set.clone());
            Ok(Done::new(200, json!({"quota": told(&set, false)})))
        }
        (&Method::DELETE, Some(project)) => match cloud.store.remove("quotas", project) {
            Some(_) => Ok(Done::nothing(204)),
            None => {
                let why = format!("Quota for tenant {project} could not be found.");
                Err(Refusal::new(404, "TenantQuotaNotFound", why))
            }
        },
        _ => Err(Refusal::no_path()),
    }
}

/// All limits, and of a list whose they are.
fn told(set: &Object, whose: bool) -> Object {
    let limits = COUNTED.map(|name| (name.to_owned(), set.get(name).cloned().unwrap_or(json!(-1))));
    let owner = ["project_id", "tenant_id"].map(|name| (name.to_owned(), json!(text(set, "id"))));
    limits.into_iter().chain(owner.into_iter().filter(|_| whose)).collect()
}
