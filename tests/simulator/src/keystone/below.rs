//! What lies below objects: members of groups, implied roles, endpoints of projects, protocols of identity providers, and the
//! configuration of a domain.

use crate::{
    call::Call,
    cloud::Cloud,
    reply::{Done, Outcome, Refusal},
    store::{Object, object, text},
};
use http::Method;
use serde_json::{Value, json};

/// If it is one of these.
pub(super) fn answer(cloud: &mut Cloud, call: &Call, parts: &[&str]) -> Option<Outcome> {
    let (collection, ends) = match *parts {
        ["groups", group, "users", user] => {
            ("memberships", [("groups", "group_id", group), ("users", "user_id", user)])
        }
        ["roles", prior, "implies", implied] => {
            ("implied_roles", [("roles", "prior_role_id", prior), ("roles", "implied_role_id", implied)])
        }
        ["OS-EP-FILTER", "projects", project, "endpoints", endpoint] => (
            "project_endpoints",
            [("projects", "project_id", project), ("endpoints", "endpoint_id", endpoint)],
        ),
        ["OS-EP-FILTER", "endpoint_groups", group, "projects", project] => (
            "project_endpoints",
            [("projects", "project_id", project), ("endpoint_groups", "endpoint_group_id", group)],
        ),
        ["OS-FEDERATION", "identity_providers", provider, "protocols", ref rest @ ..] => {
            return Some(protocol(cloud, call, provider, rest));
        }
        ["domains", domain, "config"] => return Some(config(cloud, call, domain)),
        _ => return None,
    };
    Some(Link { collection, ends }.answer(cloud, call))
}

/// Two objects that belong together.
struct Link<'a> {
    collection: &'static str,
    /// Collection, field and id.
    ends: [(&'static str, &'static str, &'a str); 2],
}

impl Link<'_> {
    fn answer(&self, cloud: &mut Cloud, call: &Call) -> Outcome {
        if !call.who.admin {
            return Err(Refusal::forbidden("association by a user", "change associations"));
        }
        for (collection, _, id) in self.ends {
            cloud.one(collection, id)?;
        }
        let id = call.path.join("/");
        let there = cloud.store.get(self.collection, &id).is_some();
        let roles = self.collection == "implied_roles";
        match call.method {
            Method::PUT if there && self.collection != "memberships" => {
                Err(Refusal::conflict("associated already", "Conflict occurred: Duplicate entry."))
            }
            Method::PUT => {
                let ends = self.ends.map(|(_, field, id)| (field.to_owned(), json!(id)));
                cloud.store.put(self.collection, object(json!({"id": id})).into_iter().chain(ends).collect());
                Ok(if roles { Done::new(201, self.told()) } else { Done::nothing(204) })
            }
            Method::GET if there => {
                let told = roles || self.ends.iter().any(|(collection, ..)| *collection == "endpoint_groups");
                Ok(if told { Done::new(200, self.told()) } else { Done::nothing(204) })
            }
            Method::DELETE if there => {
                cloud.store.remove(self.collection, &id);
                Ok(Done::nothing(204))
            }
            _ => Err(Refusal::new(404, "no such association", "Could not find it.")),
        }
    }

    /// Of some it says more than that they are there.
    fn told(&self) -> Value {
        let [(_, one_field, one), (_, other_field, other)] = self.ends;
        if self.collection == "implied_roles" {
            json!({"role_inference": {"prior_role": {"id": one}, "implies": {"id": other}}})
        } else {
            json!({"project_endpoint_group": {one_field: one, other_field: other}})
        }
    }
}

/// A protocol by the names of the API; of one alone Keystone tells less.
fn shown(protocol: &Object) -> Object {
    let mut shown = protocol.clone();
    shown.extend([("id".to_owned(), json!(text(protocol, "_id")))]);
    shown.retain(|name, _| name != "_id");
    shown
}

fn brief(status: u16, protocol: &Object) -> Done {
    let mut told = shown(protocol);
    told.retain(|name, _| ["id", "mapping_id"].contains(&name.as_str()));
    Done::new(status, json!({ "protocol": told }))
}

fn protocol(cloud: &mut Cloud, call: &Call, provider: &str, rest: &[&str]) -> Outcome {
    let [id] = rest else {
        let all: Vec<_> = cloud.store.having("protocols", "idp_id", provider).map(shown).collect();
        return Ok(Done::new(200, json!({"protocols": all, "links": {"next": null, "previous": null}})));
    };
    if !call.who.admin {
        return Err(Refusal::forbidden("protocol by a user", "change protocols"));
    }
    let key = format!("{provider}/{id}");
    let old = cloud.store.get("protocols", &key).cloned();
    let sent = call.object("protocol").unwrap_or_default();
    let (status, protocol) = match (&call.method, old) {
        (&Method::GET, Some(old)) => return Ok(brief(200, &old)),
        (&Method::PUT, Some(_)) => {
            return Err(Refusal::conflict("protocol taken", "Conflict occurred: Duplicate entry."));
        }
        (&Method::DELETE, Some(_)) => {
            cloud.store.remove("protocols", &key);
            return Ok(Done::nothing(204));
        }
        (&Method::PATCH, Some(mut old)) => {
            old.extend(sent);
            (200, old)
        }
        (&Method::PUT, None) => {
            cloud.one("identity_providers", provider)?;
            let mut made =
                object(json!({"id": key, "_id": id, "idp_id": provider, "remote_id_attribute": null}));
            made.extend(sent);
            (201, made)
        }
        _ => {
            let why = format!("Could not find federated protocol {id}.");
            return Err(Refusal::new(404, "no such protocol", why));
        }
    };
    cloud.store.put("protocols", protocol.clone());
    Ok(brief(status, &protocol))
}

/// Groups of options; the password is never told.
fn config(cloud: &mut Cloud, call: &Call, domain: &str) -> Outcome {
    if !call.who.admin {
        return Err(Refusal::forbidden("configuration by a user", "change configurations"));
    }
    cloud.one("domains", domain)?;
    let old = cloud.store.get("configs", domain).cloned();
    let sent = call.object("config").unwrap_or_default();
    let new = call.method == Method::PUT && old.is_none();
    let mut whole = match (&call.method, old) {
        (&Method::GET, Some(old)) => return Ok(Done::new(200, told(old))),
        (&Method::DELETE, _) => {
            cloud.store.remove("configs", domain);
            return Ok(Done::nothing(204));
        }
        (&Method::PUT, _) => Object::new(),
        (&Method::PATCH, old) => old.unwrap_or_default(),
        _ => {
            return Err(Refusal::new(
                404,
                "no configuration",
                "Could not find any options in domain configuration.",
            ));
        }
    };
    if sent.is_empty() || sent.values().any(|group| group.as_object().is_none_or(Object::is_empty)) {
        return Err(Refusal::new(
            403,
            "configuration without options",
            "Invalid domain specific configuration.",
        ));
    }
    for (group, options) in sent {
        let options = object(options);
        match whole.get_mut(&group).and_then(Value::as_object_mut) {
            Some(have) => have.extend(options),
            None => drop(whole.insert(group, Value::Object(options))),
        }
    }
    whole.extend([("id".to_owned(), json!(domain)), ("domain_id".to_owned(), json!(domain))]);
    cloud.store.put("configs", whole.clone());
    Ok(Done::new(if new { 201 } else { 200 }, told(whole)))
}

fn told(mut config: Object) -> Value {
    config.retain(|_, group| group.is_object());
    if let Some(ldap) = config.get_mut("ldap").and_then(Value::as_object_mut) {
        ldap.remove("password");
    }
    json!({ "config": config })
}
