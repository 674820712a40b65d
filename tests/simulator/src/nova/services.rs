//! Services on hosts: <https://docs.openstack.org/api-ref/compute/#compute-services-os-services>

use crate::{
    call::Call,
    cloud::Cloud,
    collection::merged,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use serde_json::{Value, json};

/// One host that computes, and one that does all else.
pub(super) fn furnish(cloud: &mut Cloud) {
    for (binary, host) in [("nova-compute", "host-1"), ("nova-conductor", "controller")] {
        let service = json!({"id": cloud.uuid(), "binary": binary, "host": host, "zone": "nova", "status": "enabled",
            "state": "up", "disabled_reason": null, "forced_down": false, "updated_at": cloud.time()});
        cloud.store.put("os-services", object(service));
    }
}

pub(super) fn answer(cloud: &mut Cloud, call: &Call, rest: &[&str]) -> Outcome {
    if !call.who.admin {
        return Err(Refusal::forbidden("services by a user", "os_compute_api:os-services"));
    }
    match (call.method.as_str(), rest) {
        ("GET", []) => {
            let asked = |field: &str, service: &Object| {
                call.asked(field).is_none_or(|wanted| text(service, field) == wanted)
            };
            let meant = |service: &&Object| asked("binary", service) && asked("host", service);
            let all: Vec<_> = cloud.store.all("os-services").filter(meant).cloned().collect();
            Ok(Done::new(200, json!({ "services": all })))
        }
        ("PUT", [id]) => {
            let service = cloud.store.get("os-services", id).cloned();
            let none = || Refusal::new(404, "no such service", format!("Service {id} could not be found."));
            let service = changed(service.ok_or_else(none)?, call)?;
            cloud.store.put("os-services", service.clone());
            Ok(Done::new(200, json!({ "service": service })))
        }
        _ => Err(Refusal::no_path()),
    }
}

fn changed(service: Object, call: &Call) -> Outcome<Object> {
    let binary = text(&service, "binary");
    if binary != "nova-compute" {
        let why = format!(
            "Updating a {binary} service is not supported. Only nova-compute services can be updated."
        );
        return Err(Refusal::bad("change of a service that computes nothing", why));
    }
    let sent = call.body.as_object().cloned().unwrap_or_default();
    let status = sent.get("status").and_then(Value::as_str);
    if sent.contains_key("disabled_reason") && status == Some("enabled") {
        let why = "Specifying 'disabled_reason' with status 'enabled' is invalid.";
        return Err(Refusal::bad("reason of a service that is enabled", why));
    }
    let mut service = merged(&service, sent.clone());
    if status == Some("enabled") {
        service.insert("disabled_reason".to_owned(), Value::Null);
    }
    if let Some(down) = sent.get("forced_down") {
        service.insert("state".to_owned(), json!(if *down == true { "down" } else { "up" }));
    }
    Ok(service)
}
