//! Role assignments: <https://docs.openstack.org/api-ref/identity/v3/#roles>

use crate::{
    call::Call,
    cloud::Cloud,
    reply::{Done, Outcome, Refusal},
    store::object,
};
use http::Method;
use serde_json::json;

/// `/<scope>/<actor>/roles/<role>`, if it is one.
pub(super) fn answer(cloud: &mut Cloud, call: &Call, parts: &[&str]) -> Option<Outcome> {
    let (parts, inherited) = match parts {
        ["OS-INHERIT", rest @ .., "inherited_to_projects"] => (rest, true),
        rest => (rest, false),
    };
    let (scope, rest) = match parts {
        ["system", rest @ ..] => (None, rest),
        [kind @ ("projects" | "domains"), id, rest @ ..] => (Some((*kind, *id)), rest),
        _ => return None,
    };
    let [actor @ ("users" | "groups"), id, "roles", role] = rest else { return None };
    Some(grant(cloud, call, scope, (actor, id), role, inherited))
}

fn grant(
    cloud: &mut Cloud,
    call: &Call,
    scope: Option<(&str, &str)>,
    actor: (&str, &str),
    role: &str,
    inherited: bool,
) -> Outcome {
    if !call.who.admin {
        return Err(Refusal::forbidden("grant by a user", "change grants"));
    }
    cloud.one("roles", role)?;
    for (collection, id) in scope.into_iter().chain([actor]) {
        cloud.one(collection, id)?;
    }
    let id = call.path.join("/");
    let field =
        |(collection, id): (&str, &str)| (format!("{}_id", collection.trim_end_matches('s')), json!(id));
    let there = cloud.store.get("role_assignments", &id).is_some();
    match call.method {
        Method::PUT => {
            let mut fields = object(json!({"id": id, "role_id": role, "inherited": inherited}));
            fields.extend(scope.map(field));
            fields.extend([field(actor)]);
            cloud.store.put("role_assignments", fields);
            Ok(Done::nothing(204))
        }
        Method::GET | Method::HEAD if there => Ok(Done::nothing(204)),
        Method::DELETE if there => {
            cloud.store.remove("role_assignments", &id);
            Ok(Done::nothing(204))
        }
        _ => Err(Refusal::new(
            404,
            "no such grant",
            format!("Could not find role assignment with role: {role}"),
        )),
    }
}
